"""What phrases mean: learned from the catalogue's own values, widened by synonyms. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from storefront.catalog.colours import colour_named
from storefront.search.language.spelling import OFTEN, Speller
from storefront.search.language.synonyms import Synonyms
from storefront.search.language.words import LINKING, fold, key, key_of, tokens

Kind = Literal["category", "base_color", "gender", "season", "brand", "size"]

_LONGEST = 6  # words of a phrase
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
    near: what to take besides where these are few. is_name: whether the catalogue itself says it so.
    """

    kind: Kind
    label: str
    values: tuple[str, ...]
    exact: tuple[str, ...]
    near: tuple[str, ...] = ()
    is_name: bool = True


Named = tuple[list[str], Term]
"""A category, brand or colour behind the folded words of its name."""


class Vocabulary:
    """The phrases that are understood, and the words that are known.

    sayings: the merchant's own synonyms, as (what is said, what it means here); they win.
    alike: words that product texts use for a word, itself first.
    Where one phrase has several meanings the kind that stands first in Kind wins.
    """

    def __init__(
        self, terms: Iterable[Term], synonyms: Synonyms, sayings: Iterable[tuple[str, str]] = ()
    ) -> None:
        by_kind: defaultdict[str, list[Term]] = defaultdict(list)
        for term in terms:
            by_kind[term.kind].append(term)
        said = {term.text: term.count for term in by_kind["word"]}
        self.alike = dict(synonyms.alike)
        self.named: list[Named] = [
            ([token.word for token in tokens(term.text)], term)
            for kind in ("category", "brand", "base_color")
            for term in by_kind[kind]
        ]
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
        known = _known_words(by_kind, synonyms, self._meanings)
        for said_so, means in sayings:
            if meaning := self.meaning(means):
                self._meanings[key_of(said_so)] = meaning
            else:
                word, other = fold(said_so), fold(means)
                self.alike[word] = (*self.alike.get(word, (word,)), other)
            known |= {token.word: known.get(token.word, 1) for token in tokens(said_so)}
        self.speller = Speller(known)

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
    """A colour, with its family near; one that names its family (blue) is the family, itself first."""
    families: defaultdict[str, list[str]] = defaultdict(list)
    for term in terms:
        if colour := colour_named(term.value):
            families[colour.family].append(term.value)
    meanings = {}
    for term in terms:
        colour = colour_named(term.value)
        family = tuple(families[colour.family]) if colour else ()
        is_family = colour is not None and colour.name.casefold() == colour.family
        values = tuple(dict.fromkeys((term.value, *family))) if is_family else (term.value,)
        meanings[key_of(term.text)] = Meaning(
            "base_color", term.text, values, (term.value,), near=family
        )
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
                near=tuple(dict.fromkeys(value for one in meant for value in one.near)),
                is_name=own is not None or meant[0].kind != "category",
            )
    return meanings


def _known_words(
    by_kind: Mapping[str, Sequence[Term]], synonyms: Synonyms, meanings: Mapping[str, Meaning]
) -> dict[str, int]:
    """Every word that need not be corrected, with how often the catalogue says it."""
    known: Counter[str] = Counter()
    for terms in by_kind.values():
        for term in terms:
            for token in tokens(term.text):
                known[token.word] = max(known[token.word], term.count)
    for synonym in synonyms.meanings:
        for phrase in synonym.phrases:
            if key_of(phrase) in meanings:
                said = tokens(phrase)
                often = OFTEN if len(said) == 1 else 1  # alone, a word of a phrase finds nothing
                for token in said:
                    known[token.word] = max(known[token.word], often)
    for word in synonyms.alike:
        known[word] = max(known[word], OFTEN)
    return dict(known)
