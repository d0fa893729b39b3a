"""Sizes that a query names without calling them so."""

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.search.language.query_parser import parse
from storefront.search.language.size_phrases import with_size

VOCABULARY = vocabulary()
SIZES = {"42": "42", "34b": "34B", "m": "M", "45y": "4-5Y", "67y": "6-7Y", "10year": "10 years",
         "03m": "0-3M", "36m": "3-6M", "12y": "1-2Y"}  # fmt: skip


def sizes(query: str) -> tuple[list[str], list[str]]:
    """The sizes that it names, and the words that are left."""
    parsed = with_size(parse(query, VOCABULARY), SIZES)
    return parsed.values("size"), [word.word for word in parsed.words]


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("nike shoes 42", ["42"]), ("shoes in 42", ["42"]), ("shoes 42 size", ["42"]),
        ("jeans 42 waist", ["42"]), ("jeans waist 42", ["42"]), ("bra 34b", ["34B"]), ("shirt M", ["M"]),
        ("42 shoes", ["42"]), ("42 waist jeans", ["42"]), ("34b bra", ["34B"]),
        ("dress 4 years", ["4-5Y"]), ("dress for a 5-year-old", ["4-5Y"]),
        ("dress 5 to 6 yrs", ["4-5Y", "6-7Y"]),
        ("dress 5 months", ["3-6M"]), ("dress 0-3 months", ["0-3M"]),
        ("dress 0 to 6 mths", ["0-3M", "3-6M"]),
        ("dress 18 months old", ["1-2Y"]), ("dress age 7", ["6-7Y"]), ("dress 10 year", ["10 years"]),
    ],
)  # fmt: skip
def test_the_last_word_a_first_number_or_an_age_may_be_a_size(
    query: str, labels: list[str]
) -> None:
    assert sizes(query) == (labels, [])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("polo 42", ["polo", "42"]),  # no kind has this size
        ("polo 42 shirts", ["polo", "42"]),
        ("shoes 43", ["43"]),
        ("43 shoes", ["43"]),
        ("dress 30 years", ["30", "years"]),
        ("42", ["42"]),
    ],
)
def test_other_numbers_are_words(query: str, words: list[str]) -> None:
    assert sizes(query) == ([], words)


def test_a_price_is_no_size_and_a_size_is_read_once() -> None:
    assert sizes("shoes under 42") == ([], [])
    assert sizes("shirt size m 42") == (["M"], ["42"])
