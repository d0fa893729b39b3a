"""What the commands of ``storefront`` do. Loaded when one is run: ``--help`` needs none of it."""

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import pkgutil
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import TypeVar

import uvicorn
from pydantic import ValidationError

from storefront import audit, embedding, filling, migrations
from storefront.app import DEMO_ORDERS, DEMO_PRODUCTS, create_app, drawing
from storefront.catalog import prices, queries, service, size_charts
from storefront.catalog.rows import Table
from storefront.checkout.pages import deliver
from storefront.checkout.settling import Settled, settle_pending
from storefront.db import Database
from storefront.errors import StoreError, Unavailable
from storefront.filling import Source, console
from storefront.payments.provider import PaymentProvider
from storefront.payments.providers import payment_provider
from storefront.pictures.store import PictureStore
from storefront.pricing import service as pricing
from storefront.search.read_model import refresh as search_service
from storefront.search.read_model import worker
from storefront.settings import Settings
from storefront.web.connection import config, why_not_listen
from storefront.web.signing import signer

_DONE, _FAILED, _WRONG_USE = 0, 1, 2
_INTERRUPTED = 130  # as a shell reports a command that SIGINT ended
_DEMO_PRODUCTS = 2_000
# Databricks Apps kill what still runs 15 s after SIGTERM (docs, "Best practices"). Requests under way
# have this long; closing connections and processes takes the rest.
_STOP_WITHIN_S = 8
_TRY_AGAIN_S = 5.0
_PATIENCE_S = 600.0  # that a statement of an import, a migration or an ANALYZE may take
# How long a command may wait for a connection. The setting is how long a page may: on a busy machine
# loading the Databricks SDK and signing in takes longer than a visitor would wait.
_CONNECT_PATIENCE_S = 60.0

_T = TypeVar("_T")


def perform(arguments: argparse.Namespace) -> int:
    """Run the command that the arguments name. Returns its exit code; errors are told, not raised."""
    try:
        settings = Settings()
    except ValidationError as error:
        for mistake in error.errors():
            name = "_".join(["STORE", *map(str, mistake["loc"])]).upper()
            reason = mistake["msg"].removeprefix("Value error, ")
            console.print(f"{name} cannot be used: {reason}.", style="red")
        return _WRONG_USE
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        return _COMMANDS[arguments.command](arguments, settings)
    except StoreError as error:
        _complain(error)
        return _FAILED
    except KeyboardInterrupt:
        console.print("Interrupted. What was written is whole; run it again to finish the rest.")
        return _INTERRUPTED


# --- commands ---------------------------------------------------------------------------------


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    if trouble := why_not_listen(arguments.host, arguments.port):
        console.print(trouble, style="red")
        return _WRONG_USE
    if arguments.migrate:
        _now_or_later(lambda: _migrate_now(settings))
    return _listen(arguments, settings)


def _listen(arguments: argparse.Namespace, settings: Settings) -> int:
    app = create_app(settings)
    _collect_seldom()
    uvicorn.Server(
        config(
            app,
            host=arguments.host,
            port=arguments.port,
            timeout_graceful_shutdown=_STOP_WITHIN_S,
        )
    ).run()
    return _DONE


def _collect_seldom() -> None:
    """Let the garbage collector pass over what is there to stay, and look for cycles less often.

    Looking through everything took 200 ms now and then, in which no request was answered, and made
    listings cost twice what they do.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def _migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    _migrate_now(settings)
    return _DONE


def _import(arguments: argparse.Namespace, settings: Settings) -> int:
    report = asyncio.run(_with_database(settings, _import_of(arguments, settings)))
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
    """The import that the file's form asks for."""
    file, is_trial = arguments.file, arguments.dry_run
    if size_charts.is_chart_form(file):
        filling.show_notices(Table(file, size_charts.FORM).notices)
        charts = size_charts.read_charts(file)
        return lambda database: size_charts.import_charts(database, charts, is_trial=is_trial)
    if prices.is_price_form(file):
        filling.show_notices(Table(file, prices.FORM).notices)
        periods = prices.read_prices(file, currency=settings.currency)
        return lambda database: prices.import_prices(database, periods, is_trial=is_trial)
    source = filling.file_source(
        file,
        arguments.images,
        PictureStore(settings.pictures_dir),
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
        what, write = "price that holds for a while", prices.export_prices
    asyncio.run(_with_database(settings, lambda database: write(database, arguments.file)))
    console.print(f"Every {what} is in {arguments.file}.")
    return _DONE


def _demo(arguments: argparse.Namespace, settings: Settings) -> int:
    source = filling.demo_source(DEMO_PRODUCTS, arguments.products, arguments.seed)

    async def fill(database: Database) -> service.ImportReport:
        report = await filling.import_source(database, source, currency=settings.currency)
        await _place_demo_orders(database, settings)
        return report

    report = asyncio.run(_with_database(settings, fill))
    filling.show_report(report, as_json=arguments.json)
    return _DONE


async def _place_demo_orders(database: Database, settings: Settings) -> None:
    """Past orders of the demo shoppers, where they are missing."""
    place = pkgutil.resolve_name(DEMO_ORDERS)
    async with database.writes() as session:
        await pricing.install_defaults(session, settings.currency)
    placed = await place(database, _provider(database, settings), currency=settings.currency)
    if placed:
        console.print(f"{placed} past orders of the demo shoppers were placed.")


def _provider(database: Database, settings: Settings) -> PaymentProvider:
    return payment_provider(
        settings, database, signer(settings), deliver=partial(deliver, database)
    )


def _work(_arguments: argparse.Namespace, settings: Settings) -> int:
    console.print("Listings are kept fresh. Ctrl-C ends it.")
    asyncio.run(_with_database(settings, worker.work))
    return _DONE


def _rebuild(_arguments: argparse.Namespace, settings: Settings) -> int:
    async def rebuild(database: Database) -> None:
        await search_service.rebuild(database)
        await search_service.refresh_all(database)

    asyncio.run(_with_database(settings, rebuild))
    console.print("Every listing was made again.")
    return _DONE


def _embed(_arguments: argparse.Namespace, settings: Settings) -> int:
    embed = partial(embedding.embed, settings=settings, drawing=drawing())
    console.print(asyncio.run(_with_database(settings, embed)))
    return _DONE


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    if trouble := why_not_listen(arguments.host, arguments.port):
        console.print(trouble, style="red")
        return _WRONG_USE
    source = filling.demo_source(DEMO_PRODUCTS, _DEMO_PRODUCTS, seed=1)
    if folder := arguments.catalog:
        csv, images, store = (
            folder / "styles.csv",
            folder / "images",
            PictureStore(settings.pictures_dir),
        )
        source = filling.file_source(csv, images, store, currency=settings.currency)
    _now_or_later(lambda: _fill(settings, source, is_demo=not arguments.catalog))
    console.print(
        f"\nThe shop opens on http://localhost:{arguments.port}\n"
        "  API          /api/v1/products, described in /openapi.json\n"
        "  state        /health, /ready\n"
        f"  pictures     {settings.pictures_dir}\n"
        "Ctrl-C closes it.\n",
    )
    return _listen(arguments, settings)


def _check_deploy(arguments: argparse.Namespace, _settings: Settings) -> int:
    try:
        from storefront.deploy.check import check  # noqa: PLC0415 - what it needs, a server does not
    except ModuleNotFoundError as error:
        console.print(
            f"check-deploy needs the package {error.name}: pip install 'storefront[tools]'",
            style="red",
        )
        return _WRONG_USE
    try:
        findings = check(arguments.root)
    except NotADirectoryError:
        console.print(f"There is no folder {arguments.root}.", style="red")
        return _WRONG_USE
    errors = [finding for finding in findings if finding.severity == "error"]
    if arguments.json:
        print(json.dumps({"ok": not errors, "findings": [asdict(f) for f in findings]}, indent=1))
    else:
        for finding in findings:
            print("\n".join(finding.lines()))
        print(_sum_of(len(errors), len(findings) - len(errors)))
    return _FAILED if errors else _DONE


def _sum_of(errors: int, warnings: int) -> str:
    told = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}."
    return told if errors else f"Ready to deploy: {told}"


def _audit(arguments: argparse.Namespace, settings: Settings) -> int:
    findings = asyncio.run(_with_database(settings, audit.audit))
    if arguments.json:
        rows = [asdict(one) for one in findings]
        print(json.dumps({"ok": not findings, "books": audit.BOOKS, "differences": rows}, indent=1))
    else:
        print("\n".join(audit.lines(findings)) or "All books add up.")
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
            f"{settled.waiting} waiting, {settled.unanswered} without an answer of the provider, "
            f"{settled.released} holds given back."
        )
    return _FAILED if settled.unanswered else _DONE


# --- what they share --------------------------------------------------------------------------


async def _with_database(settings: Settings, work: Callable[[Database], Awaitable[_T]]) -> _T:
    """Do work on the database, with the patience that long work needs."""
    patience = {
        "statement_timeout_s": _PATIENCE_S,
        "connect_deadline_s": max(settings.connect_deadline_s, _CONNECT_PATIENCE_S),
    }
    database = Database(settings.model_copy(update=patience))
    try:
        return await work(database)
    finally:
        await database.aclose()


def _fill(settings: Settings, source: Source, *, is_demo: bool) -> None:
    """Migrate, and import the source unless it was imported to its end before."""

    async def fill(database: Database) -> service.ImportReport | None:
        await _prepare(database, settings)
        async with database.reads() as session:
            is_there = await queries.was_imported(session, source.fingerprint)
        report = None
        if not is_there:
            report = await filling.import_source(database, source, currency=settings.currency)
        if is_demo:
            await _place_demo_orders(database, settings)
        return report

    report = asyncio.run(_with_database(settings, fill))
    if report is None:
        console.print("The catalogue is as it was left.")
    else:
        filling.show_report(report, as_json=False)


async def _prepare(database: Database, settings: Settings) -> None:
    """The newest schema, with the taxes and ways of delivery that a new shop begins with."""
    await migrations.migrate(database)
    async with database.writes() as session:
        await pricing.install_defaults(session, settings.currency)


def _migrate_now(settings: Settings) -> None:
    asyncio.run(_with_database(settings, lambda database: _prepare(database, settings)))
    console.print(f"The schema is at {migrations.revisions()[0]}.")


def _now_or_later(work: Callable[[], None]) -> None:
    """Do what the shop needs before it opens; where the database cannot be reached, once it can.

    The shop opens all the same: its pages and /ready say why.
    """
    try:
        work()
    except Unavailable as error:
        _complain(error)
        threading.Thread(target=_later, args=(work,), daemon=True).start()


def _later(work: Callable[[], None]) -> None:
    while True:
        time.sleep(_TRY_AGAIN_S)
        with contextlib.suppress(Unavailable):
            work()
            return


def _complain(error: StoreError) -> None:
    console.print(error.reason if isinstance(error, Unavailable) else error.detail, style="red")


_COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "run": _run,
    "serve": _serve,
    "migrate": _migrate,
    "import": _import,
    "export": _export,
    "demo": _demo,
    "work": _work,
    "rebuild": _rebuild,
    "audit": _audit,
    "settle-pending": _settle_pending,
    "embed": _embed,
    "check-deploy": _check_deploy,
}
