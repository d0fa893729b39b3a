"""Listings as JSON, over real HTTP."""

from collections import Counter
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from packages.storefront.tests.conftest import FIELDS, PRODUCTS
from storefront.search.api import ProductList
from storefront.search.parameters import ListingQuery


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(path, params=query or None)  # {} would drop the path's own query
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_page_of_products(client: httpx.AsyncClient) -> None:
    found = await get(client, "/api/v1/products", page=1, page_size=5)
    assert set(found) == {
        "products", "total", "page", "page_size", "has_more", "next", "facets", "search",
    }  # fmt: skip
    assert (found["total"], found["page"], found["page_size"]) == (PRODUCTS, 1, 5)
    assert found["has_more"] is True
    assert found["next"].startswith("/api/v1/products?page_size=5&cursor=")
    ProductList.model_validate(found)  # what OpenAPI promises
    assert [set(product) for product in found["products"]] == [FIELDS] * 5
    product = found["products"][0]
    assert isinstance(product["product_id"], str)
    assert product["price"] == product["price_minor"] / 100
    assert product["currency"] == "USD"


async def test_following_next_shows_every_product_once(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    address = "/api/v1/products?page_size=100"
    while address:
        found = await get(client, address)
        seen += [product["product_id"] for product in found["products"]]
        address = found["next"]
    assert len(seen) == len(set(seen)) == PRODUCTS


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ({"color_family": ["blue", "red"]}, lambda p: p["color_family"] in ("blue", "red")),
        ({"min_rating": 4}, lambda p: (p["rating"] or 0) >= 4),
        ({"brand": "No such house"}, lambda _: False),
        ({"gender": "Women"}, lambda p: p["gender"] == "Women"),
        ({"gender": ["Women", "Men"]}, lambda p: p["gender"] in ("Women", "Men")),
        ({"master_category": "Footwear"}, lambda p: p["master_category"] == "Footwear"),
        ({"category": "apparel/topwear"}, lambda p: p["sub_category"] == "Topwear"),
        ({"article_type": "Tshirts"}, lambda p: p["article_type"] == "Tshirts"),
        ({"base_color": "Black"}, lambda p: p["base_color"] == "Black"),
        ({"min_price": 50, "max_price": 80.5}, lambda p: 50 <= p["price"] <= 80.5),
        ({"season": "Summer", "gender": "Men"},
         lambda p: (p["season"], p["gender"]) == ("Summer", "Men")),
    ],
)  # fmt: skip
async def test_filters_narrow(client: httpx.AsyncClient, query: dict[str, Any], holds: Any) -> None:
    everything = (await get(client, "/api/v1/products", page_size=100))["products"]
    for page in (2, 3):
        more = await get(client, "/api/v1/products", page_size=100, page=page)
        everything += more["products"]
    expected = {product["product_id"] for product in everything if holds(product)}
    found = await get(client, "/api/v1/products", page_size=100, **query)
    assert found["total"] == len(expected)
    assert {product["product_id"] for product in found["products"]} <= expected
    assert len(found["products"]) == min(100, len(expected))


@pytest.mark.parametrize("order", ["asc", "desc", "ASC", "DESC"])
async def test_sorting_by_price(client: httpx.AsyncClient, order: str) -> None:
    found = await get(client, "/api/v1/products", sort_by="price", sort_order=order, page_size=100)
    prices = [product["price_minor"] for product in found["products"]]
    assert prices == sorted(prices, reverse=order.lower() == "desc")


async def test_a_page_beyond_the_last_is_empty(client: httpx.AsyncClient) -> None:
    found = await get(client, "/api/v1/products", page=1_000_000, page_size=100)
    assert (found["products"], found["has_more"], found["next"]) == ([], False, None)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("page=0", "#/page"),
        ("page=x", "#/page"),
        ("page=101000001", "#/page"),
        ("page_size=101", "#/page_size"),
        ("gender=Dogs", "#/gender/0"),
        ("sort_by=price;drop table x", "#/sort_by"),
        ("sort_order=sideways", "#/sort_order"),
        ("min_price=-1", "#/min_price"),
        ("min_price=1e400", "#/min_price"),
        ("min_price=nan", "#/min_price"),
        ("brand=", "#/brand/0"),
        ("colour=red", "#/colour"),
        ("utm_source=letter", "#/utm_source"),
        ("&".join(["brand=x"] * 51), "#/brand"),
        ("min_price=9&max_price=8", "#"),
        ("page=2&cursor=x", "#"),
        ("cursor=x", "#/cursor"),
        ("cursor=%20", "#/cursor"),
        ("min_rating=6", "#/min_rating"),
        ("sort_by=relevance", "#"),
    ],
)
async def test_a_bad_parameter_is_refused_by_name(
    client: httpx.AsyncClient, query: str, pointer: str
) -> None:
    answer = await client.get(f"/api/v1/products?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"].endswith("/problems/invalid-input")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


async def everything(client: httpx.AsyncClient, **query: Any) -> list[Any]:
    """Every product of a listing, by cursor."""
    found = await get(client, "/api/v1/products", page_size=100, **query)
    products = list(found["products"])
    while found["next"]:
        found = await get(client, found["next"])
        products += found["products"]
    return products


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["featured", "newest", "popularity", "price", "rating", "name"])
async def test_cursors_and_page_numbers_agree_in_every_order(
    client: httpx.AsyncClient, sort: str, order: str
) -> None:
    by_cursor = await everything(client, sort_by=sort, sort_order=order)
    by_number: list[Any] = []
    for page in (1, 2, 3):
        by_number += (
            await get(
                client, "/api/v1/products", page_size=100, page=page, sort_by=sort, sort_order=order
            )
        )["products"]
    assert [p["product_id"] for p in by_cursor] == [p["product_id"] for p in by_number]
    assert len({p["product_id"] for p in by_cursor}) == PRODUCTS


@pytest.mark.parametrize(
    ("sort", "field"), [("rating", "rating"), ("name", "product_display_name")]
)
async def test_sorting_by_other_keys(client: httpx.AsyncClient, sort: str, field: str) -> None:
    values = [p[field] or 0 for p in await everything(client, sort_by=sort)]
    assert values == sorted(values, reverse=sort == "rating")


async def test_a_cursor_is_of_one_listing_alone(client: httpx.AsyncClient) -> None:
    found = await get(client, "/api/v1/products", gender="Men", page_size=5)
    cursor = httpx.URL(found["next"]).params["cursor"]
    for query in ({"gender": "Women"}, {"gender": "Men", "sort_by": "price"}):
        answer = await client.get("/api/v1/products", params={**query, "cursor": cursor})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "#/cursor"
    spoilt = ("A" if cursor[20] != "A" else "B").join((cursor[:20], cursor[21:]))
    for other in (spoilt, f"{cursor}é", f"{cursor}!", f"é{cursor}", f"{cursor} "):
        answer = await client.get("/api/v1/products", params={"gender": "Men", "cursor": other})
        assert answer.status_code == 422, other


FACET_FIELDS = {
    "gender": "gender", "base_color": "base_color", "color_family": "color_family", "brand": "brand",
    "season": "season", "usage": "usage",
}  # fmt: skip


async def test_facets_count_what_choosing_a_value_would_leave(client: httpx.AsyncClient) -> None:
    chosen = {"gender": ["Women", "Men"], "color_family": ["blue", "black"]}
    found = await get(client, "/api/v1/products", min_price=20, **chosen)
    products = await everything(client)
    for facet, field in FACET_FIELDS.items():
        rest = {name: value for name, value in chosen.items() if name != facet}
        expected = Counter(
            p[field]
            for p in products
            if p["price"] >= 20 and all(p[name] in values for name, values in rest.items())
        )
        counted = {
            value["value"]: value["count"] for value in found["facets"][facet] if value["count"]
        }
        assert counted == {value: n for value, n in expected.items() if value is not None}
        picked = {value["value"] for value in found["facets"][facet] if value["chosen"]}
        assert picked == set(chosen.get(facet, ()))


async def test_every_count_of_a_facet_is_the_total_that_choosing_it_gives(
    client: httpx.AsyncClient,
) -> None:
    facets = (await get(client, "/api/v1/products", gender="Women"))["facets"]
    for facet in ("category", "size", "season"):
        for value in facets[facet][:4]:
            narrowed = await get(
                client, "/api/v1/products", **{"gender": "Women", facet: value["value"]}
            )
            assert narrowed["total"] == value["count"]
    for rating in facets["rating"]:
        narrowed = await get(client, "/api/v1/products", gender="Women", min_rating=rating["stars"])
        assert narrowed["total"] == rating["count"]
    prices = [p["price"] for p in await everything(client, gender="Women")]
    assert facets["price"] == {"min": min(prices), "max": max(prices)}


async def test_a_listed_product_is_the_product(client: httpx.AsyncClient) -> None:
    for listed in (await get(client, "/api/v1/products", page_size=20))["products"]:
        product = await get(client, f"/api/v1/products/{listed['product_id']}")
        assert {name: product[name] for name in FIELDS} == listed


async def test_a_listing_costs_one_statement_at_most_and_none_again(
    client: httpx.AsyncClient, statements: Any
) -> None:
    query = {"gender": "Women", "color_family": "blue", "max_price": "77.31", "size": "M"}
    await get(client, "/api/v1/products/filters/options")  # the index is read by now
    with statements() as first:
        await get(client, "/api/v1/products", **query)
    with statements() as again:
        await get(client, "/api/v1/products", **query)
    assert len(first) <= 1  # none where its cards were read for another listing
    assert not again


def odd_values(random: Random) -> str:
    alphabet = "aZ09 -_%'\";\\/<>\u0000\ud7ff\U0001f457,.:|&!()*+"
    pick = random.randrange(6)
    if pick == 0:
        return str(
            random.randrange(-(10 ** random.randrange(1, 25)), 10 ** random.randrange(1, 25))
        )
    if pick == 1:
        return random.choice(
            ["", "nan", "inf", "-0", "1e400", "null", "true", "\u0661", "0x10", "M"]
        )
    return "".join(random.choice(alphabet) for _ in range(random.randrange(0, 120)))


@pytest.mark.parametrize("seed", range(4))
async def test_no_parameter_whatever_it_holds_is_more_than_refused(
    client: httpx.AsyncClient, seed: int
) -> None:
    random = Random(seed)
    names = [*ListingQuery.model_fields, "unheard_of"]
    for turn in range(40):
        picked = [(random.choice(names), odd_values(random)) for _ in range(1 + turn % 3)]
        query = httpx.QueryParams(urlencode(picked))
        for path in ("/api/v1/products", "/products"):
            answer = await client.get(path, params=query)
            assert answer.status_code in (200, 301, 302, 404, 422), (path, query, answer.text)
            if path != "/products" and answer.status_code != 200:
                is_refused_whole = "%00" in str(query)  # whatever parameter the NUL is in
                assert answer.json()["errors"] or is_refused_whole, (query, answer.text)
            if path != "/products" and "unheard_of" in query:
                assert answer.status_code == 422


async def test_few_values_stay_in_sight_whatever_else_is_chosen(client: httpx.AsyncClient) -> None:
    everything = (await get(client, "/api/v1/products"))["facets"]
    dresses = (await get(client, "/api/v1/products", category="apparel/dress"))["facets"]
    for facet in ("gender", "color_family", "season", "usage"):
        values = {one["value"] for one in everything[facet]}
        assert {one["value"] for one in dresses[facet]} == values
    assert {one["value"] for one in dresses["gender"] if not one["count"]} >= {"Men", "Boys"}
    assert all(one["count"] for one in dresses["size"])
