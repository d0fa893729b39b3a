"""Exports of the catalogue: rows of a statement as a CSV file."""

import asyncio
import csv
import tempfile
from pathlib import Path

from storefront.catalog.spreadsheets import escaped
from storefront.db import Database


async def export(database: Database, statement: str, file: Path) -> None:
    """Write the rows of a statement as CSV that is safe in a spreadsheet, and imported again unchanged.

    One row in memory at a time. Raises Unavailable (503); the file is then unchanged.
    """
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".export-", suffix=".csv") as raw:
        await database.export(statement, Path(raw.name))
        await asyncio.to_thread(_escape_file, Path(raw.name), file)


def _escape_file(source: Path, target: Path) -> None:
    with (
        source.open(encoding="utf-8", newline="") as read,
        target.open("w", encoding="utf-8", newline="") as written,
    ):
        writer = csv.writer(written, lineterminator="\n")
        writer.writerows(map(escaped, row) for row in csv.reader(read))
