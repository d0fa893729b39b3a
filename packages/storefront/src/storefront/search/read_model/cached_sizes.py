"""How many bytes cached values take, approximately. Pure."""

from collections.abc import Sequence

from pyroaring import BitMap64

from storefront.search.index.facets import Facets
from storefront.search.index.product_index import ResultSet
from storefront.search.paging import ListingPage

_STRING_BYTES = 64  # of a string in addition to its characters, with its place in a list
_COUNT_BYTES = 300  # of a facet's value: the count, its place in the tree of categories, its JSON
_ENTRY_BYTES = 2_000  # of an entry in addition to its content: its key, and other objects


def of_cards(cards: Sequence[str]) -> int:
    """Cards, without the list that they are in."""
    return sum(len(card) + _STRING_BYTES for card in cards)


def of_facets(facets: Facets) -> int:
    """The counts of a listing."""
    return _ENTRY_BYTES + _COUNT_BYTES * sum(map(len, facets.counted.values()))


def of_page(page: ListingPage) -> int:
    """A page of a listing."""
    return of_cards(page.cards) + of_facets(page.facets)


def of_results(results: ResultSet) -> int:
    """The products that a listing has, and their counts."""
    return of_facets(results.facets) + _of_products(results.product_ids)


def _of_products(product_ids: BitMap64) -> int:
    """A set of products: 2 bytes of each where they are few, a bit of each in the range where not."""
    parts = product_ids.get_statistics()
    return (
        parts["n_bytes_array_containers"]
        + parts["n_bytes_bitset_containers"]
        + parts["n_bytes_run_containers"]
    )


def of_lists(lists: Sequence[Sequence[str]]) -> int:
    """Several lists of cards."""
    return _ENTRY_BYTES + sum(map(of_cards, lists))


def of_sisters(sisters: dict[str, tuple[str, ...]]) -> int:
    """Cards by style, with the cards that are the key."""
    # Twice: the key consists of cards too, at least one of each style.
    return _ENTRY_BYTES + 2 * sum(map(of_cards, sisters.values()))
