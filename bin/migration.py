"""Writes a new migration from the difference between the models and the migrations so far.

Usage: make migration M="what it does". Read what it wrote before you commit it.
"""

import asyncio
import os
import sys

from alembic import command

from lakepass.emulator import running_emulator
from storefront import migrations
from storefront.db import Database
from storefront.settings import Settings


async def write(message: str) -> None:
    """Migrate an empty database as far as the migrations go, then write down what is missing."""
    database = Database(Settings())
    await migrations.migrate(database)
    async with database.connection() as connection:
        await connection.run_sync(
            lambda sync: command.revision(
                migrations.alembic_config(sync), message=message, autogenerate=True
            )
        )
    await database.aclose()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('Say what the migration does: make migration M="add wishlists"')
    with running_emulator() as emulator:
        os.environ.update(emulator.environment())
        asyncio.run(write(sys.argv[1]))
