"""`storefront migrate`, and what a new shop starts with."""

import argparse
import asyncio

from storefront import migrations, schema
from storefront.collections import service as collections
from storefront.collections.starting import to_install
from storefront.commands.database import with_database
from storefront.commands.outcome import DONE
from storefront.db import Database
from storefront.pricing import service as pricing
from storefront.settings import Settings
from storefront.terminal import console


def migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Migrate the database to the newest schema."""
    migrate_now(settings)
    return DONE


def migrate_now(settings: Settings) -> None:
    """Migrate, and add what a new shop starts with."""
    asyncio.run(with_database(settings, lambda database: prepare(database, settings)))
    console.print(f"The schema is at {schema.revisions()[0]}.")


async def prepare(database: Database, settings: Settings) -> None:
    """Migrate, and add what a new shop starts with."""
    await migrations.migrate(database)
    await install_defaults(database, settings)


async def install_defaults(database: Database, settings: Settings) -> None:
    """Taxes, delivery methods and collections, where there are none."""
    async with database.writes() as session:
        await pricing.install_defaults(session, settings.currency)
        await collections.install(session, to_install(settings.locale))
