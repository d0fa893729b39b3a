"""The sort order that a query asks for: ``cheapest``, ``newest``, ``best rated``. Pure."""

import re

from storefront.search.criteria import Direction, Sort
from storefront.search.language.parsed_query import Segment
from storefront.texts import N_

_PHRASES: tuple[tuple[str, str, Sort, Direction], ...] = (
    (
        r"most expensive|priciest|costliest|highest[- ]priced?|price high to low|expensive|pricey|"
        r"costly",
        N_("Most expensive first"),
        "price",
        "desc",
    ),
    (
        r"cheapest|least expensive|low(?:est)?[- ]priced?|price low to high|cheap(?:er)?|inexpensive|"
        r"affordable|low[- ]cost|low[- ]budget|budget[- ]friendly|bargains?|sast[aie]|"
        r"(?:not|isn['’]?t|aren['’]?t) (?:(?:too|so|very|that) )?(?:expensive|pricey|costly)",
        N_("Cheapest first"),
        "price",
        "asc",
    ),
    (r"newest|latest|new arrivals?|just (?:in|arrived)", N_("Newest first"), "newest", "desc"),
    (r"(?:best|top|highest)[- ]rated|best reviewed", N_("Best rated first"), "rating", "desc"),
    (
        r"best[- ]?sell(?:ing|ers?)|top[- ]?sell(?:ing|ers?)|most popular|most sold|"
        r"^(?:what(?:['’]?s| is) )?trending(?: now| today)?$",
        N_("Best sellers first"),
        "popularity",
        "desc",
    ),
)
_NO_ORDER = "than"  # cheaper than 50 is a price


def sort_segments(text: str) -> list[Segment]:
    """The sort orders in a text; the last one counts, and of one within another the longer one."""
    found = [
        Segment("sort", (label,), (), (), *match.span(), sort=(sort, direction))
        for pattern, label, sort, direction in _PHRASES
        for match in re.finditer(rf"\b(?:{pattern})\b", text, re.I)
        if not text[match.end() :].lstrip().casefold().startswith(_NO_ORDER)
    ]
    return [one for one in found if not any(_is_within(one, other) for other in found)]


def _is_within(one: Segment, other: Segment) -> bool:
    return other is not one and other.start <= one.start and one.end <= other.end
