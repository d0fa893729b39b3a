"""Reads of payments."""

from sqlalchemy import text

from storefront.db import ReadSession


async def unfinished(session: ReadSession, provider: str, *, older_than_s: float) -> list[str]:
    """Keys of attempts that have not resulted in an order, oldest first. One statement."""
    parameters = {"provider": provider, "older_than_s": older_than_s}
    return list(await session.scalars(_UNFINISHED, parameters))


async def latest_key(session: ReadSession, checkout_id: int) -> str | None:
    """The key of the newest attempt of a checkout. One statement."""
    key: str | None = await session.scalar(_LATEST_KEY, {"checkout_id": checkout_id})
    return key


_UNFINISHED = text(
    """
    select idempotency_key from shop.payments
    where provider = :provider and order_id is null
    and state in ('created', 'action_required', 'authorized')
    and updated_at < now() - make_interval(secs => :older_than_s)
    order by id limit 1000
    """
)
_LATEST_KEY = text(
    """
    select idempotency_key from shop.payments where checkout_id = :checkout_id
    order by id desc limit 1
    """
)
