"""What the commands of ``storefront`` do. Imported when one runs, so that ``--help`` is quick."""

import argparse
import asyncio
import contextlib
import json
import logging
import pkgutil
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import TypeVar

from pydantic import ValidationError

from storefront import audit, budget, embedding, filling, migrations, workers
from storefront.app import DEMO_PAST, DEMO_PRODUCTS, drawing
from storefront.catalog import queries, scheduled_prices, service, size_charts
from storefront.catalog.rows import Table
from storefront.checkout.pages import deliver
from storefront.checkout.settling import Settled, settle_pending
from storefront.collections import service as collections
from storefront.collections.starting import to_install
from storefront.db import Database
from storefront.errors import StoreError, Unavailable
from storefront.filling import Source
from storefront.insight import command as insight
from storefront.payments.provider import PaymentProvider
from storefront.payments.providers import payment_provider
from storefront.pictures.stores import picture_store
from storefront.pricing import service as pricing
from storefront.search.read_model import refresh as search_service
from storefront.search.read_model import worker
from storefront.settings import Settings
from storefront.telemetry import logs
from storefront.terminal import console
from storefront.web.connection import why_not_listen
from storefront.web.signing import signer

_DONE, _FAILED, _USAGE_ERROR = 0, 1, 2
_INTERRUPTED = 130  # as a shell reports a command that SIGINT ended
_DEMO_PRODUCTS = 2_000
_DEMO_SEED = 1
_RETRY_AFTER_S = 5.0
_STATEMENT_TIMEOUT_S = 600.0  # of an import, a migration or an ANALYZE
# How long a command may wait for a connection at least; the setting is for pages. On a busy machine,
# loading the Databricks SDK and signing in takes longer than a visitor would wait.
_CONNECT_DEADLINE_S = 60.0

log = logging.getLogger(__name__)

_T = TypeVar("_T")


def perform(arguments: argparse.Namespace) -> int:
    """Run the command that the arguments name. Returns its exit code; errors are printed, not raised."""
    try:
        settings = Settings()
    except ValidationError as error:
        for one in error.errors():
            name = "_".join(["STORE", *map(str, one["loc"])]).upper()
            reason = one["msg"].removeprefix("Value error, ")
            console.print(f"Invalid {name}: {reason}.", style="red")
        return _USAGE_ERROR
    if asked := getattr(arguments, "workers", None):
        settings = settings.model_copy(update={"workers": asked})
    logs.configure(settings.log_level, settings.log_format)
    try:
        return _COMMANDS[arguments.command](arguments, settings)
    except StoreError as error:
        _print_error(error)
        return _FAILED
    except KeyboardInterrupt:
        console.print(
            "Interrupted. What was written is consistent; run the command again for the rest."
        )
        return _INTERRUPTED


# --- commands ---------------------------------------------------------------------------------


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    if problem := why_not_listen(arguments.host, arguments.port):
        console.print(problem, style="red")
        return _USAGE_ERROR
    if arguments.migrate:
        _now_or_when_reachable(lambda: _migrate_now(settings))
    return _listen(arguments, settings)


def _listen(arguments: argparse.Namespace, settings: Settings) -> int:
    planned = budget.budget(settings, budget.known_limits(settings))
    for line in planned.lines():
        log.info(line)
    if refusal := planned.refusal():
        console.print(refusal, style="red")
        return _FAILED
    return _DONE if workers.serve(arguments.host, arguments.port, settings.workers) else _FAILED


def _migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    _migrate_now(settings)
    return _DONE


def _import(arguments: argparse.Namespace, settings: Settings) -> int:
    imported = _import_of(arguments, settings)
    if not arguments.dry_run:
        imported = partial(filling.audited, file=arguments.file, imported=imported)
    report = asyncio.run(_with_database(settings, imported))
    filling.show_report(report, as_json=arguments.json)
    if arguments.rejected:
        filling.write_rows(report.rejected, arguments.rejected)
    if arguments.doubtful:
        filling.write_rows(report.doubts, arguments.doubtful)
    if arguments.dry_run:
        console.print("Nothing was written: this was a dry run.")
    return _FAILED if report.took_nothing else _DONE


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


def _export(arguments: argparse.Namespace, settings: Settings) -> int:
    what, write = "product and size", service.export_products
    if arguments.size_charts:
        what, write = "size chart", size_charts.export_charts
    if arguments.prices:
        what, write = "scheduled price", scheduled_prices.export_prices
    asyncio.run(_with_database(settings, lambda database: write(database, arguments.file)))
    console.print(f"Wrote every {what} to {arguments.file}.")
    return _DONE


def _insight(arguments: argparse.Namespace, settings: Settings) -> int:
    work = partial(insight.run, arguments)
    report = asyncio.run(_with_database(settings, work, endpoint=arguments.endpoint))
    insight.show(report, as_json=arguments.json)
    return _DONE


def _demo(arguments: argparse.Namespace, settings: Settings) -> int:
    source = filling.demo_source(DEMO_PRODUCTS, arguments.products, arguments.seed)

    async def fill(database: Database) -> service.ImportReport:
        report = await filling.import_source(database, source, currency=settings.currency)
        await _write_demo_past(database, settings, arguments.seed)
        return report

    report = asyncio.run(_with_database(settings, fill))
    filling.show_report(report, as_json=arguments.json)
    return _DONE


async def _write_demo_past(database: Database, settings: Settings, seed: int) -> None:
    """Past orders of the demo shoppers, reviews and collections, where they are missing."""
    await _install_defaults(database, settings)
    write = pkgutil.resolve_name(DEMO_PAST)
    provider = _provider(database, settings)
    for line in await write(database, provider, currency=settings.currency, seed=seed):
        console.print(line)


def _provider(database: Database, settings: Settings) -> PaymentProvider:
    return payment_provider(
        settings, database, signer(settings), deliver=partial(deliver, database)
    )


def _work(_arguments: argparse.Namespace, settings: Settings) -> int:
    console.print("Keeping listings up to date. Press Ctrl-C to stop.")
    asyncio.run(_with_database(settings, worker.work))
    return _DONE


def _rebuild(_arguments: argparse.Namespace, settings: Settings) -> int:
    async def rebuild(database: Database) -> None:
        await search_service.rebuild(database)
        await search_service.refresh_all(database)

    asyncio.run(_with_database(settings, rebuild))
    console.print("Every listing was rebuilt.")
    return _DONE


def _embed(_arguments: argparse.Namespace, settings: Settings) -> int:
    embed = partial(embedding.embed, settings=settings, drawing=drawing())
    console.print(asyncio.run(_with_database(settings, embed)))
    return _DONE


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    if problem := why_not_listen(arguments.host, arguments.port):
        console.print(problem, style="red")
        return _USAGE_ERROR
    source = filling.demo_source(DEMO_PRODUCTS, _DEMO_PRODUCTS, seed=_DEMO_SEED)
    if folder := arguments.catalog:
        csv, images, store = (
            folder / "styles.csv",
            folder / "images",
            picture_store(settings),
        )
        source = filling.file_source(csv, images, store, currency=settings.currency)
    _now_or_when_reachable(lambda: _fill(settings, source, is_demo=not arguments.catalog))
    console.print(
        f"\nThe shop opens on http://localhost:{arguments.port}\n"
        "  API          /api/v1/products, described in /openapi.json\n"
        "  health       /health, /ready\n"
        f"  pictures     {settings.pictures_dir}\n"
        "Press Ctrl-C to stop.\n",
    )
    return _listen(arguments, settings)


def _check_deploy(arguments: argparse.Namespace, _settings: Settings) -> int:
    try:
        from storefront.deploy.check import check  # noqa: PLC0415 - a server does not need its packages
    except ModuleNotFoundError as error:
        console.print(
            f"check-deploy needs the package {error.name}: pip install 'storefront[tools]'",
            style="red",
        )
        return _USAGE_ERROR
    try:
        findings = check(arguments.root)
    except NotADirectoryError:
        console.print(f"There is no folder {arguments.root}.", style="red")
        return _USAGE_ERROR
    errors = [finding for finding in findings if finding.severity == "error"]
    if arguments.json:
        print(json.dumps({"ok": not errors, "findings": [asdict(f) for f in findings]}, indent=1))
    else:
        for finding in findings:
            print("\n".join(finding.lines()))
        print(_summary(len(errors), len(findings) - len(errors)))
    return _FAILED if errors else _DONE


def _summary(errors: int, warnings: int) -> str:
    counts = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}."
    return counts if errors else f"Ready to deploy: {counts}"


def _audit(arguments: argparse.Namespace, settings: Settings) -> int:
    findings = asyncio.run(_with_database(settings, audit.audit))
    if arguments.json:
        rows = [asdict(one) for one in findings]
        print(json.dumps({"ok": not findings, "books": audit.BOOKS, "differences": rows}, indent=1))
    else:
        print("\n".join(audit.lines(findings)) or "No differences found.")
    return _FAILED if findings else _DONE


def _settle_pending(arguments: argparse.Namespace, settings: Settings) -> int:
    async def settle(database: Database) -> Settled:
        return await settle_pending(database, _provider(database, settings))

    settled = asyncio.run(_with_database(settings, settle))
    if arguments.json:
        print(json.dumps(asdict(settled)))
    else:
        print(
            f"{len(settled.placed)} orders placed, {settled.failed} payments ended without one, "
            f"{settled.waiting} waiting, {settled.unanswered} without a response from the provider, "
            f"{settled.released} holds released."
        )
    return _FAILED if settled.unanswered else _DONE


# --- shared by the commands --------------------------------------------------------------------------


async def _with_database(
    settings: Settings,
    work: Callable[[Database], Awaitable[_T]],
    *,
    endpoint: str | None = None,
) -> _T:
    """Do work on the database, with the timeouts that long work needs."""
    timeouts = {
        "statement_timeout_s": _STATEMENT_TIMEOUT_S,
        "connect_deadline_s": max(settings.connect_deadline_s, _CONNECT_DEADLINE_S),
    }
    database = Database(settings.model_copy(update=timeouts), endpoint=endpoint)
    try:
        return await work(database)
    finally:
        await database.aclose()


def _fill(settings: Settings, source: Source, *, is_demo: bool) -> None:
    """Migrate, and import the source unless it was imported completely before."""

    async def fill(database: Database) -> service.ImportReport | None:
        await _prepare(database, settings)
        async with database.reads() as session:
            is_there = await queries.was_imported(session, source.fingerprint)
        report = None
        if not is_there:
            report = await filling.import_source(database, source, currency=settings.currency)
        if is_demo:
            await _write_demo_past(database, settings, _DEMO_SEED)
        return report

    report = asyncio.run(_with_database(settings, fill))
    if report is None:
        console.print("The catalogue is up to date.")
    else:
        filling.show_report(report, as_json=False)


async def _prepare(database: Database, settings: Settings) -> None:
    """Migrate, and add what a new shop starts with."""
    await migrations.migrate(database)
    await _install_defaults(database, settings)


async def _install_defaults(database: Database, settings: Settings) -> None:
    """Taxes, delivery methods and collections, where there are none."""
    async with database.writes() as session:
        await pricing.install_defaults(session, settings.currency)
        await collections.install(session, to_install(settings.locale))


def _migrate_now(settings: Settings) -> None:
    asyncio.run(_with_database(settings, lambda database: _prepare(database, settings)))
    console.print(f"The schema is at {migrations.revisions()[0]}.")


def _now_or_when_reachable(work: Callable[[], None]) -> None:
    """Do what the shop needs before it serves; if the database is unreachable, as soon as it is.

    The shop serves meanwhile: its pages and /ready say what is wrong.
    """
    try:
        work()
    except Unavailable as error:
        _print_error(error)
        threading.Thread(target=_when_reachable, args=(work,), daemon=True).start()


def _when_reachable(work: Callable[[], None]) -> None:
    while True:
        time.sleep(_RETRY_AFTER_S)
        with contextlib.suppress(Unavailable):
            work()
            return


def _print_error(error: StoreError) -> None:
    console.print(error.reason if isinstance(error, Unavailable) else error.detail, style="red")


_COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "run": _run,
    "serve": _serve,
    "migrate": _migrate,
    "import": _import,
    "export": _export,
    "demo": _demo,
    "insight": _insight,
    "work": _work,
    "rebuild": _rebuild,
    "audit": _audit,
    "settle-pending": _settle_pending,
    "embed": _embed,
    "check-deploy": _check_deploy,
}
