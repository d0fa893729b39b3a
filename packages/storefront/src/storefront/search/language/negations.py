"""The words that exclude what follows them: ``without``, ``other than``. Pure."""

from collections.abc import Sequence

from storefront.search.language.fillers import STOP_WORDS
from storefront.search.language.modifiers import SEPARATOR
from storefront.search.language.parsed_query import Segment
from storefront.search.language.tokenizer import Token

_NEGATIONS: tuple[tuple[str, ...], ...] = (
    ("other", "than"), ("apart", "from"), ("except", "for"), ("anything", "but"),
    ("everything", "but"), ("all", "but"), ("any", "but"), ("but", "not"), ("but", "no"),
    ("instead", "of"), ("rather", "than"), ("aside", "from"), ("besides",), ("not",), ("no",), ("non",),
    ("without",), ("except",), ("excluding",), ("exclude",), ("minus",), ("sans",), ("neither",),
    ("nor",), ("never",), ("nothing",), ("dont",), ("isnt",), ("arent",), ("wasnt",), ("avoid",),
    ("hate",), ("dislike",),
)  # fmt: skip
NEGATING = STOP_WORDS | {word for phrase in _NEGATIONS for word in phrase}
# What ends a list of what is not wanted: no leather, just canvas; no checks no stripes.
CONTRASTING = frozenset({"just", "only", "but", "instead", "rather", "want", "need", "prefer"})
_NOUNS = ("color", "colors", "colour", "colours", "brand", "brands", "kind", "type", "size")
_ANY_BUT = tuple((one, noun, "but") for one in ("any", "every", "all") for noun in _NOUNS)
_NEGATIONS_FROM = {
    first: [phrase for phrase in (*_NEGATIONS, *_ANY_BUT) if phrase[0] == first]
    for first, *_ in (*_NEGATIONS, *_ANY_BUT)
}


def negation_at(said: Sequence[Token]) -> int:
    """The number of words of a negation that starts here; 0 for none, and for a minus before a word.

    No 1 is number one, no-show socks are socks, and nothing but black is black.
    """
    for phrase in _NEGATIONS_FROM.get(said[0].word, ()):
        words = tuple(token.word for token in said[: len(phrase) + 1])
        if words[:-1] == phrase:
            is_name = phrase == ("no",) and (words[1].isdigit() or words[1] == "show")
            is_only = phrase == ("nothing",) and words[1] == "but"
            return 0 if is_name or is_only else len(phrase)
    return 0


def goes_on(excluded: Segment, segment: Segment | None, between: str) -> bool:
    """Whether a list of what is excluded contains this segment, too: after a comma or the like, and of
    brands without one, since no product has two."""
    if SEPARATOR.search(between):
        return True
    return segment is not None and excluded.attribute == segment.attribute == "brand"
