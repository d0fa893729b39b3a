"""Orders in the database of a shop that a browser visits."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront.db import Database
from storefront.demo.orders import DEMO_ORDERS, DemoOrder, place_demo_orders
from storefront.payments.test_provider import TestProvider
from storefront.settings import Settings
from storefront.web.signing import Signer


def place_orders(
    emulator: Emulator, database: str, wanted: Sequence[DemoOrder] = DEMO_ORDERS
) -> None:
    """Place orders of the demo shoppers in this database."""
    # In a thread: the browser's driver has an event loop in this one.
    with environment(emulator, database), ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _place(wanted)).result()


async def _place(wanted: Sequence[DemoOrder]) -> None:
    database = Database(Settings(connect_deadline_s=60))

    async def deliver_nothing(*_: object) -> None:
        return None

    provider = TestProvider(database, signer=Signer(["x" * 32]), deliver=deliver_nothing)
    await place_demo_orders(database, provider, currency="USD", wanted=wanted)
    await database.aclose()
