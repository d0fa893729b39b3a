"""Joins the words of a query that only together say something: ``full sleeve``, ``50 gm``. Pure.

Word by word, a short-sleeved T-shirt would come first for a full sleeve: it has one of the two words.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from storefront.search.language.fillers import STOP_WORDS
from storefront.search.language.measures import UNITS
from storefront.search.language.parsed_query import QueryWord
from storefront.search.language.tokenizer import LINKING, tokens
from storefront.search.language.vocabulary import Vocabulary

_LONGEST = 3  # words


def with_phrases(
    words: Sequence[QueryWord], text: str, vocabulary: Vocabulary
) -> tuple[QueryWord, ...]:
    """The words of a text, those of a phrase that product texts have other words for as one."""
    return tuple(_joined(words, text, vocabulary))


def _joined(words: Sequence[QueryWord], text: str, vocabulary: Vocabulary) -> Iterator[QueryWord]:
    at = 0
    while at < len(words):
        group = _phrase_at(words[at:], text, vocabulary)
        yield _one_word(group) if len(group) > 1 else group[0]
        at += sum(word in group for word in words[at:])


def _phrase_at(
    words: Sequence[QueryWord], text: str, vocabulary: Vocabulary
) -> Sequence[QueryWord]:
    """The longest phrase at the start of the words; the first word if there is none."""
    if filled := _with_filler(words[0], text, vocabulary):
        return filled
    if _begins_with_a_measure(words, text):
        return words[:2]
    for length in range(min(len(words), _LONGEST), 1, -1):
        group = words[:length]
        said = tuple(part for word in group for part in word.parts)
        if vocabulary.is_phrase(said) and all(
            _is_linked(text[one.end : other.start]) for one, other in pairwise(group)
        ):
            return group
    return words[:1]


def _begins_with_a_measure(words: Sequence[QueryWord], text: str) -> bool:
    """Whether the first two words are a number and its unit."""
    return (
        len(words) > 1
        and words[0].word.isdecimal()
        and words[1].word in UNITS
        and not text[words[0].end : words[1].start].strip()
    )


def _is_linked(between: str) -> bool:
    """Whether nothing stands between two words but a link: mother *of* pearl."""
    return not between.strip() or between.strip().casefold() in LINKING


def _with_filler(word: QueryWord, text: str, vocabulary: Vocabulary) -> Sequence[QueryWord] | None:
    """A word and the filler after it, if they are a phrase: in dry *fit*, that is none."""
    filler = next((token for token in tokens(text) if token.start >= word.end), None)
    if filler is None or filler.word not in STOP_WORDS or text[word.end : filler.start].strip():
        return None
    if not vocabulary.is_phrase((*word.parts, filler.word)):
        return None
    return word, QueryWord(filler.word, (filler.word,), filler.start, filler.end)


def _one_word(group: Sequence[QueryWord]) -> QueryWord:
    return QueryWord(
        "".join(word.word for word in group),
        tuple(part for word in group for part in word.parts),
        group[0].start,
        group[-1].end,
    )
