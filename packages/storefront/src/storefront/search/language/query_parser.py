"""Parses a query as a shopper means it: ``navy blue kurta under 1500`` is a colour, a kind and a price.

Pure. What is not recognised stays as words, which a product's text must contain.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from storefront.search.language import price_phrases
from storefront.search.language.vocabulary import Attribute, Meaning, Vocabulary
from storefront.search.language.words import Token, tokens

# Words without meaning here. The first lines are the stop words of Postgres's English text search
# (english.stop of PostgreSQL 18), which it drops from product texts.
_STOP_WORDS = frozenset(
    word
    for line in (
        "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she",
        "her hers herself it its itself they them their theirs themselves what which who whom this that",
        "these those am is are was were be been being have has had having do does did doing a an the",
        "and but if or because as until while of at by for with about against between into through",
        "during",
        "before after above below to from up down in out on off over under again further then once here",
        "there when where why how all any both each few more most other some such no nor not only own",
        "same so than too very s t can will just don should now",
        "best buy cheap find fit get gift give good help like looking look need new nice online please",
        "product products search shop show something stylish trendy want wear wearing would size sized",
        "color",
        "colour coloured colored without n",
    )
    for word in line.split()
)
_SEPARATOR = re.compile(r"[,&/+]|\b(?:and|or)\b", re.I)  # of alternatives: shirts and jeans
_ACCESSORY = frozenset(
    {"with", "without"}
)  # what follows is part of the product: kurta with dupatta
_BARE_SIZES = frozenset({"xs", "xl", "xxl", "xxxl"})  # sizes even without the word "size"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the query that names values of one attribute, as alternatives.

    label: its name on a filter chip. exact: the values it names; near: others to widen it to.
    start, end: characters of the query. is_name: whether it is the catalogue's own name for it.
    """

    attribute: Attribute | Literal["price"]
    label: str
    values: tuple[str, ...]
    exact: tuple[str, ...]
    start: int
    end: int
    near: tuple[str, ...] = ()
    is_name: bool = True
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_filter(self) -> bool:
        """False for a season, which only ranks: in a catalogue it is when a product was first sold."""
        return self.attribute != "season"


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query in segments. words: those left over, to be matched against a product's text.

    required: whether all of the words, any of them, or none, in which case they only rank.
    """

    text: str
    segments: tuple[Segment, ...] = ()
    words: tuple[Token, ...] = ()
    required: Literal["all", "any", "none"] = "all"

    def values(self, attribute: Attribute) -> list[str]:
        """The values of this attribute to filter by; empty for no filter."""
        found = (s.values for s in self.segments if s.attribute == attribute and s.is_filter)
        return list(dict.fromkeys(value for values in found for value in values))

    def preferred(self, attribute: Attribute) -> list[str]:
        """The values of this attribute that rank first."""
        found = (segment.exact for segment in self.segments if segment.attribute == attribute)
        return list(dict.fromkeys(value for values in found for value in values))

    @property
    def low(self) -> Decimal | None:
        """The lowest price, in the major unit; of several the last one."""
        return next((s.low for s in reversed(self.segments) if s.low is not None), None)

    @property
    def high(self) -> Decimal | None:
        """The highest price, in the major unit; of several the last one."""
        return next((s.high for s in reversed(self.segments) if s.high is not None), None)

    def without(self, segment: Segment) -> str:
        """The query with this segment cut out: where its chip leads when removed."""
        rest = self.text[: segment.start] + " " + self.text[segment.end :]
        return " ".join(rest.split())

    def widened(self) -> "ParsedQuery":
        """The same with near values beside the named ones."""
        segments = (
            replace(s, values=tuple(dict.fromkeys(s.values + s.near))) for s in self.segments
        )
        return replace(self, segments=tuple(segments))

    def dropping(self, dropped: Iterable[Segment]) -> "ParsedQuery":
        """The same without these segments."""
        gone = list(dropped)
        return replace(self, segments=tuple(s for s in self.segments if s not in gone))


def parse(text: str, vocabulary: Vocabulary) -> ParsedQuery:
    """The segments and words of a query, in its order."""
    bounds = price_phrases.bounds(text)
    said = [t for t in tokens(text) if not any(b.start <= t.start < b.end for b in bounds)]
    segments = [
        Segment("price", _price_label(b), (), (), b.start, b.end, low=b.low, high=b.high)
        for b in bounds
    ]
    left: list[Token] = []
    at = 0
    while at < len(said):
        length, segment = _segment_at(said[at:], vocabulary)
        if segment:
            segments.append(segment)
        else:
            left.append(said[at])
        at += length
    segments.sort(key=lambda segment: segment.start)
    modifiers = _modifiers(segments, text)
    left += [t for segment in modifiers for t in said if segment.start <= t.start < segment.end]
    words = [token for token in left if token.word not in _STOP_WORDS]
    return ParsedQuery(
        text,
        tuple(segment for segment in segments if segment not in modifiers),
        tuple(sorted(words, key=lambda token: token.start)),
    )


def as_words(text: str) -> ParsedQuery:
    """The query as words only, all to be matched against a product's text."""
    return ParsedQuery(text, words=tuple(t for t in tokens(text) if t.word not in _STOP_WORDS))


def text_query(query: ParsedQuery, vocabulary: Vocabulary) -> str | None:
    """The words that a product must contain, as a Postgres text search query: ``(a | b) & c:*``.

    Postgres stems them. A last word that the catalogue does not contain may be unfinished: it matches
    as a prefix. None where there are no words, or none is required.
    """
    if query.required == "none":
        return None
    alternatives = _alternatives(query.words, query.text, vocabulary)
    return (" & " if query.required == "all" else " | ").join(alternatives) or None


def ranking_query(query: ParsedQuery, vocabulary: Vocabulary) -> str | None:
    """The words that rank, in the same form; None where text does not count.

    All words of the query where some are left over, where it uses another name than the catalogue
    (loafers are among the casual shoes), or names several brands (one of which may be in a name).
    """
    brands = [segment for segment in query.segments if segment.attribute == "brand"]
    counts = query.words or len(brands) > 1 or not all(s.is_name for s in query.segments)
    if not counts:
        return None
    words = as_words(query.text).words
    return " | ".join(_alternatives(words, query.text, vocabulary)) or None


def _alternatives(words: Sequence[Token], text: str, vocabulary: Vocabulary) -> list[str]:
    last = tokens(text)[-1:]
    found = []
    for token in words:
        alike = vocabulary.alike.get(token.word, (token.word,))
        is_prefix = [token] == last and not vocabulary.speller.knows(token.word)
        found.append(f"{token.word}:*" if is_prefix else f"({' | '.join(alike)})")
    return found


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the query that was read as another."""

    was: str
    now: str


def corrected(text: str, vocabulary: Vocabulary) -> tuple[str, list[Correction]]:
    """The query with unknown words replaced by the most likely known ones, and the replacements.

    Words of a recognised phrase, of a price and stop words are left alone, and so is a last word that
    may be unfinished.
    """
    corrections: list[Correction] = []
    result = text
    last = tokens(text)[-1:]
    for token in reversed(parse(text, vocabulary).words):
        if vocabulary.speller.knows(token.word):
            continue
        if [token] == last and vocabulary.speller.begins_a_word(token.word):
            continue
        if now := vocabulary.speller.correction(token.word) or _split(token.word, vocabulary):
            corrections.append(Correction(text[token.start : token.end], now))
            result = result[: token.start] + now + result[token.end :]
    return result, corrections[::-1]


def _split(word: str, vocabulary: Vocabulary) -> str | None:
    """Two known words written as one: ``bluejeans``."""
    for at in range(3, len(word) - 2):
        if vocabulary.meaning(word[:at]) and vocabulary.meaning(word[at:]):
            return f"{word[:at]} {word[at:]}"
    return None


def _segment_at(said: Sequence[Token], vocabulary: Vocabulary) -> tuple[int, Segment | None]:
    """The segment that starts with the first of these words, and how many words it takes; 1 if none."""
    words = [token.word for token in said]
    if words[0] in ("size", "sized") and len(words) > 1 and words[1] in vocabulary.sizes:
        return 2, _size(vocabulary.sizes[words[1]], said[0].start, said[1].end)
    if words[0] in _BARE_SIZES and words[0] in vocabulary.sizes:
        return 1, _size(vocabulary.sizes[words[0]], said[0].start, said[0].end)
    if found := vocabulary.longest(words):
        length, meaning = found
        return length, _segment(meaning, said[0].start, said[length - 1].end)
    return 1, None


def _segment(meaning: Meaning, start: int, end: int) -> Segment:
    return Segment(
        meaning.attribute,
        meaning.label,
        meaning.values,
        meaning.exact,
        start,
        end,
        near=meaning.near,
        is_name=meaning.is_name,
    )


def _size(label: str, start: int, end: int) -> Segment:
    return Segment("size", f"Size {label}", (label,), (label,), start, end)


def _price_label(bound: price_phrases.Bounds) -> str:
    if bound.low is None:
        return f"Up to {bound.high}"
    return f"From {bound.low}" + (f" to {bound.high}" if bound.high is not None else "")


def _modifiers(segments: Sequence[Segment], text: str) -> list[Segment]:
    """Categories that only describe another: ``t-shirt`` of a t-shirt bra, ``dupatta`` of a kurta with
    one. Of several the last is the product; after ``with`` comes an accessory of it."""
    categories = [segment for segment in segments if segment.attribute == "category"]
    modifiers: list[Segment] = []
    for one, other in pairwise(categories):
        between = text[one.end : other.start]
        if _SEPARATOR.search(between):
            continue
        is_accessory = any(token.word in _ACCESSORY for token in tokens(between))
        modifiers.append(other if is_accessory else one)
    return modifiers
