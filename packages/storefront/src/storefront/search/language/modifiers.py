"""Which of the kinds that a query names is the product, and which only describe it. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from storefront.search.language.parsed_query import Segment
from storefront.search.language.tokenizer import key_of, tokens

SEPARATOR = re.compile(r"[,&/+]|\b(?:and|or|nor)\b", re.I)  # of alternatives: shirts and jeans
# What follows these is a part or purpose of the product.
_ACCESSORY = frozenset({"with", "without", "for", "match", "matches", "matching", "suit", "suits"})
_WORN_WITH = frozenset({"over", "under", "underneath"})  # unless a price follows
# The material or purpose of another kind, even if said after it: jacket denim, socks football.
_DESCRIBING = frozenset({"denim", "basketball", "football", "makeup"})

PARTS = frozenset(
    {
        "hood", "hooded", "zip", "zipped", "zipper", "pocket", "pockets", "collar", "collared", "button",
        "buttons", "strap", "straps", "buckle", "matte", "matt", "glossy", "shimmer", "waterproof",
    }
)  # fmt: skip
"""What products have and are not: most hoods are of sweatshirts, but a rain jacket with one is none."""


def modifiers(segments: Sequence[Segment], text: str) -> list[Segment]:
    """Categories that only describe another: ``t-shirt`` in t-shirt bra, ``dupatta`` in a kurta with
    one. The last one is the product; after ``with``, ``for`` or ``over`` comes an accessory or purpose.
    With people between them, both are products: wallets womens purse."""
    categories = [s for s in segments if s.attribute == "category" and s.is_required]
    people = [s for s in segments if s.attribute == "gender" and s.is_required]
    found: list[Segment] = []
    for one, other in pairwise(categories):
        between = text[one.end : other.start]
        is_accessory = _says_what_it_is_for(between)
        is_of_people = any(one.end <= said.start < other.start for said in people)
        if SEPARATOR.search(between) or (is_of_people and not is_accessory):
            continue
        is_said_of_one = _describes(other, text) and not _describes(one, text)
        found.append(other if is_accessory or is_said_of_one else one)
    return found


def _says_what_it_is_for(text: str) -> bool:
    words = {token.word for token in tokens(text)}
    is_price = any(map(str.isdigit, text))
    return not words.isdisjoint(_ACCESSORY if is_price else _ACCESSORY | _WORN_WITH)


def _describes(segment: Segment, text: str) -> bool:
    return key_of(text[segment.start : segment.end]) in _DESCRIBING
