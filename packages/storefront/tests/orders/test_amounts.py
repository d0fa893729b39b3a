"""Amounts in words: the tax of an order by rate, where a refund goes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storefront.money import Money
from storefront.orders.amounts import figures
from storefront.orders.mails import mail_of
from storefront.orders.refunds import LineState
from storefront.orders.shapes import Order, OrderEvent, OrderLine, OrderSummary
from storefront.settings import Settings
from storefront.texts import language_of, speaking
from storefront.web.signing import Signer

ZERO = Money(0, "EUR")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def line(rate: float, tax: int) -> OrderLine:
    state = LineState(1, 1, 1, 0, 0, 0, eur(1000), ZERO, 0)
    return OrderLine(
        1, "A", "a", "A", None, None, "M", None, eur(1000), eur(1000), ZERO, rate, eur(tax), state
    )


def order(lines: Sequence[OrderLine], *, delivery: int, tax: int, is_included: bool) -> Order:
    items = 1000 * len(lines)
    total = eur(items + delivery + (0 if is_included else tax))
    now = datetime(2026, 12, 1, tzinfo=UTC)
    return Order(
        OrderSummary(1, "N", "a@example.com", "placed", "paid", "unshipped", total, 1, ["A"], now),
        customer_id=None,
        phone=None,
        locale=None,
        items=eur(items),
        discount=ZERO,
        delivery=eur(delivery),
        tax=eur(tax),
        is_tax_included=is_included,
        gift_card=ZERO,
        refunded=ZERO,
        captured=total,
        credit=ZERO,
        undone=ZERO,
        moved=ZERO,
        replaces=None,
        is_held=False,
        delivery_address={},
        billing_address={},
        delivery_method="standard",
        delivery_name="Standard",
        promised=None,
        lines=lines,
        discounts=[],
        shipments=[],
        refunds=[],
        events=[],
    )


@pytest.mark.parametrize(
    ("lines", "delivery", "tax", "shown"),
    [
        ([line(0.19, 160)], 500, 240, [("including 19% tax", 240)]),
        (
            [line(0.19, 160), line(0.07, 65)], 500, 305,
            [("including 19% tax", 240), ("including 7% tax", 65)],
        ),
        (
            [line(0.07, 65)], 500, 145,
            [("including 7% tax", 65), ("including tax of the delivery", 80)],
        ),
        ([line(0.0, 0)], 0, 0, []),
    ],
)  # fmt: skip
def test_included_tax_is_shown_by_rate_below_the_total(
    lines: list[OrderLine], delivery: int, tax: int, shown: list[tuple[str, int]]
) -> None:
    found = figures(order(lines, delivery=delivery, tax=tax, is_included=True))
    after = [(one.label, one.amount.minor) for one in found]
    assert after[after.index(("Total", 1000 * len(lines) + delivery)) + 1 :] == shown


def test_tax_that_is_added_stands_above_the_total_with_all_digits_of_its_rate() -> None:
    sold = order([line(0.08875, 89)], delivery=500, tax=133, is_included=False)
    assert [one.label for one in figures(sold)][-2:] == ["Tax (8.875%)", "Total"]
    with speaking(language_of("de", "en_US")):
        assert [one.label for one in figures(sold)][-2:] == ["Steuer (8,875\xa0%)", "Summe"]


@pytest.mark.parametrize("kind", ["cancelled", "refunded"])
def test_the_mail_names_a_gift_card_in_its_language_and_no_bank_for_it(kind: str) -> None:
    for to in (["Gift card …VW6F"], ["Gift card …VW6F", "Payment"]):
        data = {"refunds": [{"to": one, "amount_minor": 500} for one in to]}
        event = OrderEvent(1, kind, "customer", data, datetime(2026, 12, 1, tzinfo=UTC))
        sold = order([line(0.19, 160)], delivery=0, tax=160, is_included=True)
        with speaking(language_of("de", "en_US")):
            mail = mail_of(
                replace(sold, events=[event]), kind, event_id=1, key="k", settings=Settings(),
                signer=Signer(["x" * 32]),
            )  # fmt: skip
        for text in (mail.text, mail.html):
            assert "auf Ihre Geschenkkarte …VW6F" in text
            assert ("Bank" in text) == ("auf Ihr Zahlungsmittel" in text) == ("Payment" in to)
