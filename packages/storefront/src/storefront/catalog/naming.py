"""What a product's name tells: its brand, its design, its address. Pure.

A data set whose only text is a name such as ``Puma Women Squad Purple Capri`` has no column for the
brand or the design. Most names open with the brand, followed by whom the product is for.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

_FOR_WHOM = re.compile(r"\b(?:men|women|man|woman|unisex|boy|girl|kid)(?:'?s)?\b", re.IGNORECASE)
_SPACE = re.compile(r"\s+")

# A brand that is seen less often than this may as well be the first words of a description.
_SEEN_AT_LEAST = 3
# "Turtle Check" beside a "Turtle" seen this many times as often is a brand and a pattern.
_OUTSHONE_BY = 3

# Words that describe many designs and so tell none apart.
_PLAIN_WORDS = {
    "a", "and", "check", "checked", "checks", "for", "in", "of", "pack", "s", "set", "the", "with",
    "basic", "casual", "classic", "formal", "new", "plain", "print", "printed", "solid", "sport",
    "sports", "stripe", "striped", "stripes", "fit", "full", "half", "long", "neck", "polo",
    "regular", "round", "short", "sleeve", "sleeves", "slim", "t", "v", "analog", "analogue",
    "cotton", "dial", "digital", "leather", "pure", "strap",
}  # fmt: skip


def slug(text: str) -> str:
    """``Café & Crème, 2`` as an address: ``cafe-creme-2``. Empty where nothing can be kept."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def tidy(text: str) -> str:
    """The text with single spaces and none at its ends."""
    return _SPACE.sub(" ", text).strip()


class BrandNames:
    """The brands that a list of product names reveals.

    names: every product name of the source; only their openings are kept in memory.
    """

    def __init__(self, names: Iterable[str]) -> None:
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for name in names:
            if opening := _opening(name):
                spellings[opening.casefold()][opening] += 1
        counts = {key: sum(found.values()) for key, found in spellings.items()}
        self._brands: Mapping[str, str] = {
            key: found.most_common(1)[0][0]
            for key, found in spellings.items()
            if counts[key] >= _SEEN_AT_LEAST and not _is_outshone(key, counts)
        }

    def brand_of(self, name: str) -> str | None:
        """The brand that opens this name, in its usual spelling; the longest known one wins."""
        words = tidy(name).casefold().split(" ")
        for length in range(min(len(words), 6), 0, -1):
            if brand := self._brands.get(" ".join(words[:length])):
                return brand
        return None


def _opening(name: str) -> str | None:
    """The words before those that say whom a product is for, if there are any."""
    found = _FOR_WHOM.search(name)
    return tidy(name[: found.start()]) or None if found else None


def _is_outshone(key: str, counts: Mapping[str, int]) -> bool:
    words = key.split(" ")
    return any(
        counts.get(" ".join(words[:length]), 0) >= _OUTSHONE_BY * counts[key]
        for length in range(1, len(words))
    )


def design(name: str, *, brand: str | None, article_type: str, colour: str | None) -> str | None:
    """The words of a name that tell one design from another, in order: ``squad`` of the name above.

    None where no such word is left: then nothing says that two products are one design.
    """
    rest = tidy(name).casefold()
    if brand:
        rest = rest.removeprefix(brand.casefold())
    rest = _FOR_WHOM.sub(" ", rest)
    said = set(re.findall(r"[a-z0-9]+", f"{colour or ''} {article_type}".casefold()))
    said |= {word.removesuffix("s") for word in said}
    words = re.findall(r"[a-z0-9]+", rest)
    kept = [w for w in words if w not in said and w.removesuffix("s") not in said]
    telling = [w for w in kept if w not in _PLAIN_WORDS and len(w) > 1]
    return " ".join(kept) if telling else None
