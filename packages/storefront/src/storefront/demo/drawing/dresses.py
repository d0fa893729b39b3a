"""Clothes in one piece: dresses and nightdresses."""

from storefront.demo.drawing.sheet import Sheet, outline, stroke, symmetric
from storefront.demo.drawing.torso import neck_curve

_HEMS = {"mini": 560, "knee": 640, "midi": 704, "maxi": 748}


def dress(sheet: Sheet) -> None:
    """Cut: neck, sleeve, line, length."""
    neck, sleeve, line, length = sheet.cut
    bottom = _HEMS[length]
    sheet.frame(104, bottom, 190)
    hem = {"aline": 130, "shift": 104, "flared": 168, "wrap": 136}[line] + (bottom - 560) * 0.1
    if sleeve != "sleeveless":
        _sleeves(sheet, sleeve)
    _back_of_neck(sheet, neck)
    start, step = _dress_neck(neck)
    waist = 92 if line == "shift" else 76
    sheet.cloth(
        symmetric(
            start, step, (82, 116, 104, 128), (88, 170, 102, 218), (94, 262, waist, 306),
            (waist + (hem - waist) * 0.34, 372, hem * 0.9, bottom - 130, hem, bottom - 8),
            (hem * 0.5, bottom + 14, 0, bottom + 14),
        )
    )  # fmt: skip
    _skirt_folds(sheet, line, waist, hem, bottom)
    sheet.settle()
    _bands(sheet, neck)
    _waist(sheet, line, start[1], bottom)
    if sleeve == "sleeveless":
        for side in (1, -1):
            sheet.seam(stroke((103, 129), (90, 170, 101, 216), side=side), 2.4)
    sheet.stitch(stroke((8 - hem, bottom - 16), (0, bottom + 4, hem - 8, bottom - 16)))


def nightdress(sheet: Sheet) -> None:
    """Cut: kind. A slip on thin straps with a lace edge, or a long loose shirt."""
    (kind,) = sheet.cut
    sheet.frame(100, 670, 190)
    if kind == "sleepshirt":
        _sleeves(sheet, "elbow")
        _back_of_neck(sheet, "v")
        start, step = _dress_neck("v")
        sheet.cloth(
            symmetric(
                start, step, (82, 116, 108, 128), (100, 170, 110, 224), (112, 400, 128, 612),
                (60, 640, 0, 640),
            )
        )  # fmt: skip
        _skirt_folds(sheet, "shift", 104, 128, 630)
        sheet.settle()
        _bands(sheet, "v")
        sheet.line(stroke((-126, 598), (0, 622, 126, 598)), sheet.accent, 3, 0.8)
        return
    for side in (1, -1):
        sheet.line(stroke((58, 218), (66, 140, 48, 92), side=side), sheet.tones.edge, 6)
        sheet.line(stroke((58, 218), (66, 140, 48, 92), side=side), sheet.tones.base, 4)
    sheet.cloth(
        symmetric(
            (0, 246), (30, 226, 60, 206), (88, 228, 96, 262), (84, 310, 82, 346),
            (110, 480, 138, 650), (70, 674, 0, 674),
        )
    )  # fmt: skip
    _skirt_folds(sheet, "aline", 82, 138, 660)
    sheet.settle()
    lace = sheet.accent
    for y, half in ((644, 134), (657, 137)):
        scallops = "".join("q8 13 16 0" for _ in range(int(half / 8)))
        sheet.line(f"M{300 - half} {y}{scallops}", lace, 2.4, 0.8)
    sheet.line(stroke((-92, 254), (-60, 214), (0, 252), (60, 214), (92, 254)), lace, 4, 0.75)
    sheet.seam(stroke((-82, 330), (0, 348, 82, 330)), 2)
    sheet.detail(
        f'<path d="M300 250l-14 -8v16zM300 250l14 -8v16z" fill="{lace}" stroke="{sheet.tones.edge}" '
        'stroke-width=".8"/>'
    )


def _dress_neck(neck: str) -> tuple[tuple[float, float], tuple[float, ...]]:
    """The neckline of the shirts' file, moved up to a dress's shoulder."""
    (x, y), step = neck_curve(neck)
    lifted = tuple(v * 0.9 if i % 2 == 0 else v - 40 for i, v in enumerate(step))
    return (x, y - 40), lifted


def _back_of_neck(sheet: Sheet, neck: str) -> None:
    _, step = _dress_neck(neck)
    half, y = step[-2] - 2, step[-1] + 2
    sheet.cloth(
        symmetric((0, y + 12), (half * 0.6, y + 12, half, y), (half, y + 116), (0, y + 116)),
        tint=sheet.tones.inside, edge=0, casts=False,
    )  # fmt: skip
    sheet.settle(edge=14)


def _bands(sheet: Sheet, neck: str) -> None:
    start, step = _dress_neck(neck)
    front = stroke(start, step) + stroke(start, step, side=-1)
    back = stroke((-step[-2], step[-1]), (0, step[-1] + 24, step[-2], step[-1]))
    for path in (back, front):
        sheet.line(path, sheet.tones.seam, 6.5, 0.9)
        sheet.line(path, sheet.tones.base, 4.4)


def _sleeves(sheet: Sheet, sleeve: str) -> None:
    outer, inner, puff = {
        "cap": ((146, 188), (104, 208), 140),
        "short": ((168, 262), (114, 284), 146),
        "elbow": ((180, 338), (126, 352), 150),
        "long": ((184, 500), (146, 506), 152),
        "puff": ((160, 262), (112, 276), 196),
    }[sleeve]
    for side in (1, -1):
        sheet.cloth(
            outline(
                (94, 120), (104, 125), (puff, 138, outer[0] + (puff - 146) * 0.5, outer[1] - 70, *outer),
                ((outer[0] + inner[0]) / 2, inner[1] + 6, *inner), (108, 250, 102, 220), (86, 168),
                side=side,
            ),
            turn=-14 * side,
        )  # fmt: skip
        sheet.crease(stroke((102, 218), (126, 206, 140, 180), side=side), 9, 0.6)
        sheet.glow(stroke((122, 150), (140, 190, outer[0] - 18, outer[1] - 14), side=side), 11, 0.8)
        if sleeve == "puff":
            for x in (122, 136, 150):
                sheet.crease(stroke((x, 262), (x + 4, 226, x - 8, 196), side=side), 5, 0.6)
    sheet.settle(blur=6, edge=14)
    for side in (1, -1):
        end = stroke((outer[0] - 2, outer[1] - 8), (inner[0], inner[1] - 8), side=side)
        sheet.seam(end, 2)


def _skirt_folds(sheet: Sheet, line: str, waist: float, hem: float, bottom: float) -> None:
    sheet.glow(stroke((-50, 160), (-62, 240, -44, 310)), 20, 0.8)
    sheet.crease(stroke((98, 222), (74, 250, 40, 258)), 10, 0.5)
    sheet.crease(stroke((-98, 222), (-74, 246, -48, 252)), 10, 0.45)
    count = {"flared": 4, "aline": 3, "wrap": 3, "shift": 2}[line]
    for n in range(-count, count + 1):
        part = n / (count + 0.5)
        start = 330 + 20 * (n % 2)
        sheet.crease(stroke((part * waist, start), (part * 104, 450, part * hem, bottom)), 12, 0.55)
        sheet.glow(
            stroke((part * waist - 8, start + 20), (part * 100 - 14, 450, part * hem - 17, bottom)),
            13,
            0.7,
        )


def _waist(sheet: Sheet, line: str, neck_y: float, bottom: float) -> None:
    if line == "shift":
        return
    if line == "wrap":
        sheet.seam(stroke((-4, neck_y + 3), (30, 250, 70, 300)), 2.2)
        sheet.seam(stroke((64, 320), (40, 500, 78, bottom + 2)), 2.2)
    sheet.cloth(
        symmetric((0, 304), (50, 304, 79, 296), (80, 316), (50, 326, 0, 326)), casts=False, turn=90
    )
    sheet.settle(blur=3, edge=7)
    if line == "wrap":
        for path in ("M368 312Q400 360 386 430L374 428Q384 362 358 318Z",
                     "M366 312Q382 350 356 408L346 402Q364 350 352 316Z"):  # fmt: skip
            sheet.cloth(path, casts=False)
        sheet.settle(blur=3, edge=6)
        sheet.detail(
            f'<rect x="354" y="299" width="20" height="24" rx="6" fill="{sheet.tones.base}" '
            f'stroke="{sheet.tones.seam}" stroke-width="1.6"/>'
        )
