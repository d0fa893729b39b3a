"""Writes of the stock."""

from collections.abc import Mapping

from sqlalchemy import text

from storefront.db import WriteSession

_COUNT = text(
    """
    insert into shop.stock_levels as old (sku_id, on_hand)
    select * from unnest(cast(:sku_ids as bigint[]), cast(:pieces as int[])) as one (sku_id, pieces)
    order by sku_id
    on conflict (sku_id) do update set on_hand = excluded.on_hand + old.reserved
    where old.on_hand <> excluded.on_hand + old.reserved
    returning sku_id
    """
)


async def count(session: WriteSession, pieces: Mapping[int, int]) -> set[int]:
    """Record a count: how many pieces of each SKU can be sold, by its id; those reserved come on top.

    Returns the SKUs of which there were not so many. One statement.
    """
    parameters = {"sku_ids": list(pieces.keys()), "pieces": list(pieces.values())}
    return set(await session.scalars(_COUNT, parameters))
