"""Reads a query as a shopper means it: ``navy blue kurta under 1500`` is a colour, a kind and a price.

Pure. What is not understood stays as words, which product texts must have.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from storefront.search.language import price_phrases as prices
from storefront.search.language.vocabulary import Kind, Meaning, Vocabulary
from storefront.search.language.words import Token, tokens

# What is said around a wish. The first lines are the stop words that Postgres's own English text search
# knows (english.stop of PostgreSQL 18): product texts have them no more.
_TALK = frozenset(
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
_APART = re.compile(r"[,&/+]|\b(?:and|or)\b", re.I)  # between alternatives: shirts and jeans
_BEYOND = frozenset({"with", "without"})  # what follows belongs to the thing: kurta with dupatta
_SIZES_ALONE = frozenset({"xs", "xl", "xxl", "xxxl"})  # read as sizes without being called so


@dataclass(frozen=True, slots=True)
class Part:
    """Something understood: values of one kind as alternatives, and where the query says so.

    label: what a chip calls it. exact: the values named themselves; near: others to widen it to.
    start, end: characters of the query. is_name: whether the query says it as the catalogue does.
    """

    kind: Kind | Literal["price"]
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
    def narrows(self) -> bool:
        """False for a season: a catalogue's is when a thing was first sold, so it only ranks."""
        return self.kind != "season"


@dataclass(frozen=True, slots=True)
class Understanding:
    """A query in parts. words: those left over, to be found in a product's text.

    needed: whether all of them, any of them, or none, when they only rank.
    """

    query: str
    parts: tuple[Part, ...] = ()
    words: tuple[Token, ...] = ()
    needed: Literal["all", "any", "none"] = "all"

    def values(self, kind: Kind) -> list[str]:
        """What this kind is narrowed to; empty for not at all."""
        found = (part.values for part in self.parts if part.kind == kind and part.narrows)
        return list(dict.fromkeys(value for values in found for value in values))

    def preferred(self, kind: Kind) -> list[str]:
        """The values of this kind that rank first."""
        found = (part.exact for part in self.parts if part.kind == kind)
        return list(dict.fromkeys(value for values in found for value in values))

    @property
    def low(self) -> Decimal | None:
        """The lowest price wanted, in the major unit; the last one named."""
        return next((p.low for p in reversed(self.parts) if p.low is not None), None)

    @property
    def high(self) -> Decimal | None:
        """The highest price wanted, in the major unit; the last one named."""
        return next((p.high for p in reversed(self.parts) if p.high is not None), None)

    def without(self, part: Part) -> str:
        """The query with what named this part cut out: where its chip leads when removed."""
        rest = self.query[: part.start] + " " + self.query[part.end :]
        return " ".join(rest.split())

    def widened(self) -> "Understanding":
        """The same with near values beside those named."""
        parts = (replace(p, values=tuple(dict.fromkeys(p.values + p.near))) for p in self.parts)
        return replace(self, parts=tuple(parts))

    def dropping(self, dropped: Iterable[Part]) -> "Understanding":
        """The same without these parts."""
        gone = list(dropped)
        return replace(self, parts=tuple(part for part in self.parts if part not in gone))


def understand(query: str, vocabulary: Vocabulary) -> Understanding:
    """The parts and words of a query, in its order."""
    bounds = prices.bounds(query)
    said = [t for t in tokens(query) if not any(b.start <= t.start < b.end for b in bounds)]
    parts = [
        Part("price", _price_label(b), (), (), b.start, b.end, low=b.low, high=b.high)
        for b in bounds
    ]
    left: list[Token] = []
    at = 0
    while at < len(said):
        length, part = _part_at(said[at:], vocabulary)
        if part:
            parts.append(part)
        else:
            left.append(said[at])
        at += length
    parts.sort(key=lambda one: one.start)
    modifiers = _modifiers(parts, query)
    left += [t for part in modifiers for t in said if part.start <= t.start < part.end]
    words = [token for token in left if token.word not in _TALK]
    return Understanding(
        query,
        tuple(part for part in parts if part not in modifiers),
        tuple(sorted(words, key=lambda token: token.start)),
    )


def as_words(query: str) -> Understanding:
    """The query with nothing understood: all its words, to be found in a product's text."""
    return Understanding(query, words=tuple(t for t in tokens(query) if t.word not in _TALK))


def text_query(understood: Understanding, vocabulary: Vocabulary) -> str | None:
    """The words that a product must say, as Postgres writes a text search query: ``(a | b) & c:*``.

    To be stemmed there. A last word that the catalogue does not know may be unfinished: it stands for
    all that begin so. None where there are no words, or none is needed.
    """
    if understood.needed == "none":
        return None
    said = _alternatives(understood.words, understood.query, vocabulary)
    return (" & " if understood.needed == "all" else " | ").join(said) or None


def ranking_query(understood: Understanding, vocabulary: Vocabulary) -> str | None:
    """The words that a product had better say, in the same form; None where its text does not count.

    All of the query's where some are left over, where it says a thing otherwise than the catalogue does
    (loafers are among the casual shoes), or names several brands (of which one may be in a name).
    """
    brands = [part for part in understood.parts if part.kind == "brand"]
    is_told = understood.words or len(brands) > 1 or not all(p.is_name for p in understood.parts)
    if not is_told:
        return None
    said = as_words(understood.query).words
    return " | ".join(_alternatives(said, understood.query, vocabulary)) or None


def _alternatives(words: Sequence[Token], query: str, vocabulary: Vocabulary) -> list[str]:
    last = tokens(query)[-1:]
    said = []
    for token in words:
        alike = vocabulary.alike.get(token.word, (token.word,))
        is_begun = [token] == last and not vocabulary.speller.knows(token.word)
        said.append(f"{token.word}:*" if is_begun else f"({' | '.join(alike)})")
    return said


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the query that was read as another."""

    was: str
    now: str


def corrected(query: str, vocabulary: Vocabulary) -> tuple[str, list[Correction]]:
    """The query with unknown words replaced by those most likely meant, and which they were.

    Words of an understood phrase, of prices and of talk are left alone, and so is a last word that may
    be an unfinished one.
    """
    corrections: list[Correction] = []
    text = query
    last = tokens(query)[-1:]
    for token in reversed(understand(query, vocabulary).words):
        if vocabulary.speller.knows(token.word):
            continue
        if [token] == last and vocabulary.speller.begins_a_word(token.word):
            continue
        if now := vocabulary.speller.correction(token.word) or _parted(token.word, vocabulary):
            corrections.append(Correction(query[token.start : token.end], now))
            text = text[: token.start] + now + text[token.end :]
    return text, corrections[::-1]


def _parted(word: str, vocabulary: Vocabulary) -> str | None:
    """Two known words written as one: ``bluejeans``."""
    for at in range(3, len(word) - 2):
        if vocabulary.meaning(word[:at]) and vocabulary.meaning(word[at:]):
            return f"{word[:at]} {word[at:]}"
    return None


def _part_at(said: Sequence[Token], vocabulary: Vocabulary) -> tuple[int, Part | None]:
    """The part that begins with the first of these words, and how many words it or nothing takes."""
    words = [token.word for token in said]
    if words[0] in ("size", "sized") and len(words) > 1 and words[1] in vocabulary.sizes:
        return 2, _size(vocabulary.sizes[words[1]], said[0].start, said[1].end)
    if words[0] in _SIZES_ALONE and words[0] in vocabulary.sizes:
        return 1, _size(vocabulary.sizes[words[0]], said[0].start, said[0].end)
    if found := vocabulary.longest(words):
        length, meaning = found
        return length, _part(meaning, said[0].start, said[length - 1].end)
    return 1, None


def _part(meaning: Meaning, start: int, end: int) -> Part:
    return Part(
        meaning.kind,
        meaning.label,
        meaning.values,
        meaning.exact,
        start,
        end,
        near=meaning.near,
        is_name=meaning.is_name,
    )


def _size(label: str, start: int, end: int) -> Part:
    return Part("size", f"Size {label}", (label,), (label,), start, end)


def _price_label(bound: prices.Bounds) -> str:
    if bound.low is None:
        return f"Up to {bound.high}"
    return f"From {bound.low}" + (f" to {bound.high}" if bound.high is not None else "")


def _modifiers(parts: Sequence[Part], query: str) -> list[Part]:
    """Categories that only describe another: ``t-shirt`` of a t-shirt bra, ``dupatta`` of a kurta with
    one. Of several the last is the thing itself; after ``with`` comes what belongs to it."""
    categories = [part for part in parts if part.kind == "category"]
    modifiers: list[Part] = []
    for one, other in pairwise(categories):
        between = query[one.end : other.start]
        if _APART.search(between):
            continue
        belongs = any(token.word in _BEYOND for token in tokens(between))
        modifiers.append(other if belongs else one)
    return modifiers
