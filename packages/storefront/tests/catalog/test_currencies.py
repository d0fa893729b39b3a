"""A shop whose currency has no cents, or three digits of them, from the import to the page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from packages.storefront.tests.conftest import Server
from storefront import filling
from storefront.db import Database
from storefront.money import digits_of
from storefront.pictures.store import PictureStore
from storefront.settings import Settings

Fresh = Callable[[], Database]

HEADER = (
    "product_id,name,gender,master_category,sub_category,article_type,currency,price,list_price,"
    "size_system,size,stock\n"
)
KIND = "Men,Apparel,Topwear,Shirts"


@dataclass(frozen=True)
class Case:
    """A currency with two prices of it, cheap and dear, and how they are shown."""

    currency: str
    cheap: str
    dear: str
    between: str
    minor: tuple[int, int]
    shown: tuple[str, str]
    whole: tuple[str, str]


CASES = [
    Case("JPY", "1999", "25000", "2000", (1_999, 25_000), ("¥1,999", "¥25,000"), ("1999", "25000")),
    Case(
        "KWD", "4.750", "12.125", "4.751", (4_750, 12_125),
        ("KWD\u00a04.750", "KWD\u00a012.125"), ("4", "13"),
    ),
]  # fmt: skip


@pytest.fixture(params=CASES, ids=lambda case: case.currency)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
async def filled(case: Case, fresh_database: Fresh, tmp_path: Path) -> filling.Source:
    """Imported into an empty database: two shirts, one reduced, and one of another currency."""
    file = tmp_path / "catalogue.csv"
    file.write_text(
        HEADER
        + f"1,Cheap Shirt,{KIND},{case.currency},{case.cheap},{case.dear},alpha,M,3\n"
        + f"2,Dear Shirt,{KIND},{case.currency},{case.dear},,alpha,M,3\n"
        + f"3,Foreign Shirt,{KIND},CHF,10.00,,alpha,M,3\n",
        encoding="utf-8",
    )
    database = fresh_database()
    source = filling.file_source(
        file, None, PictureStore(tmp_path / "pictures"), currency=case.currency
    )
    report = await filling.import_source(database, source, currency=case.currency)
    assert report.added == 2
    [rejected] = report.rejected
    assert rejected.line == 4
    assert "CHF" in rejected.reason
    assert case.currency in rejected.reason
    await database.aclose()
    return source


@pytest.fixture
def web(case: Case, filled: filling.Source, tmp_path: Path) -> Iterator[httpx.Client]:
    settings = Settings(
        currency=case.currency, pictures_dir=tmp_path / "pictures", connect_deadline_s=60
    )
    with Server(settings) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def ids(web: httpx.Client, **parameters: Any) -> set[str]:
    answer = web.get("/api/v1/products", params=parameters)
    assert answer.status_code == 200, answer.text
    return {product["product_id"] for product in answer.json()["products"]}


def test_prices_are_right_from_the_import_to_the_page(case: Case, web: httpx.Client) -> None:
    product = web.get("/api/v1/products/1").json()
    assert (product["price_minor"], product["list_price_minor"]) == case.minor
    assert (product["price"], product["list_price"]) == (float(case.cheap), float(case.dear))
    assert product["currency"] == case.currency

    # Filters, on both sides of a bound; what they offer.
    assert ids(web, max_price=case.between) == {"1"}
    assert ids(web, min_price=case.between) == {"2"}
    assert ids(web, min_price=case.cheap, max_price=case.cheap) == {"1"}
    assert ids(web, q=f"shirt under {case.between}") == {"1"}
    options = web.get("/api/v1/products/filters/options").json()
    assert options["price_range"] == {"min": float(case.cheap), "max": float(case.dear)}
    facets = web.get("/api/v1/products").json()["facets"]
    assert facets["price"] == {"min": float(case.cheap), "max": float(case.dear)}

    page = web.get(product["url"]).text
    assert re.search(rf"<ins>.*?{re.escape(case.shown[0])}</ins>", page)
    assert re.search(rf"<del>.*?{re.escape(case.shown[1])}</del>", page)
    listing = web.get("/products").text
    assert case.shown[0] in listing
    assert f'placeholder="{case.whole[0]}"' in listing
    assert f'placeholder="{case.whole[1]}"' in listing


async def test_the_database_knows_the_digits_of_every_currency(fresh_database: Fresh) -> None:
    database = fresh_database()
    codes = [
        "USD",
        "EUR",
        "JPY",
        "KRW",
        "CLP",
        "ISK",
        "VND",
        "KWD",
        "BHD",
        "IQD",
        "TND",
        "CLF",
        "UYW",
    ]
    rows = await database.fetch(
        "select code, scale(shop.major(1, code)) from unnest($1::text[]) as code", codes
    )
    assert dict(tuple(row) for row in rows) == {code: digits_of(code) for code in codes}
    await database.aclose()
