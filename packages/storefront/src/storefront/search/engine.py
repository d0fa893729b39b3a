"""Answers search queries: parsed, corrected where misspelt, relaxed where nothing matches."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from storefront.search.criteria import Criteria, price_bounds
from storefront.search.language.query_parser import (
    Correction,
    ParsedQuery,
    Segment,
    as_words,
    corrected,
    parse,
    ranking_query,
    text_query,
)
from storefront.search.language.relaxation import Relaxation, relaxations, trials
from storefront.search.language.suggestions import Suggestions, suggest
from storefront.search.language.vocabulary import Attribute, Vocabulary
from storefront.search.language.words import tokens
from storefront.search.paging import FIRST_PAGE, ListingPage, Paging
from storefront.search.read_model.cache import Cache
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader

_COLOURWAYS_PER_STYLE = 4  # of one style, that may follow each other among suggestions
_NAME_WORDS = 3  # from this many on, a query may be the name of a product

# The listing parameters that set the same attribute: whoever sets one overrides the query.
_PARAMETERS: dict[Attribute, tuple[str, ...]] = {
    "category": ("category", "master_category", "sub_category", "article_type"),
    "base_color": ("base_color", "color_family"),
}


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a query was read. asked: as typed; parsed: after corrections and what was given up."""

    asked: str
    parsed: ParsedQuery
    corrections: Sequence[Correction] = ()
    given_up: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of products, and how the query was read, if there was one."""

    page: ListingPage
    interpretation: Interpretation | None = None


@dataclass(frozen=True, slots=True)
class Completions:
    """What an unfinished query may become, and products that match it, as the API returns them."""

    suggestions: Suggestions
    products: Sequence[dict[str, Any]] = ()


class Search:
    """Search over the read model, with the vocabulary of this process."""

    def __init__(self, model: ReadModel, vocabulary_reader: VocabularyReader) -> None:
        self._model = model
        self._vocabulary_reader = vocabulary_reader
        self._interpretations: Cache[tuple[Interpretation, Criteria]] = Cache(_CACHED)
        self._completions: Cache[Completions] = Cache(_CACHED)

    @property
    def currency(self) -> str:
        """The shop's currency, in which queries and filters name prices."""
        return self._model.currency

    async def answer(
        self,
        query: str | None,
        criteria: Criteria,
        paging: Paging = FIRST_PAGE,
        *,
        as_typed: bool = False,
    ) -> Answer:
        """The products that match a query and the criteria; without a query, the criteria alone.

        criteria: filters that the shopper set. They are never relaxed, and override what the query
        says of the same attribute. as_typed: correct nothing.
        Three statements at most, beside the poll of the read model (four times a second).
        Raises InvalidInput (422) for a cursor of another listing.
        """
        if query is None:
            return Answer(await self._model.listing(criteria, paging))
        vocabulary = await self._vocabulary_reader.vocabulary()
        interpretation, criteria = await self._interpretations.get(
            (query, criteria.signature, as_typed, vocabulary),
            await self._model.current_version(),
            lambda: self._interpret(query, criteria, vocabulary, as_typed=as_typed),
        )
        return Answer(await self._model.listing(criteria, paging), interpretation)

    async def completions(self, text: str, *, products: int) -> Completions:
        """Completions of an unfinished query, and products that match it, one of each style. Two
        statements at most."""
        vocabulary = await self._vocabulary_reader.vocabulary()
        return await self._completions.get(
            (text, products, vocabulary),
            await self._model.current_version(),
            lambda: self._complete(text, vocabulary, products),
        )

    async def _interpret(
        self, query: str, criteria: Criteria, vocabulary: Vocabulary, *, as_typed: bool
    ) -> tuple[Interpretation, Criteria]:
        """How a query is best read, and the criteria that follow. One statement, or none."""
        text, corrections = (query, []) if as_typed else corrected(query, vocabulary)
        variants = relaxations(_without_overridden(parse(text, vocabulary), criteria))
        queries = [
            _combined(variant.query, criteria, vocabulary, self.currency) for variant in variants
        ]
        as_name = as_words(query)
        if len(as_name.words) >= _NAME_WORDS:
            variants.insert(0, Relaxation(as_name))
            queries.insert(0, replace(criteria, exact_name=query))
        best = 0
        if len(queries) > 1:
            best = await self._model.first_with_enough(queries, trials(variants))
        variant = variants[best]
        if variant.query is as_name:
            corrections = []
        return Interpretation(query, variant.query, corrections, variant.given_up), queries[best]

    async def _complete(self, text: str, vocabulary: Vocabulary, products: int) -> Completions:
        suggestions = suggest(text, vocabulary)
        words = [token.word for token in tokens(suggestions.read_as)]
        if not words:
            return Completions(suggestions)
        query = Criteria(words=f"{' & '.join(words)}:*")
        [cards] = await self._model.first_cards([query], limit=products * _COLOURWAYS_PER_STYLE)
        by_style: dict[str, dict[str, Any]] = {}
        for product in map(json.loads, cards):
            by_style.setdefault(product["style_id"], product)
        return Completions(suggestions, list(by_style.values())[:products])


def _without_overridden(query: ParsedQuery, criteria: Criteria) -> ParsedQuery:
    """What is left of a query where the shopper has set filters on the same attribute."""
    return query.dropping(
        segment for segment in query.segments if _is_overridden(segment, criteria)
    )


def _is_overridden(segment: Segment, criteria: Criteria) -> bool:
    """A category within one that the shopper chose still applies: it narrows the choice."""
    if segment.attribute == "category" and _within(segment.values, criteria.filters):
        return False
    if segment.attribute == "price":
        return (criteria.min_price, criteria.max_price) != (None, None)
    names = _PARAMETERS.get(segment.attribute, (segment.attribute,))
    return any(criteria.filters.get(name) for name in names)


def _within(categories: Sequence[str], filters: Mapping[str, Sequence[str]]) -> list[str]:
    """Those of these category paths that are in or below a chosen one."""
    above = [f"{path}/" for path in filters.get("category", ())]
    return [path for path in categories if any(f"{path}/".startswith(one) for one in above)]


def _combined(
    query: ParsedQuery, criteria: Criteria, vocabulary: Vocabulary, currency: str
) -> Criteria:
    """The criteria, and what the query requires besides. Prices become minor units."""
    filters = dict(criteria.filters)
    preferred = dict(criteria.preferred)
    low, high = price_bounds(query.low, query.high, currency)
    for attribute in get_args(Attribute):
        if values := query.values(attribute):
            within = _within(values, filters) if attribute == "category" else []
            filters[attribute] = within or values
        exact = query.preferred(attribute)
        if exact and set(exact) != set(values):
            preferred[attribute] = exact
    ranking_words = ranking_query(query, vocabulary)
    has_ranking = ranking_words or preferred or criteria.preferred_price
    return replace(
        criteria,
        filters=filters,
        required=frozenset({"category"} if query.values("category") else ()),
        min_price=criteria.min_price if low is None else low,
        max_price=criteria.max_price if high is None else high,
        words=text_query(query, vocabulary),
        ranking_words=ranking_words,
        preferred=preferred,
        sort="featured" if criteria.sort == "relevance" and not has_ranking else criteria.sort,
    )


_CACHED = 500  # of each kind; some 10 KB each
