"""Tiles: products as grids show them."""

import json
from functools import lru_cache

from markupsafe import Markup

from storefront.web import render

_MOST_KEPT = 2_000  # some 3 KB each


@lru_cache(_MOST_KEPT)
def tile(card: str, is_first: bool = False) -> Markup:
    """A product in a grid; kept, since grids show the same products again and again.

    card: the product as the API answers it; is_first: among those seen before any scrolling.
    """
    return render.macro("catalog/_tile.html", "tile")(json.loads(card), is_first)
