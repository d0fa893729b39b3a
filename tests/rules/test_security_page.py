"""The security page names every requirement of ASVS 5.0, levels 1 and 2, once, and tests that exist."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/security.md"
STATES = {"holds", "does not apply", "open"}
# Requirements of levels 1 and 2 in each section: numbered from 1 without gaps, those of level 3 follow.
# Source: OWASP ASVS 5.0.0, github.com/OWASP/ASVS, 5.0/docs_en.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
NUMBERS = [f"{section}.{n}" for section, most in SECTIONS.items() for n in range(1, most + 1)]


def rows() -> list[list[str]]:
    """The cells of each row of the tables of requirements."""
    lines = re.findall(r"^\| (\d+\.\d+\.\d+.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [line.split(" | ") for line in lines]


def numbers_of(cell: str) -> list[str]:
    """`1.2.6 to 1.2.8` and `1.3.8, 1.3.9` as single numbers; a range stays in the standard's order."""
    numbers = []
    for part in cell.split(", "):
        first, _, last = part.partition(" to ")
        numbers += NUMBERS[NUMBERS.index(first) : NUMBERS.index(last or first) + 1]
    return numbers


@cache
def functions_of(file: Path) -> frozenset[str]:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in nodes if isinstance(node, kinds))


def test_every_requirement_has_one_row() -> None:
    found = Counter(number for cells in rows() for number in numbers_of(cells[0]))
    assert [number for number in NUMBERS if found[number] != 1] == []


def test_every_row_has_a_state_and_says_why() -> None:
    wrong = [cells for cells in rows() if len(cells) != 4 or cells[2] not in STATES or not cells[3]]
    assert wrong == []


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`([\w/.-]+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"))
    assert named
    missing = []
    for path, name in named:
        base = (
            ROOT if path.startswith(("packages/", "tests/")) else ROOT / "packages/storefront/tests"
        )
        file = base / path
        if not file.is_file() or name not in functions_of(file):
            missing.append(f"{path}::{name}")
    assert missing == []
