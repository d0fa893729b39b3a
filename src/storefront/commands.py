"""What the commands of ``storefront`` do. Loaded when one is run: ``--help`` needs none of it."""

import argparse
import asyncio
import contextlib
import errno
import hashlib
import json
import logging
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
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
from storefront.deploy.check import check
from storefront.errors import InvalidInput, StoreError, Unavailable
from storefront.pictures.store import PictureStore
from storefront.search import service as search_service
from storefront.search import terms as search_terms
from storefront.settings import Settings

_DONE, _FAILED, _WRONG_USE = 0, 1, 2
_INTERRUPTED = 130  # as a shell reports a command that SIGINT ended
_DEMO_PRODUCTS = 2_000
_REJECTED_SHOWN = 20
# Databricks Apps kill what still runs 15 s after SIGTERM (docs, "Best practices"). Requests under way
# have this long; closing connections and processes takes the rest.
_STOP_WITHIN_S = 8
_TRY_AGAIN_S = 5.0
_PATIENCE_S = 600.0  # that a statement of an import, a migration or an ANALYZE may take

_T = TypeVar("_T")

# Paths and names are printed as they are: brackets in them are no markup.
console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


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
    if trouble := _why_not_listen(arguments.host, arguments.port):
        console.print(trouble, style="red")
        return _WRONG_USE
    if arguments.migrate:
        _now_or_later(lambda: _migrate_now(settings))
    return _listen(arguments, settings)


def _listen(arguments: argparse.Namespace, settings: Settings) -> int:
    uvicorn.run(
        create_app(settings),
        host=arguments.host,
        port=arguments.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
    )
    return _DONE


def _migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    _migrate_now(settings)
    return _DONE


def _import(arguments: argparse.Namespace, settings: Settings) -> int:
    source = _dataset(arguments.styles_csv, arguments.images, settings)
    return _tell(_import_now(settings, source), as_json=arguments.json)


def _demo(arguments: argparse.Namespace, settings: Settings) -> int:
    source = _demo_catalogue(arguments.products, arguments.seed)
    return _tell(_import_now(settings, source), as_json=arguments.json)


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    if trouble := _why_not_listen(arguments.host, arguments.port):
        console.print(trouble, style="red")
        return _WRONG_USE
    source = _demo_catalogue(_DEMO_PRODUCTS, seed=1)
    if folder := arguments.catalog:
        source = _dataset(folder / "styles.csv", folder / "images", settings)
    _now_or_later(lambda: _fill(settings, source))
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


# --- what they share --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    """A catalogue to import. fingerprint: of its content; read: opens it, each time anew."""

    fingerprint: str
    read: Callable[[], tuple[Iterable[SourceProduct | Rejected], int]]


def _demo_catalogue(count: int, seed: int) -> _Source:
    return _Source(f"demo {count} seed {seed}", lambda: (demo_products(count, seed=seed), count))


def _dataset(styles_csv: Path, images: Path | None, settings: Settings) -> _Source:
    """Raises InvalidInput (422) where there is no such file or folder."""
    digest = hashlib.sha256(dataset.content(styles_csv))
    files = _picture_files(images) if images else []
    for file in files:
        digest.update(f"{file.name} {file.stat().st_size}".encode())

    def read() -> tuple[Iterable[SourceProduct | Rejected], int]:
        pictures = _keep_pictures(PictureStore(settings.pictures_dir), files)
        brands = dataset.learn_brands(styles_csv)
        products = dataset.read_products(styles_csv, brands, pictures)
        return products, dataset.count_rows(styles_csv)

    return _Source(f"dataset {digest.hexdigest()}", read)


async def _with_database(settings: Settings, work: Callable[[Database], Awaitable[_T]]) -> _T:
    """Do work on the database, with the patience that long work needs."""
    database = Database(settings.model_copy(update={"statement_timeout_s": _PATIENCE_S}))
    try:
        return await work(database)
    finally:
        await database.aclose()


def _fill(settings: Settings, source: _Source) -> None:
    """Migrate, and import the source unless it was imported to its end before."""

    async def fill(database: Database) -> service.ImportReport | None:
        await migrations.migrate(database)
        async with database.reads() as session:
            if await queries.was_imported(session, source.fingerprint):
                return None
        return await _import_source(database, source)

    report = asyncio.run(_with_database(settings, fill))
    if report is None:
        console.print("The catalogue is as it was left.")
    else:
        _tell(report, as_json=False)


def _migrate_now(settings: Settings) -> None:
    asyncio.run(_with_database(settings, migrations.migrate))
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


def _import_now(settings: Settings, source: _Source) -> service.ImportReport:
    return asyncio.run(_with_database(settings, lambda database: _import_source(database, source)))


async def _import_source(database: Database, source: _Source) -> service.ImportReport:
    products, count = source.read()
    report = await _import_products(database, products, count)
    await search_service.refresh_all(database)
    await search_terms.learn(database)
    await service.refresh_statistics(database)
    await service.note_import(database, source.fingerprint)
    return report


async def _import_products(
    database: Database, products: Iterable[SourceProduct | Rejected], count: int
) -> service.ImportReport:
    with _progress() as progress:
        task = progress.add_task("products", total=count)
        return await service.import_products(
            database, products, on_progress=lambda rows: progress.advance(task, rows)
        )


def _picture_files(folder: Path) -> list[Path]:
    """The files of a folder that are named by a product number. Raises InvalidInput (422)."""
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {folder}. Give the folder of <id>.jpg files.")
    return sorted(
        file
        for file in folder.iterdir()
        if file.stem.isascii() and file.stem.isdecimal() and file.is_file()
    )


def _keep_pictures(store: PictureStore, files: Sequence[Path]) -> dict[int, str]:
    """Copy pictures into the store; returns keys by product number."""
    keys: dict[int, str] = {}
    with _progress() as progress:
        for file in progress.track(files, description="pictures"):
            try:
                keys[int(file.stem)] = store.add(file, collection="dataset")
            except InvalidInput as error:
                progress.console.print(error.detail, style="yellow")
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
        return _DONE
    for rejected in report.rejected[:_REJECTED_SHOWN]:
        console.print(f"line {rejected.line}: {rejected.reason}", style="yellow")
    if (more := len(report.rejected) - _REJECTED_SHOWN) > 0:
        console.print(f"… and {more:,} more (--json lists them all)", style="yellow")
    console.print(
        f"{report.read:,} rows read: {report.added:,} added, {report.changed:,} changed, "
        f"{report.unchanged:,} unchanged, {len(report.rejected):,} rejected.",
    )
    return 0


def _complain(error: StoreError) -> None:
    reason = error.reason if isinstance(error, Unavailable) else error.detail
    console.print(reason, style="red")


def _why_not_listen(host: str, port: int) -> str | None:
    """What keeps us from listening there, with a way out; None where nothing does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return f"Cannot listen on {host}, port {port}: {error.strerror or error}."
            other = port + 1 if port < 65_535 else 8_000
            return (
                f"Port {port} is taken by another program. End that, or choose another port: "
                f"`make run PORT={other}`, or `storefront serve --port {other}`."
            )
    return None


_COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "run": _run,
    "serve": _serve,
    "migrate": _migrate,
    "import": _import,
    "demo": _demo,
    "check-deploy": _check_deploy,
}
