"""The overview of the day: orders, revenue, returns, searches without a result, stock that runs low, and
how old the results of the batch jobs are."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.catalog import queries as catalog
from storefront.db import ReadSession
from storefront.insight import queries as insight
from storefront.insight.queries import Computed
from storefront.inventory import queries as inventory
from storefront.orders import days as orders
from storefront.orders.days import DayOfOrders
from storefront.returns import queries as returns
from storefront.search import log as searches

DAYS = 30
LOW = 3
"""Pieces of a size below which, this one included, it is shown as running low."""

_MOST_LOW = 20


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on a day, of UTC."""

    orders: DayOfOrders
    returns: int
    searches: int
    without_results: int


@dataclass(frozen=True, slots=True)
class Low:
    """A size that runs low. sold: in the last DAYS."""

    sku: str
    name: str
    size_label: str
    left: int
    sold: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The last DAYS, the oldest first, what runs low now, and when what sells was last computed."""

    days: Sequence[Day]
    low: Sequence[Low]
    computed: Sequence[Computed]

    @property
    def today(self) -> Day:
        """The day that has not ended."""
        return self.days[-1]

    @property
    def yesterday(self) -> Day:
        """The day before."""
        return self.days[-2]


async def overview(session: ReadSession, *, currency: str) -> Overview:
    """The overview. Six statements."""
    placed = await orders.by_day(session, days=DAYS, currency=currency)
    came_back = await returns.by_day(session, days=DAYS)
    asked = await searches.by_day(session, days=DAYS)
    running_low = await inventory.low(session, at_most=LOW, days=DAYS, most=_MOST_LOW)
    offers = await catalog.sku_offers(session, [one.sku_id for one in running_low])
    return Overview(
        computed=await insight.computed(session),
        days=[
            Day(day, back, *counts)
            for day, back, counts in zip(placed, came_back, asked, strict=True)
        ],
        low=[
            Low(offer.code, offer.card.name, offer.size_label, one.left, one.sold)
            for one in running_low
            if (offer := offers.get(one.sku_id)) is not None
        ],
    )
