"""Reads ``synonyms.txt``: what shoppers say, and what the catalogue calls it. Pure.

The file ships with the package; its first lines say how it is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from storefront.search.language.words import fold, key_of

KINDS = ("category", "base_color", "gender", "season", "brand")


@dataclass(frozen=True, slots=True)
class Synonym:
    """Phrases that mean values of the catalogue. names: as the catalogue shows them."""

    phrases: tuple[str, ...]
    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """All of a file. alike: folded word to all words, itself first, that product texts use for it."""

    meanings: tuple[Synonym, ...] = ()
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read(lines: Iterable[str]) -> Synonyms:
    """The synonyms in a file. Raises ValueError, naming the line, where one cannot be read."""
    meanings: list[Synonym] = []
    alike: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines, start=1):
        rule = line.partition("#")[0].strip()
        if not rule:
            continue
        if "~" in rule:
            group = [fold(word) for word in rule.split("~")]
            for word in group:
                alike[word] = (word, *(other for other in group if other != word))
            continue
        phrases, is_rule, meaning = rule.partition("=")
        kind, has_kind, names = (part.strip() for part in meaning.partition(":"))
        if not (is_rule and has_kind and kind in KINDS and key_of(phrases) and names):
            raise ValueError(
                f"line {number}: {rule!r} is neither `phrase, … = kind: name, …` (kind: one of "
                f"{', '.join(KINDS)}) nor `word ~ word`"
            )
        meanings.append(Synonym(_listed(phrases), kind, _listed(names)))
    return Synonyms(tuple(meanings), alike)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())
