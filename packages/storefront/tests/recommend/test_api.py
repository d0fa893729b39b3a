"""The paths that the first version of this shop had, each with its contract (over real HTTP)."""

from typing import Any

import httpx
import pytest

from packages.storefront.tests.conftest import PRODUCTS
from storefront.recommend.outfits import goes_with, slot_of

# What the first version answered for each product.
PRODUCT = {
    "product_id", "gender", "master_category", "sub_category", "article_type", "base_color", "season",
    "year", "usage", "product_display_name", "price", "image_path", "ingested_at", "image_url",
    "similarity_score", "personalization_reason", "similar_product_ids", "complete_the_set_ids",
    "recommendations_updated_at",
}  # fmt: skip
LIST = {"products", "total", "page", "page_size", "has_more"}
SEARCH = {"products", "query", "search_type", "user_id"}
USER = {
    "user_id", "name", "description", "segment", "avg_price_point", "preferred_categories",
    "color_prefs", "brand_prefs", "min_price", "max_price", "avg_price", "p25_price", "p75_price",
    "num_interactions", "purchase_history_ids", "style_tags",
}  # fmt: skip
PROFILE = {
    "user_id", "segment", "avg_price_point", "preferred_categories", "color_prefs", "price_range",
    "num_interactions", "purchase_history",
}  # fmt: skip
OPTIONS = {
    "genders", "master_categories", "sub_categories", "article_types", "colors", "seasons",
    "price_range",
}  # fmt: skip
ANSWERS = {
    "/products": LIST, "/products/new-arrivals": LIST, "/products/trending": LIST,
    "/products/seasonal": LIST, "/products/filters/options": OPTIONS,
    "/products/{id}": PRODUCT, "/products/{id}/similar": LIST,
    "/products/{id}/complete-the-look": LIST, "/search/recommendations/luxury": SEARCH,
    "/users/luxury": USER, "/users/luxury/profile": PROFILE,
}  # fmt: skip
SHIRT = {"article_type": "Shirts", "gender": "Men", "page_size": 1}


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(f"/api/v1{path}", params=query or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def shelf(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    found = await get(client, path, **query)
    assert set(found) >= LIST
    for product in found["products"]:
        assert set(product) >= PRODUCT
        assert isinstance(product["product_id"], str)
        assert product["price"] == product["price_minor"] / 100
    return found


@pytest.fixture
async def shirt(client: httpx.AsyncClient) -> Any:
    found = await get(client, "/products", **SHIRT)
    return found["products"][0]


@pytest.mark.parametrize("path", ANSWERS)
async def test_every_field_of_the_first_version_is_answered_under_its_name(
    client: httpx.AsyncClient, shirt: Any, path: str
) -> None:
    answer = await get(client, path.format(id=shirt["product_id"]))
    assert set(answer) >= ANSWERS[path]
    for product in answer.get("products", []):
        assert set(product) >= PRODUCT


async def test_lists_and_searches_have_every_field_of_the_first_version(
    client: httpx.AsyncClient,
) -> None:
    for user in await get(client, "/users"):
        assert set(user) >= USER
    answer = await client.post("/api/v1/search/text", json={"query": "shirt"})
    assert set(answer.json()) >= SEARCH
    assert all(set(product) >= PRODUCT for product in answer.json()["products"])
    profile = await get(client, "/users/luxury/profile")
    assert set(profile["price_range"]) == {"min", "max", "avg"}
    assert profile["preferred_categories"] == profile["categories"]


async def test_products(client: httpx.AsyncClient) -> None:
    found = await shelf(
        client, "/products", page=1, page_size=5, user_id="luxury", gender="Women",
        sort_by="price", sort_order="ASC", min_price=20, max_price=300,
    )  # fmt: skip
    assert found["page_size"] == 5
    assert {product["gender"] for product in found["products"]} == {"Women"}


async def test_a_persona_never_overrides_a_filter_and_pages_never_repeat(
    client: httpx.AsyncClient,
) -> None:
    narrow = await shelf(client, "/products", user_id="luxury", min_price=10, max_price=50)
    assert narrow["total"] > 0
    assert {product["price"] <= 50 for product in narrow["products"]} == {True}
    seen: list[str] = []
    for page in range(1, 5):
        found = await shelf(client, "/products", user_id="luxury", page=page, page_size=100)
        assert found["total"] == PRODUCTS
        seen += [product["product_id"] for product in found["products"]]
    assert len(seen) == len(set(seen)) == PRODUCTS


async def test_a_product(client: httpx.AsyncClient, shirt: Any) -> None:
    assert set(await get(client, f"/products/{shirt['product_id']}")) >= PRODUCT


async def test_filter_options_have_counts(client: httpx.AsyncClient) -> None:
    found = await get(client, "/products/filters/options")
    assert set(found) >= {
        "genders", "master_categories", "sub_categories", "article_types", "colors", "seasons",
        "price_range",
    }  # fmt: skip
    assert 0 < found["price_range"]["min"] < found["price_range"]["max"]
    assert sum(found["counts"]["genders"].values()) == PRODUCTS
    assert sum(found["counts"]["article_types"].values()) == PRODUCTS
    for name, parameter in (("colors", "base_color"), ("sub_categories", "sub_category")):
        value = found[name][0]
        listed = await get(client, "/products", **{parameter: value})
        assert listed["total"] == found["counts"][name][value]


async def test_new_arrivals_are_the_newest(client: httpx.AsyncClient) -> None:
    found = await shelf(client, "/products/new-arrivals", limit=50)
    newest = await get(client, "/products", sort_by="newest", page_size=50)
    assert [p["product_id"] for p in found["products"]] == [
        p["product_id"] for p in newest["products"]
    ]
    assert {p["personalization_reason"] for p in found["products"]} == {"New arrival"}
    year = found["products"][0]["year"]
    recent = await shelf(client, "/products/new-arrivals", limit=50, min_year=year)
    assert {p["year"] for p in recent["products"]} == {year}
    assert recent["total"] < PRODUCTS
    assert (await shelf(client, "/products/new-arrivals", min_year=2100))["products"] == []


async def test_trending_is_what_sells(client: httpx.AsyncClient) -> None:
    found = await shelf(client, "/products/trending", limit=5)
    popular = await get(client, "/products", sort_by="popularity", page_size=5)
    assert [p["product_id"] for p in found["products"]] == [
        p["product_id"] for p in popular["products"]
    ]
    assert found == await shelf(client, "/products/trending", limit=5)  # no lot is drawn


@pytest.mark.parametrize("season", ["Spring", "Summer", "Fall", "Winter"])
async def test_seasonal_is_of_the_season(client: httpx.AsyncClient, season: str) -> None:
    found = await shelf(client, "/products/seasonal", season=season, limit=20)
    assert {p["season"] for p in found["products"]} <= {season}
    assert {p["personalization_reason"] for p in found["products"]} <= {f"{season} pick"}
    assert found["total"] == (await get(client, "/products", season=season))["total"]


async def test_without_a_season_it_is_the_present_one(client: httpx.AsyncClient) -> None:
    found = await shelf(client, "/products/seasonal")
    assert len({p["season"] for p in found["products"]}) <= 1


async def test_similar_products_are_of_the_kind_and_not_of_the_style(
    client: httpx.AsyncClient, shirt: Any
) -> None:
    found = await shelf(client, f"/products/{shirt['product_id']}/similar", limit=6)
    assert len(found["products"]) == 6
    assert found["products"][0]["category_path"] == shirt["category_path"]
    scores = [product["similarity_score"] for product in found["products"]]
    assert scores == sorted(scores, reverse=True)
    styles = [product["style_id"] for product in found["products"]]
    assert len(styles) == len(set(styles))
    for product in found["products"]:
        assert product["sub_category"] == shirt["sub_category"]
        assert product["gender"] in (shirt["gender"], "Unisex")
        assert product["style_id"] != shirt["style_id"]
        assert 0 <= product["similarity_score"] <= 1


async def test_an_outfit_has_one_thing_of_each_part(client: httpx.AsyncClient, shirt: Any) -> None:
    found = await shelf(client, f"/products/{shirt['product_id']}/complete-the-look", limit=12)
    parts = [slot_of(product["category_path"]) for product in found["products"]]
    assert {"bottom", "shoes"} <= set(parts)
    assert "top" not in parts
    assert len(parts) == len(set(parts))
    assert {p["gender"] for p in found["products"]} <= {shirt["gender"], "Unisex"}


async def test_things_of_an_outfit_go_with_each_other_too(client: httpx.AsyncClient) -> None:
    """A black shirt goes with everything; its trousers and shoes must still go together."""
    found = await get(client, "/products", base_color="Black", page_size=20)
    for product in found["products"]:
        look = await shelf(client, f"/products/{product['product_id']}/complete-the-look", limit=12)
        colours = [other["base_color"] for other in look["products"]]
        assert all(goes_with(one, other) for one in colours for other in colours), colours


async def test_recommendations_rank_by_taste_and_narrow_where_asked(
    client: httpx.AsyncClient,
) -> None:
    found = await get(client, "/search/recommendations/athletic", limit=100)
    assert set(found) >= SEARCH
    assert (found["search_type"], found["user_id"]) == ("personalized", "athletic")
    assert len(found["products"]) == 100
    assert found["products"][0]["usage"] == "Sports"
    strict = await get(
        client, "/search/recommendations/athletic", restrict_price=True, restrict_category=True,
        restrict_color=True, limit=100,
    )  # fmt: skip
    assert 0 < len(strict["products"]) < 100
    for product in strict["products"]:
        assert 80 <= product["price"] <= 180
        assert product["base_color"] in ("Black", "White", "Red", "Blue")
        assert product["category_path"].split("/")[0] in ("footwear", "apparel", "accessories")


async def test_recommendations_are_in_the_price_range_and_for_the_shopper(
    client: httpx.AsyncClient,
) -> None:
    for user_id in ("luxury", "budget_savvy"):
        user = await get(client, f"/users/{user_id}")
        found = await get(client, f"/search/recommendations/{user_id}", limit=8)
        for product in found["products"]:
            assert user["min_price"] <= product["price"] <= user["max_price"]
            assert product["gender"] in ("Women", "Unisex")


async def test_users_are_declared_and_have_bought_nothing(client: httpx.AsyncClient) -> None:
    users = await get(client, "/users", curated=True)
    assert {user["user_id"] for user in users} == {
        "luxury", "urban_casual", "athletic", "budget_savvy", "professional",
    }  # fmt: skip
    for user in users:
        assert user == await get(client, f"/users/{user['user_id']}")
        assert user["min_price"] < user["p25_price"] < user["avg_price"] < user["p75_price"]
        profile = await get(client, f"/users/{user['user_id']}/profile")
        assert set(profile) >= {
            "segment", "price_range", "categories", "colors", "num_interactions",
            "purchase_history",
        }  # fmt: skip
        assert (profile["num_interactions"], profile["purchase_history"]) == (0, [])
        assert profile["price_range"]["min"] == user["min_price"]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/products/new-arrivals?limit=0", "#/limit"),
        ("/products/new-arrivals?limit=51", "#/limit"),
        ("/products/new-arrivals?min_year=1", "#/min_year"),
        ("/products/trending?limit=x", "#/limit"),
        ("/products/seasonal?season=Monsoon", "#/season"),
        ("/products/101000001/similar?limit=21", "#/limit"),
        ("/products/1e400/similar", "#/product_id"),
        ("/products/101000001/complete-the-look?limit=13", "#/limit"),
        ("/search/recommendations/luxury?limit=101", "#/limit"),
        ("/search/recommendations/luxury?restrict_price=perhaps", "#/restrict_price"),
        ("/users?curated=maybe", "#/curated"),
        ("/products?user_id=nobody", "#/user_id"),
    ],
)
async def test_a_bad_parameter_is_refused_by_name(
    client: httpx.AsyncClient, path: str, pointer: str
) -> None:
    answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "path",
    [
        "/products/999999999/similar",
        "/products/999999999/complete-the-look",
        "/search/recommendations/nobody",
        "/users/nobody",
        "/users/nobody/profile",
    ],
)
async def test_what_is_not_there_is_a_problem_document(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/problems/not-found")


@pytest.mark.parametrize(
    "path",
    [
        "/products/new-arrivals",
        "/products/trending",
        "/products/seasonal?season=Summer",
        "/products/101000001/similar",
        "/products/101000001/complete-the-look",
        "/search/recommendations/luxury",
        "/products/filters/options",
        "/users",
    ],
)
async def test_an_answer_costs_at_most_three_statements(
    client: httpx.AsyncClient, statements: Any, path: str
) -> None:
    with statements() as sent:
        assert (await client.get(f"/api/v1{path}")).status_code == 200
    asked = [one for one in sent if "shop.embeddings" not in one]  # polled now and then
    assert len(asked) <= 3, sent
