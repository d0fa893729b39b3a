"""Writes of what determines a price: coupons and gift cards held by checkouts, released, issued."""

import csv
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from importlib import resources

from sqlalchemy import text

from storefront.db import WriteSession
from storefront.money import Money
from storefront.pricing import codes
from storefront.pricing.queries import CouponNotValid, GiftCardNotValid, hash_of, normalized
from storefront.texts import _


async def hold_coupon(
    session: WriteSession, coupon_id: int, *, cart_id: int, customer_key: str, expires_at: datetime
) -> None:
    """Hold a coupon for a cart's checkout until a time; a repeated call extends it.

    customer_key: the e-mail address in lower case. Two statements.
    Raises CouponNotValid (409): its budget is used up, or this customer has used it before.
    """
    parameters = {
        "coupon_id": coupon_id,
        "cart_id": cart_id,
        "customer_key": customer_key,
        "expires_at": expires_at,
    }
    if await session.scalar(_HOLD_LONGER, parameters) is not None:
        return
    taken = await session.scalar(_TAKE_COUPON, parameters)
    if taken is None:
        raise CouponNotValid(_("The code has been used up."), reason="used-up")
    if await session.scalar(_HOLD_COUPON, parameters) is None:
        # This error rolls back the caller's transaction, including the counted use.
        raise CouponNotValid(_("The code was used before with this address."), reason="used-before")


async def hold_gift_cards(
    session: WriteSession, amounts: Mapping[int, Money], *, cart_id: int, expires_at: datetime
) -> None:
    """Hold amounts of gift cards for a cart's checkout until a time, all or nothing.

    amounts: by gift card; `release` earlier holds first. One statement per card, in id order.
    Raises GiftCardNotValid (409) if a card's balance is too low.
    """
    for gift_card_id, amount in sorted(amounts.items()):
        held = await session.scalar(
            _HOLD_CARD,
            {
                "gift_card_id": gift_card_id,
                "amount": amount.minor,
                "currency": amount.currency,
                "cart_id": cart_id,
                "reference": f"cart {cart_id}",
                "expires_at": expires_at,
            },
        )
        if held is None:
            raise GiftCardNotValid(_("A gift card has less money on it than before."))


async def holds(
    session: WriteSession, cart_id: int, *, coupon_id: int | None, amounts: Mapping[int, Money]
) -> bool:
    """Whether a cart holds exactly this coupon and these amounts of gift cards.

    If so, they stay held until the transaction ends. One statement; none if both are empty.
    """
    if coupon_id is None and not amounts:
        return True
    held = (await session.execute(_LOCK_HELD, {"cart_id": cart_id})).one()
    cards = dict(zip(held.gift_card_ids, held.amounts, strict=True))
    return held.coupon_ids == ([] if coupon_id is None else [coupon_id]) and cards == {
        gift_card_id: amount.minor for gift_card_id, amount in amounts.items()
    }


async def use(session: WriteSession, cart_id: int) -> tuple[set[int], dict[int, int]]:
    """Commit a cart's holds: returns coupons by id, and minor units by gift card. Two statements.

    The caller compares them with the order, because expired holds are not included.
    """
    coupons = set(await session.scalars(_USE_COUPONS, {"cart_id": cart_id}))
    cards = await session.execute(_USE_CARDS, {"cart_id": cart_id})
    return coupons, {row.gift_card_id: row.amount_minor for row in cards}


async def release(session: WriteSession, cart_id: int) -> None:
    """Release the coupon and the gift card amounts that a cart holds. Two statements."""
    await session.execute(_RELEASE_COUPONS, {"cart_id": cart_id})
    await session.execute(_RELEASE_CARDS, {"cart_id": cart_id})


async def release_used(session: WriteSession, cart_id: int) -> None:
    """Release the coupon of a cancelled order: it may be used again. One statement."""
    await session.execute(_RELEASE_USED, {"cart_id": cart_id})


async def release_expired(session: WriteSession) -> int:
    """Release expired holds; returns how many. Safe in any number of processes."""
    coupons = (await session.scalars(_RELEASE_EXPIRED_COUPONS)).all()
    cards = (await session.scalars(_RELEASE_EXPIRED_CARDS)).all()
    return len(coupons) + len(cards)


async def issue_gift_card(
    session: WriteSession,
    amount: Money,
    *,
    reference: str,
    expires_at: datetime | None = None,
    code: str | None = None,
) -> str:
    """Issue a gift card; returns its code, which is not stored. One statement.

    reference: why, such as an order's number or the issuer. code: by default a new one.
    """
    code = normalized(code) if code else codes.new_code()
    await session.execute(
        _ISSUE,
        {
            "code_hash": hash_of(code),
            "last_four": code[-4:],
            "currency": amount.currency,
            "amount": amount.minor,
            "expires_at": expires_at,
            "reference": reference,
        },
    )
    return codes.in_groups(code)


async def refund_to_gift_card(
    session: WriteSession, gift_card_id: int, amount: Money, *, reference: str
) -> None:
    """Refund to a gift card that had paid. One statement.

    A card that has expired, or soon will, is then valid for another year. reference: the order's
    number, by which `queries.paid_by_gift_cards` counts refunds.
    """
    await session.execute(
        _REFUND,
        {"gift_card_id": gift_card_id, "amount": amount.minor, "reference": reference},
    )


async def install_defaults(session: WriteSession, currency: str) -> None:
    """Insert initial tax rates and delivery methods if the tables are empty. Two statements."""
    lines = resources.files("storefront.pricing").joinpath("tax_rates.csv").read_text("utf-8")
    rates = list(csv.DictReader(line for line in lines.splitlines() if not line.startswith("#")))
    await session.execute(
        _DEFAULT_RATES,
        {
            "countries": [rate["country"] for rate in rates],
            "classes": [rate["tax_class"] for rate in rates],
            "rates": [Decimal(rate["rate"]) for rate in rates],
            "included": [rate["is_included"] == "true" for rate in rates],
        },
    )
    await session.execute(
        _DEFAULT_METHODS,
        {
            "currency": currency,
            "standard": Money.of_major(5, currency).minor,
            "free_from": Money.of_major(100, currency).minor,
            "express": Money.of_major(15, currency).minor,
        },
    )


async def erase(session: WriteSession, email: str, *, replacement: str) -> None:
    """Remove an e-mail address from its coupon redemptions. One statement."""
    await session.execute(_ERASE, {"email": email, "replacement": replacement})


_HOLD_LONGER = text(
    """
    update shop.coupon_redemptions set expires_at = :expires_at
    where coupon_id = :coupon_id and cart_id = :cart_id and state = 'held'
    and customer_key = :customer_key
    returning id
    """
)

_TAKE_COUPON = text(
    """
    with former as (
        update shop.coupon_redemptions set state = 'released'
        where coupon_id = :coupon_id and cart_id = :cart_id and state = 'held' returning coupon_id
    )
    update shop.coupons set used_count = used_count + 1 - (select count(*) from former)
    where id = :coupon_id
    and (budget is null or used_count - (select count(*) from former) < budget)
    returning id
    """
)

_HOLD_COUPON = text(
    """
    insert into shop.coupon_redemptions
        (coupon_id, cart_id, customer_key, is_once_per_customer, expires_at)
    select id, :cart_id, :customer_key, is_once_per_customer, :expires_at
    from shop.coupons where id = :coupon_id
    on conflict do nothing
    returning id
    """
)

_LOCK_HELD = text(
    """
    with coupons as (
        select coupon_id from shop.coupon_redemptions
        where cart_id = :cart_id and state = 'held' for update
    ), cards as materialized (
        select gift_card_id, amount_minor from shop.gift_card_holds
        where cart_id = :cart_id and state = 'held' order by id for update
    )
    select array(select coupon_id from coupons) as coupon_ids,
        array(select gift_card_id from cards) as gift_card_ids,
        array(select amount_minor from cards) as amounts
    """
)

_USE_COUPONS = text(
    """
    update shop.coupon_redemptions set state = 'used'
    where cart_id = :cart_id and state = 'held' returning coupon_id
    """
)

_RELEASE_COUPONS = text(
    """
    with released as (
        update shop.coupon_redemptions set state = 'released'
        where cart_id = :cart_id and state = 'held' returning coupon_id
    )
    update shop.coupons set used_count = used_count - 1
    where id in (select coupon_id from released)
    """
)

_RELEASE_USED = text(
    """
    with released as (
        update shop.coupon_redemptions set state = 'released'
        where cart_id = :cart_id and state = 'used' returning coupon_id
    )
    update shop.coupons set used_count = used_count - 1
    where id in (select coupon_id from released)
    """
)

_RELEASE_EXPIRED_COUPONS = text(
    """
    with released as (
        update shop.coupon_redemptions set state = 'released'
        where id in (
            select id from shop.coupon_redemptions where state = 'held' and expires_at < now()
            order by id limit 500 for update skip locked)
        returning id, coupon_id
    ), counted as (
        select coupon_id, count(*) as uses from released group by coupon_id
    ), given_back as (
        update shop.coupons set used_count = used_count - uses
        from counted where coupons.id = coupon_id
    )
    select id from released
    """
)

_HOLD_CARD = text(
    """
    with taken as (
        update shop.gift_cards set balance_minor = balance_minor - :amount
        where id = :gift_card_id and currency = :currency and balance_minor >= :amount
        and (expires_at is null or expires_at > now())
        returning id
    ), noted as (
        insert into shop.gift_card_entries (gift_card_id, kind, delta_minor, reference)
        select id, 'hold', - cast(:amount as bigint), :reference from taken
    )
    insert into shop.gift_card_holds (gift_card_id, cart_id, amount_minor, expires_at)
    select id, :cart_id, :amount, :expires_at from taken
    returning gift_card_id
    """
)

_USE_CARDS = text(
    """
    update shop.gift_card_holds set state = 'used'
    where cart_id = :cart_id and state = 'held' returning gift_card_id, amount_minor
    """
)

_RELEASE_CARDS = text(
    """
    with released as (
        update shop.gift_card_holds set state = 'released'
        where cart_id = :cart_id and state = 'held' returning gift_card_id, amount_minor
    ), noted as (
        insert into shop.gift_card_entries (gift_card_id, kind, delta_minor, reference)
        select gift_card_id, 'release', amount_minor, 'cart ' || :cart_id from released
    )
    update shop.gift_cards set balance_minor = balance_minor + amount_minor
    from released where gift_cards.id = gift_card_id
    """
)

_RELEASE_EXPIRED_CARDS = text(
    """
    with released as (
        update shop.gift_card_holds set state = 'released'
        where id in (
            select id from shop.gift_card_holds where state = 'held' and expires_at < now()
            order by id limit 500 for update skip locked)
        returning id, gift_card_id, cart_id, amount_minor
    ), noted as (
        insert into shop.gift_card_entries (gift_card_id, kind, delta_minor, reference)
        select gift_card_id, 'release', amount_minor, 'cart ' || cart_id from released
    ), added_up as (
        select gift_card_id, sum(amount_minor) as amount from released group by gift_card_id
    ), given_back as (
        update shop.gift_cards set balance_minor = balance_minor + amount
        from added_up where gift_cards.id = gift_card_id
    )
    select id from released
    """
)

_ISSUE = text(
    """
    with issued as (
        insert into shop.gift_cards (code_hash, last_four, currency, balance_minor, expires_at)
        values (:code_hash, :last_four, :currency, :amount, :expires_at) returning id
    )
    insert into shop.gift_card_entries (gift_card_id, kind, delta_minor, reference)
    select id, 'issue', :amount, :reference from issued
    """
)

_REFUND = text(
    """
    with refunded as (
        update shop.gift_cards set balance_minor = balance_minor + :amount, expires_at = case
            when expires_at < now() + interval '30 days' then now() + interval '1 year'
            else expires_at end
        where id = :gift_card_id returning id
    )
    insert into shop.gift_card_entries (gift_card_id, kind, delta_minor, reference)
    select id, 'refund', :amount, :reference from refunded
    """
)

_ERASE = text(
    "update shop.coupon_redemptions set customer_key = :replacement where customer_key = :email"
)

_DEFAULT_RATES = text(
    """
    insert into shop.tax_rates (country, tax_class, rate, is_included)
    select * from unnest(
        cast(:countries as text[]), cast(:classes as text[]), cast(:rates as numeric[]),
        cast(:included as boolean[]))
    where not exists (select from shop.tax_rates)
    on conflict do nothing  -- of another process that starts at the same time
    """
)

_DEFAULT_METHODS = text(
    """
    insert into shop.delivery_methods
        (code, name, currency, price_minor, free_from_minor, cutoff, min_days, max_days, sort)
    select * from (values
        ('standard', 'Standard', :currency, cast(:standard as bigint), cast(:free_from as bigint),
            time '15:00', 2, 4, 1),
        ('express', 'Express', :currency, cast(:express as bigint), null, time '13:00', 1, 1, 2)
    ) as one
    where not exists (select from shop.delivery_methods)
    on conflict do nothing
    """
)
