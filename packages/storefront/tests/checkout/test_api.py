"""From a bag to an order over HTTP, as a program does it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from packages.storefront.tests.checkout.conftest import ADDRESS
from packages.storefront.tests.conftest import Server


@pytest.fixture
def guest(selling_shop: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=selling_shop.url, timeout=30, verify=False) as client:
        yield client


@pytest.fixture
def checkout(guest: httpx.Client) -> dict[str, Any]:
    """A checkout of one piece with everything entered."""
    products = guest.get("/api/v1/products?page_size=50").json()["products"]
    for product in products:
        detail = guest.get(f"/api/v1/products/{product['product_id']}").json()
        for size in detail["sizes"]:
            if size["in_stock"]:
                guest.post("/api/v1/cart/lines", json={"sku": size["sku"]}).raise_for_status()
                break
        else:
            continue
        break
    started = guest.post("/api/v1/checkout")
    assert started.status_code == 201
    assert started.json()["missing"] == ["email", "delivery-address", "delivery-method"]
    entered = guest.patch(
        f"/api/v1/checkout/{started.json()['token']}",
        json={
            "email": "Ann@Example.COM",
            "phone": "(202) 555-0123",
            "delivery_address": ADDRESS,
            "delivery_method": "standard",
        },
    )
    assert entered.status_code == 200, entered.text
    found: dict[str, Any] = entered.json()
    assert found["missing"] == []
    assert found["phone"] == "+12025550123"
    return found


def pay(guest: httpx.Client, checkout: dict[str, Any], **changes: Any) -> httpx.Response:
    """Pay what is shown, with a new key unless one is given."""
    body = {"payment_token": "approve", "total_minor": checkout["totals"]["total"]["minor"]}
    key = changes.pop("key", str(uuid4()))
    return guest.post(
        f"/api/v1/checkout/{checkout['token']}/pay",
        json=body | changes,
        headers={"Idempotency-Key": key} if key else {},
    )


def test_a_payment_places_an_order_and_a_repetition_gets_the_same_answer(
    guest: httpx.Client, checkout: dict[str, Any]
) -> None:
    first = pay(guest, checkout, key="one")
    assert (first.status_code, first.json()["status"]) == (201, "placed")
    again = pay(guest, checkout, key="one")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    other = pay(guest, checkout)
    assert other.json() == first.json()
    assert guest.get("/api/v1/cart").json()["lines"] == []
    number = guest.get(f"/api/v1/checkout/{checkout['token']}").json()["order_number"]
    assert number == first.json()["order_number"]


def test_a_payment_without_a_key_is_refused(guest: httpx.Client, checkout: dict[str, Any]) -> None:
    refused = pay(guest, checkout, key="")
    assert refused.status_code == 400
    assert refused.json()["type"].endswith("/problems/missing-idempotency-key")


def test_a_key_is_not_taken_for_another_request(
    guest: httpx.Client, checkout: dict[str, Any]
) -> None:
    declined = pay(guest, checkout, key="two", payment_token="decline")
    assert declined.status_code == 402
    assert pay(guest, checkout, key="two", payment_token="decline").json() == declined.json()
    reused = pay(guest, checkout, key="two")
    assert (reused.status_code, reused.json()["type"].rsplit("/", 1)[1]) == (
        422,
        "idempotency-key-reused",
    )
    assert pay(guest, checkout).status_code == 201


def test_another_total_than_the_shown_one_is_refused(
    guest: httpx.Client, checkout: dict[str, Any]
) -> None:
    total = checkout["totals"]["total"]["minor"]
    refused = pay(guest, checkout, total_minor=total - 1)
    assert (refused.status_code, refused.json()["total"]) == (409, total)


def test_a_confirmation_is_asked_for_where_the_bank_wants_it(
    guest: httpx.Client, checkout: dict[str, Any]
) -> None:
    answer = pay(guest, checkout, payment_token="confirm")
    assert (answer.status_code, answer.json()["status"]) == (202, "confirmation_needed")
    assert answer.json()["redirect_url"].startswith("/payments/test/")


@pytest.mark.parametrize(
    ("entered", "pointer"),
    [
        ({"email": "nobody"}, "#/email"),
        ({"phone": "12"}, "#/phone"),
        ({"delivery_address": ADDRESS | {"postal_code": "1"}}, "#/postal_code"),
        ({"delivery_address": ADDRESS | {"country_code": "XX"}}, "#/country_code"),
        ({"delivery_address": ADDRESS | {"name": " "}}, "#/name"),
    ],
)
def test_what_cannot_be_used_is_named_and_the_rest_stays(
    guest: httpx.Client, checkout: dict[str, Any], entered: dict[str, Any], pointer: str
) -> None:
    refused = guest.patch(f"/api/v1/checkout/{checkout['token']}", json=entered)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert guest.get(f"/api/v1/checkout/{checkout['token']}").json() == checkout


def test_null_removes_what_was_entered_and_what_is_left_out_stays(
    guest: httpx.Client, checkout: dict[str, Any]
) -> None:
    path = f"/api/v1/checkout/{checkout['token']}"
    entered = {"phone": "+12025550123", "billing_address": ADDRESS | {"name": "Bob Example"}}
    assert guest.patch(path, json=entered).json()["billing_address"]["name"] == "Bob Example"
    cleared = guest.patch(path, json=dict.fromkeys(entered)).json()
    assert (cleared["phone"], cleared["billing_address"]) == (None, None)
    assert cleared["delivery_address"] == checkout["delivery_address"]
    assert guest.patch(path, json={"delivery_method": None}).json()["missing"] == [
        "delivery-method"
    ]
    unknown = guest.patch(path, json={"delivery_method": "nope"}).json()
    assert (unknown["status"], unknown["detail"]) == (422, "Please choose one of those offered.")
    method = {"delivery_method": checkout["delivery_method"]}
    assert guest.patch(path, json=method).json()["missing"] == []


def test_a_checkout_is_nobody_elses(
    guest: httpx.Client, checkout: dict[str, Any], selling_shop: Server
) -> None:
    with httpx.Client(base_url=selling_shop.url, verify=False) as stranger:
        assert stranger.get(f"/api/v1/checkout/{checkout['token']}").status_code == 404
        assert pay(stranger, checkout).status_code == 404


def test_a_webhook_that_nobody_signed_is_refused(guest: httpx.Client) -> None:
    forged = guest.post("/webhooks/test", content=b'{"state": "authorized"}')
    assert forged.status_code == 400
    assert guest.post("/webhooks/other", content=b"{}").status_code == 404
