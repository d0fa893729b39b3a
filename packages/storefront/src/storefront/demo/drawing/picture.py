"""From a picture key to a picture: SVG, and PNG from SVG."""

import resvg_py

from storefront.catalog.colours import COLOURS
from storefront.demo.drawing.key import parse_key
from storefront.demo.drawing.sheet import Sheet
from storefront.demo.drawing.wardrobe import WARDROBE

_COLOUR_OF_SLUG = {colour.slug: colour for colour in COLOURS}
_WIDEST_PX = 4096


def draw(key: str) -> str:
    """The picture of a key as SVG, 600 × 800; always the same for the same key.

    Raises ValueError where the key is malformed or names a garment, cut, pattern or colour that
    does not exist. Keys may come from strangers: nothing of the text gets into the picture.
    """
    parts = parse_key(key)
    design = WARDROBE.get(parts.article)
    colour = _COLOUR_OF_SLUG.get(parts.colour)
    if design is None or colour is None or not design.has(parts):
        raise ValueError("no such garment in the wardrobe")
    sheet = Sheet(parts, colour)
    design.paint(sheet)
    return sheet.markup()


def rasterise(svg: str, width: int) -> bytes:
    """A drawn picture as PNG, ``width`` pixels wide, 1 to 4096; the height follows (3:4).

    Raises ValueError where the width is out of bounds or the SVG cannot be read.
    """
    if not 1 <= width <= _WIDEST_PX:
        raise ValueError(f"a picture is 1 to {_WIDEST_PX} pixels wide")
    return resvg_py.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True)


def draw_png(key: str, width: int) -> bytes:
    """The picture of a key as PNG, ``width`` pixels wide. Raises ValueError as the two others do."""
    return rasterise(draw(key), width)
