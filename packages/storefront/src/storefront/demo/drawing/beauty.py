"""Perfume, lipstick, nail polish, deodorant: glass, metal and colour, standing."""

from storefront.demo.drawing.sheet import Sheet
from storefront.demo.drawing.tones import mix

_GILT = "#d3b06a"
_NICKEL = "#c3c7cc"


def perfume(sheet: Sheet) -> None:
    """Cut: bottle. Glass with the colour inside, a metal collar and a cap."""
    (bottle,) = sheet.cut
    sheet.frame(180, 640, 190)
    bodies = {
        "square": ("M176 352Q176 326 202 326H398Q424 326 424 352"
            "V606Q424 632 398 632H202Q176 632 176 606Z", 146),
        "round": ("M270 326H330C396 340 446 400 446 478C446 572 388 632 348 632"
            "H252C212 632 154 572 154 478C154 400 204 340 270 326Z", 120),
        "tall": ("M222 330Q224 312 242 312H358Q376 312 378 330"
            "L392 604Q392 632 364 632H236Q208 632 208 604Z", 100),
    }  # fmt: skip
    path, base = bodies[bottle]
    sheet.stands(300, 630, base)
    pale = mix(sheet.colour.hex, "#ffffff", 0.2)
    sheet.cloth(path, tint=mix(pale, "#f4f2ee", 0.12), edge=2.2)
    sheet.glow("M216 380C206 440 206 520 220 590", 22, 2.4)
    sheet.crease("M392 380C406 440 404 520 388 600", 22, 0.6)
    sheet.settle(blur=7, edge=26)
    sheet.detail(f'<path d="{path}" fill="none" stroke="#ffffff" stroke-width="7" opacity=".45" '
                 'transform="translate(300 480) scale(.93) translate(-300 -480)"/>')  # fmt: skip
    metal = sheet.metal(_GILT if sheet.variant % 2 else _NICKEL)
    cap = metal if sheet.variant % 3 else sheet.metal("#2c2a2e")
    neck = 330 if bottle != "tall" else 316
    sheet.detail(
        f'<rect x="262" y="{neck - 24}" width="76" height="24" rx="4" fill="{metal}" stroke="#6d6152" '
        f'stroke-width="1.2"/><rect x="248" y="{neck - 126}" width="104" height="104" rx="10" '
        f'fill="{cap}" stroke="#4d463d" stroke-width="1.4"/>'
    )
    label = "#fbf8f2"
    sheet.detail(
        f'<rect x="250" y="456" width="100" height="72" rx="2" fill="{label}" opacity=".9"/>'
        f'<path d="M268 482H332M280 502H320" stroke="#8d7f6c" stroke-width="3"/>'
    )


def deodorant(sheet: Sheet) -> None:
    """Cut: kind. A spray can, or a short stick."""
    (kind,) = sheet.cut
    top = 300 if kind == "spray" else 384
    sheet.frame(top - 116, 640, 190)
    sheet.stands(300, 630, 92)
    sheet.cloth(
        f"M214 {top + 30}Q216 {top} 250 {top}H350Q384 {top} 386 {top + 30}"
        "V616Q384 632 364 632H236Q216 632 214 616Z"
    )
    sheet.glow(f"M250 {top + 40}V606", 22, 2)
    sheet.crease(f"M372 {top + 40}V610", 18, 0.7)
    sheet.settle(blur=8, edge=20)
    cap = mix(sheet.accent, "#ffffff", 0.1)
    sheet.cloth(
        f"M238 {top}V{top - 90}Q240 {top - 112} 262 {top - 112}"
        f"H338Q360 {top - 112} 362 {top - 90}V{top}Z",
        tint=cap,
    )
    sheet.glow(f"M262 {top - 90}V{top - 8}", 14, 2)
    sheet.settle(blur=6, edge=16)
    sheet.fill(f"M214 {top + 90}H386V{top + 96}H214Z", cap, 0.9)
    sheet.fill("M214 548H386V596H214Z", cap, 0.85)
    sheet.line(f"M262 {top + 150}H338M274 {top + 170}H326", cap, 5, 0.9)


def lipstick(sheet: Sheet) -> None:
    """Cut: kind. A bullet with its cap beside it, or a gloss with a wand."""
    (kind,) = sheet.cut
    metal = sheet.metal(_GILT if sheet.variant % 2 else _NICKEL)
    dark = sheet.metal("#2b292d")
    sheet.frame(210, 640, 190)
    sheet.stands(250, 630, 62)
    sheet.stands(404, 630, 54)
    sheet.cloth("M216 420V300C220 262 262 236 286 232Q292 232 292 244V420Z")
    sheet.glow("M236 310V414", 13, 2.2)
    sheet.settle(blur=4, edge=15)
    sheet.fill("M218 300C226 266 262 240 288 234C286 262 252 296 218 300Z", sheet.tones.light, 0.8)
    sheet.detail(
        f'<rect x="204" y="408" width="100" height="70" rx="4" fill="{metal}" stroke="#6d6152"/>'
        f'<rect x="192" y="470" width="124" height="162" rx="6" fill="{dark}" stroke="#1b191c"/>'
        f'<rect x="192" y="470" width="124" height="12" fill="{metal}"/>'
    )
    if kind == "bullet":
        sheet.detail(
            f'<rect x="350" y="430" width="112" height="202" rx="8" fill="{dark}" stroke="#1b191c"/>'
            f'<rect x="350" y="604" width="112" height="12" fill="{metal}"/>'
        )
        return
    sheet.cloth("M364 470H444V620Q444 632 430 632H378Q364 632 364 620Z")
    sheet.glow("M382 490V614", 12, 2.2)
    sheet.settle(blur=4, edge=14)
    sheet.detail(f'<rect x="374" y="316" width="60" height="154" rx="6" fill="{dark}" stroke="#1b191c"/>'
                 f'<rect x="374" y="458" width="60" height="12" fill="{metal}"/>')  # fmt: skip


def nail_polish(sheet: Sheet) -> None:
    """Cut: bottle. A small bottle of lacquer under a tall cap."""
    (bottle,) = sheet.cut
    sheet.frame(190, 640, 190)
    sheet.stands(300, 630, 110)
    path = (
        "M222 470Q222 452 244 448H356Q378 452 378 470V612Q378 632 358 632H242Q222 632 222 612Z"
        if bottle == "square"
        else "M262 446H338C386 464 406 510 404 552C402 600 372 632 340 632"
        "H260C228 632 198 600 196 552C194 510 214 464 262 446Z"
    )
    sheet.cloth(path)
    sheet.glow("M248 490C240 530 240 570 250 604", 18, 2.6)
    sheet.glow("M356 500C360 540 358 580 350 606", 7, 1.6)
    sheet.settle(blur=5, edge=22)
    sheet.detail(f'<path d="{path}" fill="none" stroke="#fff" stroke-width="5" opacity=".35" '
                 'transform="translate(300 540) scale(.9) translate(-300 -540)"/>')  # fmt: skip
    cap = sheet.metal("#2b292d" if sheet.variant % 2 else _GILT)
    sheet.detail(
        f'<rect x="264" y="428" width="72" height="22" rx="3" fill="{sheet.metal(_NICKEL)}" '
        'stroke="#6d6152"/>'
        f'<path d="M262 430L272 214Q274 200 288 200H312Q326 200 328 214L338 430Z" fill="{cap}" '
        'stroke="#2a2622" stroke-width="1.2"/>'
    )
