"""Translates queries in other languages, with the phrases of ``languages.txt``. Pure.

Unknown words of a language, such as brands, are not changed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import Stemmer

from storefront.search.language.tokenizer import Token, tokens

LANGUAGES = ("german", "french", "spanish", "portuguese", "italian", "hindi", "russian", "japanese")
_COMPOUNDING = ("german",)
_WITHOUT_SPACES = ("japanese",)
_ELIDING = ("french", "italian")  # d'été, dell'estate
_SHORTEST_HEAD = 4  # letters of the last part of a compound
_SHORTEST_START, _SHORTEST_ALONE = 1, 2  # letters of a word to complete, after others or alone
_LONGEST_TAIL = 3  # words that may begin a phrase: sac à d
_STOP = 0.5  # the weight of a word without meaning
_LINKS = frozenset({"for", "with"})  # they mean nothing, but say what belongs to what

_DIGITS = "0123456789.,"
_AMOUNT = re.compile(rf"[{_DIGITS}]+")
_APOSTROPHE = re.compile("['’]")
# Hindi and Japanese say the number before the bound, and what is excluded before the negation.
_POSTFIXING = ("hindi", "japanese")
_NUMBER_FIRST = re.compile(r"(\S*\d\S*(?: (?:yen|dollars|euros|rupees))?) (under|over)\b(?! \S*\d)")
_EXCLUDED_FIRST = re.compile(r"(\S+) (except|not)\b")
_LOANWORD = re.compile(
    "[\u30a1-\u30fa\u30fc]{2,}"
)  # katakana: a word of another language, or a brand
_TEN_THOUSANDS = re.compile(r"(?<=\d)万")

Key = tuple[str, ...]
IsKnown = Callable[[str], bool]
IsOwn = Callable[[Sequence[str], str], bool]


@dataclass(frozen=True, slots=True)
class Translation:
    """A query in English. replaced: what was replaced, as (phrase, English).

    explained: how many of its words the language has; pieces: how many phrases they are; listed: how
    many of these in just the form that is listed, neither inflected nor a part of a compound; rest: the
    other words.
    """

    text: str
    replaced: Sequence[tuple[str, str]]
    explained: float
    pieces: int
    listed: int
    rest: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A completed text. said: the completion in English; before: what the words before it say."""

    text: str
    said: str
    before: tuple[str, ...]

    @property
    def english(self) -> str:
        """The whole text in English."""
        return " ".join((*self.before, self.said))


@dataclass(frozen=True, slots=True)
class _Piece:
    """English for some tokens; empty for words without meaning, None for unknown ones."""

    tokens: Sequence[Token]
    english: str | None


class Translator:
    """The phrases of all languages."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._languages = {name: _Language(name) for name in LANGUAGES}
        for line in lines:
            rule = line.partition("#")[0].strip()
            if not rule:
                continue
            english, *columns = rule.split(";")
            if len(columns) != len(LANGUAGES):
                raise ValueError(
                    f"{rule!r} has {len(columns)} languages instead of {len(LANGUAGES)}"
                )
            for language, phrases in zip(self._languages.values(), columns, strict=True):
                for phrase in filter(None, map(str.strip, phrases.split(","))):
                    language.add(phrase, "" if english == "-" else english)

    def translations(self, text: str, is_known: IsKnown, is_own: IsOwn) -> Iterator[Translation]:
        """The query in each language that has any of its words.

        is_own: whether the catalogue says these words itself, rather than this English for them; they
        are not translated then.

        is_known: whether a word is English, or one of the catalogue's. Such a word is translated only in
        a form that the language lists: a collared shirt has nothing to do with a Spanish necklace.
        """
        for language in self._languages.values():
            if (translation := language.translate(text, is_known, is_own)).replaced:
                yield translation

    def lists(self, word: str) -> bool:
        """Whether a language lists just this word."""
        return any(language.lists(word) for language in self._languages.values())

    def completions(self, text: str, is_name: IsKnown) -> Iterator[Completion]:
        """The texts that complete an unfinished last word in any language which has all words before it;
        one for each meaning. Of languages that list just these words, only theirs.

        is_name: whether an English phrase names something, as *beautiful* does not.
        """
        before = [token.word for token in tokens(text)][:-1]
        listing = [one for one in self._languages.values() if all(map(one.lists, before))]
        for language in listing or self._languages.values():
            yield from language.completions(text, is_name)


class _Language:
    def __init__(self, name: str) -> None:
        self._stemmer = None if name in _WITHOUT_SPACES else Stemmer.Stemmer(name)
        self._is_compounding = name in _COMPOUNDING
        self._is_eliding = name in _ELIDING
        self._is_postfixing = name in _POSTFIXING
        self._english: dict[Key, str] = {}
        self._listed: dict[Key, str] = {}  # the same, by phrases in just the forms that are listed
        self._characters: list[str] = []
        self._most_words: dict[str, int] = {}  # of the phrases that begin with a stem
        # By its first letter: the words of a phrase, how it is listed, and its English.
        self._phrases: defaultdict[str, list[tuple[Key, str, str]]] = defaultdict(list)

    def add(self, phrase: str, english: str) -> None:
        said = tokens(phrase)
        key = self._key(said)
        self._english.setdefault(key, english)
        self._most_words[key[0]] = max(len(key), self._most_words.get(key[0], 1))
        self._listed.setdefault(_words(said), english)
        if english:
            self._phrases[said[0].word[0]].append((_words(said), phrase, english))
        if self._stemmer is None:
            self._characters = sorted(
                (key[0] for key in self._english if key), key=len, reverse=True
            )

    def lists(self, word: str) -> bool:
        """See `Translator.lists`."""
        return (word,) in self._listed

    def translate(self, text: str, is_known: IsKnown, is_own: IsOwn) -> Translation:
        text = _TEN_THOUSANDS.sub("0000", text)
        said = tokens(text)
        pieces = list(self._pieces(said, text, is_known))
        parts: list[str] = []
        rest: list[str] = []
        replaced: list[tuple[str, str]] = []
        explained, translated, listed, at = 0.0, 0, 0, 0
        for piece in pieces:
            start, end = piece.tokens[0].start, piece.tokens[-1].end
            says = None if piece.english in _LINKS else piece.english
            is_kept = says and is_own(_words(piece.tokens), says)
            if piece.english is None or is_kept:
                rest.append(text[start:end])
                continue
            explained += len(piece.tokens) if says else _STOP
            translated += 1
            listed += _words(piece.tokens) in self._listed
            parts += [text[at:start], piece.english]
            if says:
                replaced.append((text[start:end], says))
            at = end
        english = " ".join("".join([*parts, text[at:]]).split())
        if self._is_postfixing:
            english = _EXCLUDED_FIRST.sub(r"\2 \1", _NUMBER_FIRST.sub(r"\2 \1", english))
        return Translation(english, replaced, explained, translated, listed, " ".join(rest))

    def completions(self, text: str, is_name: IsKnown) -> Iterator[Completion]:
        """See `Translator.completions`. Phrases of which the last two words begin one come first."""
        said = tokens(text)
        if not said or len(said[-1].word) < (_SHORTEST_START if said[:-1] else _SHORTEST_ALONE):
            return
        for length in range(min(_LONGEST_TAIL, len(said)), 0, -1):
            pieces = self._pieces(said[:-length], text, lambda _word: False)
            before = [piece.english for piece in pieces]
            if None in before:
                continue
            links = [english for english in before if english]
            begun = self._beginning_with(_words(said[-length:]))
            by_english = {english: phrase for phrase, english in reversed([*begun])}
            for english, phrase in reversed(by_english.items()):
                if english not in before and is_name(english):
                    whole = text[: said[-length].start] + phrase
                    yield Completion(whole, english, tuple(links))

    def _beginning_with(self, tail: Key) -> Iterator[tuple[str, str]]:
        whole, start = tail[:-1], tail[-1]
        for words, phrase, english in self._phrases.get(tail[0][0], ()):
            is_long_enough = len(words) >= len(tail)
            if (
                is_long_enough
                and words[: len(whole)] == whole
                and words[len(whole)].startswith(start)
            ):
                yield phrase, english

    def _key(self, said: Sequence[Token]) -> Key:
        words = _words(said)
        return tuple(map(self._stemmer.stemWord, words)) if self._stemmer else words

    def _pieces(self, said: Sequence[Token], text: str, is_known: IsKnown) -> Iterator[_Piece]:
        stems = self._key(said)
        at = 0
        while at < len(said):
            key = self._longest(stems[at:])
            some = said[at : at + len(key)]
            yield _Piece(some, self._english_of(some, key, text, is_known))
            at += len(some)

    def _longest(self, stems: Key) -> Key:
        """The longest phrase that these begin with; the first if there is none."""
        most = min(len(stems), self._most_words.get(stems[0], 1))
        starts = (stems[:length] for length in range(most, 1, -1))
        return next((key for key in starts if key in self._english), stems[:1])

    def _english_of(
        self, some: Sequence[Token], key: Key, text: str, is_known: IsKnown
    ) -> str | None:
        listed = self._listed.get(_words(some))
        if listed is not None:  # a novia is a girlfriend, whose stem is that of a novio
            return listed
        english = self._english.get(key)
        first, *others = some
        if others:
            return english
        if is_known(first.word):
            return None
        whole = text[first.start : first.end]
        return self._taken_apart(first.word, whole) if english is None else english

    def _taken_apart(self, word: str, said: str) -> str | None:
        """A word by its parts. said: as it is written."""
        if self._stemmer is None:
            return self._run_together(word)
        if self._is_eliding:
            return self._elided(said)
        return self._compound(word) if self._is_compounding else None

    def _compound(self, word: str) -> str | None:
        for at in range(3, len(word) - 2):
            first = self._word(word[:at]) or self._word(re.sub("(?:s|n|en|er)$", "", word[:at]))
            second = self._word(word[at:])
            if first and second:
                return f"{first} {second}"
        return self._head(word)

    def _head(self, word: str) -> str | None:
        """What a compound is, where its first part is unknown and its last one is listed: a ``Cordhose``
        is a pair of trousers, but ``bluejeans`` are English, and so are somebody's ``shoes``."""
        for at in range(3, len(word) - _SHORTEST_HEAD + 1):
            if english := self._listed.get((word[at:],)):
                return None if english.removesuffix("s") == word[at:].removesuffix("s") else english
        return None

    def _elided(self, said: str) -> str | None:
        """A word to which the last letters of an article or a preposition are joined: ``d'été``."""
        *elided, word = _APOSTROPHE.split(said)
        return self._english.get(self._key(tokens(word))) if elided else None

    def _word(self, word: str) -> str | None:
        return self._english.get((str(self._stemmer.stemWord(word)),)) if self._stemmer else None

    def _run_together(self, word: str) -> str | None:
        """A word of a language without spaces, split into phrases, longest first, numbers, and unknown
        loanwords before them. None if it says nothing that is known."""
        found: list[str] = []
        rest = word
        is_known = False
        while rest:
            if kept := _AMOUNT.match(rest) or self._unknown_loanword(rest):
                found.append(kept[0])
                rest = rest[kept.end() :]
                continue
            phrase = next((one for one in self._characters if rest.startswith(one)), None)
            if phrase is None:
                return None
            found.append(self._english[phrase,])
            rest = rest[len(phrase) :]
            is_known = True
        return " ".join(filter(None, found)) if is_known else None

    def _unknown_loanword(self, word: str) -> re.Match[str] | None:
        """A word in katakana at the start, unless a listed phrase begins there."""
        if any(map(word.startswith, self._characters)):
            return None
        return _LOANWORD.match(word)


def _words(said: Sequence[Token]) -> Key:
    return tuple(token.word for token in said)
