"""Clothes for the upper body: T-shirts, tops, knitwear, shirts, kurtas, vests."""

from storefront.demo.drawing.sheet import Sheet, stroke, symmetric
from storefront.demo.drawing.torso import (
    NECK_DEPTHS,
    SHOULDER,
    band_collar,
    buttons,
    front,
    hood_back,
    hood_front,
    inside_neck,
    neckline,
    placket,
    ribbed_ends,
    roll_neck,
    seamed_armholes,
    shirt_collar,
    sleeveless_front,
    sleeves,
    torso_folds,
    zip_fastener,
)

_POCKET = "M338 268H406V338L372 352L338 338Z"


def tshirt(sheet: Sheet) -> None:
    """Cut: neck, sleeve."""
    neck, sleeve = sheet.cut
    sheet.frame(134, 666, 232)
    sleeves(sheet, sleeve)
    front(sheet, neck, waist=122, hem=126, hem_y=664)
    sheet.stitch(stroke((-124, 652), (0, 662, 124, 652)))
    neckline(sheet, neck)


def top(sheet: Sheet) -> None:
    """Cut: neck, sleeve. Softer and shorter than a T-shirt, flared at the hem."""
    neck, sleeve = sheet.cut
    sheet.frame(134, 622, {"sleeveless": 150, "cap": 200}.get(sleeve, 238))
    if sleeve == "sleeveless":
        sleeveless_front(sheet, depth=NECK_DEPTHS[neck], strap=96, hem=142, hem_y=610)
    else:
        sleeves(sheet, sleeve)
        front(sheet, neck, waist=110, hem=142, hem_y=620)
    for x in (-84, -34, 22, 70):
        sheet.crease(stroke((x * 0.7, 430), (x, 520, x * 1.2, 606)), 10, 0.55)
    neckline(sheet, neck)


def vest(sheet: Sheet) -> None:
    """Cut: neck. A sleeveless undershirt."""
    (neck,) = sheet.cut
    sheet.frame(140, 670, 140)
    sleeveless_front(sheet, depth=NECK_DEPTHS[neck] + 26, strap=92, hem=112, hem_y=668)
    neckline(sheet, neck, extra=26)
    for side in (1, -1):
        sheet.seam(stroke((92, 150), (78, 238, 116, 304), side=side), 3)
    sheet.stitch(stroke((-110, 656), (0, 664, 110, 656)))


def tunic(sheet: Sheet) -> None:
    """Cut: neck, sleeve. Hip length and longer, slightly flared."""
    neck, sleeve = sheet.cut
    sheet.frame(134, 704, 232)
    sleeves(sheet, sleeve)
    front(sheet, neck, waist=112, hem=152, hem_y=700)
    for x in (-90, -36, 30, 84):
        sheet.crease(stroke((x * 0.6, 430), (x, 560, x * 1.25, 690)), 11, 0.6)
    neckline(sheet, neck)
    sheet.stitch(stroke((-148, 688), (0, 700, 148, 688)))


def kurta(sheet: Sheet) -> None:
    """Cut: collar, sleeve. Long, straight, with a placket and side slits."""
    collar, sleeve = sheet.cut
    sheet.frame(130, 728, 232)
    sleeves(sheet, sleeve)
    front(sheet, "crew" if collar == "band" else "notch", waist=116, hem=138, hem_y=728)
    for x in (-70, 24, 74):
        sheet.crease(stroke((x * 0.7, 400), (x, 560, x * 1.1, 720)), 10, 0.5)
    sheet.settle()
    neckline(sheet, "crew" if collar == "band" else "notch")
    for side in (1, -1):
        sheet.seam(stroke((127, 560), (131, 728), side=side), 2.4)
    trim = sheet.accent if sheet.variant % 2 else sheet.tones.seam
    if collar == "band":
        band_collar(sheet)
        placket(sheet, 206, 366, count=4)
    else:
        sheet.line(stroke((-60, 146), (-50, 200, 0, 212), (50, 200, 60, 146)), trim, 7, 0.8)
        sheet.line("M300 212V306", trim, 6, 0.8)
    sheet.line(stroke((-136, 710), (0, 721, 136, 710)), trim, 6, 0.75)


def sweater(sheet: Sheet) -> None:
    """Cut: neck, open or closed. Ribbed cuffs and hem."""
    neck, opening = sheet.cut
    sheet.frame(112, 640, 236)
    cardigan = opening == "cardigan"
    sleeves(sheet, "long", wide=6)
    front(sheet, "deep" if cardigan else neck, waist=134, hem=128, hem_y=640)
    ribbed_ends(sheet)
    if cardigan:
        for side in (1, -1):
            sheet.line(
                stroke((62, 146), (40, 240, 8, 318), (8, 638), side=side), sheet.tones.seam, 15, 0.5
            )
        sheet.seam("M300 320V640", 2.2)
        buttons(sheet, [(300, y) for y in range(346, 630, 62)], 7)
    elif neck == "roll":
        roll_neck(sheet)
    else:
        neckline(sheet, neck, band=19)


def sweatshirt(sheet: Sheet) -> None:
    """Cut: neck, front. A hood or a round neck, plain, with a zip or a pouch pocket."""
    neck, opening = sheet.cut
    sheet.frame(84 if neck == "hood" else 140, 640, 236)
    if neck == "hood":
        hood_back(sheet)
    sleeves(sheet, "long", wide=8)
    front(sheet, "crew", waist=138, hem=130, hem_y=640)
    ribbed_ends(sheet)
    if opening != "plain":
        for side in (1, -1):
            sheet.seam(stroke((62, 496), (100, 572), (100, 600), side=side), 2.4)
        sheet.seam("M238 496H362", 2.4)
    if opening == "zip":
        zip_fastener(sheet, 200, 640)
    if neck == "hood":
        hood_front(sheet)
    else:
        neckline(sheet, "crew", band=17)


def shirt(sheet: Sheet) -> None:
    """Cut: collar, sleeve. Buttoned through, with a curved hem."""
    collar, sleeve = sheet.cut
    sheet.frame(130, 684, 232)
    sleeves(sheet, sleeve, cuff=True)
    inside_neck(sheet, 56, 150, 44)
    sheet.cloth(
        symmetric(
            (0, 212), (34, 176, 58, 148), (104, 160, *SHOULDER), (134, 236, 134, 300),
            (124, 380, 122, 470), (124, 560, 128, 622), (104, 664, 54, 678), (0, 684),
        )
    )  # fmt: skip
    torso_folds(sheet, 122, 650)
    seamed_armholes(sheet)
    sheet.seam("M288 200V682M312 204V682", 1.6)
    buttons(sheet, [(300, y) for y in range(232, 660, 68)], 5.4)
    if sheet.variant % 2:
        sheet.seam(_POCKET, 1.8)
    if collar == "band":
        band_collar(sheet)
    else:
        shirt_collar(sheet)
