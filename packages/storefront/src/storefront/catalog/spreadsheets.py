"""Cells that spreadsheets would run as formulas, and back (OWASP, "CSV Injection"). Pure."""

import re

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
