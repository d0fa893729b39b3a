"""Clothes for the lower body: jeans, trousers, sports and short bottoms, skirts, swimwear."""

from storefront.demo.drawing.sheet import Sheet, outline, stroke, symmetric
from storefront.demo.drawing.tones import mix

_THREAD = "#e0a860"


def jeans(sheet: Sheet) -> None:
    """Cut: leg. Five pockets, rivets, orange thread."""
    (leg,) = sheet.cut
    _legs(sheet, leg, bottom=712)
    for side in (1, -1):
        sheet.glow(stroke((62, 230), (72, 320, 66, 420), side=side), 40, 1.9)
        sheet.glow(stroke((64, 500), (66, 560, 66, 640), side=side), 26, 1.1)
    sheet.settle(blur=9)
    _waistband(sheet, loops=True)
    _fly(sheet, _THREAD)
    for side in (1, -1):
        pocket = stroke((88, 132), (82, 172, 112, 186), side=side)
        sheet.stitch(pocket, _THREAD)
        sheet.seam(stroke((93, 132), (88, 166, 113, 178), side=side), 1.4)
        sheet.stitch(stroke((_HEM[leg][0] - 2, 699), (_HEM[leg][1] + 2, 702), side=side), _THREAD)
        for x, y in ((90, 138), (108, 183)):
            _rivet(sheet, 300 + side * x, y)
    _rivet(sheet, 300, 118, size=6)


def trousers(sheet: Sheet) -> None:
    """Cut: leg. Pressed creases, slant pockets, a hook and bar."""
    (leg,) = sheet.cut
    _legs(sheet, leg, bottom=716)
    _waistband(sheet, loops=True)
    _fly(sheet)
    middle = (_HEM[leg][0] + _HEM[leg][1]) / 2
    for side in (1, -1):
        sheet.seam(stroke((64, 150), (62, 400, middle, 710), side=side), 1.8, 0.7)
        sheet.seam(stroke((84, 134), (108, 210), side=side), 2)
    sheet.detail(_button(sheet, 300, 118))


def track_pants(sheet: Sheet) -> None:
    """Cut: leg. Drawstring waist; side stripes, or cuffs at the ankle."""
    (leg,) = sheet.cut
    _legs(sheet, "jogger" if leg == "cuffed" else "straight", bottom=704)
    _elastic_waist(sheet)
    stripe = sheet.accent
    for side in (1, -1):
        if leg == "striped":
            for gap in (8, 18):
                sheet.line(
                    stroke((108 - gap, 136), (124 - gap, 240, 118 - gap, 400), (96 - gap, 702),
                    side=side),
                    stripe, 4.6,
                )  # fmt: skip
        else:
            for x in range(42, 90, 7):
                sheet.seam(stroke((x, 678), (x, 702), side=side), 1.6, 0.5)
            sheet.seam(stroke((38, 674), (92, 672), side=side), 2)
        sheet.seam(stroke((86, 146), (104, 214), side=side), 2)
    _drawstring(sheet)


def leggings(sheet: Sheet) -> None:
    """Cut: length. Close to the leg."""
    (length,) = sheet.cut
    _legs(sheet, "skinny", bottom={"full": 716, "calf": 580}[length])
    _elastic_waist(sheet, ribbed=False)
    for side in (1, -1):
        sheet.seam(stroke((90, 150), (98, 320, 74, 480), (66, 560), side=side), 1.3, 0.5)


def capris(sheet: Sheet) -> None:
    """Cut: leg. To the calf, with a small slit."""
    (leg,) = sheet.cut
    _legs(sheet, leg, bottom=590)
    _waistband(sheet, loops=True)
    _fly(sheet)
    for side in (1, -1):
        sheet.seam(stroke((84, 134), (106, 200), side=side), 2)
        sheet.stitch(stroke((96, 578), (30, 580), side=side))
    sheet.detail(_button(sheet, 300, 118))


def shorts(sheet: Sheet) -> None:
    """Cut: kind. Tailored, drawstring, or cargo with flap pockets."""
    (kind,) = sheet.cut
    sheet.frame(184, 530, 160)
    for side in (1, -1):
        sheet.cloth(
            outline(
                (0, 196), (112, 196), (136, 300, 156, 520), (90, 536, 18, 532), (10, 440, 0, 372),
                side=side,
            ),
            turn=-3 * side,
        )  # fmt: skip
        sheet.crease(stroke((4, 374), (40, 400, 92, 396), side=side), 13, 0.6)
        sheet.crease(stroke((30, 420), (38, 470, 30, 526), side=side), 12, 0.5)
        sheet.crease(stroke((116, 380), (120, 450, 128, 520), side=side), 12, 0.45)
        sheet.glow(stroke((76, 250), (88, 380, 82, 510), side=side), 26, 0.8)
    sheet.settle()
    sheet.seam("M300 210V372", 2)
    for side in (1, -1):
        sheet.stitch(stroke((153, 506), (90, 522, 18, 518), side=side))
        sheet.seam(stroke((88, 216), (118, 290), side=side), 2)
        if kind == "cargo":
            box = outline((62, 396), (132, 390), (138, 478), (68, 484), side=side)
            sheet.seam(box, 2.2)
            sheet.seam(
                outline((60, 396), (133, 390), (135, 414), (98, 430, 62, 420), side=side), 2.2
            )
    if kind == "drawstring":
        _elastic_waist(sheet, top=186)
        _drawstring(sheet, top=206)
    else:
        _waistband(sheet, top=184, loops=True)
        _fly(sheet, top=214)
        sheet.detail(_button(sheet, 300, 202))


def skirt(sheet: Sheet) -> None:
    """Cut: line, length."""
    line, length = sheet.cut
    bottom = {"mini": 470, "knee": 580, "midi": 672}[length]
    spread = {"aline": 0.24, "pencil": -0.02, "pleated": 0.3, "flared": 0.34}[line]
    hem = 118 + (bottom - 260) * spread
    sheet.frame(150, bottom + 10, hem + 6)
    dip = bottom + (18 if spread > 0.1 else 6)
    sheet.cloth(
        symmetric(
            (0, 168), (86, 164), (116, 220, 122, 290), (118 + (hem - 118) * 0.5, bottom - 120,
                hem, bottom - 8),
            (hem * 0.5, dip, 0, dip),
        )
    )  # fmt: skip
    _skirt_folds(sheet, line, hem, bottom)
    sheet.settle(blur=5 if line == "pleated" else 8)
    _waistband(sheet, top=150, half=87)
    if line == "pencil":
        sheet.seam(f"M330 {bottom - 92}V{bottom + 4}", 2)
        for side in (1, -1):
            sheet.seam(stroke((44, 182), (50, 220, 54, 262), side=side), 1.6)
    sheet.stitch(stroke((10 - hem, bottom - 16), (0, dip - 2, hem - 10, bottom - 16)))


def swimwear(sheet: Sheet) -> None:
    """Cut: kind. A swimsuit, or swim trunks."""
    (kind,) = sheet.cut
    if kind == "trunks":
        _trunks(sheet)
        return
    sheet.frame(128, 652, 150)
    sheet.cloth(
        symmetric((0, 258), (44, 258, 60, 236), (64, 130), (84, 130), (96, 220, 90, 270), (0, 320)),
        tint=sheet.tones.inside,
    )
    sheet.settle()
    sheet.cloth(
        symmetric(
            (0, 296), (56, 292, 66, 200), (70, 128), (88, 128), (94, 240, 116, 300),
            (108, 372, 92, 420), (104, 480, 118, 528), (60, 560, 36, 646), (0, 652),
        )
    )  # fmt: skip
    sheet.glow(stroke((-52, 330), (-64, 420, -44, 560)), 26)
    sheet.crease(stroke((86, 410), (40, 424, -10, 416)), 9, 0.45)
    sheet.crease(stroke((-88, 430), (-50, 446, -20, 442)), 9, 0.4)
    sheet.settle()
    sheet.seam(stroke((84, 420), (0, 440, -84, 420)), 1.6, 0.5)
    for side in (1, -1):
        sheet.seam(stroke((111, 528), (58, 560, 32, 640), side=side), 2)
        sheet.seam(stroke((0, 303), (62, 298, 72, 204), (76, 130), side=side), 2)


_HEM = {
    "skinny": (86, 44), "slim": (92, 40), "straight": (104, 34), "wide": (140, 18),
    "flare": (132, 22), "jogger": (92, 38),
}  # fmt: skip


def _legs(sheet: Sheet, leg: str, *, bottom: float) -> None:
    """A pair of legs from the waist, 112 units below the top. Hems as in ``_HEM``."""
    sheet.frame(100, bottom, 150)
    outer, inner = _HEM[leg]
    knee = {"flare": 88, "wide": 128, "skinny": 92}.get(leg, 104)
    inseam = {"flare": 38, "wide": 18, "skinny": 38}.get(leg, 30)
    for side in (1, -1):
        sheet.cloth(
            outline(
                (0, 112), (90, 112), (118, 180, 122, 250), (knee + 12, 380, knee, 480),
                (knee if leg != "flare" else 92, 580, outer, bottom - 4),
                ((outer + inner) / 2, bottom + 4, inner, bottom),
                (inseam, 560, inseam - 4, 470), (12, 360, 0, 300),
                side=side,
            ),
            turn=-2 * side,
        )  # fmt: skip
        sheet.crease(stroke((2, 296), (40, 296, 84, 262), side=side), 13, 0.6)
        sheet.crease(stroke((6, 322), (40, 338, 74, 330), side=side), 11, 0.5)
        sheet.crease(stroke((inseam + 4, 470), (64, 486, knee - 6, 468), side=side), 10, 0.4)
        sheet.crease(
            stroke((inner + 8, bottom - 60), (66, bottom - 46, 80, bottom - 52), side=side), 9, 0.4
        )
        sheet.glow(
            stroke((70, 210), (76, 400, (outer + inner) / 2, bottom - 70), side=side), 22, 0.8
        )
    sheet.settle()
    sheet.seam("M300 146V300", 2)


def _waistband(sheet: Sheet, *, top: float = 100, half: float = 91, loops: bool = False) -> None:
    half = half if top < 180 else 113
    sheet.settle()
    sheet.cloth(
        symmetric((0, top + 8), (half * 0.6, top + 6, half - 2, top), (half + 3, top + 32),
                  (half * 0.6, top + 40, 0, top + 40)),
        turn=90,
        casts=True,
    )  # fmt: skip
    sheet.settle(blur=5, edge=9)
    sheet.stitch(stroke((-half - 1, top + 28), (0, top + 44, half + 1, top + 28)))
    if loops:
        for x in (-58, 58):
            sheet.fill(
                f"M{296 + x} {top + 2}h9v36h-9z", mix(sheet.tones.base, sheet.tones.seam, 0.5)
            )


def _elastic_waist(sheet: Sheet, *, top: float = 102, ribbed: bool = True) -> None:
    half = 90 if top < 180 else 113
    sheet.settle()
    sheet.cloth(
        symmetric((0, top + 6), (half * 0.6, top + 4, half - 2, top), (half + 2, top + 34),
                  (half * 0.6, top + 42, 0, top + 42)),
        casts=True,
    )  # fmt: skip
    sheet.settle(blur=4, edge=8)
    if ribbed:
        for x in range(8 - half, half, 9):
            sheet.seam(f"M{300 + x} {top + 8}V{top + 38 - abs(x) * 0.05:.0f}", 1.6, 0.5)


def _fly(sheet: Sheet, thread: str = "", *, top: float = 140) -> None:
    sheet.seam(f"M300 {top}V{top + 92}", 2)
    sheet.stitch(f"M322 {top + 4}V{top + 60}Q320 {top + 90} 301 {top + 98}", thread)


def _drawstring(sheet: Sheet, top: float = 122) -> None:
    cord = mix(sheet.tones.base, "#f6f1e8", 0.82)
    for side, length in ((1, 78), (-1, 62)):
        path = stroke((6, top), (20, top + 30, 14, top + length), side=side)
        sheet.line(path, sheet.tones.edge, 6.4, 0.45)
        sheet.line(path, cord, 4.2)


def _rivet(sheet: Sheet, x: float, y: float, size: float = 2.6) -> None:
    sheet.detail(
        f'<circle cx="{x}" cy="{y}" r="{size}" fill="#c08a55" stroke="#6e4a2a" stroke-width=".8"/>'
    )


def _button(sheet: Sheet, x: float, y: float) -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="6" fill="{sheet.tones.light}" stroke="{sheet.tones.edge}" '
        'stroke-width="1.2"/>'
    )


def _skirt_folds(sheet: Sheet, line: str, hem: float, bottom: float) -> None:
    if line == "pleated":
        for n in range(-6, 7):
            path = stroke((n * 13, 186), (n * 18, 300, n * hem / 6.6, bottom))
            sheet.crease(path, 6, 0.9)
            sheet.glow(
                stroke((n * 13 - 6, 190), (n * 18 - 7, 300, n * hem / 6.6 - 9, bottom)), 6, 0.8
            )
        return
    count = 4 if line == "flared" else 3
    for n in range(-count, count + 1):
        part = n / (count + 0.6)
        sheet.crease(stroke((part * 84, 300), (part * 110, 420, part * hem, bottom)), 13, 0.5)
        sheet.glow(
            stroke((part * 70 - 8, 240), (part * 100 - 14, 420, part * hem - 16, bottom)), 12, 0.6
        )


def _trunks(sheet: Sheet) -> None:
    sheet.frame(250, 484, 144)
    for side in (1, -1):
        sheet.cloth(
            outline(
                (0, 262),
                (112, 262),
                (130, 320, 142, 470),
                (80, 486, 14, 480),
                (8, 440, 0, 410),
                side=side,
            )
        )
        sheet.crease(stroke((4, 412), (40, 424, 80, 418), side=side), 11, 0.5)
        sheet.glow(stroke((70, 300), (78, 390, 76, 470), side=side), 24)
    sheet.settle()
    sheet.seam("M300 290V410", 2)
    for side in (1, -1):
        sheet.line(stroke((120, 300), (131, 380, 136, 470), side=side), sheet.accent, 9)
    _elastic_waist(sheet, top=250)
    _drawstring(sheet, top=270)
