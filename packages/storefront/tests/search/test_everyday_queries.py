"""Queries as people type them: abbreviated, misspelt, in their own language, for somebody else."""

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.search.criteria import Criteria
from storefront.search.index import ranking
from storefront.search.language.corrections import corrected
from storefront.search.language.other_goods import is_sold_elsewhere
from storefront.search.language.parsed_query import ParsedQuery
from storefront.search.language.query_parser import parse
from storefront.search.language.relaxation import with_need
from storefront.search.language.size_phrases import without_age
from storefront.search.language.spelling import Speller
from storefront.search.language.word_matching import (
    excluded_words,
    lacking_words,
    names,
    ranking_words,
    required_words,
)
from storefront.search.query_criteria import combined

VOCABULARY = vocabulary()


def read(query: str) -> ParsedQuery:
    return parse(query, VOCABULARY)


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("shoes w/o heels", "shoes without heels"), ("kurta w/ dupatta", "kurta with dupatta"),
        ("3/4 pants", "three quarter pants"), ("shirt 3/4 sleeve", "shirt 3/4 sleeve"),
        ("shirt sz 42", "shirt size 42"), ("jacket withot hood", "jacket without hood"),
        ("shirt wihtout collar", "shirt without collar"), ("shirt undr 50", "shirt under 50"),
        ("bleu shrit", "blue shirt"), ("bleu jens", "blue jeans"), ("bleu nkie", "blue nike"),
    ],
)  # fmt: skip
def test_what_is_abbreviated_or_misspelt_is_written_out(query: str, now: str) -> None:
    assert corrected(query, VOCABULARY)[0] == now


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("nikeshoes", "nike shoes"), ("womenshoes", "women shoes"), ("blackshirt", "black shirt"),
        ("tshirtformen", "tshirt for men"), ("handbagsforwomen", "handbags for women"),
        ("leatherhandbagforwomen", "leather handbag for women"), ("printedshirt", "printed shirt"),
        ("mensformalshoes", "mens formal shoes"), ("redtshirtwithjeans", "red tshirt with jeans"),
        ("xyzzy blackshirt", "xyzzy black shirt"), ("boxershorts", "boxers"),
        ("damen lederhose", "women leather trousers"), ("bragas", "briefs"), ("forwomen", "forwomen"),
    ],
)  # fmt: skip
def test_words_written_as_one_are_taken_apart_before_they_are_changed(query: str, now: str) -> None:
    assert corrected(query, VOCABULARY)[0] == now


@pytest.mark.parametrize(
    "query",
    [
        "trending shoes", "shoes infinity", "colgate shirt", "tshirt of salman", "virat kohli jersey",
        "salman khan shirt", "jeans 5 seater",
    ],
)  # fmt: skip
def test_words_unlike_all_others_are_not_changed(query: str) -> None:
    assert corrected(query, VOCABULARY) == (query, [])


@pytest.mark.parametrize(
    "query",
    [
        "trending shirts", "hot selling shirts", "shirts in high demand",
        "fancy shirts limited offer", "shirts deals",
    ],
)  # fmt: skip
def test_what_advertisements_say_says_nothing(query: str) -> None:
    found = read(query)
    assert (found.values("category"), found.words) == (["apparel/topwear/shirts"], ())


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("bakpak", "backpack"), ("snkrs", "sneakers"), ("jckt", "jacket"), ("wllt", "wallet"),
        ("snacks", None), ("bckhm", None),
    ],
)  # fmt: skip
def test_words_that_sound_alike_are_found(word: str, meant: str | None) -> None:
    speller = Speller(dict.fromkeys(("backpack", "sneakers", "jacket", "wallet"), 50))
    assert speller.correction(word) == meant


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("reloj para mi novio", "watches for boyfriend"),
        ("reloj para mi novia", "watches for girlfriend"),
        ("zapatos niño", "shoes boys"), ("zapatos niña", "shoes girls"),
        ("sandali bambina", "sandals girls"), ("pantalones cortos deportivos", "shorts sports"),
        ("黒以外の靴下", "except black socks"), ("赤じゃない靴", "not red shoes"),
        ("काले के अलावा जूते", "except black shoes"),
        ("zapatos que no sean negros", "shoes except black"),
        ("chaussures sauf noir", "shoes except black"),
        ("100ドル以下の時計", "under 100 dollars watches"), ("1万円以下の靴", "under 10000 yen shoes"),
        ("reggiseno senza ferretto", "bra without wired"), ("borsa a tracolla", "sling bag"),
        ("lal rang ki chappal", "red chappal"), ("Badeanzug", "swimsuit"),
        ("camisa social branca", "formal shirts white"),
    ],
)  # fmt: skip
def test_words_of_other_languages_mean_what_they_are_listed_as(query: str, now: str) -> None:
    assert corrected(query, VOCABULARY)[0] == now


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("tshirt for my toddler girl", ["Girls"]), ("kids shoes for girls", ["Girls"]),
        ("toddler tshirt", ["Boys", "Girls"]), ("denim shorts teen girl", ["Women", "Unisex"]),
        ("shirts for men and women", ["Men", "Unisex", "Women"]),
    ],
)  # fmt: skip
def test_people_who_are_said_twice_are_the_fewer(query: str, people: list[str]) -> None:
    found = read(query)
    assert found.values("gender") == people
    assert {word.word for word in found.words} <= {"denim"}
    assert len({segment.start for segment in found.segments}) == len(found.segments)


def test_a_size_has_several_spellings() -> None:
    assert read("shirt size medium").values("size") == ["M"]
    assert read("size small shirt").values("size") == ["S"]
    assert "large" not in VOCABULARY.sizes  # there is no L


def test_a_colour_that_is_excluded_is_not_in_names_either() -> None:
    criteria = combined(read("shirts not navy blue or black"), Criteria(), VOCABULARY, "USD")
    assert criteria.excluded_names == (("navy", "blue"), ("black",))
    assert criteria.needs_texts
    assert combined(read("black shirts"), Criteria(), VOCABULARY, "USD").excluded_names == ()


def test_what_has_an_excluded_feature_need_not_say_so() -> None:
    excluded = excluded_words(read("tshirt without collar"), VOCABULARY)
    assert {said for word in excluded for said in word.alternatives} == {
        ("collar",),
        ("collared",),
        ("polo",),
        ("polo", "neck"),
        ("polo", "collar"),
    }


def test_not_having_something_is_also_said_by_another_word_for_it() -> None:
    known = vocabulary(("nonwired", "once"))
    assert lacking_words(parse("bra without underwire", known), known) == ("nonwired",)


def test_a_number_with_its_unit_is_written_apart_too() -> None:
    [word] = required_words(read("shirt 100ml"), VOCABULARY)
    assert word.alternatives == (("100ml",), ("100", "ml"))


@pytest.mark.parametrize("query", ["shirt 20 litre", "shirt 20 ltrs", "shirt 20 liters"])
def test_a_unit_has_several_spellings(query: str) -> None:
    corrected_query, _ = corrected(query, VOCABULARY)
    [word] = required_words(read(corrected_query), VOCABULARY)
    assert {("20", "litre"), ("20", "ltr"), ("20", "l")} <= {*word.alternatives}


def test_a_number_and_its_unit_in_one_word_are_written_in_every_way() -> None:
    [word] = required_words(read("shirt 20l"), VOCABULARY)
    assert {("20l",), ("20", "l"), ("20", "ltr"), ("20", "litre")} <= {*word.alternatives}


@pytest.mark.parametrize(
    ("word", "other", "is_same"),
    [
        ("metallic", "metalic", True), ("mocassins", "moccasin", True), ("copper", "cooper", False),
        ("filla", "fila", False),
    ],
)  # fmt: skip
def test_a_word_has_other_spellings_in_names(word: str, other: str, is_same: bool) -> None:
    assert ((other,) in VOCABULARY.alternatives((word,))) == is_same
    assert ((word,) in VOCABULARY.alternatives((other,))) == is_same


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kids shoes", {"kids", "kid"}), ("boys blue shoes", {"boys", "boy"}),
        ("kids shoes for girls", {"girls", "girl"}), ("womens blue shoes", set()),
    ],
)  # fmt: skip
def test_what_is_for_children_may_be_said_by_its_name(query: str, said: set[str]) -> None:
    found = names(read(query), VOCABULARY).get("gender", ())
    assert {word for [word] in found} == said


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("keilabsatz beige", "wedges beige"), ("chaussures compensées", "wedges"),
        ("zapatos de cuña", "wedges"), ("scarpe con zeppa", "wedges"),
        ("sandália anabela", "wedges"), ("туфли на танкетке", "wedges"), ("ウェッジソール", "wedges"),
    ],
)  # fmt: skip
def test_wedges_are_known_in_every_language(query: str, now: str) -> None:
    assert corrected(query, VOCABULARY)[0] == now


def test_a_year_after_the_name_of_a_shoe_is_no_price() -> None:
    assert read("nike air max 2011").high is None


def test_words_that_no_filter_says_are_telling() -> None:
    dragon, tee = ranking_words(read("dragon tee"), VOCABULARY)
    assert (dragon.is_telling, tee.is_telling) == (True, False)


@pytest.mark.parametrize(
    ("matching", "results", "points"),
    [(0, 100, 0), (40, 100, 0), (20, 100, 1), (10, 100, 1), (1, 100, 2), (1, 9999, 3)],
)
def test_a_word_that_few_results_have_ranks_higher(
    matching: int, results: int, points: int
) -> None:
    assert ranking.rarity(matching, results) == points


@pytest.mark.parametrize(
    ("query", "is_liked"),
    [
        ("gift boy spiderman", True), ("gift for my dad who runs", True), ("gift for dad", False),
        ("gift for a man who has everything", False), ("birthday gift for wife", False),
    ],
)  # fmt: skip
def test_a_gift_is_first_what_the_person_likes(query: str, is_liked: bool) -> None:
    first, second, *_others = with_need(read(query), VOCABULARY, is_matched=True)
    gifts = ("accessories/watches/watches", "accessories/bags/handbags")
    assert (second if is_liked else first).query.meant == gifts


@pytest.mark.parametrize(
    ("query", "is_elsewhere"),
    [
        ("watch battery", True), ("watch winder", True), ("shoe rack", True), ("jacket hanger", True),
        ("socks for dogs", True), ("shoes for my cat", True), ("blue watch", False),
        ("battery watch", False), ("jeans with dogs", False),
    ],
)  # fmt: skip
def test_what_belongs_to_a_thing_of_the_shop_is_none(query: str, is_elsewhere: bool) -> None:
    assert is_sold_elsewhere(read(query), VOCABULARY) is is_elsewhere


@pytest.mark.parametrize(
    ("query", "is_elsewhere"),
    [
        ("blue coin 24k 10 gram", True), ("sofa cover 5 seater", True), ("hand kerchief", True),
        ("rice 5kg", True), ("milk 1 ltr", True), ("blue shirt 10", False), ("handbags 20 litre", False),
    ],
)  # fmt: skip
def test_how_much_is_wanted_is_not_the_thing(query: str, is_elsewhere: bool) -> None:
    assert is_sold_elsewhere(read(query), VOCABULARY) is is_elsewhere


def test_an_age_that_is_no_size_says_nothing() -> None:
    aged = without_age(read("black shirt for a 12 year old"))
    assert aged.words == ()
    assert [one.attribute for one in aged.segments] == ["base_color", "category"]
    alone = read("12 years")
    assert without_age(alone) == alone


def test_a_query_is_read_again_by_another_vocabulary() -> None:
    assert parse("zonk", vocabulary(("zonk", "jeans"))).has_kind
    assert not parse("zonk", VOCABULARY).has_kind
