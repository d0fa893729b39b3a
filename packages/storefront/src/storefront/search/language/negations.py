"""The words that exclude what follows them: ``without``, ``other than``. Pure."""

from collections.abc import Sequence

from storefront.search.language.fillers import STOP_WORDS
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
