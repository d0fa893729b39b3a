"""Reads of orders: lists, one order with everything about it, and the audit of amounts."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Row, text

from storefront.db import ReadSession, plan_for_values
from storefront.differences import Difference
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.refunds import LineState
from storefront.orders.shapes import (
    Filter,
    FulfilmentState,
    Order,
    OrderDiscount,
    OrderEvent,
    OrderLine,
    OrderState,
    OrderSummary,
    PaymentState,
    Refund,
    Shipment,
    sought,
)
from storefront.orders.statements import DIFFERENCES, LAST_ADDRESS
from storefront.paging import Page, page_of
from storefront.texts import _


async def page(
    session: ReadSession, which: Filter, *, most: int, before: int | None = None
) -> Page[OrderSummary]:
    """Orders, newest first. before: ``next`` of the page before. Two statements."""
    await plan_for_values(session)
    found = sought(which.search)
    parameters = {
        "state": which.state,
        "payment": which.payment,
        "fulfilment": which.fulfilment,
        "number": found and found.number,
        "email": found and found.email,
        "phone": found and found.phone,
        "customer_id": which.customer_id,
        "is_refund_failed": which.is_refund_failed,
        "is_to_ship": which.is_to_ship,
        "before": before,
        "most": most + 1,
    }
    return page_of([_summary(row) for row in await session.execute(_PAGE, parameters)], most)


async def order(session: ReadSession, number: str) -> Order:
    """An order by its number. Six statements. Raises NotFound (404).

    The caller must check access (``access``).
    """
    row = (await session.execute(_BY_NUMBER, {"number": number})).one_or_none()
    if row is None:
        raise NotFound(f"There is no order {number}.")
    return await _order(session, row)


async def order_by_id(session: ReadSession, order_id: int) -> Order:
    """An order by its id. Six statements. Raises NotFound (404)."""
    row = (await session.execute(_BY_ID, {"id": order_id})).one_or_none()
    if row is None:
        raise NotFound(f"There is no order {order_id}.")
    return await _order(session, row)


async def last_address(session: ReadSession, customer_id: int) -> Mapping[str, str] | None:
    """The delivery address of a customer's last order; None for the first. One statement."""
    found: Mapping[str, str] | None = await session.scalar(
        LAST_ADDRESS, {"customer_id": customer_id}
    )
    return found


async def is_of(session: ReadSession, number: str, email: str) -> bool:
    """Whether an order has this number and e-mail address. One statement."""
    parameters = {"number": number, "email": email.lower()}
    return await session.scalar(_IS_OF, parameters) is not None


async def bought(session: ReadSession, customer_id: int, *, most: int) -> list[int]:
    """The products that a customer ordered, latest first. One statement."""
    return list(await session.scalars(_BOUGHT, {"customer_id": customer_id, "most": most}))


async def to_do(session: ReadSession) -> Mapping[str, int]:
    """How many orders are pending: to_ship, to_capture, to_deliver, to_refund. One statement.

    to_refund: a refund failed, and no other followed.
    """
    return dict((await session.execute(_TO_DO)).one()._mapping)


async def differences(session: ReadSession) -> list[Difference]:
    """Orders with inconsistent amounts; empty if there are none. One statement that reads all orders.

    paid: the total against gift cards, payments and credit of the order that it replaces; gift_card:
    against the debits of gift cards; refunded: refunds and credits for replacements exceed the captures;
    payment_refunded: a payment's count against its refunds.
    """
    return [Difference(*row) for row in await session.execute(DIFFERENCES)]


async def _order(session: ReadSession, row: Row[Any]) -> Order:
    currency = row.currency
    of_order = {"order_id": row.id}
    return Order(
        summary=_summary(row),
        customer_id=row.customer_id,
        phone=row.phone,
        locale=row.locale,
        items=Money(row.items_minor, currency),
        discount=Money(row.discount_minor, currency),
        delivery=Money(row.delivery_minor, currency),
        tax=Money(row.tax_minor, currency),
        is_tax_included=row.is_tax_included,
        gift_card=Money(row.gift_card_minor, currency),
        refunded=Money(row.refunded_minor, currency),
        captured=Money(row.captured_minor, currency),
        credit=Money(row.credit_minor, currency),
        undone=Money(row.undone_minor, currency),
        moved=Money(row.moved_minor, currency),
        replaces=row.replaces,
        is_held=row.is_held,
        delivery_address=row.delivery_address,
        billing_address=row.billing_address,
        delivery_method=row.delivery_method,
        delivery_name=row.delivery_name,
        promised=(row.promised_from, row.promised_until) if row.promised_from else None,
        lines=[_line(line, currency) for line in await session.execute(_LINES, of_order)],
        discounts=_discounts(row, await session.execute(_DISCOUNTS, of_order)),
        shipments=await _shipments(session, row.id),
        refunds=[_refund(refund, currency) for refund in await session.execute(_REFUNDS, of_order)],
        events=[OrderEvent(*event) for event in await session.execute(_EVENTS, of_order)],
    )


async def _shipments(session: ReadSession, order_id: int) -> list[Shipment]:
    of_order = {"order_id": order_id}
    pieces: dict[int, dict[int, int]] = {}
    for line in await session.execute(_SHIPMENT_LINES, of_order):
        pieces.setdefault(line.shipment_id, {})[line.order_line_id] = line.quantity
    return [
        Shipment(
            id=shipment.id,
            carrier=shipment.carrier,
            tracking_number=shipment.tracking_number,
            tracking_url=shipment.tracking_url,
            state=shipment.state,
            shipped_at=shipment.shipped_at,
            delivered_at=shipment.delivered_at,
            pieces=pieces.get(shipment.id, {}),
        )
        for shipment in await session.execute(_SHIPMENTS, of_order)
    ]


def _refund(row: Row[Any], currency: str) -> Refund:
    amount = Money(row.amount_minor, currency)
    return Refund(amount, row.state, row.payment_id is None, row.reason, row.created_at)


def _discounts(row: Row[Any], stored: Iterable[Row[Any]]) -> list[OrderDiscount]:
    """The reductions; what those of the order before it left to the pieces of a replacement is one."""
    found = [
        OrderDiscount(one.label, one.code, Money(one.amount_minor, row.currency)) for one in stored
    ]
    if found or not row.discount_minor or row.replaces is None:
        return found
    label = _("Reduction as in order %(number)s", number=row.replaces)
    return [OrderDiscount(label, None, Money(row.discount_minor, row.currency))]


def _summary(row: Row[Any]) -> OrderSummary:
    return OrderSummary(
        id=row.id,
        number=row.number,
        email=row.email,
        state=cast(OrderState, row.state),
        payment=cast(PaymentState, row.payment),
        fulfilment=cast(FulfilmentState, row.fulfilment),
        total=Money(row.total_minor, row.currency),
        pieces=row.pieces,
        names=row.names,
        placed_at=row.placed_at,
    )


def _line(row: Row[Any], currency: str) -> OrderLine:
    return OrderLine(
        product_id=row.product_id,
        sku=row.sku,
        slug=row.slug,
        name=row.name,
        brand=row.brand,
        colour=row.colour,
        size_label=row.size_label,
        picture=row.picture,
        price=Money(row.price_minor, currency),
        list_price=Money(row.list_price_minor, currency),
        discount=Money(row.discount_minor, currency),
        tax_rate=float(row.tax_rate),
        tax=Money(row.tax_minor, currency),
        state=line_state(row, currency),
    )


def line_state(row: Row[Any], currency: str) -> LineState:
    """The state of a row of order_lines."""
    return LineState(
        id=row.id,
        sku_id=row.sku_id,
        quantity=row.quantity,
        shipped=row.shipped_count,
        cancelled=row.cancelled_count,
        returned=row.returned_count,
        total=Money(row.total_minor, currency),
        refunded=Money(row.refunded_minor, currency),
        returning=row.returning_count,
    )


# The derived states. Captured: captured payments, gift cards, and the credit of an order
# whose pieces this one replaces. moved_minor: credits for replacements of this one. taken_back_minor:
# of pieces that were taken back; those of a replacement that went with its return need not be paid.
_ORDERS = """
    select orders.*, captured_minor, refunded_minor, pieces, names, replaces, is_held, moved_minor,
        credit_minor, undone_minor,
        case
            when refunded_minor > 0
                and refunded_minor + moved_minor >= captured_minor + gift_card_minor + credit_minor
                then 'refunded'
            when refunded_minor > 0 then 'partially_refunded'
            when credit_minor = 0 and undone_minor > 0 then 'cancelled'
            when captured_minor + gift_card_minor + credit_minor >= total_minor - taken_back_minor
                then 'paid'
            when is_authorized then 'authorized'
            when is_cancelled then 'cancelled'
            else 'pending'
        end as payment,
        case
            when cancelled = pieces then 'cancelled'
            when shipped = 0 then 'unshipped'
            when shipped + cancelled < pieces then 'partially_shipped'
            when returned = shipped then 'returned'
            when parcels = parcels_delivered then 'delivered'
            else 'shipped'
        end as fulfilment
    from shop.orders
    cross join lateral (
        select coalesce(sum(amount_minor) filter (where payments.state = 'captured'), 0)::bigint
                as captured_minor,
            coalesce(bool_or(payments.state = 'authorized'), false) as is_authorized,
            coalesce(bool_or(payments.state = 'cancelled'), false) as is_cancelled
        from shop.payments where order_id = orders.id
    ) as paid
    cross join lateral (
        select coalesce(sum(amount_minor), 0)::bigint as refunded_minor
        from shop.refunds where order_id = orders.id and refunds.state <> 'failed'
    ) as given_back
    cross join lateral (
        select coalesce(sum(credit_minor - undone_minor), 0)::bigint as moved_minor
        from shop.replacements where replaces_order_id = orders.id
    ) as moved
    cross join lateral (
        select coalesce(sum(credit_minor - undone_minor), 0)::bigint as credit_minor,
            coalesce(sum(undone_minor), 0)::bigint as undone_minor,
            coalesce(bool_or(is_held), false) as is_held,
            max((select number from shop.orders as old where old.id = replaces_order_id)) as replaces
        from shop.replacements where replacements.cart_id = orders.cart_id
    ) as replacing
    cross join lateral (
        select sum(quantity)::int as pieces, sum(shipped_count)::int as shipped,
            sum(cancelled_count)::int as cancelled, sum(returned_count)::int as returned,
            sum(order_lines.refunded_minor) as taken_back_minor,
            array_agg(name order by position) as names
        from shop.order_lines where order_id = orders.id
    ) as content
    cross join lateral (
        select count(*) as parcels,
            count(*) filter (where shipments.state = 'delivered') as parcels_delivered
        from shop.shipments where order_id = orders.id
    ) as sent
"""
_ONE_BY_NUMBER = _ORDERS + " where number = :number"
_ONE_BY_ID = _ORDERS + " where orders.id = :id"
_REFUND_FAILED = """
    select order_id from shop.refunds as failed where state = 'failed' and not exists (
        select from shop.refunds as later
        where later.order_id = failed.order_id and later.id > failed.id and later.state <> 'failed')
"""
# As `Order.is_shippable`.
_TO_SHIP = (
    "state = 'placed' and payment in ('paid', 'partially_refunded')"
    " and fulfilment in ('unshipped', 'partially_shipped') and not is_held"
)
_SOME = (
    "select * from ("  # noqa: S608 - constants
    + _ORDERS
    + """
    where (cast(:customer_id as bigint) is null or customer_id = :customer_id)
    and (cast(:before as bigint) is null or orders.id < :before)
    and (cast(:state as text) is null or orders.state = :state)
    and (cast(:number as text) is null or number = :number
        or starts_with(lower(email), :email) or right(phone, length(:phone)) = :phone)
    and (not cast(:is_refund_failed as boolean) or orders.id in ("""
    + _REFUND_FAILED
    + """))
    ) as found
    where (cast(:payment as text) is null or payment = :payment)
    and (cast(:fulfilment as text) is null or fulfilment = :fulfilment)
    and (not cast(:is_to_ship as boolean) or ("""
    + _TO_SHIP
    + """))
    order by id desc limit :most
    """
)
_COUNTED = (
    "select count(*) filter (where " + _TO_SHIP + ") as to_ship,"  # noqa: S608 - constants
    " count(*) filter (where payment = 'authorized') as to_capture,"
    " count(*) filter (where fulfilment = 'shipped') as to_deliver,"
    " (select count(distinct order_id) from ("
    + _REFUND_FAILED
    + ") as failed) as to_refund from ("
    + _ORDERS
    + " where orders.state = 'placed') as open"
)
_BY_NUMBER = text(_ONE_BY_NUMBER)
_BY_ID = text(_ONE_BY_ID)
_PAGE = text(_SOME)
_TO_DO = text(_COUNTED)
_IS_OF = text("select id from shop.orders where number = :number and lower(email) = :email")
_BOUGHT = text(
    """
    select product_id from shop.order_lines join shop.orders on orders.id = order_id
    where customer_id = :customer_id and state <> 'cancelled'
    group by product_id order by max(order_lines.id) desc limit :most
    """
)
_LINES = text("select * from shop.order_lines where order_id = :order_id order by position")
_DISCOUNTS = text(
    """
    select label, code, amount_minor from shop.order_discounts
    where order_id = :order_id order by position
    """
)
_SHIPMENTS = text(
    """
    select id, carrier, tracking_number, tracking_url, state, shipped_at, delivered_at
    from shop.shipments where order_id = :order_id order by id
    """
)
_SHIPMENT_LINES = text(
    """
    select shipment_id, order_line_id, quantity from shop.shipment_lines
    where shipment_id in (select id from shop.shipments where order_id = :order_id)
    """
)
_REFUNDS = text(
    """
    select amount_minor, state, payment_id, reason, created_at
    from shop.refunds where order_id = :order_id order by id
    """
)
_EVENTS = text(
    """
    select id, kind, actor, data, created_at
    from shop.order_events where order_id = :order_id order by id
    """
)
