"""What the commands of ``storefront`` do. Loaded when one is run: ``--help`` needs none of it."""

import argparse
import asyncio
import json
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from storefront import migrations
from storefront.app import create_app
from storefront.catalog import dataset, queries, service
from storefront.catalog.dataset import Rejected
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.errors import InvalidInput, StoreError, Unavailable
from storefront.pictures.store import PictureStore
from storefront.settings import Settings

_DONE, _FAILED, _WRONG_USE = 0, 1, 2
_INTERRUPTED = 130  # as a shell reports a command that SIGINT ended
_DEMO_PRODUCTS = 2_000
_REJECTED_SHOWN = 20
_STOP_WITHIN_S = (
    10  # Databricks Apps kill what still runs 15 s after SIGTERM (docs, "Best practices")
)

_T = TypeVar("_T")

console = Console(stderr=True, highlight=False, soft_wrap=True)


def perform(arguments: argparse.Namespace) -> int:
    """Run the command that the arguments name. Returns its exit code; errors are told, not raised."""
    try:
        settings = Settings()
    except ValidationError as error:
        for mistake in error.errors():
            name = "_".join(["STORE", *map(str, mistake["loc"])]).upper()
            console.print(f"{name} cannot be used: {mistake['msg']}.", style="red")
        return _WRONG_USE
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        return _COMMANDS[arguments.command](arguments, settings)
    except StoreError as error:
        _complain(error)
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED


# --- commands ---------------------------------------------------------------------------------


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    if _is_taken(arguments.host, arguments.port):
        _say_taken(arguments.port)
        return _WRONG_USE
    uvicorn.run(
        create_app(settings),
        host=arguments.host,
        port=arguments.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
    )
    return 0


def _migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    asyncio.run(_with_database(settings, migrations.migrate))
    console.print(f"The schema is at {migrations.newest_revision()}.")
    return 0


def _import(arguments: argparse.Namespace, settings: Settings) -> int:
    report = asyncio.run(
        _with_database(
            settings,
            lambda database: _import_dataset(
                database, settings, arguments.styles_csv, arguments.images
            ),
        )
    )
    return _tell(report, as_json=arguments.json)


def _demo(arguments: argparse.Namespace, settings: Settings) -> int:
    report = asyncio.run(
        _with_database(
            settings,
            lambda database: _import_demo(database, arguments.products, arguments.seed),
        )
    )
    return _tell(report, as_json=arguments.json)


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    if _is_taken(arguments.host, arguments.port):
        _say_taken(arguments.port)
        return _WRONG_USE
    try:
        report = asyncio.run(
            _with_database(settings, lambda database: _fill(database, settings, arguments.catalog))
        )
    except Unavailable as error:  # the shop opens all the same: its pages and /ready say why
        _complain(error)
    else:
        if report is None:
            console.print("The catalogue is as it was left.")
        else:
            _tell(report, as_json=False)
    console.print(
        f"\nThe shop opens on [bold]http://localhost:{arguments.port}[/bold]\n"
        "  API          /api/v1/products, described in /openapi.json\n"
        "  state        /health, /ready\n"
        f"  pictures     {settings.pictures_dir}\n"
        "Ctrl-C closes it.\n",
    )
    return _serve(arguments, settings)


# --- what they share --------------------------------------------------------------------------


async def _with_database(settings: Settings, work: Callable[[Database], Awaitable[_T]]) -> _T:
    database = Database(settings)
    try:
        return await work(database)
    finally:
        await database.aclose()


async def _fill(
    database: Database, settings: Settings, catalog: Path | None
) -> service.ImportReport | None:
    """Migrate; fill the catalogue where it has fewer products than its source. None: it was full."""
    await migrations.migrate(database)
    wanted = dataset.count_rows(catalog / "styles.csv") if catalog else _DEMO_PRODUCTS
    async with database.reads() as session:
        found = await queries.product_count(session)
    if found >= wanted:
        return None
    if catalog:
        return await _import_dataset(database, settings, catalog / "styles.csv", catalog / "images")
    return await _import_demo(database, _DEMO_PRODUCTS, seed=1)


async def _import_dataset(
    database: Database, settings: Settings, styles_csv: Path, images: Path | None
) -> service.ImportReport:
    brands = dataset.learn_brands(styles_csv)
    pictures: dict[int, str] = {}
    if images is not None:
        pictures = _keep_pictures(PictureStore(settings.pictures_dir), images)
    products = dataset.read_products(styles_csv, brands, pictures)
    return await _import_products(database, products, dataset.count_rows(styles_csv))


async def _import_demo(database: Database, count: int, seed: int) -> service.ImportReport:
    return await _import_products(database, demo_products(count, seed=seed), count)


async def _import_products(
    database: Database, products: Iterable[SourceProduct | Rejected], count: int
) -> service.ImportReport:
    with _progress() as progress:
        task = progress.add_task("products", total=count)
        report = await service.import_products(
            database, products, on_progress=lambda rows: progress.advance(task, rows)
        )
    await service.refresh_statistics(database)
    return report


def _keep_pictures(store: PictureStore, folder: Path) -> dict[int, str]:
    """Copy every picture named by a product number; returns keys by number."""
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {folder}. Give the folder of <id>.jpg files.")
    files = sorted(file for file in folder.iterdir() if file.stem.isdecimal())
    keys: dict[int, str] = {}
    with _progress() as progress:
        for file in progress.track(files, description="pictures"):
            try:
                keys[int(file.stem)] = store.add(file, collection="dataset")
            except InvalidInput as error:
                progress.console.print(f"{error.detail}", style="yellow")
    return keys


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:>9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        disable=not console.is_terminal,
    )


def _tell(report: service.ImportReport, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(asdict(report)))
        return 0
    for rejected in report.rejected[:_REJECTED_SHOWN]:
        console.print(f"line {rejected.line}: {rejected.reason}", style="yellow", markup=False)
    if (more := len(report.rejected) - _REJECTED_SHOWN) > 0:
        console.print(f"… and {more:,} more (--json lists them all)", style="yellow")
    console.print(
        f"{report.read:,} rows read: {report.added:,} added, {report.changed:,} changed, "
        f"{report.unchanged:,} unchanged, {len(report.rejected):,} rejected.",
    )
    return 0


def _complain(error: StoreError) -> None:
    reason = error.reason if isinstance(error, Unavailable) else error.detail
    console.print(reason, style="red", markup=False)


def _is_taken(host: str, port: int) -> bool:
    """Whether something listens on this port already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _say_taken(port: int) -> None:
    console.print(
        f"Port {port} is taken by another program. End that, or choose another port: "
        f"`make run PORT={port + 1}`, or `storefront serve --port {port + 1}`.",
        style="red",
    )


_COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "run": _run,
    "serve": _serve,
    "migrate": _migrate,
    "import": _import,
    "demo": _demo,
}
