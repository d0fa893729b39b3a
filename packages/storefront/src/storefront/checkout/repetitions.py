"""What makes a repeated request to pay take effect once."""

from typing import Protocol

from storefront.checkout.results import Result
from storefront.db import WriteSession


class Repetitions(Protocol):
    """Called inside the transactions of a payment, so that a request's key stands or falls with them."""

    async def begin(self, session: WriteSession) -> None:
        """In the first transaction. Raises where this is a repetition: nothing is done then."""

    async def finish(self, session: WriteSession, result: Result) -> None:
        """In the transaction that brought the result."""

    async def give_up(self) -> None:
        """After the first transaction, where no result came: the request may be repeated at once."""


class Unkeyed:
    """For requests without a key: all that protects them is that a checkout becomes one order."""

    async def begin(self, session: WriteSession) -> None:
        """Nothing to claim."""

    async def finish(self, session: WriteSession, result: Result) -> None:
        """Nothing to keep."""

    async def give_up(self) -> None:
        """Nothing to give back."""


UNKEYED = Unkeyed()
