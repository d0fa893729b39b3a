"""Values of a catalogue that a query cannot tell apart: a word means all of them."""

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary as english_catalogue
from storefront.search.language.corrections import corrected
from storefront.search.language.meanings import Term
from storefront.search.language.vocabulary import Vocabulary
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
    assert meaning.names == (max(counts, key=lambda name: counts[name]),)


def test_a_family_contains_every_spelling() -> None:
    meaning = vocabulary("base_color", **{"Blue": 20, "Navy Blue": 5, "Blue.": 1}).meaning("blue")
    assert meaning is not None
    assert meaning.exact == ("Blue", "Blue.")
    assert set(meaning.values) == {"Blue", "Blue.", "Navy Blue"}


def test_a_size_is_the_most_frequent_of_its_spellings() -> None:
    assert vocabulary("size", **{"XL": 20, "X.L.": 1}).sizes["xl"] == "XL"


def german() -> Vocabulary:
    terms = [Term("category", "Kleidung", "kleidung", 18), Term("category", "Schuhe", "schuhe", 3)]
    terms += [
        Term("category", name, f"kleidung/{name.casefold()}", 3)
        for name in ("Hosen", "Kleider", "Uhren", "Mützen")
    ]
    words = ("hemd", "oxford", "hose", "kleid", "blumen", "mit", "uhr", "mutze", "turnschuhe")
    terms += [Term("word", word, word, 3) for word in words]
    terms += [Term("brand", "Muster", "Muster", 21), Term("base_color", "Rot", "Rot", 3)]
    return vocabulary_reader.build(terms, [])


@pytest.mark.parametrize(
    "query",
    [
        "uhr",
        "Mütze",
        "Kleid",
        "Hemd Oxford",
        "Muster Hemd",
        "Hose",
        "Kleid mit Blumen",
        "turnschuhe",
    ],
)
def test_the_words_of_a_catalogue_in_another_language_are_not_translated(query: str) -> None:
    assert corrected(query, german()) == (query, [])


def test_what_it_calls_otherwise_is_translated() -> None:
    assert corrected("rote Uhr", german())[0] == "red Uhr"
    assert corrected("schwarzes hemd", english_catalogue())[0] == "black shirts"


def test_what_many_names_say_is_sold_here() -> None:
    assert not german().is_sold_elsewhere("hose")
    assert german().is_sold_elsewhere("sofa")
    assert english_catalogue().is_sold_elsewhere("sofa")
