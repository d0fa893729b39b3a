"""Bags, clutches, wallets and belts: leather and canvas with hardware."""

from storefront.demo.drawing.sheet import Sheet, stroke, symmetric
from storefront.demo.drawing.tones import mix

_GILT = "#d0ae68"
_NICKEL = "#c3c7cc"


def handbag(sheet: Sheet) -> None:
    """Cut: kind. A tote, a satchel with a flap, a hobo on one strap."""
    (kind,) = sheet.cut
    sheet.stands(300, 668, 190)
    {"tote": _tote, "satchel": _satchel, "hobo": _hobo}[kind](sheet)


def backpack(sheet: Sheet) -> None:
    """Cut: kind. Zipped, or with a flap and a strap."""
    (kind,) = sheet.cut
    sheet.stands(300, 676, 168)
    sheet.strap("M262 176C258 110 342 110 338 176", 15, sheet.tones.shade)
    for side in (1, -1):
        sheet.strap(stroke((120, 250), (196, 320, 190, 480), (184, 560, 138, 610), side=side), 22,
                    sheet.tones.shade)  # fmt: skip
    sheet.cloth(
        symmetric((0, 150), (104, 150, 138, 196, 146, 280), (158, 420, 160, 560, 156, 640),
                  (152, 676, 120, 676), (0, 676))
    )  # fmt: skip
    sheet.glow("M196 250C188 350 186 450 190 560", 26, 1)
    sheet.crease("M430 260C440 380 440 480 432 600", 16, 0.5)
    sheet.settle()
    if kind == "zipped":
        _zip_line(sheet, stroke((-128, 330), (-124, 206, 0, 196), (124, 206, 128, 330)))
    else:
        sheet.cloth(
            symmetric((0, 166), (110, 166, 138, 200, 148, 300), (150, 360, 130, 388), (0, 400))
        )
        sheet.glow("M200 220C190 270 186 320 190 360", 20)
        sheet.settle()
        sheet.stitch(stroke((-126, 378), (0, 392, 126, 378)))
    top = 436 if kind == "zipped" else 452
    sheet.cloth(
        symmetric(
            (0, top), (116, top), (130, top + 4, 130, top + 34), (128, 646), (124, 660, 0, 660)
        ),
        casts=False,
    )
    sheet.glow(f"M204 {top + 40}C200 540 200 590 206 636", 18, 0.8)
    sheet.settle(blur=6, edge=18)
    _zip_line(sheet, f"M184 {top + 26}H416")
    if kind == "flap":
        sheet.strap("M300 380V500", 20, mix(sheet.tones.base, "#6b452c", 0.55))
        sheet.detail(_frame_buckle(300, 452, 34, 26))
    else:
        label = mix(sheet.tones.base, "#6b452c", 0.6)
        sheet.detail(
            f'<rect x="276" y="540" width="48" height="30" rx="4" fill="{label}" '
            f'stroke="{sheet.tones.edge}"/>'
        )


def duffel(sheet: Sheet) -> None:
    """Cut: kind. A long travel bag, zipped on top."""
    (kind,) = sheet.cut
    sheet.frame(236, 606, 236)
    sheet.stands(300, 600, 206)
    sheet.strap("M200 400C204 220 396 220 400 400", 16, sheet.tones.shade)
    sheet.cloth(
        "M110 380Q120 352 160 348L440 348Q480 352 490 380"
        "L512 560Q514 600 474 602L126 602Q86 600 88 560Z"
    )
    sheet.glow("M140 400C132 450 126 500 124 560", 20)
    sheet.glow("M180 372H420", 12, 0.8)
    sheet.crease("M250 470C280 500 330 500 360 480", 10, 0.4)
    sheet.settle()
    _zip_line(sheet, "M140 362H460")
    tint = mix(sheet.tones.base, "#5b3c28", 0.65) if kind == "trimmed" else sheet.tones.seam
    for x in (196, 388):
        sheet.cloth(f"M{x} 366h16v236h-16z", tint=tint, casts=False)
    sheet.settle(blur=3, edge=5)
    sheet.strap("M204 430C206 250 394 250 396 430", 15, tint)
    for x in (204, 396):
        sheet.detail(_frame_buckle(x, 432, 26, 20))
    if kind == "trimmed":
        for path in (
            "M96 500L170 602L126 602Q86 600 88 560Z",
            "M504 500L430 602L474 602Q514 600 512 560Z",
        ):
            sheet.cloth(path, tint=tint, casts=False)
        sheet.settle(blur=4, edge=8)


def clutch(sheet: Sheet) -> None:
    """Cut: kind. An envelope, or a framed box with a chain."""
    (kind,) = sheet.cut
    sheet.frame(250 if kind == "envelope" else 190, 560, 226)
    sheet.stands(300, 556, 206)
    if kind == "framed":
        sheet.line("M150 330C120 150 480 150 450 330", "#8c6f3a", 7)
        sheet.detail('<path d="M150 330C120 150 480 150 450 330" fill="none" stroke="#e2c88c" '
                     'stroke-width="5" stroke-dasharray="9 4" stroke-linecap="round"/>')  # fmt: skip
    sheet.cloth(
        "M88 310Q88 292 106 292L494 292Q512 292 512 310"
        "L520 536Q520 556 500 556L100 556Q80 556 80 536Z"
    )
    sheet.glow("M116 340C110 400 108 460 108 520", 20)
    sheet.settle()
    if kind == "envelope":
        sheet.cloth("M86 300Q90 290 106 290L494 290Q510 290 514 300L316 462Q300 474 284 462Z")
        sheet.glow("M130 312C180 360 230 400 280 438", 16)
        sheet.settle(blur=6, edge=14)
        sheet.stitch("M104 306L290 456Q300 463 310 456L496 306")
        sheet.detail(f'<circle cx="300" cy="446" r="15" fill="{sheet.metal(_GILT)}" '
                     'stroke="#7d6030" stroke-width="1.6"/>')  # fmt: skip
    else:
        gilt = sheet.metal(_GILT, upright=True)
        sheet.detail(
            f'<rect x="84" y="284" width="432" height="22" rx="9" fill="{gilt}" stroke="#7d6030" '
            f'stroke-width="1.4"/><circle cx="288" cy="278" r="12" fill="{gilt}" stroke="#7d6030"/>'
            f'<circle cx="312" cy="278" r="12" fill="{gilt}" stroke="#7d6030"/>'
        )


def wallet(sheet: Sheet) -> None:
    """Cut: kind. A bifold with cards showing, or a long zipped purse."""
    (kind,) = sheet.cut
    if kind == "long":
        sheet.frame(280, 520, 220)
        sheet.cloth(
            "M92 300Q92 282 110 282L490 282Q508 282 508 300V502Q508 520 490 520H110Q92 520 92 502Z"
        )
        sheet.glow("M120 310C116 370 116 430 120 490", 20)
        sheet.settle()
        sheet.stitch("M104 312V496Q104 508 116 508H484Q496 508 496 496V312")
        _zip_line(sheet, "M104 298H496")
        sheet.detail(f'<path d="M486 298l6 0 10 54 -14 6 -10 -8z" fill="{sheet.metal(_GILT)}" '
                     'stroke="#7d6030" stroke-width="1.2"/>')  # fmt: skip
        return
    sheet.frame(262, 540, 200)
    sheet.cloth(
        "M118 280Q118 268 130 268L476 262Q490 262 490 276L490 500L118 500Z", tint=sheet.tones.shade
    )
    sheet.settle()
    for n, tint in enumerate(("#d9d3c7", "#8fa3b5", "#c9b48e")):
        x, y = 150 + n * 14, 258 + n * 14
        sheet.cloth(f"M{x} {y}h270q10 0 10 10v120h-290v-120q0 -10 10 -10z", tint=tint, edge=1)
    sheet.settle(blur=4, edge=6)
    sheet.cloth(
        "M110 322Q110 306 126 306H474Q490 306 490 322V524Q490 540 474 540H126Q110 540 110 524Z"
    )
    sheet.glow("M140 330C134 390 134 450 140 510", 22)
    sheet.crease("M470 330C474 390 474 450 470 520", 12, 0.5)
    sheet.settle()
    sheet.stitch(
        "M122 330V516Q122 528 134 528H466Q478 528 478 516V330Q478 318 466 318H134Q122 318 122 330"
    )
    sheet.seam("M420 490h42v22h-42z", 1.6)


def belt(sheet: Sheet) -> None:
    """Cut: buckle. Rolled once, the buckle to the front."""
    (kind,) = sheet.cut
    sheet.frame(280, 530, 216)
    sheet.stands(300, 506, 196)
    sheet.cloth(
        "M88 372C88 292 512 292 512 372L512 430C512 350 88 350 88 430Z", tint=sheet.tones.inside
    )
    sheet.settle()
    sheet.cloth("M84 370C84 470 516 470 516 370L516 436C516 540 84 540 84 436Z")
    sheet.glow("M100 412C150 458 240 470 320 468", 12, 1.3)
    sheet.settle(blur=5, edge=12)
    sheet.stitch("M90 384C100 476 500 476 510 384")
    sheet.stitch("M90 430C100 528 500 528 510 430")
    for x, y in ((132, 440), (166, 458), (202, 470)):
        sheet.detail(f'<ellipse cx="{x}" cy="{y}" rx="5" ry="6" fill="{sheet.tones.deep}"/>')
    metal = sheet.metal(_NICKEL if sheet.variant % 2 else _GILT, upright=True)
    loop = mix(sheet.tones.base, sheet.tones.shade, 0.6)
    sheet.cloth("M384 432L408 428L410 508L386 512Z", tint=loop, casts=False)
    sheet.settle(blur=3, edge=7)
    corner = {"pin": 8, "plate": 4, "round": 44}[kind]
    solid = metal if kind == "plate" else "none"
    sheet.detail(
        f'<rect x="256" y="424" width="92" height="100" rx="{corner}" fill="{solid}" stroke="#5b5348" '
        f'stroke-width="13"/><rect x="256" y="424" width="92" height="100" rx="{corner}" '
        f'fill="none" stroke="{metal}" stroke-width="10"/>'
    )
    if kind != "plate":
        sheet.line("M254 474H346", "#5b5348", 10)
        sheet.line("M254 473H346", "#d9d4c8", 6.5)


def _tote(sheet: Sheet) -> None:
    sheet.strap("M216 356C220 150 380 150 384 356", 13, sheet.tones.shade)
    sheet.cloth("M122 330L478 330L506 640Q508 670 476 670L124 670Q92 670 94 640Z")
    sheet.glow("M150 360C140 440 130 540 126 630", 30)
    sheet.crease("M440 360C456 440 466 540 468 640", 18, 0.6)
    sheet.crease("M300 420C290 500 310 580 300 650", 16, 0.22)
    sheet.settle()
    sheet.seam("M121 352H479", 2)
    sheet.stitch("M120 360H480")
    sheet.seam("M96 612H504", 2)
    sheet.strap("M206 400V340C212 118 388 118 394 340V400", 14)
    for x in (206, 394):
        sheet.cloth(f"M{x - 16} 384h32v50q-16 16 -32 0z", casts=False)
        sheet.settle(blur=3, edge=6)
        ring = f'<circle cx="{x}" cy="382" r="12" fill="none"'
        sheet.detail(
            f'{ring} stroke="#7d6030" stroke-width="6.5"/>{ring} stroke="#dcc084" stroke-width="4.4"/>'
        )
    tag = mix(sheet.tones.base, "#6b452c", 0.5)
    sheet.line("M206 440L228 470", tag, 4)
    sheet.cloth("M218 466l24 -4 8 54 -26 4z", tint=tag, casts=False)


def _satchel(sheet: Sheet) -> None:
    sheet.strap("M226 340C224 236 376 236 374 340", 18, sheet.tones.shade)
    sheet.cloth(
        "M112 350Q114 330 136 330H464Q486 330 488 350L508 636Q510 670 478 670H122Q90 670 92 636Z"
    )
    sheet.glow("M124 440C116 520 114 580 116 630", 20)
    sheet.settle()
    sheet.seam("M100 600H500", 2)
    sheet.cloth(
        "M104 348Q108 322 134 320H466Q492 322 496 348L500 470Q498 520 450 520H150Q102 520 100 470Z"
    )
    sheet.glow("M130 350C122 400 124 440 130 484", 26)
    sheet.crease("M470 350C478 400 478 450 470 490", 14, 0.5)
    sheet.settle()
    sheet.stitch("M112 350V468Q114 508 152 508H448Q486 508 488 468V350")
    gilt = sheet.metal(_GILT, upright=True)
    sheet.detail(
        f'<rect x="270" y="494" width="60" height="46" rx="7" fill="{gilt}" stroke="#7d6030" '
        f'stroke-width="1.6"/><rect x="290" y="510" width="20" height="14" rx="4" fill="#6e5328"/>'
    )
    for x in (222, 378):
        sheet.detail(f'<rect x="{x - 15}" y="322" width="30" height="24" rx="5" fill="{gilt}" '
                     'stroke="#7d6030" stroke-width="1.4"/>')  # fmt: skip


def _hobo(sheet: Sheet) -> None:
    sheet.strap("M122 440C130 90 470 90 478 440", 24)
    sheet.cloth(
        "M110 420C160 470 240 486 300 486C360 486 440 470 490 420C530 480 540 590 480 650"
        "C450 672 150 672 120 650C60 590 70 480 110 420Z"
    )
    sheet.glow("M120 470C100 540 110 590 140 630", 28)
    sheet.crease("M220 490C210 560 230 620 220 656", 15, 0.5)
    sheet.crease("M300 492C310 560 292 620 300 660", 15, 0.35)
    sheet.crease("M390 488C400 550 380 620 396 650", 15, 0.5)
    sheet.settle()
    _zip_line(sheet, "M122 436C180 480 420 480 478 436")
    for side in (1, -1):
        sheet.detail(
            f'<circle cx="{300 + side * 180}" cy="424" r="17" fill="none" stroke="#7d6030" '
            f'stroke-width="8"/><circle cx="{300 + side * 180}" cy="424" r="17" fill="none" '
            f'stroke="#dcc084" stroke-width="5.4"/>'
        )


def _zip_line(sheet: Sheet, path: str) -> None:
    sheet.settle()
    sheet.line(path, sheet.tones.deep, 9, 0.55)
    sheet.line(path, _GILT if sheet.variant % 2 else "#b4b7bb", 3)


def _frame_buckle(x: float, y: float, width: float, height: float) -> str:
    box = f'x="{x - width / 2}" y="{y - height / 2}" width="{width}" height="{height}" rx="4"'
    return (
        f'<rect {box} fill="none" stroke="#6b5228" stroke-width="7"/>'
        f'<rect {box} fill="none" stroke="#dcc084" stroke-width="4.6"/>'
    )
