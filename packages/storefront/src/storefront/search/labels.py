"""What filters are called where they are shown, in the language that is spoken."""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce

from storefront.search.language.parsed_query import Label
from storefront.texts import _, name_of
from storefront.web import render


def label_of(label: Label | str) -> str:
    """Of a part of a query; words that became no filter are shown as they were typed."""
    if isinstance(label, str):
        return label
    if label.is_excluded:
        return _("Not %(what)s", what=_alternatives(label.names))
    if label.attribute == "size":
        return label_of_size(_alternatives(label.names))
    if label.attribute == "price":
        return label_of_prices(label.low, label.high)
    if label.attribute == "sort":
        return _(label.names[0])
    return _alternatives(label.names)


def label_of_size(size: str) -> str:
    """Of a size, or of several."""
    return _("Size %(size)s", size=size)


def label_of_prices(low: Decimal | None, high: Decimal | None) -> str:
    """Of a range of prices that is open at one end, or at none."""
    if low is not None and high is not None:
        return _("From %(low)s to %(high)s", low=render.number(low), high=render.number(high))
    if low is not None:
        return _("From %(price)s", price=render.number(low))
    return _("Up to %(price)s", price=render.number(high or 0))


def _alternatives(names: Sequence[str]) -> str:
    return reduce(
        lambda one, other: _("%(one)s or %(other)s", one=one, other=other), map(name_of, names)
    )
