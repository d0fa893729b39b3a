"""Past orders of the demo shoppers, so that no page of the shop or the backoffice is empty.

The same for the same catalogue: number, items and outcome of each order follow from its position in the
table below; dates are relative to the call. Numbers of returns, and of orders that replace what they
bring back, are random. All go through the same services as real ones, so `audit` finds no differences;
only their dates are moved into the past afterwards.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from sqlalchemy import text

from storefront.cart import service as cart
from storefront.cart.service import Owner
from storefront.checkout import placing, queries, service
from storefront.checkout.service import Attempt
from storefront.db import Database, ReadSession, WriteSession
from storefront.demo import returns
from storefront.orders import lifecycle
from storefront.orders import service as orders
from storefront.orders.lifecycle import Parcel
from storefront.orders.service import NewOrder
from storefront.payments import service as payments
from storefront.payments.provider import Outcome as PaymentOutcome
from storefront.payments.provider import PaymentProvider, PaymentRequest
from storefront.payments.test_provider import TestProvider
from storefront.personas.profiles import PERSONAS, Persona

Outcome = Literal[
    "delivered", "shipped", "placed", "cancelled", "returned", "exchanged", "returning", "received"
]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_STAFF = "shop"
_ADDRESS = {
    "street_address": "1 Main Street",
    "city": "Springfield",
    "country_area": "IL",
    "postal_code": "62701",
    "country_code": "US",
}


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """An order of a demo shopper: its age, how many different products, and its outcome."""

    persona: str
    days_ago: int
    products: int
    outcome: Outcome


DEMO_ORDERS = (
    DemoOrder("luxury", 160, 1, "delivered"),
    DemoOrder("luxury", 61, 2, "returned"),
    DemoOrder("luxury", 2, 1, "placed"),
    DemoOrder("urban_casual", 120, 3, "delivered"),
    DemoOrder("urban_casual", 33, 2, "delivered"),
    DemoOrder("urban_casual", 4, 1, "shipped"),
    DemoOrder("athletic", 90, 2, "delivered"),
    DemoOrder("athletic", 45, 1, "cancelled"),
    DemoOrder("athletic", 12, 3, "delivered"),
    DemoOrder("athletic", 1, 2, "placed"),
    DemoOrder("budget_savvy", 200, 2, "delivered"),
    DemoOrder("budget_savvy", 75, 4, "returned"),
    DemoOrder("budget_savvy", 20, 3, "delivered"),
    DemoOrder("budget_savvy", 3, 2, "shipped"),
    DemoOrder("professional", 140, 2, "delivered"),
    DemoOrder("professional", 52, 1, "delivered"),
    DemoOrder("professional", 5, 2, "shipped"),
    DemoOrder("urban_casual", 26, 2, "exchanged"),
    DemoOrder("professional", 18, 2, "received"),
    DemoOrder("athletic", 16, 1, "returning"),
    DemoOrder("luxury", 14, 2, "returned"),
)


def email_of(persona: Persona) -> str:
    """The e-mail address of a demo shopper; its domain receives no e-mail (RFC 2606)."""
    return f"{persona.name.lower()}@example.com"


def number_of(position: int) -> str:
    """The order number of an entry of DEMO_ORDERS, in the usual format."""
    return number_like(hashlib.sha256(f"demo order {position}".encode()).digest())


def number_like(digest: bytes) -> str:
    """An order number made of a digest."""
    bits = int.from_bytes(digest[:5], "big")
    code = "".join(_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"{code[:4]}-{code[4:]}"


async def place_demo_orders(
    database: Database,
    provider: PaymentProvider,
    *,
    currency: str,
    wanted: Sequence[DemoOrder] = DEMO_ORDERS,
) -> int:
    """Place the orders that are missing; returns how many were placed.

    None with a real payment provider, which would not know them. Some 60 statements each.
    """
    if not isinstance(provider, TestProvider):
        return 0
    placed = 0
    for position, order in enumerate(wanted):
        placed += await _place(database, provider, position, order, currency)
    return placed


@dataclass(frozen=True, slots=True)
class _Started:
    """A checkout whose pieces are reserved, and its payment."""

    draft: NewOrder
    payment: Attempt


async def _place(
    database: Database, provider: TestProvider, position: int, order: DemoOrder, currency: str
) -> bool:
    persona, number = PERSONAS[order.persona], number_of(position)
    async with database.writes() as session:
        if await session.scalar(_EXISTING, {"number": number}) is not None:
            return False
        skus = await _skus(session, persona, skipped=position, most=order.products)
        if not skus:
            return False
        started = await _start(session, provider.name, persona, number, skus, currency)
    captured = await _capture(provider, started.payment)
    async with database.writes() as session:
        order_id = await _complete(session, started, captured, persona, number)
        await _fulfil(session, number, order.outcome)
    if order.outcome in ("returned", "exchanged", "returning", "received"):
        await returns.bring_back(database, provider, number, position, order.outcome)
    async with database.writes() as session:
        await _move_into_past(session, order_id, number, order.days_ago)
    return True


async def _start(
    session: WriteSession,
    provider_name: str,
    persona: Persona,
    number: str,
    skus: Sequence[str],
    currency: str,
) -> _Started:
    """Put one piece of each SKU into a bag, enter what its checkout needs, and begin to pay."""
    owner = Owner(visitor_id=f"demo order {number}")
    for sku in skus:
        await cart.add_line(session, owner, sku=sku, quantity=1, currency=currency)
    token = await service.start(session, owner)
    found = await queries.locked(session, token, owner)
    entered = {
        "email": email_of(persona),
        "delivery_address": {"name": persona.name} | _ADDRESS,
        "delivery_method": "standard",
    }
    await service.enter(session, found.id, entered)
    found = await queries.locked(session, token, owner)
    draft = placing.draft(found, await placing.priced(session, found, currency))
    await placing.hold(session, draft, None, is_first=True)
    payment = await service.begin_payment(
        session, provider_name, found, draft, None, key=payments.new_key()
    )
    return _Started(draft, payment)


async def _capture(provider: TestProvider, payment: Attempt) -> PaymentOutcome:
    request = PaymentRequest(payment.key, payment.amount, "webhook-never", "/", payment.reference)
    authorized = await provider.authorize(request)
    return await provider.capture(
        authorized.provider_ref, payment.amount, key=f"{payment.key}.capture"
    )


async def _complete(
    session: WriteSession,
    started: _Started,
    captured: PaymentOutcome,
    persona: Persona,
    number: str,
) -> int:
    """Convert the checkout into an order of the persona; returns its id."""
    found = await queries.locked_by_id(session, started.payment.checkout_id)
    payment = await payments.locked(session, started.payment.key)
    assert payment is not None
    await payments.record(session, payment, captured)
    parameters = {"email": email_of(persona), "name": persona.name}
    customer_id: int = await session.scalar(_CUSTOMER, parameters)
    draft = replace(started.draft, customer_id=customer_id)
    order_id = (await placing.place_paid(session, found, draft, number=number)).id
    await payments.belongs_to(session, payment, order_id)
    paid = {"amount_minor": payment.amount.minor}
    await orders.note(session, order_id, "paid", actor="shop", data=paid)
    return order_id


async def _skus(session: ReadSession, persona: Persona, *, skipped: int, most: int) -> list[str]:
    """SKUs in stock of products that a demo shopper would buy."""
    parameters = {"paths": list(persona.categories), "skipped": skipped, "most": most}
    found = list(await session.scalars(_SKUS, parameters))
    return found or list(await session.scalars(_SKUS, parameters | {"paths": [""], "skipped": 0}))


async def _fulfil(session: WriteSession, number: str, outcome: Outcome) -> None:
    if outcome == "cancelled":
        await lifecycle.cancel(session, number, actor="customer", reason="ordered by mistake")
    if outcome in ("placed", "cancelled"):
        return
    lines = {row.id: row.quantity for row in await session.execute(_LINES, {"number": number})}
    parcel = Parcel(lines, "Parcel service", f"PS{number.replace('-', '')}")
    shipment_id = await lifecycle.ship(session, number, parcel, actor=_STAFF)
    if outcome == "shipped":
        return
    await lifecycle.deliver(session, number, shipment_id, actor=_STAFF)


async def _move_into_past(session: WriteSession, order_id: int, number: str, days_ago: int) -> None:
    parameters = {"id": order_id, "number": number, "ago": timedelta(days=days_ago)}
    for statement in (
        _AGE_ORDER,
        _AGE_EVENTS,
        _AGE_SHIPMENTS,
        _AGE_RETURNS,
        _AGE_REFUNDS,
        _AGE_REPLACEMENTS,
        _DELETE_MAILS,
    ):
        await session.execute(statement, parameters)


_EXISTING = text("select id from shop.orders where number = :number")
_CUSTOMER = text(
    """
    insert into shop.customers (email, name) values (:email, :name)
    on conflict (email) do update set email = excluded.email returning id
    """
)
_SKUS = text(
    """
    select min(code) from shop.live_products
    join shop.offered_sizes on colourway_id = live_products.id
    where pieces >= 3 and exists (
        select from unnest(cast(:paths as text[])) as path
        where path = '' or category_path = path or starts_with(category_path, path || '/'))
    group by live_products.id order by live_products.id offset :skipped limit :most
    """
)
_LINES = text(
    """
    select order_lines.id, quantity from shop.order_lines
    join shop.orders on orders.id = order_id where number = :number order by position
    """
)
_AGE_ORDER = text(
    """
    update shop.orders set placed_at = now() - cast(:ago as interval),
        promised_from = cast(now() - cast(:ago as interval) + interval '2 days' as date),
        promised_until = cast(now() - cast(:ago as interval) + interval '4 days' as date)
    where id = :id
    """
)
_AGE_EVENTS = text(
    """
    update shop.order_events set created_at = least(now(), now() - cast(:ago as interval) + case kind
        when 'placed' then interval '0'
        when 'paid' then interval '1 minute'
        when 'cancelled' then interval '2 hours'
        when 'shipped' then interval '1 day'
        when 'return_requested' then interval '7 days'
        when 'return_approved' then interval '7 days'
        when 'return_received' then interval '10 days'
        when 'return_inspected' then interval '10 days 1 hour'
        when 'return_completed' then interval '10 days 2 hours'
        else interval '3 days' end)
    where order_id = :id
    """
)
_AGE_SHIPMENTS = text(
    """
    update shop.shipments set shipped_at = now() - cast(:ago as interval) + interval '1 day',
        delivered_at = case when delivered_at is not null
            then now() - cast(:ago as interval) + interval '3 days' end
    where order_id = :id
    """
)
_AGE_RETURNS = text(
    """
    update shop.returns set created_at = least(now(), now() - cast(:ago as interval) + interval '7 days')
    where order_id = :id
    """
)
_AGE_REFUNDS = text(
    """
    update shop.refunds
    set created_at = least(now(), now() - cast(:ago as interval) + interval '10 days')
    where order_id = :id
    """
)
_AGE_REPLACEMENTS = text(
    """
    update shop.orders
    set placed_at = least(now(), now() - cast(:ago as interval) + interval '7 days')
    where cart_id in (select cart_id from shop.replacements where replaces_order_id = :id)
    """
)
# No e-mail is sent about what happened months ago.
_DELETE_MAILS = text(
    """
    with numbers as (
        select cast(:number as text) as number
        union all select number from shop.returns where order_id = :id
        union all select orders.number from shop.orders
            join shop.replacements on replacements.cart_id = orders.cart_id
            where replaces_order_id = :id
    )
    delete from shop.jobs using numbers
    where kind in ('orders.confirmation', 'orders.mail', 'returns.mail') and starts_with(key, number)
    """
)
