"""Whether a query asks for reduced products: ``on sale``, ``30% off``, ``discounted``. Pure."""

import re

from storefront.search.language.parsed_query import Segment

_REDUCED = re.compile(
    r"\b(?P<not_meant>(?:no|not|for) )?"
    r"(?:\d{1,2} ?(?:%|percent) off|(?:on |in )?(?:sale|discount)(?: items?)?|on offer|discount(?:s|ed)|"
    r"reduced|clearance|marked down|half[- ]price)\b",
    re.I,
)


def offers(text: str) -> list[Segment]:
    """The words of a text that ask for products whose price is reduced. A shirt for sale need not be."""
    return [
        Segment("offer", ("Reduced",), ("reduced",), (), *match.span())
        for match in _REDUCED.finditer(text)
        if not match["not_meant"]
    ]
