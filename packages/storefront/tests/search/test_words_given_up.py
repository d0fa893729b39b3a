"""Queries of which few products have every word: what is given up, and what is found instead."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.catalog import service as catalog
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.engine import Answer, Search
from storefront.search.labels import label_of
from storefront.search.language.fillers import is_title
from storefront.search.language.meanings import Term
from storefront.search.language.parsed_query import ParsedQuery
from storefront.search.language.query_parser import parse
from storefront.search.language.relaxation import meant_within
from storefront.search.language.word_matching import ranking_words
from storefront.search.paging import Paging
from storefront.search.read_model import refresh, vocabulary_reader
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader

VOCABULARY = vocabulary()


def read(query: str) -> ParsedQuery:
    return parse(query, VOCABULARY)


@pytest.fixture
async def own(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    """A migrated database without products."""
    database = fresh_database()
    yield database
    await database.aclose()


async def put(database: Database, *products: SourceProduct) -> None:
    await catalog.import_products(database, list(products))
    await refresh.refresh_all(database)


async def answered(database: Database, query: str) -> Answer:
    model = ReadModel(database)
    search = Search(model, VocabularyReader(database, model))
    return await search.answer(query, Criteria(sort="relevance"), Paging(page_size=40))


def product(
    number: int,
    name: str,
    kind: str,
    *,
    brand: str = "Rocia",
    colour: str = "Black",
    usage: str = "Casual",
) -> SourceProduct:
    master, sub = (
        ("Footwear", "Shoes") if "Shoes" in kind or kind == "Heels" else ("Apparel", "Topwear")
    )
    return SourceProduct(
        number, f"{brand} {name}", "Women", master, sub, kind, base_colour=colour, brand=brand,
        usage=usage,
    )  # fmt: skip


async def test_a_word_that_names_a_thing_is_kept_longer_than_its_colour_or_brand(
    own: Database,
) -> None:
    mojaris = [product(100 + n, f"Mojaris {n}", "Heels") for n in range(11)]
    pink = product(120, "Pink Mojaris", "Heels", colour="Pink")
    tops = [
        product(200 + n, f"Pink Top {n}", "Tops", brand="Elva", colour="Pink") for n in range(12)
    ]
    await put(own, *mojaris, pink, *tops)

    answer = await answered(own, "pink mojaris")
    assert answer.page.products[0]["product_id"] == "120"
    assert {one["article_type"] for one in answer.page.products} == {"Heels"}
    assert answer.interpretation is not None
    assert [label_of(one) for one in answer.interpretation.given_up] == ["Pink"]
    assert answer.interpretation.exact == 1

    assert {one["brand"] for one in (await answered(own, "elva mojaris")).page.products} == {"Elva"}
    await put(own, product(220, "Running", "Sports Shoes", brand="Elva"))  # has shoes at least
    other_brand = await answered(own, "elva mojaris")
    assert {one["article_type"] for one in other_brand.page.products} == {"Heels"}


async def test_an_occasion_without_products_of_the_kind_falls_to_a_similar_one(
    own: Database,
) -> None:
    await put(
        own,
        *(product(100 + n, f"Walking {n}", "Sports Shoes", usage="Sports") for n in range(4)),
        product(200, "Plain", "Formal Shoes", usage="Formal"),
        *(product(300 + n, f"Party Top {n}", "Tops", usage="Party") for n in range(2)),
        *(product(310 + n, f"Top {n}", "Tops", usage="Ethnic") for n in range(12)),
    )
    assert (await answered(own, "shoes for a wedding")).page.products[0]["product_id"] == "200"


async def test_names_that_say_the_occasion_come_before_products_listed_under_it(
    own: Database,
) -> None:
    listed = [product(100 + n, f"Top {n}", "Tops", usage="Party") for n in range(12)]
    await put(own, *listed, product(200, "Party Top", "Tops"))
    assert (await answered(own, "party tops")).page.products[0]["product_id"] == "200"


async def test_a_name_that_says_the_rest_is_not_of_the_brand(own: Database) -> None:
    polos = [product(100 + n, f"Polo {n}", "Tshirts", brand="U.S. Polo Assn.") for n in range(3)]
    await put(own, *polos, product(200, "Polo T-shirt Collar", "Tshirts", brand="ADIDAS"))
    found = await answered(own, "us polo tshirt collar")
    assert {one["brand"] for one in found.page.products} == {"U.S. Polo Assn."}


def test_words_of_an_occasion_rank_but_not_fillers() -> None:
    assert [w.literal for w in ranking_words(read("gym jeans"), VOCABULARY)] == [("gym",), ()]
    assert ranking_words(read("jeans to work in"), VOCABULARY) == ()


def test_whom_it_is_for_ranks_no_name() -> None:
    said = ranking_words(read("printed jeans women"), VOCABULARY)
    assert [word.alternatives[0] for word in said] == [("printed",), ("jeans",)]


def test_the_words_of_a_need_are_not_rarer_than_its_kinds() -> None:
    query = read("leather jeans")
    assert [w.is_telling for w in ranking_words(query, VOCABULARY)] == [True, False]
    need = replace(query, meant=("apparel/bottomwear/jeans",))
    assert not any(word.is_telling for word in ranking_words(need, VOCABULARY))


def test_a_filler_may_be_a_part_of_a_phrase() -> None:
    assert [word.word for word in read("quick dry jeans").words] == ["quickdry"]
    assert ranking_words(read("dry fit jeans"), VOCABULARY)[0].alternatives[1] == ("dry", "fit")
    assert [word.word for word in read("leather fit jeans").words] == ["leather"]


def test_what_has_no_laces_ranks_first_without_laces() -> None:
    said = [word.alternatives for word in ranking_words(read("shoes without laces"), VOCABULARY)]
    assert said == [(("slipon",), ("loafer",), ("velcro",), ("moccasin",))]


def test_a_kind_of_another_department_that_is_excluded_is_a_word() -> None:
    query = read("flip flops without bra")
    assert (query.excluded("category"), query.excluded_words) == ([], ["bra"])
    assert read("flip flops not heels").excluded("category") == ["footwear/shoes/heels"]


def test_people_between_two_kinds_say_that_both_are_wanted() -> None:
    assert len(read("handbags womens watches").values("category")) == 2
    assert read("jeans for women dress").values("category") == ["apparel/bottomwear/jeans"]
    assert read("t-shirt bra women").values("category") == ["apparel/innerwear/bra"]


TITLE = "Men Printed Round Neck Cotton Black T-Shirt (L) - Trending Stylish Latest 50% Off"


def test_what_a_pasted_title_praises_is_not_asked_for() -> None:
    query = read(TITLE)
    assert (query.sort, query.values("offer")) == (None, [])
    assert query.values("category") == ["apparel/topwear/tshirts"]
    assert "latest" not in [word.word for word in query.words]
    assert read(TITLE.lower()).sort == ("newest", "desc")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (TITLE, True), ("Titan Women's Analog Watch With Golden Dial [Limited Offer]!!!", True),
        ("Latest Nike Shoes For Men Size Nine", False), ("latest shoes (men) to run in rain", False),
        ("LATEST BLACK SHOES (MEN) SIZE NINE NOW", False), ("Shoes - Latest", False),
    ],
)  # fmt: skip
def test_a_title_has_capitals_and_signs(text: str, is_one: bool) -> None:
    assert is_title(text) == is_one


def test_a_need_for_a_wide_kind_ranks_the_kinds_within_it() -> None:
    sports = ("footwear/shoes/sports-shoes",)
    assert meant_within(read("which shoes should i take on a mountain trail"), VOCABULARY) == sports
    assert meant_within(read("mountain trail shoes"), VOCABULARY) == ()  # not phrased as a need
    assert meant_within(read("which casual shoes for a mountain trail"), VOCABULARY) == ()


def test_another_form_of_a_filler_is_no_brand() -> None:
    kinds = [
        Term("brand", "Pieces", "Pieces", 10),
        Term("category", "Tops", "apparel/topwear/tops", 9),
    ]
    known = vocabulary_reader.build(kinds, ())
    assert parse("three piece tops", known).values("brand") == []
    assert parse("pieces tops", known).values("brand") == ["Pieces"]
