"""Which pictures are most like one: exact, in the memory of this process. Pure.

One product of a matrix with a vector: 4 ms of one core for 44,446 pictures, 512 bytes each
(docs/decisions, "The nearest pictures are found exactly, in the process").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap64

Vector = NDArray[np.float32]

_COPIED = 4  # Copying the vectors that are chosen takes four times as long as their products.


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A product, and the cosine of its picture's vector with the one that was asked for."""

    product_id: int
    similarity: float


@dataclass(frozen=True)
class VectorIndex:
    """ids: int64 [n], ascending; vectors: float32 [n, d], each of unit length."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]

    @classmethod
    def empty(cls) -> Self:
        """An index of nothing."""
        return cls(np.empty(0, np.int64), np.empty((0, 0), np.float32))

    @cached_property
    def product_ids(self) -> BitMap64:
        """The products that have a vector."""
        return BitMap64(self.ids.tolist())

    def __len__(self) -> int:
        """The number of products that have a vector."""
        return len(self.ids)

    def updated(self, changes: Mapping[int, Vector | None]) -> "VectorIndex":
        """With these vectors added or replaced; None removes a product. Copies everything once."""
        if not changes:
            return self
        kept = ~np.isin(self.ids, np.fromiter(changes, np.int64, len(changes)))
        fresh = {one: vector for one, vector in changes.items() if vector is not None}
        parts = [self.vectors[kept]] if kept.any() else []
        if fresh:
            parts.append(np.stack(list(fresh.values())).astype(np.float32))
        if not parts:
            return VectorIndex.empty()
        ids = np.concatenate([self.ids[kept], np.fromiter(fresh, np.int64, len(fresh))])
        order = np.argsort(ids)
        return VectorIndex(ids[order], np.concatenate(parts)[order])

    def vector(self, product_id: int) -> Vector | None:
        """The vector of a product's picture, if it has one."""
        [position] = np.searchsorted(self.ids, [product_id])
        if position < len(self.ids) and self.ids[position] == product_id:
            found: Vector = self.vectors[position]
            return found
        return None

    def nearest(
        self, query: Vector, among: Iterable[int] | None = None, *, offset: int = 0, limit: int
    ) -> list[Neighbour]:
        """The most similar products, best first; ties by the smaller id.

        query: [d], of any length but zero. among: product ids to choose from; those without a vector are
        passed over. None: all.
        """
        chosen = self._positions(among)
        ids = self.ids if chosen is None else self.ids[chosen]
        if len(ids) <= offset or self.vectors.shape[1] != len(query):
            return []
        similarities = self._similarities(query / max(float(np.linalg.norm(query)), 1e-12), chosen)
        wanted = min(offset + limit, len(ids))
        # The best, in no order, and whatever equals the last of them: then ties are decided by id.
        least = -np.partition(-similarities, wanted - 1)[wanted - 1]
        best = np.flatnonzero(similarities >= least)
        order = best[np.lexsort((ids[best], -similarities[best]))][offset:wanted]
        return [Neighbour(int(ids[one]), float(similarities[one])) for one in order]

    def _positions(self, among: Iterable[int] | None) -> NDArray[np.int64] | None:
        """Where the vectors of these products are; None: all of them."""
        if among is None:
            return None
        chosen = self.product_ids & BitMap64(among)
        if len(chosen) == len(self.ids):
            return None
        ids = np.array(chosen.to_array(), dtype=np.int64)
        return np.searchsorted(self.ids, ids)

    def _similarities(self, unit: Vector, chosen: NDArray[np.int64] | None) -> Vector:
        few = chosen is not None and len(chosen) * _COPIED < len(self.ids)
        vectors = self.vectors[chosen] if few else self.vectors
        # Not ``@``: after each large product a thread of OpenBLAS spins for some 50 ms.
        found: Vector = np.vecdot(vectors, unit)
        return found if few or chosen is None else found[chosen]


def stacked(vectors: Sequence[bytes]) -> NDArray[np.float32]:
    """Stored vectors, [n, d]."""
    return np.stack([np.frombuffer(one, "<f2") for one in vectors]).astype(np.float32)


def stored(vector: Vector) -> bytes:
    """A vector as it is stored: little-endian float16, 2 bytes a number."""
    return vector.astype("<f2").tobytes()
