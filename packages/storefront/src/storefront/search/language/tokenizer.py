"""The tokenizer: product names and queries are split and folded by the same rules. Pure.

Words are runs of letters, digits and marks (Unicode), compared without case, accents and apostrophes:
``Levi's``, ``levis`` and ``Lévi’s`` are one word, and so are ``straße`` and ``strasse``.

Words joined by a sign (``T-shirt``, ``SPF-15``, ``3/4``) are indexed as a whole and in parts, so that
each spelling finds the others: ``t-shirt``, ``tshirt`` and ``t shirt``. A sign after a word (``18+``,
``C#``, ``100%``) makes an additional term: names with it rank first if the query has it too.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import Stemmer


def _class_of(categories: str) -> str:
    """The characters of these general categories, as ranges of a regular expression's class."""
    ranges: list[list[int]] = []
    for code in range(0x10000):
        if unicodedata.category(chr(code)) in categories:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\u{low:04x}-\\u{high:04x}" for low, high in ranges)


_APOSTROPHES = "'’‘ʼ`´′＇"
_IGNORED = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"  # soft hyphen, zero-width and direction marks
_MARKS = _class_of("Mn Mc")
# Without the colours of a skin, which say nothing of what is worn.
_EMOJI = (
    "\u231a-\u23fa\u2600-\u27bf\u2b1b-\u2b55\U0001f300-\U0001f3fa\U0001f400-\U0001f64f"
    "\U0001f680-\U0001faff"
)
# A word may contain apostrophes, but not start or end with one.
_WORD = re.compile(rf"[{_EMOJI}]|[^\W_](?:[^\W_]|[{_MARKS}{_IGNORED}]|[{_APOSTROPHES}](?=[^\W_]))*")
_JOINING = re.compile(rf"[-‐‑–/._+&:#*!\\|{_APOSTROPHES}{_IGNORED}]+")
_ENDING = re.compile(r"[+#%]+(?!\w)")
# About 5 MB each: names of 44,446 products have 9,436 different words, visitors type any.
_CACHED_WORDS = 20_000
_BELONGING = re.compile(r"(?<=\w)\s+(?:with\s|for\s+\S+$)", re.IGNORECASE)
_FRACTION_SLASH = "\u2044"

# Letters that Unicode does not decompose, but that people type without their stroke.
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
        "ʼ": "", "ʻ": "", "ʹ": "", "ŧ": "t", "ŋ": "n", "ß": "ss", "ĸ": "k", "ſ": "s",
    }
)  # fmt: skip

# Their singular is another word (a short kurta is not a pair of shorts, a red shade not one of
# shades), or they have none.
_ONLY_PLURAL = frozenset({"shorts", "tights", "flats", "basics", "shades"})
_IRREGULAR = {"scarves": "scarf", "wives": "wife", "man": "men", "woman": "women"}

# Linking words in names: United Colors (of) Benetton, Gini (and) Jony.
LINKING = frozenset({"and", "of", "the", "by", "n"})

_stemmer = Stemmer.Stemmer("english", 0)


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word, and its characters in the text: [start, end).

    is_joined: whether a sign and no space separates it from the word before (``shirt`` of t-shirt).
    """

    word: str
    start: int
    end: int
    is_joined: bool = False


@lru_cache(maxsize=2_000)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text, in order. Cached: a query is tokenized several times."""
    return tuple(_split(text))


def _split(text: str) -> list[Token]:
    found: list[Token] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if len(fraction := _fraction(match.group())) == 2:
            found += [
                Token(fraction[0], start, end),
                Token(fraction[1], start, end, is_joined=True),
            ]
        elif word := fold(match.group()):
            is_joined = bool(found) and bool(_JOINING.fullmatch(text, found[-1].end, start))
            found.append(Token(word, start, end, is_joined))
    return found


def _fraction(word: str) -> list[str]:
    """The two numbers of a fraction that is one character: ½ is 1/2."""
    return unicodedata.normalize("NFKD", word).split(_FRACTION_SLASH) if len(word) == 1 else []


def fold(word: str) -> str:
    """A word without case, accents and apostrophes; an emoji is unchanged."""
    if len(word) == 1 and not word.isalnum():
        return word  # an emoji
    if word.isascii():
        return "".join(filter(str.isalnum, word.lower())) if not word.isalnum() else word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    return "".join(letter for letter in plain if letter.isalnum() or _is_vowel_sign(letter))


def _is_vowel_sign(letter: str) -> bool:
    """Marks that belong to the spelling (Devanagari, Japanese …), unlike accents and Semitic points."""
    return unicodedata.category(letter) in ("Mn", "Mc") and ord(letter) > 0x8FF


def compounds(words: Sequence[Token]) -> list[list[Token]]:
    """All words of a text in groups: words joined by signs together, every other word alone."""
    groups: list[list[Token]] = []
    for token in words:
        if token.is_joined:
            groups[-1].append(token)
        else:
            groups.append([token])
    return groups


def joined(words: Sequence[Token]) -> str:
    """The term of a compound: ``spf15``, ``tshirt``; numbers stay separate (``3-4`` is not 34)."""
    term = words[0].word
    for token in words[1:]:
        is_number = term[-1].isdigit() and token.word[0].isdigit()
        term += f"-{token.word}" if is_number else token.word
    return term


def end_with_signs(text: str, end: int) -> int:
    """The end of a word that ends at ``end``, with the signs behind it: ``18+``."""
    match = _ENDING.match(text, end)
    return match.end() if match else end


def terms(text: str) -> set[str]:
    """The index terms of a text: its words, and its compounds, their starts and their parts."""
    found: set[str] = set()
    for chunk in text.split():
        found.update(_terms_of_chunk(chunk))
    return found


def normalized(text: str) -> str:
    """The folded words of a text in order: equal for names that only differ in spelling."""
    return " ".join(map(_normalized_chunk, text.split())).strip()


def last_word(name: str) -> str:
    """What a product is called: the last word of its name, in the singular, without numbers and codes
    after it; words joined by signs are one. What it comes with or is for is something else, as in
    ``Kurta with Dupatta`` and ``Rain Cover for Backpacks``. Empty if there is none."""
    words = (_last_of_chunk(chunk) for chunk in reversed(_BELONGING.split(name)[0].split()))
    return next(filter(None, words), "")


@lru_cache(maxsize=_CACHED_WORDS)
def _last_of_chunk(chunk: str) -> str:
    words = map(joined, reversed(compounds(_split(chunk))))
    return next((singular(word) for word in words if not any(map(str.isdigit, word))), "")


@lru_cache(maxsize=_CACHED_WORDS)
def _normalized_chunk(chunk: str) -> str:
    return " ".join(token.word for token in _split(chunk))


@lru_cache(maxsize=_CACHED_WORDS)
def _terms_of_chunk(chunk: str) -> tuple[str, ...]:
    found: set[str] = set()
    for group in compounds(_split(chunk)):
        found.update(joined(group[:length]) for length in range(1, len(group) + 1))
        whole = joined(group)
        if not whole.replace("-", "").isdecimal():
            found.add(whole.replace("-", ""))  # a code is also typed without signs
        end = group[-1].end
        if (signed_end := end_with_signs(chunk, end)) > end:
            found.add(whole + chunk[end:signed_end])
        for token in group:
            found.add(token.word)
            found.update(_parts(token.word, chunk[token.start : token.end]))
    return tuple(found)


def _parts(word: str, written: str) -> Iterable[str]:
    """Parts of one word: around its apostrophe (O'Neill), and where letters and digits meet (SPF15)."""
    if not written.isalnum():
        pieces = [fold(piece) for piece in re.split(f"[{_APOSTROPHES}]", written)]
        yield from (piece for piece in pieces if len(piece) > 1)
    if any(map(str.isdigit, word)):
        yield from split_digits(word)


def apostrophe_parts(written: str) -> tuple[str, ...]:
    """The words that apostrophes join in ``rock'n'roll``; empty if it is one word, as in O'Neill's."""
    pieces = re.split(f"[{_APOSTROPHES}]", written)
    return tuple(map(fold, pieces)) if len(pieces) > 2 and len(pieces[-1]) > 1 else ()


def split_digits(word: str) -> list[str]:
    """The runs of digits and of letters in a word: ``spf15`` is spf and 15."""
    return re.findall(r"\d+|[^\W\d_]+", word)


@lru_cache(maxsize=_CACHED_WORDS)
def stem(word: str) -> str:
    """The word without its English ending (Snowball); codes and other scripts are unchanged."""
    return str(_stemmer.stemWord(word)) if word.isascii() and word.isalpha() else word


def singular(word: str) -> str:
    """The word without the ending of a plural or a possessive, as in ``dresses`` and ``men's``."""
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
    """The look-up key of a phrase of folded words: their singulars joined, without linking words."""
    return "".join(singular(word) for word in words if word not in LINKING)


def key_of(text: str) -> str:
    """The key of a text."""
    return key(token.word for token in tokens(text))
