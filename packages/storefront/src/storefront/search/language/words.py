"""Words in the form in which queries and the catalogue meet: folded, singular, joined. Pure.

``T-Shirts``, ``t shirt`` and ``tshirt`` have one key; so have ``Levi's`` and ``levis``, ``hand bags``
and ``handbag``. Keys are only compared, never shown: they need not be words.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# A word may hold apostrophes (levi's), nothing else; a hyphen segments two words.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

# Their singular is another word (a short kurta is no pair of shorts), or they have none.
_ONLY_PLURAL = frozenset({"shorts", "tights", "flats", "basics"})
_IRREGULAR = {"scarves": "scarf", "wives": "wife", "man": "men", "woman": "women"}

# What joins words without meaning anything: United Colors (of) Benetton, Gini (and) Jony.
LINKING = frozenset({"and", "of", "the", "by", "n"})


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word, and the characters of the text that it came from: [start, end)."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of a text, in order."""
    found = ((fold(match.group()), *match.span()) for match in _WORD.finditer(text))
    return [Token(*token) for token in found if token[0]]


def fold(word: str) -> str:
    """A word without case, accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def singular(word: str) -> str:
    """The word without the ending of a plural or a possessive: ``dresses`` and ``men's`` as well."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us")):
        return word
    if word in _ONLY_PLURAL:
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def key(words: Iterable[str]) -> str:
    """What a phrase of folded words is found by: their singulars joined, without linking words."""
    return "".join(singular(word) for word in words if word not in LINKING)


def key_of(text: str) -> str:
    """The key of a text."""
    return key(token.word for token in tokens(text))
