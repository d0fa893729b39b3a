"""Commands that read and write the catalogue: import, export, demo."""

import argparse
import asyncio
import pkgutil
from collections.abc import Awaitable, Callable
from functools import partial

from storefront import filling
from storefront.app import DEMO_PAST, DEMO_PRODUCTS
from storefront.catalog import scheduled_prices, service, size_charts
from storefront.catalog.rows import Table
from storefront.commands.database import with_database
from storefront.commands.migrating import install_defaults
from storefront.commands.outcome import DONE, FAILED
from storefront.commands.payments import provider_of
from storefront.commands.written_files import check_targets
from storefront.db import Database
from storefront.pictures.stores import picture_store
from storefront.settings import Settings
from storefront.terminal import console


def import_file(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import products, size charts or prices."""
    reports = {"--rejected": arguments.rejected, "--doubtful": arguments.doubtful}
    check_targets(reports, source=arguments.file)
    imported = _import_of(arguments, settings)
    if not arguments.dry_run:
        imported = partial(filling.audited, file=arguments.file, imported=imported)
    report = asyncio.run(with_database(settings, imported))
    filling.show_report(report, as_json=arguments.json)
    if arguments.rejected:
        filling.write_rows(report.rejected, arguments.rejected)
    if arguments.doubtful:
        filling.write_rows(report.doubts, arguments.doubtful)
    if arguments.dry_run:
        console.print("Nothing was written: this was a dry run.")
    return FAILED if report.took_nothing else DONE


def _import_of(
    arguments: argparse.Namespace, settings: Settings
) -> Callable[[Database], Awaitable[service.ImportReport]]:
    """The import for the format of the file."""
    file, is_trial = arguments.file, arguments.dry_run
    if size_charts.is_chart_format(file):
        filling.show_notices(Table(file, size_charts.FORMAT).notices)
        charts = size_charts.read_charts(file)
        return lambda database: size_charts.import_charts(database, charts, is_trial=is_trial)
    if scheduled_prices.is_price_format(file):
        filling.show_notices(Table(file, scheduled_prices.FORMAT).notices)
        periods = scheduled_prices.read_prices(file, currency=settings.currency)
        return lambda database: scheduled_prices.import_prices(database, periods, is_trial=is_trial)
    source = filling.file_source(
        file,
        arguments.images,
        picture_store(settings),
        currency=settings.currency,
        is_trusted=arguments.trust_file,
    )
    return lambda database: filling.import_source(
        database, source, currency=settings.currency, is_trial=is_trial
    )


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write products, size charts or prices to a file."""
    check_targets({"The file": arguments.file})
    what, write = "product and size", service.export_products
    if arguments.size_charts:
        what, write = "size chart", size_charts.export_charts
    if arguments.prices:
        what, write = "scheduled price", scheduled_prices.export_prices
    asyncio.run(with_database(settings, lambda database: write(database, arguments.file)))
    console.print(f"Wrote every {what} to {arguments.file}.")
    return DONE


def demo(arguments: argparse.Namespace, settings: Settings) -> int:
    """Add generated products, and a past for them."""
    source = filling.demo_source(DEMO_PRODUCTS, arguments.products, arguments.seed)

    async def fill(database: Database) -> service.ImportReport:
        report = await filling.import_source(database, source, currency=settings.currency)
        await write_demo_past(database, settings, arguments.seed)
        return report

    report = asyncio.run(with_database(settings, fill))
    filling.show_report(report, as_json=arguments.json)
    return DONE


async def write_demo_past(database: Database, settings: Settings, seed: int) -> None:
    """Past orders of the demo shoppers, reviews and collections, where they are missing."""
    await install_defaults(database, settings)
    write = pkgutil.resolve_name(DEMO_PAST)
    provider = provider_of(database, settings)
    for line in await write(database, provider, currency=settings.currency, seed=seed):
        console.print(line)
