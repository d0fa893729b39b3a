"""Keeps the counts of the library ``limits`` in Postgres, which every process of the shop shares."""

from limits.aio.storage import Storage
from sqlalchemy import text

from storefront.db import Database


class PostgresStorage(Storage):
    """Counts in ``shop.rate_limit_counts``, by the fixed windows of ``limits``. One statement a call.

    Raises Unavailable (503) as every other statement does.
    """

    STORAGE_SCHEME = None  # made by us, not from an address

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Errors that ``limits`` should wrap: none."""
        return ()

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, in a transaction of its own; returns the count. expiry: seconds that a window lasts."""
        parameters = {"key": key, "seconds": expiry, "amount": amount}
        async with self._database.writes() as session:
            return int(await session.scalar(_COUNT, parameters) or 0)

    async def get(self, key: str) -> int:
        """The count in the window of now; 0 where there is none."""
        async with self._database.reads() as session:
            return int(await session.scalar(_READ, {"key": key}) or 0)

    async def get_expiry(self, key: str) -> float:
        """When the window ends, as a Unix time; now where there is none."""
        async with self._database.reads() as session:
            return float(await session.scalar(_ENDS, {"key": key}) or 0)

    async def check(self) -> bool:
        """Whether the database answers."""
        async with self._database.reads() as session:
            return await session.scalar(text("select true")) is True

    async def reset(self) -> int | None:
        """Delete all counts; returns how many counts there were."""
        async with self._database.writes() as session:
            return int(await session.scalar(_RESET) or 0)

    async def clear(self, key: str) -> None:
        """Delete one count."""
        async with self._database.writes() as session:
            await session.execute(_CLEAR, {"key": key})


# A few counts of windows that ended are deleted on the way, so that the table does not grow.
_COUNT = text(
    """
    with ended as materialized (
        select key from shop.rate_limit_counts
        where expires_at < now() - interval '1 minute' and key <> :key
        limit 20 for update skip locked),
    tidied as (delete from shop.rate_limit_counts where key in (select key from ended))
    insert into shop.rate_limit_counts as counted (key, count, expires_at)
    values (:key, :amount, now() + make_interval(secs => :seconds))
    on conflict (key) do update set
        count = case when counted.expires_at > now() then counted.count else 0 end + :amount,
        expires_at = case when counted.expires_at > now() then counted.expires_at
            else excluded.expires_at end
    returning count
    """
)
_READ = text("select count from shop.rate_limit_counts where key = :key and expires_at > now()")
_ENDS = text(
    "select extract(epoch from coalesce("
    "(select expires_at from shop.rate_limit_counts where key = :key), now()))"
)
_CLEAR = text("delete from shop.rate_limit_counts where key = :key")
_RESET = text(
    "with gone as (delete from shop.rate_limit_counts returning 1) select count(*) from gone"
)
