"""The layout of a text file with rows: its encoding, its delimiter, the line with the column names.

Files come from spreadsheets as well as from programs, so this is detected and reported as a notice.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from storefront.catalog import naming
from storefront.encodings import encoding_of
from storefront.errors import InvalidInput

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_ARCHIVE = "an Excel workbook or another archive. Save it as CSV UTF-8"
_COMPRESSED = "a compressed file. Unpack it first"
_OTHER_FILES = (
    (re.compile(rb"PK\x03\x04"), _ARCHIVE),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an Excel workbook. Save it as CSV UTF-8"),
    (re.compile(rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|\x28\xb5\x2f\xfd|Rar!"), _COMPRESSED),
    (re.compile(rb"%PDF"), "a PDF document. A CSV file is needed"),
    (re.compile(rb"PAR1"), "a Parquet file. A CSV file is needed"),
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|table|div|meta)\b", re.IGNORECASE),
        "an HTML page. Was it downloaded without signing in? A CSV file is needed",
    ),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<[?!\w]"), "an XML file. A CSV file is needed"),
    (re.compile(rb'(\xef\xbb\xbf)?\s*(\{\s*["}]|\[\s*[\[{\]"])'), "a JSON file. A CSV file is needed"),
)  # fmt: skip
_END_OF_FILE = "\x1a"  # as DOS and CP/M programs write it, behind the last line
_LONGEST_LINE = 1_000_000
_MOST_COLUMNS = 1_000
_WINDOWS = "cp1252"
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f\ud800-\udfff]")
_NOT_UTF8 = re.compile(r"[\udc80-\udcff]+")  # bytes, as "surrogateescape" decodes them
# Letters beyond ASCII are single or in pairs in the languages of Windows-1252.
_LONGEST_RUN = 2


def check_is_there(file: Path) -> None:
    """Raises InvalidInput (422) if the file does not exist."""
    if not file.is_file():
        raise InvalidInput(f"There is no file {file}. Give the path of a CSV file.")


@dataclass(frozen=True, slots=True)
class Layout:
    """header_line: the number of the line that names the columns; notices: what was assumed."""

    encoding: str
    delimiter: str
    header: list[str]
    header_line: int
    notices: list[str]


def layout_of(file: Path) -> Layout:
    """Detect the layout of a file. Reads the whole file once, to detect its encoding.

    Raises InvalidInput (422) if the file is missing, is not text, or has no line that names columns, or
    one that names more than 1,000.
    """
    check_is_there(file)
    encoding = _encoding(file)
    delimiter = ""
    notices = _encoding_notices(encoding)
    with opened(file, encoding) as lines:
        for line in lines:
            if declared := re.fullmatch(r'"?sep=([,;|\t])"?\s*', line, re.IGNORECASE):
                delimiter = declared[1]
                continue
            delimiter = delimiter or _delimiter(line, lines)
            header = _header(file, lines.number, line, delimiter)
            if not any(map(naming.tidy, header)):
                continue
            if len(header) > _MOST_COLUMNS:
                raise InvalidInput(
                    f"{file} has {len(header):,} columns, more than {_MOST_COLUMNS:,}. Leave out those "
                    "that the shop does not know (packages/storefront/docs/catalogue.md)."
                )
            if delimiter != ",":
                notices.append(f"Its cells are separated by {_DELIMITERS[delimiter]}.")
            return Layout(encoding, delimiter, header, lines.number, notices)
    raise InvalidInput(
        f"{file} is empty. Its first line must name the columns (packages/storefront/docs/catalogue.md)."
    )


def _delimiter(line: str, rest: "Lines") -> str:
    """The most frequent one of the header, of those that the next line has too."""
    next_line = next(rest, "")
    if next_line:
        rest.give_back([next_line])
    common = [one for one in _DELIMITERS if one in line and one in next_line]
    return max(common or _DELIMITERS, key=line.count)


def _header(file: Path, number: int, line: str, delimiter: str) -> list[str]:
    try:
        header = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise InvalidInput(
            f"{file} cannot be read: {error} in line {number}, which must name the columns. Is a "
            "quotation mark left open there?"
        ) from error
    if len(header) == 1 and header[0].count(delimiter) > 1:
        raise InvalidInput(
            f"{file} has quotation marks around the whole line {number}, so that it is a single cell. "
            "Remove those around each line."
        )
    return header


# --- encoding -----------------------------------------------------------------------------------


def _encoding(file: Path) -> str:
    """By its first bytes if they say it; otherwise UTF-8 or Windows-1252."""
    with file.open("rb") as content:
        start = content.read(4_096)
    for beginning, kind in _OTHER_FILES:
        if beginning.match(start):
            raise InvalidInput(f"{file} is {kind}.")
    return encoding_of(start) or (_WINDOWS if _is_windows(file) else "utf-8-sig")


def _is_windows(file: Path) -> bool:
    """Whether most bytes beyond ASCII are not UTF-8, and may be letters of Western Europe."""
    as_utf8 = others = runs = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    with file.open("rb") as content:
        while chunk := content.read(_LONGEST_LINE):
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            letters = decoder.decode(chunk)
            as_utf8 += len(_BEYOND_ASCII.findall(letters))
            for found in _NOT_UTF8.findall(letters):
                others += 1
                runs += len(found) > _LONGEST_RUN
    return others > as_utf8 and runs * 10 <= others


def _encoding_notices(encoding: str) -> list[str]:
    if encoding == _WINDOWS:
        return [
            "It is read as Windows-1252, since it is not UTF-8. If letters such as é look wrong in the "
            "shop, save it as CSV UTF-8 and import it again."
        ]
    return [] if encoding == "utf-8-sig" else [f"It is read as {encoding.upper()}."]


# --- lines --------------------------------------------------------------------------------------


class Lines:
    """Physical lines; those pushed back are read again. number: of the last line read."""

    def __init__(self, file: Path, stream: TextIO) -> None:
        self.number = 0
        self._file = file
        self._stream = stream
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._again.popleft() if self._again else self._stream.readline(_LONGEST_LINE)
        except UnicodeError as error:
            raise InvalidInput(
                f"{self._file} cannot be read beyond line {self.number}: {error}. Save it as CSV UTF-8."
            ) from error
        line = line.removesuffix(_END_OF_FILE)
        if not line:
            raise StopIteration
        if len(line) == _LONGEST_LINE:
            raise InvalidInput(
                f"{self._file} has more than {_LONGEST_LINE:,} characters in line {self.number + 1}. "
                "Is it a CSV file?"
            )
        self.number += 1
        return line

    def give_back(self, lines: Sequence[str]) -> None:
        """Read these again, before the rest."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)

    def skip(self, count: int) -> None:
        """Skip this many lines."""
        for _ in range(count):
            next(self)


@contextmanager
def opened(file: Path, encoding: str) -> Iterator[Lines]:
    """The lines of a file. A byte that is not text becomes a lone surrogate, which rejects its row."""
    errors = "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    with file.open(encoding=encoding, errors=errors, newline="") as stream:
        yield Lines(file, stream)
