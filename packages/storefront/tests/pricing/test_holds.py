"""Coupons and gift cards are never used more often than they may be, whoever comes at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text

from storefront.db import Database
from storefront.money import Money
from storefront.pricing import queries, service
from storefront.pricing.queries import CouponNotValid, GiftCardNotValid

NOW = datetime.now(UTC)
SOON = NOW + timedelta(days=1)
PAST = NOW - timedelta(seconds=1)


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    database = fresh_database()
    yield database
    await database.aclose()


async def coupon(database: Database, *, budget: int | None = None, is_once: bool = False) -> int:
    async with database.writes() as session:
        coupon_id: int | None = await session.scalar(
            text(
                "with promotion as (insert into shop.promotions (label, kind, percent) "
                "values ('Ten off', 'percentage', 10) returning id) "
                "insert into shop.coupons (promotion_id, code, budget, is_once_per_customer) "
                "select id, 'TEN', :budget, :is_once from promotion returning id"
            ),
            {"budget": budget, "is_once": is_once},
        )
    assert coupon_id is not None
    return coupon_id


async def carts(database: Database, count: int) -> list[int]:
    async with database.writes() as session:
        found = await session.scalars(
            text(
                "insert into shop.carts (visitor_id, currency) "
                "select unnest(cast(:visitors as text[])), 'USD' returning id"
            ),
            {"visitors": [uuid4().hex for _ in range(count)]},
        )
        return list(found)


async def hold(
    database: Database, coupon_id: int, cart_id: int, *, who: str, until: datetime = SOON
) -> None:
    async with database.writes() as session:
        await service.hold_coupon(
            session, coupon_id, cart_id=cart_id, customer_key=who, expires_at=until
        )


async def used(database: Database) -> int | None:
    async with database.reads() as session:
        found: int | None = await session.scalar(text("select used_count from shop.coupons"))
        return found


async def balances(database: Database) -> list[tuple[int, int]]:
    """Of each gift card: its balance, and what its entries add up to."""
    async with database.reads() as session:
        rows = await session.execute(
            text(
                "select balance_minor, (select sum(delta_minor)::bigint from "
                "shop.gift_card_entries where gift_card_id = gift_cards.id) as entries "
                "from shop.gift_cards order by id"
            )
        )
        return [(row.balance_minor, row.entries) for row in rows]


async def test_a_budget_of_five_is_used_by_five_of_forty(database: Database) -> None:
    coupon_id = await coupon(database, budget=5)
    results = await asyncio.gather(
        *(
            hold(database, coupon_id, cart_id, who=f"shopper{cart_id}@example.com")
            for cart_id in await carts(database, 40)
        ),
        return_exceptions=True,
    )
    assert results.count(None) == 5
    refused = [result for result in results if isinstance(result, CouponNotValid)]
    assert {result.facts["reason"] for result in refused} == {"used-up"}
    assert len(refused) == 35
    assert await used(database) == 5


async def test_once_per_customer_counts_the_address(database: Database) -> None:
    coupon_id = await coupon(database, is_once=True)
    first, second, third = await carts(database, 3)
    await hold(database, coupon_id, first, who="ann@example.com")
    await hold(database, coupon_id, first, who="ann@example.com")  # the same checkout, again
    with pytest.raises(CouponNotValid) as refused:
        await hold(database, coupon_id, second, who="ann@example.com")
    assert refused.value.facts == {"reason": "used-before"}
    await hold(database, coupon_id, third, who="bob@example.com")
    assert await used(database) == 2


async def test_what_is_held_too_long_is_given_back_once(database: Database) -> None:
    coupon_id = await coupon(database, budget=3)
    for cart_id in await carts(database, 3):
        await hold(database, coupon_id, cart_id, who=f"{cart_id}@example.com", until=PAST)

    async def sweep() -> int:
        async with database.writes() as session:
            return await service.release_expired(session)

    assert sum(await asyncio.gather(*(sweep() for _ in range(4)))) == 3
    assert await used(database) == 0


async def test_a_used_coupon_is_not_given_back(database: Database) -> None:
    coupon_id = await coupon(database, budget=1)
    [cart_id] = await carts(database, 1)
    await hold(database, coupon_id, cart_id, who="ann@example.com", until=PAST)
    async with database.writes() as session:
        assert await service.use(session, cart_id) == ({coupon_id}, {})
        await service.release(session, cart_id)
        assert await service.release_expired(session) == 0
    assert await used(database) == 1


async def test_a_code_is_found_as_people_type_it(database: Database) -> None:
    coupon_id = await coupon(database)
    async with database.reads() as session:
        found = await queries.coupon_of(session, " t-en ", NOW)
        assert (found.coupon_id, found.offer.percent) == (coupon_id, Decimal(10))
        with pytest.raises(CouponNotValid) as refused:
            await queries.coupon_of(session, "NOPE", NOW)
    assert refused.value.facts == {"reason": "unknown"}


async def test_a_gift_card_spent_from_many_tabs_never_falls_below_zero(database: Database) -> None:
    async with database.writes() as session:
        code = await service.issue_gift_card(session, Money(5000, "USD"), reference="test")
        card = await queries.gift_card_of(session, code.lower(), NOW)
    assert card.balance == Money(5000, "USD")

    async def spend(cart_id: int) -> None:
        async with database.writes() as session:
            await service.hold_gift_cards(
                session,
                {card.gift_card_id: Money(1200, "USD")},
                cart_id=cart_id,
                expires_at=SOON,
            )

    results = await asyncio.gather(*map(spend, await carts(database, 20)), return_exceptions=True)
    assert results.count(None) == 4
    assert {type(result) for result in results if result is not None} == {GiftCardNotValid}
    assert await balances(database) == [(200, 200)]


async def test_gift_card_holds_are_replaced_released_and_used(database: Database) -> None:
    async with database.writes() as session:
        code = await service.issue_gift_card(session, Money(5000, "USD"), reference="test")
        card = (await queries.gift_card_of(session, code, NOW)).gift_card_id
    [cart_id] = await carts(database, 1)
    for amount in (3000, 4000):
        async with database.writes() as session:
            await service.release(session, cart_id)
            held = {card: Money(amount, "USD")}
            await service.hold_gift_cards(session, held, cart_id=cart_id, expires_at=PAST)
            assert await service.holds(session, cart_id, coupon_id=None, amounts=held)
            assert not await service.holds(session, cart_id, coupon_id=1, amounts=held)
    assert await balances(database) == [(1000, 1000)]
    async with database.writes() as session:
        assert await service.release_expired(session) == 1
    assert await balances(database) == [(5000, 5000)]
    async with database.writes() as session:
        await service.hold_gift_cards(
            session, {card: Money(700, "USD")}, cart_id=cart_id, expires_at=SOON
        )
        assert await service.use(session, cart_id) == (set(), {card: 700})
        await service.refund_to_gift_card(session, card, Money(200, "USD"), reference="order 1")
    assert await balances(database) == [(4500, 4500)]


async def test_the_defaults_are_installed_once_and_read_by_country(database: Database) -> None:
    for _ in range(2):
        async with database.writes() as session:
            await service.install_defaults(session, "USD")
    async with database.reads() as session:
        germany = await queries.rates_of(session, "DE")
        assert (germany.of("standard"), germany.is_included) == (Decimal("0.19"), True)
        canada = await queries.rates_of(session, "CA")
        assert (canada.of("children"), canada.is_included) == (Decimal("0.05"), False)
        britain = await queries.rates_of(session, "GB")
        assert (britain.of("children"), britain.of("standard")) == (Decimal(0), Decimal("0.2"))
        assert (await queries.rates_of(session, "BR")).of("standard") == Decimal(0)
        methods = await queries.methods_for(session, "DE", "USD")
        assert [(one.code, one.delivery.price.minor) for one in methods] == [
            ("standard", 500),
            ("express", 1500),
        ]
        assert await queries.methods_for(session, "DE", "EUR") == []
