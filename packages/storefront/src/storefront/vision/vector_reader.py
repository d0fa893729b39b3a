"""A process's copy of the vectors, kept up to date with the database while it is used."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from storefront.db import Database
from storefront.errors import NotOffered, Unavailable
from storefront.vision import queries
from storefront.vision.encoder import Encoder, Model
from storefront.vision.index import VectorIndex, stacked

_POLL_EVERY_S = 2.0
_BATCH = 10_000  # 3 MB of vectors


class VectorReader:
    """The vectors of the current model, at most two seconds old; read at first use.

    Where another model has more vectors, as after a change of the model, its vectors are read once and
    answer which products are alike, until the current model has caught up.
    """

    def __init__(self, database: Database, encoder: Encoder) -> None:
        self._database = database
        self._encoder = encoder
        self._model: Model | None = None
        self._current = VectorIndex.empty()
        self._former: VectorIndex | None = None
        self._former_read_at = float("-inf")
        self._number = 0
        self._polled_at = float("-inf")
        self._polling = asyncio.Lock()

    async def index(self) -> VectorIndex:
        """The vectors of the current model: what a photograph can be compared with.

        One statement every two seconds, three and half a second at first use (44,446 vectors).
        Raises NotOffered (501) where there is no model, Unavailable (503).
        """
        if self._is_old():
            async with self._polling:
                if self._is_old():
                    await self._poll()
        return self._current

    async def products(self) -> VectorIndex:
        """The vectors to compare products with each other: of the model that has most of them.

        Needs no model, only what one has computed. Raises Unavailable (503) without the database.
        """
        try:
            current = await self.index()
        except (NotOffered, Unavailable):
            return max(self._current, await self._of_any_model(), key=len)
        if self._former is not None and len(current) >= len(self._former):
            self._former = None
        return self._former or current

    async def _of_any_model(self) -> VectorIndex:
        """The vectors of the model that has most of them, read once; where there are none, again."""
        if not self._former and time.monotonic() - self._former_read_at > _POLL_EVERY_S:
            read_at = time.monotonic()
            self._former = await self._fullest(Model("", "")) or VectorIndex.empty()
            self._former_read_at = read_at
        return self._former or VectorIndex.empty()

    def _is_old(self) -> bool:
        return time.monotonic() - self._polled_at > _POLL_EVERY_S

    async def _poll(self) -> None:
        polled_at = time.monotonic()
        model = await asyncio.to_thread(lambda: self._encoder.model)
        if model != self._model:
            self._former = await self._fullest(model)
            self._model, self._current, self._number = model, VectorIndex.empty(), 0
        self._current, self._number = await self._followed(model, self._current, self._number)
        self._polled_at = polled_at

    async def _fullest(self, model: Model) -> VectorIndex | None:
        """The vectors of another model that has more of them, if there is one."""
        former = await queries.fullest_other(self._database, model)
        if former is None:
            return None
        return (await self._followed(former, VectorIndex.empty(), 0))[0]

    async def _followed(
        self, model: Model, index: VectorIndex, number: int
    ) -> tuple[VectorIndex, int]:
        changes: dict[int, Any] = {}
        while rows := await queries.written_since(self._database, model, number, limit=_BATCH):
            number = rows[-1][0]
            changes |= await asyncio.to_thread(_vectors, rows)
            if len(rows) < _BATCH:
                break
        return await asyncio.to_thread(index.updated, changes), number


def _vectors(rows: Sequence[Any]) -> dict[int, Any]:
    """By product; None where its picture cannot be read."""
    found = [(row[1], row[2]) for row in rows if row[2] is not None]
    changes: dict[int, Any] = {row[1]: None for row in rows if row[2] is None}
    if found:
        vectors = stacked([vector for _, vector in found])
        changes |= dict(zip((product_id for product_id, _ in found), vectors, strict=True))
    return changes
