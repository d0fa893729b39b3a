"""Rows of CSV files, cell by cell: what every form of a catalogue has in common."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storefront.catalog import naming
from storefront.catalog.spreadsheets import unescaped
from storefront.errors import InvalidInput

GENDERS = ("Men", "Women", "Unisex", "Boys", "Girls")
AGE_GROUPS = ("newborn", "infant", "toddler", "kids", "adult")
SEASONS = ("Spring", "Summer", "Fall", "Winter")
MOST_CHARACTERS = 300
_YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot become a product. line: counted from 1, the header being line 1."""

    line: int
    reason: str


class BadRowError(ValueError):
    """Says what is wrong with a row."""


def rows(
    file: Path, columns: Sequence[str], *, needed: Sequence[str] | None = None
) -> Iterator[tuple[int, dict[str, str] | BadRowError]]:
    """Each row by column with the line that it ends on, or what is wrong with it.

    columns: those that are read; others are left alone. needed: those that must be there, by default
    all. Raises InvalidInput (422) where the file is absent, lacks a column or is no CSV.
    """
    check_is_there(file)
    # A byte that is no UTF-8 becomes a lone surrogate, for which its row is rejected later.
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        reader = csv.DictReader(lines)
        there = [name for name in columns if name in (reader.fieldnames or ())]
        if missing := [name for name in needed or columns if name not in there]:
            raise InvalidInput(
                f"{file} has no column {', '.join(missing)}. Its first line must name the "
                f"columns {', '.join(needed or columns)}."
            )
        try:
            for row in reader:
                if None in row or None in row.values():
                    more = "more" if None in row else "fewer"
                    yield reader.line_num, BadRowError(f"it has {more} cells than columns")
                else:
                    yield reader.line_num, {name: unescaped(row[name]) for name in there}
        except csv.Error as error:
            raise InvalidInput(
                f"{file} cannot be read beyond line {reader.line_num}: {error}. Is a quotation "
                "mark left open there?"
            ) from error


def check_is_there(file: Path) -> None:
    """Raises InvalidInput (422) where there is no such file."""
    if not file.is_file():
        raise InvalidInput(f"There is no file {file}. Give the path of a CSV file.")


def header(file: Path) -> list[str]:
    """The names of its columns. Raises InvalidInput (422) where it is absent."""
    check_is_there(file)
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        return next(csv.reader(lines), [])


def fingerprint(file: Path) -> str:
    """A digest of its content. Raises InvalidInput (422) where it is absent."""
    check_is_there(file)
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def cell(column: str, value: str, *, most: int = MOST_CHARACTERS) -> str | None:
    """The value without outer spaces; None for an empty cell."""
    tidied = naming.tidy(value)
    if len(tidied) > most:
        raise BadRowError(f"{column} has {len(tidied)} characters; {most} at most")
    if "\0" in tidied:
        raise BadRowError(f"{column} has a NUL character")
    if any("\ud800" <= character <= "\udfff" for character in tidied):
        raise BadRowError(f"{column} has bytes that are no UTF-8 text")
    return tidied or None


def filled(column: str, value: str | None) -> str:
    """The value, which must be there."""
    if value is None:
        raise BadRowError(f"{column} is empty")
    return value


def sluggable(column: str, value: str | None) -> str:
    """The value, of which an address can be made."""
    if not naming.slug(filled(column, value)):
        raise BadRowError(f"{column} {value!r} has no letter or digit that an address can hold")
    return filled(column, value)


def slugged(column: str, value: str | None) -> str:
    """The value, which must be as addresses have it, such as ``women-alpha``."""
    if naming.slug(filled(column, value)) != value:
        raise BadRowError(f"{column} {value!r} is not in small letters, digits and hyphens alone")
    return filled(column, value)


def instant(column: str, value: str) -> datetime:
    """The value as a moment; in UTC where it names no offset."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadRowError(f"{column} {value!r} is no ISO 8601 time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def number(column: str, value: str | None, low: int, high: int) -> int:
    """The value as a whole number from low to high."""
    if value is None or not (value.isascii() and value.isdigit()):
        raise BadRowError(f"{column} {value!r} is no whole number")
    if len(value) > len(str(high)) or not low <= int(value) <= high:
        raise BadRowError(f"{column} {value} is not between {low} and {high}")
    return int(value)


def one_of(column: str, value: str | None, choices: Sequence[str]) -> str:
    """The value, which must be among the choices."""
    if value is None or value not in choices:
        raise BadRowError(f"{column} {value!r} is none of {', '.join(choices)}")
    return value


def year(value: str | None) -> int | None:
    """A year in which a product may have come."""
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()) or int(value) not in _YEARS:
        raise BadRowError(f"year {value!r} is not between {_YEARS[0]} and {_YEARS[-1]}")
    return int(value)


def season(value: str | None) -> str | None:
    """A season, or None for none."""
    return None if value is None else one_of("season", value, SEASONS)
