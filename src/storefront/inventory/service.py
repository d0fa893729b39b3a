"""Writes of the stock."""

from collections.abc import Mapping

from sqlalchemy import text

from storefront.db import WriteSession

_FIRST_COUNT = text(
    """
    insert into shop.stock_levels (sku_id, on_hand)
    select * from unnest(cast(:sku_ids as bigint[]), cast(:pieces as int[]))
    on conflict (sku_id) do nothing
    """
)


async def first_count(session: WriteSession, pieces: Mapping[int, int]) -> None:
    """Record the first count of SKUs: pieces by SKU id. SKUs that were counted before are left alone.

    One statement.
    """
    await session.execute(
        _FIRST_COUNT, {"sku_ids": list(pieces.keys()), "pieces": list(pieces.values())}
    )
