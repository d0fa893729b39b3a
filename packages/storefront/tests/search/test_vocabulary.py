"""Values of a catalogue that a query cannot tell apart: a word means all of them."""

import pytest

from storefront.search.language.vocabulary import Term, Vocabulary
from storefront.search.read_model import vocabulary_reader


def vocabulary(kind: str, **counts: int) -> Vocabulary:
    terms = [Term(kind, name, name, count) for name, count in counts.items()]
    return vocabulary_reader.build(terms, [])


@pytest.mark.parametrize(
    ("kind", "said", "counts"),
    [
        ("base_color", "blue", {"Blue": 20, "Blue.": 1}),
        ("base_color", "blue", {"Blue.": 1, "Blue": 20}),
        ("base_color", "off white", {"Off White": 8, "Off-White": 1}),
        ("base_color", "navy-blue", {"Navy Blue": 20, "navyblue": 1, "navy-blue": 1}),
        ("base_color", "zorblue", {"Zor Blue": 20, "zorblue": 2}),
        ("usage", "beach wear", {"Beachwear!": 1, "Beach Wear": 20}),
        ("brand", "c&a", {"C & A.": 1, "C&A": 20}),
    ],
)
def test_a_word_means_every_spelling_the_most_frequent_first(
    kind: str, said: str, counts: dict[str, int]
) -> None:
    meaning = vocabulary(kind, **counts).meaning(said)
    assert meaning is not None
    assert set(meaning.exact) == set(counts)
    assert set(meaning.values) >= set(counts)
    assert meaning.label == max(counts, key=lambda name: counts[name])


def test_a_family_contains_every_spelling() -> None:
    meaning = vocabulary("base_color", **{"Blue": 20, "Navy Blue": 5, "Blue.": 1}).meaning("blue")
    assert meaning is not None
    assert meaning.exact == ("Blue", "Blue.")
    assert set(meaning.values) == {"Blue", "Blue.", "Navy Blue"}


def test_a_size_is_the_most_frequent_of_its_spellings() -> None:
    assert vocabulary("size", **{"XL": 20, "X.L.": 1}).sizes["xl"] == "XL"
