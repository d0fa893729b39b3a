"""How well vectors find what is alike, and a product from a distorted photograph of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.encoder.catalogue import Shot

Vectors = NDArray[np.float32]

_TEN = 10


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of the ten nearest: the share of the same kind, of the same colour, of both."""

    kind: float
    colour: float
    both: float


@dataclass(frozen=True, slots=True)
class Finding:
    """How often the product itself is first, and in the first ten; and how the others are alike."""

    first: float
    ten: float
    others: Likeness


class Catalogue:
    """The products that are searched. index: a vector for each, of any length."""

    def __init__(self, shots: Sequence[Shot], index: Vectors) -> None:
        self._index = unit(index)
        self._kinds = np.array([one.kind for one in shots])
        self._colours = np.array([one.colour for one in shots])

    def likeness(self, places: Sequence[int]) -> Likeness:
        """Of the catalogue's own clean pictures, each compared with all others."""
        asked = np.asarray(places)
        nearest = self._nearest(self._index[asked], _TEN + 1)
        return self._likeness(asked, _without(nearest, asked))

    def finding(self, places: Sequence[int], photographs: Vectors) -> Finding:
        """Of distorted photographs: photographs[i] is of the product at places[i]."""
        asked = np.asarray(places)
        nearest = self._nearest(unit(photographs), _TEN + 1)
        is_own = nearest == asked[:, None]
        return Finding(
            float(is_own[:, 0].mean()),
            float(is_own[:, :_TEN].any(axis=1).mean()),
            self._likeness(asked, _without(nearest, asked)),
        )

    def _nearest(self, queries: Vectors, count: int) -> NDArray[np.intp]:
        scores = queries @ self._index.T
        best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        return np.take_along_axis(best, order, axis=1)

    def _likeness(self, asked: NDArray[np.intp], found: NDArray[np.intp]) -> Likeness:
        kind = self._kinds[found] == self._kinds[asked][:, None]
        colour = self._colours[found] == self._colours[asked][:, None]
        return Likeness(float(kind.mean()), float(colour.mean()), float((kind & colour).mean()))


def unit(vectors: Vectors) -> Vectors:
    """Vectors of length 1; those of length 0 stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def _without(nearest: NDArray[np.intp], asked: NDArray[np.intp]) -> NDArray[np.intp]:
    """The first ten of each row apart from the product that was asked about."""
    rows = [row[row != own][:_TEN] for row, own in zip(nearest, asked, strict=True)]
    return np.stack(rows)


def line(name: str, likeness: Likeness, findings: Mapping[str, Finding]) -> str:
    """A line of the card's table."""
    cells = [name, f"{likeness.kind:.3f} / {likeness.colour:.3f} / {likeness.both:.3f}"]
    cells += [
        f"{one.first:.3f} / {one.ten:.3f}, {one.others.kind:.3f}, {one.others.colour:.3f}"
        for one in findings.values()
    ]
    return f"| {' | '.join(cells)} |"
