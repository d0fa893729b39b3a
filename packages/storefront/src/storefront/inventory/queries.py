"""Reads of stock: sellable pieces, and the audit of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storefront.db import ReadSession
from storefront.differences import Difference


@dataclass(frozen=True, slots=True)
class Level:
    """Pieces of one SKU at one location: on hand, reserved, and safety stock."""

    location: str
    on_hand: int
    reserved: int
    safety: int


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of the pieces on hand."""

    delta: int
    kind: str
    reference: str | None
    reason: str | None
    actor: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LowStock:
    """A SKU of which few pieces are left. sold: in the requested days."""

    sku_id: int
    left: int
    sold: int


async def levels(session: ReadSession, sku_id: int) -> list[Level]:
    """The stock of a SKU by location. One statement."""
    return [Level(*row) for row in await session.execute(_LEVELS, {"sku_id": sku_id})]


async def movements(session: ReadSession, sku_id: int, *, most: int) -> list[Movement]:
    """The latest changes of a SKU's stock, newest first. One statement."""
    parameters = {"sku_id": sku_id, "most": most}
    return [Movement(*row) for row in await session.execute(_MOVEMENTS, parameters)]


async def available(
    session: ReadSession, sku_ids: Sequence[int], *, cart_id: int | None = None
) -> dict[int, int]:
    """Pieces that can be sold now, by SKU; those without stock are left out. One statement.

    cart_id: its reservations count as available, since this cart may buy them.
    """
    rows = await session.execute(_AVAILABLE, {"sku_ids": list(sku_ids), "cart_id": cart_id})
    return {row.sku_id: row.pieces for row in rows}


async def low(session: ReadSession, *, at_most: int, days: int, most: int) -> list[LowStock]:
    """SKUs sold in the last days with few pieces left, fastest-selling first.

    at_most: sellable pieces. One statement.
    """
    parameters = {"at_most": at_most, "days": days, "most": most}
    return [LowStock(*row) for row in await session.execute(_LOW, parameters)]


async def differences(session: ReadSession) -> list[Difference]:
    """Inconsistent stock; empty if there is none. One statement that reads all of it."""
    return [
        Difference(f"SKU {sku_id} at location {location_id}", *numbers)
        for sku_id, location_id, *numbers in await session.execute(_DIFFERENCES)
    ]


_AVAILABLE = text(
    """
    select sku_id, sum(pieces)::int as pieces from (
        select sku_id, greatest(on_hand - reserved - safety, 0) as pieces
        from shop.stock_levels join shop.locations on locations.id = location_id
        where is_active and sku_id = any(cast(:sku_ids as bigint[]))
        union all
        select sku_id, quantity from shop.stock_reservations
        where cart_id = cast(:cart_id as bigint) and state = 'active'
        and sku_id = any(cast(:sku_ids as bigint[]))
    ) as offers group by sku_id
    """
)

_LOW = text(
    """
    with sold as (
        select sku_id, -sum(delta)::int as pieces from shop.stock_movements
        where kind = 'sale' and created_at > now() - make_interval(days => :days)
        group by sku_id
    )
    select sku_id, sum(greatest(on_hand - reserved - safety, 0))::int as available, sold.pieces
    from sold join shop.stock_levels using (sku_id)
    group by sku_id, sold.pieces
    having sum(greatest(on_hand - reserved - safety, 0)) <= :at_most
    order by sold.pieces desc, sku_id limit :most
    """
)

_DIFFERENCES = text(
    """
    select sku_id, location_id, 'on_hand' as what, coalesce(on_hand, 0), coalesce(added_up, 0)::int
    from shop.stock_levels full join (
        select sku_id, location_id, sum(delta) as added_up from shop.stock_movements
        group by sku_id, location_id
    ) as ledger using (sku_id, location_id)
    where coalesce(on_hand, 0) <> coalesce(added_up, 0)
    union all
    select sku_id, location_id, 'reserved', coalesce(reserved, 0), coalesce(added_up, 0)::int
    from shop.stock_levels full join (
        select sku_id, location_id, sum(quantity) as added_up from shop.stock_reservations
        where state = 'active' group by sku_id, location_id
    ) as held using (sku_id, location_id)
    where coalesce(reserved, 0) <> coalesce(added_up, 0)
    order by 1, 2, 3
    """
)

_LEVELS = text(
    """
    select name, on_hand, reserved, safety
    from shop.stock_levels join shop.locations on locations.id = location_id
    where sku_id = :sku_id order by priority, location_id
    """
)

_MOVEMENTS = text(
    """
    select delta, kind, reference, reason, actor, created_at
    from shop.stock_movements where sku_id = :sku_id order by id desc limit :most
    """
)
