"""`storefront run`: a shop with products in one command."""

import argparse
import asyncio

from storefront import filling, workers
from storefront.app import DEMO_PRODUCTS
from storefront.catalog import queries, service
from storefront.commands.database import now_or_when_reachable, with_database
from storefront.commands.migrating import prepare
from storefront.commands.outcome import USAGE_ERROR
from storefront.commands.products import write_demo_past
from storefront.commands.serving import listen
from storefront.db import Database
from storefront.filling import Source
from storefront.pictures.stores import picture_store
from storefront.settings import Settings
from storefront.terminal import console
from storefront.web.connection import why_not_listen

_DEMO_PRODUCTS = 2_000
_DEMO_SEED = 1


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Migrate, fill an empty catalogue, serve."""
    if problem := why_not_listen(arguments.host, arguments.port):
        console.print(problem, style="red")
        return USAGE_ERROR
    source = filling.demo_source(DEMO_PRODUCTS, _DEMO_PRODUCTS, seed=_DEMO_SEED)
    if folder := arguments.catalog:
        csv, images, store = (
            folder / "styles.csv",
            folder / "images",
            picture_store(settings),
        )
        source = filling.file_source(csv, images, store, currency=settings.currency)
    now_or_when_reachable(lambda: _fill(settings, source, is_demo=not arguments.catalog))
    console.print(
        f"\nThe shop opens on http://localhost:{arguments.port}\n"
        "  API          /api/v1/products, described in /openapi.json\n"
        "  health       /health, /ready\n"
        f"  pictures     {settings.pictures_dir}\n"
        "Press Ctrl-C to stop.\n",
    )
    with workers.preloaded(settings.workers):
        return listen(arguments, settings)


def _fill(settings: Settings, source: Source, *, is_demo: bool) -> None:
    """Migrate, and import the source unless it was imported completely before."""

    async def fill(database: Database) -> service.ImportReport | None:
        await prepare(database, settings)
        async with database.reads() as session:
            is_there = await queries.was_imported(session, source.fingerprint)
        report = None
        if not is_there:
            report = await filling.import_source(database, source, currency=settings.currency)
        if is_demo:
            await write_demo_past(database, settings, _DEMO_SEED)
        return report

    report = asyncio.run(with_database(settings, fill))
    if report is None:
        console.print("The catalogue is up to date.")
    else:
        filling.show_report(report, as_json=False)
