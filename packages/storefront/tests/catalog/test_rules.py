"""The rule that gives prices, sizes and stock: deterministic, within its bands, spread as documented."""

import pytest

from storefront.catalog import rules
from storefront.catalog.source import SourcePrice, SourceProduct, SourceSize


def product(number: int, kind: str = "Shirts", **changes: str) -> SourceProduct:
    given = {
        "name": f"Product {number}",
        "gender": "Men",
        "master_category": "Apparel",
        "sub_category": "Topwear",
        "article_type": kind,
    } | changes
    return SourceProduct(id=number, **given)  # type: ignore[arg-type]


def test_the_same_number_gets_the_same_price_on_every_machine() -> None:
    # Written down once: a change here changes every shop's prices at the next import.
    assert rules.price_of(product(15970), "USD") == SourcePrice(6499, 6499, "USD")
    assert rules.first_stock(product(15970), SourceSize("alpha", "M", 2)) == 22


def test_prices_lie_in_the_band_of_their_kind_and_never_above_the_list_price() -> None:
    prices = [rules.price_of(product(n), "USD") for n in range(1, 3_001)]
    assert all(29_00 <= p.before <= 89_99 for p in prices)
    assert all(p.before // 2 <= p.now <= p.before for p in prices)
    reduced = sum(p.now < p.before for p in prices)
    assert 500 < reduced < 700  # one in five


@pytest.mark.parametrize(
    ("changes", "system", "first", "count"),
    [
        ({"kind": "Shirts"}, "alpha", "XS", 6),
        ({"kind": "Jeans"}, "waist", "28", 7),
        ({"kind": "Jeans", "gender": "Women"}, "waist", "24", 6),
        ({"kind": "Jeans", "gender": "Boys"}, "age", "2-3Y", 6),
        ({"kind": "Heels", "master_category": "Footwear", "gender": "Women"}, "EU", "35", 7),
        ({"kind": "Watches", "master_category": "Accessories"}, "one size", "One size", 1),
        ({"kind": "Sarees", "gender": "Women"}, "one size", "One size", 1),
        ({"kind": "Bra", "gender": "Women"}, "bra", "32B", 12),
    ],
)
def test_sizes_are_those_of_the_kind(
    changes: dict[str, str], system: str, first: str, count: int
) -> None:
    sizes = rules.sizes_of(product(1, **changes))
    assert (sizes[0].system, sizes[0].label, len(sizes)) == (system, first, count)
    places = [size.sort or 0 for size in sizes]
    assert places == sorted(set(places))


def test_numbers_are_sorted_as_numbers_whoever_wears_them() -> None:
    places = {
        (size.label, size.sort)
        for gender in ("Men", "Women", "Unisex", "Boys")
        for size in rules.sizes_of(product(1, master_category="Footwear", gender=gender))
    }
    assert all(sort == int(label) for label, sort in places)


def test_childrens_things_are_for_kids() -> None:
    ages = {
        gender: rules.age_group_of(product(1, gender=gender))
        for gender in ("Men", "Women", "Unisex", "Boys", "Girls")
    }
    kids = {gender for gender, age in ages.items() if age == "kids"}
    assert kids == {"Boys", "Girls"}
    assert set(ages.values()) == {"kids", "adult"}


def test_one_size_in_eight_is_sold_out_and_no_more_than_forty_pieces_arrive() -> None:
    sizes = [(product(n), size) for n in range(1, 1_001) for size in rules.sizes_of(product(n))]
    pieces = [rules.first_stock(item, size) for item, size in sizes]
    assert set(pieces) == set(range(41))
    assert 650 < pieces.count(0) < 850
