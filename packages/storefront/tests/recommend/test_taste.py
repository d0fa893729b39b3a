"""What somebody likes by what they did."""

import httpx
import numpy as np
import pytest

from storefront.recommend.taste import Interaction, genders, shares, tastes
from storefront.vision.index import Vector

PRODUCTS = {
    1: {
        "category_path": "footwear/shoes/heels",
        "product_display_name": "Red heels",
        "gender": "Women",
    },
    2: {
        "category_path": "footwear/shoes/heels",
        "product_display_name": "Blue heels",
        "gender": "Women",
    },
    3: {
        "category_path": "apparel/saree/sarees",
        "product_display_name": "A saree",
        "gender": "Girls",
    },
}
VECTORS = {
    1: np.array([1, 0, 0], np.float32),
    2: np.array([0, 1, 0], np.float32),
    3: np.array([0, 0, 1], np.float32),
}


def vector_of(product_id: int) -> Vector | None:
    return VECTORS.get(product_id)


def test_a_purchase_says_more_than_a_look_and_what_is_old_less() -> None:
    interactions = [
        Interaction(1, "looked at"),
        Interaction(2, "looked at", age=1),
        Interaction(3, "bought"),
    ]
    assert [round(one.weight, 2) for one in interactions] == [1.0, 0.85, 5.0]
    saree, heels = tastes(interactions, PRODUCTS, vector_of)
    assert (saree.reason, heels.reason) == (
        "Because you bought A saree",
        "Because you looked at Red heels",
    )
    assert np.allclose(saree.vector, [0, 0, 1])
    assert np.allclose(heels.vector, [0.7619, 0.6476, 0], atol=1e-4)
    assert [round(one.weight, 2) for one in (saree, heels)] == [0.73, 0.27]
    assert shares([saree, heels], 12) == [9, 3]


def test_each_taste_is_for_whom_its_products_are_for() -> None:
    interactions = [Interaction(1, "looked at"), Interaction(3, "looked at")]
    found = {
        one.because.product_id: one.genders for one in tastes(interactions, PRODUCTS, vector_of)
    }
    assert found == {1: ("Unisex", "Women"), 3: ("Girls",)}
    assert genders(list(PRODUCTS.values())) == ["Women", "Unisex", "Girls"]


def test_what_is_not_sold_any_more_or_has_no_picture_says_nothing() -> None:
    assert tastes([Interaction(9, "saved")], PRODUCTS, vector_of) == []
    assert tastes([Interaction(1, "saved")], PRODUCTS, lambda _: None) == []


async def test_what_i_may_like_follows_what_i_did_until_i_delete_it(
    client: httpx.AsyncClient,
) -> None:
    path = "/api/v1/search/recommendations/me?limit=6"
    answer = await client.get(path)
    assert answer.headers["cache-control"] == "private, no-store"
    popular = answer.json()["products"]
    assert {one["personalization_reason"] for one in popular} == {"Popular"}
    path_of_shirts = "/api/v1/products?article_type=Shirts&gender=Men&page_size=1"
    [shirt] = (await client.get(path_of_shirts)).json()["products"]
    await client.get(shirt["url"])
    for_me = (await client.get(path)).json()["products"]
    assert len(for_me) == 6
    assert {one["gender"] for one in for_me} <= {"Men", "Unisex"}
    assert for_me[0]["article_type"] == "Shirts"
    assert shirt["style_id"] not in [one["style_id"] for one in for_me]
    assert "For you</h2>" in (await client.get("/")).text
    await client.post(
        "/recently-viewed/clear", headers={"Origin": str(client.base_url).rstrip("/")}
    )
    assert (await client.get(path)).json()["products"] == popular


async def test_underwear_that_was_looked_at_is_not_on_the_home_page_under_for_you(
    client: httpx.AsyncClient,
) -> None:
    listed = await client.get("/api/v1/products?category=apparel/innerwear&page_size=1")
    [product] = listed.json()["products"]
    await client.get(product["url"])
    assert "For you</h2>" not in (await client.get("/")).text
    found = await client.get("/api/v1/search/recommendations/me?limit=6")
    assert "Popular" not in {one["personalization_reason"] for one in found.json()["products"]}


@pytest.mark.parametrize("gender", ["Boys", "Girls"])
async def test_who_looked_at_things_for_children_is_shown_things_for_children(
    client: httpx.AsyncClient, gender: str
) -> None:
    listed = await client.get(f"/api/v1/products?gender={gender}&page_size=1")
    [product] = listed.json()["products"]
    await client.get(product["url"])
    found = await client.get("/api/v1/search/recommendations/me?limit=20")
    assert {one["gender"] for one in found.json()["products"]} == {gender}
