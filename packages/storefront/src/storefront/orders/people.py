"""Persons in orders: the owner of an order, a person's orders, and anonymized orders."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from storefront.db import ReadSession, WriteSession
from storefront.idempotency import service as idempotency


async def claim(session: WriteSession, customer_id: int, *, email: str) -> None:
    """Assign the guest orders of an e-mail address to the customer who has verified it.

    One statement.
    """
    await session.execute(_CLAIM, {"customer_id": customer_id, "email": email})


async def in_progress(session: ReadSession, customer_id: int) -> Sequence[str]:
    """The numbers of a customer's orders that are neither cancelled nor completed. One statement."""
    return list(await session.scalars(_IN_PROGRESS, {"customer_id": customer_id}))


async def export(session: ReadSession, customer_id: int, *, email: str) -> Sequence[dict[str, Any]]:
    """A person's orders as JSON, newest first, also guest orders of the address. One statement."""
    parameters = {"customer_id": customer_id, "email": email}
    return [dict(row) for row in await session.scalars(_EXPORT, parameters)]


async def erase(session: WriteSession, customer_id: int) -> None:
    """Anonymize a customer's orders; products, dates and amounts stay.

    Of the addresses, country and region stay: taxes depend on them. Responses stored for repeated
    requests contain the person, so they are deleted. Two statements.
    """
    numbers = await session.scalars(_ERASE, {"customer_id": customer_id})
    await idempotency.erase(session, [cancel_scope(number) for number in numbers])


def cancel_scope(number: str) -> str:
    """The scope of the idempotency keys for cancelling an order."""
    return f"cancel {number}"


_CLAIM = text(
    """
    update shop.orders set customer_id = :customer_id
    where lower(email) = :email and customer_id is null
    """
)
_IN_PROGRESS = text(
    """
    select number from shop.orders
    where customer_id = :customer_id and state = 'placed' order by number
    """
)
_EXPORT = text(
    """
    select jsonb_build_object(
        'number', number, 'state', state, 'placed_at', placed_at, 'email', email, 'phone', phone,
        'currency', currency, 'total_minor', total_minor, 'delivery_minor', delivery_minor,
        'tax_minor', tax_minor, 'discount_minor', discount_minor, 'gift_card_minor', gift_card_minor,
        'delivery_address', delivery_address, 'billing_address', billing_address,
        'delivery', delivery_name,
        'lines', (select jsonb_agg(jsonb_build_object(
            'sku', sku, 'name', name, 'brand', brand, 'color', colour, 'size', size_label,
            'quantity', quantity, 'price_minor', price_minor, 'total_minor', total_minor)
            order by position) from shop.order_lines where order_id = orders.id),
        'events', (select jsonb_agg(jsonb_build_object('kind', kind, 'at', created_at) order by id)
            from shop.order_events where order_id = orders.id))
    from shop.orders
    where customer_id = :customer_id or (customer_id is null and lower(email) = :email)
    order by placed_at desc
    """
)
# The address is not null; this one can belong to nobody (RFC 2606, 2).
_ERASE = text(
    """
    update shop.orders set email = 'deleted@invalid', phone = null,
        delivery_address = (select coalesce(jsonb_object_agg(key, value), '{}')
            from jsonb_each(delivery_address) where key in ('country_code', 'country_area')),
        billing_address = (select coalesce(jsonb_object_agg(key, value), '{}')
            from jsonb_each(billing_address) where key in ('country_code', 'country_area'))
    where customer_id = :customer_id
    returning number
    """
)
