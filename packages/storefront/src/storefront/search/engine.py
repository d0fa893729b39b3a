"""Answers search queries: parsed, corrected where misspelt, relaxed where nothing matches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from weakref import ref

from pyroaring import BitMap64

from storefront.search.criteria import Criteria, Words
from storefront.search.language.corrections import Correction, corrected
from storefront.search.language.fillers import STOP_WORDS
from storefront.search.language.other_goods import is_sold_elsewhere
from storefront.search.language.parsed_query import Label, ParsedQuery, QueryWord, Segment
from storefront.search.language.query_parser import as_words, parse
from storefront.search.language.relaxation import (
    FEW,
    Relaxation,
    at_home,
    closest,
    elsewhere,
    in_names,
    meant_within,
    of_a_thing,
    relaxations,
    trials,
    with_need,
)
from storefront.search.language.tokenizer import normalized
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.language.word_matching import required_words
from storefront.search.occasions import with_similar
from storefront.search.paging import FIRST_PAGE, ListingPage, Paging
from storefront.search.query_criteria import by_code, combined, without_overridden
from storefront.search.read_model.cache import Cache
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader
from storefront.search.readings import with_products
from storefront.search.word_kinds import home, thing

_NAME_WORDS = 3  # from this many on, a query may be the name of a product
_RARE = 3  # products with a word: too few for a kind to have it
_MOST_CLOSE = 12
_CODE_LENGTH = 3  # from this many characters on, it may be a product's number, SKU or GTIN


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a query was read. query: as typed; parsed: after corrections and relaxation.

    exact: how many products match the whole query, and come first; None: all of them.
    """

    query: str
    parsed: ParsedQuery
    corrections: Sequence[Correction] = ()
    given_up: Sequence[Label | str] = ()
    exact: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of products, and the interpretation of the query, if there was one.

    close: the cards of products that match only a part of the query, to be shown after the last of
    the few that the page has; they are in no count.
    """

    page: ListingPage
    interpretation: Interpretation | None = None
    close: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Resolved:
    """An interpretation, the criteria of its listing, and those of products that come close."""

    interpretation: Interpretation
    criteria: Criteria
    closest: Sequence[Criteria] = ()


@dataclass(frozen=True, slots=True)
class _Choice:
    """The variant of a query that is used, and how many products match it. whole: the query before
    anything is given up, which `exact` products match; wider: those whose products come close."""

    variant: Relaxation
    total: int
    whole: ParsedQuery
    exact: int
    wider: Sequence[Relaxation]


class Search:
    """Search over the read model, with the vocabulary of this process."""

    def __init__(self, model: ReadModel, vocabulary_reader: VocabularyReader) -> None:
        self._model = model
        self._vocabulary_reader = vocabulary_reader
        self._resolved: Cache[_Resolved] = Cache(_CACHED_BYTES, lambda _: _RESOLVED_BYTES)

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
        says about the same attribute. as_typed: make no corrections.
        Three statements at most, plus the poll of the read model (four times a second).
        Raises InvalidInput (422) for a cursor of another listing.
        """
        if query is None:
            return Answer(await self._model.listing(criteria, paging))
        resolved = await self._resolve(query, criteria, as_typed=as_typed)
        page = await self._model.listing(resolved.criteria, paging)
        close: Sequence[str] = ()
        if resolved.closest and page.cards and page.next_cursor is None:
            close = await self._model.following(
                resolved.criteria, resolved.closest, limit=_MOST_CLOSE
            )
        return Answer(page, resolved.interpretation, close)

    async def criteria_of(self, query: str, criteria: Criteria) -> Criteria:
        """The criteria, and what a query requires besides, just as it is typed: nothing is corrected or
        given up. One statement at most."""
        vocabulary = await self._vocabulary_reader.vocabulary()
        parsed = without_overridden(parse(query, vocabulary), criteria)
        return combined(parsed, criteria, vocabulary, self.currency)

    async def matches(
        self, query: str | None, criteria: Criteria, *, as_typed: bool = False
    ) -> BitMap64:
        """The products that `answer` has on all of its pages, in no order. Not to be changed.

        One statement at most, beside the poll of the read model.
        """
        if query is not None:
            criteria = (await self._resolve(query, criteria, as_typed=as_typed)).criteria
        return await self._model.matches(criteria)

    async def _resolve(self, query: str, criteria: Criteria, *, as_typed: bool) -> _Resolved:
        """How a query is read, and the criteria that follow; cached."""
        vocabulary = await self._vocabulary_reader.vocabulary()
        return await self._resolved.get(
            (query, criteria.signature, as_typed, ref(vocabulary)),
            await self._model.current_version(),
            lambda: self._interpret(query, criteria, vocabulary, as_typed=as_typed),
        )

    async def _interpret(
        self, query: str, criteria: Criteria, vocabulary: Vocabulary, *, as_typed: bool
    ) -> _Resolved:
        """The best interpretation of a query, and its criteria. No statement; one for a code."""
        text, corrections = (query, []) if as_typed else corrected(query, vocabulary)
        parsed = await with_products(parse(text, vocabulary), criteria, vocabulary, self._model)
        parsed = await with_similar(parsed, vocabulary, self._model)

        to_criteria = self._criteria_of(criteria, vocabulary)
        if by_name := await self._by_name(query, criteria, vocabulary):
            by_words = _Resolved(Interpretation(query, parsed, corrections), to_criteria(parsed))
            return await self._name_first(by_name, by_words)
        variants = await self._variants(parsed, vocabulary)
        # Without the shopper's filters, so that each of them finds what its facet has counted.
        general = criteria.without_filters
        is_filtered = general.filter_signature != criteria.filter_signature
        to_general_criteria = self._criteria_of(general, vocabulary) if is_filtered else to_criteria
        choice = await self._choose(parsed, variants, to_general_criteria)
        if is_filtered:
            total = await self._model.count(to_criteria(choice.variant.query))
            exact = await self._model.count(to_criteria(choice.whole))
            choice = replace(choice, total=total, exact=exact)
            if not total:
                choice = await self._choose(parsed, variants, to_criteria)
        resolved = _Resolved(
            Interpretation(query, choice.variant.query, corrections, choice.variant.given_up),
            to_criteria(choice.variant.query),
        )
        is_by_match = criteria.sort == "relevance" and not parsed.sort
        used = choice.variant.query
        if not choice.total or not is_by_match or (used.meant and not used.words):
            return resolved
        wider = choice.wider if choice.total < FEW else ()
        if choice.exact < choice.total:
            resolved = _exact_first(resolved, to_criteria(choice.whole), choice.exact)
        return replace(resolved, closest=[to_criteria(one.query) for one in wider])

    def _criteria_of(
        self, criteria: Criteria, vocabulary: Vocabulary
    ) -> Callable[[ParsedQuery], Criteria]:
        """What makes a parsed query the criteria of a listing with these others; cached."""

        @cache
        def to_criteria(query: ParsedQuery) -> Criteria:
            return combined(query, criteria, vocabulary, self.currency)

        return to_criteria

    async def _choose(
        self,
        parsed: ParsedQuery,
        variants: Sequence[Relaxation],
        to_criteria: Callable[[ParsedQuery], Criteria],
    ) -> _Choice:
        """The variant with enough products; the first one if none has any."""
        best, total = await self._model.first_with_enough(
            lambda number: to_criteria(variants[number].query), trials(variants)
        ) or (0, 0)
        is_whole = variants[best].query == parsed
        exact = total if is_whole else await self._model.count(to_criteria(parsed))
        chosen = _Choice(variants[best], total, parsed, exact, closest(variants, best))
        said = None if is_whole or exact else in_names(parsed)
        if said is None or not (in_all := await self._model.count(to_criteria(said))):
            return chosen
        wider = closest([Relaxation(said), *variants[best:]], 0)
        return _Choice(Relaxation(said), in_all, said, in_all, wider)

    async def _by_name(
        self, query: str, criteria: Criteria, vocabulary: Vocabulary
    ) -> _Resolved | None:
        """The query, if it is the number, SKU or GTIN of a product, or the name of some; None
        for any other."""
        as_name = as_words(query)
        candidates: list[Criteria] = []
        if product_ids := await self._with_code(query):
            candidates.append(by_code(product_ids, criteria, as_name, vocabulary))
        if len(as_name.words) >= _NAME_WORDS:
            candidates.append(replace(criteria, exact_name=query))
        for one in candidates:
            if await self._model.count(one):
                return _Resolved(Interpretation(query, as_name), one)
        return None

    async def _name_first(self, by_name: _Resolved, by_words: _Resolved) -> _Resolved:
        """A query that is the name of products. If read by its words it matches these and
        others, they come first: there are more white Nike shoes than those called so."""
        interpretation = by_words.interpretation
        if (
            by_name.criteria.exact_name is None
            or by_name.criteria.sort != "relevance"
            or interpretation.corrections
            or interpretation.parsed.sort
        ):
            return by_name
        named = await self._model.product_ids(by_name.criteria)
        if not named < await self._model.product_ids(by_words.criteria):
            return by_name
        first = (by_name.criteria, *by_words.criteria.first)
        return replace(by_words, criteria=replace(by_words.criteria, first=first))

    async def _variants(self, query: ParsedQuery, vocabulary: Vocabulary) -> list[Relaxation]:
        """The variants to try. With a kind or brand, words that no product contains are dropped at once;
        without either, only the need that they may describe is tried: nothing matches a sofa,
        in any colour."""
        if is_sold_elsewhere(query, vocabulary) and not (
            (query.has_kind or query.values("brand")) and await self._count(query, vocabulary)
        ):
            return [Relaxation(replace(query, word_match="nothing"))]
        unmatched = [
            word for word in query.words if not await self._is_matched(word, query, vocabulary)
        ]
        named = await self._thing(query, unmatched, vocabulary)
        if not (query.has_kind or query.values("brand")):
            variants = with_need(query, vocabulary, is_matched=not unmatched, thing=named)
            return [*variants, *await self._by_what_it_names(query, unmatched, vocabulary)]
        given_up = tuple(query.text_of(word) for word in unmatched)
        kept = replace(query, words=tuple(word for word in query.words if word not in unmatched))
        variants = (
            of_a_thing(kept, named)
            if named
            else await self._with_elsewhere(relaxations(kept), kept, vocabulary)
        )
        if meant := meant_within(query, vocabulary):
            variants = [
                replace(one, query=replace(one.query, meant=meant))
                if one.query.word_match == "none" or not one.query.words
                else one
                for one in variants
            ]
        return [replace(variant, given_up=(*given_up, *variant.given_up)) for variant in variants]

    async def _thing(
        self, query: ParsedQuery, unmatched: Sequence[QueryWord], vocabulary: Vocabulary
    ) -> Segment | None:
        """The kinds that the words of a query without a kind name, where few match it. None if its brand
        has nothing similar."""
        words = tuple(word for word in query.words if word not in unmatched)
        if query.has_kind or not words or not any(one.is_required for one in query.segments):
            return None
        kept = replace(query, words=words)
        if await self._count(kept, vocabulary) >= FEW:
            return None
        named = await thing(kept, vocabulary, self._model)
        if named is None:
            return None
        brand = [one for one in query.segments if one.attribute == "brand"]
        similar = tuple({path.rpartition("/")[0] for path in named.values})
        sold = replace(query, segments=(*brand, replace(named, values=similar)), words=())
        return named if await self._count(sold, vocabulary) else None

    async def _count(self, query: ParsedQuery, vocabulary: Vocabulary) -> int:
        """How many products match a query alone."""
        return await self._model.count(combined(query, Criteria(), vocabulary, self.currency))

    async def _by_what_it_names(
        self, query: ParsedQuery, unmatched: Sequence[QueryWord], vocabulary: Vocabulary
    ) -> list[Relaxation]:
        """A query with unknown words, by the last other one that nearly always belongs to one kind and
        so names a thing: of an unknown team, a jersey is still a jersey."""
        if not unmatched:
            return []
        for named in reversed([word for word in query.words if word not in unmatched]):
            if await home(named, query, vocabulary, self._model):
                others = [word for word in query.words if word is not named]
                given_up = tuple(map(query.text_of, others))
                return [Relaxation(replace(query, words=(named,)), given_up)]
        return []

    async def _with_elsewhere(
        self, variants: list[Relaxation], query: ParsedQuery, vocabulary: Vocabulary
    ) -> list[Relaxation]:
        """The variants, with, in second place, the kind of the same department that the words belong
        to, if they are rare in the named kind."""
        wider = elsewhere(query)
        listed = replace(combined(query, Criteria(), vocabulary, self.currency), named={})
        if wider is None or await self._model.count(listed) >= _RARE:
            return variants
        homes = {await home(word, wider.query, vocabulary, self._model) for word in query.words}
        only = homes.pop()
        if homes or only is None:
            return variants
        return [variants[0], at_home(query, wider, only), *variants[1:]]

    async def _is_matched(
        self, word: QueryWord, query: ParsedQuery, vocabulary: Vocabulary
    ) -> bool:
        [wanted] = required_words(replace(query, words=(word,)), vocabulary)
        is_known = vocabulary.contains(word.word) or all(map(vocabulary.contains, word.parts))
        if not (query.has_kind or wanted.is_prefix or is_known):
            return False
        criteria = Criteria(words=Words((wanted,)))
        return await self._model.count(criteria) > 0

    async def _with_code(self, query: str) -> list[int]:
        """The products with this number, SKU or GTIN, if the query looks like one."""
        said = [chunk for chunk in query.split() if normalized(chunk) not in _CODE_LABELS]
        if len(said) != 1 or len(said[0]) < _CODE_LENGTH or not any(map(str.isdigit, said[0])):
            return []
        return await self._model.with_code(said[0])


def _exact_first(resolved: _Resolved, whole: Criteria, exact: int) -> _Resolved:
    """The same with the products first that match the whole query, and how many they are."""
    first = (*whole.first, whole, *resolved.criteria.first)
    return replace(
        resolved,
        interpretation=replace(resolved.interpretation, exact=exact),
        criteria=replace(resolved.criteria, first=first) if exact else resolved.criteria,
    )


_CACHED_BYTES = 5_000_000
_RESOLVED_BYTES = 10_000
_CODE_LABELS = STOP_WORDS | {
    "sku", "gtin", "ean", "upc", "barcode", "code", "number", "id", "article", "style",
}  # fmt: skip
