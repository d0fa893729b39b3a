"""Products as sets: of each facet value the products that have it, of each sort column its digits. Pure.

All that the index of a process knows of products, except their words. As sets it is small and quickly
stored and read back (read_model/index_snapshot.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap64

from storefront.catalog import bounds
from storefront.search.index import ranking
from storefront.search.index.bit_slices import BitSlices
from storefront.search.index.variety import SHUFFLE_DIGITS, shuffled


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as it is indexed.

    values: ids of facet values, including sizes in stock; rating: hundredths of stars, 0 if unrated.
    """

    product_id: int
    values: Sequence[int]
    price_minor: int
    popularity: int
    published_at: datetime
    rating: int
    is_pictured: bool
    is_available: bool

    @property
    def is_in_bounds(self) -> bool:
        """Whether its numbers fit into the index, which the database's checks ensure."""
        is_dated = bounds.EARLIEST <= self.published_at < bounds.LATEST
        return is_dated and 0 <= self.price_minor <= bounds.MOST_MINOR


class ProductSets:
    """Sets of product ids by facet value, and bit slices of the sort columns."""

    def __init__(self) -> None:
        self._all = BitMap64()
        self._pictured = BitMap64()
        self._available = BitMap64()
        self._having: dict[int, BitMap64] = {}
        self._rated: dict[int, BitMap64] = {stars: BitMap64() for stars in range(1, 6)}
        self._shuffle = BitSlices(SHUFFLE_DIGITS)
        self._price = BitSlices(36)
        self._popularity = BitSlices(31)
        self._published = BitSlices(33)  # seconds
        self._rating = BitSlices(9)
        self._merit = BitSlices(ranking.MERIT_DIGITS)

    def __len__(self) -> int:
        """The number of products."""
        return len(self._all)

    def __contains__(self, product_id: int) -> bool:
        """Whether there is a live product with this id."""
        return product_id in self._all

    def put(self, entries: Sequence[Entry]) -> None:
        """Add or replace these products."""
        self.remove(entry.product_id for entry in entries)
        added = [entry.product_id for entry in entries]
        self._note_change(BitMap64(added))
        self._all.update(added)
        having: dict[int, list[int]] = {}
        for entry in entries:
            for value in entry.values:
                having.setdefault(value, []).append(entry.product_id)
        for value, ids in having.items():
            self._having.setdefault(value, BitMap64()).update(ids)
        for stars, products in self._rated.items():
            products.update(e.product_id for e in entries if e.rating >= 100 * stars)
        self._pictured.update(entry.product_id for entry in entries if entry.is_pictured)
        self._available.update(entry.product_id for entry in entries if entry.is_available)
        self._shuffle.put((entry.product_id, shuffled(entry.product_id)) for entry in entries)
        self._price.put((entry.product_id, entry.price_minor) for entry in entries)
        self._popularity.put((entry.product_id, entry.popularity) for entry in entries)
        self._published.put((e.product_id, int(e.published_at.timestamp())) for e in entries)
        self._rating.put((entry.product_id, entry.rating) for entry in entries)
        self._merit.put((entry.product_id, _merit_of(entry)) for entry in entries)

    def remove(self, product_ids: Iterable[int]) -> None:
        """Remove these products, but not their texts; unknown ids are ignored."""
        gone = BitMap64(product_ids) & self._all
        if not gone:
            return
        self._note_change(gone)
        for products in self.sets().values():
            products.difference_update(gone)

    def sets(self) -> dict[str, BitMap64]:
        """Every set by its name: the sets themselves, no copies."""
        named = {"all": self._all, "pictured": self._pictured, "available": self._available}
        named |= {f"value {value_id}": products for value_id, products in self._having.items()}
        named |= {f"stars {stars}": products for stars, products in self._rated.items()}
        for name, column in self._columns().items():
            named |= {f"{name} {place}": one for place, one in enumerate(column.slices)}
        return named

    def serialized(self) -> dict[str, bytes]:
        """Every set by its name, in the portable format of roaring bitmaps."""
        return {name: products.serialize() for name, products in self.sets().items()}

    def restore(self, serialized: Mapping[str, bytes]) -> None:
        """Fill empty sets with what `serialized` returned. Raises LookupError or ValueError for
        anything else."""
        for name in serialized:
            kind, _, number = name.partition(" ")
            if kind == "value":
                self._having[int(number)] = BitMap64()
        for name, products in self.sets().items():
            products.update(BitMap64.deserialize(serialized[name]))
        self._note_change(self._all)

    def _columns(self) -> dict[str, BitSlices]:
        return {
            "shuffle": self._shuffle,
            "price": self._price,
            "popularity": self._popularity,
            "published": self._published,
            "rating": self._rating,
            "merit": self._merit,
        }

    def _note_change(self, changed: BitMap64) -> None:
        """Called for each change. changed: the products that are added or removed by it."""


def _merit_of(entry: Entry) -> int:
    return ranking.merit(
        popularity=entry.popularity,
        is_available=entry.is_available,
        is_pictured=entry.is_pictured,
    )
