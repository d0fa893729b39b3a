"""Answers queries: read as they are meant, mended where misspelt, widened where nothing matches."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from storefront.search.criteria import Criteria
from storefront.search.language.dictionary import Dictionary
from storefront.search.language.relaxing import Step, steps
from storefront.search.language.suggesting import Suggestions, suggest
from storefront.search.language.understanding import (
    Correction,
    Understanding,
    as_words,
    corrected,
    ranking_query,
    text_query,
    understand,
)
from storefront.search.language.vocabulary import Kind, Vocabulary
from storefront.search.language.words import tokens
from storefront.search.read_model.store import Found, ReadModel

_COLOURS = 4  # of one style that may stand side by side among suggestions
_NAME_WORDS = 3  # from so many on, a query may be the name of a product

# The parameters of a listing that say the same as a kind: who sets one has the last word on it.
_SAME: dict[Kind, tuple[str, ...]] = {
    "category": ("category", "master_category", "sub_category", "article_type"),
    "base_color": ("base_color", "color_family"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as it was read. asked: as typed; understood: after corrections and what was given up."""

    asked: str
    understood: Understanding
    corrections: Sequence[Correction] = ()
    given_up: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of products, and how the query was read, if there was one."""

    found: Found
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page: by its number, or from a cursor on."""

    page: int = 1
    page_size: int = 24
    cursor: str | None = None


_FIRST_PAGE = Paging()


class Search:
    """Queries over the read model, with the words that this process knows."""

    def __init__(self, model: ReadModel, dictionary: Dictionary) -> None:
        self._model = model
        self._dictionary = dictionary

    async def vocabulary(self) -> Vocabulary:
        """The words that this process knows; another object once it knows others."""
        return await self._dictionary.vocabulary()

    async def answer(
        self,
        query: str | None,
        criteria: Criteria,
        paging: Paging = _FIRST_PAGE,
        *,
        as_typed: bool = False,
    ) -> Answer:
        """The products that a query means, within what is wanted besides; all of these without a query.

        wanted: filters that the shopper set. They are never given up, and stand instead of what the
        query says of the same. as_typed: nothing is corrected.
        Three statements at most, a look at the read model's version (twice a second) apart.
        Raises InvalidInput (422) for a cursor of another listing.
        """
        if query is None:
            return Answer(await self._page(criteria, paging))
        vocabulary = await self.vocabulary()
        reading, narrowed = await self._model.keep(
            (query, criteria.signature, as_typed, vocabulary),
            lambda: self._read(query, criteria, vocabulary, as_typed=as_typed),
        )
        return Answer(await self._page(narrowed, paging), reading)

    async def _read(
        self, query: str, criteria: Criteria, vocabulary: Vocabulary, *, as_typed: bool
    ) -> tuple[Reading, Criteria]:
        """How a query is best read, and what is then wanted. One statement, or none."""
        text, corrections = (query, []) if as_typed else corrected(query, vocabulary)
        tried = steps(_apart_from(understand(text, vocabulary), criteria))
        asked = [_narrowed(step.understanding, criteria, vocabulary) for step in tried]
        as_named = as_words(query)
        if len(as_named.words) >= _NAME_WORDS:
            tried.insert(0, Step(as_named))
            asked.insert(0, replace(criteria, called=query))
        enough = [step.enough for step in tried]
        first = await self._model.first_found(asked, enough) if len(asked) > 1 else 0
        step = tried[first]
        if step.understanding is as_named:
            corrections = []
        return Reading(query, step.understanding, corrections, step.given_up), asked[first]

    async def suggestions(
        self, text: str, *, products: int
    ) -> tuple[Suggestions, list[dict[str, Any]]]:
        """What may be meant by an unfinished text, and products that say so, one of a style. Two
        statements at most; no model is asked."""
        found = suggest(text, await self.vocabulary())
        words = [token.word for token in tokens(found.read_as)]
        if not words:
            return found, []
        said = Criteria(words=f"{' & '.join(words)}:*")
        [cards] = await self._model.picks([said], most=products * _COLOURS)
        by_style: dict[str, dict[str, Any]] = {}
        for product in map(json.loads, cards):
            by_style.setdefault(product["style_id"], product)
        return found, list(by_style.values())[:products]

    async def _page(self, criteria: Criteria, paging: Paging) -> Found:
        return await self._model.listing(
            criteria, page=paging.page, page_size=paging.page_size, cursor=paging.cursor
        )


def _apart_from(understood: Understanding, criteria: Criteria) -> Understanding:
    """What is left to understand where the shopper has set filters of the same kind."""
    is_priced = (criteria.min_price, criteria.max_price) != (None, None)
    return understood.dropping(
        part
        for part in understood.parts
        if (is_priced if part.kind == "price" else _is_set(part.kind, criteria))
    )


def _is_set(kind: Kind, criteria: Criteria) -> bool:
    return any(criteria.filters.get(name) for name in _SAME.get(kind, (kind,)))


def _narrowed(understood: Understanding, criteria: Criteria, vocabulary: Vocabulary) -> Criteria:
    """What is wanted, and besides what was understood. Prices become minor units, two digits of them."""
    filters = dict(criteria.filters)
    preferred = dict(criteria.preferred)
    low, high = understood.low, understood.high
    for kind in get_args(Kind):
        if values := understood.values(kind):
            filters[kind] = values
        exact = understood.preferred(kind)
        if exact and set(exact) != set(values):
            preferred[kind] = exact
    ranked_by = ranking_query(understood, vocabulary)
    is_ranked = ranked_by or preferred or criteria.preferred_price
    return replace(
        criteria,
        filters=filters,
        min_price=criteria.min_price if low is None else math.ceil(low * 100),
        max_price=criteria.max_price if high is None else math.floor(high * 100),
        words=text_query(understood, vocabulary),
        ranked_by=ranked_by,
        preferred=preferred,
        sort="featured" if criteria.sort == "relevance" and not is_ranked else criteria.sort,
    )
