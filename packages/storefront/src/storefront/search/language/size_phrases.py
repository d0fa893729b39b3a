"""Sizes that a query does not call so: ``jeans 32``, ``bra 34b``, ``dress for a 4 year old``. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from storefront.search.language.parsed_query import ParsedQuery, Segment
from storefront.search.language.tokenizer import key_of

_AT_START = re.compile(r"^\s*(?P<said>\d\w*)(?:\s+(?:size|waist))?(?=\s)", re.I)
_AT_END = re.compile(r"(?<=\s)(?:(?:in|waist)\s+)?(?P<said>\w+)(?:\s+(?:size|waist))?\s*$", re.I)
_UNIT = r"(?P<unit>y|yrs?|years?|mo|mths?|months?)"
_AGE = re.compile(
    r"\baged? (?P<age>\d{1,2})\b|"
    rf"\b(?P<low>\d{{1,2}})(?:\s*(?:-|–|to)\s*(?P<high>\d{{1,2}}))?[\s-]*{_UNIT}(?:[\s-]+olds?)?\b",
    re.I,
)
_GROWN = 15  # years
_OLD = re.compile(
    rf"\baged? (?P<age>\d{{1,2}})\b|\b(?P<low>\d{{1,2}})[\s-]*{_UNIT}[\s-]+olds?\b", re.I
)
_AGES = re.compile(rf"(?P<low>\d{{1,2}})(?:\s*-\s*(?P<high>\d{{1,2}}))?\s*(?:{_UNIT}|m)", re.I)


def with_size(query: ParsedQuery, sizes: Mapping[str, str]) -> ParsedQuery:
    """The query of a kind of product with its last word, a first number, or an age read as a size, if it
    can be one.

    sizes: the shop's labels, by key. Whether the kind comes in this size is not known here: a lipstick
    12 does not.
    """
    if not query.has_kind or any(segment.attribute == "size" for segment in query.segments):
        return query
    segment = (
        _age(query.text, sizes)
        or _at(_AT_END, query.text, sizes)
        or _at(_AT_START, query.text, sizes)
    )
    if segment is None or any(
        segment.start < one.end and one.start < segment.end for one in query.segments
    ):
        return query
    words = tuple(word for word in query.words if not segment.covers(word))
    segments = sorted((*query.segments, segment), key=lambda one: one.start)
    return replace(query, segments=tuple(segments), words=words)


def without_age(query: ParsedQuery) -> ParsedQuery:
    """The query without the words of an age, if it says anything else."""
    age = _AGE.search(query.text)
    if age is None:
        return query
    words = tuple(word for word in query.words if not age.start() <= word.start < age.end())
    return replace(query, words=words) if words or query.segments else query


def child_age(text: str) -> tuple[int, int] | None:
    """Where a text says how old a child is: 5 year old, aged 5; not two years of warranty."""
    match = _OLD.search(text)
    if match is None:
        return None
    is_grown = (match["unit"] or "y")[0] in "yY" and int(match["age"] or match["low"]) >= _GROWN
    return None if is_grown else match.span()


def _at(place: re.Pattern[str], text: str, sizes: Mapping[str, str]) -> Segment | None:
    match = place.search(text)
    label = sizes.get(key_of(match["said"])) if match else None
    return size_segment([label], *match.span()) if match and label else None


def _age(text: str, sizes: Mapping[str, str]) -> Segment | None:
    """An age as the sizes that are made for it: 4 years is 4-5Y, 5 months is 3-6M."""
    match = _AGE.search(text)
    if match is None:
        return None
    low, high = _months(match["age"] or match["low"], match["high"], match["unit"] or "years")
    labels = []
    for label in sizes.values():
        if ages := _AGES.fullmatch(label):
            first, last = _months(ages["low"], ages["high"], ages["unit"] or "months")
            if first <= high and low <= last:
                labels.append(label)
    return size_segment(labels, *match.span()) if labels else None


def _months(low: str, high: str | None, unit: str) -> tuple[int, int]:
    """The first and the last month of an age: of 4 years the 48th to the 59th, of 3-6 months the third
    to the fifth."""
    if unit[0] in "yY":
        return int(low) * 12, int(high or low) * 12 + 11
    return int(low), max(int(low), int(high or low) - 1)


def size_segment(labels: Sequence[str], start: int, end: int) -> Segment:
    """The segment of these sizes, as alternatives."""
    sizes = tuple(labels)
    return Segment("size", sizes, sizes, sizes, start, end)
