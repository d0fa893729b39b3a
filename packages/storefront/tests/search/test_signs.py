"""Words with signs in them, product numbers and other scripts: whatever a name says finds it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable

import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from packages.storefront.tests.search.finding import Shop, each_finds_its_product
from storefront.catalog import service as catalog
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct, SourceSize
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.read_model import refresh as service
from storefront.settings import Settings
from tests.databases import Databases

NAMES = {
    7001: "Lüders Straße 9 Tee", 7002: "Ørsted Øre Tee", 7003: "Łódź Tee", 7004: "O'Neill Tee",
    7005: "O’Neill Swim Tee", 7006: "Gadget ABC-123/45.X Tee",
    7007: "SPF-15 Cream", 7008: "SPF 50 Cream",
    7009: "3/4 Pants", 7010: "Model 1019-201 Tee", 7011: "Mr.Happy Tee", 7012: "Self-Design Saree",
    7013: "CR_BTS Tee", 7014: "BABY-G Watch", 7015: "Casio SHN-5016D-7ADR Watch", 7016: "Levi's Jeans",
    7017: "Кроссовки Tee", 7018: "कुर्ता Tee", 7019: "Tシャツ Tee", 7020: "34 Waist Tee",
    7021: "C Tee 18", 7022: "C++ Tee", 7023: "Thrill 18+ Deo", 7024: "Bw!tch Bra", 7025: "1/2 Sleeve",
    7026: "Dri-Fit Tee", 7027: "Rock n Roll Tee", 7028: "100% Cotton Tee", 7029: "Tie+Cufflink+Clip Set",
    2**62: "Last Number Tee",
}  # fmt: skip


async def filled(products: Iterable[SourceProduct | Rejected]) -> None:
    """Fill the database of the process environment, which is migrated and empty."""
    database = Database(Settings())
    await catalog.import_products(database, products)
    await service.refresh_all(database)
    await database.aclose()


def product(number: int, name: str) -> SourceProduct:
    size = SourceSize(
        "alpha", "M", 2, sku=f"SKU-{number}/AB", pieces=1, gtin=f"400638133{number % 10_000}"
    )
    return SourceProduct(number, name, "Men", "Apparel", "Topwear", "Tshirts", sizes=(size,))


@pytest.fixture(scope="module")
def names_database(
    emulator: Emulator, databases: Databases, template_of: Callable[[int], str]
) -> str:
    """A small catalogue of names with signs."""
    name = databases.create(template=template_of(0))
    with environment(emulator, name):
        asyncio.run(filled(itertools.starmap(product, NAMES.items())))
    return name


@pytest.fixture
async def shop(emulator: Emulator, names_database: str) -> AsyncIterator[Shop]:
    """The shop over it."""
    with environment(emulator, names_database):
        database = Database(Settings())
    yield Shop(database)
    await database.aclose()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        (str(2**62), 2**62),
        ("straße", 7001), ("STRASSE", 7001), ("lüders", 7001), ("luders", 7001), ("ore", 7002),
        ("orsted", 7002), ("ØRSTED", 7002), ("lodz", 7003), ("Łódź", 7003), ("ABC-123/45.X", 7006),
        ("abc-123", 7006), ("SPF-15", 7007), ("spf15", 7007), ("spf 15", 7007), ("SPF50", 7008),
        ("3/4", 7009), ("1019-201", 7010), ("mr.happy", 7011), ("Mr Happy", 7011), ("self-design", 7012),
        ("selfdesign", 7012), ("CR_BTS", 7013), ("cr bts", 7013), ("BABY-G", 7014), ("baby g", 7014),
        ("babyg", 7014), ("casio shn-5016d-7adr", 7015), ("SHN-5016D-7ADR", 7015),
        ("le\u200bvi’s", 7016),
        ("levis", 7016), ("levi's", 7016), ("кроссовки", 7017), ("कुर्ता", 7018), ("tシャツ", 7019),
        ("34", 7020), ("7009", 7009), ("SKU-7010/AB", 7010), ("sku-7010/ab", 7010),
        ("4006381337011", 7011), ("c++", 7022), ("18+", 7023), ("bw!tch", 7024), ("½ sleeve", 7025),
        ("dri fit", 7026), ("drifit", 7026), ("rock'n'roll", 7027), ("100%", 7028),
        ("tie+cufflink", 7029), ("SHN5016D7ADR", 7015), ("shn5016d", 7015),
    ],
)  # fmt: skip
async def test_a_word_with_signs_finds_its_product(shop: Shop, query: str, first: int) -> None:
    found = await shop.find(query)
    assert (found.numbers[0], found.given_up) == (first, [])


@pytest.mark.parametrize("query", ["o'neill", "o’neill", "oneill", "ONEILL", "O'NEILL", "neill"])
async def test_every_apostrophe_finds_every_other(shop: Shop, query: str) -> None:
    assert sorted((await shop.find(query)).numbers[:2]) == [7004, 7005]


async def test_of_what_is_not_sold_nothing_is_found(
    shop: Shop,
) -> None:
    for query in ("ice cream", "red sofa", "sofas"):
        answer = await shop.search.answer(query, Criteria(sort="relevance"))
        assert answer.interpretation is not None
        assert answer.page.products == []
        assert answer.interpretation.parsed.word_match == "nothing"
    assert (await shop.find("tee for the car")).numbers


@pytest.mark.parametrize("query", ["9" * 18, "9" * 40, "a1\x00b", "18446744073709551616"])
async def test_a_code_that_cannot_be_one_finds_nothing(shop: Shop, query: str) -> None:
    assert (await shop.find(query)).numbers == []


async def test_suggestions_lead_somewhere(shop: Shop) -> None:
    for text in ("3/4", "spf-", "SPF-1", "mr.h", "cr_", "1019-2"):
        completions = await shop.completer.completions(text, products=4)
        assert completions.products, text
        for query in completions.suggestions.queries:
            assert (await shop.find(query)).numbers, query


async def test_words_drawn_from_the_demo_catalogue(
    emulator: Emulator, filled_database: str
) -> None:
    with environment(emulator, filled_database):
        database = Database(Settings())
    await each_finds_its_product(Shop(database), 300)
    await database.aclose()
