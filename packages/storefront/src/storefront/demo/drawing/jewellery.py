"""Earrings, necklaces, pendants, rings and bracelets: metal, and stones in the colour."""

import math

from storefront.demo.drawing.sheet import Sheet
from storefront.demo.drawing.tones import mix

_GILT = "#d8b56c"
_SILVER = "#c6cad0"


def earrings(sheet: Sheet) -> None:
    """Cut: kind. A pair of hoops, studs or drops."""
    (kind,) = sheet.cut
    metal, rim = _metal(sheet)
    sheet.frame(*((320, 500) if kind == "hoop" else (300, 500)), 172)
    for x in (206, 394):
        if kind == "hoop":
            _ring(sheet, x, 420, 78, 15, metal, rim)
            sheet.strap(f"M{x} 342V318", 6, rim)
            if not sheet.colour.is_metallic:
                for n in range(7):
                    turn = math.radians(-60 + n * 20)
                    _gem(sheet, x + 78 * math.sin(turn), 420 + 78 * math.cos(turn), 13)
        elif kind == "stud":
            _ring(sheet, x, 400, 44, 11, metal, rim)
            _gem(sheet, x, 400, 40)
        else:
            sheet.strap(
                f"M{x} 290C{x - 26} 280 {x - 22} 250 {x} 250C{x + 18} 252 {x + 14} 284 {x} 290V340",
                5,
                rim,
            )
            _gem(sheet, x, 352, 17)
            sheet.detail(f'<path d="M{x} 372V396" stroke="{rim}" stroke-width="5"/>')
            _drop(sheet, x, 392, 1)


def necklace(sheet: Sheet) -> None:
    """Cut: kind. A chain with stones, or a string of beads."""
    (kind,) = sheet.cut
    metal, rim = _metal(sheet)
    path = "M150 190C150 420 230 560 300 566C370 560 450 420 450 190"
    if kind == "beads":
        for n in range(35):
            x, y = _along(n / 34)
            size = 11 + 7 * math.sin(math.pi * n / 34)
            _pearl(sheet, x, y, size)
        return
    sheet.strap(path, 5, rim)
    sheet.detail(f'<path d="{path}" fill="none" stroke="{mix(rim, "#ffffff", 0.6)}" stroke-width="3" '
                 'stroke-dasharray="7 5"/>')  # fmt: skip
    for n, part in enumerate((0.26, 0.34, 0.42, 0.5, 0.58, 0.66, 0.74)):
        x, y = _along(part)
        size = 15 + 9 * (1 - abs(n - 3) / 3)
        _ring(sheet, x, y + size, size + 2, 5, metal, rim)
        _gem(sheet, x, y + size, size)


def pendant(sheet: Sheet) -> None:
    """Cut: shape. One stone or medal on a fine chain."""
    (shape,) = sheet.cut
    metal, rim = _metal(sheet)
    path = "M170 170C180 330 250 440 300 470C350 440 420 330 430 170"
    sheet.strap(path, 4, rim)
    sheet.detail(f'<path d="{path}" fill="none" stroke="{mix(rim, "#ffffff", 0.6)}" stroke-width="2.4" '
                 'stroke-dasharray="6 4"/>')  # fmt: skip
    _ring(sheet, 300, 478, 11, 5, metal, rim)
    if shape == "drop":
        _drop(sheet, 300, 488, 1.35)
    elif shape == "round":
        _ring(sheet, 300, 548, 54, 10, metal, rim)
        _gem(sheet, 300, 548, 50)
    else:
        sheet.cloth(
            "M300 620C250 576 226 548 232 518C240 488 284 486 300 516"
            "C316 486 360 488 368 518C374 548 350 576 300 620Z"
        )
        sheet.glow("M256 520C254 544 272 566 288 580", 10, 2.4)
        sheet.settle(blur=5, edge=16)


def ring(sheet: Sheet) -> None:
    """Cut: kind. A band, or a band with one stone."""
    (kind,) = sheet.cut
    metal, rim = _metal(sheet)
    sheet.frame(230, 610, 190)
    sheet.stands(300, 596, 90, 9)
    width = 40 if kind == "band" else 26
    _ring(sheet, 300, 460, 126, width, metal, rim)
    sheet.detail(
        f'<circle cx="300" cy="460" r="{126 - width * 0.28:.0f}" fill="none" '
        f'stroke="{mix(rim, "#ffffff", 0.5)}" stroke-width="3" opacity=".7"/>'
    )
    if kind == "band":
        for n in range(9):
            turn = math.radians(-64 + n * 16)
            _gem(sheet, 300 + 126 * math.sin(turn), 460 - 126 * math.cos(turn), 14)
        return
    for x in (264, 300, 336):
        sheet.strap(f"M{x} 350L{300 + (x - 300) * 1.3:.0f} 300", 7, rim)
    _brilliant(sheet, 300, 290, 66)


def bracelet(sheet: Sheet) -> None:
    """Cut: kind. A bangle, beads, or a chain with a charm; lying, seen from above."""
    (kind,) = sheet.cut
    metal, rim = _metal(sheet)
    sheet.frame(250, 560, 210)
    sheet.stands(300, 500, 176, 16)
    if kind == "beads":
        spots = [
            (300 + 180 * math.sin(n * math.tau / 24), 400 - 112 * math.cos(n * math.tau / 24))
            for n in range(24)
        ]
        for x, y in sorted(spots, key=lambda spot: spot[1]):
            _pearl(sheet, x, y, 23 + (y - 400) * 0.035)
        return
    width = 30 if kind == "bangle" else 12
    oval = "M120 400C120 250 480 250 480 400C480 550 120 550 120 400Z"
    sheet.line(oval, mix(rim, "#1c140c", 0.5), width + 3)
    sheet.detail(f'<path d="{oval}" fill="none" stroke="{metal}" stroke-width="{width}"/>')
    if kind == "bangle":
        sheet.line("M132 440C160 530 440 530 468 440", mix(rim, "#ffffff", 0.75), 5, 0.8)
        for n in range(9):
            turn = math.radians(-64 + n * 16)
            _gem(sheet, 300 + 178 * math.sin(turn), 400 + 112 * math.cos(turn), 12)
        return
    sheet.detail(f'<path d="{oval}" fill="none" stroke="{mix(rim, "#ffffff", 0.65)}" stroke-width="6" '
                 'stroke-dasharray="12 8"/>')  # fmt: skip
    _ring(sheet, 300, 524, 10, 5, metal, rim)
    _drop(sheet, 300, 528, 0.6)


def _metal(sheet: Sheet) -> tuple[str, str]:
    """The sheen of the setting, and its plain colour: the garment's own where that is a metal."""
    rim = sheet.colour.hex if sheet.colour.is_metallic else (_GILT, _SILVER)[sheet.variant % 2]
    return sheet.metal(rim), rim


def _along(part: float) -> tuple[float, float]:
    """A point of the necklace's curve; part: 0 to 1 from end to end."""
    turn = math.pi * (part - 0.5)
    drop = max(0.0, math.cos(turn)) ** 0.9
    return 300 + 150 * math.sin(turn) * (1 + 0.12 * abs(part - 0.5)), 190 + 376 * drop


def _ring(
    sheet: Sheet, x: float, y: float, radius: float, width: float, metal: str, rim: str
) -> None:
    dark = mix(rim, "#1c140c", 0.5)
    sheet.strap(
        f"M{x - radius:.1f} {y:.1f}a{radius} {radius} 0 1 1 {radius * 2} 0"
        f"a{radius} {radius} 0 1 1 {-radius * 2} 0",
        1, dark,
    )  # fmt: skip
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="none"'
    sheet.detail(f'{circle} stroke="{dark}" stroke-width="{width + 2.4}"/>{circle} stroke="{metal}" '
                 f'stroke-width="{width}"/>')  # fmt: skip


def _gem(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A round stone."""
    tones = sheet.tones
    sheet.detail(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{tones.base}" stroke="{tones.edge}" '
        f'stroke-width="1.4"/><path d="M{x - size * 0.8:.1f} {y:.1f}'
        f"A{size * 0.8:.1f} {size * 0.8:.1f} 0 0 0 "
        f'{x + size * 0.8:.1f} {y:.1f}Z" fill="{tones.deep}" opacity=".38"/>'
        f'<circle cx="{x - size * 0.3:.1f}" '
        f'cy="{y - size * 0.34:.1f}" r="{size * 0.26:.1f}" fill="#fff" opacity=".75"/>'
    )


def _pearl(sheet: Sheet, x: float, y: float, size: float) -> None:
    tones = sheet.tones
    sheet.strap(f"M{x - 0.5:.1f} {y:.1f}h1", size * 2 - 2)
    sheet.detail(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{sheet.dye()}" stroke="{tones.edge}"/>'
        f'<circle cx="{x + size * 0.2:.1f}" cy="{y + size * 0.26:.1f}" r="{size * 0.66:.1f}" '
        f'fill="{tones.deep}" opacity=".16"/><circle cx="{x - size * 0.3:.1f}" '
        f'cy="{y - size * 0.32:.1f}" r="{size * 0.27:.1f}" fill="#fff" opacity=".7"/>'
    )


def _drop(sheet: Sheet, x: float, y: float, zoom: float) -> None:
    """A pear-shaped stone hanging from (x, y)."""
    z = zoom
    sheet.cloth(
        f"M{x} {y}C{x + 14 * z} {y + 34 * z} {x + 36 * z} {y + 54 * z} {x + 36 * z} {y + 82 * z}"
        f"C{x + 36 * z} {y + 130 * z} {x - 36 * z} {y + 130 * z} {x - 36 * z} {y + 82 * z}"
        f"C{x - 36 * z} {y + 54 * z} {x - 14 * z} {y + 34 * z} {x} {y}Z"
    )
    sheet.glow(
        f"M{x - 16 * z} {y + 56 * z}"
        f"C{x - 24 * z} {y + 78 * z} {x - 18 * z} {y + 96 * z} {x - 8 * z} {y + 104 * z}",
        8 * z,
        2.6,
    )
    sheet.settle(blur=3, edge=14)


def _brilliant(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A cut stone from the side: table, crown and pavilion."""
    tones, s = sheet.tones, size
    sheet.cloth(
        f"M{x - s * 0.6} {y - s * 0.7}H{x + s * 0.6}"
        f"L{x + s} {y - s * 0.28}L{x} {y + s * 0.8}L{x - s} {y - s * 0.28}Z"
    )
    sheet.settle(blur=5, edge=10)
    top, girdle = y - s * 0.7, y - s * 0.28
    sheet.fill(f"M{x - s * 0.6} {top}L{x - s} {girdle}H{x - s * 0.34}Z", "#ffffff", 0.55)
    sheet.fill(f"M{x - s * 0.6} {top}L{x - s * 0.34} {girdle}L{x} {top}Z", "#ffffff", 0.25)
    sheet.fill(f"M{x - s * 0.34} {girdle}H{x + s * 0.34}L{x} {y + s * 0.8}Z", "#ffffff", 0.3)
    sheet.fill(f"M{x + s * 0.34} {girdle}H{x + s}L{x} {y + s * 0.8}Z", tones.deep, 0.35)
    sheet.line(
        f"M{x - s} {girdle}H{x + s}M{x - s * 0.34} {girdle}L{x} {y + s * 0.8}"
        f"L{x + s * 0.34} {girdle}L{x} {top}L{x - s * 0.34} {girdle}",
        tones.edge,
        1.4,
        0.7,
    )
