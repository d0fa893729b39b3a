"""Reads of the returns: of an order, for staff, for their reasons, and whether the books add up."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Row, text

from storefront.db import ReadSession, plan_for_values
from storefront.differences import Difference
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.shapes import sought
from storefront.paging import Page, page_of
from storefront.returns.shapes import (
    Return,
    ReturnLine,
    ReturnSummary,
    State,
)
from storefront.texts import _


async def of_order(session: ReadSession, order_id: int) -> list[Return]:
    """The returns of an order, newest first. Two statements."""
    rows = (await session.execute(_OF_ORDER, {"order_id": order_id})).all()
    return await _with_lines(session, rows)


async def one(session: ReadSession, number: str, *, order_number: str | None = None) -> Return:
    """A return by its number. order_number: only of this order. Two statements.

    Raises NotFound (404).
    """
    rows = (await session.execute(_BY_NUMBER, {"number": number})).all()
    if not rows or order_number not in (None, rows[0].order_number):
        raise NotFound(_("There is no return %(number)s.", number=number))
    return (await _with_lines(session, rows))[0]


async def in_progress(session: ReadSession, customer_id: int) -> Sequence[str]:
    """The numbers of a customer's returns that have not ended. One statement."""
    return list(await session.scalars(_IN_PROGRESS, {"customer_id": customer_id}))


async def page(
    session: ReadSession,
    *,
    state: str | None,
    search: str | None,
    most: int,
    before: int | None = None,
) -> Page[ReturnSummary]:
    """Returns, newest first. search: as `sought` reads it; a number of the order too.

    before: ``next`` of the page before. Two statements.
    """
    await plan_for_values(session)
    found = sought(search)
    parameters = {
        "state": state,
        "number": found and found.number,
        "email": found and found.email,
        "phone": found and found.phone,
        "before": before,
        "most": most + 1,
    }
    summaries = [
        ReturnSummary(
            id=row.id,
            number=row.number,
            order_number=row.order_number,
            email=row.email,
            state=cast(State, row.state),
            is_unpaid=row.is_unpaid,
            pieces=row.pieces,
            names=row.names,
            has_exchange=row.cart_id is not None,
            created_at=row.created_at,
        )
        for row in await session.execute(_PAGE, parameters)
    ]
    return page_of(summaries, most)


async def to_do(session: ReadSession) -> Mapping[str, int]:
    """How many returns are in each state that has not ended. One statement."""
    return {row.state: row.n for row in await session.execute(_TO_DO)}


async def by_day(session: ReadSession, *, days: int) -> list[int]:
    """How many returns were requested on each of the last days, of UTC, today's last. One statement."""
    return list(await session.scalars(_BY_DAY, {"days": days}))


async def export(session: ReadSession, customer_id: int, *, email: str) -> list[dict[str, Any]]:
    """A person's returns as JSON can hold them, newest first. One statement."""
    parameters = {"customer_id": customer_id, "email": email}
    return [dict(row) for row in await session.scalars(_EXPORT, parameters)]


async def differences(session: ReadSession) -> list[Difference]:
    """Returns whose books do not add up; empty if they do. One statement that reads all of it.

    returning: pieces of an order's line that are being returned, against open returns; returned: fewer
    than were accepted; restocked: what was added to the stock against what had to be; money: what was
    refunded against the refunds; credit: what pays for replacements against the lines.
    """
    return [Difference(*row) for row in await session.execute(_DIFFERENCES)]


async def _with_lines(session: ReadSession, rows: Sequence[Row[Any]]) -> list[Return]:
    lines: dict[int, list[ReturnLine]] = {}
    ids = [row.id for row in rows]
    for line in await session.execute(_LINES, {"ids": ids}) if ids else ():
        lines.setdefault(line.return_id, []).append(_line(line))
    return [
        Return(
            id=row.id,
            number=row.number,
            order_id=row.order_id,
            order_number=row.order_number,
            cart_id=row.cart_id,
            replacement=row.replacement,
            state=cast(State, row.state),
            is_unpaid=row.is_unpaid,
            language=row.language,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            staff_note=row.staff_note,
            delivery=Money(row.delivery_minor, row.currency),
            created_at=row.created_at,
            lines=lines.get(row.id, []),
        )
        for row in rows
    ]


def _line(row: Row[Any]) -> ReturnLine:
    return ReturnLine(
        id=row.id,
        order_line_id=row.order_line_id,
        sku_id=row.sku_id,
        sku=row.sku,
        name=row.name,
        colour=row.colour,
        size_label=row.size_label,
        quantity=row.quantity,
        reason=row.reason,
        note=row.note,
        outcome=row.outcome,
        new_sku_id=row.new_sku_id,
        new_sku=row.new_sku,
        new_size=row.new_size,
        new_colour=row.new_colour,
        is_sealed=row.is_sealed,
        received=row.received_count,
        accepted=row.accepted_count,
        condition=row.condition,
        disposition=row.disposition,
        value=Money(row.value_minor, row.currency),
        credit=Money(row.credit_minor, row.currency),
        charge=Money(row.charge_minor, row.currency),
        refunded=Money(row.refunded_minor, row.currency),
    )


_IN_PROGRESS = text(
    """
    select returns.number from shop.returns join shop.orders on orders.id = order_id
    where customer_id = :customer_id
    and returns.state not in ('completed', 'rejected', 'cancelled') order by returns.id
    """
)
_RETURNS = """
    select returns.*, orders.number as order_number, orders.currency,
        (select number from shop.orders as new where new.cart_id = returns.cart_id) as replacement
    from shop.returns join shop.orders on orders.id = returns.order_id
"""
_ONES_OF_ORDER = _RETURNS + " where order_id = :order_id order by returns.id desc"
_ONE_BY_NUMBER = _RETURNS + " where returns.number = :number"
_OF_ORDER = text(_ONES_OF_ORDER)
_BY_NUMBER = text(_ONE_BY_NUMBER)
_LINES = text(
    """
    select return_lines.*, order_lines.sku, order_lines.name, order_lines.colour,
        order_lines.size_label, orders.currency, skus.code as new_sku, sizes.label as new_size,
        colour_name as new_colour
    from shop.return_lines
    join shop.order_lines on order_lines.id = order_line_id
    join shop.orders on orders.id = order_id
    left join shop.skus on skus.id = new_sku_id
    left join shop.sizes on sizes.id = size_id
    left join shop.colourways on colourways.id = colourway_id
    where return_id = any(cast(:ids as bigint[])) order by return_id, return_lines.position
    """
)
_PAGE = text(
    """
    select returns.id, returns.number, returns.state, is_unpaid, returns.cart_id, returns.created_at,
        orders.number as order_number, email, pieces, names
    from shop.returns join shop.orders on orders.id = returns.order_id
    cross join lateral (
        select coalesce(sum(return_lines.quantity), 0)::int as pieces,
            coalesce(array_agg(name order by return_lines.position), '{}') as names
        from shop.return_lines join shop.order_lines on order_lines.id = order_line_id
        where return_id = returns.id
    ) as content
    where (cast(:before as bigint) is null or returns.id < :before)
    and (cast(:state as text) is null or returns.state = :state
        or :state = 'open' and returns.state not in ('completed', 'rejected', 'cancelled'))
    and (cast(:number as text) is null or returns.number = 'R-' || :number or orders.number = :number
        or starts_with(lower(email), :email) or right(phone, length(:phone)) = :phone)
    order by returns.id desc limit :most
    """
)
_TO_DO = text(
    """
    select state, count(*) as n from shop.returns
    where state not in ('completed', 'rejected', 'cancelled') group by state
    """
)
_BY_DAY = text(
    """
    select count(returns.id)
    from generate_series(
        date_trunc('day', now() at time zone 'utc') - make_interval(days => :days - 1),
        date_trunc('day', now() at time zone 'utc'), interval '1 day') as day
    left join shop.returns on created_at >= day at time zone 'utc'
        and created_at < (day + interval '1 day') at time zone 'utc'
    group by day order by day
    """
)
_EXPORT = text(
    """
    select jsonb_build_object('number', returns.number, 'order', orders.number,
        'state', returns.state, 'created_at', returns.created_at,
        'lines', (select jsonb_agg(jsonb_build_object(
            'sku', sku, 'quantity', return_lines.quantity, 'reason', reason, 'note', note,
            'outcome', outcome, 'refunded_minor', return_lines.refunded_minor)
            order by return_lines.position)
            from shop.return_lines join shop.order_lines on order_lines.id = order_line_id
            where return_id = returns.id))
    from shop.returns join shop.orders on orders.id = returns.order_id
    where customer_id = :customer_id or (customer_id is null and lower(email) = :email)
    order by returns.id desc
    """
)
_DIFFERENCES = text(
    """
    with lines as (
        select return_lines.*, returns.number, state, cart_id,
            state not in ('completed', 'rejected', 'cancelled') as is_open
        from shop.return_lines join shop.returns on returns.id = return_id
    )
    select orders.number || ' ' || sku, 'returning', returning_count, expected::int
    from shop.order_lines join shop.orders on orders.id = order_id
    cross join lateral (
        select coalesce(sum(lines.quantity), 0) as expected from lines
        where order_line_id = order_lines.id and is_open) as back
    where returning_count <> expected
    union all
    select orders.number || ' ' || sku, 'returned', returned_count, accepted::int
    from shop.order_lines join shop.orders on orders.id = order_id
    cross join lateral (
        select coalesce(sum(accepted_count), 0) as accepted from lines
        where order_line_id = order_lines.id and state = 'completed') as back
    where returned_count < accepted
    union all
    select returns.number, 'restocked', moved::int, wanted::int from shop.returns
    cross join lateral (
        select coalesce(sum(accepted_count), 0) as wanted from lines
        where return_id = returns.id and state = 'completed' and disposition = 'restock') as planned
    cross join lateral (
        select coalesce(sum(delta), 0) as moved from shop.stock_movements
        where kind = 'return' and reference = returns.number) as ledger
    where moved <> wanted
    union all
    select returns.number, 'money', (delivery_minor + refunded)::bigint, gone::bigint
    from shop.returns
    cross join lateral (
        select coalesce(sum(refunded_minor), 0) as refunded from lines
        where return_id = returns.id) as noted
    cross join lateral (
        select coalesce(sum(amount_minor), 0) as gone from shop.refunds
        where reference = returns.number and refunds.order_id = returns.order_id) as given
    where delivery_minor + refunded <> gone
    union all
    select returns.number, 'credit', (credit_minor - undone_minor)::bigint, credit::bigint
    from shop.returns join shop.replacements on replacements.cart_id = returns.cart_id
    cross join lateral (
        select coalesce(sum(lines.credit_minor), 0) as credit from lines
        where return_id = returns.id) as noted
    where credit_minor - undone_minor <> credit
    order by 2, 1
    """
)
