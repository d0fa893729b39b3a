"""Orders by day, for the overview of staff. Days are those of UTC."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from storefront.db import ReadSession
from storefront.money import Money


@dataclass(frozen=True, slots=True)
class DayOfOrders:
    """The orders of a day. revenue: totals of orders that were not cancelled, replacements without
    the amount paid for the replaced pieces; refunded: the refunds of that day."""

    day: date
    orders: int
    revenue: Money
    refunded: Money


async def by_day(session: ReadSession, *, days: int, currency: str) -> list[DayOfOrders]:
    """The last days up to today, oldest first, including those without orders. One statement."""
    return [
        DayOfOrders(
            row.day, row.orders, Money(row.revenue, currency), Money(row.refunded, currency)
        )
        for row in await session.execute(_BY_DAY, {"days": days, "currency": currency})
    ]


_BY_DAY = text(
    """
    with days as (
        select cast(day as date) as day from generate_series(
            date_trunc('day', now() at time zone 'utc') - make_interval(days => :days - 1),
            date_trunc('day', now() at time zone 'utc'), interval '1 day') as day
    ), placed as (
        select cast(placed_at at time zone 'utc' as date) as day, count(*) as orders,
            sum(total_minor - coalesce(credit_minor, 0)) as revenue
        from shop.orders left join shop.replacements on replacements.cart_id = orders.cart_id
        where orders.state <> 'cancelled' and currency = :currency
        and placed_at >= (select min(day) from days) at time zone 'utc'
        group by 1
    ), back as (
        select cast(created_at at time zone 'utc' as date) as day, sum(amount_minor) as refunded
        from shop.refunds
        where refunds.state <> 'failed' and currency = :currency
        and created_at >= (select min(day) from days) at time zone 'utc'
        group by 1
    )
    select day, coalesce(orders, 0) as orders, coalesce(revenue, 0)::bigint as revenue,
        coalesce(refunded, 0)::bigint as refunded
    from days left join placed using (day) left join back using (day) order by day
    """
)
