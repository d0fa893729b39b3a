"""Where refunds go to, and that all parts together are the whole."""

from hypothesis import given
from hypothesis import strategies as st

from storefront.money import Money
from storefront.orders.refunds import Allocation, LineState, Source, left_of, split


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_the_source_that_paid_most_gets_its_money_first() -> None:
    card = Source(7, "Gift card", usd(300), usd(0))
    payment = Source(None, "Payment", usd(500), usd(100))
    assert split(usd(450), [card, payment]) == [
        Allocation(payment, usd(400)),
        Allocation(card, usd(50)),
    ]


def test_a_gift_card_that_paid_most_comes_before_the_payment() -> None:
    card = Source(7, "Gift card", usd(500), usd(0))
    payment = Source(None, "Payment", usd(300), usd(0))
    assert split(usd(600), [payment, card]) == [
        Allocation(card, usd(500)),
        Allocation(payment, usd(100)),
    ]


def test_of_equal_amounts_the_payment_comes_first() -> None:
    card = Source(7, "Gift card", usd(300), usd(0))
    payment = Source(None, "Payment", usd(300), usd(0))
    assert split(usd(100), [card, payment]) == [Allocation(payment, usd(100))]


AMOUNTS = st.integers(min_value=0, max_value=10**9)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=6), st.data())
def test_parts_add_up_and_no_source_gets_more_than_it_paid(
    paid: list[tuple[int, int]], data: st.DataObject
) -> None:
    sources = [
        Source(n or None, str(n), usd(max(pair)), usd(min(pair))) for n, pair in enumerate(paid)
    ]
    left = left_of(sources, "USD")
    amount = usd(data.draw(st.integers(min_value=0, max_value=left.minor)))
    parts = split(amount, sources)
    assert Money.total((part.amount for part in parts), "USD") == amount
    assert all(usd(0) < part.amount <= part.source.left for part in parts)


@given(AMOUNTS, st.lists(st.integers(min_value=1, max_value=5), min_size=1, max_size=6))
def test_pieces_in_any_number_of_parts_cost_the_whole_line(total: int, parts: list[int]) -> None:
    quantity, refunded, returned = sum(parts), usd(0), 0
    for pieces in parts:
        line = LineState(1, 1, quantity, quantity, 0, returned, usd(total), refunded)
        refunded += line.price_of(pieces)
        returned += pieces
    assert refunded == usd(total)


def test_a_line_counts_what_can_still_be_shipped_and_refunded() -> None:
    line = LineState(1, 1, 11, 5, 3, 2, usd(1000), usd(0))
    assert (line.unshipped, line.refundable) == (3, 6)


def test_a_piece_costs_what_is_next_after_the_cancelled_and_returned_ones() -> None:
    line = LineState(1, 1, 4, 3, 1, 1, usd(1002), usd(502))
    assert line.price_of(1) == usd(250)  # of 251, 251, 250, 250
    line = LineState(1, 1, 5, 4, 1, 2, usd(1004), usd(603))
    assert line.price_of(1) == usd(201)  # of 201, 201, 201, 201, 200


def test_no_more_is_refunded_than_is_left_of_a_line() -> None:
    line = LineState(1, 1, 2, 2, 0, 0, usd(1000), usd(700))
    assert line.price_of(1) == usd(300)
