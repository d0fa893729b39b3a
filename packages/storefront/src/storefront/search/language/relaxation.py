"""What to widen or drop, and in which order, if too little matches the whole query. Pure.

Only parts of the query are dropped, never a filter that the shopper set.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from storefront.catalog.genders import ALSO_FOR
from storefront.search.language.fillers import STOP_WORDS, WEAK_WORDS
from storefront.search.language.meanings import KIND_DEPTH, Attribute
from storefront.search.language.needs import distinct
from storefront.search.language.parsed_query import Label, ParsedQuery, QueryWord, Segment
from storefront.search.language.query_parser import as_words
from storefront.search.language.tokenizer import tokens
from storefront.search.language.vocabulary import Vocabulary

_GIFTS = frozenset({"gift", "gifts", "present", "presents", "🎁"})
_INTERESTS = frozenset({"Sports", "Travel"})  # usages that are no occasions
FEW = 10  # below this, wider results follow the exact ones

# Least important first: a size may be restocked, a price may be exceeded; the kind comes last.
_DROP_ORDER = ("size", "price", "offer", "usage", "base_color", "gender", "brand", "category")
_SAID: tuple[Attribute, ...] = ("base_color", "gender", "usage", "brand")  # in names, too
_GROWN_UP: dict[tuple[str, ...], str] = {("Girls",): "Women", ("Boys",): "Men"}
_KEPT: tuple[Attribute, ...] = ("category", "gender")  # by what only comes close


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One variant of a query. given_up: what it no longer requires, as shown to the shopper.

    enough: with this many products it is used; with fewer the next one is tried.
    """

    query: ParsedQuery
    given_up: tuple[Label | str, ...] = ()
    enough: int = 1


def relaxations(query: ParsedQuery) -> list[Relaxation]:
    """The variants to try, the query itself first; each of them still requires something.

    Few results are first widened: remaining words only rank, then near colours are included; but the
    few that contain a code, or all words of a query with nothing else, and the cheapest are what
    was asked for. Segments are dropped only if nothing matches: for a kind for girls, those for women;
    for a kind for women, similar kinds for them; for a brand's kind, all products of the brand in the
    same department; each one alone, then more and more of them together, finally all except the words.
    """
    segments = _by_importance(query)
    is_exact = query.sort is not None or any(word.is_code for word in query.words) or not segments
    enough = 1 if is_exact else FEW
    variants = [replace(variant, enough=enough) for variant in _widened(query, segments)]
    widest = variants[-1]
    for dropped in _dropped(segments):
        if [segment.attribute for segment in dropped] == ["gender"]:
            variants += _for_grown_ups(widest, dropped[0])
            variants += _of_a_similar_kind(widest, segments)
        if [segment.attribute for segment in dropped] == ["brand"]:
            variants += _in_the_department(widest, segments)
        labels = tuple(segment.label for segment in dropped)
        variants.append(Relaxation(widest.query.dropping(dropped), (*widest.given_up, *labels)))
    if query.words and segments:
        labels = tuple(segment.label for segment in segments)
        variants.append(Relaxation(replace(query.dropping(segments), word_match="any"), labels))
    return variants


def _by_importance(query: ParsedQuery) -> list[Segment]:
    """What it requires, least important first."""
    return sorted(
        (segment for segment in query.segments if segment.is_required),
        key=lambda segment: _DROP_ORDER.index(segment.attribute),
    )


def of_a_thing(query: ParsedQuery, thing: Segment) -> list[Relaxation]:
    """The variants of a query without a kind, whose words name a thing of these kinds: wedges, a model
    of a brand. Where few have all of it, it comes in other colours and of other brands, and after
    that whatever else is of these kinds; never of any kind."""
    segments = _by_importance(query)
    near = query.widened()
    first = [Relaxation(query, enough=FEW)]
    if near != query:
        first.append(Relaxation(near, enough=FEW))
    others = [
        Relaxation(query.dropping(dropped), tuple(one.label for one in dropped), enough=FEW)
        for dropped in _dropped([*segments, thing])
        if thing not in dropped
    ]
    with_kind = replace(query, segments=tuple(sorted((*query.segments, thing), key=_start)))
    return [*first, *others, *relaxations(with_kind)[1:]]


def _start(segment: Segment) -> int:
    return segment.start


def closest(variants: Sequence[Relaxation], chosen: int) -> list[Relaxation]:
    """The variants whose products come close where few match the chosen one: those after it of the same
    kind and for the same people; a need, or any of the words alone, may be about something else."""
    return [
        variant
        for variant in variants[chosen + 1 :]
        if variant.query.word_match != "any"
        and not variant.query.meant
        and all(_keeps(one, variants[chosen].query, variant.query) for one in _KEPT)
    ]


def _keeps(attribute: Attribute, query: ParsedQuery, wider: ParsedQuery) -> bool:
    return set(query.values(attribute)) <= set(wider.values(attribute))


def elsewhere(query: ParsedQuery) -> Relaxation | None:
    """The query with its kind widened to the department, if its words may belong to another kind.
    None if it has no words, or does not name exactly one kind."""
    kinds = [s for s in query.segments if s.attribute == "category" and s.is_required]
    if not query.words or len(kinds) != 1 or not any("/" in path for path in kinds[0].values):
        return None
    query = query.replacing(kinds[0], _departments(kinds[0]))
    return Relaxation(query, (kinds[0].label,), enough=FEW)


def at_home(query: ParsedQuery, wider: Relaxation, home: str) -> Relaxation:
    """The variant with the kind that its words belong to in addition to the named one: wedge sandals are
    listed as heels."""
    [kind] = [s for s in query.segments if s.attribute == "category" and s.is_required]
    return replace(wider, query=query.replacing(kind, (*kind.values, home)))


def in_names(query: ParsedQuery) -> ParsedQuery | None:
    """The query with only its kind as a filter: all other words must be said by a product. Before
    anything is given up, a T-shirt that is called green may be listed as yellow. None if the query says
    more than words can."""
    said = [
        s for s in query.segments if s.attribute in _SAID and s.is_required and _is_said(s, query)
    ]
    if not said or any(
        s.attribute not in ("category", *_SAID) for s in query.segments if s.is_filter
    ):
        return None
    if any(segment.is_excluded for segment in query.segments):
        return None
    kept = tuple(segment for segment in query.segments if segment not in said)
    words = tuple(
        word for word in as_words(query.text).words if not any(one.covers(word) for one in kept)
    )
    return replace(query, segments=kept, words=words)


def _is_said(segment: Segment, query: ParsedQuery) -> bool:
    """Whether its words say it by themselves: of *us polo*, names with *polo* are not that brand."""
    inside = (token.word for token in tokens(query.text) if segment.covers(token))
    return segment.attribute != "brand" or STOP_WORDS.isdisjoint(inside)


def with_need(
    query: ParsedQuery,
    vocabulary: Vocabulary,
    *,
    is_matched: bool,
    thing: Segment | None = None,
) -> list[Relaxation]:
    """The variants of a query without kind and brand, with the need that it may describe. thing: the
    kinds that its words name, if they do.

    is_matched: whether each of its words occurs in products. A few that have all of them are not
    what is needed, if it is phrased as a need: T-shirts that say "sleep" are not to sleep in. Otherwise
    one of them is enough: the only cricket jersey of India. (More than one product is enough for the
    need, so that it is tried before those few.)
    """
    whole = of_a_thing(query, thing) if thing else relaxations(query)
    first, *others = whole if is_matched else [Relaxation(query)]
    if gift := _gift(query, vocabulary):
        return [first, gift, *others] if _says_what_for(query) else [gift, first, *others]
    if _is_like_other_goods(query, vocabulary):
        return [first]
    need = about(query, vocabulary)
    if need is None or (thing and not is_said_as_a_need(query)):
        return [first, *others]
    first = replace(first, enough=FEW if is_said_as_a_need(query) else 1)
    return [first, need, *others]


def _is_like_other_goods(query: ParsedQuery, vocabulary: Vocabulary) -> bool:
    """Whether a thing of two words or more is like what other shops sell: products that have one of the
    words, such as the spice of a spice rack, are not what was asked for."""
    said = [word.word for word in query.words if word.word not in WEAK_WORDS]
    return (
        vocabulary.needs is not None
        and len(said) > 1
        and not is_said_as_a_need(query)
        and not any(segment.is_filter for segment in query.segments)
        and vocabulary.needs.is_like_others(said[-2:])
    )


def about(query: ParsedQuery, vocabulary: Vocabulary) -> Relaxation | None:
    """The query with its words interpreted as a need; None if that is unclear.

    The kinds that it is about become a segment of the query like any other, so that a chip shows and
    removes them. The words still rank.
    """
    said = [word for word in query.words if word.word not in WEAK_WORDS]
    if vocabulary.needs is None or not said or query.has_kind or query.values("brand"):
        return None
    words = [word.word for word in said]
    if any(map(vocabulary.is_sold_elsewhere, words)) and (
        not is_said_as_a_need(query) or vocabulary.needs.is_like_others(words)
    ):
        return None
    meant = distinct(vocabulary.needs.kinds(words))
    if not meant:
        return None
    end = said[-1].end if _are_next_to_each_other(query, said) else said[0].end
    names = tuple(vocabulary.kind_labels(meant)[:2])
    segment = Segment("category", names, meant, meant[:1], said[0].start, end, is_name=False)
    segments = sorted((*query.segments, segment), key=_start)
    return Relaxation(replace(query, segments=tuple(segments), words=(), meant=meant), enough=2)


def meant_within(query: ParsedQuery, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The kinds that a need is about, if it names only a wide one: which bag to take on a trek."""
    named = query.values("category")
    usages = [segment for segment in query.segments if segment.attribute == "usage"]
    said = [
        word.word
        for word in as_words(query.text).words
        if word in query.words or any(segment.covers(word) for segment in usages)
    ]
    is_wide = bool(named) and all(path.count("/") < KIND_DEPTH for path in named)
    if vocabulary.needs is None or not query.words or not is_wide or not is_said_as_a_need(query):
        return ()
    return distinct(vocabulary.needs.kinds(said, within=named))


def _gift(query: ParsedQuery, vocabulary: Vocabulary) -> Relaxation | None:
    """The query as one for a gift of any kind: for a man who has everything. None if it names none. An
    occasion, such as a wedding, only ranks: a gift for it is not worn there."""
    asked = next((token for token in tokens(query.text) if token.word in _GIFTS), None)
    ideas = vocabulary.meaning("gift ideas")
    if asked is None or ideas is None:
        return None
    kind = Segment(
        "category",
        ideas.names,
        ideas.values,
        ideas.exact[:1],
        asked.start,
        asked.end,
        is_name=False,
    )
    said = (replace(s, is_filter=s.is_filter and s.attribute != "usage") for s in query.segments)
    segments = sorted((*said, kind), key=_start)
    return Relaxation(replace(query, segments=tuple(segments), words=(), meant=ideas.exact))


def _says_what_for(query: ParsedQuery) -> bool:
    """Whether a query for a gift says what the person likes: spiderman, running."""
    is_liked = not _INTERESTS.isdisjoint(query.values("usage"))
    return is_liked or any(word.word not in WEAK_WORDS for word in query.words)


def is_said_as_a_need(query: ParsedQuery) -> bool:
    """Whether it has words typical of a need: something to, for my."""
    return any(token.word in STOP_WORDS for token in tokens(query.text))


def _are_next_to_each_other(query: ParsedQuery, said: Sequence[QueryWord]) -> bool:
    return not any(said[0].start < one.start < said[-1].end for one in query.segments)


def trials(variants: Sequence[Relaxation]) -> list[tuple[int, int]]:
    """The order in which to try the variants, as (number, how many products it must match).

    A few products are better than those of a variant that drops a segment.
    """
    enough = [variant.enough for variant in variants]
    widening = max((n for n, least in enumerate(enough, start=1) if least > 1), default=0)
    tried = list(enumerate(enough))
    few = [(number, 1) for number, least in reversed(tried[:widening]) if least > 1]
    return [*tried[:widening], *few, *tried[widening:]]


def _widened(query: ParsedQuery, segments: list[Segment]) -> Iterator[Relaxation]:
    yield Relaxation(query)
    text = " ".join(query.text_of(word) for word in query.words)
    given_up: tuple[Label | str, ...] = ()
    if segments and query.words:
        query, given_up = replace(query, word_match="none"), (text,)
        yield Relaxation(query, given_up)
    elif len(query.words) > 1:
        yield Relaxation(replace(query, word_match="any"), (text,))
    if any(set(segment.near) - set(segment.values) for segment in segments):
        yield Relaxation(query.widened(), given_up)


def _in_the_department(widest: Relaxation, segments: list[Segment]) -> Iterator[Relaxation]:
    """The kind widened to its department: for a brand without sandals, its other shoes."""
    for kind in segments:
        if kind.attribute == "category" and any("/" in path for path in kind.values):
            query = widest.query.replacing(kind, _departments(kind))
            yield Relaxation(query, (*widest.given_up, kind.label))


def _for_grown_ups(widest: Relaxation, people: Segment) -> Iterator[Relaxation]:
    """The kind for women, where it is there for no girls: many call themselves so."""
    if grown_up := _GROWN_UP.get(people.exact):
        query = widest.query.replacing(people, (grown_up, *ALSO_FOR[grown_up]))
        yield Relaxation(query, (*widest.given_up, people.label))


def _of_a_similar_kind(widest: Relaxation, segments: list[Segment]) -> Iterator[Relaxation]:
    """The kind widened to its siblings: for formal shoes for women, of which there are none, their
    other shoes rather than formal ones for men."""
    for kind in segments:
        if kind.attribute == "category" and all(path.count("/") > 1 for path in kind.values):
            beside = tuple(dict.fromkeys(path.rpartition("/")[0] for path in kind.values))
            query = widest.query.replacing(kind, beside)
            yield Relaxation(query, (*widest.given_up, kind.label))


def _departments(kind: Segment) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path.split("/")[0] for path in kind.values))


def _dropped(segments: list[Segment]) -> Iterator[list[Segment]]:
    """Segments to drop: each alone, then the first ones together; never all."""
    if len(segments) > 1:
        yield from ([segment] for segment in segments)
        yield from (segments[:count] for count in range(2, len(segments)))
