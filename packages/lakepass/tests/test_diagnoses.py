"""The catalogue and the code that raises from it are one system."""

import re
from pathlib import Path

import pytest

import lakepass
from lakepass.diagnoses import CATALOGUE, Diagnosis
from lakepass.errors import ConfigurationError
from lakepass.refusals import TABLE, UNKNOWN

SOURCES = Path(lakepass.__file__).parent
USED = {
    code
    for path in SOURCES.rglob("*.py")
    if "diagnoses" not in path.parts and "emulator" not in path.parts
    for code in re.findall(r'"(LP-\d{3})"', path.read_text(encoding="utf-8"))
}


def test_every_code_that_is_raised_is_in_the_catalogue() -> None:
    assert USED - set(CATALOGUE) == set()


def test_every_diagnosis_is_reached_by_something() -> None:
    assert set(CATALOGUE) - USED == set()


def test_every_refusal_has_its_words_in_the_catalogue() -> None:
    for refusal in (*TABLE, UNKNOWN):
        assert refusal.cause == CATALOGUE[refusal.code].title
        assert refusal.next_step == CATALOGUE[refusal.code].fix


def test_a_code_is_used_once() -> None:
    pages = sorted((SOURCES / "diagnoses").glob("*.py"))
    written = re.findall(r'Diagnosis\(\s*"(LP-\d{3})"', "".join(page.read_text() for page in pages))
    assert len(written) == len(set(written)) == len(CATALOGUE)


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.code)
def test_a_diagnosis_reads_as_sentences(row: Diagnosis) -> None:
    for text in (row.title, row.cause, row.fix):
        assert re.search(r"[.)]$", text), text
    assert row.source
    assert all(len(line) <= 110 for line in row.lines_for({}))


def test_an_error_without_words_takes_those_of_its_code() -> None:
    error = ConfigurationError(code="LP-101")
    assert str(error) == f"{CATALOGUE['LP-101'].title} {CATALOGUE['LP-101'].fix} [LP-101]"


def test_lines_are_filled_from_facts_and_show_what_is_not_known() -> None:
    row = CATALOGUE["LP-137"]
    assert row.lines_for({"direct_host": "ep-x"}) == ["export PGHOST=ep-x"]
    assert row.lines_for({}) == [
        "export PGHOST=DIRECT_HOST",
        "# DIRECT_HOST: the host name in the Connect dialog of the database, without -pooler or -ro",
    ]
