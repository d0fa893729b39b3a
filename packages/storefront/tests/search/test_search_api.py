"""Search as JSON, over real HTTP and a generated catalogue."""

from random import Random
from typing import Any

import httpx
import pytest

from storefront.search.language.tokenizer import tokens
from storefront.search.search_api import SuggestionList, TextSearchAnswer

PATH = "/api/v1/search"


async def find(client: httpx.AsyncClient, query: str, **more: Any) -> Any:
    answer = await client.post(f"{PATH}/text", json={"query": query, **more})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    TextSearchAnswer.model_validate(found)  # what OpenAPI promises
    return found


async def suggest(client: httpx.AsyncClient, text: str) -> Any:
    answer = await client.get(f"{PATH}/suggest", params={"q": text})
    assert answer.status_code == 200, answer.text
    SuggestionList.model_validate(answer.json())
    return answer.json()


@pytest.fixture
async def shirt(client: httpx.AsyncClient) -> Any:
    """Some shirt of the catalogue."""
    found = await client.get("/api/v1/products", params={"article_type": "Shirts", "page_size": 1})
    return found.json()["products"][0]


async def test_a_kind_a_colour_and_a_price_narrow(client: httpx.AsyncClient, shirt: Any) -> None:
    colour = shirt["base_color"]
    found = await find(client, f"{colour} shirts under {shirt['price']}")
    assert [part["kind"] for part in found["search"]["understood"]] == [
        "base_color",
        "category",
        "price",
    ]
    assert found["search"]["understood"][0]["words"] == colour
    assert found["search"]["understood"][2]["max_price"] == shirt["price"]
    assert found["search"]["understood"][1]["without"] == f"{colour} under {shirt['price']}"
    assert shirt["product_id"] in {product["product_id"] for product in found["products"]}
    for product in found["products"]:
        assert product["article_type"] == "Shirts"
        assert product["price"] <= shirt["price"]


async def test_the_shape_of_the_first_version_is_kept(client: httpx.AsyncClient) -> None:
    found = await find(client, "shoes", user_id="athletic", limit=3)
    assert {"products", "query", "search_type", "user_id"} <= set(found)
    assert (found["query"], found["search_type"], found["user_id"]) == ("shoes", "text", "athletic")
    assert len(found["products"]) == 3
    assert found["total"] > 3


async def test_a_typing_error_is_corrected_and_said(client: httpx.AsyncClient) -> None:
    right = await find(client, "shirt")
    wrong = await find(client, "shrit")
    assert wrong["search"]["corrections"] == [{"was": "shrit", "now": "shirt"}]
    assert (wrong["search"]["query"], wrong["search"]["read_as"]) == ("shrit", "shirt")
    assert wrong["products"] == right["products"]


async def test_nothing_is_corrected_where_that_is_asked(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/products", params={"q": "shrit", "as_typed": True})
    assert answer.json()["search"]["corrections"] == []
    assert answer.json()["total"] == 0


async def test_filters_hold_whatever_the_query_says(client: httpx.AsyncClient) -> None:
    found = await find(
        client, "womens shoes", filters={"gender": "Men", "max_price": 120}, limit=50
    )
    assert found["products"]
    assert {product["gender"] for product in found["products"]} == {"Men"}
    assert max(product["price"] for product in found["products"]) <= 120
    assert [part["kind"] for part in found["search"]["understood"]] == ["category"]


async def test_where_nothing_has_it_all_something_is_given_up_and_said(
    client: httpx.AsyncClient,
) -> None:
    found = await find(client, "shirt under 1")
    assert found["search"]["given_up"] == ["Up to 1"]
    assert {product["article_type"] for product in found["products"]} == {"Shirts"}


async def test_few_results_are_followed_by_close_ones_beside_the_count(
    client: httpx.AsyncClient, shirt: Any
) -> None:
    query = f"{shirt['brand']} {shirt['base_color']} shirts {shirt['gender']}"
    found = await find(client, query)
    assert 0 < found["total"] == len(found["products"]) < 10
    matching = {product["product_id"] for product in found["products"]}
    assert found["search"]["close"]
    assert matching.isdisjoint(product["product_id"] for product in found["search"]["close"])
    assert {product["article_type"] for product in found["search"]["close"]} == {"Shirts"}
    listed = (await client.get("/api/v1/products", params={"q": query})).json()
    assert [one["product_id"] for one in listed["search"]["close"]] == [
        one["product_id"] for one in found["search"]["close"]
    ]
    many = await find(client, "shirts")
    assert (many["search"]["close"], many["search"]["exact"]) == ([], None)


async def test_a_word_that_nothing_says_leaves_the_kind(client: httpx.AsyncClient) -> None:
    found = await find(client, "b0x9 shirt")
    assert found["search"]["given_up"] == ["b0x9"]
    assert {product["article_type"] for product in found["products"]} == {"Shirts"}


async def test_nothing_at_all_is_an_empty_answer(client: httpx.AsyncClient) -> None:
    found = await find(client, "b0x9")
    assert (found["products"], found["total"]) == ([], 0)


async def test_the_whole_name_of_a_product_finds_it(client: httpx.AsyncClient, shirt: Any) -> None:
    found = await find(client, shirt["product_display_name"].upper())
    assert shirt["product_id"] in [product["product_id"] for product in found["products"]]
    assert {product["product_display_name"] for product in found["products"]} == {
        shirt["product_display_name"]
    }


async def test_tastes_rank_and_hide_nothing(client: httpx.AsyncClient) -> None:
    plain = await find(client, "shoes", limit=100)
    tasted = await find(client, "shoes", limit=100, user_id="athletic")
    assert plain["total"] == tasted["total"]
    assert tasted["products"][0]["article_type"] == "Sports Shoes"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/query"),
        ({"query": ""}, "#/query"),
        ({"query": "x" * 201}, "#/query"),
        ({"query": "a\0b"}, "#/query"),
        ({"query": 5}, "#/query"),
        ({"query": "x", "limit": 0}, "#/limit"),
        ({"query": "x", "limit": 101}, "#/limit"),
        ({"query": "x", "user_id": "nobody"}, "#/user_id"),
        ({"query": "x", "page": 2}, "#/page"),
        ({"query": "x", "filters": {"gender": "Dogs"}}, "#/filters/gender/0"),
        ({"query": "x", "filters": {"colour": "Red"}}, "#/filters/colour"),
        ({"query": "x", "filters": {"min_price": 9, "max_price": 8}}, "#/filters"),
    ],
)
async def test_a_bad_value_is_refused_by_name(
    client: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    answer = await client.post(f"{PATH}/text", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_suggestions_name_terms_categories_brands_and_products(
    client: httpx.AsyncClient, shirt: Any
) -> None:
    found = await suggest(client, "shir")
    assert "shirts" in found["terms"]
    assert {"label": "Shirts", "path": "apparel/topwear/shirts"}.items() <= next(
        one for one in found["categories"] if one["label"] == "Shirts"
    ).items()
    product = found["products"][0]
    assert product["price"] == product["price_minor"] / 100
    for one in (*found["categories"], *found["products"]):
        assert (await client.get(one["url"])).status_code == 200
    by_brand = await suggest(client, shirt["brand"][:-1])
    assert shirt["brand"] in [one["name"] for one in by_brand["brands"]]


async def test_every_suggested_query_is_found_as_a_whole(
    client: httpx.AsyncClient, shirt: Any
) -> None:
    colour, brand = shirt["base_color"].lower(), shirt["brand"].lower()
    offered = []
    for text in (f"{colour} s", f"{brand} s", "shirt b", f"{colour} b", "not b", "shirts for m"):
        found = await suggest(client, text)
        offered += found["terms"]
        for term in found["terms"]:
            answer = await find(client, term, limit=1)
            assert answer["total"], term
            # Where few match, others follow those that match all of it.
            assert answer["search"]["exact"] or not answer["search"]["given_up"], term
    assert f"{colour} shirts" in offered
    assert any(term.startswith("not b") for term in offered), offered


async def test_what_is_suggested_occurs_with_the_words_before_it(
    client: httpx.AsyncClient, shirt: Any
) -> None:
    brands = (await client.get("/api/v1/products/filters/options")).json()["brands"]
    for other in [brand for brand in brands if brand != shirt["brand"]][:5]:
        found = await suggest(client, f"{shirt['brand']} {other[:-1]}")
        assert f"{shirt['brand']} {other}".lower() not in found["terms"]  # no product is of both


async def test_a_completion_that_nothing_matches_makes_way_for_one_of_fewer_words(
    client: httpx.AsyncClient,
) -> None:
    """No T-shirt is a formal shoe, which "for m" may begin."""
    found = await suggest(client, "tshirts for m")
    assert "tshirts for men" in found["terms"]
    assert all(term.startswith("tshirts for m") for term in found["terms"])


async def test_suggestions_forgive_typing_errors(client: httpx.AsyncClient) -> None:
    found = await suggest(client, "shrits")
    assert found["read_as"] == "shirts"
    assert found["products"]


async def test_an_answer_costs_at_most_three_statements(
    client: httpx.AsyncClient, statements: Any
) -> None:
    await suggest(client, "s")  # the dictionary is read at first use
    for query in ("red polo shirt", "shirt under 2", "b0x9 jacket", "zzzz b0x9", "shrit"):
        with statements() as sent:
            await find(client, query)
        assert len(sent) <= 3, sent
    with statements() as sent:
        await suggest(client, "jack")
    assert len(sent) <= 1, sent


@pytest.mark.parametrize("seed", range(4))
async def test_anything_can_be_searched_for(client: httpx.AsyncClient, seed: int) -> None:
    random = Random(seed)
    letters = "aeiou shirt red's-'\"&|!():*<>$€²½ªßé💃名\u0301\u200b\\%_7"
    for _ in range(25):
        query = "".join(random.choices(letters, k=random.randint(1, 30)))
        answer = await client.post(f"{PATH}/text", json={"query": query, "limit": 1})
        assert answer.status_code == (200 if tokens(query) else 422), answer.text
        await suggest(client, query)
