"""The open sessions, and how they are ended or frozen."""

import asyncio
import contextlib
from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

from lakepass.emulator.faults.conditions import Compute
from lakepass.emulator.gateway import wire
from lakepass.emulator.gateway.link import Link
from lakepass.emulator.gateway.routes import Route


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """A login that succeeded, on this route.

    key: the cancel key that Postgres expects; public_key: the one that the client was given.
    """

    route: Route
    client: Link
    backend: Link
    key: wire.CancelKey
    public_key: wire.CancelKey

    @property
    def backend_pid(self) -> int:
        """The process id of its Postgres backend."""
        return wire.integer(self.key.value[:4])

    def set_frozen(self, is_frozen: bool) -> None:
        """Stop or resume passing bytes, in both directions."""
        self.client.is_frozen = self.backend.is_frozen = is_frozen

    async def ended(self) -> None:
        """Return once both ends are closed."""
        await self.client.closed.wait()
        await self.backend.closed.wait()


class Sessions:
    """All open sessions, oldest first. All methods belong to the gateway's event loop."""

    def __init__(self) -> None:
        self._open: dict[wire.CancelKey, Session] = {}

    def add(self, session: Session) -> None:
        """Register a session under its public key."""
        self._open[session.public_key] = session

    def remove(self, session: Session) -> None:
        """Remove a session that has ended."""
        del self._open[session.public_key]

    def known_by(self, public_key: wire.CancelKey) -> Session | None:
        """The session that a CancelRequest names, if it is open."""
        return self._open.get(public_key)

    def has_room_at(self, compute: Compute) -> bool:
        """Whether the compute can accept one more session."""
        most = compute.most_sessions
        return most is None or len(self._at([compute])) < most

    async def cut(
        self,
        computes: Collection[Compute],
        *,
        goodbye: bool = True,
        count: int | None = None,
        mid_query: bool = False,
    ) -> None:
        """End sessions, and return once they are closed; see Faults.cut_connections."""
        cut = self._at(computes)
        if mid_query:
            cut = [session for session in cut if await self._is_busy(session)]
        cut = cut[:count]
        for session in cut:
            session.set_frozen(False)  # a frozen end would not notice
            if not goodbye:
                session.client.transport.abort()
        for session in cut:
            admin = session.route.server.admin
            with contextlib.suppress(OSError, asyncpg.PostgresError):  # its server is gone already
                await admin.execute("SELECT pg_terminate_backend($1)", session.backend_pid)
        await asyncio.gather(*(session.ended() for session in cut))

    async def freeze(self, computes: Collection[Compute]) -> None:
        """Stop passing bytes in the open sessions, in both directions."""
        for session in self._at(computes):
            session.set_frozen(True)

    async def thaw(self) -> None:
        """Resume passing bytes in all sessions."""
        for session in self._open.values():
            session.set_frozen(False)

    @property
    def has_frozen(self) -> bool:
        """Whether a session is frozen."""
        return any(session.client.is_frozen for session in list(self._open.values()))

    async def open_at(self, compute: Compute) -> int:
        """The number of sessions that the compute has."""
        return len(self._at([compute]))

    def _at(self, computes: Collection[Compute]) -> list[Session]:
        """The sessions of these computes, oldest first."""
        return [one for one in self._open.values() if one.route.compute in computes]

    async def _is_busy(self, session: Session) -> bool:
        query = "SELECT state = 'active' FROM pg_stat_activity WHERE pid = $1"
        return bool(await session.route.server.admin.fetchval(query, session.backend_pid))
