"""Buying over HTTP, signed in or not."""

import httpx

from packages.storefront.tests.checkout.conftest import ADDRESS

from .conftest import Person


def buy(person: Person, email: str) -> str:
    """Place an order; returns its number."""
    person.put_into_bag()
    paid = pay(person, begin_checkout(person, email, phone="+12025550123"), "approve")
    assert paid.json()["status"] == "placed", paid.text
    return str(paid.json()["order_number"])


def begin_checkout(person: Person, email: str, **more: str) -> str:
    """Enter everything that a checkout needs; returns its token."""
    token = str(person.post("/api/v1/checkout").json()["token"])
    entered = {"email": email, "delivery_address": ADDRESS, "delivery_method": "standard"}
    assert person.patch(f"/api/v1/checkout/{token}", json=entered | more).status_code == 200
    return token


def pay(person: Person, token: str, payment_token: str) -> httpx.Response:
    """Pay what the checkout costs."""
    total = person.get(f"/api/v1/checkout/{token}").json()["totals"]["total"]["minor"]
    return person.post(
        f"/api/v1/checkout/{token}/pay",
        json={"payment_token": payment_token, "total_minor": total},
        headers={"Idempotency-Key": token},
    )
