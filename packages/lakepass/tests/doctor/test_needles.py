"""What must be in a text for a pattern to match is found, so that no cause is overlooked."""

import re
from itertools import chain

import pytest

from lakepass import refusals
from lakepass.doctor.logs import _OPENINGS, _compiled
from lakepass.doctor.signs import SIGNS
from lakepass.doctor.signs.context import without_markup
from lakepass.doctor.signs.needles import lowered, needles, windows

from .wordings import WORDINGS

PATTERNS = sorted(
    {sign.pattern for sign in SIGNS}
    | {row.pattern for row in refusals.TABLE if row.pattern}
    | set(_OPENINGS.values())
)


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("no password supplied", {"password"}),
        (r"fe_sendauth|(?:oauth|access) token", {"fe_sendauth", "oauth", "access"}),
        (r"connections? (?:refused|reset)", {"connection"}),
        (r"\bLocal(?=host)(?!ized)[a-z]{2}\.name", {"local"}),
        (r"(?P<optional>something)?: (?:required){1,2}", {"required"}),
        (r"a|something", set()),
        (r"[\w-]+", set()),
    ],
)
def test_the_longest_text_that_every_match_contains_is_taken(
    pattern: str, needed: set[str]
) -> None:
    assert needles(pattern) == needed


def test_every_pattern_needs_some_text() -> None:
    assert [pattern for pattern in PATTERNS if not needles(pattern)] == []


def test_no_pattern_is_left_out_that_matches() -> None:
    missed = []
    for text in chain.from_iterable((text, without_markup(text)) for _, _, text in WORDINGS):
        folded = lowered(text)
        missed += [
            (pattern, text)
            for pattern in PATTERNS
            if not windows(pattern, folded) and _compiled(pattern).search(text)
        ]
    assert missed == []


def test_case_and_line_breaks_make_no_difference() -> None:
    text = "NO PASSWORD\nSUPPLIED"
    assert windows("no password supplied", lowered(text)) == [(0, len(text))]
    assert re.search(_compiled("no password supplied"), text)


def test_only_the_lines_near_what_a_match_needs_are_searched() -> None:
    filling = "nothing of interest here\n" * 2_000
    text = f"{filling}no password supplied\n{filling}"
    [(begin, end)] = windows("no password supplied", lowered(text))
    assert text[begin:end].count("password") == 1
    assert end - begin < len(text) / 2
    assert begin == 0 or text[begin - 1] == "\n"
    assert windows("no password supplied", lowered(filling)) == []


def test_lower_case_has_the_same_length() -> None:
    assert lowered("İSTANBUL Straße") == "İstanbul straße"
