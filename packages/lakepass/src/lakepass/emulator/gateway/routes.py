"""What is behind a host: a compute, its Postgres, and the wording of its refusals."""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from lakepass.emulator.faults.conditions import Compute
from lakepass.emulator.gateway.hosts import Host
from lakepass.emulator.gateway.refusals import STOPPED, Dialect, Refusal
from lakepass.emulator.postgres.cluster import SUPERUSER


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    """A Postgres: its unix socket, and a superuser pool on its database `postgres`."""

    socket: Path
    admin: asyncpg.Pool

    async def connect(self, database: str) -> asyncpg.Connection:
        """A superuser connection to another database; the caller closes it."""
        return await asyncpg.connect(
            host=str(self.socket.parent), port=5432, user=SUPERUSER, database=database, ssl=False
        )


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One host. is_read_only: of sessions; is_pooled: only native passwords are accepted.

    primary: the server whose changes `server` streams, if that is a standby.
    endpoint_ids: what `options=endpoint=…` may name to reach it; the first is the uid.
    """

    host: Host
    compute: Compute
    server: Server
    dialect: Dialect
    is_read_only: bool = False
    is_pooled: bool = False
    primary: Server | None = None
    endpoint_ids: tuple[str, ...] = ()

    def knock(self) -> Refusal | None:
        """The refusal for a new login, or None if it may proceed."""
        if self.is_read_only and not self.compute.is_readable:
            return STOPPED
        return self.compute.knock()
