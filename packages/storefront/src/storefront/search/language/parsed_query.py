"""A parsed query: its segments, the remaining words, and the order that it asks for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from storefront.search.criteria import Direction, Sort
from storefront.search.language.meanings import Attribute, Meaning
from storefront.search.language.measures import is_measure
from storefront.search.language.tokenizer import Token

Kind = Attribute | Literal["price", "words", "sort"]

RANKS_ONLY = ("season", "usage")


@dataclass(frozen=True, slots=True)
class Label:
    """What a part of the query is called, before it is put into words. names: alternatives."""

    attribute: Kind
    names: tuple[str, ...]
    low: Decimal | None = None
    high: Decimal | None = None
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the query that names values of one attribute, as alternatives.

    names: of its alternatives, as shown. exact: the values it names; near: others to widen it to.
    start, end: characters of the query. is_name: whether it is the catalogue's own name.
    is_excluded: products with these values are excluded; if the attribute is words, those whose name
    contains one of these.
    is_filter: False if it only ranks: a season, which in a catalogue is when a product was first
    sold, and a usage in addition to a kind of product.
    """

    attribute: Kind
    names: tuple[str, ...]
    values: tuple[str, ...]
    exact: tuple[str, ...]
    start: int
    end: int
    near: tuple[str, ...] = ()
    is_name: bool = True
    low: Decimal | None = None
    high: Decimal | None = None
    sort: tuple[Sort, Direction] | None = None
    is_filter: bool = True
    is_excluded: bool = False

    @property
    def label(self) -> Label:
        """What it is called."""
        return Label(self.attribute, self.names, self.low, self.high, self.is_excluded)

    @property
    def is_required(self) -> bool:
        """Whether products must have one of its values."""
        return self.is_filter and not self.is_excluded and self.sort is None

    def covers(self, word: "Token | QueryWord") -> bool:
        """Whether a word of the query begins in it."""
        return self.start <= word.start < self.end


def segment_of(meaning: Meaning, start: int, end: int) -> Segment:
    """The segment of these characters, which mean this."""
    return Segment(
        meaning.attribute,
        meaning.names,
        meaning.values,
        meaning.exact,
        start,
        end,
        near=meaning.near,
        is_name=meaning.is_name,
    )


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of the query, or several joined by signs. word: the indexed term of the whole.

    is_signed: whether it is written with a sign (SPF-15, O'Neill): names with it rank first.
    """

    word: str
    parts: tuple[str, ...]
    start: int
    end: int
    is_signed: bool = False

    @property
    def is_code(self) -> bool:
        """Whether it names one thing: letters and digits together, digits with signs, or many digits;
        but 50g of anything do not."""
        digits = sum(map(str.isdigit, self.word))
        is_mixed = digits < len(self.word) and not is_measure(self.word)
        return bool(digits) and (digits > 4 or is_mixed)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query in segments. words: the remaining ones, to match against a product's text.

    word_match: all of the words, any of them, or none, in which case they only rank; nothing: the
    shop does not sell it. meant: the categories that its words are about, best first, if they are
    used for the search.
    """

    text: str
    segments: tuple[Segment, ...] = ()
    words: tuple[QueryWord, ...] = ()
    word_match: Literal["all", "any", "none", "nothing"] = "all"
    meant: tuple[str, ...] = ()

    def text_of(self, part: Segment | QueryWord) -> str:
        """A part as it is written in the query."""
        return self.text[part.start : part.end]

    def values(self, attribute: Attribute) -> list[str]:
        """The values of this attribute to filter by; empty for no filter."""
        found = (s.values for s in self.segments if s.attribute == attribute and s.is_required)
        return list(dict.fromkeys(value for values in found for value in values))

    def excluded(self, attribute: Attribute) -> list[str]:
        """The values of this attribute that products must not have."""
        found = (s.values for s in self.segments if s.attribute == attribute and s.is_excluded)
        return list(dict.fromkeys(value for values in found for value in values))

    def preferred(self, attribute: Attribute) -> list[str]:
        """The values of this attribute that rank first."""
        found = (s.exact for s in self.segments if s.attribute == attribute and not s.is_excluded)
        return list(dict.fromkeys(value for values in found for value in values))

    @property
    def excluded_words(self) -> list[str]:
        """The words that products must not contain."""
        excluded = (s for s in self.segments if s.attribute == "words" and s.is_excluded)
        return [word for segment in excluded for word in segment.values]

    @property
    def low(self) -> Decimal | None:
        """The lowest price, in the major unit; the last one if there are several."""
        return next((s.low for s in reversed(self.segments) if s.low is not None), None)

    @property
    def high(self) -> Decimal | None:
        """The highest price, in the major unit; the last one if there are several."""
        return next((s.high for s in reversed(self.segments) if s.high is not None), None)

    @property
    def sort(self) -> tuple[Sort, Direction] | None:
        """The sort order it asks for (cheapest, newest); the last one if there are several."""
        return next((s.sort for s in reversed(self.segments) if s.sort is not None), None)

    @property
    def has_kind(self) -> bool:
        """Whether it names a kind of product."""
        return any(s.attribute == "category" and s.is_required for s in self.segments)

    def without(self, segment: Segment) -> str:
        """The query without this segment, for the link that removes its chip."""
        rest = self.text[: segment.start] + " " + self.text[segment.end :]
        return " ".join(rest.split())

    def widened(self) -> "ParsedQuery":
        """The query with near values in addition to the named ones."""
        segments = (
            s if s.is_excluded else replace(s, values=tuple(dict.fromkeys(s.values + s.near)))
            for s in self.segments
        )
        return replace(self, segments=tuple(segments))

    def replacing(self, segment: Segment, values: tuple[str, ...]) -> "ParsedQuery":
        """The query with other values of one segment's attribute. They are not what it names: as with
        any other name than the catalogue's, its words rank."""
        changed = (
            replace(s, values=values, is_name=False)
            if s.attribute == segment.attribute and s.is_required
            else s
            for s in self.segments
        )
        return replace(self, segments=tuple(changed))

    def dropping(self, dropped: Iterable[Segment]) -> "ParsedQuery":
        """The query without these segments, whatever values they have been widened to."""
        gone = {(s.attribute, s.start) for s in dropped}
        kept = (s for s in self.segments if (s.attribute, s.start) not in gone)
        return replace(self, segments=tuple(kept))
