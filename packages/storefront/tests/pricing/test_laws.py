"""Laws of the arithmetic, for any bag, any promotions and any currency."""

from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from storefront.money import Money
from storefront.pricing.discounts import Delivery, Item, Offer, discounts_of
from storefront.pricing.totals import GiftCardBalance, Rates, totals_of

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"])  # 2, 2, 0, 3 and 4 digits
PATHS = ["apparel", "apparel/topwear", "apparel/topwear/shirts", "footwear/shoes"]
BRANDS = [None, "Puma", "Nike"]


@st.composite
def bags(draw: st.DrawFn) -> list[Item]:
    currency = draw(CURRENCIES)
    sku_ids = draw(st.lists(st.integers(1, 1000), min_size=1, max_size=8, unique=True))
    return [
        Item(
            sku_id,
            sku_id % 7,
            draw(st.sampled_from(PATHS)),
            draw(st.sampled_from(BRANDS)),
            draw(st.sampled_from(["standard", "reduced"])),
            Money(draw(st.integers(1, 10_000_000)), currency),
            draw(st.integers(1, 20)),
        )
        for sku_id in sku_ids
    ]


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    return [
        Offer(
            number,
            f"offer {number}",
            draw(st.sampled_from(["percentage", "amount", "free_delivery", "buy_x_get_y"])),
            percent=draw(st.decimals(Decimal("0.01"), 100, places=2)),
            amount_minor=draw(st.integers(1, 50_000_000)),
            buy_quantity=draw(st.integers(1, 3)),
            get_quantity=draw(st.integers(1, 2)),
            category_paths=draw(st.lists(st.sampled_from(PATHS), max_size=2)),
            brands=draw(st.lists(st.sampled_from(["Puma", "Nike"]), max_size=1)),
            minimum_minor=draw(st.integers(0, 20_000)),
            is_exclusive=draw(st.booleans()),
            stack_group=draw(st.sampled_from(["sale", "code", "order"])),
            priority=draw(st.integers(0, 3)),
        )
        for number in range(1, draw(st.integers(0, 5)) + 1)
    ]


RATES = st.builds(
    lambda standard, reduced, is_included: Rates(
        {"standard": standard, "reduced": reduced}, is_included
    ),
    st.decimals(0, Decimal("0.3"), places=4),
    st.decimals(0, Decimal("0.3"), places=4),
    st.booleans(),
)
AMOUNTS = st.integers(0, 100_000)


@given(bags(), offers(), RATES, AMOUNTS, st.none() | AMOUNTS, st.lists(AMOUNTS, max_size=3))
def test_totals_add_up_to_the_minor_unit(
    items: list[Item],
    promotions: list[Offer],
    rates: Rates,
    price: int,
    free_from: int | None,
    balances: list[int],
) -> None:
    currency = items[0].price.currency
    delivery = Delivery(
        Money(price, currency), None if free_from is None else Money(free_from, currency)
    )
    cards = [GiftCardBalance(n, Money(balance, currency)) for n, balance in enumerate(balances)]
    found = totals_of(items, promotions, delivery=delivery, rates=rates, gift_cards=cards)
    added = Money.zero(currency) if rates.is_included else found.tax
    assert found.total == found.items - found.discount + found.delivery + added
    delivery_tax = Money.zero(currency) if rates.is_included else found.delivery_tax
    lines = Money.total((line.total for line in found.lines), currency)
    assert found.total == lines + found.delivery + delivery_tax
    assert found.tax == found.delivery_tax + Money.total((x.tax for x in found.lines), currency)
    assert found.discount == Money.total((line.discount for line in found.lines), currency)
    assert found.to_pay + found.gift_card == found.total
    assert found.to_pay.minor >= 0
    assert all(paid.minor <= balances[card] for card, paid in found.gift_cards.items())


@given(bags(), offers(), AMOUNTS)
def test_no_reduction_exceeds_what_it_reduces(
    items: list[Item], promotions: list[Offer], price: int
) -> None:
    delivery = Delivery(Money(price, items[0].price.currency))
    left = {item.sku_id: item.amount for item in items}
    for discount in discounts_of(items, promotions, delivery=delivery):
        assert discount.saving(delivery.price).minor > 0
        named = {item.sku_id for item in items if discount.offer.applies_to(item)}
        assert set(discount.by_sku) <= named
        for sku_id, amount in discount.by_sku.items():
            assert 0 < amount.minor <= left[sku_id].minor
            left[sku_id] -= amount


@given(bags(), offers(), AMOUNTS, st.randoms())
def test_the_order_of_lines_and_promotions_does_not_matter(
    items: list[Item], promotions: list[Offer], price: int, random: Random
) -> None:
    delivery = Delivery(Money(price, items[0].price.currency))
    before = {
        one.offer.id: dict(one.by_sku) for one in discounts_of(items, promotions, delivery=delivery)
    }
    random.shuffle(items)
    random.shuffle(promotions)
    after = {
        one.offer.id: dict(one.by_sku) for one in discounts_of(items, promotions, delivery=delivery)
    }
    assert after == before


@given(bags(), offers(), AMOUNTS, st.none() | AMOUNTS)
def test_no_promotion_makes_a_bag_dearer(
    items: list[Item], promotions: list[Offer], price: int, free_from: int | None
) -> None:
    currency = items[0].price.currency
    free = None if free_from is None else Money(free_from, currency)
    untaxed = Rates({}, is_included=True)

    def total(offered: list[Offer]) -> Money:
        delivery = Delivery(Money(price, currency), free)
        return totals_of(items, offered, delivery=delivery, rates=untaxed).total

    assert total(promotions) <= total([])
    for one in promotions:
        if one.is_exclusive:
            assert total(promotions) <= total([one])
