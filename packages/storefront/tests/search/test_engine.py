"""Queries over a real read model: ranking, the vocabulary, the log."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront.catalog import bounds
from storefront.catalog import service as catalog
from storefront.catalog.source import SourcePrice, SourceProduct, SourceSize
from storefront.db import Database
from storefront.search.criteria import Criteria, Sort, Word, Words
from storefront.search.engine import Answer, Search
from storefront.search.index.ranking import merit
from storefront.search.labels import label_of
from storefront.search.language.meanings import Term
from storefront.search.language.tokenizer import stem, terms
from storefront.search.log import QueryStats, delete_old, report, running_log
from storefront.search.paging import Paging
from storefront.search.read_model import refresh as service
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader
from storefront.settings import Settings


@pytest.fixture
async def filled(emulator: Emulator, filled_database: str) -> AsyncIterator[Database]:
    """The filled database, to be read."""
    with environment(emulator, filled_database):
        database = Database(Settings())
    yield database
    await database.aclose()


@pytest.fixture
async def own(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    """A migrated database with one product."""
    database = fresh_database()
    await put(database, SourceProduct(
        7, "Zörbig Men's Rare Shirt", "Men", "Apparel", "Topwear", "Shirts", base_colour="Maroon",
        brand="Zörbig",
    ))  # fmt: skip
    yield database
    await database.aclose()


async def put(database: Database, product: SourceProduct) -> None:
    await catalog.import_products(database, [product])
    await service.refresh_all(database)


SHIRT = Words((Word((("shirt",),), is_telling=True), Word((("print",), ("printed",)))))


async def test_products_rank_by_the_points_that_are_documented(filled: Database) -> None:
    criteria = Criteria(
        sort="relevance",
        ranking_words=SHIRT,
        preferred={"base_color": ["Black", "White"], "gender": ["Women"]},
        preferred_price=(20_00, 60_00),
    )
    found = await ReadModel(filled).listing(criteria, Paging(page_size=300))
    rows = await filled.fetch(
        "select popularity, sizes_in_stock <> '{}' as is_available, is_pictured, published_at, card, "
        "details from shop.listings join shop.listing_texts using (colourway_id)"
    )

    def title(product: dict[str, Any]) -> set[str]:
        names = ("product_display_name", "brand", "article_type", "sub_category", "master_category",
                 "base_color", "color_family", "gender", "season", "usage")  # fmt: skip
        return {stem(term) for name in names for term in terms(product[name] or "")}

    shirts = sum("shirt" in title(json.loads(row["card"])) for row in rows)
    assert 10 * shirts < len(rows) < 100 * shirts  # so that the word is rare: 1 more point

    def key(row: Any) -> tuple[object, ...]:
        product = json.loads(row["card"])
        said = title(product)
        details = {stem(term) for term in terms(row["details"])}
        points = sum(3 if one in said else one in details for one in ("shirt", "print"))
        points += 2 * (product["base_color"] in ("Black", "White"))
        points += 2 * (product["gender"] == "Women")
        points += 2 * (20_00 <= product["price_minor"] <= 60_00)
        own = merit(
            popularity=row["popularity"],
            is_available=row["is_available"],
            is_pictured=row["is_pictured"],
        )
        published = int(row["published_at"].timestamp())
        return points, own, published, int(product["product_id"])

    expected = [str(key(row)[-1]) for row in sorted(rows, key=key, reverse=True)]
    assert len(expected) == 300
    assert [product["product_id"] for product in found.products] == expected


async def test_pages_of_a_ranked_listing_follow_each_other(filled: Database) -> None:
    model = ReadModel(filled)
    criteria = Criteria(sort="relevance", ranking_words=SHIRT, preferred={"gender": ["Women"]})
    whole = await model.listing(criteria, Paging(page_size=90))
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = await model.listing(criteria, Paging(page_size=30, cursor=cursor))
        seen += page.cards
        cursor = page.next_cursor
    assert seen == whole.cards


async def test_an_offer_finds_reduced_products_and_is_given_up_where_there_are_none(
    filled: Database, own: Database
) -> None:
    found = await answered(filled, "shirts on sale")
    assert found.page.products
    assert all(one["price_minor"] < one["list_price_minor"] for one in found.page.products)
    found = await answered(own, "shirts on sale")
    assert [one["product_id"] for one in found.page.products] == ["7"]
    assert found.interpretation is not None
    assert [label_of(one) for one in found.interpretation.given_up] == ["Reduced"]


async def answered(database: Database, query: str) -> Answer:
    """The answer of a process that has just started."""
    model = ReadModel(database)
    return await Search(model, VocabularyReader(database, model)).answer(
        query, Criteria(sort="relevance")
    )


async def test_the_terms_of_the_catalogue_are_its_names_and_words(own: Database) -> None:
    terms = await ReadModel(own).catalogue_terms()
    assert set(terms) >= {
        Term("brand", "Zörbig", "Zörbig", 1),
        Term("category", "Shirts", "apparel/topwear/shirts", 1),
        Term("base_color", "Maroon", "Maroon", 1),
        Term("word", "zorbig", "zorbig", 1),
        Term("word", "mens", "mens", 1),
        Term("word", "rare", "rare", 1),
        Term("word", "shirt", "shirt", 1),
    }


async def test_words_that_no_name_contains_any_more_are_forgotten(own: Database) -> None:
    model = ReadModel(own)
    assert Term("word", "rare", "rare", 1) in await model.catalogue_terms()
    await put(own, SourceProduct(
        7, "Zörbig Men's Common Shirt", "Men", "Apparel", "Topwear", "Shirts", base_colour="Blue",
        brand="Zörbig",
    ))  # fmt: skip
    async with asyncio.timeout(60):
        while Term("word", "common", "common", 1) not in await model.catalogue_terms():  # noqa: ASYNC110 - as processes do
            await asyncio.sleep(0.05)
    words = {term.text for term in await model.catalogue_terms() if term.kind == "word"}
    assert words == {"zorbig", "mens", "men", "common", "shirt"}


async def behind_its_back() -> None:
    """Let everything that runs beside this test come to its end."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def test_the_vocabulary_is_read_once_and_refreshed_in_the_background(own: Database) -> None:
    now = 0.0
    vocabulary_reader = VocabularyReader(own, ReadModel(own), clock=lambda: now)
    first = await vocabulary_reader.vocabulary()
    assert await vocabulary_reader.vocabulary() is first
    async with own.writes() as session:
        await session.execute(text("insert into shop.synonyms values ('zippy', 'shirts')"))
    now = 61.0
    assert await vocabulary_reader.vocabulary() is first
    await behind_its_back()
    renewed = await vocabulary_reader.vocabulary()
    assert first.meaning("zippy") is None
    meaning = renewed.meaning("zippy")
    assert meaning is not None
    assert meaning.values == ("apparel/topwear/shirts",)
    now = 122.0
    await vocabulary_reader.vocabulary()
    await behind_its_back()
    assert await vocabulary_reader.vocabulary() is renewed  # nothing new was said


async def test_the_merchants_words_for_words_are_found_too(own: Database) -> None:
    async with own.writes() as session:
        await session.execute(text("insert into shop.synonyms values ('seldom', 'rare')"))
    model = ReadModel(own)
    vocabulary_reader = VocabularyReader(own, model)
    answer = await Search(model, vocabulary_reader).answer("seldom", Criteria(sort="relevance"))
    assert [product["product_id"] for product in answer.page.products] == ["7"]


async def test_a_word_brings_its_kind_along_within_the_department_alone(own: Database) -> None:
    lipsticks = [
        SourceProduct(n, f"Velvet Lipstick {n}", "Women", "Personal Care", "Lips", "Lipstick")
        for n in range(100, 122)
    ]
    heels = [
        SourceProduct(n, f"Leather Buckle Wedges {n}", "Women", "Footwear", "Shoes", "Heels")
        for n in range(200, 222)
    ]
    sandal = SourceProduct(300, "Strappy Sandals", "Women", "Footwear", "Sandal", "Sandals")
    await catalog.import_products(own, [*lipsticks, *heels, sandal])
    await service.refresh_all(own)
    model = ReadModel(own)
    search = Search(model, VocabularyReader(own, model))

    async def kinds(query: str) -> set[str]:
        answer = await search.answer(query, Criteria(sort="relevance"), Paging(page_size=40))
        return {product["article_type"] for product in answer.page.products}

    assert await kinds("wedge sandals") == {"Heels"}
    assert await kinds("velvet sandals") == {"Sandals"}
    assert await kinds("buckle sandals") == {"Sandals"}  # a part is no kind


async def test_a_product_is_also_what_its_name_says(own: Database) -> None:
    """Shops list many of their sandals as heels, and what they call plum as anything."""

    def shoe(number: int, name: str, kind: str, colour: str) -> SourceProduct:
        return SourceProduct(
            number, f"Rocia Women {name}", "Women", "Footwear", "Shoes", kind,
            base_colour=colour, brand="Rocia", popularity=number,
            price=SourcePrice(200_00 - number, 200_00 - number, "USD"),
        )  # fmt: skip

    shoes = [
        shoe(100, "Brown Sandals", "Sandals", "Brown"),
        shoe(101, "Brown Sandals 7", "Heels", "Brown"),
        shoe(102, "Brown Sandals with Heels", "Heels", "Brown"),
        shoe(103, "Brown Cover for Sandals", "Heels", "Brown"),
        shoe(104, "Plum Heels", "Heels", "Brown"),
        shoe(105, "Purple Heels", "Heels", "Purple"),
        shoe(106, "Lilac Heels", "Heels", "Purple"),
    ]
    shirt = SourceProduct(200, "Sandals", "Women", "Apparel", "Topwear", "Shirts", brand="Rocia")
    await catalog.import_products(own, [*shoes, shirt])
    await service.refresh_all(own)

    assert await _numbers(own, "cheapest rocia sandals") == ["102", "101", "100"]

    sandals = await _numbers(own, "rocia sandals")
    assert sandals[0] == "100"
    assert set(sandals) == {"100", "101", "102"}
    assert await _numbers(own, "sandals") == ["100"]
    assert await _numbers(own, "plum heels") == ["104", "106", "105"]


async def test_names_that_say_all_words_come_before_words_are_given_up(own: Database) -> None:
    def shirt(number: int, name: str, colour: str) -> SourceProduct:
        return SourceProduct(
            number, f"Zörbig {name} Shirt", "Men", "Apparel", "Topwear", "Shirts",
            base_colour=colour, brand="Zörbig",
        )  # fmt: skip

    shirts = [shirt(100, "Beige Printed", "Yellow"), shirt(101, "Plain", "Beige")]
    await catalog.import_products(own, shirts)
    await service.refresh_all(own)
    answer = await _answer(own, "zorbig printed beige")
    assert [one["product_id"] for one in answer.page.products] == ["100"]
    assert [json.loads(card)["product_id"] for card in answer.close][:1] == ["101"]
    assert answer.interpretation is not None
    assert (answer.interpretation.given_up, answer.interpretation.exact) == ((), None)


async def test_products_of_this_name_come_before_others_that_match_its_words(own: Database) -> None:
    def shirt(number: int, name: str) -> SourceProduct:
        return SourceProduct(
            number, name, "Men", "Apparel", "Topwear", "Shirts", base_colour="Blue", brand="Zörbig",
            popularity=number,
        )  # fmt: skip

    names = ("Zörbig Blue Shirt", "Zörbig Men Blue Striped Shirt", "Zörbig Navy Flight Shirt")
    await catalog.import_products(own, [shirt(100 + at, name) for at, name in enumerate(names)])
    await service.refresh_all(own)
    answer = await _answer(own, "Zörbig blue shirt")
    assert answer.page.products[0]["product_id"] == "100"
    assert answer.page.facets.total == 3
    assert answer.interpretation is not None
    assert len(answer.interpretation.parsed.segments) == 3
    whole = await _answer(own, "Zörbig Navy Flight Shirt")  # there are no others
    assert [one["product_id"] for one in whole.page.products] == ["102"]


async def test_what_others_sell_may_be_the_name_of_a_brands_product(own: Database) -> None:
    await put(own, SourceProduct(
        8, "Zörbig Candy Shirt", "Men", "Apparel", "Topwear", "Shirts", brand="Zörbig",
    ))  # fmt: skip
    assert (await _answer(own, "candy")).page.products == []
    assert (await _answer(own, "zorbig candy")).page.products[0]["product_id"] == "8"


async def test_a_number_is_a_size_where_the_kind_comes_in_it(own: Database) -> None:
    def product(number: int, name: str, kind: str, system: str, size: str) -> SourceProduct:
        return SourceProduct(
            number,
            name,
            "Men",
            "Apparel",
            "Bottomwear",
            kind,
            sizes=(SourceSize(system, size, pieces=3),),
        )

    products = [
        product(100, "Blue Jeans", "Jeans", "waist", "32"),
        product(101, "Jeans 32", "Jeans", "waist", "34"),
        product(102, "Red T-Shirt", "Tshirts", "alpha", "M"),
        product(103, "Other T-Shirt", "Tshirts", "alpha", "L"),
    ]
    await catalog.import_products(own, products)
    await service.refresh_all(own)

    assert await _numbers(own, "jeans 32") == ["100"]
    assert set(await _numbers(own, "jeans 31")) == {"100", "101"}
    assert await _numbers(own, "t-shirt m") == ["102"]


@pytest.mark.parametrize("query", ["non padded bra", "unpadded bra", "bra not padded"])
async def test_a_name_may_say_that_a_product_has_not_what_is_excluded(
    own: Database, query: str
) -> None:
    names = {100: "Padded Bra", 101: "Plain Bra", 102: "Non-Padded Bra"}
    bras = [
        SourceProduct(number, name, "Women", "Apparel", "Innerwear", "Bra")
        for number, name in names.items()
    ]
    await catalog.import_products(own, bras)
    await service.refresh_all(own)
    found = await _numbers(own, query)
    assert found[0] == "102"
    assert "100" not in found


@pytest.mark.parametrize(
    "query", ["mens shirt", "men's shirt", "shirts for men", "mens shirts for sale"]
)
async def test_a_possessive_and_what_shops_say_change_nothing(filled: Database, query: str) -> None:
    plain = await answered(filled, "men shirts")
    found = await answered(filled, query)
    assert plain.page.cards == found.page.cards


async def test_a_size_that_no_product_has_is_given_up_and_is_no_word_of_names(
    own: Database,
) -> None:
    await put(
        own, SourceProduct(8, "Nina 9 Shirt", "Men", "Apparel", "Topwear", "Shirts", brand="Nina")
    )
    answer = await _answer(own, "shirt size 9")
    assert answer.page.facets.total == 2
    assert answer.interpretation is not None
    assert [label_of(one) for one in answer.interpretation.given_up] == ["Size 9"]


@pytest.mark.parametrize(("query", "total"), [("lsg 2012 jersey", 25), ("lsg 2012 sofa", 0)])
async def test_with_an_unknown_word_before_it_a_thing_is_still_a_thing(
    own: Database, query: str, total: int
) -> None:
    tops = [
        SourceProduct(n, f"Zörbig Jersey {n}", "Men", "Apparel", "Topwear", "Tshirts")
        for n in range(100, 125)
    ]
    await catalog.import_products(own, tops)
    await service.refresh_all(own)
    answer = await _answer(own, query)
    assert answer.page.facets.total == total


async def _numbers(database: Database, query: str) -> list[str]:
    """The products on the first page."""
    return [one["product_id"] for one in (await _answer(database, query)).page.products]


async def _answer(database: Database, query: str) -> Answer:
    model = ReadModel(database)
    search = Search(model, VocabularyReader(database, model))
    return await search.answer(query, Criteria(sort="relevance"))


async def test_few_products_are_followed_by_close_ones_which_are_not_counted(own: Database) -> None:
    def shirt(number: int, brand: str, colour: str, gender: str = "Men") -> SourceProduct:
        return SourceProduct(
            number, f"{brand} Shirt {number}", gender, "Apparel", "Topwear", "Shirts",
            base_colour=colour, brand=brand, popularity=number,
        )  # fmt: skip

    blue = [shirt(number, "Zörbig", "Blue") for number in range(100, 103)]
    other = [shirt(number, "Plain", "Maroon") for number in range(200, 203)]
    red = [shirt(number, "Plain", "Red") for number in range(300, 303)]
    women = [shirt(number, "Zörbig", "Maroon", "Women") for number in range(400, 403)]
    await catalog.import_products(own, [*blue, *other, *red, *women])
    await service.refresh_all(own)
    model = ReadModel(own)
    search = Search(model, VocabularyReader(own, model))

    def numbers(cards: Sequence[str]) -> list[int]:
        return [int(json.loads(card)["product_id"]) for card in cards]

    async def answer(query: str, sort: Sort = "relevance", page_size: int = 24) -> Answer:
        paging = Paging(page_size=page_size)
        return await search.answer(query, Criteria(sort=sort), paging)

    one = await answer("maroon zorbig shirts for men")
    assert numbers(one.page.cards) == [7]
    assert one.page.facets.total == 1
    assert numbers(one.close) == [102, 101, 100, 202, 201, 200, 302, 301, 300]
    assert one.interpretation is not None
    assert one.interpretation.exact is None
    assert (await answer("maroon zorbig shirts for men", sort="newest")).close == ()

    near = await answer("maroon shirts for men")
    assert near.interpretation is not None
    assert near.interpretation.exact == 4
    assert sorted(numbers(near.page.cards)[:4]) == [7, 200, 201, 202]
    assert numbers(near.page.cards)[4:] == [302, 301, 300]
    assert numbers(near.close) == [102, 101, 100]
    assert (await answer("maroon shirts for men", page_size=3)).close == ()  # another page follows


async def test_the_newest_products_are_as_varied_as_they_can_be(own: Database) -> None:
    def product(number: int, brand: str, sub: str, kind: str, day: int) -> SourceProduct:
        return SourceProduct(
            number, f"{brand} {kind} {number}", "Men", "Apparel", sub, kind, brand=brand,
            published_at=datetime(2026, 1, day, number % 24, tzinfo=UTC),
        )  # fmt: skip

    briefs = [product(n, "Under", "Innerwear", "Briefs", 20) for n in range(100, 115)]
    shirts = [product(n, f"B{n % 3}", "Topwear", "Shirts", 10) for n in range(200, 206)]
    old = [product(n, "Old", "Topwear", "Jackets", 5) for n in (7, *range(300, 310))]
    await catalog.import_products(own, [*briefs, *shirts, *old])
    await service.refresh_all(own)
    model = ReadModel(own)
    since = await model.newest_since(21)
    assert since == datetime(2026, 1, 10, 200 % 24, tzinfo=UTC)
    [cards] = await model.first_cards([Criteria(since=since)], limit=12)
    kinds = [json.loads(card)["article_type"] for card in cards]
    assert kinds == ["Shirts"] * 6 + ["Briefs"] * 6
    assert await model.newest_since(1000) == bounds.EARLIEST


async def test_searches_are_logged_in_the_background(own: Database) -> None:
    async with running_log(own) as log:
        log.record("  Navy  BLUE kurta ", 3, address="a")
        log.record("nothing", 0, address="a")
    rows = await own.fetch(
        "select query, result_count, click_count from shop.search_log order by id"
    )
    assert [tuple(row) for row in rows] == [("navy blue kurta", 3, 0), ("nothing", 0, 0)]


async def test_what_is_opened_counts_for_the_last_search_of_it_within_bounds(own: Database) -> None:
    async with own.writes() as session:
        await session.execute(text(
            "insert into shop.search_log (query, result_count, asked_at) values "
            "('shirt', 9, now() - interval '5 minutes'), ('long ago', 9, now() - interval '2 hours')"
        ))  # fmt: skip
    async with running_log(own) as log:
        log.record("shirt", 300, address="a")
        log.record("scarf", 2, address="a")
        log.record_open(" Shirt ", address="a")
        await log.write()
        for query, times in (("shirt", 100), ("scarf", 100), ("long ago", 1), ("never asked", 1)):
            for _ in range(times):
                log.record_open(query, address=query)
    rows = await own.fetch("select query, click_count from shop.search_log order by id")
    assert [tuple(row) for row in rows] == [
        ("shirt", 0), ("long ago", 0), ("shirt", 24), ("scarf", 2)
    ]  # fmt: skip


async def test_the_report_lists_frequent_searches_and_those_without_results(own: Database) -> None:
    async with own.writes() as session:
        await session.execute(text(
            "insert into shop.search_log (query, result_count, click_count, asked_at) values "
            "('boots', 5, 1, now()), ('boots', 5, 0, now()), ('kilt', 0, 0, now()), "
            "('kilt', 2, 2, now()), ('kilt', 0, 0, now()), ('sari', 9, 1, now()), "
            "('gone', 1, 1, now() - interval '31 days')"
        ))  # fmt: skip
    found = await report(own, most=2)
    assert found.frequent == [QueryStats("kilt", 3, 2, 2), QueryStats("boots", 2, 0, 1)]
    assert found.without_results == [QueryStats("kilt", 3, 2, 2)]
    assert found.frequent[1].click_rate == 0.5


async def test_old_searches_are_forgotten(own: Database) -> None:
    async with own.writes() as session:
        await session.execute(text(
            "insert into shop.search_log (query, result_count, asked_at) values "
            "('old', 1, now() - interval '91 days'), ('young', 1, now() - interval '89 days')"
        ))  # fmt: skip
    await delete_old(own)
    assert [row["query"] for row in await own.fetch("select query from shop.search_log")] == [
        "young"
    ]


async def test_a_brand_called_like_an_excluded_colour_is_not_of_that_colour(own: Database) -> None:
    named = {
        11: ("Black Coffee Men White Shirt", "White", "Black Coffee"),
        12: ("Zörbig Men Black Printed Shirt", "White", "Zörbig"),
        13: ("Zörbig Men Shirt", "Black", "Zörbig"),
    }
    for product_id, (name, colour, brand) in named.items():
        await put(own, SourceProduct(
            product_id, name, "Men", "Apparel", "Topwear", "Shirts", base_colour=colour, brand=brand,
        ))  # fmt: skip
    assert set(await _numbers(own, "shirts not black")) == {"7", "11"}


@pytest.mark.parametrize(
    "query",
    [
        "blue",
        "black shirt",
        "t-shirt",
        "women handbag",
        "red casual shoes",
        "printed shirt",
        "shirts not blue",
    ],
)
async def test_a_facet_of_a_query_counts_what_its_filter_finds(
    filled: Database, query: str
) -> None:
    model = ReadModel(filled)
    search = Search(model, VocabularyReader(filled, model))
    facets = (await search.answer(query, Criteria())).page.facets
    for name in ("gender", "category", "base_color", "color_family", "brand"):
        for one in facets.by_name.get(name, ()):
            if one.count:
                chosen = Criteria(filters={name: [one.value.value]})
                found = (await search.answer(query, chosen)).page.facets.total
                assert (name, one.value.value, found) == (name, one.value.value, one.count)
