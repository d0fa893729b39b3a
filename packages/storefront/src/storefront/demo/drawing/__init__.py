"""Drawn pictures of garments: a picture key in, an SVG out; no files, no fonts, no network.

``picture`` draws a key, ``key`` says what a key looks like, ``wardrobe`` which cuts exist. The
garments live in one file per kind; all are drawn on a ``Sheet``, which owns light and shadow.
"""

from storefront.demo.drawing.picture import draw, draw_png, rasterise

__all__ = ["draw", "draw_png", "rasterise"]
