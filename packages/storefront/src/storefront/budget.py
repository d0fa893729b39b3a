"""What the processes of a deployment need at most, and whether it fits: connections and memory.

Computed before anything is served, so that too many workers are refused by a sentence rather than by a
database without a free connection, or by a platform that kills the app.
"""

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from storefront.db import Database
from storefront.errors import Unavailable
from storefront.settings import Settings

log = logging.getLogger(__name__)

# Measured by `make soak` and `make scale`: a process with full caches, and what each product adds to its
# index. The parent of several workers, and the process that they are forked from, serve nothing.
_PROCESS_MB, _PARENT_MB = 520, 220
_BYTES_PER_PRODUCT = 300
# Left to commands beside the shop: migrations, `lakepass doctor`, psql.
_LEFT_TO_OTHERS = 5
_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True, slots=True)
class Limits:
    """connections: that the database has for the shop; None: not known. products: that are listed."""

    connections: int | None
    products: int
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What a deployment needs at most. connections_each, memory_each_mb: of one process."""

    workers: int
    instances: int
    connections_each: int
    memory_each_mb: int
    limits: Limits

    @property
    def connections(self) -> int:
        """Of all processes of all instances."""
        return self.instances * self.workers * self.connections_each

    @property
    def memory_mb(self) -> int:
        """Of all processes of one instance."""
        return self.workers * self.memory_each_mb + (_PARENT_MB if self.workers > 1 else 0)

    def lines(self) -> list[str]:
        """For the log at start."""
        known = self.limits.connections
        of = "an unknown number" if known is None else str(known)
        instances = f" of {self.instances} instances" if self.instances > 1 else ""
        lines = [
            f"{self.workers} process{'es' * (self.workers > 1)}{instances}: at most "
            f"{self.connections} of {of} database connections ({self.connections_each} each), about "
            f"{self.memory_mb:,} of {self.limits.memory_mb:,} MB memory."
        ]
        if known is not None and known < 2 * self.connections:
            lines.append(
                "While a deployment replaces the app, both need connections: "
                f"{2 * self.connections} at most, more than there are."
            )
        return lines

    def refusal(self) -> str | None:
        """Why this cannot be served, and what can be done; None where it fits.

        One process is never refused for its memory: it may well do with less.
        """
        known = self.limits.connections
        if known is not None and self.connections > known:
            most = known // (self.instances * self.connections_each)
            return (
                f"{self._named()} need up to {self.connections} database connections, but the database "
                f"has {known} for them. {self._fewer(most)}, make the pools smaller "
                "(STORE_POOL_SIZE, STORE_POOL_OVERFLOW), or take a larger compute."
            )
        if self.workers > 1 and self.memory_mb > self.limits.memory_mb:
            most = (self.limits.memory_mb - _PARENT_MB) // self.memory_each_mb
            return (
                f"{self._named()} need about {self.memory_mb:,} MB of memory, but there are "
                f"{self.limits.memory_mb:,} MB (STORE_MEMORY_MB). {self._fewer(most)}, or take a larger "
                "app or machine."
            )
        return None

    def _named(self) -> str:
        each = f"{self.workers} worker{'s' * (self.workers > 1)}"
        return f"{each} in each of {self.instances} instances" if self.instances > 1 else each

    @staticmethod
    def _fewer(most: int) -> str:
        return f"Use at most {max(1, most)} (STORE_WORKERS, or --workers)"


def budget(settings: Settings, limits: Limits) -> Budget:
    """What these settings need, against these limits."""
    return Budget(
        workers=settings.workers,
        instances=settings.instances,
        connections_each=connections_each(settings),
        memory_each_mb=_PROCESS_MB + limits.products * _BYTES_PER_PRODUCT // 1_000_000,
        limits=limits,
    )


def connections_each(settings: Settings) -> int:
    """Connections to the primary that one process opens at most: sessions, and two pools of readers."""
    return 3 * settings.pool_size + settings.pool_overflow


def known_limits(settings: Settings) -> Limits:
    """What there is. The database is asked only where several processes share it.

    A shop of one process may start while its database sleeps; one of several waits for it no longer than
    a page does, and then starts without knowing.
    """
    if settings.workers * settings.instances > 1:
        try:
            return asyncio.run(_limits_of_database(settings))
        except Unavailable as error:
            log.warning("The database's limit of connections is not known: %s", error.reason)
    return Limits(None, 0, memory_mb(settings))


async def _limits_of_database(settings: Settings) -> Limits:
    database = Database(settings)
    try:
        return await limits(settings, database)
    finally:
        await database.aclose()


async def limits(settings: Settings, database: Database) -> Limits:
    """What the database and the machine have. One statement. Raises Unavailable (503)."""
    async with database.reads() as session:
        row = (await session.execute(_LIMITS)).one()
    return Limits(row.connections - _LEFT_TO_OTHERS, row.products, memory_mb(settings))


def memory_mb(settings: Settings) -> int:
    """What the settings, the container or the machine allow."""
    if settings.memory_mb is not None:
        return settings.memory_mb
    found = [_total_memory_bytes(), *filter(None, map(_limit_bytes, map(Path, _CGROUPS)))]
    return min(found) // 1_000_000


def _limit_bytes(file: Path) -> int | None:
    """The limit of this process's container; None where it has none."""
    try:
        written = file.read_text().strip()
    except OSError:
        return None
    return int(written) if written.isdecimal() else None


def _total_memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


# Of the server, this database and this role, whichever allows least; -1 is no limit.
_LIMITS = text(
    """
    select least(
        current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true)::int, 0),
        (select nullif(datconnlimit, -1) from pg_database where datname = current_database()),
        (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user)
    ) as connections,
    coalesce((select greatest(reltuples, 0)::bigint from pg_class
              where oid = to_regclass('shop.listings')), 0) as products
    """
)
