"""What a host leads to: a compute, the Postgres under it, and how refusals are worded there."""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from lakepass.emulator.faults.conditions import Compute
from lakepass.emulator.gateway.hosts import Host
from lakepass.emulator.gateway.refusals import STOPPED, Dialect, Refusal
from lakepass.emulator.postgres.cluster import SUPERUSER


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    """A Postgres: its unix socket, and connections to its database `postgres` as superuser."""

    socket: Path
    admin: asyncpg.Pool

    async def connect(self, database: str) -> asyncpg.Connection:
        """A connection to another database, as superuser; whoever takes it closes it."""
        return await asyncpg.connect(
            host=str(self.socket.parent), port=5432, user=SUPERUSER, database=database, ssl=False
        )


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One host. is_read_only: of sessions; is_pooled: only native passwords open it.

    endpoint_ids: how `options=endpoint=…` may name what is behind it; the first is the uid.
    """

    host: Host
    compute: Compute
    server: Server
    dialect: Dialect
    is_read_only: bool = False
    is_pooled: bool = False
    endpoint_ids: tuple[str, ...] = ()

    def knock(self) -> Refusal | None:
        """A login is tried: how it is refused, or None if it may go on."""
        if self.is_read_only and not self.compute.is_readable:
            return STOPPED
        return self.compute.knock()
