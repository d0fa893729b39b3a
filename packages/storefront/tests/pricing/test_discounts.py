"""What promotions take off, by example; the laws that always hold are in test_laws.py."""

from decimal import Decimal

from storefront.money import Money
from storefront.pricing.discounts import Delivery, Discount, Item, Offer, discounts_of

DELIVERY = Delivery(Money(495, "USD"))


def item(
    sku_id: int,
    price: int,
    quantity: int = 1,
    *,
    category: str = "apparel/topwear/shirts",
    brand: str | None = None,
) -> Item:
    return Item(sku_id, sku_id * 10, category, brand, "standard", Money(price, "USD"), quantity)


def savings(found: list[Discount]) -> list[tuple[str, dict[int, int]]]:
    return [
        (one.offer.label, {sku_id: amount.minor for sku_id, amount in one.by_sku.items()})
        for one in found
    ]


def test_a_percentage_is_rounded_once_and_divided_among_its_lines() -> None:
    offer = Offer(1, "10 %", "percentage", percent=Decimal(10))
    found = discounts_of([item(1, 1005), item(2, 1005), item(3, 1005)], [offer], delivery=DELIVERY)
    assert savings(found) == [("10 %", {1: 101, 2: 101, 3: 100})]  # 10 % of 30.15 is 3.02


def test_an_amount_takes_no_more_than_the_lines_it_names_cost() -> None:
    offer = Offer(
        1, "20 off shirts", "amount", amount_minor=2000, category_paths=["apparel/topwear"]
    )
    shoes = item(2, 5000, category="footwear/shoes/sneakers")
    found = discounts_of([item(1, 1500), shoes], [offer], delivery=DELIVERY)
    assert savings(found) == [("20 off shirts", {1: 1500})]


def test_a_category_names_all_below_it_and_nothing_beside_it() -> None:
    offer = Offer(1, "shirts", "percentage", percent=Decimal(50), category_paths=["apparel/top"])
    assert discounts_of([item(1, 1000)], [offer], delivery=DELIVERY) == []


def test_the_minimum_counts_what_is_named_before_reductions() -> None:
    offer = Offer(1, "Puma", "percentage", percent=Decimal(10), brands=["Puma"], minimum_minor=3000)
    bag = [item(1, 1000, 2, brand="Puma"), item(2, 9000, brand="Nike")]
    assert discounts_of(bag, [offer], delivery=DELIVERY) == []
    bag = [item(1, 1000, 3, brand="Puma"), item(2, 9000, brand="Nike")]
    assert savings(discounts_of(bag, [offer], delivery=DELIVERY)) == [("Puma", {1: 300})]


def test_buy_two_get_one_reduces_the_cheapest_of_each_three() -> None:
    offer = Offer(1, "3 for 2", "buy_x_get_y", percent=Decimal(100), buy_quantity=2, get_quantity=1)
    bag = [item(1, 3000, 2), item(2, 2000, 3), item(3, 1000)]
    # dear to cheap: 30 30 (20) 20 20 (10)
    assert savings(discounts_of(bag, [offer], delivery=DELIVERY)) == [
        ("3 for 2", {2: 2000, 3: 1000})
    ]


def test_buy_one_get_one_reduces_the_cheaper_of_two_whatever_their_numbers_are() -> None:
    offer = Offer(1, "2 for 1", "buy_x_get_y", percent=Decimal(100), buy_quantity=1, get_quantity=1)
    bag = [item(1, 1000), item(2, 3000)]
    assert savings(discounts_of(bag, [offer], delivery=DELIVERY)) == [("2 for 1", {1: 1000})]
    bag = [item(1, 1000, 4), item(2, 3000, 3)]
    # dear to cheap: 30 (30) 30 (10) 10 (10) 10
    assert savings(discounts_of(bag, [offer], delivery=DELIVERY)) == [
        ("2 for 1", {1: 2000, 2: 3000})
    ]


def test_of_equal_ones_the_older_applies_and_one_that_saves_nothing_ends_nothing() -> None:
    older = Offer(3, "older", "amount", amount_minor=300)
    newer = Offer(7, "newer", "amount", amount_minor=300)
    found = discounts_of([item(1, 4000)], [newer, older], delivery=DELIVERY)
    assert savings(found) == [("older", {1: 300})]
    nothing = Offer(1, "hats", "amount", amount_minor=300, category_paths=["accessories/headwear"],
                    stack_group="first", priority=-1)  # fmt: skip
    found = discounts_of([item(1, 4000)], [nothing, older], delivery=DELIVERY)
    assert savings(found) == [("older", {1: 300})]


def test_delivery_is_made_free_once_and_not_by_a_reduction_of_goods() -> None:
    goods = Offer(1, "3 off", "amount", amount_minor=300, stack_group="goods", priority=-2)
    first = Offer(2, "free", "free_delivery", stack_group="one", priority=-1)
    second = Offer(3, "free again", "free_delivery", stack_group="two")
    found = discounts_of([item(1, 4000)], [goods, first, second], delivery=DELIVERY)
    assert savings(found) == [("3 off", {1: 300}), ("free", {})]


def test_of_one_group_only_the_best_applies() -> None:
    small = Offer(1, "5 %", "percentage", percent=Decimal(5))
    large = Offer(2, "3 off", "amount", amount_minor=300)
    assert savings(discounts_of([item(1, 4000)], [small, large], delivery=DELIVERY)) == [
        ("3 off", {1: 300})
    ]


def test_groups_apply_in_order_each_to_what_is_left() -> None:
    sale = Offer(1, "half", "percentage", percent=Decimal(50), stack_group="sale", priority=1)
    code = Offer(2, "10 %", "percentage", percent=Decimal(10), stack_group="code", priority=2)
    assert savings(discounts_of([item(1, 4000)], [code, sale], delivery=DELIVERY)) == [
        ("half", {1: 2000}),
        ("10 %", {1: 200}),
    ]


def test_an_exclusive_promotion_applies_alone_where_it_saves_more() -> None:
    sale = Offer(1, "10 %", "percentage", percent=Decimal(10), stack_group="sale")
    alone = Offer(2, "half", "percentage", percent=Decimal(50), is_exclusive=True)
    weak = Offer(3, "1 %", "percentage", percent=Decimal(1), is_exclusive=True)
    bag = [item(1, 4000)]
    assert savings(discounts_of(bag, [sale, alone], delivery=DELIVERY)) == [("half", {1: 2000})]
    assert savings(discounts_of(bag, [sale, weak], delivery=DELIVERY)) == [("10 %", {1: 400})]


def test_free_delivery_counts_what_delivery_would_cost() -> None:
    free = Offer(1, "free delivery", "free_delivery", stack_group="delivery")
    found = discounts_of([item(1, 4000)], [free], delivery=DELIVERY)
    assert [one.is_delivery_free for one in found] == [True]
    assert discounts_of([item(1, 4000)], [free], delivery=Delivery(Money(0, "USD"))) == []


def test_delivery_that_is_free_anyway_is_not_saved() -> None:
    sale = Offer(1, "3 off", "amount", amount_minor=300)
    code = Offer(2, "free delivery", "free_delivery", code="FREE")
    alone = Offer(3, "free, alone", "free_delivery", code="ALONE", is_exclusive=True)
    above = Delivery(Money(495, "USD"), free_from=Money(2000, "USD"))
    bag = [item(1, 4000)]
    for free in (code, alone):
        assert savings(discounts_of(bag, [sale, free], delivery=above)) == [("3 off", {1: 300})]
        assert discounts_of(bag, [free], delivery=above) == []
        [found] = discounts_of(bag, [sale, free], delivery=DELIVERY)
        assert found.is_delivery_free


def test_a_reduction_below_free_delivery_makes_no_bag_dearer() -> None:
    sale = Offer(1, "1 off", "amount", amount_minor=100, stack_group="sale")
    free = Offer(2, "free delivery", "free_delivery", stack_group="delivery")
    from_40 = Delivery(Money(495, "USD"), free_from=Money(4000, "USD"))
    assert discounts_of([item(1, 4000)], [sale], delivery=from_40) == []
    found = discounts_of([item(1, 4000)], [sale, free], delivery=from_40)
    assert savings(found) == [("1 off", {1: 100}), ("free delivery", {})]
