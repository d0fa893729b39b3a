"""Each gift card and the payment of an order get back at most what they paid, in any number of parts."""

import random
from datetime import UTC, datetime

import pytest

from packages.storefront.tests.checkout.conftest import Buyer, SellingShop
from packages.storefront.tests.orders.steps import cancel, do_jobs, refund
from storefront.audit import Finding, audit
from storefront.cart import service as cart
from storefront.checkout.results import Placed
from storefront.money import Money
from storefront.pricing import service as pricing


async def _paid_by_three(shop: SellingShop, chance: random.Random) -> tuple[str, dict[str, int]]:
    """An order that two gift cards and a payment paid for, and what each paid."""
    buyer = Buyer(shop)
    await buyer.fill(2)
    paid = {}
    async with shop.database.writes() as session:
        for _ in range(2):
            minor = chance.randint(1, buyer.total // 3)
            code = await pricing.issue_gift_card(session, Money(minor, "USD"), reference="test")
            await cart.add_gift_card(session, buyer.owner, code=code, now=datetime.now(UTC))
            paid[code[-4:]] = minor
    paid["payment"] = buyer.total - sum(paid.values())
    result = await buyer.pay(to_pay=paid["payment"])
    assert isinstance(result, Placed)
    await do_jobs(shop)
    return result.number, paid


async def _returned_to(shop: SellingShop, number: str) -> dict[str, int]:
    """What each gift card and the payment got back."""
    return {
        name: int(minor)
        for name, minor in await shop.rows(
            "select last_four, delta_minor from (select gift_card_id, sum(delta_minor) as delta_minor"
            " from shop.gift_card_entries where kind = 'refund' and reference = :number group by 1)"
            " as back join shop.gift_cards on gift_cards.id = gift_card_id union all"
            " select 'payment', refunded_minor from shop.payments"
            " join shop.orders on orders.id = order_id where number = :number",
            number=number,
        )
    }


@pytest.mark.parametrize("seed", range(3))
async def test_no_source_gets_back_more_than_it_paid(shop: SellingShop, seed: int) -> None:
    chance = random.Random(seed)
    number, paid = await _paid_by_three(shop, chance)
    left = sum(paid.values())
    if seed:  # the first order is cancelled after one refund
        while left:
            left -= (await refund(shop, number, extra=chance.randint(1, left))).minor
            back = await _returned_to(shop, number)
            assert all(minor <= paid[name] for name, minor in back.items())
            assert await audit(shop.database) == []
    else:
        await refund(shop, number, extra=left - 1)
        await cancel(shop, number)
    assert await _returned_to(shop, number) == paid
    assert await audit(shop.database) == []


async def test_the_audit_names_a_gift_card_that_got_back_more_than_it_paid(
    shop: SellingShop,
) -> None:
    number, paid = await _paid_by_three(shop, random.Random(1))
    [(card_id, name)] = await shop.rows(
        "select id, last_four from shop.gift_cards order by 1 limit 1"
    )
    async with shop.database.writes() as session:
        await pricing.refund_to_gift_card(
            session, card_id, Money(paid[name] + 1, "USD"), reference=number
        )
    assert await audit(shop.database) == [
        Finding("order_gift_card_refunded", number, paid[name], paid[name] + 1)
    ]
