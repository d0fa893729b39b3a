"""Reads ``synonyms.txt``: shoppers' words, and the catalogue's words for them. Pure.

The file ships with the package; its first lines describe the format.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from storefront.search.language.tokenizer import LINKING, key_of, tokens

Phrase = tuple[str, ...]
"""The folded words of a phrase, without linking ones."""

ATTRIBUTES = ("category", "base_color", "gender", "season", "usage", "brand")


@dataclass(frozen=True, slots=True)
class Synonym:
    """Phrases that mean values of an attribute. names: in the catalogue's spelling."""

    phrases: tuple[str, ...]
    attribute: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The rules of a file.

    alike: by word or phrase those that product texts use for it, itself first.
    """

    meanings: tuple[Synonym, ...] = ()
    alike: Mapping[Phrase, tuple[Phrase, ...]] = field(default_factory=dict)


def read(lines: Iterable[str]) -> Synonyms:
    """The synonyms in a file. Raises ValueError, with the line, for an invalid rule."""
    meanings: list[Synonym] = []
    alike: dict[Phrase, tuple[Phrase, ...]] = {}
    for number, line in enumerate(lines, start=1):
        rule = line.partition("#")[0].strip()
        if not rule:
            continue
        if "~" in rule:
            group = [phrase_of(text) for text in rule.split("~")]
            if not all(group):
                raise ValueError(f"line {number}: {rule!r} has no word on one side of a `~`")
            for one in group:
                alike[one] = (one, *(other for other in group if other != one))
            continue
        phrases, is_rule, meaning = rule.partition("=")
        attribute, has_attribute, names = (part.strip() for part in meaning.partition(":"))
        if not (
            is_rule and has_attribute and attribute in ATTRIBUTES and key_of(phrases) and names
        ):
            raise ValueError(
                f"line {number}: {rule!r} is neither `phrase, … = kind: name, …` (kind: one of "
                f"{', '.join(ATTRIBUTES)}) nor `phrase ~ phrase`"
            )
        meanings.append(Synonym(_listed(phrases), attribute, _listed(names)))
    return Synonyms(tuple(meanings), alike)


def phrase_of(text: str) -> Phrase:
    """The words of a text, to look up what is like it."""
    return tuple(token.word for token in tokens(text) if token.word not in LINKING)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())
