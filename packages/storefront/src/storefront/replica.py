"""Reads on a replica of the database: while it is near enough, and never older than what was shown.

A position in the write-ahead log answers both (PostgreSQL docs, "Recovery Information Functions"). The
primary's is looked up now and then; the replica may answer what it has replayed up to

- the position that the primary had `most_behind_s` ago,
- the newest listings that this process has shown,
- what the visitor has written (``own_writes.py``).

Each connection remembers how far its server has come, since a read-only host may lead to several. It
asks again only where more is needed than that (docs/decisions/0046).
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from storefront import own_writes
from storefront.background import SingleFlight
from storefront.readers import Readers
from storefront.telemetry import metrics

log = logging.getLogger(__name__)

WITHIN_S = 2.0
"""How long one read may wait for the replica before the primary answers it."""
_LOOK_EVERY_S = 0.5
_LOOKS_IN_TIME = 4  # within most_behind_s, at least
_TRY_AGAIN_AFTER_S = 2.0


class FollowingConnection(asyncpg.Connection):  # type: ignore[misc]  # it has no types
    """A connection to a replica, which remembers how far its server has replayed the log."""

    replayed = 0

    async def reaches(self, position: int) -> bool:
        """Whether what it reads is at least of this position. One statement, or none."""
        if self.replayed < position:
            # Null on a server that follows no other.
            self.replayed = await self.fetchval("select pg_last_wal_replay_lsn()") or 0
        return bool(self.replayed >= position)


class Replica:
    """The read-only host, as long as it can be used.

    readers: of FollowingConnection. position: looks up where the primary's log ends; one statement.
    """

    def __init__(
        self,
        readers: Readers,
        position: Callable[[], Awaitable[int]],
        *,
        most_behind_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._readers = readers
        self._position = position
        self._most_behind_s = most_behind_s
        self._look_every_s = min(_LOOK_EVERY_S, most_behind_s / _LOOKS_IN_TIME)
        self._clock = clock
        # When the primary was asked, and where its log ended then.
        self._seen: deque[tuple[float, int]] = deque()
        self._shown = 0
        self._is_up = False
        self._tried_at = float("-inf")
        self._looking = SingleFlight("Read replica", self._look)

    @property
    def is_up(self) -> bool:
        """Whether it answered when it was last asked."""
        return self._is_up

    def require(self, position: int) -> None:
        """From now on, answer nothing that is older than this."""
        self._shown = max(self._shown, position)

    async def fetch(
        self, statement: str, values: Sequence[object], *, use_custom_plan: bool
    ) -> Sequence[Any] | None:
        """The rows of a reading statement; None where the primary has to answer it."""
        needed = self._needed()
        rows = None
        if self._is_up and needed is not None:
            rows = await self._fetch(statement, values, needed, use_custom_plan=use_custom_plan)
        metrics.READS.labels("primary" if rows is None else "replica").inc()
        return rows

    async def aclose(self) -> None:
        """Close its connections."""
        self._looking.stop()
        await self._readers.aclose()

    async def _fetch(
        self, statement: str, values: Sequence[object], needed: int, *, use_custom_plan: bool
    ) -> Sequence[Any] | None:
        try:
            async with (
                asyncio.timeout(WITHIN_S),
                self._readers.connection(use_custom_plan=use_custom_plan) as connection,
            ):
                if not await connection.reaches(needed):
                    return None
                return await self._readers.run(connection, statement, values)
        except Exception as error:  # noqa: BLE001 - whatever it is, the primary answers or says so itself
            self._note_down(error)
            return None

    def _needed(self) -> int | None:
        """The position that a read has to reach; None where it is not known."""
        now = self._clock()
        if not self._seen or now - self._seen[-1][0] > self._look_every_s:
            self._looking.begin()
        while self._seen and now - self._seen[0][0] > self._most_behind_s:
            self._seen.popleft()
        own = own_writes.position()
        if not self._seen or own is None:
            return None
        # Where the log ended a little later than most_behind_s ago, since it was not asked just then.
        return max(self._seen[0][1], self._shown, own)

    async def _look(self) -> None:
        asked_at = self._clock()
        self._seen.append((asked_at, await self._position()))
        if not self._is_up and asked_at - self._tried_at > _TRY_AGAIN_AFTER_S:
            self._tried_at = asked_at
            await self._try()

    async def _try(self) -> None:
        try:
            async with asyncio.timeout(WITHIN_S), self._readers.connection() as connection:
                self._is_up = await connection.fetchval("select pg_is_in_recovery()")
        except Exception as error:  # noqa: BLE001 - tried again
            self._note_down(error)
            return
        if self._is_up:
            log.info("Read replica: it answers, and is read from.")
        else:
            log.warning("Read replica: its host leads to no replica; the primary answers.")

    def _note_down(self, error: Exception) -> None:
        if self._is_up or self._tried_at == float("-inf"):
            log.warning("Read replica: the primary answers instead, after %r", error)
        self._is_up = False
