"""Facets: the values that a listing can be filtered by, and their counts. Pure.

Counts are disjunctive: a value is counted as if no other value of its facet were selected, since values
of one facet are alternatives.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR
from functools import cached_property
from urllib.parse import quote_plus

from storefront.catalog.colours import colour_key, colour_named
from storefront.catalog.naming import name_key, size_key
from storefront.money import Money
from storefront.search.language.tokenizer import stem, terms

# In display order.
FACETS = ("gender", "category", "base_color", "color_family", "size", "brand", "season", "usage")
MOST_VALUES = {"brand": 60}
# For these, values without matches are listed too, so that they stay in place.
STEADY = frozenset({"gender", "color_family", "season", "usage"})
STARS = (4, 3, 2, 1)
# The order of size systems; others come in between, by name.
_SYSTEMS = {
    name: place for place, name in enumerate(("alpha", "EU", "waist", "age", "bra", "ring"))
}
_ONE_SIZE = "one size"
# The parameters that name categories by label, with the depth of these categories.
CATEGORY_DEPTHS = {"master_category": 0, "sub_category": 1, "article_type": 2}


@dataclass(frozen=True)
class Value:
    """A facet value. value: for a size its system and label, ``EU:42``; sort: its position, if the
    facet has its own order; for a size, within its system."""

    id: int
    facet: str
    value: str
    label: str
    sort: int = 0
    hex: str | None = None

    @cached_property
    def system(self) -> str:
        """The size system of a size; empty for other facets."""
        return self.value.removesuffix(f":{self.label}") if self.facet == "size" else ""

    @cached_property
    def quoted(self) -> str:
        """URL-encoded, ready for a page."""
        return quote_plus(self.value)

    @cached_property
    def json(self) -> str:
        """The start of its JSON object in the API: all up to the count."""
        said: dict[str, object] = {"value": self.value, "label": self.label}
        if self.facet == "size":
            said["system"] = self.system
        return json.dumps(said | {"count": 0}, separators=(",", ":")).removesuffix("0}")


@dataclass(frozen=True, eq=False)
class FacetValues:
    """All facet values."""

    values: Sequence[Value]

    @cached_property
    def by_id(self) -> Mapping[int, Value]:
        """Values by id."""
        return {value.id: value for value in self.values}

    @cached_property
    def by_facet(self) -> Mapping[str, Sequence[Value]]:
        """Values of each facet, by label."""
        found: dict[str, list[Value]] = {}
        for value in sorted(self.values, key=lambda value: value.label):
            found.setdefault(value.facet, []).append(value)
        return found

    @cached_property
    def _alike(self) -> Mapping[tuple[str, str], Sequence[Value]]:
        """Values that differ in spelling alone: an import has given their products another one since."""
        found: dict[tuple[str, str], list[Value]] = {}
        for value in self.values:
            found.setdefault((value.facet, _key(value.facet, value.value)), []).append(value)
        return found

    @cached_property
    def _ids_alike(self) -> Mapping[tuple[str, str], Sequence[int]]:
        """The ids of a value in every spelling, by any of them."""
        return {
            (one.facet, one.value): [other.id for other in alike]
            for alike in self._alike.values()
            for one in alike
        }

    @cached_property
    def _sizes_by_label(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for value in self.by_facet.get("size", ()):
            found.setdefault(folded(value.label), []).append(value.value)
        return found

    @cached_property
    def kinds(self) -> Set[int]:
        """Ids of the article types among the categories."""
        depth = CATEGORY_DEPTHS["article_type"]
        categories = self.by_facet.get("category", ())
        return frozenset(one.id for one in categories if one.value.count("/") == depth)

    @cached_property
    def ids_by_stem(self) -> Mapping[str, Sequence[int]]:
        """Ids of the values whose label contains a word, by its stem; sizes and offers left out."""
        found: dict[str, list[int]] = {}
        for value in self.values:
            if value.facet not in ("size", "offer"):
                for word in {stem(term) for term in terms(value.label)}:
                    found.setdefault(word, []).append(value.id)
        return found

    def brands_saying(self, phrase: Sequence[str]) -> list[int]:
        """Ids of the brands whose name contains all of exactly these terms."""
        said = set(phrase)
        return [one.id for one in self.by_facet.get("brand", ()) if said <= terms(one.label)]

    def ids(self, facet: str, values: Iterable[str]) -> list[int]:
        """Ids of these values in every spelling; values that no product ever had are skipped."""
        spellings = (spelling for value in values for spelling in self.spellings(facet, value))
        alike = (one for spelling in spellings for one in self._ids_alike[facet, spelling])
        return list(dict.fromkeys(alike))

    def spellings(self, parameter: str, value: str) -> Sequence[str]:
        """The values of a listing parameter in the shop's spelling; empty if no product
        ever had it. A size without its system matches every system."""
        one = self._spelling(parameter, value)
        if one is None and parameter == "size":
            return self._sizes_by_label.get(folded(value), ())
        return () if one is None else (one,)

    def _spelling(self, parameter: str, value: str) -> str | None:
        if parameter in CATEGORY_DEPTHS:
            named = self._categories_named([value], CATEGORY_DEPTHS[parameter])
            return next((category.label for category in named), None)
        if (parameter, value) in self._ids_alike:
            return value
        known = self._alike.get((parameter, _key(parameter, value)))
        return None if known is None else known[0].value

    def categories_named(self, names: Sequence[str], *, depth: int) -> list[int]:
        """Ids of the categories with these names. depth: 0 for departments, 2 for article types."""
        return [value.id for value in self._categories_named(names, depth)]

    def _categories_named(self, names: Sequence[str], depth: int) -> Iterator[Value]:
        wanted = set(map(folded, names))
        for value in self.by_facet.get("category", ()):
            if value.value.count("/") == depth and folded(value.label) in wanted:
                yield value


def folded(value: str) -> str:
    """A value without case, outer spaces and slashes."""
    return value.strip(" /").casefold()


def _key(facet: str, value: str) -> str:
    """What spellings of a value have in common, as imports unite them: links, collections and saved
    searches with a spelling that became another one still find its products."""
    return _KEYS.get(facet, str)(folded(value))


def _color_key(name: str) -> str:
    known = colour_named(name)
    return colour_key(known.name if known else name)


_KEYS: Mapping[str, Callable[[str], str]] = {
    "base_color": _color_key,
    "brand": name_key,
    "size": size_key,
    "usage": name_key,
}


@dataclass(frozen=True, slots=True)
class Count:
    """A facet value with the number of products that match if it is selected."""

    value: Value
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Lowest and highest price of the products that match all other filters."""

    low: Money
    high: Money

    @property
    def whole(self) -> tuple[int, int]:
        """The range in whole major units that includes both prices."""
        low, high = self.low.major, self.high.major
        return (
            int(low.to_integral_value(ROUND_FLOOR)),
            int(high.to_integral_value(ROUND_CEILING)),
        )

    @property
    def in_major_unit(self) -> dict[str, float]:
        """As the API returns it."""
        return {"min": float(self.low.major), "max": float(self.high.major)}


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the category tree with the number of products in and below it."""

    path: str
    name: str
    count: int
    children: list["Category"] = field(default_factory=list)


Counted = tuple[Value, int]
"""A facet value and its number of products: hundreds of them in a listing, so they are plain tuples."""


@dataclass(frozen=True)
class Facets:
    """The facet counts of a listing. counted: in the order of FACETS, without empty ones; for those in
    STEADY every value that any product has.

    chosen: ids of the selected values; stars: how many products have at least this many stars, for 4
    down to 1.
    """

    total: int
    counted: Mapping[str, Sequence[Counted]] = field(default_factory=dict)
    chosen: Set[int] = frozenset()
    price: PriceRange | None = None
    stars: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Count]]:
        """The counts of each facet, with which ones are selected."""
        return {
            name: [Count(value, count, value.id in self.chosen) for value, count in counted]
            for name, counted in self.counted.items()
        }

    @cached_property
    def categories(self) -> list["Category"]:
        """The categories with products, as a tree, largest first."""
        nodes = {
            count.value.value: Category(count.value.value, count.value.label, count.count)
            for count in self.by_name.get("category", ())
            if count.count
        }
        roots: list[Category] = []
        for path, node in nodes.items():
            parent = nodes.get(path.rpartition("/")[0])
            (parent.children if parent else roots).append(node)
        return roots

    @cached_property
    def sizes(self) -> Mapping[str, Sequence[Count]]:
        """The sizes of each system, in their order."""
        found: dict[str, list[Count]] = {}
        for count in self.by_name.get("size", ()):
            found.setdefault(count.value.system, []).append(count)
        return found

    @cached_property
    def json(self) -> str:
        """Their JSON in the API."""
        shown = [
            f'"{name}":[{",".join(self._objects(counted))}]'
            for name, counted in self.counted.items()
        ]
        price = self.price and self.price.in_major_unit
        rating = [{"stars": stars, "count": count} for stars, count in self.stars.items()]
        rest = json.dumps({"price": price, "rating": rating}, separators=(",", ":"))
        return f"{{{','.join([*shown, rest[1:-1]])}}}"

    def _objects(self, counted: Sequence[Counted]) -> list[str]:
        """The JSON objects of these values: hundreds, of which a few at most are selected."""
        objects = [f'{value.json}{count},"chosen":false}}' for value, count in counted]
        if self.chosen:
            for at, (value, count) in enumerate(counted):
                if value.id in self.chosen:
                    objects[at] = f'{value.json}{count},"chosen":true}}'
        return objects


def size_order(value: Value) -> tuple[int, str, int, str]:
    """The place of a size: by system, then in the order of the system; one size last."""
    system = (
        len(_SYSTEMS) + 1
        if value.system == _ONE_SIZE
        else _SYSTEMS.get(value.system, len(_SYSTEMS))
    )
    return (system, value.system, value.sort, value.label)
