"""Things worn with clothes: scarves, ties, caps, hats, socks, umbrellas, sunglasses, watches."""

import math

from storefront.demo.drawing.sheet import Sheet, outline, stroke, symmetric
from storefront.demo.drawing.tones import mix

_STEEL = "#c0c5cb"
_GILT = "#d3b06a"


def scarf(sheet: Sheet) -> None:
    """Cut: kind. Looped once, with fringed or hemmed ends."""
    (kind,) = sheet.cut
    sheet.frame(120, 706, 150)
    ends = (
        ("M316 330C372 372 398 460 404 664L300 676C296 560 286 440 262 372Z", 5),
        ("M284 330C230 376 206 450 196 616L296 630C300 540 312 440 336 372Z", -5),
    )
    for path, turn in ends:
        sheet.cloth(path, turn=turn)
        sheet.settle()
    for path in ("M330 400C356 480 362 560 364 664", "M268 400C248 470 240 540 236 614"):
        sheet.crease(path, 14, 0.6)
    if kind == "fringed":
        for start, y, step in ((300, 676, -1.2), (196, 616, 1.4)):
            for n in range(14):
                x = start + n * 7.6
                sheet.line(f"M{x} {y + n * step}l{(n % 3) - 1} 36", sheet.tones.seam, 3.4)
                sheet.line(f"M{x} {y + n * step}l{(n % 3) - 1} 34", sheet.tones.base, 2)
    sheet.cloth(
        "M300 120C392 120 436 180 424 262C414 330 372 392 300 396C228 392 186 330 176 262"
        "C164 180 208 120 300 120ZM300 176C244 176 222 206 230 246C236 276 264 292 300 292"
        "C336 292 364 276 370 246C378 206 356 176 300 176Z",
        turn=28,
    )
    for path in ("M202 250C220 320 260 352 310 356", "M208 190C214 270 250 316 310 326",
                 "M396 250C386 310 350 350 306 372"):  # fmt: skip
        sheet.crease(path, 11, 0.7)
    sheet.glow("M192 236C206 310 250 366 300 378", 10, 1)
    sheet.glow("M236 150C270 136 330 136 364 150", 14, 1)
    sheet.settle(blur=5)


def tie(sheet: Sheet) -> None:
    """Cut: width. Knotted, hanging straight."""
    (width,) = sheet.cut
    half = {"classic": 58, "slim": 42}[width]
    sheet.frame(110, 690, 150)
    sheet.cloth(
        outline((-10, 190), (16, 190), (30, 560), (4, 594), (-20, 566)), tint=sheet.tones.shade
    )
    sheet.settle()
    sheet.cloth(symmetric((0, 184), (20, 180), (24, 300, half, 590), (0, 668)), turn=38)
    sheet.glow("M288 220C284 360 276 480 270 600", 15, 1.3)
    sheet.crease("M312 200C318 250 314 290 318 330", 9, 0.6)
    sheet.settle()
    sheet.cloth(symmetric((0, 112), (26, 110, 44, 116), (38, 150, 21, 190), (0, 196)), turn=-38)
    sheet.glow("M284 126C284 150 286 170 292 184", 10, 1.3)
    sheet.settle(blur=4, edge=14)
    sheet.seam("M318 190L322 172", 1.6)


def cap(sheet: Sheet) -> None:
    """Cut: kind. A six-panel cap, the peak to the left."""
    (kind,) = sheet.cut
    sheet.frame(240, 548, 220)
    sheet.stands(330, 536, 190, 10)
    sheet.cloth("M196 470C186 330 252 262 346 262C446 262 508 340 510 500C420 536 260 530 196 470Z")
    sheet.glow("M238 420C240 350 276 306 330 290", 24, 1.1)
    sheet.crease("M480 400C490 440 494 470 494 500", 18, 0.5)
    sheet.settle()
    sheet.seam("M346 262C300 320 280 400 288 512", 2.2)
    sheet.seam("M346 262C420 300 450 400 446 520", 2.2)
    sheet.stitch("M338 268C294 324 274 404 281 510")
    for x, y in ((312, 334), (424, 340)):
        sheet.detail(f'<circle cx="{x}" cy="{y}" r="5" fill="{sheet.tones.deep}"/>')
    sheet.detail(f'<ellipse cx="346" cy="260" rx="15" ry="8" fill="{sheet.tones.light}" '
                 f'stroke="{sheet.tones.edge}" stroke-width="1.4"/>')  # fmt: skip
    tint = sheet.accent if kind == "contrast" else ""
    sheet.cloth(
        "M198 452C250 500 300 516 330 520C250 548 140 556 84 528C76 500 130 462 198 452Z", tint=tint
    )
    sheet.glow("M120 514C160 486 190 474 220 480", 14, 1.2)
    sheet.settle(blur=5, edge=14)
    for gap in (10, 20, 30):
        sheet.stitch(
            f"M{94 + gap} {526 - gap * 0.6}"
            f"C150 {546 - gap} 240 {540 - gap} {320 - gap} {520 - gap * 0.5}"
        )


def hat(sheet: Sheet) -> None:
    """Cut: kind. A fedora with a creased crown, or a wide sun hat."""
    (kind,) = sheet.cut
    wide = 232 if kind == "sun" else 196
    sheet.frame(230, 560, wide)
    sheet.stands(300, 530, wide - 16, 14)
    tilt = 22 if kind == "sun" else 6
    sheet.cloth(
        symmetric((0, 470), (wide * 0.7, 470 - tilt, wide, 486 + tilt), (wide * 0.9, 548, 0, 548))
    )
    sheet.glow(stroke((-wide + 30, 500), (-100, 524, 20, 526)), 14, 1.2)
    sheet.settle()
    crown = (
        symmetric((0, 256), (34, 226, 84, 250), (122, 290, 126, 476), (60, 512, 0, 512))
        if kind == "fedora"
        else symmetric((0, 262), (104, 262, 122, 340), (128, 420, 130, 480), (60, 514, 0, 514))
    )
    sheet.cloth(crown, casts=False)
    sheet.glow("M218 300C204 360 198 400 196 440", 24, 1.2)
    if kind == "fedora":
        sheet.crease("M262 262C280 300 320 300 338 262", 14, 1)
    sheet.settle()
    band = mix(sheet.accent, sheet.tones.deep, 0.25)
    sheet.cloth(
        symmetric((0, 466), (70, 462, 127, 432), (130, 478), (66, 512, 0, 512)),
        tint=band,
        casts=False,
    )
    sheet.settle(blur=5, edge=10)
    if kind == "fedora":
        sheet.cloth("M396 446l22 -4 4 44 -24 8z", tint=band, casts=False)


def socks(sheet: Sheet) -> None:
    """Cut: length. A pair, heel and toe in a second colour."""
    (length,) = sheet.cut
    top = {"crew": 170, "ankle": 330, "knee": 96}[length]
    sheet.frame(top, 650, 200)
    tip = sheet.accent if sheet.variant % 2 else sheet.tones.shade
    for right, down in ((64, -24), (-30, 14)):
        x, y = 300 + right, down
        leg = (
            f"M{x - 20} {top + y}L{x + 84} {top + y}"
            f"C{x + 86} {top + 120 + y} {x + 80} {440 + y} {x + 88} {500 + y}"
            f"C{x + 96} {560 + y} {x + 60} {590 + y} {x} {604 + y}"
            f"C{x - 60} {620 + y} {x - 116} {640 + y} {x - 148} {622 + y}"
            f"C{x - 172} {604 + y} {x - 160} {566 + y} {x - 126} {556 + y}"
            f"C{x - 70} {540 + y} {x - 22} {510 + y} {x - 18} {460 + y}Z"
        )
        sheet.cloth(leg)
        sheet.glow(
            f"M{x + 4} {top + 50 + y}C{x + 2} {420 + y} {x + 4} {470 + y} {x - 6} {510 + y}", 20, 1
        )
        sheet.crease(
            f"M{x - 14} {476 + y}C{x + 10} {500 + y} {x + 30} {500 + y} {x + 50} {490 + y}", 9, 0.6
        )
        sheet.settle()
        heel = (
            f"M{x + 86} {476 + y}C{x + 104} {560 + y} {x + 66} {590 + y} {x + 18} {600 + y}"
            f"C{x + 22} {550 + y} {x + 50} {510 + y} {x + 86} {476 + y}Z"
        )
        toe = (
            f"M{x - 100} {548 + y}C{x - 84} {570 + y} {x - 84} {606 + y} {x - 96} {630 + y}"
            f"C{x - 120} {634 + y} {x - 136} {630 + y} {x - 148} {622 + y}"
            f"C{x - 172} {604 + y} {x - 160} {566 + y} {x - 126} {556 + y}Z"
        )
        for part in (heel, toe):
            sheet.cloth(part, tint=tip, casts=False, edge=0.8)
        sheet.settle(blur=4, edge=8)
        for n in range(12):
            sheet.seam(f"M{x - 14 + n * 8.4:.0f} {top + 3 + y}v40", 2, 0.55)
        sheet.seam(f"M{x - 19} {top + 46 + y}H{x + 84}", 1.8)


def umbrella(sheet: Sheet) -> None:
    """Cut: handle. Open, seen from the side."""
    (handle,) = sheet.cut
    sheet.frame(116, 690, 240)
    shaft = sheet.metal(_STEEL)
    wood = "#7a5334" if handle == "crook" else "#2f2d30"
    sheet.detail(f'<rect x="295" y="120" width="10" height="480" fill="{shaft}"/>')
    grip = "M300 560V650Q300 690 264 690Q232 688 232 656" if handle == "crook" else "M300 590V684"
    sheet.strap(grip, 17, wood)
    sheet.cloth(
        "M70 420C76 250 180 152 300 150C420 152 524 250 530 420Q496 388 454 418Q420 384 378 416"
        "Q340 384 300 416Q260 384 222 416Q180 384 146 418Q104 388 70 420Z"
    )
    for path, width in (("M300 152C250 220 226 310 222 414", 10),
    ("M300 152C180 200 150 310 146 416", 10),
                        ("M300 152C350 220 374 310 378 414", 12),
                            ("M300 152C420 200 450 310 454 416", 12)):  # fmt: skip
        sheet.crease(path, width, 0.75)
    sheet.glow("M262 186C200 240 184 310 180 390", 24, 1)
    sheet.glow("M230 180C150 230 116 310 106 390", 14, 0.8)
    sheet.settle(blur=6, edge=22)
    for path in ("M300 152C250 220 226 310 222 416", "M300 152C180 200 150 310 146 418",
                 "M300 152C350 220 374 310 378 416", "M300 152C420 200 450 310 454 418"):  # fmt: skip
        sheet.seam(path, 1.8)
    sheet.detail(
        f'<path d="M295 152L298 118H302L305 152Z" fill="{shaft}" stroke="#6d7278" stroke-width="1"/>'
    )


def sunglasses(sheet: Sheet) -> None:
    """Cut: shape. From the front, temples folded open behind."""
    (shape,) = sheet.cut
    sheet.frame(310, 490, 216)
    lens = ("#3b3a3f", "#4a3a2c", "#2f4150", "#3f4a3c")[sheet.variant % 4]
    thin = shape in {"aviator", "round"}
    for side in (1, -1):
        start = (182, 366) if shape == "round" else (194, 352)
        sheet.strap(stroke(start, (214, 344, 206, 312), side=side), 9, sheet.tones.shade)
    rims: tuple[tuple[float, ...], ...] = {
        "aviator": ((24, 356), (40, 328, 176, 322, 194, 356), (204, 420, 150, 478, 106, 474), (54,
            470, 26, 410, 24, 356)),
        "round": ((24, 400), (24, 356, 62, 322, 106, 322), (152, 322, 190, 358, 190, 402), (188,
            448, 150, 482, 106, 482), (60, 482, 24, 446, 24, 400)),
        "square": ((26, 344), (60, 326, 160, 324, 200, 340), (206, 390, 190, 462, 150, 468), (110,
            474, 60, 474, 42, 452), (28, 420, 24, 380, 26, 344)),
        "cateye": ((26, 360), (60, 342, 150, 338, 216, 316), (212, 400, 170, 468, 116, 468), (66,
            466, 28, 420, 26, 360)),
    }[shape]  # fmt: skip
    for side in (1, -1):
        path = outline((rims[0][0], rims[0][1]), *rims[1:], side=side)
        width = 9 if thin else 19
        sheet.detail(f'<path d="{path}" fill="{lens}" opacity=".9"/>')
        sheet.cloth(path, tint=lens, edge=0)
        sheet.settle(blur=8, edge=26)
        sheet.fill(
            outline((60, 350), (96, 344), (66, 440), (50, 420), side=side),
            "#ffffff",
            0.16,
        )
        sheet.line(path, sheet.tones.edge, width + 2.4)
        sheet.line(path, sheet.tones.base, width)
        sheet.line(path, sheet.tones.light, width * 0.25, 0.8)
    bridge = stroke((-30, 364), (0, 344, 30, 364))
    sheet.strap(bridge, 8 if thin else 15)
    if shape == "aviator":
        sheet.strap(stroke((-62, 334), (0, 326, 62, 334)), 7)
    if not thin:
        for side in (1, -1):
            sheet.fill(
                outline((184, 344), (198, 346), (197, 356), (183, 354), side=side), "#e3d7b8"
            )


def watch(sheet: Sheet) -> None:
    """Cut: case, dial. On a leather strap; metallic colours come on a bracelet."""
    case, dial = sheet.cut
    sheet.frame(90, 710, 150)
    links = sheet.colour.is_metallic
    for flip in (1, -1):
        _watch_strap(sheet, flip, links=links)
    metal = sheet.metal(sheet.colour.hex if links else (_GILT if sheet.variant % 2 else _STEEL))
    shell = (
        '<rect x="204" y="304" width="192" height="192" rx="34" {0}/>'
        if case == "square"
        else '<circle cx="300" cy="400" r="112" {0}/>'
    )
    sheet.cloth("M226 300H374V500H226Z", tint="#8d9096", edge=0)
    sheet.settle()
    sheet.detail(
        f'<rect x="406" y="386" width="22" height="28" rx="5" fill="{metal}" stroke="#5c5d61"/>'
    )
    sheet.detail(shell.format(f'fill="{metal}" stroke="#55565a" stroke-width="2"'))
    face = {"light": "#f7f4ec", "dark": "#25272c", "tone": mix(sheet.colour.hex, "#1c2230", 0.35)}[
        dial
    ]
    inner = (
        f'<rect x="222" y="322" width="156" height="156" rx="22" fill="{face}" '
        'stroke="#4e4f54" stroke-width="2"/>'
        if case == "square"
        else f'<circle cx="300" cy="400" r="92" fill="{face}" stroke="#4e4f54" stroke-width="2"/>'
    )
    sheet.detail(inner)
    _dial(sheet, "#2b2c30" if dial == "light" else "#f1ead9", subdials=case == "chrono")
    sheet.fill("M236 344C260 316 300 308 330 316L262 470C236 444 226 384 236 344Z", "#ffffff", 0.12)


def _watch_strap(sheet: Sheet, flip: int, *, links: bool) -> None:
    def y(distance: float) -> float:
        return 400 + flip * distance

    sheet.cloth(
        f"M244 {y(100)}L356 {y(100)}L342 {y(296)}"
        f"Q338 {y(306)} 330 {y(306)}L270 {y(306)}Q262 {y(306)} 258 {y(296)}Z"
    )
    sheet.glow(f"M276 {y(120)}L280 {y(296)}", 14, 1.2)
    sheet.settle(blur=5, edge=16)
    if links:
        for n in range(11):
            at, half = y(114 + n * 17), 54 - n * 1.1
            sheet.seam(f"M{300 - half} {at}H{300 + half}", 2, 0.9)
        for x, slope in ((280, 6), (320, -6)):
            sheet.seam(f"M{x} {y(104)}L{x + slope * 0.5} {y(304)}", 2, 0.8)
        return
    for side in (1, -1):
        sheet.stitch(f"M{300 + side * 47} {y(124)}L{300 + side * 35} {y(298)}", sheet.tones.light)
    if flip == 1:
        for n in range(4):
            sheet.detail(
                f'<ellipse cx="300" cy="{y(220 + n * 20)}" rx="4" ry="5" fill="{sheet.tones.deep}"/>'
            )
    else:
        for distance in (262, 240):
            sheet.fill(
                f"M258 {y(distance)}h84v-12h-84z", mix(sheet.tones.base, sheet.tones.seam, 0.6)
            )


def _dial(sheet: Sheet, ink: str, *, subdials: bool) -> None:
    for hour in range(12):
        turn = math.radians(hour * 30)
        out, inner = 80, 66 if hour % 3 == 0 else 72
        sheet.line(
            f"M{300 + inner * math.sin(turn):.1f} {400 - inner * math.cos(turn):.1f}"
            f"L{300 + out * math.sin(turn):.1f} {400 - out * math.cos(turn):.1f}",
            ink, 5 if hour % 3 == 0 else 3,
        )  # fmt: skip
    if subdials:
        for x, y in ((264, 400), (336, 400), (300, 438)):
            sheet.detail(f'<circle cx="{x}" cy="{y}" r="19" fill="{ink}" fill-opacity=".1" '
                         f'stroke="{ink}" stroke-width="1.6"/>')  # fmt: skip
            sheet.line(f"M{x} {y}l6 -10", ink, 2)
    for hours, reach, width in ((10.15, 46, 6.5), (1.9, 64, 4.5)):
        turn = math.radians(hours * 30)
        sheet.line(
            f"M300 400L{300 + reach * math.sin(turn):.1f} {400 - reach * math.cos(turn):.1f}",
            ink,
            width,
        )
    sheet.line("M300 412L276 350", "#b8483a", 2)
    sheet.detail(f'<circle cx="300" cy="400" r="6" fill="{ink}"/>')
