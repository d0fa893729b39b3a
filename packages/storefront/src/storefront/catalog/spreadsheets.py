"""Cells of CSV files that spreadsheets would run as formulas, and back (OWASP, "CSV Injection")."""

import asyncio
import csv
import re
import tempfile
from pathlib import Path

from storefront.db import Database

# What spreadsheets treat as the start of a formula, after any number of our marks.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MARKED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_MARK = "'"
# How programs protect a code from spreadsheets: as a formula with a text result.
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"\s*')


def escaped(cell: str) -> str:
    """The cell as text for any spreadsheet: with an apostrophe before what would be a formula."""
    return _MARK + cell if _FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """The cell before `escaped`, or the text of a formula that is only text, ``="0012"``."""
    if cell.startswith("'"):
        return cell[1:] if _MARKED.match(cell) else cell
    if cell.startswith("=") and (found := _TEXT_FORMULA.fullmatch(cell)):
        return found[1].replace('""', '"')
    return cell


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
