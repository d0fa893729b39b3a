"""Corrects words that the catalogue does not contain, one by one. Pure.

Candidates share trigrams with the word, as in pg_trgm; the best has the smallest edit distance
(optimal string alignment), then the most products. A known word is never corrected.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice

from rapidfuzz.distance import OSA

OFTEN = 3  # products with a word, for it to be suggested: rarer ones are codes or misspelt
_CANDIDATES = 50  # the words with most shared trigrams, compared by edit distance
_WRONG_START = (
    0.5  # of an edit: people rarely mistype the first letter (help.shopify.com says never)
)
_WRONG_END = 0.25  # of an edit: the last letter is seldom mistyped, too
_REPLACED = 0.25  # of an edit: letters are rather left out or doubled than replaced by others
_SWAPPED = 0.25  # of an edit: letters that are swapped are the most frequent slip
_ALIKE_EDITS = 3  # between words that sound alike: bakpak, snkrs
_ALIKE_SOUNDS = 3  # consonants, from which on words are compared by them
_SOUNDS = (("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("z", "s"), ("x", "ks"))
_VOWEL = re.compile("[aeiouy]")
_VOWELS = re.compile("(?<=.)[aeiouy]+")
_DOUBLED = re.compile(r"(.)\1+")


class Speller:
    """The words of the catalogue. terms: by folded word the number of products that contain it.
    run_together: names of several words, written as one; they are no words, but may have been meant.
    """

    def __init__(self, terms: Mapping[str, int], run_together: Iterable[str] = ()) -> None:
        self._terms = dict(terms)
        self._by_trigram: defaultdict[str, list[str]] = defaultdict(list)
        self._by_initial: defaultdict[str, list[str]] = defaultdict(list)  # most frequent first
        self._by_sound: defaultdict[str, list[str]] = defaultdict(list)
        often = [*filter(self._is_usual, self._terms)]
        for term in often:
            self._by_sound[_sound(term)].append(term)
        for term in (*often, *run_together):
            for trigram in _trigrams(term):
                self._by_trigram[trigram].append(term)
        for term in sorted(often, key=lambda term: (-self._terms[term], term)):
            if len(term) > 1:  # a letter completes nothing
                self._by_initial[term[0]].append(term)

    def knows(self, word: str) -> bool:
        """Whether the catalogue contains this word."""
        return word in self._terms

    def count(self, word: str) -> int:
        """The number of products that contain this word."""
        return self._terms.get(word, 0)

    def _is_usual(self, word: str) -> bool:
        return self.count(word) >= OFTEN

    def completions(self, start: str) -> list[str]:
        """Known words with this prefix, most frequent first, at most five."""
        same_initial = self._by_initial.get(start[0], ())
        return list(islice((term for term in same_initial if term.startswith(start)), 5))

    def begins_a_word(self, start: str) -> bool:
        """Whether this is a prefix of a known word: the last word of a query may be unfinished."""
        return len(start) >= 3 and bool(self.completions(start))

    def correction(self, word: str) -> str | None:
        """The most likely known word; None if the word is known, a code, or unlike all others."""
        return None if self.knows(word) else next(iter(self.similar(word)), None)

    def nearest(self, word: str) -> str | None:
        """The most likely known word, if it differs by one edit."""
        meant = self.correction(word)
        return meant if meant and is_near(word, meant) else None

    def similar(self, word: str) -> list[str]:
        """Other words that may have been meant, the most likely one first; none for a code. Of a word
        without vowels, such as ``jns``, those with the same consonants are."""
        if is_abbreviated(word):
            meant = sorted(self._alike(word), key=lambda term: -self._terms[term])
            return meant or self._near(word)
        return self._near(word)

    def _alike(self, word: str) -> set[str]:
        """Other words with the same consonants, if these are enough to compare."""
        sound = _sound(word)
        return {*self._by_sound.get(sound, ())} - {word} if len(sound) >= _ALIKE_SOUNDS else set()

    def _near(self, word: str) -> list[str]:
        """Words that differ by few edits, or sound alike."""
        allowed = _edits_allowed(word)
        if not allowed:
            return []
        shared = Counter(
            term for trigram in _trigrams(word) for term in self._by_trigram.get(trigram, ())
        )
        candidates = {term for term, _ in shared.most_common(_CANDIDATES)}
        choices: list[tuple[float, int, str]] = []
        alike = self._alike(word)
        for candidate in candidates.union(filter(self._is_usual, _swapped(word)), alike) - {word}:
            most = _ALIKE_EDITS if candidate in alike else allowed
            if abs(len(candidate) - len(word)) > most:
                continue
            edits = OSA.distance(word, candidate, score_cutoff=most)
            if edits > most:
                continue
            cost = edits + _WRONG_START * (candidate[0] != word[0])
            cost += _WRONG_END * (candidate[-1] != word[-1])
            if sorted(candidate) == sorted(word):
                cost -= _SWAPPED
            elif len(candidate) == len(word):
                cost += _REPLACED
            choices.append((cost, -self.count(candidate), candidate))
        return [candidate for _, _, candidate in sorted(choices)]


def is_near(word: str, meant: str) -> bool:
    """Whether one letter is missing, too many or another one, or two are swapped."""
    return OSA.distance(word, meant, score_cutoff=1) == 1


def is_abbreviated(word: str) -> bool:
    """Whether it is written without vowels: ``jns``, ``frml``."""
    return (
        len(word) >= _ALIKE_SOUNDS and word.isascii() and word.isalpha() and not _VOWEL.search(word)
    )


def sound_alike(word: str, other: str) -> bool:
    """Whether two words have the same consonants, as they sound, and the same first letter."""
    return _sound(word) == _sound(other)


def is_shortened(word: str, meant: str) -> bool:
    """Whether letters are missing and none is another one: ``lethr``."""
    letters = iter(meant)
    return all(letter in letters for letter in word)


def is_slip(word: str, meant: str) -> bool:
    """Whether a letter is missing, or too many, or two are swapped: no other word looks like that."""
    return OSA.distance(word, meant) == 1 and (
        len(word) != len(meant) or sorted(word) == sorted(meant)
    )


def without_doubles(word: str) -> str:
    """The word with each doubled letter once: mocassin, moccasin and moccassin are one."""
    return _DOUBLED.sub(r"\1", word)


def _edits_allowed(word: str) -> int:
    """0 for codes and very short words; two from seven letters on."""
    if len(word) < 4 or not word.isalpha():
        return 0
    return 1 if len(word) < 7 else 2


def _swapped(word: str) -> list[str]:
    """The word with each two neighbouring letters swapped: short ones may share no trigram with it."""
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def _sound(word: str) -> str:
    """The consonants of a word as they sound, and its first letter: ``bkpk`` for backpack and bakpak."""
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return _VOWELS.sub("", without_doubles(word))


def _trigrams(word: str) -> set[str]:
    """Trigrams, with two blanks before and one after the word, as in pg_trgm."""
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
