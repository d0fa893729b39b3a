"""Shoes seen from the side, toe to the left, standing on the ground."""

from storefront.demo.drawing.sheet import Sheet
from storefront.demo.drawing.tones import brightness, mix

_GROUND_Y = 560
_RUBBER = "#f6f3ec"
_LEATHER = "#5b4030"
_LOW_UPPER = (
    "M92 520C86 482 118 462 168 450C222 436 262 402 298 368C312 372 326 378 338 386"
    "C372 402 428 398 458 372C476 354 498 342 508 350C520 396 512 468 522 520Z"
)


def casual_shoe(sheet: Sheet) -> None:
    """Cut: kind."""
    (kind,) = sheet.cut
    sheet.frame({"hightop": 206, "chelsea": 206}.get(kind, 330), 566, 224)
    sheet.stands(302, _GROUND_Y, 216)
    {"sneaker": _sneaker, "hightop": _high_top, "slipon": _slip_on, "chelsea": _chelsea}[kind](
        sheet
    )


def sports_shoe(sheet: Sheet) -> None:
    """Cut: kind. A runner with a thick sole, or a flatter trainer."""
    (kind,) = sheet.cut
    sheet.frame(330, 566, 224)
    sheet.stands(302, _GROUND_Y, 214)
    _tongue(sheet)
    sheet.cloth(_LOW_UPPER)
    sheet.glow("M130 474C190 450 250 424 296 392", 16, 1.2)
    sheet.shade("M96 506C200 522 400 520 520 500V528H96Z", 0.6)
    sheet.settle()
    for row in range(5):  # mesh
        sheet.seam(
            f"M{134 + row * 18} {470 - row * 8}C{190 + row * 12} {500 - row * 6} 230 506 "
            f"{262 + row * 6} {510 - row * 4}",
            1.2,
            0.35,
        )
    accent = sheet.accent
    sheet.fill(
        "M318 522C352 490 372 450 384 404C404 410 420 408 436 400C432 450 420 490 404 522Z"
        if kind == "runner"
        else "M304 518L352 408L392 410L350 520Z",
        accent,
    )
    sheet.seam("M150 456C176 476 180 500 176 520", 2)
    sheet.fill("M456 376C478 352 500 342 508 350C516 390 512 440 514 474C490 470 462 430 456 376Z",
               mix(sheet.tones.base, accent, 0.45), 0.8)  # fmt: skip
    _laces(sheet)
    high = 498 if kind == "runner" else 510
    sheet.cloth(
        f"M84 516C80 506 88 500 100 504C200 {high + 26} 300 {high + 18} 380 {high + 4}"
        f"C440 {high - 8} 490 {high - 16} 526 {high - 18}C540 524 536 556 512 560L118 560"
        "C92 558 84 536 84 516Z",
        tint=_RUBBER,
        casts=False,
    )
    sheet.settle(blur=6, edge=12)
    sheet.line(f"M104 532C220 548 380 {high + 26} 524 {high + 14}", accent, 5, 0.9)
    sheet.fill("M96 550L520 550C516 557 512 560 506 560L118 560C106 559 100 556 96 550Z", "#3a3a3e")


def formal_shoe(sheet: Sheet) -> None:
    """Cut: kind. Oxford with laces, monk with a buckle, loafer."""
    (kind,) = sheet.cut
    sheet.frame(330, 566, 224)
    sheet.stands(302, _GROUND_Y, 214)
    if kind == "oxford":
        _tongue(sheet, low=10)
    sheet.cloth("M84 546L518 546L520 560L424 560"
                "C420 554 420 552 414 552L96 554C86 554 82 550 84 546Z",
                tint="#2a211d")  # fmt: skip
    sheet.cloth("M418 536L522 536L520 560L424 560Z", tint="#241c19")
    sheet.cloth(
        "M82 542C74 512 98 494 150 482C214 466 254 430 296 386C312 386 328 392 340 400"
        "C376 412 430 408 460 384C478 370 498 362 506 370C520 420 514 490 522 542Z"
    )
    sheet.glow("M112 508C160 492 214 476 262 436", 15, 2.3)
    sheet.glow("M470 402C480 440 482 470 478 500", 12, 1.6)
    sheet.shade("M90 528C220 544 420 540 520 522V548H84Z", 0.7)
    sheet.crease("M236 470C250 490 262 500 290 506", 7, 0.6)
    sheet.settle(blur=5)
    sheet.seam("M166 478C190 498 194 522 188 542", 2.2)
    sheet.stitch("M174 477C198 498 202 522 196 542")
    sheet.seam("M452 392C440 440 452 500 462 542", 2)
    {"oxford": _oxford_lacing, "monk": _monk_strap, "loafer": _loafer_saddle}[kind](sheet)


def boot_shaft(sheet: Sheet) -> None:
    """The upper of an ankle boot with elastic sides."""
    sheet.cloth(
        "M88 524C82 488 112 470 162 456C222 440 268 420 290 372C304 336 306 290 304 236"
        "C350 226 432 226 484 234C492 330 500 440 520 524Z"
    )
    sheet.glow("M128 486C190 464 262 446 296 388C316 350 320 300 320 250", 18, 1.4)
    sheet.crease("M262 446C290 470 330 470 356 452", 9, 0.6)
    sheet.shade("M92 508C220 526 420 522 518 504V528H88Z", 0.6)
    sheet.settle(blur=6)


def heel(sheet: Sheet) -> None:
    """Cut: heel, toe."""
    shape, toe = sheet.cut
    lift = {"stiletto": 152, "block": 128, "kitten": 74, "wedge": 130}[shape]
    seat = _GROUND_Y - lift
    sheet.frame(seat - 100, 566, 220)
    sheet.stands(*((300, _GROUND_Y, 206) if shape == "wedge" else (180, _GROUND_Y, 96)), 9)
    if shape != "wedge":
        sheet.stands(482, _GROUND_Y, 36, 8)
    _heel_piece(sheet, shape, seat)
    sole = (
        f"M92 548C140 562 190 566 226 558C300 540 380 {seat + 20} 500 {seat + 12}L498 {seat - 2}"
        f"C380 {seat + 6} 300 526 226 544C180 552 130 548 92 540Z"
    )
    inside = (
        f"M226 492C300 500 390 {seat - 20} 508 {seat - 72}"
        f"L500 {seat}C390 {seat + 8} 300 540 226 540Z"
    )
    sheet.cloth(inside, tint=mix("#d8c0a4", "#6b5240", 0.15), casts=False, edge=0)
    sheet.settle()
    tip = "M84 546C92 522 150 500 214 484" if toe == "pointed" else "M92 548C80 520 112 494 214 478"
    if toe == "peep":
        tip = "M128 548C118 522 138 502 214 480"
    start = tip.split("C", 1)[0][1:]
    sheet.cloth(
        f"{tip}C226 482 234 490 242 500C300 520 404 {seat - 2} 502 {seat - 78}"
        f"C512 {seat - 76} 516 {seat - 40} 504 {seat + 6}C386 {seat + 14} 300 534 226 552"
        f"C180 560 130 556 {start}Z"
    )
    sheet.glow("M122 528C160 508 200 500 226 502", 12, 2.2)
    sheet.glow(f"M300 520C390 {seat + 6} 450 {seat - 24} 494 {seat - 54}", 8, 1.6)
    sheet.settle(blur=5, edge=16)
    sheet.cloth(sole, tint=_LEATHER, casts=False, edge=0.8)
    sheet.settle(blur=3, edge=6)
    if sheet.variant % 3 == 0:
        sheet.strap(f"M496 {seat - 62}C430 {seat - 104} 372 {seat - 96} 352 {seat - 20}", 10)
        sheet.detail(_buckle(sheet, 372, seat - 74, 18))


def flat(sheet: Sheet) -> None:
    """Cut: kind. A ballerina with a bow, or a pointed flat."""
    (kind,) = sheet.cut
    sheet.frame(420, 566, 222)
    sheet.stands(302, _GROUND_Y, 212, 10)
    sheet.cloth("M92 548L514 548L512 560L440 560L434 556L104 557Q94 556 92 548Z", tint=_LEATHER)
    sheet.cloth("M214 480C300 510 420 500 498 440L508 520L220 536Z",
                tint=mix(sheet.tones.base, "#e8d6c0", 0.62), casts=False, edge=0)  # fmt: skip
    sheet.settle(edge=14)
    tip = (
        "M78 548C84 522 140 494 204 478" if kind == "pointed" else "M88 548C76 516 112 484 204 474"
    )
    start = tip.split("C", 1)[0][1:]
    sheet.cloth(
        f"{tip}C222 474 236 486 252 500C320 526 420 504 496 436C508 432 514 448 514 548L{start}Z"
    )
    sheet.glow("M118 522C150 500 186 492 214 494", 13, 2)
    sheet.glow("M300 522C390 524 450 490 496 458", 8, 1.4)
    sheet.settle(blur=5, edge=16)
    sheet.seam("M208 483C228 484 240 496 254 508C322 534 422 512 500 444", 1.6)
    if kind == "ballerina":
        for path in ("M216 480C196 452 168 456 172 474C176 490 200 488 216 482Z",
                     "M218 480C232 450 262 450 260 470C258 488 234 490 218 482Z"):  # fmt: skip
            sheet.cloth(path, casts=False)
        sheet.settle(blur=3, edge=8)
        sheet.fill("M210 472h14q4 8 0 16h-14q-4 -8 0 -16z", sheet.tones.seam)
    else:
        sheet.detail(_buckle(sheet, 208, 496, 15))


def _sneaker(sheet: Sheet) -> None:
    _tongue(sheet)
    sheet.cloth(_LOW_UPPER)
    _sneaker_folds(sheet)
    sheet.seam("M458 374C450 420 466 480 474 520", 2)
    sheet.fill("M470 366C486 350 502 344 508 350C512 372 513 394 512 416C494 416 476 396 470 366Z",
               sheet.accent, 0.92)  # fmt: skip
    _laces(sheet)
    _cup_sole(sheet)


def _high_top(sheet: Sheet) -> None:
    sheet.cloth("M286 330L300 214Q330 204 350 222L352 400Z", tint=sheet.tones.shade)
    sheet.settle()
    sheet.cloth(
        "M92 520C86 482 118 464 168 452C222 438 262 410 294 366L316 226C340 236 352 240 364 238"
        "C410 232 448 228 474 238C486 330 506 430 522 520Z"
    )
    _sneaker_folds(sheet)
    sheet.seam("M292 374C340 420 380 470 384 520", 2)
    sheet.seam("M396 238C420 320 440 420 474 520", 1.8)
    sheet.seam("M372 262C420 270 440 300 436 340C430 372 396 380 366 362", 2)
    _laces(sheet)
    for n in range(4):
        y = 352 - n * 36
        x = 300 + (366 - y) * 0.155
        sheet.line(f"M{x - 6:.0f} {y}L{x + 28:.0f} {y + 6}", "#f4f1ea", 7)
    _cup_sole(sheet)


def _slip_on(sheet: Sheet) -> None:
    sheet.cloth("M236 430C300 440 420 430 470 390L500 500L240 510Z", tint=sheet.tones.inside, edge=0,
                casts=False)  # fmt: skip
    sheet.settle()
    sheet.cloth(
        "M92 522C84 482 122 458 176 446C206 438 232 430 252 420C276 446 316 454 356 446"
        "C410 434 456 414 480 382C492 374 504 376 508 384C518 426 514 480 522 522Z"
    )
    _sneaker_folds(sheet)
    sheet.fill(
        "M264 432C284 450 312 453 338 450L318 486C296 484 278 462 264 432Z", sheet.tones.deep, 0.6
    )
    sheet.seam("M208 438C246 478 262 500 268 522", 2)
    _cup_sole(sheet)


def _chelsea(sheet: Sheet) -> None:
    sheet.cloth("M84 540L520 540L522 560L420 560L414 552L96 552Q84 550 84 540Z", tint="#2a211d")
    boot_shaft(sheet)
    sheet.fill(
        "M366 232L442 231C440 300 430 350 412 392C386 372 368 310 366 232Z", sheet.tones.deep, 0.7
    )
    for x in range(374, 440, 8):
        sheet.seam(f"M{x} 238L{404 + (x - 404) * 0.2:.0f} 380", 1.4, 0.6)
    sheet.cloth("M466 232Q468 204 480 204Q492 206 486 240Z", tint=sheet.tones.shade, casts=False)
    sheet.cloth("M84 522L522 522L522 542L84 542Z", tint="#33271f", casts=False, edge=0.8)
    sheet.settle(blur=3, edge=8)


def _sneaker_folds(sheet: Sheet) -> None:
    sheet.glow("M124 480C176 460 236 436 284 396", 16, 1.1)
    sheet.glow("M488 380C492 420 490 460 494 500", 10, 1)
    sheet.crease("M232 444C250 470 280 484 310 486", 8, 0.45)
    sheet.shade("M94 508C220 524 420 522 520 506V526H92Z", 0.7)
    sheet.settle(blur=6)
    sheet.seam("M152 456C186 474 192 500 186 522", 2)
    sheet.stitch("M160 454C194 474 200 500 194 522")


def _cup_sole(sheet: Sheet) -> None:
    rubber = _RUBBER if brightness(sheet.colour.hex) < 0.9 or sheet.variant % 2 else "#c9a77c"
    sheet.cloth(
        "M84 514C180 528 420 530 526 514C532 534 530 554 514 560L104 560C86 556 80 534 84 514Z",
        tint=rubber,
    )
    sheet.settle(blur=5, edge=10)
    sheet.line("M88 530C200 540 420 540 526 529", mix(rubber, "#7a7166", 0.35), 2, 0.9)
    sheet.fill(
        "M92 552L520 552Q516 560 508 560L106 560Q96 559 92 552Z", mix(rubber, "#8c7c66", 0.5)
    )


def _tongue(sheet: Sheet, low: float = 0) -> None:
    sheet.cloth(
        f"M270 {400 + low}L296 {350 + low}Q316 {334 + low} 340 {346 + low}L362 {412 + low}Z",
        tint=sheet.tones.shade,
    )
    sheet.settle(edge=10)


def _laces(sheet: Sheet) -> None:
    sheet.fill("M206 444C248 424 278 396 298 370L330 384C316 420 282 452 236 468Z",
               sheet.tones.seam, 0.55)  # fmt: skip
    lace = "#f4f1ea" if brightness(sheet.colour.hex) < 0.85 else "#dcd6ca"
    for n in range(5):
        x, y = 216 + n * 19, 438 - n * 14.5
        path = f"M{x} {y}Q{x + 16} {y + 2} {x + 28} {y + 20}"
        sheet.line(path, sheet.tones.edge, 8.4, 0.5)
        sheet.line(path, lace, 6)
    bow = "M296 372C262 352 250 380 296 376C330 352 352 366 300 378L328 402"
    sheet.line(bow, sheet.tones.edge, 6.4, 0.5)
    sheet.line(bow, lace, 4.4)


def _oxford_lacing(sheet: Sheet) -> None:
    sheet.seam("M226 464C260 492 320 480 344 402", 2.2)
    sheet.stitch("M236 458C266 482 314 470 334 400")
    for n in range(4):
        x, y = 250 + n * 13, 438 - n * 15
        sheet.line(f"M{x} {y}L{x + 24} {y + 14}", sheet.tones.edge, 6, 0.7)
        sheet.line(f"M{x} {y}L{x + 24} {y + 14}", sheet.tones.seam, 4)
    for n in range(9):
        sheet.detail(f'<circle cx="{181 + n % 2 * 3}" cy="{486 + n * 6}" r="1.7" '
                     f'fill="{sheet.tones.deep}"/>')  # fmt: skip


def _monk_strap(sheet: Sheet) -> None:
    sheet.cloth("M258 424C300 420 356 420 404 440L400 466C352 446 306 444 262 452Q240 440 258 424Z",
                casts=False)  # fmt: skip
    sheet.settle(blur=4, edge=10)
    sheet.detail(_buckle(sheet, 372, 441, 26))


def _loafer_saddle(sheet: Sheet) -> None:
    sheet.seam("M120 496C150 470 200 462 232 470C262 462 284 440 300 416", 2.8)
    sheet.stitch("M126 502C156 478 202 470 234 478C266 470 290 448 306 424")
    sheet.cloth(
        "M238 436C262 420 284 404 296 388C312 388 326 392 338 400C336 450 322 500 312 540L268 540"
        "C284 500 270 460 238 436Z",
        casts=False,
    )
    sheet.settle(blur=4, edge=9)
    sheet.fill("M276 434C290 424 304 424 316 430C308 440 290 446 276 434Z", sheet.tones.deep, 0.75)


def _heel_piece(sheet: Sheet, shape: str, seat: float) -> None:
    if shape == "stiletto":
        path = (
            f"M446 {seat + 8}L508 {seat - 6}C506 {seat + 40} 494 {seat + 90} 492 560"
            f"L480 560C480 {seat + 90} 474 {seat + 44} 446 {seat + 14}Z"
        )
    elif shape == "kitten":
        path = (
            f"M452 {seat + 8}L508 {seat - 6}C506 {seat + 30} 498 {seat + 40} 496 560"
            f"L480 560C480 {seat + 44} 472 {seat + 26} 452 {seat + 12}Z"
        )
    elif shape == "block":
        path = f"M424 {seat + 8}L510 {seat - 6}L504 560L434 560Z"
    else:
        path = f"M226 552C310 536 390 {seat + 12} 508 {seat - 4}L500 560L210 560Z"
    tint = "#c8a878" if shape == "wedge" else ""
    sheet.cloth(path, tint=tint)
    sheet.glow(f"M488 {seat + 20}L486 540", 7, 1.6)
    sheet.settle(blur=4, edge=12)
    if shape == "wedge":
        for n in range(1, 8):
            y = seat + n * 17
            sheet.line(f"M{max(236, 470 - n * 42)} {y + 6}L502 {y}", "#8f6f45", 2, 0.55)


def _buckle(sheet: Sheet, x: float, y: float, size: float) -> str:
    gilt = sheet.metal("#d0ae68" if sheet.variant % 2 else "#c4c8cc", upright=True)
    return (
        f'<rect x="{x - size / 2}" y="{y - size / 2}" width="{size}" height="{size}" rx="3" '
        f'fill="none" stroke="#5d4a2c" stroke-width="5"/><rect x="{x - size / 2}" '
        f'y="{y - size / 2}" width="{size}" height="{size}" rx="3" fill="none" stroke="{gilt}" '
        f'stroke-width="3.6"/>'
    )
