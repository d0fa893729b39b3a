"""What may be returned and until when, what an exchange costs, and the shares of single pieces."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.money import Money
from storefront.orders.refunds import LineState
from storefront.orders.returning import TakenBack, Unwanted
from storefront.orders.shapes import Order
from storefront.returns.rules import Exchange, Terms, exchange_of, returnable
from storefront.returns.shapes import Return, ReturnLine
from storefront.returns.shares import share, taken_of, unwanted_of
from storefront.settings import Settings

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TERMS = replace(
    Terms.of(Settings()),
    days=30,
    days_by_category={"apparel": 10, "apparel/innerwear": 0},
    sealed=["apparel/swimwear"],
)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def order_of(*parcels: tuple[int, float | None], returned: int = 0, returning: int = 0) -> Order:
    """An order of one line, 7, with parcels of (pieces, days since their delivery; None: not yet)."""
    state = LineState(
        id=7, sku_id=1, quantity=9, shipped=9, cancelled=0, returned=returned,
        total=usd(900), refunded=usd(0), returning=returning,
    )  # fmt: skip
    shipments = [
        SimpleNamespace(
            pieces={7: pieces} if pieces else {8: 1},
            delivered_at=None if days is None else NOW - timedelta(days=days),
        )
        for pieces, days in parcels
    ]
    line = SimpleNamespace(state=state, product_id=3)
    return cast(Order, SimpleNamespace(lines=[line], shipments=shipments))


@pytest.mark.parametrize(
    ("order", "path", "expected"),
    [
        (order_of((2, 1)), "shoes", (2, None)),
        (order_of((2, None)), "shoes", (0, "not-delivered")),
        (order_of(), "shoes", (0, "not-delivered")),
        (order_of((2, 1), returned=1), "shoes", (1, None)),
        (order_of((2, 1), returning=1), "shoes", (1, None)),
        (order_of((2, 1), returned=1, returning=1), "shoes", (0, "not-delivered")),
        (order_of((2, 30)), "shoes", (2, None)),  # on the last day
        (order_of((2, 30.01)), "shoes", (0, "too-late")),
        (order_of((2, 40), (3, 5)), "shoes", (3, None)),
        (order_of((2, 40), (3, 5), returned=2), "shoes", (3, None)),
        (order_of((2, 40), (3, 5), returned=3), "shoes", (2, None)),
        (order_of((2, 9)), "apparel/topwear", (2, None)),
        (order_of((2, 11)), "apparel/topwear", (0, "too-late")),
        (order_of((2, 0)), "apparel/innerwear/socks", (0, "excluded")),
        (order_of((2, 20)), "aaa", (2, None)),
        (order_of((2, 1), returning=3), "shoes", (0, "not-delivered")),
        (order_of((2, 1), returned=2, returning=1), "shoes", (0, "not-delivered")),
        (order_of((0, 1)), "shoes", (0, "not-delivered")),  # a parcel of other lines
        (order_of((2, 20)), "apparels", (2, None)),  # another category with the same beginning
    ],
)
def test_pieces_can_be_returned_from_their_delivery_on_for_the_days_of_their_category(
    order: Order, path: str, expected: tuple[int, str | None]
) -> None:
    [found] = returnable(order, {3: path}, TERMS, NOW)
    assert (found.pieces, found.reason) == expected


@pytest.mark.parametrize(("approval", "at_once"), [("automatic", True), ("staff", False)])
def test_a_return_is_approved_at_once_where_the_settings_say_so(
    approval: str, at_once: bool
) -> None:
    settings = Settings.model_validate({"returns_approval": approval})
    assert Terms.of(settings).is_approved_at_once is at_once


def test_the_end_of_the_time_is_that_of_the_last_parcel() -> None:
    [found] = returnable(order_of((1, 20), (1, 5), (1, None)), {3: "shoes"}, TERMS, NOW)
    assert found.until == NOW + timedelta(days=25)
    [found] = returnable(order_of((1, None)), {3: "shoes"}, TERMS, NOW)
    assert found.until is None


@pytest.mark.parametrize(
    ("path", "is_sealed"),
    [("apparel/swimwear", True), ("apparel/swimwear/bikinis", True), ("apparel/swimwears", False)],
)
def test_what_is_sealed_is_decided_by_the_category(path: str, is_sealed: bool) -> None:
    [found] = returnable(order_of((1, 1)), {3: path}, TERMS, NOW)
    assert found.is_sealed == is_sealed


def exchange(value: int, old: int, new: int, *, pieces: int, tax: str, included: bool) -> Exchange:
    return exchange_of(
        value=usd(value), pieces=pieces, old_price=usd(old), new_price=usd(new),
        tax_rate=Decimal(tax), is_tax_included=included,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # Two for 20.00 each, reduced to 36.00, tax included: another size costs nothing.
        (exchange(3600, 2000, 2000, pieces=2, tax="0.19", included=True), (3600, 575, 400, 3600, 0)),
        # One that costs 5.00 more each: 10.00 on top, the reduction stays.
        (exchange(3600, 2000, 2500, pieces=2, tax="0.19", included=True), (4600, 734, 400, 3600, 1000)),
        # One that costs 5.00 less each: the rest is refunded.
        (exchange(3600, 2000, 1500, pieces=2, tax="0.19", included=True), (2600, 415, 400, 2600, 0)),
        # Tax on top: the difference of the prices is taxed too.
        (exchange(2200, 2000, 3000, pieces=1, tax="0.1", included=False), (3300, 300, 0, 2200, 1100)),
        # Nothing was paid, and the replacement is cheaper: it costs nothing.
        (exchange(0, 2000, 1000, pieces=1, tax="0.1", included=True), (0, 0, 1000, 0, 0)),
    ],
)  # fmt: skip
def test_an_exchange_costs_the_difference_of_the_prices(
    found: Exchange, expected: tuple[int, ...]
) -> None:
    amounts = (found.total, found.tax, found.discount, found.credit, found.charge)
    assert tuple(amount.minor for amount in amounts) == expected


AMOUNTS = st.integers(min_value=0, max_value=10**7)


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(1, 9), st.integers(0, 30), st.booleans())
def test_an_exchange_is_paid_for_and_adds_up(
    value: int, old: int, new: int, pieces: int, percent: int, included: bool
) -> None:
    rate = Decimal(percent) / 100
    found = exchange(value, old, new, pieces=pieces, tax=str(rate), included=included)
    assert found.credit + found.charge == found.total
    assert usd(0) <= found.credit <= usd(value)
    assert found.charge >= usd(0)
    assert usd(0) <= found.tax <= found.total
    assert (found.pieces, found.price) == (pieces, usd(new))
    goods = found.price * pieces - found.discount
    assert goods + (usd(0) if included else found.tax) == found.total


def line_of(**facts: Any) -> ReturnLine:
    """A line of three pieces for 10.00, of which 7.00 pay for a replacement that costs 1.00 more."""
    usual: dict[str, Any] = {
        "id": 1, "order_line_id": 7, "sku_id": 5, "sku": "A", "name": "Shirt", "colour": None,
        "size_label": "M", "quantity": 3, "reason": "too_small", "note": None, "outcome": "exchange",
        "new_sku_id": 6, "new_sku": "B", "new_size": "L", "new_colour": None, "is_sealed": False,
        "received": 3, "accepted": 2, "condition": "as_new", "disposition": "restock",
        "value": usd(1000), "credit": usd(700), "charge": usd(100), "refunded": usd(0),
    }  # fmt: skip
    return ReturnLine(**usual | facts)


def exchanging(*lines: ReturnLine) -> Return:
    exchanged: Sequence[ReturnLine] = [line for line in lines if line.outcome == "exchange"]
    return cast(Return, SimpleNamespace(exchanged=exchanged))


def test_the_first_pieces_have_the_cents_that_cannot_be_divided() -> None:
    assert [share(usd(1000), line_of(), pieces) for pieces in range(4)] == [
        usd(0), usd(334), usd(667), usd(1000),
    ]  # fmt: skip


def test_what_is_taken_back_is_worth_the_share_of_the_accepted_pieces() -> None:
    assert taken_of(line_of()) == TakenBack(7, 3, 2, usd(667), usd(467), False, True)
    kept = line_of(outcome="gift_card", disposition="discard", accepted=3)
    assert taken_of(kept) == TakenBack(7, 3, 3, usd(1000), usd(700), True, False)


def test_replacements_of_pieces_that_are_not_accepted_are_not_sent() -> None:
    found = exchanging(line_of(), line_of(id=2, outcome="payment"), line_of(id=3, new_sku_id=None))
    assert unwanted_of(found, {1: 2}) == [Unwanted(6, 1, usd(233), usd(33))]
    assert unwanted_of(found, {}) == [Unwanted(6, 3, usd(700), usd(100))]
    assert unwanted_of(found, {1: 3}) == []
