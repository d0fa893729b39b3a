"""Derives the criteria of a listing from a parsed query and the filters that were set. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from storefront.search.criteria import NOT_WORDS, Criteria, Word, Words, price_bounds
from storefront.search.language.meanings import Attribute
from storefront.search.language.parsed_query import ParsedQuery, Segment
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.language.word_matching import (
    excluded_colours,
    excluded_words,
    lacking_words,
    literal_terms,
    names,
    ranking_words,
    required_words,
)

_BY_MATCH = ("relevance", "featured")  # sorts in which those that match better come first
# The listing parameters that set the same attribute: setting one overrides the query.
_PARAMETERS: dict[str, tuple[str, ...]] = {
    "category": ("category", "master_category", "sub_category", "article_type"),
    "base_color": ("base_color", "color_family"),
}


def without_overridden(
    query: ParsedQuery, criteria: Criteria, *, narrowing: bool = True
) -> ParsedQuery:
    """The query without the parts that filters set by the shopper override. narrowing: whether to leave
    in its kinds and what it excludes."""
    return query.dropping(
        segment
        for segment in query.segments
        if _is_overridden(segment, criteria) and not (narrowing and _narrows(segment))
    )


def narrowing(query: ParsedQuery) -> ParsedQuery:
    """The query with nothing but its kinds and what it excludes."""
    return replace(query, segments=tuple(filter(_narrows, query.segments)), words=())


def _narrows(segment: Segment) -> bool:
    return segment.is_excluded or segment.attribute == "category"


def _is_overridden(segment: Segment, criteria: Criteria) -> bool:
    if segment.attribute == "price":
        return (criteria.min_price, criteria.max_price) != (None, None)
    names = _PARAMETERS.get(segment.attribute, (segment.attribute,))
    return any(criteria.filters.get(name) for name in names)


def combined(
    query: ParsedQuery, criteria: Criteria, vocabulary: Vocabulary, currency: str
) -> Criteria:
    """The criteria combined with those of the query. Prices become minor units."""
    if query.word_match == "nothing":
        return replace(criteria, words=Words())
    found = _with_prices(_with_values(criteria, query), query, currency)
    found = _with_words(found, query, vocabulary)
    has_ranking = found.ranking_words or found.preferred or query.meant or found.preferred_price
    found = replace(found, **_sort(query, criteria, has_ranking=bool(has_ranking)))
    return _with_names(found, _named(query, criteria, vocabulary))


def _with_values(criteria: Criteria, query: ParsedQuery) -> Criteria:
    """With the attributes that the query names, excludes and prefers."""
    filters, excluded = dict(criteria.filters), dict(criteria.excluded)
    preferred = dict(criteria.preferred)
    has_literal = bool(literal_terms(query))
    for attribute in get_args(Attribute):
        if values := query.values(attribute):
            filters[_filter_of(attribute, criteria)] = values
        if left_out := query.excluded(attribute):
            excluded[attribute] = left_out
        exact = query.preferred(attribute)
        # Names with all the words may be of another kind: the named one ranks first.
        is_open = attribute == "category" and has_literal
        if exact and (set(exact) != set(values) or is_open):
            preferred[attribute] = exact
    names_category = query.values("category") and _filter_of("category", criteria) == "category"
    return replace(
        criteria,
        filters=filters,
        from_query=frozenset(filters.keys() - criteria.filters.keys()),
        conjunctive=frozenset({"category"} if names_category else ()),
        excluded=excluded,
        preferred=preferred,
        meant=query.meant,
    )


def _filter_of(attribute: str, criteria: Criteria) -> str:
    """The filter of an attribute of the query: a kind narrows the category that the shopper chose."""
    is_in_chosen = any(criteria.filters.get(name) for name in _PARAMETERS["category"])
    return "kind" if attribute == "category" and is_in_chosen else attribute


def _with_prices(criteria: Criteria, query: ParsedQuery, currency: str) -> Criteria:
    low, high = price_bounds(query.low, query.high, currency)
    return replace(
        criteria,
        min_price=criteria.min_price if low is None else low,
        max_price=criteria.max_price if high is None else high,
    )


def _with_words(criteria: Criteria, query: ParsedQuery, vocabulary: Vocabulary) -> Criteria:
    """With the words that products must, must not and should have. criteria: with the query's values."""
    required = required_words(query, vocabulary)
    literal = literal_terms(query)
    open_to_names = sorted({*criteria.from_query, "words"} - {"offer", "size", "brand"})
    return replace(
        criteria,
        words=_words(required, is_any=query.word_match == "any"),
        excluded_words=_words(excluded_words(query, vocabulary), is_any=True),
        excluded_names=excluded_colours(query),
        ranking_words=_words(ranking_words(query, vocabulary)),
        literal=literal,
        literal_for=tuple(open_to_names) if literal else (),
    )


def _named(
    query: ParsedQuery, criteria: Criteria, vocabulary: Vocabulary
) -> dict[str, tuple[tuple[str, ...], ...]]:
    """By filter, what names say in its place. criteria: those that the shopper set."""
    named = {
        _filter_of(attribute, criteria): said
        for attribute, said in names(query, vocabulary).items()
        if attribute == "category" or attribute not in criteria.filters
    }
    if lacking := lacking_words(query, vocabulary):
        named[NOT_WORDS] = tuple((word,) for word in lacking)
    return named


def _with_names(criteria: Criteria, named: Mapping[str, tuple[tuple[str, ...], ...]]) -> Criteria:
    """The criteria with products whose name says what they are listed otherwise. Those that are listed
    as the kind come first, unless sorted by price or the like; what is called plum is as good as what
    is listed as purple."""
    if not named:
        return criteria
    listed = {one: said for one, said in named.items() if one not in ("category", "kind")}
    if listed == named or criteria.sort not in _BY_MATCH:
        return replace(criteria, named=named)
    return replace(criteria, named=named, first=(replace(criteria, named=listed),))


def _sort(query: ParsedQuery, criteria: Criteria, *, has_ranking: bool) -> dict[str, Any]:
    """The order of the criteria; if that is by relevance, the order that the query asks for."""
    if criteria.sort != "relevance":
        return {}
    sort, direction = query.sort or ("relevance" if has_ranking else "featured", criteria.direction)
    return {"sort": sort, "direction": direction}


def by_code(
    product_ids: Sequence[int], criteria: Criteria, query: ParsedQuery, vocabulary: Vocabulary
) -> Criteria:
    """Products with the code first, then those whose text contains it."""
    words = Words(required_words(query, vocabulary), product_ids=tuple(product_ids))
    return replace(criteria, words=words, ranking_words=words)


def _words(words: Sequence[Word], *, is_any: bool = False) -> Words | None:
    return Words(tuple(words), is_any=is_any) if words else None
