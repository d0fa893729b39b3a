"""The term index: for each word of a product's name or details, the products that contain it. Pure.

Postings are roaring bitmaps. Words are indexed as written, so that one dictionary serves
matching, completion and spelling; inflected forms are matched through their common stem.
"""

import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

from pyroaring import BitMap64

from storefront.search.index.bit_slices import BitSlices
from storefront.search.index.sets import intersection, union
from storefront.search.language.tokenizer import last_word, normalized, singular, stem, terms

_HASH_BITS = 32


@dataclass(frozen=True, slots=True)
class ProductText:
    """The text of a product. name: the searchable name; details: material, fit, description, year."""

    product_id: int
    name: str
    details: str


class TermIndex:
    """Postings by word, separately for names and details.

    version: differs after each change; may do so where nothing changed.
    """

    def __init__(self) -> None:
        self.version = 0
        self._all = BitMap64()
        self._names: dict[str, BitMap64] = {}
        self._details: dict[str, BitMap64] = {}
        self._last: dict[str, BitMap64] = {}  # by the last word of the name
        self._by_stem: defaultdict[str, list[str]] = defaultdict(list)
        self._sorted: list[str] | None = None  # None: outdated since a new word
        # Hashes of the texts as bit slices: 4 bytes a product.
        self._name_hash = BitSlices(_HASH_BITS)
        self._text_hash = BitSlices(_HASH_BITS)

    def put(self, texts: Sequence[ProductText]) -> None:
        """Add or replace the text of these products; unchanged ones cost almost nothing."""
        changed = [
            (text, digest)
            for text in texts
            if (digest := _hash(f"{text.name}\n{text.details}")) != self._known_hash(text)
        ]
        self.version += 1
        self.remove(text.product_id for text, _ in changed)
        names: defaultdict[str, list[int]] = defaultdict(list)
        details: defaultdict[str, list[int]] = defaultdict(list)
        last: defaultdict[str, list[int]] = defaultdict(list)
        name_hashes: list[tuple[int, int]] = []
        for text, _ in changed:
            name_terms = terms(text.name)
            name_hashes.append((text.product_id, _hash(normalized(text.name))))
            for term in name_terms:
                names[term].append(text.product_id)
            last[last_word(text.name)].append(text.product_id)
            for term in _details_terms(text.details):
                details[term].append(text.product_id)
        self._add(self._names, names)
        self._add(self._details, details)
        for word, product_ids in last.items():
            self._last.setdefault(word, BitMap64()).update(product_ids)
        self._all.update(text.product_id for text, _ in changed)
        self._name_hash.put(name_hashes)
        self._text_hash.put((text.product_id, digest) for text, digest in changed)

    def remove(self, product_ids: Iterable[int]) -> None:
        """Remove these products; unknown ids are ignored."""
        gone = BitMap64(product_ids) & self._all
        if not gone:
            return
        self.version += 1
        for postings in (self._names, self._details, self._last):
            for products in postings.values():
                products.difference_update(gone)
        for sets in (self._name_hash, self._text_hash):
            sets.remove(gone)
        self._all.difference_update(gone)

    def in_names(self, term: str) -> BitMap64:
        """Products whose name contains this word, in any inflection."""
        return self._union(self._names, self._by_stem.get(stem(term), ()))

    def in_details(self, term: str) -> BitMap64:
        """Products whose details contain this word, in any inflection."""
        return self._union(self._details, self._by_stem.get(stem(term), ()))

    def in_names_exactly(self, term: str) -> BitMap64:
        """Products whose name contains exactly this word."""
        return self._names.get(term, _NONE)

    def called(self, words: Sequence[str]) -> BitMap64:
        """Products that are called this: whose name ends with these words (`last_word`)."""
        *before, last = words
        found = self._last.get(singular(last), _NONE)
        return intersection([found, *map(self.in_names, before)])

    def named(self, name: str) -> BitMap64:
        """Products with this complete name, ignoring case, accents and signs."""
        words = terms(name)
        if not words:
            return _NONE
        postings = sorted((self._names.get(word, _NONE) for word in words), key=len)
        return self._name_hash.equal(_hash(normalized(name)), intersection(postings))

    def starting_with(self, prefix: str) -> list[str]:
        """The words that start with a prefix, sorted."""
        if self._sorted is None:
            self._sorted = sorted(self._names.keys() | self._details.keys())
        start = bisect_left(self._sorted, prefix)
        following = islice(self._sorted, start, None)
        return list(takewhile(lambda word: word.startswith(prefix), following))

    def in_names_any(self, words: Iterable[str]) -> BitMap64:
        """Products whose name contains any of exactly these words."""
        return self._union(self._names, words)

    def in_details_any(self, words: Iterable[str]) -> BitMap64:
        """Products whose details contain any of exactly these words."""
        return self._union(self._details, words)

    def counts(self) -> dict[str, int]:
        """For each word of the names the number of products."""
        return {word: len(products) for word, products in self._names.items() if products}

    def _known_hash(self, text: ProductText) -> int | None:
        return self._text_hash.value(text.product_id) if text.product_id in self._all else None

    def _add(self, postings: dict[str, BitMap64], added: Mapping[str, Sequence[int]]) -> None:
        for term, product_ids in added.items():
            if term not in self._names and term not in self._details:
                self._by_stem[stem(term)].append(term)
                self._sorted = None
            postings.setdefault(term, BitMap64()).update(product_ids)

    @staticmethod
    def _union(postings: Mapping[str, BitMap64], words: Iterable[str]) -> BitMap64:
        found = [postings[word] for word in words if word in postings]
        return found[0] if len(found) == 1 else union(found)


@lru_cache(maxsize=5_000)
def _details_terms(details: str) -> frozenset[str]:
    """Cached: consecutive colourways of a style share their details."""
    return frozenset(terms(details))


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


_NONE = BitMap64()
