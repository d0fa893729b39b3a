"""Jackets and blazers: open collars, lapels, zips and pockets."""

from storefront.demo.drawing.sheet import Sheet, outline, stroke, symmetric
from storefront.demo.drawing.tones import mix

_SHOULDER = (154, 178)


def jacket(sheet: Sheet) -> None:
    """Cut: kind."""
    (kind,) = sheet.cut
    long = kind == "parka"
    hem_y = 720 if long else 634
    sheet.frame(96 if long else 126, hem_y, 240)
    if long:
        _hood(sheet)
    _sleeves(sheet)
    _body(sheet, hem=142 if long else 130, hem_y=hem_y)
    {"bomber": _bomber, "biker": _biker, "trucker": _trucker, "parka": _parka}[kind](sheet)


def blazer(sheet: Sheet) -> None:
    """Cut: front. Single or double breasted, with notched lapels, a shirt and lining inside."""
    (front,) = sheet.cut
    sheet.frame(126, 690, 240)
    _sleeves(sheet)
    sheet.cloth(
        symmetric((0, 138), (50, 138, 58, 146), (58, 420), (0, 440)),
        tint=sheet.tones.inside,
        edge=0,
    )
    sheet.settle()
    reach = 34 if front == "double" else 4
    for side in (-1, 1):
        sheet.cloth(
            outline(
                (54, 140), (110, 156, *_SHOULDER), (136, 240, 136, 304), (116, 400, 120, 460),
                (126, 580, 134, 668), (80, 690, 30 - reach, 684), (-reach, 640, -reach, 430),
                (24, 300, 54, 140), side=side,
            ),
            turn=-2 * side,
        )  # fmt: skip
        sheet.crease(stroke((124, 306), (92, 350, 74, 420), side=side), 12, 0.6)
        sheet.crease(stroke((100, 500), (96, 580, 108, 670), side=side), 13, 0.5)
        sheet.glow(stroke((70, 340), (76, 480, 72, 660), side=side), 24, 0.7)
        sheet.settle()
        sheet.seam(stroke(_SHOULDER, (134, 240, 136, 304), side=side), 1.8)
        sheet.cloth(outline((52, 520), (122, 512), (124, 540), (54, 550), side=side), casts=False)
        sheet.settle(blur=3, edge=6)
        sheet.seam(stroke((88, 300), (84, 400, 90, 512), side=side), 1.4, 0.5)
    for side in (-1, 1):
        sheet.cloth(
            outline(
                (52, 136), (66, 144), (92, 214), (70, 222), (98, 252), (60, 340, 2 - reach, 436),
                (22, 300, 52, 136), side=side,
            ),
            turn=-16 * side, casts=False,
        )  # fmt: skip
        sheet.glow(stroke((72, 250), (50, 320, 16, 392), side=side), 12, 0.9)
        sheet.settle(blur=5, edge=10)
        sheet.seam(stroke((70, 222), (50, 216), side=side), 2)
    sheet.seam("M356 296l44 -6 2 12 -44 6z", 1.8)
    spots = (
        [(300, 462), (300, 540)]
        if front == "single"
        else [(268, 470), (268, 548), (334, 470), (334, 548)]
    )
    for x, y in spots:
        sheet.detail(_button(sheet, x, y))


def _sleeves(sheet: Sheet) -> None:
    for side in (1, -1):
        sheet.cloth(
            outline(
                (136, 168), (154, 175), (196, 194, 224, 400, 240, 626), (212, 642, 182, 634),
                (152, 350, 134, 306), (112, 240), side=side,
            ),
            turn=-14 * side,
        )  # fmt: skip
        sheet.crease(stroke((138, 300), (162, 290, 192, 250), side=side), 12, 0.6)
        sheet.crease(stroke((156, 380), (184, 396, 214, 382), side=side), 9, 0.5)
        sheet.crease(stroke((166, 414), (190, 430, 216, 420), side=side), 9, 0.4)
        sheet.glow(stroke((170, 206), (202, 340, 216, 600), side=side), 14, 0.6)
    sheet.settle()


def _body(sheet: Sheet, *, hem: float, hem_y: float) -> None:
    sheet.cloth(symmetric((0, 156), (30, 156, 56, 146), (56, 240), (0, 250)), tint=sheet.tones.inside,
                edge=0, casts=False)  # fmt: skip
    sheet.settle()
    sheet.cloth(
        symmetric(
            (0, 196), (44, 190, 60, 146), (110, 158, *_SHOULDER), (138, 240, 138, 306),
            (130, 420, 130, 480), (hem - 2, 560, hem, hem_y - 8), (0, hem_y + 4, 0, hem_y),
        )
    )  # fmt: skip
    sheet.crease(stroke((126, 308), (92, 350, 76, 410)), 13, 0.6)
    sheet.crease(stroke((-126, 308), (-88, 350, -70, 400)), 13, 0.55)
    sheet.crease(stroke((100, 470), (84, 540, 100, hem_y)), 14, 0.5)
    sheet.crease(stroke((-92, 480), (-76, 560, -92, hem_y)), 13, 0.45)
    sheet.glow(stroke((-70, 220), (-84, 380, -66, hem_y - 40)), 28, 0.7)
    sheet.glow(stroke((60, 420), (56, 520, 62, hem_y - 20)), 18, 0.5)
    sheet.settle()
    for side in (1, -1):
        sheet.seam(stroke(_SHOULDER, (136, 240, 138, 306), side=side), 2)


def _bomber(sheet: Sheet) -> None:
    _zip(sheet, 190, 634)
    sheet.cloth(symmetric((0, 164), (40, 160, 58, 134), (72, 146), (60, 200, 0, 212)), casts=False)
    for x in range(-56, 60, 8):
        sheet.crease(f"M{300 + x} 140L{300 + x * 0.9:.0f} 208", 2.5, 0.6)
    sheet.settle(blur=1.5, edge=8)
    _ribs(sheet, 588, 632, 128)
    for side in (1, -1):
        sheet.line(stroke((62, 480), (90, 552), side=side), sheet.tones.deep, 7, 0.7)
        sheet.line(stroke((62, 480), (90, 552), side=side), "#b9bcc0", 2.4)
        sheet.seam(stroke((238, 584), (210, 600, 178, 592), side=side), 2.2)
        for x in range(184, 238, 8):
            sheet.seam(stroke((x, 598), (x, 630), side=side), 1.5, 0.5)


def _biker(sheet: Sheet) -> None:
    sheet.line("M262 250L330 430V634", sheet.tones.deep, 10, 0.6)
    sheet.line("M262 250L330 430V634", "#c9ccd0", 4)
    for side, edge in ((-1, 92), (1, 100)):
        sheet.cloth(
            outline((56, 138), (72, 150), (edge, 236), (60, 300, 36 if side < 0 else -20,
            330 if side < 0 else 400),
                    (6, 260, 56, 138), side=side),
            casts=False,
        )  # fmt: skip
        sheet.settle(blur=5, edge=10)
        sheet.seam(stroke((74, 184), (52, 206), side=side), 2)
        sheet.detail(
            f'<circle cx="{300 + side * (edge - 12)}" cy="234" r="4.5" fill="#cfd2d6" stroke="#666"/>'
        )
    for path in ("M196 520L262 492", "M404 520L356 496", "M206 372L256 352"):
        sheet.line(path, sheet.tones.deep, 8, 0.7)
        sheet.line(path, "#c9ccd0", 3.2)
    sheet.cloth("M171 600H429V626H171Z", casts=False, edge=1.2)
    sheet.settle(blur=3, edge=5)
    sheet.detail('<rect x="300" y="594" width="36" height="38" rx="4" fill="none" stroke="#6a6c70" '
                 'stroke-width="7"/><rect x="300" y="594" width="36" height="38" rx="4" fill="none" '
                 'stroke="#d3d6da" stroke-width="4.4"/>')  # fmt: skip


def _trucker(sheet: Sheet) -> None:
    thread = "#e0a860" if sheet.pattern == "denim" else sheet.tones.seam
    sheet.seam("M286 200V634M314 200V634", 1.8)
    sheet.stitch("M281 204V634M319 204V634", thread)
    sheet.seam(stroke((-136, 280), (0, 286, 136, 280)), 2.2)
    sheet.stitch(stroke((-136, 287), (0, 293, 136, 287)), thread)
    for side in (1, -1):
        sheet.cloth(
            outline((44, 282), (108, 282), (108, 312), (76, 328), (44, 312), side=side), casts=False
        )
        sheet.settle(blur=3, edge=6)
        sheet.stitch(stroke((50, 310), (76, 322), (102, 310), side=side), thread)
        sheet.detail(_stud(300 + side * 76, 312))
        sheet.stitch(stroke((50, 330), (34, 590), side=side), thread)
        sheet.stitch(stroke((104, 326), (84, 590), side=side), thread)
        sheet.seam(stroke((235, 592), (180, 600), side=side), 2)
    sheet.seam(stroke((-130, 594), (0, 602, 130, 594)), 2.2)
    sheet.stitch(stroke((-130, 600), (0, 608, 130, 600)), thread)
    for y in range(226, 630, 62):
        sheet.detail(_stud(300, y))
    _collar(sheet)


def _parka(sheet: Sheet) -> None:
    _zip(sheet, 200, 716)
    sheet.seam("M322 204V716", 2)
    sheet.seam(stroke((-130, 462), (0, 470, 130, 462)), 2.4)
    for side in (1, -1):
        sheet.cloth(outline((44, 540), (120, 534), (126, 650), (46, 656), side=side), casts=False)
        sheet.cloth(outline((42, 536), (122, 530), (124, 566), (44, 572), side=side), casts=False)
        sheet.settle(blur=4, edge=8)
        sheet.detail(_stud(300 + side * 84, 560))
    fur = mix(sheet.tones.base, "#e9dcc6", 0.75)
    sheet.line(
        stroke((-66, 140), (-84, 210, 0, 240), (84, 210, 66, 140)), mix(fur, "#5a4a3a", 0.45), 30
    )
    sheet.line(stroke((-66, 140), (-84, 210, 0, 240), (84, 210, 66, 140)), fur, 25)
    for n in range(-16, 17):
        x = n * 4.6
        y = 232 - abs(n) ** 1.6 * 0.98
        sheet.line(
            f"M{300 + x:.0f} {y - 8:.0f}l{n * 0.5:.0f} 18", mix(fur, "#7a6650", 0.35), 2, 0.7
        )


def _hood(sheet: Sheet) -> None:
    sheet.cloth(symmetric((0, 98), (74, 98, 92, 140), (96, 170, 90, 200), (0, 220)))
    sheet.glow(stroke((-60, 124), (0, 104, 40, 116)), 10, 0.8)
    sheet.settle()
    sheet.cloth(
        symmetric((0, 122), (58, 122, 62, 156), (60, 210), (0, 230)),
        tint=sheet.tones.inside,
        casts=False,
    )
    sheet.settle()


def _collar(sheet: Sheet) -> None:
    sheet.settle()
    for side in (1, -1):
        sheet.cloth(outline((54, 132), (72, 142, 76, 156), (72, 200, 58, 226), (24, 214, 2, 196),
                            (34, 176, 54, 132), side=side), turn=-30 * side, casts=False)  # fmt: skip
    sheet.settle(blur=4, edge=9)
    for side in (1, -1):
        sheet.stitch(stroke((70, 160), (66, 196, 55, 216), (26, 206, 10, 195), side=side))


def _zip(sheet: Sheet, top: float, bottom: float) -> None:
    sheet.settle()
    sheet.line(f"M300 {top}V{bottom}", sheet.tones.deep, 10, 0.55)
    sheet.line(f"M300 {top}V{bottom}", "#bfc2c6", 3.4)
    sheet.detail(
        f'<rect x="296" y="{top + 26}" width="8" height="24" rx="3" fill="#d0d3d7" stroke="#6d7075"/>'
    )


def _ribs(sheet: Sheet, top: float, bottom: float, half: int) -> None:
    sheet.seam(stroke((-half - 1, top), (0, top + 10, half + 1, top)), 2.4)
    for x in range(-half + 4, half, 9):
        sheet.seam(f"M{300 + x} {top + 5}V{bottom - abs(x) * 0.06:.0f}", 1.6, 0.5)


def _stud(x: float, y: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="5" fill="#c9a36a" stroke="#6e4f2a" stroke-width="1.2"/>'


def _button(sheet: Sheet, x: float, y: float) -> str:
    tint = mix(sheet.tones.base, "#3a2a20", 0.55) if sheet.tones.fold < 0.6 else sheet.tones.seam
    return (
        f'<circle cx="{x + 1}" cy="{y + 1.6}" r="9" fill="{sheet.tones.deep}" opacity=".5"/>'
        f'<circle cx="{x}" cy="{y}" r="8.4" fill="{tint}" stroke="{sheet.tones.edge}"/>'
        f'<circle cx="{x}" cy="{y}" r="4.6" fill="none" stroke="{sheet.tones.light}" opacity=".5"/>'
    )
