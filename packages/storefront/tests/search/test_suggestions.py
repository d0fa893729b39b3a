"""What is offered while somebody types."""

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.search.language import suggestions
from storefront.search.language.spelling import Speller
from storefront.search.language.suggestions import Suggestions
from storefront.search.language.vocabulary import Vocabulary

VOCABULARY = vocabulary()


def suggest(text: str, known: Vocabulary) -> Suggestions:
    """The first suggestions, for the longest tail."""
    return next(suggestions.suggest(text, known))


def test_a_beginning_is_completed_to_what_most_products_have() -> None:
    found = suggest("sho", VOCABULARY)
    assert found.queries[0] == "shoes"
    assert [term.text for term in found.categories] == ["Shoes", "Casual Shoes", "Sports Shoes"]
    assert found.categories[0].value == "footwear/shoes"
    assert found.brands == []


def test_what_means_the_same_is_offered_once() -> None:
    assert suggest("kurtas", VOCABULARY).queries == ["kurtas"]
    assert suggest("shirt", VOCABULARY).queries == ["shirts"]


def test_brands_are_found_by_any_of_their_words() -> None:
    assert [term.text for term in suggest("edif", VOCABULARY).brands] == ["Casio Edifice"]
    assert [term.text for term in suggest("united col", VOCABULARY).brands] == [
        "United Colors of Benetton"
    ]


def test_a_name_of_one_word_is_found_in_two() -> None:
    assert [term.text for term in suggest("t-sh", VOCABULARY).categories] == ["Tshirts"]


def test_what_was_typed_before_stays_and_no_category_loses_it() -> None:
    found = suggest("black sho", VOCABULARY)
    assert found.queries[0] == "black shoes"
    assert found.head == "black "
    assert found.categories == []


def test_shorter_tails_are_completed_after_the_longest() -> None:
    found = list(suggestions.suggest("shirts in navy b", VOCABULARY))
    assert [one.head for one in found] == ["shirts in ", "shirts in navy "]
    assert found[0].queries == ["shirts in navy blue"]
    assert "shirts in navy black" in found[1].queries
    assert [one.head for one in suggestions.suggest("xyzzy", VOCABULARY)] == [""]


@pytest.mark.parametrize(
    ("text", "query", "english"),
    [
        ("schwarze sch", "schwarze schuh", "black shoes"), ("robe bl", "robe blanc", "dresses white"),
        ("кросс", "кроссовки", "sneakers"), ("スニ", "スニーカー", "sneakers"),
        ("camisa br", "camisa branco", "shirts white"), ("लाल जू", "लाल जूता", "red shoes"),
    ],
)  # fmt: skip
def test_words_of_other_languages_are_completed_last(text: str, query: str, english: str) -> None:
    *_, last = suggestions.suggest(text, VOCABULARY)
    assert last.english[query] == english
    assert last.queries == list(last.english)


@pytest.mark.parametrize("text", ["schwarze schw", "zzz sch", "x"])
def test_a_word_that_says_nothing_more_completes_nothing(text: str) -> None:
    assert not any(one.english for one in suggestions.suggest(text, VOCABULARY))


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("shirt for ", ["shirt for men", "shirt for women", "shirt for boys"]),
        ("shirt for w", ["shirt for women", "shirt for wife"]),
        ("shirt for my h", ["shirt for my husband"]), ("for my d", ["for my dad", "for my daughter"]),
        ("shoes under 5", ["shoes under 50"]), ("shoes under 45", ["shoes under 45"]),
    ],
)  # fmt: skip
def test_after_for_come_people_and_occasions_and_after_under_a_price(
    text: str, queries: list[str]
) -> None:
    found = suggest(text, VOCABULARY)
    assert found.queries[: len(queries)] == queries
    assert list(found.places) == found.queries


@pytest.mark.parametrize("text", ["shirt for", "forty fo", "shirt for mz"])
def test_other_endings_are_completed_as_usual(text: str) -> None:
    assert not any(one.places for one in suggestions.suggest(text, VOCABULARY))


def test_words_before_a_completion_are_corrected() -> None:
    *_, last = suggestions.suggest("addidas sho", VOCABULARY)
    assert last.queries[0] == "adidas shoes"
    assert [one.head for one in suggestions.suggest("adidas sho", VOCABULARY)] == ["adidas "]


def test_after_a_negation_no_kinds_are_offered() -> None:
    assert suggest("without bl", VOCABULARY).queries[0] == "without blue"
    assert suggest("without sh", VOCABULARY).categories == []
    assert "without casual shoes" not in suggest("without sh", VOCABULARY).queries


@pytest.mark.parametrize(
    ("text", "offered", "not_offered"),
    [
        ("chaussures h", "chaussures homme", "chaussures habits"),  # clothes are no shoes
        ("schuhe f", "schuhe frauen", "schuhe freund"),
        ("schuhe für f", "schuhe für freund", "schuhe für feier rot"),
        ("scarpe da c", "scarpe da corsa", "scarpe da casa"), ("sac à m", "sac à main", "sac à mère"),
        ("tênis a", "tênis azul", "tênis anniversaire"),  # Spanish or Portuguese, not French
    ],
)  # fmt: skip
def test_words_of_other_languages_go_with_those_before_them(
    text: str, offered: str, not_offered: str
) -> None:
    queries = [query for one in suggestions.suggest(text, VOCABULARY) for query in one.english]
    assert offered in queries
    assert not_offered not in queries


def test_what_was_typed_is_not_suggested_once_more() -> None:
    after_blue = suggest("blue b", VOCABULARY).queries
    assert "blue black" in after_blue
    assert "blue blue" not in after_blue
    assert "shirts shirts" not in suggest("shirts sh", VOCABULARY).queries


def test_of_all_words_with_a_beginning_the_most_frequent_come_first() -> None:
    words = {
        **{f"s{number:03}": number for number in range(3, 900)},
        "shirts": 500,
        "sh": 2,
        "s": 999,
    }
    speller = Speller(words)
    assert speller.completions("s") == ["s899", "s898", "s897", "s896", "s895"]
    assert speller.completions("sh") == ["shirts"]  # one that two products have may be misspelt
    assert speller.completions("x") == []


def test_an_unknown_word_is_corrected_first() -> None:
    assert suggest("addidas", VOCABULARY).read_as == "adidas"
    assert suggest("addidas", VOCABULARY).queries == ["adidas"]


@pytest.mark.parametrize("text", ["", " ", "!!", "xyzzy", "\u0301"])
def test_nothing_known_offers_nothing(text: str) -> None:
    assert suggest(text, VOCABULARY) == Suggestions(text)
