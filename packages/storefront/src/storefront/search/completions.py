"""Completes unfinished queries, with products that match them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pyroaring import BitMap64

from storefront.search.criteria import Criteria, Words
from storefront.search.language.negations import NEGATING
from storefront.search.language.query_parser import as_words, parse
from storefront.search.language.suggestions import MOST_QUERIES, Suggestions, suggest
from storefront.search.language.tokenizer import tokens
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.language.word_matching import required_words
from storefront.search.query_criteria import combined
from storefront.search.read_model.cache import Cache
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader

_COLOURWAYS_PER_STYLE = 4  # consecutive suggestions of the same style, at most


@dataclass(frozen=True, slots=True)
class Completions:
    """Completions of an unfinished query, and products that match it, as the API returns them."""

    suggestions: Suggestions
    products: Sequence[dict[str, Any]] = ()


class _Caches:
    """What was computed with one vocabulary, released together with it.

    criteria_of: the criteria of a text alone; what completes a query completes many others too.
    """

    def __init__(self, vocabulary: Vocabulary, currency: str) -> None:
        self.vocabulary = vocabulary
        self.completions: Cache[Completions] = Cache(
            _CACHED_BYTES, lambda one: _COMPLETIONS_BYTES + _PRODUCT_BYTES * len(one.products)
        )

        @lru_cache(maxsize=2000)
        def criteria_of(text: str) -> Criteria:
            return combined(parse(text, vocabulary), Criteria(), vocabulary, currency)

        self.criteria_of = criteria_of


class Completer:
    """Completions over the read model, with the vocabulary of this process."""

    def __init__(self, model: ReadModel, vocabulary_reader: VocabularyReader) -> None:
        self._model = model
        self._vocabulary_reader = vocabulary_reader
        self._caches: _Caches | None = None

    async def completions(self, text: str, *, products: int) -> Completions:
        """Completions of an unfinished query, and products that match it, one of each style. One
        statement at most."""
        caches = self._caches_with(await self._vocabulary_reader.vocabulary())
        return await caches.completions.get(
            (text, products),
            await self._model.current_version(),
            lambda: self._complete(text, caches, products),
        )

    def _caches_with(self, vocabulary: Vocabulary) -> _Caches:
        if self._caches is None or self._caches.vocabulary is not vocabulary:
            self._caches = _Caches(vocabulary, self._model.currency)
        return self._caches

    async def _complete(self, text: str, caches: _Caches, products: int) -> Completions:
        suggestions = await self._suggestions(text, caches)
        criteria = _suggested(suggestions, caches)
        if criteria is None:
            return Completions(suggestions)
        [cards] = await self._model.first_cards([criteria], limit=products * _COLOURWAYS_PER_STYLE)
        by_style: dict[str, dict[str, Any]] = {}
        for product in map(json.loads, cards):
            by_style.setdefault(product["style_id"], product)
            if len(by_style) == products:
                break
        return Completions(suggestions, list(by_style.values()))

    async def _suggestions(self, text: str, caches: _Caches) -> Suggestions:
        """The first suggestions with a query that matches something; the first of all if none does."""
        tried: list[Suggestions] = []
        for one in suggest(text, caches.vocabulary):
            tried.append(await self._with_results(one, caches))
            if tried[-1].queries:
                return tried[-1]
        return tried[0]

    async def _with_results(self, suggestions: Suggestions, caches: _Caches) -> Suggestions:
        """The suggestions with the queries that match something: a completion must be found among the
        products that match the words before it. Those that name a kind come first there, then those with
        more products."""
        head = suggestions.head
        among = await self._matching_head(head, caches)
        is_ordered = bool(among or suggestions.places)
        found: list[tuple[int, bool, int, str]] = []
        for query in suggestions.queries:
            said = suggestions.english.get(query) or (query[len(head) :] if among else query)
            criteria = caches.criteria_of(said)
            matching = await self._model.product_ids(criteria, among=among or None)
            if matching and (criteria.narrows or not among):  # a season only ranks
                is_kind, place = "category" in criteria.filters, suggestions.places.get(query, 0)
                found.append((-place, is_kind, len(matching), query))
            if len(found) == MOST_QUERIES and not is_ordered:
                break
        if is_ordered:
            found.sort(key=lambda one: one[:3], reverse=True)
        return replace(suggestions, queries=[query for *_, query in found[:MOST_QUERIES]])

    async def _matching_head(self, head: str, caches: _Caches) -> BitMap64:
        """The products that match the words before a completion; none if the completion may change what
        they mean (not black, shirts under 500)."""
        said = tokens(head)
        if not said or any(token.word in NEGATING for token in said):
            return BitMap64()
        return await self._model.product_ids(caches.criteria_of(head))


def _suggested(suggestions: Suggestions, caches: _Caches) -> Criteria | None:
    """The criteria of the first suggested query; of the words, if there is none. None without words."""
    if suggestions.queries:
        first = suggestions.queries[0]
        return replace(caches.criteria_of(suggestions.english.get(first, first)), sort="relevance")
    words = required_words(as_words(suggestions.read_as), caches.vocabulary)
    if not words:
        return None
    *whole, last = words
    return Criteria(words=Words((*whole, replace(last, is_prefix=True))), sort="relevance")


_CACHED_BYTES = 5_000_000
_COMPLETIONS_BYTES = 4_000
_PRODUCT_BYTES = 6_000  # of a product as a dictionary
