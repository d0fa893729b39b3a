"""Matches words against products: their names, the labels of their facet values, their details. Pure."""

from collections.abc import Callable, Sequence

from pyroaring import BitMap64

from storefront.search.criteria import Word, Words
from storefront.search.index.facets import FacetValues
from storefront.search.index.term_index import TermIndex
from storefront.search.language.tokenizer import stem


class TextMatcher:
    """The products that contain words. with_any: the products with one of some facet values."""

    def __init__(
        self,
        texts: TermIndex,
        facet_values: FacetValues,
        with_any: Callable[[list[int]], BitMap64],
    ) -> None:
        self._texts = texts
        self._facet_values = facet_values
        self._with_any = with_any

    def matching(self, words: Words) -> BitMap64:
        """The products that contain all words, or any of them."""
        found = sorted(map(self.anywhere, words.words), key=len)
        if not found:
            return BitMap64(words.product_ids)
        combine = BitMap64.union if words.is_any else BitMap64.intersection
        return combine(*found) | BitMap64(words.product_ids)

    def in_title(self, word: Word) -> BitMap64:
        """The products whose name, brand, kind or other facet values contain the word."""
        return self._find(word, self._in_title)

    def anywhere(self, word: Word) -> BitMap64:
        """The same, or their details."""
        return self._find(word, lambda term: self._in_title(term) | self._texts.in_details(term))

    def exactly(self, terms: Sequence[str]) -> BitMap64:
        """The products whose name contains all of these very terms."""
        return BitMap64.intersection(*map(self._texts.in_names_exactly, terms))

    def _find(self, word: Word, find: Callable[[str], BitMap64]) -> BitMap64:
        found = BitMap64()
        for *whole, last in word.alternatives:
            terms = {last, *self._texts.starting_with(last)} if word.is_prefix else {last}
            ends = BitMap64().union(*map(find, terms))
            found |= BitMap64.intersection(ends, *map(find, whole)) if whole else ends
        return found

    def _in_title(self, term: str) -> BitMap64:
        in_names = self._texts.in_names(term)
        value_ids = self._facet_values.ids_by_stem.get(stem(term))
        return in_names | self._with_any(list(value_ids)) if value_ids else in_names
