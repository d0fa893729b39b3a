"""Writes of stock: counts, reservations, sales, returns, adjustments.

Every change of on_hand writes its movement in the same statement. Rows of ``stock_levels`` are locked
in the order (sku_id, location_id), always, so that two buyers of the same SKUs never deadlock.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storefront.db import WriteSession, on_commit
from storefront.errors import StoreError
from storefront.inventory.models import MAIN_LOCATION
from storefront.texts import _


class OutOfStock(StoreError):
    """Fewer pieces are left than requested. Lower the quantity, or remove the line from the bag.

    ``short`` has one entry for each SKU that is short: its number and how many pieces are left.
    """

    status, slug, title = 409, "out-of-stock", "Not enough in stock"


class NotEnoughToRemove(StoreError):
    """An adjustment would leave fewer pieces than are reserved for checkouts in progress.

    Nothing was changed. Remove fewer pieces, or wait until the reservations end.
    """

    status, slug, title = 409, "stock-reserved", "These pieces are reserved"


@dataclass(frozen=True, slots=True)
class Want:
    """A quantity of a SKU."""

    sku_id: int
    quantity: int


async def count(session: WriteSession, pieces: Mapping[int, int]) -> set[int]:
    """Record a count at the main location: how many pieces of each SKU can be sold, by its id.

    Reserved pieces and safety stock are added. Returns the SKUs whose number changed. One
    statement.
    """
    parameters = {
        "sku_ids": list(pieces.keys()),
        "pieces": list(pieces.values()),
        "location_id": MAIN_LOCATION,
    }
    return set(await session.scalars(_COUNT, parameters))


async def reserve(
    session: WriteSession, wants: Sequence[Want], *, cart_id: int, expires_at: datetime
) -> None:
    """Reserve stock for every want of a cart until a time, all or nothing.

    wants: [n], SKUs distinct. Earlier reservations of the cart are released first, so retries are safe.
    Pieces come from the location of the lowest priority with enough, otherwise from several.
    Locks the levels of all SKUs in id order. Two statements; one more if the cart had reservations.
    Raises OutOfStock (409), facts: short [{sku_id, left}].
    """
    parameters = {
        "sku_ids": [want.sku_id for want in wants],
        "quantities": [want.quantity for want in wants],
        "cart_id": cart_id,
        "expires_at": expires_at,
    }
    # All levels at once and in order, including the released ones, so that two buyers never deadlock.
    if await session.scalar(_LOCK, parameters):
        await release(session, cart_id)
    held = {row.sku_id: row.held for row in await session.execute(_RESERVE, parameters)}
    short = [want.sku_id for want in wants if held.get(want.sku_id, 0) < want.quantity]
    if short:
        # This error rolls back the caller's transaction, including the reservations so far.
        left = {want.sku_id: held.get(want.sku_id, 0) for want in wants}
        raise OutOfStock(
            _("Some pieces are no longer available."),
            short=[{"sku_id": sku_id, "left": left[sku_id]} for sku_id in sorted(short)],
        )


async def holds(session: WriteSession, wants: Sequence[Want], *, cart_id: int) -> bool:
    """Whether a cart holds exactly these pieces. If so, they stay held until the transaction ends.

    wants: [n], SKUs distinct. One statement.
    """
    rows = await session.execute(_LOCK_HELD, {"cart_id": cart_id})
    held: Counter[int] = Counter()
    for row in rows:
        held[row.sku_id] += row.quantity
    return held == {want.sku_id: want.quantity for want in wants}


async def release(session: WriteSession, cart_id: int) -> int:
    """Release the reservations of a cart. Returns how many ended. One statement."""
    result = await session.scalars(_RELEASE, {"cart_id": cart_id})
    _wake_workers(session)
    return len(result.all())


async def release_expired(session: WriteSession, *, most: int = 500) -> int:
    """Release expired reservations that no other process is releasing.

    Returns how many; fewer than ``most`` if nothing is left. Safe in any number of processes. One
    statement.
    """
    result = await session.scalars(_RELEASE_EXPIRED, {"most": most})
    _wake_workers(session)
    return len(result.all())


async def sell(session: WriteSession, *, cart_id: int, reference: str) -> dict[int, int]:
    """Sell the reserved pieces of a cart, even if expired: they leave the stock.

    Returns the pieces by SKU, which the caller compares with the order. One statement.
    reference: the order's number, for the ledger.
    """
    rows = await session.execute(_SELL, {"cart_id": cart_id, "reference": reference})
    return {row.sku_id: row.quantity for row in rows}


async def put_back(
    session: WriteSession,
    pieces: Sequence[Want],
    *,
    kind: str,
    reference: str,
    actor: str | None = None,
) -> None:
    """Return pieces to the main location's stock: of a cancelled order, or returned. One statement.

    pieces: [n], SKUs distinct. kind: ``cancellation`` or ``return``.
    """
    parameters = {
        "sku_ids": [one.sku_id for one in pieces],
        "quantities": [one.quantity for one in pieces],
        "location_id": MAIN_LOCATION,
        "kind": kind,
        "reference": reference,
        "actor": actor,
    }
    await session.execute(_PUT_BACK, parameters)
    _wake_workers(session)


async def adjust(session: WriteSession, sku_id: int, *, delta: int, reason: str, actor: str) -> int:
    """Add pieces to the main location or remove them. Returns how many are on hand afterwards.

    Raises NotEnoughToRemove (409) if that exceeds the unreserved pieces. One statement.
    """
    parameters = {
        "sku_id": sku_id,
        "delta": delta,
        "location_id": MAIN_LOCATION,
        "reason": reason,
        "actor": actor,
    }
    on_hand: int | None = await session.scalar(_ADJUST, parameters)
    _wake_workers(session)
    if on_hand is None:
        raise NotEnoughToRemove(
            f"{-delta} pieces cannot be removed: some are reserved, or there are not as many.",
            sku_id=sku_id,
        )
    return on_hand


def _wake_workers(session: WriteSession) -> None:
    """A trigger of migration 0019 enqueues e-mails for sizes that are back in stock."""
    on_commit(session, "jobs")


# The select locks existing levels in order, before the insert may update them.
_COUNT = text(
    """
    with counted as (
        select sku_id, pieces
        from unnest(cast(:sku_ids as bigint[]), cast(:pieces as int[])) as one (sku_id, pieces)
    ), before as materialized (
        select sku_id, on_hand from shop.stock_levels
        where location_id = :location_id and sku_id = any(cast(:sku_ids as bigint[]))
        order by sku_id for update
    ), written as (
        insert into shop.stock_levels as old (sku_id, location_id, on_hand)
        select sku_id, :location_id, pieces from counted
        where (select count(*) from before) >= 0
        order by sku_id
        on conflict (sku_id, location_id) do update
        set on_hand = excluded.on_hand + old.reserved + old.safety
        where old.on_hand <> excluded.on_hand + old.reserved + old.safety
        returning sku_id, on_hand
    ), noted as (
        insert into shop.stock_movements (sku_id, location_id, delta, kind)
        select sku_id, :location_id, written.on_hand - coalesce(before.on_hand, 0), 'count'
        from written left join before using (sku_id)
        where written.on_hand <> coalesce(before.on_hand, 0)
    )
    select sku_id from written
    """
)

_LOCK_HELD = text(
    """
    select sku_id, quantity from shop.stock_reservations
    where cart_id = :cart_id and state = 'active' order by id for update
    """
)

# Returns how many reservations the cart holds. They are locked before the levels, as in the sweeper.
_LOCK = text(
    """
    with held as materialized (
        select sku_id from shop.stock_reservations
        where cart_id = :cart_id and state = 'active' order by id for update
    ), locked as materialized (
        select from shop.stock_levels
        where sku_id = any(cast(:sku_ids as bigint[]) || array(select sku_id from held))
        order by sku_id, location_id for update
    )
    select (select count(*) from held) from (select count(*) from locked) as all_of_them
    """
)

# For each SKU: locations in turn, those with the full quantity first, until it is reached. The
# condition of the update is the guard, as is the check constraint: neither relies on the earlier lock.
_RESERVE = text(
    """
    with wanted as (
        select sku_id, quantity
        from unnest(cast(:sku_ids as bigint[]), cast(:quantities as int[])) as one (sku_id, quantity)
    ), offers as (
        select sku_id, location_id, quantity, on_hand - reserved - safety as free,
            row_number() over (
                partition by sku_id
                order by on_hand - reserved - safety >= quantity desc, priority, location_id) as turn
        from shop.stock_levels
        join wanted using (sku_id)
        join shop.locations on locations.id = location_id
        where is_active and on_hand - reserved - safety > 0
    ), parts as (
        select sku_id, location_id, least(free, quantity - coalesce(sum(free) over (
            partition by sku_id order by turn rows between unbounded preceding and 1 preceding), 0)
        )::int as part
        from offers
    ), taken as (
        update shop.stock_levels as level set reserved = level.reserved + part
        from parts
        where level.sku_id = parts.sku_id and level.location_id = parts.location_id
        and part > 0 and level.on_hand - level.reserved - level.safety >= part
        returning level.sku_id, level.location_id, part
    ), held as (
        insert into shop.stock_reservations (cart_id, sku_id, location_id, quantity, expires_at)
        select :cart_id, sku_id, location_id, part, :expires_at from taken
        returning sku_id, quantity
    )
    select sku_id, sum(quantity)::int as held from held group by sku_id
    """
)

# Releases the pieces of the reservations in ``ended``.
_FREE_ENDED = """, locked as materialized (
        select sku_id, location_id from shop.stock_levels
        where (sku_id, location_id) in (select sku_id, location_id from ended)
        order by sku_id, location_id for update
    ), freed as (
        update shop.stock_levels as level set reserved = level.reserved - pieces
        from (
            select sku_id, location_id, sum(quantity)::int as pieces
            from ended join locked using (sku_id, location_id) group by sku_id, location_id
        ) as back
        where level.sku_id = back.sku_id and level.location_id = back.location_id
    )
    select id from ended"""

_RELEASING = (
    """
    with ended as (
        update shop.stock_reservations set state = 'released'
        where id in (
            select id from shop.stock_reservations where cart_id = :cart_id and state = 'active'
            for update)
        and state = 'active'
        returning id, sku_id, location_id, quantity
    )"""  # noqa: S608 - constants
    + _FREE_ENDED
)
_RELEASE = text(_RELEASING)

_RELEASING_EXPIRED = (
    """
    with ended as (
        update shop.stock_reservations set state = 'released'
        where id in (
            select id from shop.stock_reservations where state = 'active' and expires_at < now()
            order by id limit :most for update skip locked)
        returning id, sku_id, location_id, quantity
    )"""  # noqa: S608 - constants
    + _FREE_ENDED
)
_RELEASE_EXPIRED = text(_RELEASING_EXPIRED)

_SELL = text(
    """
    with sold as (
        update shop.stock_reservations set state = 'committed'
        where id in (
            select id from shop.stock_reservations where cart_id = :cart_id and state = 'active'
            for update)
        and state = 'active'
        returning sku_id, location_id, quantity
    ), locked as materialized (
        select sku_id, location_id from shop.stock_levels
        where (sku_id, location_id) in (select sku_id, location_id from sold)
        order by sku_id, location_id for update
    ), gone as (
        update shop.stock_levels as level
        set reserved = level.reserved - sold.quantity, on_hand = level.on_hand - sold.quantity
        from sold join locked using (sku_id, location_id)
        where level.sku_id = sold.sku_id and level.location_id = sold.location_id
    ), noted as (
        insert into shop.stock_movements (sku_id, location_id, delta, kind, reference)
        select sku_id, location_id, -quantity, 'sale', :reference from sold
    )
    select sku_id, sum(quantity)::int as quantity from sold group by sku_id
    """
)

_PUT_BACK = text(
    """
    with pieces as (
        select sku_id, quantity
        from unnest(cast(:sku_ids as bigint[]), cast(:quantities as int[])) as one (sku_id, quantity)
    ), written as (
        insert into shop.stock_levels as old (sku_id, location_id, on_hand)
        select sku_id, :location_id, quantity from pieces order by sku_id
        on conflict (sku_id, location_id) do update set on_hand = old.on_hand + excluded.on_hand
    )
    insert into shop.stock_movements (sku_id, location_id, delta, kind, reference, actor)
    select sku_id, :location_id, quantity, :kind, :reference, :actor from pieces
    """
)

_ADJUST = text(
    """
    with changed as (
        insert into shop.stock_levels as old (sku_id, location_id, on_hand)
        select :sku_id, :location_id, greatest(:delta, 0) where :delta > 0 or exists (
            select from shop.stock_levels
            where sku_id = :sku_id and location_id = :location_id and on_hand + :delta >= reserved)
        on conflict (sku_id, location_id) do update set on_hand = old.on_hand + :delta
        where old.on_hand + :delta >= old.reserved
        returning on_hand
    ), noted as (
        insert into shop.stock_movements (sku_id, location_id, delta, kind, reason, actor)
        select :sku_id, :location_id, :delta, 'adjustment', :reason, :actor from changed
    )
    select on_hand from changed
    """
)
