"""Corrects words that the catalogue does not know, one by one. Pure.

Candidates share letter triples with the word, as pg_trgm finds them; they are chosen by edit distance,
then by how often the catalogue says them. A known word is never corrected.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping

OFTEN = (
    3  # products that say a word, for it to be offered: rarer ones are codes and slips themselves
)
_CANDIDATES = 50  # looked at closely, of those that share the most triples
_WRONG_START = (
    0.5  # of an edit: people rarely mistype the first letter (help.shopify.com says never)
)


class Speller:
    """The words of the catalogue. terms: folded word to the number of products that say it."""

    def __init__(self, terms: Mapping[str, int]) -> None:
        self._terms = dict(terms)
        self._by_triple: defaultdict[str, list[str]] = defaultdict(list)
        for term, count in self._terms.items():
            for triple in _triples(term) if count >= OFTEN else ():
                self._by_triple[triple].append(term)

    def knows(self, word: str) -> bool:
        """Whether the catalogue says this word."""
        return word in self._terms

    def completions(self, start: str) -> list[str]:
        """Known words that begin so, the most frequent first: five at most."""
        begun = [t for t in self._by_triple.get(f"  {start[0]}", ()) if t.startswith(start)]
        return sorted(begun, key=lambda term: (-self._terms[term], term))[:5]

    def begins_a_word(self, start: str) -> bool:
        """Whether a known word goes on from here: the last word of a query may be unfinished."""
        return len(start) >= 3 and bool(self.completions(start))

    def correction(self, word: str) -> str | None:
        """The known word most likely meant; None where the word is known, a code, or beyond guessing."""
        allowed = _edits_allowed(word)
        if self.knows(word) or not allowed:
            return None
        shared = Counter(
            term for triple in _triples(word) for term in self._by_triple.get(triple, ())
        )
        best: tuple[float, int, str] | None = None
        for candidate, _ in shared.most_common(_CANDIDATES):
            if abs(len(candidate) - len(word)) > allowed:
                continue
            edits = distance(word, candidate)
            if edits > allowed:
                continue
            cost = edits + _WRONG_START * (candidate[0] != word[0])
            choice = (cost, -self._terms[candidate], candidate)
            best = min(best, choice) if best else choice
        return best[2] if best else None


def distance(one: str, other: str) -> int:
    """Letters to insert, delete, replace or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, above, row = row, before, [i]
        for j, opposite in enumerate(other, start=1):
            edits = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                edits = min(edits, above[j - 2] + 1)
            row.append(edits)
    return row[-1]


def _edits_allowed(word: str) -> int:
    """None in codes and in words too short to tell; two from seven letters on."""
    if len(word) < 4 or not word.isalpha():
        return 0
    return 1 if len(word) < 7 else 2


def _triples(word: str) -> set[str]:
    """Triples of letters, with two blanks before and one after, as pg_trgm cuts them."""
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
