"""The shop's spelling of names that differ only in case, apostrophes, hyphens, blanks or width.

``Puma`` and ``PUMA`` are one brand, ``Navy Blue`` and ``navy blue`` one colour: each appears once in
the filters, in the most frequent spelling. packages/storefront/docs/catalogue.md describes the rule.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from storefront.catalog import naming
from storefront.catalog.colours import colour_key, colour_named
from storefront.catalog.source import SourceProduct, SourceSize

NameKind = Literal["brand", "category", "colour", "usage", "system", "size"]
Name = tuple[NameKind, str, str]
"""Its kind, its scope (the path of a category, the system of a size; otherwise empty), its name."""

# A category is identified by its path, not its name.
_KEYS: dict[NameKind, Callable[[str], str]] = {
    "category": lambda _name: "",
    "colour": colour_key,
    "size": naming.size_key,
}
CHART_VOTES = 1_000_000_000
"""Of a size in a chart: products are spelled as the chart beside them."""


@dataclass(frozen=True, slots=True)
class Respelling:
    """A name with a new spelling."""

    kind: NameKind
    within: str
    old: str
    new: str


class Spellings:
    """Votes of products for spellings: those in the database, and those of the source so far."""

    def __init__(self) -> None:
        self._stored: defaultdict[tuple[NameKind, str, str], Counter[str]] = defaultdict(Counter)
        self._source: defaultdict[tuple[NameKind, str, str], Counter[str]] = defaultdict(Counter)
        self._chosen: dict[Name, str] = {}

    def count_stored(
        self, votes: Iterable[tuple[NameKind, str, str, int]], *, sign: int = 1
    ) -> None:
        """Count the stored spellings. votes: kind, within, name, products; sign: -1 subtracts them,
        for products whose source is about to replace them."""
        self._chosen.clear()
        for kind, within, name, count in votes:
            self._stored[_key(kind, within, name)][name] += sign * count

    def count_source(self, products: Iterable[SourceProduct]) -> None:
        """Count the source's spellings."""
        names = Counter(name for product in products for name in _names_of(product))
        for (kind, within, name), count in names.items():
            self._source[_key(kind, within, name)][name] += count
        self._chosen.clear()

    def count_charts(self, sizes: Iterable[tuple[str, str]]) -> None:
        """Count the sizes of charts, by system and label: each outweighs any number of products."""
        names = [name for size in sizes for name in _names_of_size(*size)]
        for kind, within, name in dict.fromkeys(names):
            self._source[_key(kind, within, name)][name] += CHART_VOTES
        self._chosen.clear()

    def of(self, kind: NameKind, within: str, name: str) -> str:
        """The shop's spelling: the most frequent one, in a tie that of the source."""
        chosen = self._chosen.get((kind, within, name))
        if chosen is None:
            chosen = self._chosen[kind, within, name] = self._choose(kind, within, name)
        return chosen

    def _choose(self, kind: NameKind, within: str, name: str) -> str:
        if kind == "colour" and (known := colour_named(name)):
            return known.name
        key = _key(kind, within, name)
        stored, source = self._stored.get(key, Counter()), self._source.get(key, Counter())
        spellings = dict.fromkeys([*source, *stored])  # in a tie the first of the source
        return max(
            spellings, key=lambda one: (stored[one] + source[one], source[one]), default=name
        )

    def spelt(self, product: SourceProduct) -> SourceProduct:
        """The product in the shop's spelling."""
        master, sub, kind = category_paths(product)
        colour, usage, brand = product.base_colour, product.usage, product.brand
        spelt = {
            "brand": brand and self.of("brand", "", brand),
            "master_category": self.of("category", master, product.master_category),
            "sub_category": self.of("category", sub, product.sub_category),
            "article_type": self.of("category", kind, product.article_type),
            "base_colour": colour and self.of("colour", "", colour),
            "usage": usage and self.of("usage", "", usage),
        }
        changed: dict[str, Any] = {
            name: value for name, value in spelt.items() if value != getattr(product, name)
        }
        sizes = product.sizes and tuple(map(self._spelt_size, product.sizes))
        if sizes != product.sizes:
            changed["sizes"] = sizes
        return replace(product, **changed) if changed else product  # most need no change

    def size(self, system: str, label: str) -> tuple[str, str]:
        """System and label of a size in the shop's spelling."""
        spelt = self.of("system", "", system)
        return spelt, self.of("size", spelt, label)

    def _spelt_size(self, size: SourceSize) -> SourceSize:
        system, label = self.size(size.system, size.label)
        if (system, label) == (size.system, size.label):
            return size
        return replace(size, system=system, label=label)

    def respellings(self) -> Iterator[Respelling]:
        """The names of the source that the database has in another spelling than the shop's."""
        for key in self._source:
            kind, within, _ = key
            for old in self._stored.get(key, ()):
                if (new := self.of(kind, within, old)) != old:
                    # Systems come before their sizes, so the database has the system's new spelling.
                    system = self.of("system", "", within) if kind == "size" else within
                    yield Respelling(kind, system, old, new)


def category_paths(product: SourceProduct) -> tuple[str, str, str]:
    """The paths of its category and its ancestors, from the root."""
    segments = [
        naming.segment(name)
        for name in (product.master_category, product.sub_category, product.article_type)
    ]
    return segments[0], "/".join(segments[:2]), "/".join(segments)


def _key(kind: NameKind, within: str, name: str) -> tuple[NameKind, str, str]:
    return kind, naming.name_key(within), _KEYS.get(kind, naming.name_key)(name)


def _names_of(product: SourceProduct) -> Iterator[Name]:
    master, sub, kind = category_paths(product)
    yield "category", master, product.master_category
    yield "category", sub, product.sub_category
    yield "category", kind, product.article_type
    if product.brand:
        yield "brand", "", product.brand
    if product.base_colour:
        yield "colour", "", product.base_colour
    if product.usage:
        yield "usage", "", product.usage
    for size in product.sizes or ():
        yield from _names_of_size(size.system, size.label)


def _names_of_size(system: str, label: str) -> Iterator[Name]:
    yield "system", "", system
    yield "size", system, label
