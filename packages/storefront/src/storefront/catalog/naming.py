"""Derives a product's brand, design and address from its name. Pure.

A data set whose only text is a name such as ``Puma Women Squad Purple Capri`` has no column for the
brand or the design. Most names start with the brand, followed by the wearer.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache

_FOR_WHOM = re.compile(r"\b(?:men|women|man|woman|unisex|boy|girl|kid)(?:'?s)?\b", re.IGNORECASE)
# Blanks, and signs that look like one: of Braille, and the fillers of Hangul.
_SPACE = re.compile("[\\s\u2800\u3164\uffa0]+")
# What distinguishes no names, except between two digits: 10-12 is not 1012, nor 1 1/2 the same as 11/2.
_BLANK = re.compile(r"(?<!\d) | (?!\d)")
_JOINT = re.compile(r"(?<=[^\W\d_])['-](?=\w)|(?<=\w)['-](?=[^\W\d_])")
# Invisible characters: zero-width space, word and grapheme joiners, byte order mark, soft hyphen, the
# vowel separator of Mongolian, direction marks.
_INVISIBLE = re.compile(
    "[\u200b\u2060\u034f\ufeff\u00ad\u180e\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"
)
_FILLERS = frozenset("\u115f\u1160")
# Used interchangeably: ASCII and typographic apostrophes and hyphens.
_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02bc\u0060\u00b4", "'")
    | dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-")
)
# Signs that owners put behind their names.
_OF_OWNERS = re.compile("[®™℠©]")
_FRACTION = re.compile("[¼-¾⅐-⅞]")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
# Letters without a decomposition in Unicode, and a sign that distinguishes names (A, A+).
_SPELT = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i",
     "ŋ": "n", "ŧ": "t", "+": " plus "}
)  # fmt: skip

# A brand with fewer occurrences than this may just be the first words of a description.
_SEEN_AT_LEAST = 3
# "Turtle Check" is a brand and a pattern if "Turtle" occurs this many times as often.
_OUTSHONE_BY = 3

# Words that describe many designs and so distinguish none.
_PLAIN_WORDS = {
    "a", "and", "check", "checked", "checks", "for", "in", "of", "pack", "s", "set", "the", "with",
    "basic", "casual", "classic", "formal", "new", "plain", "print", "printed", "solid", "sport",
    "sports", "stripe", "striped", "stripes", "fit", "full", "half", "long", "neck", "polo",
    "regular", "round", "short", "sleeve", "sleeves", "slim", "t", "v", "analog", "analogue",
    "cotton", "dial", "digital", "leather", "pure", "strap",
}  # fmt: skip


def slug(text: str) -> str:
    """``Café & Crème, 2`` as an address: ``cafe-creme-2``. Empty if nothing remains."""
    return re.sub(r"[^a-z0-9]+", "-", _spelt(text)).strip("-")


@lru_cache(20_000)
def segment(text: str) -> str:
    """As `slug`, with the letters of every script: ``Обувь, 2`` becomes ``обувь-2``."""
    return re.sub(r"[\W_]+", "-", _spelt(text)).strip("-")


def _spelt(text: str) -> str:
    """In lower case, without accents, special letters written out."""
    if text.isascii():
        return text.lower().replace("+", " plus ")
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPELT)).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")


@lru_cache(20_000)
def fold(text: str) -> str:
    """The text without differences in case, width, and kinds of apostrophes, hyphens and blanks."""
    composed = unicodedata.normalize("NFKC", text.translate(_ALIKE)).casefold()
    return tidy(unicodedata.normalize("NFKC", visible(composed)).translate(_ALIKE))


@lru_cache(20_000)
def name_key(name: str) -> str:
    """A key for names that differ only in case, apostrophes, hyphens, blanks, width or the sign of an
    owner: that of ``H & M`` and ``h&m``, and that of ``Navy Blue``, ``navy-blue`` and ``Navyblue``."""
    if not name.isascii():
        name = _FRACTION.sub(_in_digits, _OF_OWNERS.sub("", name) or name)
    return _JOINT.sub("", _BLANK.sub("", fold(name)))


def size_key(label: str) -> str:
    """As `name_key`, for sizes: that of ``42,5`` is that of ``42.5``."""
    return name_key(_DECIMAL_COMMA.sub(".", label))


def _in_digits(fraction: re.Match[str]) -> str:
    return " " + unicodedata.normalize("NFKC", fraction[0]).replace("\u2044", "/")


def visible(text: str) -> str:
    """The text without invisible characters."""
    return _INVISIBLE.sub("", text)


def has_visible(text: str) -> bool:
    """Whether it has a letter, a digit or a symbol, such as an emoji."""
    return any(unicodedata.category(sign)[0] in "LNS" and sign not in _FILLERS for sign in text)


def tidy(text: str) -> str:
    """The text with single spaces and none at its ends."""
    return _SPACE.sub(" ", text).strip()


class BrandNames:
    """The brands found in a list of product names.

    names: every product name of the source; only their first words stay in memory.
    not_brands: words of kinds and colours: a start of only these is not a brand.
    is_joining: whether ``Red Tape`` and ``Redtape`` are one brand, in the most frequent spelling.
    """

    def __init__(
        self, names: Iterable[str], not_brands: Container[str] = (), *, is_joining: bool = False
    ) -> None:
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for name in names:
            if opening := _opening(name):
                spellings[fold(opening)][opening] += 1
        self._not_brands = not_brands
        groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
        group_of = {key: _joined(key) if is_joining else key for key in spellings}
        for key, found in spellings.items():
            groups[group_of[key]].update(found)
        counts = {key: groups[group].total() for key, group in group_of.items()}
        self._brands: Mapping[str, str] = {
            key: groups[group_of[key]].most_common(1)[0][0]
            for key in spellings
            if counts[key] >= _SEEN_AT_LEAST
            and not _is_outshone(key, counts)
            and not self._is_description(key)
        }

    def brand_of(self, name: str) -> str | None:
        """The brand that this name starts with, in its usual spelling; the longest known one wins."""
        return self.brand_and_doubt(name)[0]

    def brand_and_doubt(self, name: str) -> tuple[str | None, str | None]:
        """The brand, with the doubt about it and what was done; None if there is no doubt."""
        key, brand = next(
            ((key, self._brands[key]) for key in _beginnings(name) if key in self._brands),
            ("", None),
        )
        opening = _opening(name)
        if opening and self._is_description(fold(opening)):
            doubt = f"the name opens with {opening!r}, which is a kind or a colour: not taken as a brand"
        elif brand and key != fold(brand):
            doubt = f"the name opens with {key!r}: taken as the brand {brand!r}, as most write it"
        else:
            doubt = None
        return brand, doubt

    def _is_description(self, key: str) -> bool:
        words = segment(key).split("-")
        return all(word in self._not_brands for word in words)


def _beginnings(name: str) -> Iterator[str]:
    """The first words of a name, folded: six of them, then fewer."""
    words = fold(name).split(" ")
    return (" ".join(words[:length]) for length in range(min(len(words), 6), 0, -1))


def _joined(key: str) -> str:
    """A folded name without blanks, dots, hyphens, apostrophes and the word *and*."""
    words = re.split(r"[\s.'&-]+", key)
    return "".join(word for word in words if word != "and") or key


def _opening(name: str) -> str | None:
    """The words before those that name the wearer, if there are any."""
    found = _FOR_WHOM.search(name)
    return tidy(name[: found.start()]) or None if found else None


def _is_outshone(key: str, counts: Mapping[str, int]) -> bool:
    words = key.split(" ")
    return any(
        counts.get(" ".join(words[:length]), 0) >= _OUTSHONE_BY * counts[key]
        for length in range(1, len(words))
    )


def design(name: str, *, brand: str | None, article_type: str, colour: str | None) -> str | None:
    """The words of a name that distinguish designs, in order: ``squad`` of the name above.

    None if no such word is left: then nothing shows that two products are one design.
    """
    rest = tidy(name).casefold()
    if brand:
        rest = rest.removeprefix(brand.casefold())
    rest = _FOR_WHOM.sub(" ", rest)
    listed = set(re.findall(r"[a-z0-9]+", f"{colour or ''} {article_type}".casefold()))
    listed |= {word.removesuffix("s") for word in listed}
    words = re.findall(r"[a-z0-9]+", rest)
    kept = [w for w in words if w not in listed and w.removesuffix("s") not in listed]
    telling = [w for w in kept if w not in _PLAIN_WORDS and len(w) > 1]
    return " ".join(kept) if telling else None
