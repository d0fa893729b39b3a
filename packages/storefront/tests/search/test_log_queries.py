"""Queries as logs of shops have them: run together, without vowels, with units, in odd order, mixed."""

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.search.language.corrections import corrected
from storefront.search.language.meanings import Term
from storefront.search.language.parsed_query import ParsedQuery
from storefront.search.language.query_parser import parse, with_things_for_colours
from storefront.search.language.spelling import Speller
from storefront.search.language.word_matching import ranking_words, required_words
from storefront.search.read_model import vocabulary_reader

VOCABULARY = vocabulary()


def read(query: str) -> ParsedQuery:
    return parse(query, VOCABULARY)


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("balenciagashoes", "balenciaga shoes"), ("guccijeans", "gucci jeans"),
        ("xyzzyflooring", "xyzzyflooring"), ("xyzzy", "xyzzy"),
    ],
)  # fmt: skip
def test_of_an_unknown_word_the_kind_at_its_end_is_read(query: str, now: str) -> None:
    assert corrected(query, VOCABULARY)[0] == now


@pytest.mark.parametrize(
    ("word", "meant"),
    [("jns", "jeans"), ("frml", "formal"), ("shrts", "shirts"), ("xkcd", None), ("jn", None)],
)
def test_a_word_without_vowels_is_the_usual_one_with_its_consonants(
    word: str, meant: str | None
) -> None:
    speller = Speller(
        {"jeans": 90, "jones": 9, "formal": 80, "ftml": 5, "shirts": 90, "shorts": 40}
    )
    assert next(iter(speller.similar(word)), None) == meant


@pytest.mark.parametrize("query", ["shirt 50 gm", "shirt 50gm"])
def test_a_number_and_its_unit_are_one_word(query: str) -> None:
    [word] = read(query).words
    assert not word.is_code
    [wanted] = required_words(read(query), VOCABULARY)
    assert {("50", "g"), ("50", "gram")} <= set(wanted.alternatives)


def test_other_products_of_which_a_volume_is_said_come_next() -> None:
    assert ("ltr",) in ranking_words(read("shirt 30 litre"), VOCABULARY)[-1].alternatives


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("my daughter wants a dress for her party", ["Girls"]),
        ("a dress for her", ["Women", "Unisex"]),
        ("mother of pearl watch", []),
        ("watch for mother", ["Women", "Unisex"]),
    ],
)
def test_a_pronoun_and_a_part_of_a_phrase_are_nobody_else(query: str, people: list[str]) -> None:
    assert read(query).values("gender") == people


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("kurti to wear over jeans", "apparel/topwear/kurtis"),
        ("shirt under jacket", "apparel/topwear/shirts"),
        ("shirt jacket", "apparel/topwear/jackets"),
    ],
)
def test_what_it_is_worn_with_is_not_looked_for(query: str, kind: str) -> None:
    assert kind in read(query).values("category")
    assert len({path.split("/")[1] for path in read(query).values("category")}) == 1


def test_what_is_for_children_may_be_unisex() -> None:
    assert read("girls shirt").widened().values("gender") == ["Girls", "Unisex"]


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("ladies ke liye kala shirt", "ladies black shirt"),
        ("shirt rouge", "shirt red"),
        ("levis jeans xyzzy kala", "levis jeans xyzzy kala"),
    ],
)
def test_a_mixed_query_is_translated_if_all_of_it_is_then_understood(query: str, now: str) -> None:
    assert corrected(query, VOCABULARY)[0] == now


def test_what_is_called_like_a_colour_may_be_the_thing() -> None:
    terms = [
        Term("category", "Face Moisturisers", "care/skin/face-moisturisers", 60),
        Term("category", "Tops", "apparel/topwear/tops", 90),
        Term("base_color", "Cream", "Cream", 400),
    ]
    own = vocabulary_reader.build(terms, ())
    colour = parse("50 gm cream", own)
    assert colour.values("base_color") == ["Cream"]
    thing = with_things_for_colours(colour, own)
    assert thing.values("category") == ["care/skin/face-moisturisers"]
    top = parse("cream top", own)
    assert with_things_for_colours(top, own) == top


def test_next_to_nothing_of_what_a_phrase_means_is_not_preferred() -> None:
    terms = [
        Term("category", "Ties and Cufflinks", "accessories/ties/ties-and-cufflinks", 2),
        Term("category", "Ties", "accessories/ties/ties", 260),
        Term("category", "Cufflinks", "accessories/cufflinks/cufflinks", 106),
    ]
    meaning = vocabulary_reader.build(terms, ()).meaning("ties and cufflinks")
    assert meaning is not None
    assert {"accessories/ties/ties", "accessories/cufflinks/cufflinks"} < set(meaning.exact)
