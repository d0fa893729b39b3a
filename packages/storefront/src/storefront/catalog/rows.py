"""Rows of CSV files, for all formats of a catalogue: the columns by name, and the cells of each row."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from pathlib import Path

from storefront.catalog import naming
from storefront.catalog.cells import BadRowError
from storefront.catalog.layout import check_is_there, layout_of, opened
from storefront.catalog.records import Records
from storefront.catalog.spreadsheets import unescaped
from storefront.errors import InvalidInput

_HEADER_WITHIN_LINES = 20
_TELLING = 3
_MOST_NAMED = 20  # unknown columns
_MOST_COMPARED = 200  # with the known ones
_BLANK_BEFORE_MARK = re.compile(r'\s+"')
_MARKS = ("'", "=")  # at the start of the cells that `unescaped` changes


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot become a product. line: its first one; the header is line 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that was imported despite a doubt. line: its first one; reason: includes what was done."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The columns of a kind of file. needed: the required ones; key: the column that identifies
    the product or chart that a row belongs to; texts: those whose cells may have several lines."""

    name: str
    columns: Sequence[str]
    needed: Sequence[str]
    key: str
    texts: Sequence[str] = ()


Row = dict[str, str] | BadRowError


class Table:
    """A file of a format. absent: columns of the format that it does not have.

    Raises InvalidInput (422) if the file is missing, is not text, lacks a needed column or has one
    twice.
    """

    def __init__(self, file: Path, format: FileFormat) -> None:
        self._file = file
        self._layout = layout_of(file)
        names = [_column(name, format.columns) for name in self._layout.header]
        _check_columns(file, format, self._layout.header, names)
        self._places = {name: place for place, name in enumerate(names) if name is not None}
        self._key = self._places[format.key]
        self._texts = [n for n, name in enumerate(names) if name is None or name in format.texts]
        self.absent = frozenset(format.columns) - self._places.keys()
        self._ignored = list(_ignored(self._layout.header, names, format))

    @cached_property
    def notices(self) -> Sequence[str]:
        """Assumptions about the file. Reads its rows where columns have no name."""
        return [*self._layout.notices, *self._ignored, *self._unnamed()]

    def _unnamed(self) -> Iterator[str]:
        """A notice of the columns without a name that have values, if any."""
        places = [n for n, name in enumerate(self._layout.header) if not _is_filled(name)]
        filled: set[int] = set()
        for _, cells in self._records() if places else ():
            if not isinstance(cells, BadRowError):
                filled |= {n for n in places if n < len(cells) and _is_filled(cells[n])}
            if len(filled) == len(places):
                break
        if filled:
            numbers = ", ".join(str(place + 1) for place in sorted(filled))
            yield f"Column {numbers} has values and no name in the first line, and is not read."

    @property
    def has_decimal_commas(self) -> bool:
        """Whether ``19,99`` is a number: spreadsheets that write this separate cells by semicolons."""
        return self._layout.delimiter == ";"

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row by column with its first line, or the error in it.

        Rows without any value are skipped.
        """
        width = len(self._layout.header)
        places = self._places.items()
        for line, cells in self._records():
            if isinstance(cells, BadRowError):
                yield line, cells
            elif _is_blank(cells):
                continue
            elif len(cells) < width or not _is_blank(cells[width:]):
                yield line, self._uneven(cells)
            else:
                cells = [unescaped(one) if one[:1] in _MARKS else one for one in cells]
                yield line, {name: cells[place] for name, place in places}

    def _records(self) -> Iterator[tuple[int, list[str] | BadRowError]]:
        width = len(self._layout.header)
        with opened(self._file, self._layout.encoding) as lines:
            lines.skip(self._layout.header_line)
            yield from Records(
                lines, self._layout.delimiter, width=width, key=self._key, texts=self._texts
            )

    def _uneven(self, cells: Sequence[str]) -> BadRowError:
        """The error of a row that has not as many cells as there are columns."""
        more = "more" if len(cells) > len(self._layout.header) else "fewer"
        why = ""
        if any(_BLANK_BEFORE_MARK.match(cell) for cell in cells):
            why = ": a blank before a quotation mark makes the mark a part of the text. Remove the blank"
        key = cells[self._key].strip() if len(cells) > self._key else None
        return BadRowError(f"it has {more} cells than columns{why}", key=key)


def _is_blank(cells: Sequence[str]) -> bool:
    """Whether no cell has a visible value."""
    return not any(map(_is_filled, cells))


def _is_filled(cell: str) -> bool:
    return cell.isalnum() or bool(naming.tidy(naming.visible(cell)))


def columns(file: Path) -> set[str]:
    """The names of its columns, folded by ``folded``. Raises InvalidInput (422) as Table does."""
    return {folded(name) for name in layout_of(file).header}


def header_below(file: Path, known: Collection[str]) -> tuple[int, set[str]] | None:
    """The first line below the header that names three known columns or more, with its folded cells.

    known: folded names. Of the first twenty lines. Raises InvalidInput (422) as Table does.
    """
    layout = layout_of(file)
    with opened(file, layout.encoding) as lines:
        for line in islice(lines, _HEADER_WITHIN_LINES):
            names = {folded(cell) for cell in re.split(r"[,;\t|]", line)}
            if len(names & set(known)) >= _TELLING and lines.number > layout.header_line:
                return lines.number, names
    return None


def separator_of(file: Path, known: Collection[str]) -> str | None:
    """The separator used in the header, if it is not a supported one.

    known: folded names. Raises InvalidInput (422) as Table does.
    """
    layout = layout_of(file)
    header = layout.delimiter.join(layout.header)
    for sign in sorted({sign for sign in header if not sign.isalnum() and sign not in "_ "}):
        if len({folded(cell) for cell in header.split(sign)} & set(known)) >= _TELLING:
            return sign
    return None


def folded(name: str) -> str:
    """A column's name without case, blanks and signs: ``Product ID`` and ``product_id`` are one."""
    return re.sub(r"[\W_]+", "", naming.fold(name))


def fingerprint(file: Path) -> str:
    """A digest of its content. Raises InvalidInput (422) if it is missing."""
    check_is_there(file)
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _column(name: str, known: Sequence[str]) -> str | None:
    """The known column that a cell of the header means, if any."""
    return next((column for column in known if folded(column) == folded(name)), None)


def _check_columns(
    file: Path, format: FileFormat, header: Sequence[str], names: Sequence[str | None]
) -> None:
    twice = [name for name, count in Counter(names).items() if name is not None and count > 1]
    if twice:
        raise InvalidInput(
            f"{file} has the column {', '.join(twice)} twice. Remove the one that should not be used."
        )
    if missing := [name for name in format.needed if name not in names]:
        similar: dict[str, list[str]] = {}
        for cell, name in _meant(_unknown(header, names), missing):
            similar.setdefault(name, []).append(cell)
        hints = "".join(
            f" Is {' or '.join(map(repr, cells))} {name}? Then rename it."
            for name, cells in similar.items()
        )
        raise InvalidInput(
            f"{file} has no column {', '.join(missing)}.{hints} {format.name.capitalize()} must name "
            f"the columns {', '.join(format.needed)} in its first line."
        )


def _meant(header: Sequence[str], missing: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Unknown cells of the header that resemble missing columns."""
    for cell in map(naming.tidy, header[:_MOST_COMPARED]):
        begun = (name for name in missing if folded(cell).startswith(folded(name)))
        near = get_close_matches(cell.casefold(), missing, n=1, cutoff=0.7)
        if name := next(begun, None) or (near[0] if near else None):
            yield cell, name


def _unknown(header: Sequence[str], names: Sequence[str | None]) -> list[str]:
    return [cell for cell, name in zip(header, names, strict=True) if name is None]


def _ignored(
    header: Sequence[str], names: Sequence[str | None], format: FileFormat
) -> Iterator[str]:
    """A notice of each unknown column: of the first twenty, and of those that resemble known ones."""
    absent = [column for column in format.columns if column not in names]
    unknown = _unknown(header, names)
    counted = [(cell, count) for cell, count in Counter(map(naming.tidy, unknown)).items() if cell]
    left_out = 0
    for place, (cell, count) in enumerate(counted):
        is_compared = place < _MOST_COMPARED
        near = get_close_matches(cell.casefold(), absent, n=1, cutoff=0.7) if is_compared else []
        if place >= _MOST_NAMED and not near:
            left_out += 1
            continue
        twice = f", which is there {count} times," if count > 1 else ""
        hint = f" Is it {near[0]}? Then rename it." if near else ""
        yield f"The column {cell!r}{twice} is not known and not read.{hint}"
    if left_out:
        yield f"{left_out:,} more columns are not known and not read."
