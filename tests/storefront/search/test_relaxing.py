"""What is given up where nothing matches."""

from storefront.search.relaxing import Step, steps
from storefront.search.understanding import understand
from tests.storefront.search.vocabularies import vocabulary

VOCABULARY = vocabulary()


def given_up(query: str) -> list[tuple[str, ...]]:
    return [step.given_up for step in steps(understand(query, VOCABULARY))]


def test_the_query_itself_comes_first() -> None:
    understood = understand("black nike shoes", VOCABULARY)
    assert steps(understood)[0] == Step(understood)


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


def test_words_are_tried_singly_before_they_are_given_up() -> None:
    assert given_up("polo leather shirt") == [
        (),
        ("polo leather",),
        ("Shirts",),
        ("polo leather",),
        ("Shirts",),
    ]
    readings = [step.understanding for step in steps(understand("polo leather shirt", VOCABULARY))]
    assert [reading.any_word for reading in readings] == [False, True, False, False, True]
    assert [len(reading.words) for reading in readings] == [2, 2, 2, 0, 2]


def test_one_wish_alone_is_never_given_up() -> None:
    assert given_up("shoes") == [()]
    assert given_up("leather") == [()]
    assert given_up("winter leather") == [()]


def test_every_reading_is_tried_once() -> None:
    found = [step.understanding for step in steps(understand("black shirt", VOCABULARY))]
    assert len(found) == len(set(found)) == 3
