"""Writes of orders: placed by a checkout, then their events."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storefront.db import WriteSession
from storefront.jobs import service as jobs
from storefront.money import Money
from storefront.pricing.totals import Totals

CONFIRMATION_JOB = "orders.confirmation"

# Crockford's base 32 without letters that look like digits: 40 bits, so numbers do not reveal how many
# orders there are, and cannot be enumerated.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class NewLine:
    """The purchase of one SKU, with the catalogue's current data."""

    sku_id: int
    sku: str
    product_id: int
    slug: str
    name: str
    brand: str | None
    colour: str | None
    size_system: str
    size_label: str
    picture: str | None
    list_price: Money


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be placed. lines: one for each line of totals, in the same order.

    promised: the delivery dates, if known.
    """

    cart_id: int
    customer_id: int | None
    email: str
    phone: str | None
    locale: str | None
    delivery_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    delivery_method: str
    delivery_name: str
    promised: tuple[date, date] | None
    lines: Sequence[NewLine]
    totals: Totals


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """The order that a bag has become."""

    id: int
    number: str


def new_number() -> str:
    """A number for an order, as on the parcel: ``K7QF-3M2D``."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


async def place(session: WriteSession, order: NewOrder, *, number: str) -> PlacedOrder:
    """Insert an order, with its lines, reductions and first event, and enqueue its confirmation.

    The unique cart ensures that a bag becomes one order. Two statements.
    """
    totals = order.totals
    order_id: int = await session.scalar(
        _PLACE,
        {
            "number": number,
            "cart_id": order.cart_id,
            "customer_id": order.customer_id,
            "email": order.email,
            "phone": order.phone,
            "locale": order.locale,
            "currency": totals.total.currency,
            "items": totals.items.minor,
            "discount": totals.discount.minor,
            "delivery": totals.delivery.minor,
            "tax": totals.tax.minor,
            "is_tax_included": totals.is_tax_included,
            "gift_card": totals.gift_card.minor,
            "total": totals.total.minor,
            "delivery_address": dict(order.delivery_address),
            "billing_address": dict(order.billing_address),
            "delivery_method": order.delivery_method,
            "delivery_name": order.delivery_name,
            "promised_from": order.promised[0] if order.promised else None,
            "promised_until": order.promised[1] if order.promised else None,
            "lines": _lines(order),
            "discounts": [
                {"label": one.label, "code": one.code, "amount_minor": one.amount.minor}
                for one in totals.discounts
            ],
        },
    )
    await jobs.enqueue(session, CONFIRMATION_JOB, number, {"order_id": order_id})
    return PlacedOrder(order_id, number)


async def note(
    session: WriteSession, order_id: int, kind: str, *, actor: str, data: Mapping[str, Any]
) -> int:
    """Add an event to an order; returns its id. One statement.

    actor: an e-mail address, ``customer`` or ``shop``.
    """
    parameters = {"order_id": order_id, "kind": kind, "actor": actor, "data": dict(data)}
    event_id: int = await session.scalar(_NOTE, parameters)
    return event_id


async def note_once(
    session: WriteSession, order_id: int, kind: str, *, actor: str, data: Mapping[str, Any]
) -> None:
    """Add an event that an order has at most once; the caller holds a lock. Two statements at most."""
    if await session.scalar(_NOTED, {"order_id": order_id, "kind": kind}) is None:
        await note(session, order_id, kind, actor=actor, data=data)


def _lines(order: NewOrder) -> list[dict[str, Any]]:
    written = []
    for position, (line, counted) in enumerate(
        zip(order.lines, order.totals.lines, strict=True), start=1
    ):
        written.append(
            asdict(line)
            | {
                "position": position,
                "quantity": counted.quantity,
                "list_price": line.list_price.minor,
                "price": counted.price.minor,
                "discount": counted.discount.minor,
                "tax_rate": str(counted.tax_rate),
                "tax": counted.tax.minor,
                "total": counted.total.minor,
            }
        )
    return written


_NOTED = text(
    "select id from shop.order_events where order_id = :order_id and kind = :kind limit 1"
)
_PLACE = text(
    """
    with placed as (
        insert into shop.orders (
            number, cart_id, customer_id, email, phone, locale, currency, items_minor,
            discount_minor, delivery_minor, tax_minor, is_tax_included, gift_card_minor,
            total_minor, delivery_address, billing_address, delivery_method, delivery_name,
            promised_from, promised_until)
        values (
            :number, :cart_id, :customer_id, :email, :phone, :locale, :currency, :items,
            :discount, :delivery, :tax, :is_tax_included, :gift_card,
            :total, :delivery_address, :billing_address, :delivery_method, :delivery_name,
            :promised_from, :promised_until)
        returning id, total_minor
    ), lines as (
        insert into shop.order_lines (
            order_id, position, sku_id, sku, product_id, slug, name, brand, colour, size_system,
            size_label, picture, quantity, list_price_minor, price_minor, discount_minor, tax_rate,
            tax_minor, total_minor)
        select id, position, sku_id, sku, product_id, slug, name, brand, colour, size_system,
            size_label, picture, quantity, list_price, price, discount, tax_rate, tax, total
        from placed, jsonb_to_recordset(:lines) as line (
            position int, sku_id bigint, sku text, product_id bigint, slug text, name text,
            brand text, colour text, size_system text, size_label text, picture text, quantity int,
            list_price bigint, price bigint, discount bigint, tax_rate numeric, tax bigint,
            total bigint)
    ), discounts as (
        insert into shop.order_discounts (order_id, position, label, code, amount_minor)
        select id, position, label, code, amount_minor
        from placed, rows from (
            jsonb_to_recordset(:discounts) as (label text, code text, amount_minor bigint)
        ) with ordinality as one (label, code, amount_minor, position)
    ), noted as (
        insert into shop.order_events (order_id, kind, actor, data)
        select id, 'placed', 'shop', jsonb_build_object('total_minor', total_minor) from placed
    )
    select id from placed
    """
).bindparams(
    *(
        bindparam(name, type_=JSONB)
        for name in ("delivery_address", "billing_address", "lines", "discounts")
    )
)
_NOTE = text(
    """
    insert into shop.order_events (order_id, kind, actor, data)
    values (:order_id, :kind, :actor, :data) returning id
    """
).bindparams(bindparam("data", type_=JSONB))
