"""Completes what is being typed, from the dictionary alone. Pure: no model is asked, no table read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storefront.search.language.understanding import corrected
from storefront.search.language.vocabulary import Named, Term, Vocabulary
from storefront.search.language.words import key_of, tokens

_QUERIES, _CATEGORIES, _BRANDS = 5, 3, 3


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be meant: whole queries, and categories and brands to go straight to; best first.

    read_as: the text after correction.
    """

    read_as: str
    queries: Sequence[str] = ()
    categories: Sequence[Term] = ()
    brands: Sequence[Term] = ()


def suggest(text: str, vocabulary: Vocabulary) -> Suggestions:
    """For a text whose last word may be unfinished. Nothing for a text without words."""
    found = _completed(text, vocabulary)
    if found.queries:
        return found
    mended, corrections = corrected(text, vocabulary)
    return _completed(mended, vocabulary) if corrections else found


def _completed(text: str, vocabulary: Vocabulary) -> Suggestions:
    said = tokens(text)
    words = [token.word for token in said]
    for at in range(len(words)):  # the longest tail that begins something known
        head, tail = text[: said[at].start], words[at:]
        named = list(_beginning_with(tail, vocabulary.named))
        finished = vocabulary.speller.completions(tail[0]) if len(tail) == 1 else []
        if not named and not finished:
            continue
        labels = [f"{head}{term.text}" for term in _most(named, _QUERIES)]
        queries = _distinct(q.casefold() for q in (*labels, *(head + w for w in finished)))
        if at:  # what stands before would be lost by going straight to a category
            return Suggestions(text, queries[:_QUERIES])
        return Suggestions(
            text,
            queries[:_QUERIES],
            _most((term for term in named if term.kind == "category"), _CATEGORIES),
            _most((term for term in named if term.kind == "brand"), _BRANDS),
        )
    return Suggestions(text)


def _beginning_with(tail: Sequence[str], named: Iterable[Named]) -> Iterator[Term]:
    """Names that have these words in a row, the last of them perhaps only begun; also written as one
    (``t-sh``: Tshirts)."""
    *whole, begun = tail
    joined = "".join(tail)
    for words, term in named:
        if words[0].startswith(joined):
            yield term
            continue
        for at in range(len(words) - len(whole)):
            if words[at : at + len(whole)] == whole and words[at + len(whole)].startswith(begun):
                yield term
                break


def _distinct(queries: Iterable[str]) -> list[str]:
    """Those that mean another thing than the ones before: of ``shirts`` and ``shirt`` the first."""
    by_key: dict[str, str] = {}
    for query in queries:
        by_key.setdefault(key_of(query), query)
    return list(by_key.values())


def _most(terms: Iterable[Term], limit: int) -> list[Term]:
    """Those with the most products, one of each name."""
    by_name: dict[str, Term] = {}
    for term in sorted(terms, key=lambda term: -term.count):
        by_name.setdefault(term.text.casefold(), term)
    return list(by_name.values())[:limit]
