"""Tiles: products as grids show them."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from markupsafe import Markup

from storefront.texts import Language, current
from storefront.web import render

_FIRST = 4  # tiles visible without scrolling
_CACHED = 1_000  # tiles, about 8 KB each with their cards


def tile(card: str, is_first: bool = False, sisters: tuple[str, ...] = ()) -> Markup:
    """A product in a grid; cached, since grids often show the same products.

    card: the product as the API returns it; is_first: visible without scrolling; sisters: the cards
    of all colours of its design.
    """
    return _tile(current(), card, is_first, sisters)


@lru_cache(_CACHED)
def _tile(_language: Language, card: str, is_first: bool, sisters: tuple[str, ...]) -> Markup:
    colours = [json.loads(one) for one in sisters]
    return render.macro("catalog/_tile.html", "tile")(json.loads(card), is_first, colours)


def tiles(cards: Sequence[str], sisters: Mapping[str, tuple[str, ...]]) -> list[Markup]:
    """Products in a grid with the colours of their designs. sisters: cards by style."""
    return [
        tile(card, number < _FIRST, sisters.get(_style_of(card), ()))
        for number, card in enumerate(cards)
    ]


@lru_cache(_CACHED)
def _style_of(card: str) -> str:
    return str(json.loads(card)["style_id"])


def pictured_first(cards: Sequence[str], limit: int) -> list[str]:
    """The first of these cards, one for each design; those with a photograph first."""
    by_style: dict[str, tuple[bool, str]] = {}
    for card in cards:
        product = json.loads(card)
        by_style.setdefault(product["style_id"], (product["image_url"] is None, card))
    ordered = sorted(by_style.values(), key=lambda one: one[0])
    return [card for _, card in ordered[:limit]]
