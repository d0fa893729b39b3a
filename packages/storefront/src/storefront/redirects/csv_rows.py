"""Redirects in a CSV file, as other shops export them. Pure."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storefront.errors import InvalidInput

_SOURCES = frozenset({"source", "from", "old", "old address", "old url", "redirect from", "path"})
_TARGETS = frozenset({"target", "to", "new", "new address", "new url", "redirect to"})
_GONE = frozenset({"", "gone", "410"})
MOST_ROWS = 200_000
_MOST_CHARACTERS = 10_000  # of a cell; addresses are far shorter


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in the file. line: from 1; target: empty where there is nothing new."""

    line: int
    source: str
    target: str

    @property
    def is_gone(self) -> bool:
        """Whether what was at the old address has no new one."""
        return self.target.strip().lower() in _GONE


def rows_of(content: bytes) -> list[Row]:
    """The rows of a file: old address, new address. Separated by commas, semicolons or tabs; with or
    without a header, whose columns may have another order and others beside them.

    Raises InvalidInput (422) for what is no such file.
    """
    try:
        typed = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal("Save the file as UTF-8: it has other characters.") from error
    if "\0" in typed:
        raise _refusal("This is not a CSV file: it has NUL characters.")
    first = typed.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(_rows(typed, delimiter))
    except csv.Error as error:
        raise _refusal(f"The file cannot be read as CSV: {error}.") from error


def _rows(typed: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(typed), delimiter=delimiter)
    places: tuple[int, int] | None = None
    for number, cells in enumerate(reader):
        if number > MOST_ROWS:
            raise _refusal(f"The file has more than {MOST_ROWS:,} rows. Import it in parts.")
        if any(len(cell) > _MOST_CHARACTERS for cell in cells):
            raise _refusal(
                f"The row that ends in line {reader.line_num} has a cell of more than "
                f"{_MOST_CHARACTERS:,} characters. Is a quotation mark left open?"
            )
        if not any(cell.strip() for cell in cells):
            continue
        if places is None:
            header = _header(cells)
            places = header or (0, 1)
            if header:
                continue
        source, target = (cells[at] if at < len(cells) else "" for at in places)
        yield Row(reader.line_num, source, target)


def _header(cells: Sequence[str]) -> tuple[int, int] | None:
    """The columns of both addresses, where this row names them."""
    names = [cell.strip().lower().replace("_", " ") for cell in cells]
    source = next((at for at, name in enumerate(names) if name in _SOURCES), None)
    target = next((at for at, name in enumerate(names) if name in _TARGETS), None)
    return None if source is None or target is None else (source, target)


def _refusal(reason: str) -> InvalidInput:
    return InvalidInput.of("file", reason)
