"""Imports a catalogue on a terminal: with progress, results and rejected rows."""

import csv
import hashlib
import json
import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from storefront.backoffice import service as backoffice
from storefront.catalog import dataset, foreign, own_format, rows, service, spreadsheets
from storefront.catalog.rows import Doubt, Rejected
from storefront.catalog.source import SourcePicture, SourceProduct
from storefront.db import Database
from storefront.errors import InvalidInput
from storefront.pictures.store import WIDTHS, PictureStore
from storefront.search.read_model import refresh as search
from storefront.terminal import console

_ROWS_SHOWN = 20
_NAMES_SHOWN = 5
_TELLING = 3  # known columns that make a line the one that names them


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue to import.

    fingerprint: of its content. read: opens it, as often as it is called, and returns the products
    with their number. notices: what was assumed about the file, and, once its products were taken, about
    its pictures.
    """

    fingerprint: str
    read: Callable[[], tuple[Iterable[SourceProduct | Rejected], int]]
    notices: Sequence[str] = ()


def demo_source(generator: str, count: int, seed: int) -> Source:
    """Generated products. generator: ``module:function`` of count and seed, which yields them."""
    generated = pkgutil.resolve_name(generator)
    return Source(f"demo {count} seed {seed}", lambda: (generated(count, seed=seed), count))


def file_source(
    file: Path,
    images: Path | None,
    store: PictureStore,
    *,
    currency: str,
    is_trusted: bool = False,
) -> Source:
    """A CSV file in the shop's own format or in that of the data set, by the names of its columns.

    currency: the shop's. is_trusted: import odd rows as they are (catalog/doubts.py).
    Raises InvalidInput (422) where there is no such file or folder, or its format is neither.
    """
    format = _format_of(file)
    digest = hashlib.sha256(rows.fingerprint(file).encode())
    notices = list(rows.Table(file, format).notices)
    files = _picture_files(images, notices) if images else []
    for picture in files:
        digest.update(f"{picture.name} {picture.stat().st_size}".encode())

    assumed = len(notices)

    def read() -> tuple[Iterable[SourceProduct | Rejected], int]:
        del notices[assumed:]
        pictures = _store_pictures(store, files, notices)
        if format is own_format.FORMAT:
            products = own_format.read_products(
                file, pictures, currency=currency, is_trusted=is_trusted, is_missing=store.lacks
            )
            return _used(products, pictures, notices), own_format.count_products(file)
        brands = dataset.learn_brands(file, is_trusted=is_trusted)
        found = dataset.read_products(file, brands, pictures, is_trusted=is_trusted)
        return _used(found, pictures, notices), dataset.count_rows(file)

    return Source(f"file {digest.hexdigest()}", read, notices)


def _format_of(file: Path) -> rows.FileFormat:
    """The format that most columns of the file belong to. Raises InvalidInput (422) if there is none."""
    there = rows.columns(file)
    formats = (own_format.FORMAT, dataset.FORMAT)
    known = {format.name: {rows.folded(column) for column in format.columns} for format in formats}
    best = max(
        formats,
        key=lambda format: (rows.folded(format.key) in there, len(there & known[format.name])),
    )
    needed = {rows.folded(column) for column in best.needed}
    if not needed <= there:
        _check_header(file, there, set().union(*known.values()))
    return best


def _check_header(file: Path, there: set[str], known: set[str]) -> None:
    """Say what the columns are, where they are not those of a catalogue. Raises InvalidInput (422)."""
    if program := foreign.program_of(there):
        raise InvalidInput(
            f"{file} is {program}, which the shop does not read. Write its products with the columns "
            "of the shop's own format (packages/storefront/docs/catalogue.md)."
        )
    if len(there & known) < _TELLING and (below := rows.header_below(file, known)):
        line, names = below
        program = foreign.program_of(names)
        also = f" It is {program}, which the shop does not read." if program else ""
        raise InvalidInput(
            f"{file} does not name columns in its first line; line {line} seems to name the columns: "
            f"remove what is above it.{also}"
        )
    if not there & known:
        sign = rows.separator_of(file, known)
        raise InvalidInput(
            f"{file} is not a catalogue: none of its columns is known. Its first line must name them "
            "(packages/storefront/docs/catalogue.md)."
            + (
                f" Are its cells separated by {sign!r} (U+{ord(sign):04X})? Save it with commas, "
                "semicolons, tabs or bars between them."
                if sign
                else ""
            )
        )


async def import_source(
    database: Database, source: Source, *, currency: str, is_trial: bool = False
) -> service.ImportReport:
    """Import it completely and refresh the listings. is_trial: only report what would change.

    Raises InvalidInput (422), Unavailable (503).
    """
    assumed = len(source.notices)
    show_notices(source.notices)
    products, count = source.read()
    with progress_bar() as progress:
        task = progress.add_task("products", total=count)
        report = await service.import_products(
            database,
            products,
            currency=currency,
            is_trial=is_trial,
            on_progress=lambda done: progress.advance(task, done),
        )
    report.notices = list(source.notices)
    show_notices(report.notices[assumed:])
    if not is_trial:
        # Before the listings, whose statements are planned by them.
        await service.refresh_statistics(database)
        with progress_bar() as progress:
            task = progress.add_task("listings", total=report.added + report.changed)
            while done := await search.refresh(database):
                progress.advance(task, done)
        await service.refresh_statistics(database)
        await service.note_import(database, source.fingerprint)
    return report


async def audited(
    database: Database,
    *,
    file: Path,
    imported: Callable[[Database], Awaitable[service.ImportReport]],
) -> service.ImportReport:
    """Do an import, and note in the audit log what it changed, if anything: one entry with counts."""
    report = await imported(database)
    if report.added or report.changed:
        async with database.writes() as session:
            await backoffice.record(
                session,
                actor="storefront import",
                action="import",
                entity="import",
                entity_id=file.name,
                after={
                    "file": file.name,
                    "added": report.added,
                    "changed": report.changed,
                    "rejected": len(report.rejected),
                },
            )
    return report


def show_notices(notices: Iterable[str]) -> None:
    """Print what is assumed about a file, before anything is written."""
    for notice in notices:
        console.print(notice, style="yellow")


def show_report(report: service.ImportReport, *, as_json: bool) -> None:
    """Print what an import did."""
    if as_json:
        print(json.dumps(asdict(report)))  # noqa: T201 - the output of the command
        return
    _show_rows("rejected", report.rejected)
    _show_rows("doubtful", report.doubts)
    console.print(
        f"{report.read:,} rows read: {report.added:,} added, {report.changed:,} changed, "
        f"{report.unchanged:,} unchanged, {len(report.rejected):,} rejected."
    )


def _show_rows(kind: str, found: Sequence[Rejected | Doubt]) -> None:
    for row in found[:_ROWS_SHOWN]:
        console.print(f"{kind} line {row.line}: {row.reason}", style="yellow")
    if (more := len(found) - _ROWS_SHOWN) > 0:
        console.print(f"… and {more:,} more (--{kind} FILE writes all of them)", style="yellow")


def write_rows(found: Sequence[Rejected | Doubt], file: Path) -> None:
    """Write rows to a CSV file: line, reason. An empty list makes a file without rows."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["line", "reason"])
        writer.writerows((row.line, spreadsheets.escaped(row.reason)) for row in found)


def _picture_files(folder: Path, notices: list[str]) -> list[Path]:
    """The files of a folder that are named by a product number. Raises InvalidInput (422).

    notices: gets one about the others.
    """
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {folder}. Give the folder of <id>.jpg files.")
    files = sorted(file for file in folder.iterdir() if file.is_file())
    named = [file for file in files if file.stem.isascii() and file.stem.isdecimal()]
    if others := sorted({file.name for file in files} - {file.name for file in named}):
        notices.append(f"Not named by a product's number, and not read: {_some(others)}.")
    return named


def _store_pictures(
    store: PictureStore, files: Sequence[Path], notices: list[str]
) -> dict[int, SourcePicture]:
    """Copy pictures into the store; returns them by product number. notices: gets what is odd."""
    stored: dict[int, tuple[Path, SourcePicture]] = {}
    unreadable: list[str] = []
    small: list[str] = []
    several: list[str] = []
    with progress_bar() as progress:
        for file in progress.track(files, description="pictures"):
            try:
                original = store.add(file, collection="dataset")
            except InvalidInput as error:
                unreadable.append(error.detail)
                continue
            if max(original.width, original.height) < min(WIDTHS):
                small.append(f"{file.name} ({original.width} x {original.height} px)")
            number = int(file.stem)
            if number in stored:
                several.append(f"{stored[number][0].name} and {file.name}")
            picture = SourcePicture(original.key, original.width, original.height)
            stored[number] = file, picture
    notices += unreadable[:_ROWS_SHOWN]
    if (more := len(unreadable) - _ROWS_SHOWN) > 0:
        notices.append(f"{more:,} more pictures cannot be read.")
    if several:
        notices.append(f"Pictures of one product, of which the last is used: {_some(several)}.")
    if small:
        notices.append(f"Too small to be seen well: {_some(small)}.")
    return {number: picture for number, (_, picture) in stored.items()}


def _used(
    products: Iterable[SourceProduct | Rejected],
    pictures: Mapping[int, SourcePicture],
    notices: list[str],
) -> Iterator[SourceProduct | Rejected]:
    """The products; after the last, a notice of the pictures that belong to none of them."""
    unused = set(pictures)
    for one in products:
        if isinstance(one, SourceProduct):
            unused.discard(one.id)
        yield one
    if unused:
        said = _some([str(number) for number in sorted(unused)])
        notices.append(f"Pictures of no product that was read from the file: {said}.")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN:,} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more


def progress_bar() -> Progress:
    """Progress on a terminal; nothing where the output goes elsewhere."""
    return Progress(
        TextColumn("{task.description:>9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        disable=not console.is_terminal,
    )
