"""Every route, asked by every kind of visitor, answers as packages/storefront/docs/access.md says."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from packages.storefront.tests.checkout.conftest import ADDRESS

from .buying import buy
from .conftest import STAFF, Person, Shop

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
ROLES = ("viewer", "merchandiser", "care", "admin")
OTHERS_FIRST = ("stranger", "other customer", *ROLES, "guest", "customer")


def table() -> dict[str, dict[str, str]]:
    """What each kind of visitor gets, by route."""
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    visitors = rows[0][1:]
    return {
        cells[0].strip("`"): dict(zip(visitors, cells[1:], strict=True))
        for cells in rows[1:]
        if not cells[0].startswith("---")
    }


# What routes name by an id that there may be only one request for.
_ADDED = {
    "/admin/collections/": "insert into shop.collections (slug, chosen_by, rule, product_ids, boosts,"
    " texts, position) values (md5(random()::text), 'rule', '{}', '{}', '{}', '{}', 99) returning id",
    "/admin/content/": "insert into shop.content_versions (page, language, markdown, actor,"
    " published_at) values ('help/delivery', 'en', '# Delivery', 'staff', now()) returning id",
}


class Visitors:
    """One of each kind, and what the routes name: a bag, a checkout, an address, an order."""

    def __init__(self, shop: Shop, people: dict[str, Person]) -> None:
        self.people = people
        self._guest, self._customer = people["guest"], people["customer"]
        product = self._guest.get("/api/v1/products").json()["products"][0]
        self._known = {
            "product_id": product["product_id"],
            "slug": product["url"].removeprefix("/p/"),
            "key:path": product["image_url"].removeprefix("/images/"),
            "user_id": self._guest.get("/api/v1/users").json()[0]["user_id"],
            "kind": "newsletter",
            "name": "test",
            "topic": "delivery",
            "search_id": "999999",  # of nobody here
            "picture_id": "999999999",
        }
        shop.rows("insert into shop.promotions (label, kind) values ('Free', 'free_delivery')")
        shop.rows("insert into shop.coupons (promotion_id, code) values (1, 'FREE')")
        self._shop = shop
        self._sku = self._guest.put_into_bag()
        self._number = buy(self._customer, "ann@example.com")

    def path(self, route: str) -> str:
        """The address of a route, naming things that are there."""
        known = self._known
        if "/problems/" in route:
            known = known | {"slug": "not-found"}
        if "/static/" in route:
            known = known | {"version": "older", "path:path": "shop.css"}
        if "/collections/{slug}" in route:
            known = known | {"slug": "shades-of-blue"}
        if "/{kind}/{name}" in route:
            known = known | {"kind": "help", "name": "delivery"}
        for part, statement in _ADDED.items():
            if part in route and "{id}" in route:
                [(number,)] = self._shop.rows(statement)
                known = known | {"id": str(number)}
        if "/policies/" in route:
            known = known | {"name": "privacy"}
        if "/dev/mail/" in route:
            known = known | {"name": "0" * 32}
        return re.sub(r"\{([^}]+)\}", lambda name: known.get(name[1]) or self._new(name[1]), route)

    def _new(self, name: str) -> str:
        name = name.removesuffix(":path")
        if name in ("sku", "token") and not self._guest.get("/api/v1/cart").json()["lines"]:
            self._sku = self._guest.put_into_bag()
        if name == "number":
            if self._customer.get(f"/api/v1/orders/{self._number}").status_code == 404:
                self._number = buy(self._customer, "ann@example.com")  # the account was deleted
            return self._number
        if name == "sku":
            return self._sku
        if name == "token":
            return str(self._guest.post("/api/v1/checkout").json()["token"])
        if name == "shipment_id":
            [(shipment_id,)] = self._shop.rows(
                "insert into shop.shipments (order_id) select id from shop.orders"
                " where number = :number returning id",
                number=self._number,
            )
            return str(shipment_id)
        if name == "email":
            self._shop.rows(
                "insert into shop.staff_members (email, role, added_by)"
                " values ('new@example.com', 'viewer', 'test') on conflict do nothing"
            )
            return "new@example.com"
        if name == "return_number":
            self._shop.rows("update shop.returns set state = 'cancelled'")
            [(return_number,)] = self._shop.rows(
                "insert into shop.returns (number, order_id, language)"
                " select 'R-' || gen_random_uuid(), id, 'en' from shop.orders"
                " where number = :number returning left(number, 20)",
                number=self._number,
            )
            self._shop.rows("update shop.returns set number = left(number, 20)")
            return str(return_number)
        if name == "address_id":
            added = self._customer.post("/api/v1/account/addresses", json={"address": ADDRESS})
            return str(added.json()["address_id"])
        return "1"


@pytest.fixture(scope="module")
def visitors(proxied_shop: Shop) -> Iterator[Visitors]:
    emails = {"other customer": "bob@example.com", "customer": "ann@example.com", "admin": STAFF}
    for role in ("viewer", "merchandiser", "care"):
        emails[role] = f"{role}@example.com"
        proxied_shop.rows(
            "insert into shop.staff_members (email, role, added_by) values (:email, :role, 'test')",
            email=emails[role],
            role=role,
        )
    with ExitStack() as open_people:
        people = {
            kind: open_people.enter_context(
                Person(
                    proxied_shop, **({"X-Forwarded-Email": emails[kind]} if kind in emails else {})
                )
            )
            for kind in OTHERS_FIRST
        }
        yield Visitors(proxied_shop, people)


# By method and the end of the path.
_BODIES: dict[str, dict[str, Any]] = {
    "PUT /admin/staff/{email}": {"json": {"role": "viewer"}},
    "PUT /account/measures": {"json": {"chest": 900, "consent": True}},
    "POST v1/products/{product_id}/size-advice": {"json": {}},
    "POST /reports": {"json": {"reason": "other"}},
    "POST /photographs": {"files": {"image": ("a.jpg", b"no picture", "image/jpeg")}},
    "PUT /saved-searches/{search_id}/alert": {"json": {}},
    "PATCH /saved-searches/{search_id}": {"json": {"name": "Blue"}},
    "POST /wishlist/{product_id}/size": {"data": {"sku": "none"}},
    "PUT /review": {"json": {"stars": 5, "body": "Fits."}},
    "PATCH v1/checkout/{token}": {"json": {"phone": None}},
    "POST v1/account/codes": {"json": {"email": "new@example.com"}},
    "POST v1/account/session": {"json": {"email": "new@example.com", "code": "000000"}},
    "POST v1/account/second-factor/confirmation": {"json": {"code": "000000"}},
    "POST v1/account/second-factor/verification": {"json": {"code": "000000"}},
    "POST /api/v1/orders/{number}/returns/{return_number}/sent": {"json": {}},
}


def body_of(route: str) -> dict[str, Any]:
    """What to send, so that nothing is wrong with the request but who sends it."""
    for ending, body in _BODIES.items():
        if route.startswith(ending.split(" ")[0]) and route.endswith(ending.split(" ")[1]):
            return body
    if route.startswith("PUT /api/v1/account/addresses"):
        return {"json": {"address": ADDRESS}}
    if "/api/" in route and route.endswith("/pay"):
        return {"json": {"payment_token": "decline", "total_minor": 1}}
    if route.endswith("/photographs"):
        return {"files": {"image": ("a.jpg", b"no picture", "image/jpeg")}}
    if route.startswith("PATCH"):
        return {"json": {"quantity": 1}}
    if route.startswith("POST /api/v1/account/"):
        return {"json": {"address": ADDRESS}}
    if route == "POST /api/v1/orders/lookup":
        return {"json": {"number": "NONE-0000", "email": "nobody@example.com"}}
    if "/api/" in route:
        wanted = {"lines": [{"line_id": 1, "quantity": 1, "reason": "other"}]}
        return {"json": wanted} if "/orders/{number}/returns" in route else {}
    return {"data": {"payment_token": "decline", "total_minor": "1", "key": str(uuid4())} | ADDRESS}


def outcome(answer: httpx.Response) -> str:
    """The word of the table for an answer."""
    to = answer.headers.get("location", "")
    if answer.status_code == 401 or to.startswith("/account/sign-in"):
        return "sign in"
    words = {403: "no", 404: "hidden", 501: "off"}
    word = words.get(answer.status_code, "yes")
    assert answer.status_code < 500 or word == "off", answer.text
    return word


@pytest.mark.parametrize("route", table())
def test_a_route_answers_each_visitor_as_the_table_says(visitors: Visitors, route: str) -> None:
    method, pattern = route.split(" ")
    path = visitors.path(pattern)
    is_used_up = any(part in pattern for part in _ADDED)
    body = body_of(route) if method not in ("GET", "DELETE") else {}
    found = {
        kind: outcome(
            visitors.people[kind].request(
                method,
                visitors.path(pattern) if is_used_up else path,
                headers={"Idempotency-Key": str(uuid4())},
                **body,
            )
        )
        for kind in OTHERS_FIRST
    }
    assert found == table()[route]
