"""What is widened or dropped where too little matches."""

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.search.labels import label_of
from storefront.search.language.other_goods import is_sold_elsewhere
from storefront.search.language.query_parser import parse
from storefront.search.language.relaxation import (
    FEW,
    Relaxation,
    at_home,
    closest,
    elsewhere,
    in_names,
    relaxations,
    with_need,
)
from storefront.search.language.word_matching import ranking_words

VOCABULARY = vocabulary()


def found(query: str) -> list[Relaxation]:
    return relaxations(parse(query, VOCABULARY))


def given_up_by(variant: Relaxation) -> tuple[str, ...]:
    """What a variant gives up, as it is shown."""
    return tuple(map(label_of, variant.given_up))


def given_up(query: str) -> list[tuple[str, ...]]:
    return [given_up_by(variant) for variant in found(query)]


def test_the_query_itself_comes_first() -> None:
    parsed = parse("black nike shoes", VOCABULARY)
    assert relaxations(parsed)[0] == Relaxation(parsed, enough=FEW)


def test_first_one_thing_is_given_up_then_more_and_the_kind_last() -> None:
    assert given_up("black nike shoes size 42 under 50") == [
        (),
        ("Size 42",),
        ("Up to 50",),
        ("Black",),
        ("Shoes",),  # all that Nike has for feet
        ("Nike",),
        ("Shoes",),
        ("Size 42", "Up to 50"),
        ("Size 42", "Up to 50", "Black"),
        ("Size 42", "Up to 50", "Black", "Nike"),
    ]


def test_few_that_say_the_words_are_joined_by_those_that_do_not() -> None:
    assert [
        (s.query.word_match, given_up_by(s), s.enough) for s in found("polo leather shirt")
    ] == [
        ("all", (), FEW),
        ("none", ("polo leather",), FEW),
        ("any", ("Shirts",), 1),
    ]


def test_one_that_has_all_words_is_enough_before_a_need_unless_it_is_phrased_as_one() -> None:
    for query, enough in (("sporty running feet", 1), ("something for running feet", FEW)):
        first, need, *_ = with_need(parse(query, VOCABULARY), VOCABULARY, is_matched=True)
        assert (first.enough, bool(need.query.meant)) == (enough, True)


def test_before_anything_is_given_up_names_may_say_what_is_listed_otherwise() -> None:
    said = in_names(parse("casual polo black nike shirt for women", VOCABULARY))
    assert said is not None
    assert [label_of(segment.label) for segment in said.segments] == ["Casual", "Shirts"]
    assert [word.word for word in said.words] == ["polo", "black", "nike", "women"]


@pytest.mark.parametrize(
    "query", ["polo shirts", "black shirt under 50", "nike shirt not black", "black shirt size 42"]
)
def test_a_price_a_size_and_what_is_not_wanted_are_in_no_name(query: str) -> None:
    assert in_names(parse(query, VOCABULARY)) is None


def test_a_collar_is_for_a_dog_unless_a_shirt_has_it() -> None:
    assert is_sold_elsewhere(parse("red collar", VOCABULARY), VOCABULARY)
    assert not is_sold_elsewhere(parse("polo shirt collar", VOCABULARY), VOCABULARY)


def test_of_words_alone_one_is_enough_before_there_is_nothing() -> None:
    assert [(s.query.word_match, given_up_by(s)) for s in found("polo leather")] == [
        ("all", ()),
        ("any", ("polo leather",)),
    ]


def test_the_words_of_a_kind_that_was_widened_rank() -> None:
    """Of the other shoes those called sports shoes come first, of the tops for kids the jackets."""
    whole, *_ = found("sports shoes for women")
    [similar] = [
        one
        for one in found("sports shoes for women")
        if given_up_by(one) == ("Sports Shoes",) and one.query.has_kind
    ]
    assert ranking_words(whole.query, VOCABULARY) == ()
    ranked = [word.alternatives[0] for word in ranking_words(similar.query, VOCABULARY)]
    assert ranked[:2] == [("sports",), ("shoes",)]


def test_few_of_a_colour_are_joined_by_its_family() -> None:
    [exact, near] = found("maroon")
    assert exact.query.values("base_color") == ["Maroon"]
    assert near.query.values("base_color") == ["Maroon", "Red"]
    assert near.query.preferred("base_color") == ["Maroon"]
    assert given_up_by(near) == ()


def test_one_wish_alone_is_never_given_up() -> None:
    assert given_up("shoes") == [()]
    assert given_up("leather") == [()]
    assert given_up("winter leather") == [()]


def test_every_reading_is_another_one() -> None:
    for query in ("black shirt", "red polo leather shirt under 50", "winter shoes"):
        readings = [variant.query for variant in found(query)]
        assert len(readings) == len(set(readings))


def test_words_may_belong_to_another_kind_of_the_department() -> None:
    query = parse("polo jeans", VOCABULARY)
    wider = elsewhere(query)
    assert wider is not None
    home = at_home(query, wider, "apparel/topwear/tshirts")
    assert home.query.values("category") == ["apparel/bottomwear/jeans", "apparel/topwear/tshirts"]
    assert home.query.preferred("category") == ["apparel/bottomwear/jeans"]
    assert wider.query.values("category") == ["apparel"]
    assert wider.query.preferred("category") == ["apparel/bottomwear/jeans"]
    assert given_up_by(wider) == ("Jeans",)
    assert elsewhere(parse("polo", VOCABULARY)) is None
    assert elsewhere(parse("jeans", VOCABULARY)) is None


def test_of_a_kind_for_women_what_is_beside_it_comes_before_the_same_for_men() -> None:
    assert given_up("casual shoes women") == [
        (),
        ("Casual Shoes",),  # other shoes
        ("Women",),
        ("Casual Shoes",),
    ]


def test_what_comes_close_is_of_the_same_kind_and_for_the_same_people() -> None:
    variants = found("black nike shoes women")
    assert [given_up_by(one) for one in closest(variants, 0)] == [("Black",), ("Nike",)]
    nowhere_else = found("polo leather")
    assert closest(nowhere_else, 0) == []


def test_a_colour_that_was_widened_to_its_family_is_given_up_as_well() -> None:
    exact, near, dropped, *_others = found("maroon shirts")
    assert near.query.values("base_color") == ["Maroon", "Red"]
    assert given_up_by(dropped) == ("Maroon",)
    assert dropped.query.values("base_color") == []
    assert exact.query.values("base_color") == ["Maroon"]


def test_for_girls_without_heels_are_those_for_women_and_not_other_things_for_girls() -> None:
    _, unisex, grown_up, similar, *_ = found("heels for girls")
    assert unisex.query.values("gender") == ["Girls", "Unisex"]
    assert (given_up_by(grown_up), given_up_by(similar)) == (("Girls",), ("Heels",))
    assert grown_up.query.values("gender") == ["Women", "Unisex"]
    assert grown_up.query.values("category") == ["footwear/shoes/heels"]


def test_what_others_sell_before_a_kind_describes_it() -> None:
    assert not is_sold_elsewhere(parse("coin handbag", VOCABULARY), VOCABULARY)
    assert not is_sold_elsewhere(parse("coin purse", VOCABULARY), VOCABULARY)
    assert is_sold_elsewhere(parse("purse coin", VOCABULARY), VOCABULARY)
