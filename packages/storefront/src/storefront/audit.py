"""Whether the books of the shop add up: what ``storefront audit`` finds."""

from collections.abc import Iterable
from dataclasses import dataclass

from storefront.db import Database
from storefront.inventory import queries as inventory
from storefront.orders import queries as orders
from storefront.pricing import campaigns
from storefront.returns import queries as returns
from storefront.reviews import queries as reviews


@dataclass(frozen=True, slots=True)
class Finding:
    """Books that do not add up. book: which; name: of what.

    kept: the number that is written there; added_up: what its rows come to.
    """

    book: str
    name: str
    kept: int
    added_up: int


BOOKS = (
    "on_hand", "reserved", "coupon", "gift_card", "order_paid", "order_gift_card",
    "order_refunded", "order_payment_refunded", "order_gift_card_refunded", "return_returning",
    "return_returned", "return_restocked", "return_money", "return_credit", "rating_count",
    "rating_hundredths", "helpful",
)  # fmt: skip
"""What is compared: levels with movements and reservations, uses of coupons with redemptions, balances
of gift cards with entries, totals of orders with payments and gift cards, refunds with both together
and with each; returns with the lines of their orders, with the stock's ledger, with refunds and with
replacements; averages and counts of ratings with reviews, helpful counts with votes."""


async def audit(database: Database) -> list[Finding]:
    """Where books differ; empty if none does. Five statements that read all of it."""
    async with database.reads() as session:
        stock = await inventory.differences(session)
        offers = await campaigns.differences(session)
        sold = await orders.differences(session)
        came_back = await returns.differences(session)
        reviewed = await reviews.differences(session)
    found = (("", stock), ("", offers), ("order_", sold), ("return_", came_back), ("", reviewed))
    return [
        Finding(f"{prefix}{one.what}", one.name, one.kept, one.added_up)
        for prefix, differences in found
        for one in differences
    ]


def lines(findings: Iterable[Finding]) -> list[str]:
    """The findings for people."""
    return [
        f"{one.book}: {one.name} has {one.kept}, its rows add up to {one.added_up}."
        for one in findings
    ]
