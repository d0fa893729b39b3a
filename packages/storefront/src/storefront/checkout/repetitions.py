"""Makes a repeated request to pay take effect once."""

from typing import Protocol

from storefront.checkout.results import Result
from storefront.db import WriteSession


class Repetitions(Protocol):
    """Called inside the transactions of a payment, so that a request's key is committed with them."""

    async def begin(self, session: WriteSession) -> None:
        """In the first transaction. Raises if this is a repetition; then nothing is done."""

    async def finish(self, session: WriteSession, result: Result) -> None:
        """In the transaction with the result."""

    async def give_up(self) -> None:
        """After the first transaction, if there is no result: the request may be retried at once."""


class Unkeyed:
    """For requests without a key: they rely on the fact that a checkout becomes one order."""

    async def begin(self, session: WriteSession) -> None:
        """Nothing to claim."""

    async def finish(self, session: WriteSession, result: Result) -> None:
        """Nothing to store."""

    async def give_up(self) -> None:
        """Nothing to release."""


UNKEYED = Unkeyed()
