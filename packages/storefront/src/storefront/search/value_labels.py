"""Facet values in filters. A listing has about two hundred of them, so what they have in common with
other listings is cached."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from markupsafe import Markup

from storefront.search.index.facets import Count, Value
from storefront.texts import Language, current
from storefront.web import render

_CACHED = 10_000  # values, of some 600 bytes each
_HOLE = "\0"  # stands in the cached text where listings differ


def label_of_value(value: Value) -> Markup:
    """A value with its swatch, if it is a colour."""
    return _label(current(), value.label, value.hex)


def chosen_in(counts: Iterable[Count]) -> int:
    """How many of these values are chosen."""
    return sum(count.is_chosen for count in counts)


def choices_of(counts: Iterable[Count], adding: Markup, other: Callable[[Count], Markup]) -> Markup:
    """Values as items of a list, each with a link that adds it to the filters.

    adding: the address of this listing, up to one more filter; other: the macro for a value that is
    chosen, or has no products.
    """
    language = current()
    shown: list[str] = []
    for count in counts:
        if count.is_chosen or not count.count:
            shown.append(other(count))
        else:
            before_address, before_count, end = _choice(language, count.value)
            shown += (before_address, adding, before_count, render.number(count.count), end)
    return Markup("".join(shown))  # noqa: S704 - each is markup, and a number needs no escaping


@lru_cache(_CACHED)
def _label(_language: Language, label: str, color: str | None) -> Markup:
    return render.macro("search/_value.html", "value")(label, color)


@lru_cache(_CACHED)
def _choice(_language: Language, value: Value) -> list[str]:
    return str(render.macro("search/_value.html", "choice")(value, _HOLE, _HOLE)).split(_HOLE)
