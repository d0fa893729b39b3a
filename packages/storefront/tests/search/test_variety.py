"""The featured order: what can be bought and seen, varied within each screenful."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice

import pytest
from pyroaring import BitMap64

from storefront.catalog.seasons import season_at
from storefront.search.criteria import Criteria
from storefront.search.index.bit_slices import sorted_ids
from storefront.search.index.facets import FacetValues, Value
from storefront.search.index.product_index import ProductIndex
from storefront.search.index.product_sets import Entry
from storefront.search.index.variety import (
    MOST_OF_BRAND,
    MOST_OF_COLOUR,
    MOST_OF_KIND,
    SCREENFUL,
    WINDOW,
    Position,
    Traits,
    featured,
    mixed,
    position_at,
    unmixed,
)

BRANDS, KINDS = range(100, 130), range(200, 220)
SEASONS = {"Fall": 1, "Summer": 2}
UNDERWEAR = 300
VALUES = FacetValues(
    [Value(id_, "season", name, name) for name, id_ in SEASONS.items()]
    + [Value(id_, "brand", f"B{id_}", f"B{id_}") for id_ in BRANDS]
    + [Value(id_, "category", f"a/b/k{id_}", f"K{id_}") for id_ in KINDS]
    + [Value(UNDERWEAR, "category", "apparel/innerwear", "Innerwear")]
)


def entry(
    number: int, *, available: bool = True, pictured: bool = True, season: str = "Fall"
) -> Entry:
    """Products of one brand and kind follow each other, as in a file sorted by them."""
    values = [SEASONS[season], BRANDS[number // 40 % 30], KINDS[number // 60 % 20]]
    published = datetime(2020, 1, 1, tzinfo=UTC)
    return Entry(number, values, 1000, 0, published, 0, pictured, available)


def listed(
    entries: Sequence[Entry], *, order: str = "desc", start: Position | None = None
) -> list[int]:
    index = ProductIndex()
    index.put(entries)
    among = index.matching([], VALUES)
    slices = index.sort_slices(Criteria(), VALUES, among, "Fall")
    found = featured(
        among,
        slices,
        lambda ids: index.traits(ids, VALUES),
        is_descending=order == "desc",
        start=start or Position(),
        unmixed=unmixed(slices),
    )
    return [product_id for product_id, _ in found]


def test_a_screenful_has_few_of_a_brand_and_of_a_kind() -> None:
    entries = {number: entry(number) for number in range(1, 1201)}
    found = listed(list(entries.values()))
    assert sorted(found) == sorted(entries)
    for start in range(0, 96):
        shown = [entries[one].values for one in found[start : start + SCREENFUL]]
        assert max(Counter(values[1] for values in shown).values()) <= MOST_OF_BRAND
        assert max(Counter(values[2] for values in shown).values()) <= MOST_OF_KIND


def test_what_cannot_be_bought_or_seen_comes_last_and_what_is_out_of_season_later() -> None:
    sold_out = [entry(number, available=False) for number in range(1, 31)]
    unpictured = [entry(number, pictured=False) for number in range(31, 61)]
    summer = [entry(number, season="Summer") for number in range(61, 361)]
    fall = [entry(number) for number in range(361, 661)]
    found = listed([*sold_out, *unpictured, *summer, *fall])
    assert set(found[:240]) < {one.product_id for one in fall}
    assert set(found[600:630]) == {one.product_id for one in unpictured}
    assert set(found[630:]) == {one.product_id for one in sold_out}


def test_underwear_opens_no_page_but_its_own() -> None:
    underwear = [replace(one, values=[*one.values, UNDERWEAR]) for one in map(entry, range(1, 101))]
    others = [entry(number, season="Summer") for number in range(101, 201)]
    found = listed([*underwear, *others])
    assert set(found[:100]) == {one.product_id for one in others}
    assert sorted(listed(underwear)) == [one.product_id for one in underwear]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("offset", [0, 1, 24, WINDOW - 1, WINDOW, WINDOW + 5, 3 * WINDOW])
def test_a_page_by_number_starts_where_the_one_before_ended(order: str, offset: int) -> None:
    entries = [entry(number) for number in range(1, 3 * WINDOW + 50)]
    index = ProductIndex()
    index.put(entries)
    among = index.matching([], VALUES)
    slices = index.sort_slices(Criteria(), VALUES, among, "Fall")
    start = position_at(offset, among, slices, is_descending=order == "desc")
    assert listed(entries, order=order, start=start) == listed(entries, order=order)[offset:]


def test_where_there_is_one_brand_alone_nothing_is_lost() -> None:
    same = [(number, Traits(1, 2, None)) for number in range(50)]
    assert list(mixed([same])) == list(range(50))
    assert list(mixed([])) == []


@pytest.mark.parametrize(
    ("brands", "kinds", "colours"), [(1, 30, 9), (40, 1, 3), (3, 4, 2), (60, 40, 12)]
)
def test_each_place_goes_to_the_first_that_exceeds_the_limits_least(
    brands: int, kinds: int, colours: int
) -> None:
    chance = random.Random(brands)
    waiting = [
        (at, Traits(chance.randrange(brands), chance.randrange(kinds), chance.randrange(colours)))
        for at in range(WINDOW)
    ]
    shown: list[Traits] = []
    for product_id in mixed([list(waiting)]):
        excess = [_excess(traits, shown[1 - SCREENFUL :]) for _, traits in waiting]
        best = waiting.pop(excess.index(min(excess)))
        assert product_id == best[0]
        shown.append(best[1])


@pytest.mark.parametrize(
    ("alike", "brands", "kinds", "colours"),
    [
        (Traits(None, None, 5), 40, 60, 1),
        (Traits(None, 4, None), 40, 1, 12),
        (Traits(3, 4, None), 1, 1, 9),
    ],
)
def test_what_all_have_in_common_changes_no_place(
    alike: Traits, brands: int, kinds: int, colours: int
) -> None:
    chance = random.Random(colours)
    products = [
        (
            at,
            Traits(
                *(
                    shared or 100 + chance.randrange(count)
                    for shared, count in zip(alike, (brands, kinds, colours), strict=True)
                )
            ),
        )
        for at in range(WINDOW)
    ]
    assert list(mixed([products], alike)) == list(mixed([products]))


@pytest.mark.parametrize("is_of_one_kind", [False, True])
def test_a_page_reads_no_more_of_a_window_than_it_needs(*, is_of_one_kind: bool) -> None:
    index = ProductIndex()
    every = [entry(number) for number in range(1, 1201)]
    if is_of_one_kind:
        every = [replace(one, values=[one.values[0], one.values[1], KINDS[0]]) for one in every]
    index.put(every)
    among = index.matching([], VALUES)
    slices = index.sort_slices(Criteria(), VALUES, among, "Fall")
    asked: list[int] = []

    def traits_of(product_ids: Sequence[int]) -> Sequence[Traits]:
        asked.extend(product_ids)
        return index.traits(product_ids, VALUES)

    found = featured(
        among,
        slices,
        traits_of,
        is_descending=True,
        start=Position(),
        unmixed=unmixed(slices),
        alike=index.alike(among, VALUES),
    )
    assert len(list(islice(found, 2 * SCREENFUL))) == 2 * SCREENFUL
    assert len(asked) < WINDOW / 2


def test_products_are_alike_in_what_all_of_them_have() -> None:
    index = ProductIndex()
    index.put([entry(number) for number in range(1, 60)])
    among = index.matching([], VALUES)
    assert index.alike(among, VALUES) == Traits(None, KINDS[0], None)
    assert index.alike(BitMap64(), VALUES) == Traits(None, None, None)


def _excess(traits: Traits, before: Sequence[Traits]) -> int:
    """By how much a product exceeds the limits after these."""
    limits = (MOST_OF_BRAND, MOST_OF_KIND, MOST_OF_COLOUR)
    return sum(
        max(Counter(values)[value] + 1 - most, 0)
        for value, values, most in zip(traits, zip(*before, strict=True), limits, strict=False)
    )


def test_variations_shuffle_equals_each_in_another_way() -> None:
    index = ProductIndex()
    index.put([entry(number) for number in range(1, 200)])

    def first(variation: int) -> list[int]:
        criteria = Criteria(sort="relevance", variation=variation)
        among = index.matching([], VALUES)
        slices = index.sort_slices(criteria, VALUES, among, "Fall")
        return list(sorted_ids(among, slices, is_descending=True))[:6]

    assert first(7) == first(7)
    assert len({number for one in range(1, 60) for number in first(one)}) > 100


@pytest.mark.parametrize(
    ("month", "season"),
    [(12, "Winter"), (2, "Winter"), (3, "Spring"), (6, "Summer"), (9, "Fall"), (11, "Fall")],
)
def test_a_season_is_three_whole_months(month: int, season: str) -> None:
    assert season_at(date(2026, month, 1)) == season


def test_a_product_that_changes_has_other_traits() -> None:
    index = ProductIndex()
    index.put([entry(1)])
    assert index.traits([1], VALUES) == [Traits(BRANDS[0], KINDS[0], None)]
    index.put([replace(entry(1), values=[BRANDS[7], KINDS[3]])])
    assert index.traits([1], VALUES) == [Traits(BRANDS[7], KINDS[3], None)]
    renamed = FacetValues([one for one in VALUES.values if one.facet != "brand"])
    assert index.traits([1], renamed) == [Traits(None, KINDS[3], None)]
