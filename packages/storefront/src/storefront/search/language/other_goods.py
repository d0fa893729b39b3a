"""Whether a query is for something that other shops sell. Pure."""

import re
from collections.abc import Sequence

from storefront.search.language.measures import UNITS
from storefront.search.language.modifiers import PARTS
from storefront.search.language.parsed_query import ParsedQuery, QueryWord
from storefront.search.language.tokenizer import tokens
from storefront.search.language.vocabulary import Vocabulary

# What is for a thing of this shop and is none: a tie rack, a watch battery.
_EQUIPMENT = frozenset(
    """
    rack racks battery batteries hanger hangers stand stands sander puppet puppets winder winders sizer
    sizers mannequin mannequins charger chargers cleaner machine steamer repair box boxes printer
    """.split()  # noqa: SIM905
)
_OF_OTHER_GOODS = frozenset(
    "k karat carat m ft feet watt watts gb tb pack pcs person persons people".split()  # noqa: SIM905
)
_PETS = re.compile(
    r"\bfor (?:(?:my|a|the|our) )?(?:dog|cat|pet|pupp(?:y|ie)|kitten|horse|hamster|parrot)s?$", re.I
)


def is_sold_elsewhere(query: ParsedQuery, vocabulary: Vocabulary) -> bool:
    """Whether the query is for something that this shop does not sell: its last word names one, and no
    other word names a kind of this catalogue; or its last two words together name one.

    A need right before it is not a kind (a laptop charger); before ``for`` it is (shades for the car),
    but for pets nothing is.
    """
    if _PETS.search(query.text.strip()):
        return True
    if vocabulary.is_sold_elsewhere("".join(token.word for token in tokens(query.text)[-2:])):
        return True
    if not query.words:
        return False
    thing = _unmeasured(query.words)[-1]
    if (
        thing.word in _EQUIPMENT
        and thing.end == len(query.text.rstrip())
        and _follows_a_kind(thing, query)
    ):
        return True
    if not vocabulary.is_sold_elsewhere(thing.word):
        return _is_before_its_purpose(query, vocabulary)
    if thing.word in PARTS and query.has_kind:  # the collar of a shirt is not for a dog
        return False
    return all(
        not segment.is_name
        and segment.start < thing.start  # a coin purse is a purse
        and not query.text[segment.end : thing.start].strip()
        for segment in query.segments
        if segment.attribute == "category" and segment.is_required
    )


def _is_before_its_purpose(query: ParsedQuery, vocabulary: Vocabulary) -> bool:
    """Whether what stands before the first *for* is sold elsewhere: a tent for camping."""
    said = [token.word for token in tokens(query.text)]
    before = said[said.index("for") - 1] if "for" in said[1:] else ""
    return before in {word.word for word in query.words} and vocabulary.is_sold_elsewhere(before)


def _unmeasured(words: Sequence[QueryWord]) -> Sequence[QueryWord]:
    """The words without how much is wanted at their end: a coin of 10 gram. One at least."""
    units = UNITS | _OF_OTHER_GOODS
    while len(words) > 1 and (words[-1].word in units or words[-1].word[0].isdecimal()):
        words = words[:-1]
    return words


def _follows_a_kind(thing: QueryWord, query: ParsedQuery) -> bool:
    """Whether it stands right after a kind."""
    return any(
        segment.attribute == "category" and not query.text[segment.end : thing.start].strip()
        for segment in query.segments
        if segment.is_required and segment.end <= thing.start
    )
