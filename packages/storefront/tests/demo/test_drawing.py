"""The drawn pictures: every key draws, shows its colour, and lets nothing else in."""

import io
import itertools
import math
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from storefront.catalog.colours import COLOURS, colour_named
from storefront.demo.drawing import draw, rasterise
from storefront.demo.drawing.key import PictureKey, parse_key
from storefront.demo.drawing.wardrobe import WARDROBE
from storefront.demo.products import demo_products

_GOOD = "drawn/tshirts.crew-long.stripes.navy-blue.7.svg"


def _every_cut_and_pattern() -> list[str]:
    return [
        str(PictureKey(article, cut, pattern, COLOURS[(n * 7) % len(COLOURS)].slug, n % 10))
        for article, design in WARDROBE.items()
        for n, (cut, pattern) in enumerate(
            itertools.product(itertools.product(*design.axes), design.patterns)
        )
    ]


def test_every_cut_in_every_pattern_is_well_formed() -> None:
    for key in _every_cut_and_pattern():
        root = ElementTree.fromstring(draw(key))
        assert root.get("viewBox") == "0 0 600 800", key


def test_every_colour_and_variant_draws() -> None:
    for article in ("tshirts", "watches", "heels"):
        cut = tuple(axis[0] for axis in WARDROBE[article].axes)
        drawn: dict[tuple[str, int], bytes] = {}
        for colour, variant in itertools.product(COLOURS, range(10)):
            key = PictureKey(article, cut, "solid", colour.slug, variant)
            drawn[colour.slug, variant] = ElementTree.tostring(
                ElementTree.fromstring(draw(str(key)))
            )
        of_colours = {drawn[colour.slug, 0] for colour in COLOURS}
        assert len(of_colours) == len(COLOURS), f"two colours of {article} look the same"


def test_pictures_of_products_draw() -> None:
    for product in demo_products(400):
        assert product.picture is not None
        ElementTree.fromstring(draw(product.picture.key))


def test_drawing_is_a_function_of_the_key() -> None:
    assert draw(_GOOD) == draw(_GOOD)
    assert draw(_GOOD) != draw(_GOOD.replace(".7.", ".8."))


def test_nothing_outside_the_picture_is_referred_to() -> None:
    for key in _every_cut_and_pattern()[::5]:
        svg = draw(key).replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "http" not in svg
        assert "href" not in svg
        assert "<text" not in svg
        assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", svg))


def test_every_reference_has_its_definition() -> None:
    for key in _every_cut_and_pattern()[::3]:
        svg = draw(key)
        names = re.findall(r' id="([^"]+)"', svg)
        assert len(names) == len(set(names)), key
        assert set(re.findall(r"url\(#([^)]*)\)", svg)) <= set(names), key


def test_a_key_survives_reading_and_writing() -> None:
    assert str(parse_key(_GOOD)) == _GOOD


@pytest.mark.parametrize(
    "key",
    [
        "",
        "drawn/",
        "tshirts.crew-long.stripes.navy-blue.7.svg",
        "drawn/tshirts.crew-long.stripes.navy-blue.7.png",
        "drawn/tshirts.crew-long.stripes.navy-blue.10.svg",
        "drawn/tshirts.crew-long.stripes.navy-blue.7.svg\n",
        "drawn/tshirts.crew-long.stripes.navy-blue.٧.svg",
        "drawn/TShirts.crew-long.stripes.navy-blue.7.svg",
        "drawn/tshirts.crew.stripes.navy-blue.7.svg",
        "drawn/tshirts.crew-long-long.stripes.navy-blue.7.svg",
        "drawn/tshirts.crew-huge.stripes.navy-blue.7.svg",
        "drawn/tshirts.crew-long.tartan.navy-blue.7.svg",
        "drawn/tshirts.crew-long.stripes.ultraviolet.7.svg",
        "drawn/spaceships.crew-long.stripes.navy-blue.7.svg",
        "drawn/../tshirts.crew-long.stripes.navy-blue.7.svg",
        'drawn/tshirts.crew-long.stripes."><script>.7.svg',
        "drawn/" + "a" * 5_000 + ".svg",
    ],
)
def test_a_bad_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"not the key|no such garment"):
        draw(key)


def test_a_png_has_the_width_asked_for() -> None:
    with Image.open(io.BytesIO(rasterise(draw(_GOOD), 90))) as image:
        assert (image.format, image.size) == ("PNG", (90, 120))


@pytest.mark.parametrize("width", [0, -1, 4_097])
def test_a_width_out_of_bounds_is_refused(width: int) -> None:
    with pytest.raises(ValueError, match="pixels wide"):
        rasterise(draw(_GOOD), width)


@pytest.mark.parametrize(
    "garment",
    [
        "tshirts.crew-short", "shirts.spread-long", "dresses.scoop-short-aline-knee",
        "trousers.straight", "skirts.aline-knee", "handbags.tote", "casual-shoes.sneaker",
        "heels.stiletto-round", "caps.plain", "flip-flops.classic",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "colour",
    [
        "Black",
        "White",
        "Red",
        "Navy Blue",
        "Green",
        "Yellow",
        "Pink",
        "Brown",
        "Beige",
        "Grey",
        "Gold",
    ],
)
def test_the_colour_is_what_one_sees(garment: str, colour: str) -> None:
    known = colour_named(colour)
    assert known is not None
    shown = _pixels(f"drawn/{garment}.solid.{known.slug}.1.svg")
    ground = [shown[n - n % 60] for n in range(len(shown))]  # of a row: the pixel at its left end
    inked = [pixel for pixel, bare in zip(shown, ground, strict=True) if _apart(pixel, bare) > 12]
    wanted = tuple(int(known.hex[i : i + 2], 16) for i in (1, 3, 5))
    near = sum(_apart(pixel, wanted) < 72 for pixel in inked)
    assert near > 0.25 * len(inked)  # the rest: shadow on the ground, soles, hardware
    assert len(inked) > 0.015 * len(shown)


def _pixels(key: str) -> list[tuple[int, ...]]:
    with Image.open(io.BytesIO(rasterise(draw(key), 60))) as image:
        raw = image.convert("RGB").tobytes()
    return [tuple(raw[i : i + 3]) for i in range(0, len(raw), 3)]


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return math.dist(one, other)
