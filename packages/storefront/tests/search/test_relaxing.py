"""What is widened or given up where too little matches."""

from storefront.search.language.relaxing import FEW, Step, steps
from storefront.search.language.understanding import understand

from packages.storefront.tests.search.vocabularies import vocabulary

VOCABULARY = vocabulary()


def found(query: str) -> list[Step]:
    return steps(understand(query, VOCABULARY))


def given_up(query: str) -> list[tuple[str, ...]]:
    return [step.given_up for step in found(query)]


def test_the_query_itself_comes_first() -> None:
    understood = understand("black nike shoes", VOCABULARY)
    assert steps(understood)[0] == Step(understood, enough=FEW)


def test_first_one_thing_is_given_up_then_more_and_the_kind_last() -> None:
    assert given_up("black nike shoes size 42 under 50") == [
        (),
        ("Size 42",),
        ("Up to 50",),
        ("Black",),
        ("Nike",),
        ("Shoes",),
        ("Size 42", "Up to 50"),
        ("Size 42", "Up to 50", "Black"),
        ("Size 42", "Up to 50", "Black", "Nike"),
    ]


def test_few_that_say_the_words_are_joined_by_those_that_do_not() -> None:
    assert [
        (s.understanding.needed, s.given_up, s.enough) for s in found("polo leather shirt")
    ] == [
        ("all", (), FEW),
        ("none", ("polo leather",), FEW),
        ("any", ("Shirts",), 1),
    ]


def test_of_words_alone_one_is_enough_before_there_is_nothing() -> None:
    assert [(s.understanding.needed, s.given_up) for s in found("polo leather")] == [
        ("all", ()),
        ("any", ("polo leather",)),
    ]


def test_few_of_a_colour_are_joined_by_its_family() -> None:
    [exact, near] = found("maroon")
    assert exact.understanding.values("base_color") == ["Maroon"]
    assert near.understanding.values("base_color") == ["Maroon", "Red"]
    assert near.understanding.preferred("base_color") == ["Maroon"]
    assert near.given_up == ()


def test_one_wish_alone_is_never_given_up() -> None:
    assert given_up("shoes") == [()]
    assert given_up("leather") == [()]
    assert given_up("winter leather") == [()]


def test_every_reading_is_another_one() -> None:
    for query in ("black shirt", "red polo leather shirt under 50", "winter shoes"):
        readings = [step.understanding for step in found(query)]
        assert len(readings) == len(set(readings))
