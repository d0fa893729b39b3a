"""Open footwear: sandals from the side, slides and flip flops as a pair from above."""

from storefront.demo.drawing.sheet import Sheet, outline, stroke
from storefront.demo.drawing.tones import mix

_CORK = "#c9a578"


def sandal(sheet: Sheet) -> None:
    """Cut: kind. Strappy and wedge from the side; a slide as a pair from above."""
    (kind,) = sheet.cut
    if kind == "slide":
        _pair(sheet, sheet.colour.hex)
        _slide_bands(sheet)
        return
    lift = 86 if kind == "wedge" else 26
    sheet.frame(410 - lift, 566, 222)
    sheet.stands(302, 560, 208, 10)
    _strappy(sheet, lift)


def flip_flop(sheet: Sheet) -> None:
    """Cut: kind. Rubber thongs, plain or with a printed footbed."""
    (kind,) = sheet.cut
    bed = sheet.colour.hex
    _pair(sheet, bed)
    tint = sheet.accent if kind == "classic" else mix(bed, "#1a1518", 0.7)
    for side in (1, -1):
        if kind == "printed":
            for n, x in enumerate((70, 128, 96, 74, 122)):
                y = 330 + n * 62
                sheet.detail(
                    f'<circle cx="{300 + side * x}" cy="{y}" r="{9 + n % 2 * 5}" '
                    f'fill="{sheet.accent}" opacity=".8"/>'
                )
        sheet.strap(stroke((94, 258), (70, 300, 46, 372), side=side), 15, tint)
        sheet.strap(stroke((94, 258), (136, 300, 154, 378), side=side), 15, tint)
        sheet.detail(
            f'<circle cx="{300 + side * 94}" cy="250" r="9" fill="{tint}" '
            f'stroke="{mix(tint, "#15121a", 0.4)}" stroke-width="1.5"/>'
        )


def _pair(sheet: Sheet, bed: str) -> None:
    """Two soles from above, toes up; the big toe on the inside."""
    sheet.frame(170, 650, 176)
    for side in (1, -1):
        sheet.cloth(_sole(side), tint=mix(bed, "#15121a", 0.35))
        sheet.settle()
        sheet.cloth(_sole(side, inset=7), casts=False)
        sheet.shade(outline((60, 520), (64, 600, 100, 600), (138, 596, 136, 520), (100, 540, 60, 520),
                            side=side), 0.4)  # fmt: skip
        sheet.glow(stroke((80, 230), (64, 340, 76, 470), side=side), 26, 1)
        sheet.settle()


def _sole(side: int, inset: float = 0) -> str:
    i = inset
    return outline(
        (82, 172 + i), (124, 168 + i, 172 - i, 230, 166 - i, 330), (162 - i, 400, 146 - i, 440,
            146 - i, 520),
        (146 - i, 604, 134, 646 - i, 98, 646 - i), (60, 646 - i, 52 + i, 606, 54 + i, 520),
        (56 + i, 430, 34 + i, 390, 32 + i, 310), (30 + i, 214, 46, 176 + i, 82, 172 + i),
        side=side,
    )  # fmt: skip


def _slide_bands(sheet: Sheet) -> None:
    tint = mix(sheet.colour.hex, "#15121a", 0.22) if sheet.variant % 2 else sheet.tones.light
    for side in (1, -1):
        for top in (262, 356):
            sheet.cloth(
                outline(
                    (24, top + 22), (92, top - 40, 174, top + 14), (176, top + 66),
                    (98, top + 18, 24, top + 78), side=side,
                ),
                tint=tint,
            )  # fmt: skip
            sheet.glow(stroke((52, top + 22), (92, top, 130, top + 10), side=side), 16, 1.2)
            sheet.settle(edge=16)
            sheet.stitch(stroke((30, top + 28), (94, top - 28, 170, top + 22), side=side))
        sheet.detail(
            f'<rect x="{300 + side * 148 - 9}" y="292" width="18" height="22" rx="3" fill="none" '
            f'stroke="{sheet.metal("#cdb277")}" stroke-width="4.5"/>'
        )


def _strappy(sheet: Sheet, lift: float) -> None:
    heel_y = 552 - lift
    for path, width in (  # the far side of each strap
        (f"M168 530C176 470 218 452 262 {520 - lift * 0.2:.0f}", 16),
        (f"M470 {heel_y - 6}C470 {heel_y - 90} 500 {heel_y - 120} 500 {heel_y - 6}", 14),
    ):
        sheet.strap(path, width, sheet.tones.shade)
    sole = (
        f"M84 540C110 528 180 536 230 534C330 520 420 {heel_y + 2} 512 {heel_y}"
        f"L516 {heel_y + 16}L508 560L104 560Q84 556 84 540Z"
    )
    sheet.cloth(sole, tint=_CORK if sheet.colour.family != "beige" else "#8d6c4c")
    sheet.settle(blur=5, edge=12)
    for n in range(2, int((560 - heel_y) / 12)):
        y = heel_y + n * 12
        sheet.line(f"M{max(130, 500 - n * 62)} {y + 4}L510 {y}", "#8a6b47", 1.6, 0.5)
    sheet.cloth(
        "M84 540C110 526 180 532 230 530"
        f"C330 516 420 {heel_y - 4} 514 {heel_y - 6}L516 {heel_y + 6}"
        f"C420 {heel_y + 10} 330 530 230 544C180 546 110 540 84 548Z",
        casts=False,
    )
    sheet.settle(blur=3, edge=6)
    sheet.strap(f"M128 536C140 462 196 446 222 {534 - lift * 0.1:.0f}", 26)
    sheet.strap(f"M222 534C216 452 270 430 300 {524 - lift * 0.35:.0f}", 22)
    ankle = heel_y - 128
    sheet.strap(f"M300 {522 - lift * 0.35:.0f}C330 450 356 {ankle + 30} 372 {ankle + 16}", 15)
    sheet.strap(f"M504 {heel_y - 4}C514 {heel_y - 50} 510 {ankle + 40} 502 {ankle + 10}", 22)
    sheet.strap(
        f"M504 {ankle + 16}C460 {ankle + 52} 400 {ankle + 44} 372 {ankle + 16}"
        f"C386 {ankle - 18} 480 {ankle - 16} 504 {ankle + 12}",
        14,
    )
    sheet.detail(
        f'<rect x="412" y="{ankle + 32}" width="22" height="20" rx="3" fill="none" '
        f'stroke="{sheet.metal("#cdae68")}" stroke-width="4.5"/>'
    )
