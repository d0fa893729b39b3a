"""Parts that upper-body clothes share: front, sleeves, necklines, collars, buttons, ribs."""

from storefront.demo.drawing.sheet import Sheet, outline, stroke, symmetric
from storefront.demo.drawing.tones import mix

SHOULDER = (150, 182)
NECK_DEPTHS = {
    "crew": 46, "v": 108, "scoop": 92, "boat": 26, "notch": 62, "henley": 50, "polo": 60,
    "roll": 30, "deep": 174, "square": 78,
}  # fmt: skip


def neck_curve(neck: str, extra: float = 0) -> tuple[tuple[float, float], tuple[float, ...]]:
    """Where the front neckline meets the middle, and the step from there to the shoulder."""
    low = 148 + NECK_DEPTHS[neck] + extra
    if neck in {"v", "deep"}:
        return (0, low), (28, low - 50, 62, 146)
    if neck == "square":
        return (0, low), (58, low, 58, low, 64, 147)
    if neck == "boat":
        return (0, low), (58, low, 96, 160)
    return (0, low), (40, low, 58, low - 26, 62, 146)


def front(sheet: Sheet, neck: str, *, waist: float, hem: float, hem_y: float) -> None:
    """Front of a garment with set-in sleeves: neckline to hem, lining seen through the neck."""
    start, step = neck_curve(neck)
    inside_neck(sheet, step[-2] - 2, step[-1] + 2, 150)
    sheet.cloth(
        symmetric(
            start, step, (110, 160, *SHOULDER), (134, 236, 134, 304),
            (waist + 2, 400, waist, 460), (waist + 2, 560, hem, hem_y - 10), (0, hem_y + 8, 0, hem_y),
        )
    )  # fmt: skip
    torso_folds(sheet, waist, hem_y)
    seamed_armholes(sheet)


def sleeveless_front(sheet: Sheet, *, depth: float, strap: float, hem: float, hem_y: float) -> None:
    """Front of a sleeveless garment."""
    inside_neck(sheet, 58, 148, depth)
    low = 148 + depth
    sheet.cloth(
        symmetric(
            (0, low), (46, low, 60, low - 40, 60, 146), (78, 146, strap, 150),
            (78, 238, 122, 306), (110, 400, 108, 450), (112, 540, hem, hem_y - 10),
            (0, hem_y + 8, 0, hem_y),
        )
    )  # fmt: skip
    torso_folds(sheet, 108, hem_y)
    sheet.settle()


def inside_neck(sheet: Sheet, half: float, y: float, depth: float) -> None:
    """The back of the garment, seen through its neck."""
    tint = sheet.tones.inside
    sheet.cloth(
        symmetric((0, y + 12), (half * 0.6, y + 12, half, y), (half, y + depth), (0, y + depth)),
        tint=tint,
        edge=0,
        casts=False,
    )
    sheet.settle(blur=7, edge=16)


def torso_folds(sheet: Sheet, waist: float, hem_y: float) -> None:
    """What gravity does to a hanging front."""
    middle = 440 + (hem_y - 640) * 0.4
    sheet.crease(stroke((122, 306), (88, 350, 70, 420)), 13, 0.6)
    sheet.crease(stroke((-124, 310), (-84, 340, -58, 396)), 12, 0.55)
    sheet.crease(
        stroke((waist - 14, middle), (waist - 44, hem_y - 120, waist - 30, hem_y)), 14, 0.6
    )
    sheet.crease(
        stroke((30 - waist, middle + 30), (42 - waist, hem_y - 90, 26 - waist, hem_y)), 12, 0.5
    )
    sheet.crease(stroke((18, middle + 40), (34, hem_y - 80, 24, hem_y)), 11, 0.35)
    sheet.glow(stroke((-74, 210), (-92, 330, -70, 470)), 30, 0.62)
    sheet.glow(stroke((-26, middle), (-44, hem_y - 90, -32, hem_y - 10)), 22, 0.55)
    sheet.glow(stroke((62, middle + 20), (60, hem_y - 90, 66, hem_y - 10)), 16, 0.45)


def seamed_armholes(sheet: Sheet) -> None:
    """The seam where a sleeve is set in, left and right."""
    sheet.settle()
    for side in (1, -1):
        sheet.seam(stroke(SHOULDER, (132, 238, 134, 304), side=side), 1.8)


_SLEEVES: dict[str, tuple[tuple[float, float], tuple[float, float], float]] = {
    # the cuff: outer corner, inner corner; and how far the outer edge bulges
    "cap": ((196, 258), (142, 290), 172),
    "short": ((228, 344), (164, 374), 180),
    "elbow": ((238, 436), (172, 456), 186),
    "threequarter": ((236, 528), (178, 540), 190),
    "long": ((232, 626), (180, 632), 192),
}


def sleeves(sheet: Sheet, length: str, *, wide: float = 0, cuff: bool = False) -> None:
    """A pair of set-in sleeves, hanging a little away from the body."""
    (outer_x, outer_y), (inner_x, inner_y), bulge = _SLEEVES[length]
    for side in (1, -1):
        path = outline(
            (134, 172), (150, 179), (bulge + wide, 198, outer_x + wide - 14,
            outer_y - (outer_y - 182) * 0.5, outer_x + wide, outer_y), ((outer_x + inner_x) / 2,
            inner_y + 7, inner_x - wide, inner_y),
            (148, min(340, inner_y + 8), 132, 306), (110, 240), side=side,
        )  # fmt: skip
        sheet.cloth(path, turn=-14 * side)
        sheet.crease(stroke((136, 300), (160, 290, 190, 250), side=side), 12, 0.6)
        sheet.glow(stroke((168, 206), (196, 250, outer_x - 24, outer_y - 24), side=side), 14, 0.6)
        if outer_y > 500:
            _arm_folds(sheet, side)
    sheet.settle()
    for side in (1, -1):
        lift = 44 if cuff and length == "long" else 12
        ends = stroke(
            (outer_x + wide - 1, outer_y - lift),
            ((outer_x + inner_x) / 2, inner_y + 5 - lift, inner_x - wide - 1, inner_y - lift),
            side=side,
        )
        if lift > 20:
            sheet.seam(ends, 2.2)
            buttons(sheet, [(300 + side * (inner_x + 11), inner_y - 22)], 4)
        else:
            sheet.stitch(ends)


def _arm_folds(sheet: Sheet, side: int) -> None:
    sheet.crease(stroke((150, 372), (176, 384, 208, 372), side=side), 9, 0.55)
    sheet.crease(stroke((160, 404), (184, 420, 212, 410), side=side), 8, 0.45)
    sheet.crease(stroke((186, 470), (192, 540, 188, 610), side=side), 10, 0.5)


def neckline(sheet: Sheet, neck: str, *, band: float = 12, extra: float = 0) -> None:
    """The band round the neck, and what the neck has besides: placket, collar."""
    sheet.settle()
    if neck == "polo":
        placket(sheet, 200, 318, count=2)
        shirt_collar(sheet, soft=True)
        return
    if neck == "roll":
        roll_neck(sheet)
        return
    start, step = neck_curve(neck, extra)
    rim = stroke(start, step) + stroke(start, step, side=-1)
    back = stroke((-step[-2], step[-1]), (0, step[-1] + 26, step[-2], step[-1]))
    for path, colour in ((back, sheet.tones.shade), (rim, _band_colour(sheet))):
        sheet.line(path, sheet.tones.seam, band + 2.4, 0.9)
        sheet.line(path, colour, band)
    if neck == "henley":
        placket(sheet, 206, 300, count=3)


def _band_colour(sheet: Sheet) -> str:
    if sheet.colour.family == "multi":
        return sheet.accent
    return mix(sheet.tones.base, sheet.tones.shade, 0.35)


def placket(sheet: Sheet, top: float, bottom: float, *, count: int) -> None:
    """A short opening down the middle, with ``count`` buttons."""
    sheet.seam(f"M287 {top}V{bottom}H313V{top}", 1.8)
    step = (bottom - top) / count
    buttons(sheet, [(300, top + step * (n + 0.55)) for n in range(count)], 5)


def buttons(sheet: Sheet, places: list[tuple[float, float]], size: float) -> None:
    """Round buttons at the places; size: radius."""
    sheet.settle()
    tint = mix(sheet.tones.base, "#f4ead8", 0.72) if sheet.variant % 3 else sheet.tones.seam
    for x, y in places:
        sheet.detail(
            f'<circle cx="{x + 0.8}" cy="{y + 1.2}" r="{size}" fill="{sheet.tones.deep}" '
            f'opacity=".5"/><circle cx="{x}" cy="{y}" r="{size}" fill="{tint}" '
            f'stroke="{sheet.tones.edge}" stroke-width=".9"/><circle cx="{x}" cy="{y}" '
            f'r="{size * 0.32:.1f}" fill="{sheet.tones.deep}" opacity=".5"/>'
        )


def zip_fastener(sheet: Sheet, top: float, bottom: float) -> None:
    """A metal zip down the middle."""
    sheet.settle()
    sheet.line(f"M300 {top}V{bottom}", sheet.tones.seam, 9, 0.6)
    sheet.line(f"M300 {top}V{bottom}", "#b9bbbf", 3.2)
    sheet.detail(
        f'<rect x="296" y="{top + 8}" width="8" height="22" rx="3" fill="#c9ccd0" '
        'stroke="#6d7075" stroke-width="1"/>'
    )


def shirt_collar(sheet: Sheet, *, soft: bool = False) -> None:
    """A turned-down collar: stand behind, two leaves in front."""
    drop = 226 if soft else 236
    sheet.cloth(
        symmetric((0, 134), (40, 136, 60, 146), (58, 164), (0, 160, 0, 158)), casts=False, edge=1.4
    )
    sheet.settle(blur=4, edge=8)
    for side in (1, -1):
        sheet.cloth(
            outline(
                (58, 138), (72, 146, 74, 158), (64, 200, 46, drop), (22, 216, 2, 204),
                (30, 176, 58, 138), side=side,
            ),
            turn=-32 * side,
            casts=False,
        )  # fmt: skip
    sheet.settle(blur=4, edge=9)
    for side in (1, -1):
        sheet.stitch(stroke((66, 160), (58, 196, 44, drop - 9), (24, 210, 10, 202), side=side))


def band_collar(sheet: Sheet) -> None:
    """A band collar."""
    sheet.settle()
    inside = symmetric((0, 140), (44, 140, 62, 126), (68, 150), (40, 168, 0, 168))
    sheet.cloth(inside, tint=sheet.tones.shade, casts=False)
    sheet.settle(blur=4, edge=8)
    for side in (1, -1):
        sheet.cloth(
            outline(
                (62, 126), (70, 152), (54, 196, 2, 208), (2, 186), (44, 172, 50, 138), side=side
            ),
            casts=False,
        )
    sheet.settle(blur=4, edge=8)


def roll_neck(sheet: Sheet) -> None:
    """A tall ribbed collar, folded over."""
    sheet.settle()
    sheet.cloth(
        symmetric((0, 108), (50, 108, 58, 116), (66, 150, 68, 172), (50, 196, 0, 196)), casts=True
    )
    for x in (-40, -20, 0, 20, 40):
        sheet.crease(f"M{300 + x} 114V190", 5, 0.5)
    sheet.settle(blur=3, edge=14)
    sheet.seam(stroke((-64, 166), (0, 190, 64, 166)), 2)


def ribbed_ends(sheet: Sheet) -> None:
    """Ribbed cuffs and hem."""
    sheet.settle()
    sheet.seam(stroke((-128, 598), (0, 608, 128, 598)), 2.2)
    for x in range(-122, 124, 9):
        sheet.seam(f"M{300 + x} 603V{638 - abs(x) * 0.06:.0f}", 1.5, 0.45)
    for side in (1, -1):
        sheet.seam(stroke((234, 588), (206, 604, 178, 596), side=side), 2.2)
        for x in range(182, 232, 8):
            sheet.seam(stroke((x, 602), (x, 628), side=side), 1.5, 0.45)


def hood_back(sheet: Sheet) -> None:
    """A hood behind the shoulders; draw it before the front."""
    sheet.cloth(
        symmetric((0, 84), (70, 84, 92, 124), (96, 150, 92, 178), (0, 210)),
    )
    sheet.glow(stroke((-60, 110), (0, 92, 40, 104)), 10, 0.8)
    sheet.settle()
    sheet.cloth(
        symmetric((0, 112), (56, 112, 62, 150), (60, 200), (0, 230)),
        tint=sheet.tones.inside,
        casts=False,
    )
    sheet.settle()


def hood_front(sheet: Sheet) -> None:
    """The hood's two edges crossing at the neck, with cords."""
    sheet.settle()
    for side in (1, -1):
        sheet.cloth(
            outline(
                (60, 128),
                (94, 134, 100, 168),
                (70, 214, 6, 236),
                (4, 212),
                (60, 196, 56, 140),
                side=side,
            ),
            casts=False,
        )
    sheet.settle(blur=5, edge=12)
    cord = mix(sheet.tones.base, "#f6f1e8", 0.8)
    for side in (1, -1):
        sheet.line(stroke((26, 222), (34, 270, 28, 322), side=side), sheet.tones.edge, 6, 0.5)
        sheet.line(stroke((26, 222), (34, 270, 28, 322), side=side), cord, 4)
