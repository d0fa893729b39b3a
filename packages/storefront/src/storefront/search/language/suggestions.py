"""Completes an unfinished query, from the vocabulary alone. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from storefront.search.language import purposes
from storefront.search.language.corrections import corrected
from storefront.search.language.fillers import STOP_WORDS
from storefront.search.language.meanings import Term
from storefront.search.language.negations import negation_at
from storefront.search.language.tokenizer import compounds, joined, key_of, tokens
from storefront.search.language.vocabulary import Vocabulary

MOST_QUERIES = 5  # that are shown
_CATEGORIES, _BRANDS = 3, 3
_MOST_FOREIGN = 20


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Whole queries, more than are shown, and categories and brands to link to; best first.

    read_as: the text after correction. head: the words that all queries begin with and that are not
    completed, as the queries have them. english: what queries of other languages say. places: of queries
    with an order of their own; those of the same place follow by how many products they find.
    """

    read_as: str
    head: str = ""
    queries: Sequence[str] = ()
    categories: Sequence[Term] = ()
    brands: Sequence[Term] = ()
    english: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)


def suggest(text: str, vocabulary: Vocabulary) -> Iterator[Suggestions]:
    """Suggestions for a text whose last word may be unfinished, at least one; lazy.

    The first complete the longest tail that begins something known, those after them shorter ones:
    in ``shirts for m`` that may be "formal" or "men"; then in other languages, and of the corrected
    text. Without queries if nothing is known.
    """
    if known := purposes.completed(text, vocabulary):
        places = {query: place for place, query in enumerate(known.queries)}
        yield Suggestions(text, known.head, known.queries, places=places)
    found = _completed(text, vocabulary)
    first = next(found, None)
    if first is None:
        read_as, _ = corrected(text, vocabulary)
        found = _completed(read_as, vocabulary)
        first = next(found, Suggestions(read_as))
    yield first
    yield from found
    if foreign := _in_other_languages(text, vocabulary):
        yield foreign
    yield from _completed_after_slips(text, vocabulary)


def _completed_after_slips(text: str, vocabulary: Vocabulary) -> Iterator[Suggestions]:
    """Completions after words that are corrected: lether b."""
    before = [token.word for token in tokens(text)[:-1]]
    lists = vocabulary.translator.lists if vocabulary.translator else lambda _word: False
    if all(map(vocabulary.speller.knows, before)) or any(map(lists, before)):
        return
    read_as, _ = corrected(text, vocabulary)
    if read_as != text and read_as.split()[-1] == text.split()[-1]:
        yield from _completed(read_as, vocabulary)


def _in_other_languages(text: str, vocabulary: Vocabulary) -> Suggestions | None:
    """Completions and what they say in English, first what the words before them still lack."""
    if vocabulary.translator is None:
        return None
    found = vocabulary.translator.completions(
        text, lambda english: vocabulary.meaning(english) is not None
    )
    ranked = [(purposes.rank(one, vocabulary), one) for one in found]
    fitting = sorted(((at, one) for at, one in ranked if at is not None), key=lambda it: it[0])
    fitting = fitting[:_MOST_FOREIGN]
    english = {one.text: one.english for _, one in fitting}
    places = {one.text: at for at, one in fitting}
    return (
        Suggestions(text, queries=list(english), english=english, places=places)
        if english
        else None
    )


def _completed(text: str, vocabulary: Vocabulary) -> Iterator[Suggestions]:
    said = compounds(tokens(text))
    words = [joined(group) for group in said]
    for at in range(len(words)):
        start, tail = said[at][0].start, words[at:]
        named = list(_beginning_with(tail, vocabulary))
        finished = vocabulary.speller.completions(tail[0]) if len(tail) == 1 else []
        finished = [word for word in finished if word not in STOP_WORDS]
        if at and negation_at([said[at - 1][0], said[at][0]]):
            named = [term for term in named if term.kind == "base_color"]
        if len(said[-1]) > 1 and vocabulary.speller.knows(tail[-1]):
            finished = [text[start:].strip(), *finished]
        labels = [term.text for term in _most(named, MOST_QUERIES)]
        head = text[:start].casefold()
        before = set(map(key_of, words[:at]))  # after blue there is no second blue
        completed = _distinct((one.casefold() for one in (*labels, *finished)), but=before)
        if not completed:
            continue
        if at:  # a link to a category would lose the words before it
            named = []
        yield Suggestions(
            text,
            head,
            [head + one for one in completed],
            _most((term for term in named if term.kind == "category"), _CATEGORIES),
            _most((term for term in named if term.kind == "brand"), _BRANDS),
        )


def _beginning_with(tail: Sequence[str], vocabulary: Vocabulary) -> Iterator[Term]:
    """Names with these words in a row, the last one as a prefix; also joined (``t-sh``: Tshirts)."""
    *whole, prefix = tail
    written_as_one = "".join(tail)
    for one in vocabulary.named_with_initial(written_as_one[0] + prefix[0]):
        if one.written_as_one.startswith(written_as_one):
            yield one.term
        elif prefix in one.written_as_one:
            for at in range(len(one.words) - len(whole)):
                end = at + len(whole)
                if one.words[end].startswith(prefix) and one.words[at:end] == whole:
                    yield one.term
                    break


def _distinct(texts: Iterable[str], *, but: Set[str]) -> list[str]:
    """The texts without later ones of the same key, of ``shirts`` and ``shirt`` the first, and without
    those of these keys."""
    by_key: dict[str, str] = {}
    for text in texts:
        by_key.setdefault(key_of(text), text)
    return [text for key, text in by_key.items() if key not in but]


def _most(terms: Iterable[Term], limit: int) -> list[Term]:
    """The terms with the most products, one for each name."""
    by_name: dict[str, Term] = {}
    for term in sorted(terms, key=lambda term: -term.count):
        by_name.setdefault(term.text.casefold(), term)
    return list(by_name.values())[:limit]
