"""What a bag costs in all, by example."""

from decimal import Decimal

from storefront.money import Money
from storefront.pricing.discounts import Delivery, Item, Offer
from storefront.pricing.totals import (
    AppliedDiscount,
    GiftCardBalance,
    Rates,
    totals_of,
)

GERMANY = Rates({"standard": Decimal("0.19"), "books": Decimal("0.07")}, is_included=True)
CANADA = Rates({"standard": Decimal("0.05")}, is_included=False)
POST = Delivery(Money(495, "EUR"), free_from=Money(5000, "EUR"))


def item(sku_id: int, price: int, quantity: int = 1, *, tax_class: str = "standard") -> Item:
    return Item(sku_id, sku_id, "apparel", None, tax_class, Money(price, "EUR"), quantity)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def test_included_tax_is_a_part_of_the_total() -> None:
    found = totals_of([item(1, 1190, 2)], [], delivery=POST, rates=GERMANY)
    assert (found.items, found.delivery, found.total) == (euros(2380), euros(495), euros(2875))
    assert (found.tax, found.delivery_tax) == (euros(459), euros(79))
    assert found.lines[0].tax == euros(380)


def test_tax_that_is_not_included_is_added() -> None:
    found = totals_of([item(1, 1000, 3)], [], delivery=POST, rates=CANADA)
    assert (found.tax, found.total) == (euros(175), euros(3000 + 495 + 175))
    assert found.lines[0].total == euros(3150)


def test_each_rate_is_rounded_once() -> None:
    bag = [item(1, 333), item(2, 333), item(3, 333), item(4, 999, tax_class="books")]
    found = totals_of(bag, [], delivery=POST, rates=GERMANY)
    assert [line.tax.minor for line in found.lines] == [54, 53, 53, 65]  # 19 % of 9.99 is 1.60
    assert found.lines[3].tax_rate == Decimal("0.07")


def test_what_is_reduced_is_not_taxed() -> None:
    half = Offer(1, "half", "percentage", percent=Decimal(50), product_ids=[1])
    bag = [item(1, 2000), item(2, 1000)]
    included = totals_of(bag, [half], delivery=POST, rates=GERMANY)
    assert [line.tax.minor for line in included.lines] == [160, 159]  # 19 % of 20.00 is 3.19
    added = totals_of(bag, [half], delivery=POST, rates=CANADA)
    assert [line.tax.minor for line in added.lines] == [50, 50]
    assert added.total == euros(2000 + 495 + 100 + 25)


def test_a_country_without_taxes_adds_none() -> None:
    nowhere = Rates({}, is_included=False)
    found = totals_of([item(1, 1000)], [], delivery=POST, rates=nowhere)
    assert (found.tax, found.total) == (euros(0), euros(1495))


def test_delivery_is_free_from_what_is_left_after_reductions() -> None:
    half = Offer(1, "half", "percentage", percent=Decimal(50))
    for goods in (6000, 5000):
        assert totals_of([item(1, goods)], [], delivery=POST, rates=GERMANY).delivery == euros(0)
    assert totals_of([item(1, 4999)], [], delivery=POST, rates=GERMANY).delivery == euros(495)
    assert totals_of([item(1, 6000)], [half], delivery=POST, rates=GERMANY).delivery == euros(495)


def test_a_free_delivery_is_shown_with_what_it_saves() -> None:
    offer = Offer(1, "Free delivery", "free_delivery", code="FREE")
    found = totals_of([item(1, 1000)], [offer], delivery=POST, rates=GERMANY)
    assert (found.delivery, found.discount, found.total) == (euros(0), euros(0), euros(1000))
    assert found.discounts == [AppliedDiscount("Free delivery", "FREE", euros(495))]


def test_gift_cards_pay_in_their_order_and_never_more_than_the_total() -> None:
    cards = [GiftCardBalance(7, euros(1000)), GiftCardBalance(8, euros(9000))]
    found = totals_of([item(1, 6000)], [], delivery=POST, rates=GERMANY, gift_cards=cards)
    assert found.gift_cards == {7: euros(1000), 8: euros(5000)}
    assert (found.gift_card, found.to_pay) == (euros(6000), euros(0))
