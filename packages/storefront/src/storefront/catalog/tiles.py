"""Tiles: products as grids show them."""

import json
from functools import lru_cache

from markupsafe import Markup

from storefront.web import render

_CACHED = 1_000  # tiles, with the card that each is made of some 5 KB


@lru_cache(_CACHED)
def tile(card: str, is_first: bool = False) -> Markup:
    """A product in a grid; cached, since grids show the same products again and again.

    card: the product as the API returns it; is_first: visible before any scrolling.
    """
    return render.macro("catalog/_tile.html", "tile")(json.loads(card), is_first)
