"""Queries as they are spoken: in whole sentences, in other languages, with what is not wanted."""

from collections.abc import AsyncIterator, Callable

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.catalog import service as catalog
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.engine import Search
from storefront.search.language.corrections import corrected
from storefront.search.language.fillers import without_shop_talk
from storefront.search.language.meanings import Term
from storefront.search.language.other_goods import is_sold_elsewhere
from storefront.search.language.parsed_query import ParsedQuery
from storefront.search.language.query_parser import parse
from storefront.search.language.size_phrases import child_age
from storefront.search.paging import Paging
from storefront.search.read_model import refresh, vocabulary_reader
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader

VOCABULARY = vocabulary()


def read(query: str) -> ParsedQuery:
    return parse(query, VOCABULARY)


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("Gürtel für Jeans", "belts for jeans"), ("Uhr mit Leder", "watches with leather"),
        ("chemise pas trop chère", "shirts not too expensive"),
        ("chaussures ni noires ni bleues", "shoes nor black nor blue"),
        ("reloj para mi esposo", "watches for husband"), ("saia jeans", "skirts denim"),
        ("veste en jean", "jackets denim"),
        ("robe pour une fille de 5 ans", "dresses for girls 5 years"),
        ("プリントなしのTシャツ", "not printed tshirts"), ("母への時計", "mom watches"),
        ("オークリーの靴", "オークリー shoes"), ("ナイキの靴", "nike shoes"),
        ("कुर्ता प्रिंट के बिना", "kurtas not printed"),
        ("фирменная сумка из кожи", "фирменная handbags leather"),
        ("オークリー", "オークリー"),
    ],
)  # fmt: skip
def test_what_is_said_around_the_words_is_translated(query: str, now: str) -> None:
    assert corrected(query, VOCABULARY)[0] == now


def test_the_pieces_of_a_suit_are_its_kind() -> None:
    assert "piece" in [token.word for token in without_shop_talk("3 piece suit")]


def test_a_mat_is_not_matte() -> None:
    assert corrected("yoga mat", VOCABULARY) == ("yoga mat", [])


@pytest.mark.parametrize("query", ["what can i wear to my friend's wedding", "something to wear"])
def test_what_to_wear_is_clothing(query: str) -> None:
    assert read(query).values("category") == ["apparel"]


def test_words_that_only_link_others_are_not_reported_as_translated() -> None:
    _, corrections = corrected("Schuhe für Herren", VOCABULARY)
    assert [one.was for one in corrections] == ["Schuhe", "Herren"]


@pytest.mark.parametrize(
    ("query", "brands", "words"),
    [
        ("shoes excluding nike adidas", ["Nike", "ADIDAS"], []),
        ("no nike, adidas shoes", ["Nike", "ADIDAS"], []),
        ("no leather, just a denim jacket", [], ["leather"]),
        ("not nike but adidas shoes", ["Nike"], []),
        ("without leather, only polo shirts", [], ["leather"]),
    ],
)
def test_what_is_wanted_instead_is_not_excluded(
    query: str, brands: list[str], words: list[str]
) -> None:
    assert read(query).excluded("brand") == brands
    assert read(query).excluded_words == words


@pytest.mark.parametrize(
    "query", ["shirt for my best friend's party", "3 pcs shirt", "5 pieces shirt"]
)
def test_whose_party_it_is_and_how_many_pieces_says_nothing(query: str) -> None:
    assert not {"friends", "pcs", "pieces"} & {word.word for word in read(query).words}


@pytest.mark.parametrize(
    ("query", "is_elsewhere"),
    [
        ("tent for camping", True), ("tent for 4 persons", True), ("lamp for the table", True),
        ("shirt for camping", False), ("polo for men", False), ("for camping", False),
    ],
)  # fmt: skip
def test_what_stands_before_its_purpose_is_what_is_asked_for(
    query: str, is_elsewhere: bool
) -> None:
    assert is_sold_elsewhere(read(query), VOCABULARY) is is_elsewhere


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("lethr jacket", "leather jacket"), ("flipflps", "flipflops"), ("lthr", "leather"),
        ("loreal", "loreal"), ("casualshos", "casualshoes"),
    ],
)  # fmt: skip
def test_short_words_without_vowels_and_kinds_run_together_are_corrected(
    query: str, now: str
) -> None:
    assert corrected(query, VOCABULARY)[0] == now


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("my 5 year old nephew", "5 year old"), ("for 8 months old", "8 months old"),
        ("niece aged 9", "aged 9"), ("a 5-year-old", "5-year-old"), ("a 30 year old man", None),
        ("watch with 2 years warranty", None), ("5 dresses", None), ("aged 40", None),
    ],
)  # fmt: skip
def test_the_age_of_a_child(text: str, age: str | None) -> None:
    found = child_age(text)
    assert (text[slice(*found)] if found else None) == age


def test_panties_are_rather_for_women_if_nobody_is_named() -> None:
    terms = [Term("gender", one, one, 10) for one in ("Men", "Women")]
    terms.append(Term("category", "Briefs", "apparel/innerwear/briefs", 20))
    briefs = vocabulary_reader.build(terms, ())
    assert parse("black panties", briefs).preferred("gender") == ["Women"]
    assert parse("panties", briefs).values("gender") == []
    assert parse("panties for men", briefs).preferred("gender") == ["Men"]


@pytest.fixture
async def own(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    """A T-shirt for everybody."""
    database = fresh_database()
    people = ("Men", "Women", "Boys", "Girls")
    await catalog.import_products(
        database,
        [
            SourceProduct(number, f"Rocia {one} T-shirt", one, "Apparel", "Topwear", "Tshirts",
                          base_colour="Black", brand="Rocia")
            for number, one in enumerate(people, start=1)
        ],
    )  # fmt: skip
    await refresh.refresh_all(database)
    yield database
    await database.aclose()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("t-shirt for my 5 year old nephew", {"3"}), ("t-shirt for my niece aged 9", {"4"}),
        ("t-shirt for an 8 year old", {"3", "4"}), ("t-shirt for my nephew", {"1"}),
        ("t-shirt for a 30 year old man", {"1"}),
    ],
)  # fmt: skip
async def test_a_nephew_of_five_years_is_a_boy(own: Database, query: str, first: set[str]) -> None:
    model = ReadModel(own)
    search = Search(model, VocabularyReader(own, model))
    answer = await search.answer(query, Criteria(sort="relevance"), Paging(page_size=10))
    found = [one["product_id"] for one in answer.page.products]
    assert set(found[: len(first)]) == first
