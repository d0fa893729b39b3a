"""Whom a query is for. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from storefront.search.language.parsed_query import Segment, segment_of
from storefront.search.language.vocabulary import Vocabulary

_PRONOUNS = frozenset({"her", "him"})


def for_the_fewest(segments: Sequence[Segment], text: str) -> list[Segment]:
    """The segments; of people that are said twice, the narrower ones: a toddler girl is a girl. Of a
    daughter and *her* party, her is the daughter."""
    people = [s for s in segments if s.attribute == "gender" and s.is_required]
    if named := [s for s in people if text[s.start : s.end].casefold() not in _PRONOUNS]:
        segments = [s for s in segments if s not in people or s in named]
        people = named

    def narrowed(one: Segment) -> Segment:
        fewer = next((other for other in people if {*other.exact} < {*one.exact}), one)
        return replace(fewer, start=one.start, end=one.end)

    return [narrowed(one) if one in people else one for one in segments]


def with_wearers(segments: list[Segment], text: str, vocabulary: Vocabulary) -> list[Segment]:
    """The segments; if nobody is named, those for whom a kind is that is called so rank first:
    panties."""
    kinds = [one for one in segments if one.attribute == "category" and one.is_required]
    if not kinds or any(one.attribute == "gender" for one in segments):
        return segments
    people = vocabulary.worn_by(text[kinds[-1].start : kinds[-1].end])
    if people is None:
        return segments
    wearers = segment_of(people, kinds[-1].start, kinds[-1].end)
    return [*segments, replace(wearers, is_filter=False)]
