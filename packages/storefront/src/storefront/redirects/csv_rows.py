"""Redirects in a CSV file, as other shops export them. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storefront.encodings import encoding_of
from storefront.errors import InvalidInput

if TYPE_CHECKING:
    import _csv

_SOURCES = frozenset(
    {
        "source",
        "from",
        "old",
        "old address",
        "old url",
        "redirect from",
        "path",
        "origin",
        "source url",
    }
)
_TARGETS = frozenset(
    {"target", "to", "new", "new address", "new url", "redirect to", "destination", "target url"}
)
_GONE = frozenset({"", "gone", "410"})
MOST_ROWS = 200_000
_DECLARED = re.compile(r'"?sep=([,;\t|])"?\n', re.IGNORECASE)
_TWO = re.compile(r"\s(?:/|https?:)")
_START = 4_096  # bytes, to detect the encoding
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

    @property
    def is_undivided(self) -> bool:
        """Whether the first cell has both addresses, since another sign separates them."""
        return self.is_gone and _TWO.search(self.source.strip()) is not None


def rows_of(content: bytes) -> list[Row]:
    """The rows of a file: old address, new address. Separated by commas, semicolons, tabs or bars; with
    or without a header, whose columns may have another order and others beside them.

    Raises InvalidInput (422) for what is no such file.
    """
    typed = re.sub(r"\r\n?", "\n", _text(content))
    if "\0" in typed:
        raise _refusal("This is not a CSV file: it has NUL characters.")
    declared = _DECLARED.match(typed)
    first = typed.lstrip().partition("\n")[0]
    delimiter = declared[1] if declared else max(",;\t|", key=first.count)
    # Strictly: otherwise an open quotation mark takes the rows after it into its cell.
    reader = csv.reader(io.StringIO(typed), delimiter=delimiter, strict=True)
    if declared:
        next(reader)
    try:
        return list(_rows(reader))
    except csv.Error as error:
        raise _refusal(
            f"The file cannot be read as CSV up to line {reader.line_num}: {error}. Is a quotation mark "
            "left open?"
        ) from error


def _text(content: bytes) -> str:
    try:
        return content.decode(encoding_of(content[:_START]) or "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal("Save the file as UTF-8: it has other characters.") from error


def _rows(reader: "_csv.Reader") -> Iterator[Row]:
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
