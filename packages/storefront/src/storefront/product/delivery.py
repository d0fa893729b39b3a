"""What the page of a product says of delivery and returns: dates and costs as the checkout has them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from storefront.db import Database
from storefront.money import Money
from storefront.pricing import queries as pricing
from storefront.pricing.queries import Method

RETURN_DAYS = 30
"""Days after its arrival in which an order can be returned; policies/returns.md says the same."""

_READ_AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Promise:
    """A delivery method for an order placed now. free_from: of the goods' total."""

    name: str
    price: Money
    free_from: Money | None
    first_day: date
    last_day: date

    @property
    def return_until(self) -> date:
        """The last day on which it could be sent back."""
        return self.last_day + timedelta(days=RETURN_DAYS)


class DeliveryPromises:
    """The delivery methods for the shop's own country, read once a minute."""

    def __init__(self, database: Database, *, country: str, currency: str) -> None:
        self._database = database
        self._country = country
        self._currency = currency
        self._methods: Sequence[Method] = ()
        self._read_at = float("-inf")

    async def at(self, moment: datetime) -> list[Promise]:
        """For an order placed at this moment. One statement, mostly none. Raises Unavailable (503)."""
        if time.monotonic() - self._read_at > _READ_AGAIN_S:
            async with self._database.reads() as session:
                self._methods = await pricing.methods_for(session, self._country, self._currency)
            self._read_at = time.monotonic()
        return [
            Promise(
                method.name,
                method.delivery.price,
                method.delivery.free_from,
                *method.arrives(moment),
            )
            for method in self._methods
        ]
