"""The bag over HTTP: a program with a cookie jar is a guest like any other."""

from collections.abc import Iterator

import httpx
import pytest

from packages.storefront.tests.conftest import Server


@pytest.fixture
def guest(selling_shop: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=selling_shop.url, timeout=60, verify=False) as client:
        yield client


@pytest.fixture
def sku(guest: httpx.Client) -> str:
    """A size of which there is something."""
    products = guest.get("/api/v1/products").json()["products"]
    product = guest.get(f"/api/v1/products/{products[0]['product_id']}").json()
    return str(next(size["sku"] for size in product["sizes"] if size["in_stock"]))


def test_looking_at_a_bag_sets_no_cookie(guest: httpx.Client) -> None:
    answer = guest.get("/api/v1/cart")
    assert (answer.status_code, answer.json()["lines"]) == (200, [])
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_line_is_added_changed_kept_for_later_and_removed(guest: httpx.Client, sku: str) -> None:
    added = guest.post("/api/v1/cart/lines", json={"sku": sku})
    assert (added.status_code, added.json()["pieces"]) == (201, 1)
    [line] = added.json()["lines"]
    assert (line["sku"], line["quantity"], line["is_for_sale"]) == (sku, 1, True)
    assert line["price"]["minor"] == round(line["price"]["major"] * 100)
    assert line["url"].startswith("/p/")

    saved = guest.patch(f"/api/v1/cart/lines/{sku}", json={"is_saved": True}).json()
    assert (saved["pieces"], [one["sku"] for one in saved["saved_for_later"]]) == (0, [sku])
    back = guest.patch(f"/api/v1/cart/lines/{sku}", json={"is_saved": False}).json()
    assert back["pieces"] == 1
    assert guest.get("/api/v1/cart").json() == back
    assert guest.delete(f"/api/v1/cart/lines/{sku}").json()["lines"] == []
    assert guest.delete(f"/api/v1/cart/lines/{sku}").status_code == 404


def test_a_request_that_is_repeated_adds_once(guest: httpx.Client, sku: str) -> None:
    guest.post("/api/v1/cart/lines", json={"sku": sku})
    key = {"Idempotency-Key": "added once"}
    first = guest.post("/api/v1/cart/lines", json={"sku": sku}, headers=key)
    again = guest.post("/api/v1/cart/lines", json={"sku": sku}, headers=key)
    assert [answer.status_code for answer in (first, again)] == [201, 201]
    assert [answer.json()["pieces"] for answer in (first, again)] == [2, 2]
    assert again.headers["idempotent-replayed"] == "true"
    other = guest.post("/api/v1/cart/lines", json={"sku": sku, "quantity": 2}, headers=key)
    assert other.status_code == 422
    assert guest.get("/api/v1/cart").json()["pieces"] == 2


def test_another_guest_sees_nothing_of_it(
    guest: httpx.Client, selling_shop: Server, sku: str
) -> None:
    guest.post("/api/v1/cart/lines", json={"sku": sku})
    assert httpx.get(f"{selling_shop.url}/api/v1/cart").json()["lines"] == []
    forged = {"visitor": guest.cookies["visitor"][:-2] + "xx"}
    assert httpx.get(f"{selling_shop.url}/api/v1/cart", cookies=forged).json()["lines"] == []


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"sku": "no-such-sku"}, 404, "not-found"),
        ({"sku": ""}, 422, "invalid-input"),
        ({"quantity": 1}, 422, "invalid-input"),
        ({"sku": "SKU", "quantity": 0}, 422, "invalid-input"),
        ({"sku": "SKU", "quantity": 21}, 422, "invalid-input"),
        ({"sku": "SKU", "quantity": "many"}, 422, "invalid-input"),
    ],
)
def test_what_cannot_be_added_is_refused(
    guest: httpx.Client, body: dict[str, object], status: int, slug: str
) -> None:
    refused = guest.post("/api/v1/cart/lines", json=body)
    assert refused.status_code == status
    assert refused.json()["type"].endswith(f"/problems/{slug}")
    assert refused.headers["content-type"] == "application/problem+json"


def test_more_than_there_is_says_how_many_are_left(guest: httpx.Client, sku: str) -> None:
    left = guest.post("/api/v1/cart/lines", json={"sku": sku}).json()["lines"][0]["left"]
    if left >= 20:
        pytest.skip("there are more than a line may hold")
    refused = guest.patch(f"/api/v1/cart/lines/{sku}", json={"quantity": left + 1})
    assert refused.status_code == 409
    assert refused.json()["short"] == [{"sku": sku, "left": left}]


def test_an_unknown_code_leaves_the_bag_as_it_is(guest: httpx.Client, sku: str) -> None:
    before = guest.post("/api/v1/cart/lines", json={"sku": sku}).json()
    for path in ("coupon", "gift-cards"):
        refused = guest.post(f"/api/v1/cart/{path}", json={"code": "NOPE"})
        assert refused.status_code == 409
    assert guest.get("/api/v1/cart").json() == before
