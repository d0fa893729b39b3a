"""Builds the vocabulary of a process from its index, and updates it in the background."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

from spellchecker import SpellChecker

from storefront.background import SingleFlight
from storefront.db import Database
from storefront.search import language
from storefront.search.language import synonyms
from storefront.search.language.meanings import Term
from storefront.search.language.needs import WordVectors
from storefront.search.language.translation import Translator
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.read_model.store import ReadModel

_FILES = resources.files(language)
# Occurrences in pyspellchecker's corpus: about 7,700 and 37,700 words have this many.
_COMMON, _ENGLISH = 5_000, 200
_CONTRACTED = 100  # occurrences with an apostrophe for each without
_VALID_FOR_S = 60.0  # every process knows new brands and words a minute after their listings


class VocabularyReader:
    """The vocabulary of this process: built at first use, then refreshed in the background."""

    def __init__(
        self, database: Database, model: ReadModel, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._model = model
        self._clock = clock
        self._vocabulary: Vocabulary | None = None
        self._built_from: tuple[Sequence[Term], Sequence[tuple[str, str]]] | None = None
        self._read_at = -_VALID_FOR_S
        self._refresh = SingleFlight("Vocabulary", self._read)

    async def vocabulary(self) -> Vocabulary:
        """The vocabulary, at most a minute old; a new object when it has changed.

        Waits, for one statement, only at first use, and raises Unavailable (503) only then: later the
        old one is used until the next minute.
        """
        if self._vocabulary and self._clock() - self._read_at < _VALID_FOR_S:
            return self._vocabulary
        if self._vocabulary is None:
            return await self._refresh.result()
        self._refresh.begin()
        return self._vocabulary

    def stop(self) -> None:
        """Cancel a running read without waiting for it: one that hangs ends with its connection."""
        self._refresh.stop()

    async def _read(self) -> Vocabulary:
        self._read_at = self._clock()
        terms = await self._model.catalogue_terms()
        rows = await self._database.fetch(_OWN_SYNONYMS, may_lag=True)
        own_synonyms = [(row[0], row[1]) for row in rows]
        vocabulary = self._vocabulary
        if vocabulary is None or (terms, own_synonyms) != self._built_from:
            vocabulary = await asyncio.to_thread(build, terms, own_synonyms)
            self._vocabulary, self._built_from = vocabulary, (terms, own_synonyms)
        return vocabulary


def build(terms: Sequence[Term], own_synonyms: Sequence[tuple[str, str]]) -> Vocabulary:
    """A vocabulary of these terms and the shipped files, which are read once."""
    common_words, english_words = _english()
    return Vocabulary(
        terms,
        _synonyms(),
        own_synonyms,
        _translator(),
        common_words | _listed("people.txt"),
        english_words,
        _listed("other_goods.txt"),
        _vectors(),
    )


@cache
def _synonyms() -> synonyms.Synonyms:
    with (_FILES / "synonyms.txt").open(encoding="utf-8") as lines:
        return synonyms.read(lines)


@cache
def _translator() -> Translator:
    with (_FILES / "languages.txt").open(encoding="utf-8") as lines:
        return Translator(lines)


@cache
def _listed(name: str) -> frozenset[str]:
    """The words of a file, without its comments."""
    with (_FILES / name).open(encoding="utf-8") as lines:
        return frozenset(word for line in lines for word in line.partition("#")[0].split())


@cache
def _vectors() -> WordVectors:
    with (_FILES / "needs.npz").open("rb") as file:
        return WordVectors.read(file)


@cache
def _english() -> tuple[frozenset[str], ...]:
    """English words: the frequent ones, and these with rarer ones."""
    frequencies = SpellChecker(language="en").word_frequency.dictionary
    words = {
        word: count for word, count in frequencies.items() if not _is_contraction(word, frequencies)
    }
    return tuple(
        frozenset(word for word, count in words.items() if count >= least)
        for least in (_COMMON, _ENGLISH)
    )


def _is_contraction(word: str, frequencies: Mapping[str, int]) -> bool:
    """Whether it is nearly always written with an apostrophe: somebody who types *shes* may want
    shoes."""
    written = frequencies.get(f"{word[:-1]}'s", 0) if word.endswith("s") else 0
    return written > _CONTRACTED * frequencies[word]


_OWN_SYNONYMS = "select term, means from shop.synonyms order by term, means"
