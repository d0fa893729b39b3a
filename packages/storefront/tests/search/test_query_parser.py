"""What queries mean."""

from dataclasses import replace
from decimal import Decimal

import pytest
from storefront.search.language.query_parser import (
    Correction,
    ParsedQuery,
    as_words,
    corrected,
    parse,
    ranking_query,
    text_query,
)

from packages.storefront.tests.search.vocabularies import vocabulary

VOCABULARY = vocabulary()


def read(query: str) -> ParsedQuery:
    return parse(query, VOCABULARY)


def test_a_query_is_a_colour_a_kind_and_a_price() -> None:
    found = read("navy blue kurta under 1500")
    assert [(part.attribute, part.label) for part in found.segments] == [
        ("base_color", "Navy Blue"),
        ("category", "Kurtas"),
        ("price", "Up to 1500"),
    ]
    assert found.values("base_color") == ["Navy Blue"]
    assert found.preferred("category") == ["apparel/topwear/kurtas"]
    assert (found.low, found.high) == (None, Decimal(1500))
    assert found.words == ()


@pytest.mark.parametrize(
    ("query", "kind", "values"),
    [
        ("t-shirt", "category", ["apparel/topwear/tshirts"]),
        ("T Shirts", "category", ["apparel/topwear/tshirts"]),
        ("tee", "category", ["apparel/topwear/tshirts"]),
        ("hand bag", "category", ["accessories/bags/handbags"]),
        ("flipflops", "category", ["footwear/flip-flops/flip-flops"]),
        ("dresses", "category", ["apparel/dress/dresses"]),
        ("accessories", "category", ["accessories"]),
        ("sneakers", "category",
         ["footwear/shoes/casual-shoes", "footwear/shoes/sports-shoes"]),
        ("blue", "base_color", ["Blue", "Navy Blue", "Turquoise Blue"]),
        ("gray", "base_color", ["Grey"]),
        ("men's", "gender", ["Men", "Unisex"]),
        ("ladies", "gender", ["Women", "Unisex"]),
        ("kids", "gender", ["Boys", "Girls"]),
        ("levis", "brand", ["Levis", "Levi's"]),
        ("Lévi’s", "brand", ["Levis", "Levi's"]),
        ("gini jony", "brand", ["Gini and Jony", "Gini & Jony"]),
        ("united colours of benetton", "brand", ["United Colors of Benetton"]),
        ("united colors of benetton", "brand", ["United Colors of Benetton"]),
        ("casio", "brand", ["Casio", "Casio Edifice"]),
        ("casio edifice", "brand", ["Casio Edifice"]),
        ("vans", "brand", ["Vans"]),
        ("van heusen", "brand", ["Van Heusen"]),
        ("size xl", "size", ["XL"]),
        ("xl", "size", ["XL"]),
        ("size 42", "size", ["42"]),
        ("42", "size", []),
    ],
)  # fmt: skip
def test_phrases_mean_values(query: str, kind: str, values: list[str]) -> None:
    assert read(query).values(kind) == values  # type: ignore[arg-type]


def test_the_longest_phrase_wins() -> None:
    assert [part.label for part in read("red rose handbag").segments] == ["Red Rose", "Handbags"]
    assert [part.label for part in read("red handbag").segments] == ["Red", "Handbags"]
    assert [part.label for part in read("skin").segments] == ["Skin"]
    assert read("skin").segments[0].attribute == "category"


def test_a_brand_whose_word_others_say_too_stays_a_word() -> None:
    found = read("denim jacket")
    assert [word.word for word in found.words] == ["denim"]
    assert found.values("brand") == []
    assert read("black and white shirt").values("brand") == []


def test_of_two_kinds_the_last_is_the_thing_and_what_follows_with_belongs_to_it() -> None:
    bra = read("t-shirt bra")
    assert bra.values("category") == ["apparel/innerwear/bra"]
    assert [word.word for word in bra.words] == ["shirt"]
    kurta = read("kurta with dupatta")
    assert kurta.preferred("category") == ["apparel/topwear/kurtas"]
    assert [word.word for word in kurta.words] == ["dupatta"]


@pytest.mark.parametrize("query", ["jeans and jackets", "jeans, jackets", "jeans or a jacket"])
def test_kinds_that_are_listed_are_alternatives(query: str) -> None:
    assert read(query).values("category") == [
        "apparel/bottomwear/jeans",
        "apparel/topwear/jackets",
    ]


def test_a_season_ranks_but_does_not_narrow() -> None:
    found = read("winter jacket")
    assert found.values("season") == []
    assert found.preferred("season") == ["Winter"]


def test_talk_is_not_searched_for() -> None:
    found = read("I am looking for the best black leather handbag for women, please")
    assert [word.word for word in found.words] == ["leather"]


def test_words_become_a_text_query_that_postgres_stems() -> None:
    assert text_query(read("checked leather shi"), VOCABULARY) == (
        "(checked | check | checks | checkered | chequered | plaid) & (leather) & shi:*"
    )
    some = replace(read("polo leather"), required="any")
    assert text_query(some, VOCABULARY) == "(polo) | (leather)"
    assert text_query(replace(some, required="none"), VOCABULARY) is None
    assert text_query(read("red shoes"), VOCABULARY) is None
    assert [word.word for word in as_words("Red shoes for the office").words] == [
        "red",
        "shoes",
        "office",
    ]


@pytest.mark.parametrize(
    ("query", "ranking_words"),
    [
        ("red shoes", None),  # the catalogue's own words: what it means is_filter, and no more
        ("red polo shirt", "(red) | (polo) | (shirt)"),
        ("red sneakers", "(red) | (sneakers)"),
        ("levis or nike jeans", "(levis) | (nike) | (jeans)"),
    ],
)
def test_texts_rank_where_the_catalogue_has_no_value_for_it(
    query: str, ranking_words: str | None
) -> None:
    assert ranking_query(read(query), VOCABULARY) == ranking_words


def test_taking_a_part_away_leaves_the_other_words() -> None:
    found = read("navy blue kurta under 1500")
    assert [found.without(part) for part in found.segments] == [
        "kurta under 1500",
        "navy blue under 1500",
        "navy blue kurta",
    ]


@pytest.mark.parametrize(
    ("query", "now", "corrections"),
    [
        ("addidas shos", "adidas shoes", [("addidas", "adidas"), ("shos", "shoes")]),
        ("Blak jeens", "black jeans", [("Blak", "black"), ("jeens", "jeans")]),
        ("bluejeans", "blue jeans", [("bluejeans", "blue jeans")]),
        ("hand bag under 50", "hand bag under 50", []),
        ("lether", "leather", [("lether", "leather")]),
        ("printed dial", "printed dial", []),
        ("dres", "dres", []),  # unfinished, perhaps
        ("dres red", "dress red", [("dres", "dress")]),
        ("b0x9", "b0x9", []),
        ("zzzzzzzz", "zzzzzzzz", []),
        ("sneekers", "sneakers", [("sneekers", "sneakers")]),  # a synonym is known
        ("shoulde", "shoulde", []),  # but no single word of one: shoulder bag
    ],
)
def test_unknown_words_are_corrected(
    query: str, now: str, corrections: list[tuple[str, str]]
) -> None:
    assert corrected(query, VOCABULARY) == (now, [Correction(*pair) for pair in corrections])


@pytest.mark.parametrize(
    "query", ["", "   ", "()&|!:*'", "\u0301", "💃", "and", "under", "a" * 200]
)
def test_anything_can_be_typed(query: str) -> None:
    text, _ = corrected(query, VOCABULARY)
    assert parse(text, VOCABULARY).segments == ()
