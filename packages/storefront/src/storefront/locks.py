"""Advisory locks of Postgres by name: what is to be done by one process at a time.

A lock is held until its transaction ends (PostgreSQL docs, 13.3.5), or until its block does where the
work takes many transactions. It excludes others that take the lock of the same name, and nothing else;
it is not needed where rows can be locked.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import blake2b

from sqlalchemy import text

from storefront.db import LOCK_TIMEOUT, Database, WriteSession

WAIT = "select pg_advisory_xact_lock(:key)"


def lock_key(name: str) -> int:
    """The 64-bit key of a lock: made of the name alone, so the same in every process and release."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)


async def lock(session: WriteSession, name: str, *, wait_s: float | None = None) -> None:
    """Wait for the lock of this name and hold it until the transaction ends. One statement.

    wait_s: how long to wait, where the usual lock_timeout of 5 s is too short; two more statements.
    Raises Unavailable (503) after that time, or the session's statement_timeout.
    """
    if wait_s is not None:
        await session.execute(_SET_TIMEOUT, {"timeout": f"{wait_s * 1_000:.0f}ms"})
    await session.execute(text(WAIT), {"key": lock_key(name)})
    if wait_s is not None:
        await session.execute(_SET_TIMEOUT, {"timeout": LOCK_TIMEOUT})


async def try_lock(session: WriteSession, name: str) -> bool:
    """Take the lock of this name if it is free, until the transaction ends. One statement."""
    is_ours: bool = await session.scalar(_TRY, {"key": lock_key(name)})
    return is_ours


@asynccontextmanager
async def held(database: Database, name: str) -> AsyncIterator[bool]:
    """Whether the lock of this name is ours in this block; it is not waited for.

    It takes a connection meanwhile. Where that is lost the lock is free: what is done under it must be
    harmless if it is done twice. Raises Unavailable (503).
    """
    async with database.apart() as connection:
        is_ours: bool = await connection.scalar(_TRY_HOLD, {"key": lock_key(name)})
        try:
            yield is_ours
        finally:
            if is_ours:
                await connection.execute(_LET_GO, {"key": lock_key(name)})


_SET_TIMEOUT = text("select set_config('lock_timeout', :timeout, true)")
_TRY_HOLD = text("select pg_try_advisory_lock(:key)")
_LET_GO = text("select pg_advisory_unlock(:key)")
_TRY = text("select pg_try_advisory_xact_lock(:key)")
