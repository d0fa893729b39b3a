"""Matches words against products: their names, the labels of their facet values, their details. Pure."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from pyroaring import BitMap64

from storefront.search.criteria import Word, Words
from storefront.search.index.facets import FacetValues
from storefront.search.index.sets import intersection, union
from storefront.search.index.term_index import TermIndex
from storefront.search.language.tokenizer import stem


class TextMatcher:
    """The products that contain words. with_any: the products with one of some facet values.

    remembered: the set for a key, computed again only where anything has changed since.
    """

    def __init__(
        self,
        texts: TermIndex,
        facet_values: FacetValues,
        with_any: Callable[[list[int]], BitMap64],
        remembered: Callable[[Hashable, Callable[[], BitMap64]], BitMap64],
    ) -> None:
        self._texts = texts
        self._facet_values = facet_values
        self._with_any = with_any
        self._remembered = remembered

    def matching(self, words: Words) -> BitMap64:
        """The products that contain all words, or any of them."""
        found = sorted(map(self.anywhere, words.words), key=len)
        if not found:
            return BitMap64(words.product_ids)
        combine = union if words.is_any else intersection
        return combine(found) | BitMap64(words.product_ids)

    def in_title(self, word: Word) -> BitMap64:
        """The products whose name, brand, kind or other facet values contain the word."""
        return self._find(word, with_details=False)

    def as_said(self, word: Word) -> BitMap64:
        """The products whose title contains the word itself, not only another one for it."""
        return self._find(replace(word, alternatives=word.alternatives[:1]), with_details=False)

    def anywhere(self, word: Word) -> BitMap64:
        """The products with the word anywhere, details included."""
        return self._find(word, with_details=True)

    def exactly(self, terms: Sequence[str]) -> BitMap64:
        """The products whose name contains all of exactly these terms."""
        return intersection(map(self._texts.in_names_exactly, terms))

    def saying(self, phrases: Sequence[Sequence[str]]) -> BitMap64:
        """The products whose name contains one of these phrases, and not just in its brand's name: a
        white shirt by Black Coffee is not black."""
        return union(
            self.exactly(phrase) - self._with_any(self._facet_values.brands_saying(phrase))
            for phrase in phrases
        )

    def called(self, phrases: Sequence[Sequence[str]]) -> BitMap64:
        """The products whose name ends with one of these phrases."""
        return union(map(self._texts.called, phrases))

    def _find(self, word: Word, *, with_details: bool) -> BitMap64:
        """Not to be changed. Cached: a query matches a word several times, and others say it too; of one
        letter thousands of words begin."""
        return self._remembered(
            (self._facet_values, word.alternatives, word.is_prefix, with_details),
            lambda: self._computed(word, with_details=with_details),
        )

    def _computed(self, word: Word, *, with_details: bool) -> BitMap64:
        return union(
            self._with_all(terms, is_prefix=word.is_prefix, with_details=with_details)
            for terms in word.alternatives
        )

    def _with_all(self, terms: Sequence[str], *, is_prefix: bool, with_details: bool) -> BitMap64:
        *sets, ends = [self._containing(term, with_details=with_details) for term in terms]
        if is_prefix:
            ends = ends | self._beginning(terms[-1], with_details=with_details)
        return intersection([ends, *sets])

    def _containing(self, term: str, *, with_details: bool) -> BitMap64:
        found = self._texts.in_names(term)
        if value_ids := self._facet_values.ids_by_stem.get(stem(term)):
            found = found | self._with_any(list(value_ids))
        return found | self._texts.in_details(term) if with_details else found

    def _beginning(self, prefix: str, *, with_details: bool) -> BitMap64:
        """The products with a word that starts with this prefix."""
        words = self._texts.starting_with(prefix)
        value_ids = {
            value_id
            for word, ids in self._facet_values.ids_by_stem.items()
            if word.startswith(prefix)
            for value_id in ids
        }
        found = self._texts.in_names_any(words) | self._with_any(list(value_ids))
        return found | self._texts.in_details_any(words) if with_details else found
