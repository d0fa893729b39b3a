"""What to widen or drop, and in which order, where too little matches a whole query. Pure.

Only what was read into the query is dropped, never a filter that the shopper set.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from storefront.search.language.parsed_query import ParsedQuery, Segment

FEW = 10  # below this, wider results follow behind the exact ones

# Least missed first: a size may be restocked, a price may stretch; the kind of product goes last.
_ORDER = ("size", "price", "usage", "base_color", "gender", "brand", "category")


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One variant of a query. given_up: what it no longer requires, as shown to the shopper.

    enough: with this many products it is taken; with fewer the next one is tried.
    """

    query: ParsedQuery
    given_up: tuple[str, ...] = ()
    enough: int = 1


def relaxations(query: ParsedQuery) -> list[Relaxation]:
    """The variants to try, the query itself first; each of them still requires something.

    Few results are first widened: left-over words only rank, then near colours are included; but the
    few that contain a code, or all words of a query without anything else, and the cheapest are what
    was asked for. Only where nothing matches are segments dropped: of a brand's kind all that the brand
    has in the same department, then each alone, then more and more of them together, at last all but the
    words.
    """
    segments = sorted(
        (segment for segment in query.segments if segment.is_required),
        key=lambda segment: _ORDER.index(segment.attribute),
    )
    is_exact = query.order is not None or any(word.is_code for word in query.words) or not segments
    enough = 1 if is_exact else FEW
    variants = [replace(variant, enough=enough) for variant in _widened(query, segments)]
    widest = variants[-1]
    for dropped in _dropped(segments):
        if [segment.attribute for segment in dropped] == ["brand"]:
            variants += _in_the_department(widest, segments)
        labels = tuple(segment.label for segment in dropped)
        variants.append(Relaxation(widest.query.dropping(dropped), (*widest.given_up, *labels)))
    if query.words and segments:
        labels = tuple(segment.label for segment in segments)
        variants.append(Relaxation(replace(query.dropping(segments), required="any"), labels))
    return variants


def trials(variants: Sequence[Relaxation]) -> list[tuple[int, int]]:
    """In which order to try the variants, as (number, how many products it must match).

    Few products are better than those of a variant that drops a segment, as long as there is any.
    """
    enough = [variant.enough for variant in variants]
    widening = max((n for n, least in enumerate(enough, start=1) if least > 1), default=0)
    tried = list(enumerate(enough))
    few = [(number, 1) for number, least in reversed(tried[:widening]) if least > 1]
    return [*tried[:widening], *few, *tried[widening:]]


def _widened(query: ParsedQuery, segments: list[Segment]) -> Iterator[Relaxation]:
    yield Relaxation(query)
    text = " ".join(query.text[word.start : word.end] for word in query.words)
    given_up: tuple[str, ...] = ()
    if segments and query.words:
        query, given_up = replace(query, required="none"), (text,)
        yield Relaxation(query, given_up)
    elif len(query.words) > 1:
        yield Relaxation(replace(query, required="any"), (text,))
    if any(set(segment.near) - set(segment.values) for segment in segments):
        yield Relaxation(query.widened(), given_up)


def _in_the_department(widest: Relaxation, segments: list[Segment]) -> Iterator[Relaxation]:
    """The kind widened to its department: of a brand without sandals its other shoes."""
    for kind in segments:
        if kind.attribute == "category" and any("/" in path for path in kind.values):
            departments = tuple(dict.fromkeys(path.split("/")[0] for path in kind.values))
            query = widest.query.replacing(kind, departments)
            yield Relaxation(query, (*widest.given_up, kind.label))


def _dropped(segments: list[Segment]) -> Iterator[list[Segment]]:
    """Segments to drop: each alone, then the first ones together; never all."""
    if len(segments) > 1:
        yield from ([segment] for segment in segments)
        yield from (segments[:count] for count in range(2, len(segments)))
