"""What comes after words that say for whom, for what or for how much. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storefront.search.language.translation import Completion
from storefront.search.language.vocabulary import Vocabulary

_PEOPLE = ("men", "women", "boys", "girls", "kids", "baby")
_RELATIVES = (
    "husband", "wife", "boyfriend", "girlfriend", "dad", "mom", "son", "daughter", "brother",
    "sister", "father", "mother", "grandmother", "grandfather", "uncle", "aunt", "nephew", "niece",
    "bride", "groom",
)  # fmt: skip
_OCCASIONS = ("office", "party", "wedding", "gym", "running", "travel", "festival", "interview")
_OF_SOMEBODY = frozenset({"my", "his", "her", "our", "your"})
_AFTER_FOR = re.compile(
    r"^(?P<head>(?:.*\s)?for\s+(?:(?P<whose>my|his|her|our|your|an?|the)\s+)?)(?P<start>[a-z]*)$",
    re.I,
)
_AFTER_BOUND = re.compile(
    r"^(?P<head>(?:.*\s)?(?:under|below|over|above|around|than|max|up ?to)\s+)(?P<start>\d+)$", re.I
)


@dataclass(frozen=True, slots=True)
class Completed:
    """Queries that begin with the same words."""

    head: str
    queries: Sequence[str]


def completed(text: str, vocabulary: Vocabulary) -> Completed | None:
    """The text with people, relatives and occasions after *for*, and with a round price after *under*.
    None if it ends in another way, or with a word that is none of these."""
    if bound := _AFTER_BOUND.match(text):
        price = bound["start"] + ("0" if len(bound["start"]) == 1 else "")
        return Completed(bound["head"], [bound["head"] + price])
    match = _AFTER_FOR.match(text)
    if match is None:
        return None
    is_somebodys = (match["whose"] or "").casefold() in _OF_SOMEBODY
    words = _RELATIVES if is_somebodys else (*_PEOPLE, *_OCCASIONS, *_RELATIVES)
    start, head = match["start"].casefold(), match["head"]
    found = [one for one in words if one.startswith(start) and vocabulary.meaning(one)]
    return Completed(head, [head + one for one in found]) if found else None


def rank(completion: Completion, vocabulary: Vocabulary) -> int | None:
    """How well a completion goes with the words before it, the best first; None if it does not: another
    kind after a kind, and relatives for whom nothing was said to be."""
    meaning = vocabulary.meaning(completion.said)
    attribute = meaning.attribute if meaning else "usage"
    is_purpose = completion.before[-1:] == ("for",)
    if completion.said in _RELATIVES:
        return 1 if is_purpose or not completion.before else None
    if is_purpose:
        return {"gender": 0, "usage": 2, "category": 3}.get(attribute)
    has_kind = any(_is_kind(one, vocabulary) for one in completion.before)
    if attribute == "category":
        return None if has_kind else 0
    return {"gender": 1, "base_color": 2}.get(attribute, 3)


def _is_kind(english: str, vocabulary: Vocabulary) -> bool:
    meaning = vocabulary.meaning(english)
    return meaning is not None and meaning.attribute == "category"
