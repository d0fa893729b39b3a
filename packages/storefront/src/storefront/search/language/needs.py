"""Finds the kinds of product that a need is about: ``to keep my money and cards``: wallets. Pure.

Every word has a vector, so that words with similar use have a high cosine (needs.npz, distilled from
a sentence model by tools/needs). A text is the mean of its words, weighted by rarity, and is
compared with every name of a kind: the catalogue's, and the synonyms. A query costs a product of
a matrix of about 600 rows, in this process.

It is only used for queries that name no kind and whose words no product contains together. The kinds
that it finds earn points by reciprocal rank, in addition to the words (index/ranking.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

LEAST = 0.46
"""The minimum cosine of a kind that is meant. Of 20 queries for things no fashion shop sells, the best
kind had 0.44 at most, of 20 needs all but three had more than this."""

_LIKE_OTHERS = 0.55
"""The minimum cosine with what other shops sell, with no kind nearly as near (`_NEARER`)."""

_NEARER = 0.1
_MOST_KINDS = 4
_NEAR = 0.15  # kinds up to this much below the best one are meant too
_KNOWN = 0.5  # share of a query's words that must have a vector


@dataclass(frozen=True)
class WordVectors:
    """numbers: the row of each word; rows: float32 [n, d], longer for rarer words."""

    numbers: Mapping[str, int]
    rows: NDArray[np.float32]

    @classmethod
    def read(cls, file: IO[bytes]) -> Self:
        """From an .npz with ``words`` (text, one a line, as bytes), ``rows`` (int8 [n, d]) and
        ``weights`` (float16 [n])."""
        with np.load(file) as stored:
            words = stored["words"].tobytes().decode().split("\n")
            rows = stored["rows"].astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            rows *= stored["weights"].astype(np.float32)[:, None]
        return cls({word: number for number, word in enumerate(words)}, rows)

    def of(self, words: Sequence[str]) -> Vector | None:
        """The unit vector of a text; None if too few of its words are known."""
        known = [self.numbers[word] for word in words if word in self.numbers]
        if not known or len(known) < _KNOWN * len(words):
            return None
        total = self.rows[known].sum(axis=0)
        return np.asarray(total / np.linalg.norm(total), np.float32)


@dataclass(frozen=True)
class Needs:
    """names: the words of a name and its categories; there may be many for each. others: what other
    shops sell."""

    vectors: WordVectors
    names: Sequence[tuple[Sequence[str], tuple[str, ...]]]
    others: Sequence[str] = ()

    def kinds(self, words: Sequence[str], within: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """The categories that these words are about, best first; empty if unclear. within: the wider
        categories that they must be in, if any."""
        asked = self.vectors.of(words)
        if asked is None or not self._known:
            return []
        likeness = self._matrix @ asked
        found: dict[tuple[str, ...], float] = {}
        for number in np.argsort(-likeness):
            if likeness[number] < max(LEAST, max(found.values(), default=0.0) - _NEAR):
                break
            if paths := _within(self._known[number][1], within):
                found.setdefault(paths, float(likeness[number]))
        return list(found)[:_MOST_KINDS]

    def is_like_others(self, words: Sequence[str]) -> bool:
        """Whether these words are much more like what other shops sell than like any kind."""
        asked = self.vectors.of(words)
        if asked is None or not self._known or not len(self._others):
            return False
        likeness = float((self._others @ asked).max())
        return likeness >= max(_LIKE_OTHERS, float((self._matrix @ asked).max()) + _NEARER)

    @cached_property
    def _known(self) -> list[tuple[Vector, tuple[str, ...]]]:
        found = ((self.vectors.of(words), paths) for words, paths in self.names)
        return [(vector, paths) for vector, paths in found if vector is not None]

    @cached_property
    def _matrix(self) -> NDArray[np.float32]:
        return np.stack([vector for vector, _ in self._known])

    @cached_property
    def _others(self) -> NDArray[np.float32]:
        found = (self.vectors.of([word]) for word in self.others)
        return np.array([vector for vector in found if vector is not None])


def _within(paths: tuple[str, ...], categories: Sequence[str]) -> tuple[str, ...]:
    inside = tuple(f"{category}/" for category in categories)
    return tuple(path for path in paths if path.startswith(inside)) if inside else paths


def distinct(kinds: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The categories of several kinds, each once, in their order."""
    return tuple(dict.fromkeys(path for paths in kinds for path in paths))
