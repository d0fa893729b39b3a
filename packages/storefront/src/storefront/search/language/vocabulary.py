"""The meanings of phrases: the catalogue's own names, and their synonyms. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from storefront.search.language.meanings import (
    KIND_DEPTH,
    Meaning,
    Term,
    brands,
    categories,
    colours,
    genders,
    named_alike,
    sizes,
    usages,
    with_synonyms,
)
from storefront.search.language.needs import Needs, WordVectors
from storefront.search.language.spelling import OFTEN, Speller, without_doubles
from storefront.search.language.synonyms import Phrase, Synonyms, phrase_of
from storefront.search.language.tokenizer import LINKING, key, key_of, singular, tokens
from storefront.search.language.translation import Translator

_LONG = 6  # letters, from which on a doubled one makes no difference: met is not meet
_LONGEST = 6  # words of a phrase
# Of the names with the word of a thing, and how many they are at least, for it to be sold here.
_SOLD_SHARE, _SOLD = 0.02, 3


@dataclass(frozen=True, slots=True)
class Named:
    """A category, brand or colour, and the folded words of its name, also joined."""

    words: Sequence[str]
    written_as_one: str
    term: Term


class Vocabulary:
    """The phrases with a meaning, and the known words.

    own_synonyms: the merchant's, as (term, meaning); they override all others.
    common_words: frequent English words and names of people, which are never misspellings;
    english_words: also rarer ones, which are misspellings only of a word with a meaning.
    other_goods: what other shops sell. vectors: of words, to find what a need is about.
    If a phrase has several meanings, the attribute that comes first in Attribute wins.
    """

    def __init__(
        self,
        terms: Iterable[Term],
        synonyms: Synonyms,
        own_synonyms: Iterable[tuple[str, str]] = (),
        translator: Translator | None = None,
        common_words: Set[str] = frozenset(),
        english_words: Set[str] = frozenset(),
        other_goods: Set[str] = frozenset(),
        vectors: WordVectors | None = None,
    ) -> None:
        self.translator = translator
        self.common_words = common_words
        self.english_words = english_words
        by_kind: defaultdict[str, list[Term]] = defaultdict(list)
        for term in terms:
            by_kind[term.kind].append(term)
        said = {term.text: term.count for term in by_kind["word"]}
        self._in_names = said.keys()
        self._alike = {_singulars(phrase): others for phrase, others in synonyms.alike.items()}
        self.named = [
            _named(term) for kind in ("category", "brand", "base_color") for term in by_kind[kind]
        ]
        self._by_letter: defaultdict[str, list[int]] = defaultdict(list)
        for number, named in enumerate(self.named):
            for letter in {word[0] for word in named.words}:
                self._by_letter[letter].append(number)
        self._labels = {term.value: term.text for term in by_kind["category"]}
        self.sizes: Mapping[str, str] = sizes(by_kind["size"])
        own_colours = colours(by_kind["base_color"])
        counts = {term.value: term.count for term in by_kind["category"]}
        kinds = with_synonyms(categories(by_kind["category"]), synonyms, counts)
        self._also_colours = {
            name: kinds.pop(name) for name in own_colours.keys() & kinds if not kinds[name].is_name
        }
        self._meanings: dict[str, Meaning] = kinds
        people = with_synonyms(genders(by_kind["gender"]), synonyms)
        self._worn_by = {name: people[name] for name in people.keys() & kinds}
        self._add(with_synonyms(own_colours, synonyms))
        self._add(people)
        for found in (
            named_alike("season", by_kind["season"]),
            usages(by_kind["usage"]),
            brands(by_kind["brand"], said),
        ):
            self._add(with_synonyms(found, synonyms))
        known = _known_words(by_kind, synonyms, self._meanings)
        self._spelt_alike = _spelt_alike(known, english_words)
        for phrase, means in own_synonyms:
            if meaning := self.meaning(means):
                self._meanings[key_of(phrase)] = meaning
            elif (one := phrase_of(phrase)) and (other := phrase_of(means)):
                self._alike[_singulars(one)] = (*self.alternatives(one), other)
            known |= {token.word: known.get(token.word, 1) for token in tokens(phrase)}
        kinds_as_one = {named.written_as_one for named in self.named if _is_run_together(named)}
        self.speller = Speller(known, kinds_as_one - known.keys())
        sold = _often_named(said, by_kind["category"])
        self._other_goods = {key_of(word) for word in other_goods - sold} - self._meanings.keys()
        others = [word for word in other_goods if self.is_sold_elsewhere(word)]
        self.needs = _needs(by_kind["category"], synonyms, self.meaning, vectors, others)

    def _add(self, meanings: Mapping[str, Meaning]) -> None:
        self._meanings = {**meanings, **self._meanings}

    def named_with_initial(self, letters: str) -> list[Named]:
        """The names of which a word begins with any of these letters."""
        numbers = {number for letter in letters for number in self._by_letter.get(letter, ())}
        return [self.named[number] for number in sorted(numbers)]

    def meaning(self, phrase: str) -> Meaning | None:
        """The meaning of a whole phrase; None if it has none beyond its words."""
        return self._meanings.get(key_of(phrase))

    def kind_called(self, colour: str) -> Meaning | None:
        """The kind that is called like a colour of the catalogue: cream."""
        return self._also_colours.get(key_of(colour))

    def worn_by(self, kind: str) -> Meaning | None:
        """The people for whom a kind is that is called so: panties."""
        return self._worn_by.get(key_of(kind))

    def meaning_of_word(self, word: str) -> Meaning | None:
        """The meaning of one folded word."""
        return self._meanings.get(singular(word))

    def kind_labels(self, paths: Sequence[str]) -> list[str]:
        """The names of categories, each once."""
        return list(dict.fromkeys(self._labels[path] for path in paths if path in self._labels))

    def is_sold_elsewhere(self, word: str) -> bool:
        """Whether this is something that other shops sell and this catalogue has no name for."""
        return key_of(word) in self._other_goods

    def contains(self, word: str) -> bool:
        """Whether names contain this word, its singular or plural, or a word used for it."""
        forms = ((singular(word),), (f"{word}s",), *self.alternatives((word,)))
        return any(all(map(self.speller.knows, form)) for form in forms)

    def is_known(self, word: str) -> bool:
        """Whether this very word is English, or one of the catalogue's."""
        return self.speller.knows(word) or word in self.english_words

    def is_own(self, words: Sequence[str], english: str) -> bool:
        """Whether the catalogue has these words, of any language, and not what they are in English."""
        if self.meaning(english) or all(token.word in self._in_names for token in tokens(english)):
            return False
        return all(map(self.speller.knows, words))

    def is_phrase(self, words: Phrase) -> bool:
        """Whether product texts have other words for exactly these."""
        return _singulars(words) in self._alike

    def alternatives(self, words: Phrase) -> tuple[Phrase, ...]:
        """These words, and those that product texts use for them; of one, also its other spellings."""
        others = self._spelt_alike.get(words[0], ()) if len(words) == 1 else ()
        return tuple(dict.fromkeys((words, *self._alike.get(_singulars(words), ()), *others)))

    def longest(self, words: Sequence[str]) -> tuple[int, Meaning] | None:
        """The longest known phrase at the start of the words: its length in words, and its meaning."""
        if not words or words[0] in LINKING:
            return None
        for length in range(min(len(words), _LONGEST), 0, -1):
            if words[length - 1] in LINKING:
                continue
            if meaning := self._meanings.get(key(words[:length])):
                return length, meaning
        return None


def _singulars(words: Phrase) -> Phrase:
    return tuple(map(singular, words))


def _spelt_alike(known: Iterable[str], english_words: Set[str]) -> dict[str, tuple[Phrase, ...]]:
    """By word its other spellings, which differ in doubled letters: mocassin, moccasins. Two English
    words are different ones: a cooper is not copper."""
    by_shape: defaultdict[str, list[str]] = defaultdict(list)
    for word in known:
        if len(word) >= _LONG and word.isalpha():
            by_shape[without_doubles(singular(word))].append(word)
    found: dict[str, tuple[Phrase, ...]] = {}
    for words in by_shape.values():
        for word in words if len({*map(singular, words)}) > 1 else ():
            others = (other for other in words if singular(other) != singular(word))
            is_english = word in english_words
            same = tuple((o,) for o in others if not (is_english and o in english_words))
            if same:
                found[word] = same
    return found


def _named(term: Term) -> Named:
    words = [token.word for token in tokens(term.text)]
    return Named(words, "".join(words), term)


def _is_run_together(named: Named) -> bool:
    """Whether it is a kind whose name has several words: nail polish."""
    return named.term.kind == "category" and len(named.words) > 1


def _often_named(said: Mapping[str, int], categories: Iterable[Term]) -> Set[str]:
    """The words that many names have: what they say is sold here, as a German shop sells *Hosen*."""
    products = sum(term.count for term in categories if "/" not in term.value)
    least = max(_SOLD_SHARE * products, _SOLD)
    return {word for word, count in said.items() if count >= least}


def _needs(
    categories: Iterable[Term],
    synonyms: Synonyms,
    meaning: Callable[[str], Meaning | None],
    vectors: WordVectors | None,
    others: Sequence[str],
) -> Needs | None:
    """The names of the kinds of product, without departments, which are too general."""
    if vectors is None:
        return None
    names: list[tuple[Sequence[str], tuple[str, ...]]] = [
        ([token.word for token in tokens(term.text)], (term.value,))
        for term in categories
        if term.value.count("/") == KIND_DEPTH
    ]
    for synonym in synonyms.meanings:
        for phrase in synonym.phrases if synonym.attribute == "category" else ():
            found = meaning(phrase)
            if found and found.attribute == "category":
                paths = tuple(path for path in found.exact if path.count("/") == KIND_DEPTH)
                names += [([token.word for token in tokens(phrase)], paths)] if paths else []
    return Needs(vectors, names, others)


def _known_words(
    by_kind: Mapping[str, Sequence[Term]], synonyms: Synonyms, meanings: Mapping[str, Meaning]
) -> dict[str, int]:
    """Every word that needs no correction, with the number of products that contain it."""
    known: Counter[str] = Counter()
    for terms in by_kind.values():
        for term in terms:
            words = [term.text] if term.kind == "word" else [t.word for t in tokens(term.text)]
            for word in words:
                known[word] = max(known[word], term.count)
    meant = (
        tuple(token.word for token in tokens(phrase))
        for synonym in synonyms.meanings
        for phrase in synonym.phrases
        if key_of(phrase) in meanings
    )
    for said in (*meant, *synonyms.alike):
        often = OFTEN if len(said) == 1 else 1  # a word of a phrase matches nothing on its own
        for word in said:
            known[word] = max(known[word], often)
    return dict(known)
