"""Edits of many products by a file: exported, changed, uploaded, looked at, applied exactly as seen.

The file is in the shop's own format without stock and pictures, and is read by the importer. What it
would change is found by writing it and rolling back, so a preview and its application cannot differ in
how they read; a digest of the preview holds them to the same data.
"""

import asyncio
import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby, islice
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storefront.catalog import editing, own_format, rows, service, sheets, spreadsheets
from storefront.catalog.rows import Doubt, Rejected, Table
from storefront.catalog.sheets import Difference, Sheet
from storefront.catalog.source import SourceProduct
from storefront.db import Database, ReadSession, WriteSession
from storefront.db_errors import is_value_refused
from storefront.errors import Conflict, InvalidInput, NotFound

MOST_PRODUCTS = 1_000
"""Of one file: what is written well within a request. The command ``storefront import`` has no limit."""
MAX_BYTES = 5_000_000
_MOST_LINES = 20_000  # twenty of each product: sizes, and the lines of texts

_FILE = Path("catalogue.csv")
_NOT_EDITED = ("stock", "picture", "picture_width", "picture_height")


class PreviewOutdated(Conflict):
    """The catalogue changed after the preview, so that the file would change something else than shown.

    Nothing was changed. Look at the new preview, then apply that.
    """

    slug, title = "preview-outdated", "The catalogue has changed since the preview"


class AppliedAlready(Conflict):
    """This file was applied already. Upload a file again to apply it once more."""

    slug, title = "applied-already", "This file was applied already"


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file. applied_at: when its changes were made, if they were."""

    id: UUID
    name: str
    content: bytes
    actor: str
    created_at: datetime
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class PastChange:
    """What a file changed of one product, by whom and when."""

    upload_id: UUID
    name: str
    actor: str
    applied_at: datetime
    changes: Sequence[Difference]


@dataclass(frozen=True)
class Preview:
    """What a file would change. read: products in the file; names: of those that change, by number;
    doubts: rows of which something is not as the file says, or probably wrong."""

    read: int
    added: frozenset[int]
    differences: Sequence[Difference]
    rejected: Sequence[Rejected]
    notices: Sequence[str]
    names: dict[int, str] = field(default_factory=dict)
    doubts: Sequence[Doubt] = ()

    @cached_property
    def changed(self) -> frozenset[int]:
        """The products that are there already and would change, others of their designs included."""
        return frozenset(one.product_id for one in self.differences) - self.added

    @cached_property
    def digest(self) -> str:
        """Names exactly these changes and rejections."""
        rejected = [[row.line, row.reason] for row in self.rejected]
        content = json.dumps([self.differences, rejected])
        return hashlib.sha256(content.encode()).hexdigest()


async def export(session: ReadSession, product_ids: Sequence[int]) -> str:
    """Products as a file that can be changed and uploaded; safe in a spreadsheet. Two statements.

    What concerns the whole product stands in its first row.
    """
    found = await sheets.sheets(session, product_ids)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(sheets.COLUMNS)
    for product_id in product_ids:
        if product_id in found:
            writer.writerows(_rows(found[product_id]))
    return written.getvalue()


def _rows(sheet: Sheet) -> list[list[str]]:
    first = [sheet.product[column] for column in sheets.PRODUCT_COLUMNS]
    rest = [sheet.product["product_id"]] + [""] * (len(sheets.PRODUCT_COLUMNS) - 1)
    return [
        [
            spreadsheets.escaped(cell)
            for cell in [
                *(rest if place else first),
                *(size[column] for column in sheets.SIZE_COLUMNS),
            ]
        ]
        for place, size in enumerate(sheet.sizes)
    ]


async def store(
    database: Database, content: bytes, *, name: str, actor: str, currency: str
) -> UUID:
    """Store a file, to be looked at and applied; returns its id. Two statements, after it is read.

    Raises InvalidInput (422) where it is no such file, lacks a column, or has too many products.
    """
    await asyncio.to_thread(_read, content, currency)
    parameters = {"name": name, "content": content, "actor": actor}
    async with database.writes() as session:
        await session.execute(_TIDY)
        upload_id: UUID = await session.scalar(_STORE, parameters)
    return upload_id


async def upload(session: ReadSession, upload_id: UUID) -> Upload:
    """An uploaded file. One statement. Raises NotFound (404)."""
    row = (await session.execute(_UPLOAD, {"id": upload_id})).one_or_none()
    if row is None:
        raise NotFound(
            "There is no such file. Files that nobody applies are deleted after thirty days."
        )
    return Upload(*row)


async def preview(database: Database, file: Upload, *, currency: str) -> Preview:
    """What a file would change now: written, and rolled back. Some fifty statements."""
    read, rejected, notices = await asyncio.to_thread(_read, file.content, currency)
    try:
        async with database.trial() as session:
            return await _written(session, read, rejected, notices)
    except DBAPIError as error:
        if not is_value_refused(error):
            raise
    # Slowly, in halves: whose value the database refuses.
    report = await service.import_products(database, read, currency=currency, is_trial=True)
    refused = {row.line for row in report.rejected}
    good = [product for product in read if product.line not in refused]
    async with database.trial() as session:
        return await _written(session, good, [*rejected, *report.rejected], notices)


async def apply(
    session: WriteSession, upload_id: UUID, digest: str, *, currency: str
) -> tuple[Upload, Preview]:
    """Make exactly the changes of the preview with this digest. Some fifty statements.

    Raises NotFound (404), AppliedAlready (409), PreviewOutdated (409); then nothing is changed.
    """
    file = await upload(session, upload_id)
    if await session.scalar(_APPLY, {"id": upload_id}) is None:
        raise AppliedAlready(f"The file {file.name} was applied already.")
    read, rejected, notices = await asyncio.to_thread(_read, file.content, currency)
    try:
        made = await _written(session, read, rejected, notices)
    except DBAPIError as error:
        if not is_value_refused(error):
            raise
        raise InvalidInput(
            "The database refuses a value of this file. Correct the rows that the preview names.",
            errors=[],
        ) from error
    if made.digest != digest:
        raise PreviewOutdated("Look at what the file would change now, then apply it.")
    await session.execute(_RECORD, _changes_of(upload_id, made))
    return file, made


def _changes_of(upload_id: UUID, made: Preview) -> dict[str, object]:
    by_product = {
        product_id: [[*change[1:]] for change in changes]
        for product_id, changes in groupby(made.differences, key=lambda one: one.product_id)
    }
    return {
        "id": upload_id,
        "product_ids": list(by_product),
        "changes": [json.dumps(changes) for changes in by_product.values()],
    }


async def changes_of(session: ReadSession, product_id: int, *, most: int) -> Sequence[PastChange]:
    """What files changed of a product, newest first. One statement."""
    rows = await session.execute(_CHANGES, {"product_id": product_id, "most": most})
    return [
        PastChange(
            row.id,
            row.name,
            row.actor,
            row.applied_at,
            [Difference(product_id, *one) for one in row.changes],
        )
        for row in rows
    ]


async def _written(
    session: WriteSession,
    products: Sequence[SourceProduct],
    rejected: Sequence[Rejected],
    notices: Sequence[str],
) -> Preview:
    edit = await editing.write(session, products)
    every = sorted([*rejected, *edit.rejected.values()], key=lambda row: row.line)
    ids = {one.product_id for one in edit.differences}
    named = await session.execute(_NAMES, {"ids": list(ids)})
    return Preview(
        read=len(products) + len(rejected),
        added=edit.added,
        differences=edit.differences,
        rejected=every,
        notices=notices,
        names={row.id: row.name for row in named},
        doubts=[
            *(Doubt(row.line, row.reason) for row in edit.kept),
            *_about_bar_codes(products, edit.differences),
        ],
    )


def _about_bar_codes(
    products: Sequence[SourceProduct], differences: Sequence[Difference]
) -> Iterator[Doubt]:
    """The doubts about bar codes that the file changes."""
    changed = {(one.product_id, one.new) for one in differences if one.column == "gtin"}
    for product in products:
        for size in product.sizes or ():
            if (product.id, size.gtin) in changed and (said := own_format.about_bar_code(size)):
                yield Doubt(size.line, said)


def _read(
    content: bytes, currency: str
) -> tuple[list[SourceProduct], list[Rejected], Sequence[str]]:
    """The products of a file, the rows that are not products, and what was assumed of it."""
    _check_lines(content)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / _FILE
        file.write_bytes(content)
        try:
            _check_columns(file)
            notices = _notices(file)
            read = own_format.read_products(file, {}, currency=currency, is_trusted=True)
            found = list(islice(read, MOST_PRODUCTS + 1))
        except InvalidInput as error:
            raise InvalidInput(
                error.detail.replace(str(file), "The file"),
                errors=[{"pointer": "#/file", "detail": error.detail.replace(str(file), "It")}],
            ) from error
    if len(found) > MOST_PRODUCTS:
        reason = f"The file has more than {MOST_PRODUCTS:,} products and rejected rows."
        raise InvalidInput.of("file", f"{reason} Upload it in parts.")
    products = [row for row in found if isinstance(row, SourceProduct)]
    return products, [row for row in found if isinstance(row, Rejected)], notices


def _check_lines(content: bytes) -> None:
    """More of them could not be read within a request."""
    lines = max(content.count(b"\n"), content.count(b"\r"))
    if lines > _MOST_LINES:
        reason = f"The file has {lines:,} lines, more than {_MOST_LINES:,}."
        raise InvalidInput.of(
            "file", f"{reason} Upload it in parts. Is a quotation mark left open in it?"
        )


def _check_columns(file: Path) -> None:
    """Of a column that is missing, products would lose what they have."""
    there = rows.columns(file)
    missing = [name for name in sheets.COLUMNS if rows.folded(name) not in there]
    if missing:
        raise InvalidInput(
            f"{file} has no column {', '.join(missing)}. Export the products again, and leave all "
            "columns as they are."
        )


def _notices(file: Path) -> list[str]:
    there = rows.columns(file)
    unread = [name for name in _NOT_EDITED if rows.folded(name) in there]
    return [
        *Table(file, own_format.FORMAT).notices,
        *(f"The column {name} is not read: it is edited elsewhere." for name in unread),
    ]


_TIDY = text(
    """
    delete from shop.bulk_edits
    where created_at < now() - interval '30 days' and applied_at is null
    """
)
_STORE = text(
    """
    insert into shop.bulk_edits (name, content, actor) values (:name, :content, :actor)
    returning id
    """
)
_UPLOAD = text(
    """
    select id, name, content, actor, created_at, applied_at from shop.bulk_edits where id = :id
    """
)
_APPLY = text(
    """
    update shop.bulk_edits set applied_at = now() where id = :id and applied_at is null
    returning id
    """
)
_RECORD = text(
    """
    insert into shop.bulk_changes (product_id, bulk_edit_id, changes)
    select product_id, :id, changes
    from unnest(cast(:product_ids as bigint[]), cast(:changes as jsonb[])) as made (product_id, changes)
    """
)
_CHANGES = text(
    """
    select bulk_edits.id, name, actor, applied_at, changes
    from shop.bulk_changes join shop.bulk_edits on bulk_edits.id = bulk_edit_id
    where product_id = :product_id order by applied_at desc limit :most
    """
)
_NAMES = text("select id, name from shop.colourways where id = any(cast(:ids as bigint[]))")
