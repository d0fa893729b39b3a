"""What phrases mean: learned from the catalogue's own values, widened by synonyms. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from storefront.catalog.colours import colour_named
from storefront.search.spelling import Speller
from storefront.search.synonyms import Synonyms
from storefront.search.words import LINKING, key, key_of, tokens

Kind = Literal["category", "base_color", "gender", "season", "brand", "size"]

_LONGEST = 6  # words of a phrase
_SAID_BY_AT_LEAST = 3  # products: rarer words are codes and slips, and nothing is corrected to them
_ALSO_FOR = {"Men": ("Unisex",), "Women": ("Unisex",)}
_OWN_SHARE = 0.5  # of the products that say a brand's word: below it the word means something else
_SAME_NODE = 0.5  # of a name's products: a deeper node of that name with as many is meant


@dataclass(frozen=True, slots=True)
class Term:
    """Something the catalogue says. kind: a Kind, or ``word`` for a word of product names.

    text: as people write it; value: as filters take it (a category's is its path);
    count: live products that have it.
    """

    kind: str
    text: str
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """Values of one kind that a phrase stands for, as alternatives.

    exact: those that it names itself, which ranking prefers; the others are near enough.
    """

    kind: Kind
    label: str
    values: tuple[str, ...]
    exact: tuple[str, ...]


class Vocabulary:
    """The phrases that are understood, and the words that are known.

    Where one phrase has several meanings the kind that stands first in Kind wins.
    """

    def __init__(self, terms: Iterable[Term], synonyms: Synonyms) -> None:
        by_kind: defaultdict[str, list[Term]] = defaultdict(list)
        for term in terms:
            by_kind[term.kind].append(term)
        said = {term.text: term.count for term in by_kind["word"]}
        self.alike = synonyms.alike
        self.sizes: Mapping[str, str] = {key_of(t.text): t.value for t in by_kind["size"]}
        self._meanings: dict[str, Meaning] = {}
        for found in (
            _categories(by_kind["category"]),
            _colours(by_kind["base_color"]),
            _genders(by_kind["gender"]),
            {key_of(t.text): _one("season", t) for t in by_kind["season"]},
            _brands(by_kind["brand"], said),
        ):
            self._learn(_widened(found, synonyms))
        self.speller = Speller(_known_words(by_kind, synonyms, self._meanings))

    def _learn(self, meanings: Mapping[str, Meaning]) -> None:
        self._meanings = {**meanings, **self._meanings}

    def meaning(self, phrase: str) -> Meaning | None:
        """What a whole phrase means; None where it is no more than words."""
        return self._meanings.get(key_of(phrase))

    def longest(self, words: Sequence[str]) -> tuple[int, Meaning] | None:
        """How many of the first words form a known phrase, the most possible, and what it means."""
        if not words or words[0] in LINKING:
            return None
        for length in range(min(len(words), _LONGEST), 0, -1):
            if words[length - 1] in LINKING:
                continue
            if meaning := self._meanings.get(key(words[:length])):
                return length, meaning
        return None


def _one(kind: Kind, term: Term) -> Meaning:
    return Meaning(kind, term.text, (term.value,), (term.value,))


def _categories(terms: Iterable[Term]) -> dict[str, Meaning]:
    """A name may stand at several nodes (Dress, Dresses; Accessories within Accessories): it means the
    deepest level that still holds half of the products of the biggest."""
    named: defaultdict[str, list[Term]] = defaultdict(list)
    for term in terms:
        named[key_of(term.text)].append(term)
    meanings = {}
    for name, nodes in named.items():
        levels: Counter[int] = Counter()
        for node in nodes:
            levels[node.value.count("/")] += node.count
        enough = _SAME_NODE * max(levels.values())
        depth = max(level for level, count in levels.items() if count >= enough)
        chosen = sorted((n for n in nodes if n.value.count("/") == depth), key=lambda n: -n.count)
        paths = tuple(node.value for node in chosen)
        meanings[name] = Meaning("category", chosen[0].text, paths, paths)
    return meanings


def _colours(terms: Sequence[Term]) -> dict[str, Meaning]:
    """A colour; for one that names its family (blue), the whole family, itself first."""
    meanings = {}
    for term in terms:
        colour = colour_named(term.value)
        values = [term.value]
        if colour and colour.name.casefold() == colour.family:
            values += [
                other.value
                for other in terms
                if other is not term and (known := colour_named(other.value))
                and known.family == colour.family
            ]  # fmt: skip
        meanings[key_of(term.text)] = Meaning("base_color", term.text, tuple(values), (term.value,))
    return meanings


def _genders(terms: Sequence[Term]) -> dict[str, Meaning]:
    there = {term.value for term in terms}
    return {
        key_of(term.text): Meaning(
            "gender",
            term.text,
            (term.value, *(also for also in _ALSO_FOR.get(term.value, ()) if also in there)),
            (term.value,),
        )
        for term in terms
    }


def _brands(terms: Iterable[Term], said: Mapping[str, int]) -> dict[str, Meaning]:
    """Brands by every spelling's key, with the lines that carry their name on (Casio, Casio Edifice).

    A brand of one word that other products say too (Denim, Cat) is left to the words.
    """
    spelled: defaultdict[str, list[Term]] = defaultdict(list)
    opened: defaultdict[str, list[Term]] = defaultdict(list)
    for term in terms:
        words = [token.word for token in tokens(term.text) if token.word not in LINKING]
        if not words:
            continue
        spelled[key(words)].append(term)
        for length in range(1, len(words)):
            opened["".join(words[:length])].append(term)
    meanings = {}
    for name, own in spelled.items():
        words = [token.word for token in tokens(own[0].text)]
        lines = opened["".join(word for word in words if word not in LINKING)]
        count = sum(term.count for term in (*own, *lines))
        if len(words) == 1 and count < _OWN_SHARE * said.get(words[0], 0):
            continue
        own.sort(key=lambda term: -term.count)
        exact = tuple(term.value for term in own)
        values = dict.fromkeys((*exact, *(term.value for term in lines)))
        meanings[name] = Meaning("brand", own[0].text, tuple(values), exact)
    return meanings


def _widened(found: Mapping[str, Meaning], synonyms: Synonyms) -> dict[str, Meaning]:
    """The meanings of one kind and those of its synonyms. A synonym of something known adds to it."""
    meanings = dict(found)
    kinds = {meaning.kind for meaning in found.values()}
    for synonym in synonyms.meanings:
        meant = [found[name] for name in map(key_of, synonym.names) if name in found]
        if synonym.kind not in kinds or not meant:
            continue
        values = tuple(dict.fromkeys(value for one in meant for value in one.values))
        exact = tuple(dict.fromkeys(value for one in meant for value in one.exact))
        for phrase in synonym.phrases:
            own = found.get(key_of(phrase))
            meanings[key_of(phrase)] = Meaning(
                meant[0].kind,
                own.label if own else " or ".join(one.label for one in meant[:2]),
                tuple(dict.fromkeys((*(own.values if own else ()), *values))),
                own.exact if own else exact,
            )
    return meanings


def _known_words(
    by_kind: Mapping[str, Sequence[Term]], synonyms: Synonyms, meanings: Mapping[str, Meaning]
) -> dict[str, int]:
    """Every word that need not be corrected, with how often the catalogue says it."""
    known: Counter[str] = Counter()
    for kind, terms in by_kind.items():
        for term in terms:
            if kind != "word" or term.count >= _SAID_BY_AT_LEAST:
                for token in tokens(term.text):
                    known[token.word] = max(known[token.word], term.count)
    for synonym in synonyms.meanings:
        for phrase in synonym.phrases:
            if key_of(phrase) in meanings:
                for token in tokens(phrase):
                    known[token.word] = max(known[token.word], 1)
    for word in synonyms.alike:
        known[word] = max(known[word], 1)
    return dict(known)
