"""Admins decide who is staff with which role; nobody does what their role does not include."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from packages.storefront.tests.account.conftest import STAFF, Person, Shop
from storefront.idempotency.service import REPLAYED


@pytest.fixture
def shop(proxied_shop: Shop) -> Shop:
    """Without any member of staff but the admin of the setting."""
    proxied_shop.rows("delete from shop.staff_members")
    return proxied_shop


@pytest.fixture
def admin(shop: Shop) -> Iterator[Person]:
    with Person(shop, **{"X-Forwarded-Email": STAFF}) as person:
        yield person


def member(shop: Shop, email: str, role: str) -> Person:
    shop.rows(
        "insert into shop.staff_members (email, role, added_by) values (:email, :role, 'test')",
        email=email,
        role=role,
    )
    return Person(shop, **{"X-Forwarded-Email": email})


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def problem(answer: Any) -> tuple[int, str, str]:
    found = answer.json()
    return found["status"], found["type"].rpartition("/")[2], found["detail"]


def test_staff_see_how_much_of_the_error_budget_is_left(shop: Shop, admin: Person) -> None:
    # So many that the requests of this test, which count as well, do not matter.
    shop.rows("delete from shop.request_counts")
    shop.rows(
        "insert into shop.request_counts values "
        "(date_trunc('hour', now() - interval '27 days'), 6000000, 1000, 100000), "
        "(date_trunc('hour', now() - interval '1 day'), 4000000, 1500, 20000), "
        "(date_trunc('hour', now() - interval '29 days'), 9000000, 9000000, 9000000)"
    )
    found = admin.get("/api/v1/admin/error-budget").json()
    assert (found["days"], found["requests"] // 10_000_000) == (28, 1)
    for name, goal, kept, missed, left in (
        ("answered", 0.999, 0.99975, 2_500, 0.75),
        ("fast", 0.99, 0.988, 120_000, -0.2),
    ):
        one = found[name]
        assert (one["goal"], round(one["kept"], 5)) == (goal, kept)
        assert (one["missed"] // 100 * 100, round(one["budget_left"], 2)) == (missed, left)
    page = admin.get("/admin").text
    for cells in (
        "<td>Answered without a server error: 99.9%</td><td>99.975%</td><td>2,500</td><td>75%</td>",
        "<td>Answered within a second: 99.0%</td><td>98.800%</td>",
    ):
        assert cells in page
    assert "<td>-20%</td>" in page
    with Person(shop, **{"X-Forwarded-Email": "nobody@example.com"}) as stranger:
        assert stranger.get("/api/v1/admin/error-budget").status_code == 403


def test_an_admin_adds_a_member_who_then_has_the_rights_of_their_role(
    shop: Shop, admin: Person
) -> None:
    with Person(shop, **{"X-Forwarded-Email": "cara@example.com"}) as cara:
        assert cara.get("/admin/orders").status_code == 403
        sent = {"email": "Cara@Example.com", "role": "care", "key": uuid4().hex}
        assert admin.post("/admin/staff", data=sent).headers["location"] == "/admin/staff"
        assert "cara@example.com now has the role of care." in admin.get("/admin/staff").text
        assert cara.get("/admin/orders").status_code == 200
        refused = cara.post("/api/v1/admin/promotions/1/end", headers=key())
        assert problem(refused) == (
            403,
            "right-missing",
            "cara@example.com may not edit promotions and coupons: the role of care does not "
            "include it. It is included in: merchandiser, admin.",
        )
        assert (refused.json()["needed"], refused.json()["role"]) == ("promotions", "care")
        page = cara.post("/admin/promotions/1/end", data={"key": "1"})
        assert page.status_code == 403
        assert "may not edit promotions and coupons" in page.text


def test_a_page_shows_only_what_its_reader_may_do(shop: Shop, admin: Person) -> None:
    form, link = 'action="/admin/promotions"', 'href="/admin/staff"'
    with member(shop, "vic@example.com", "viewer") as viewer:
        seen = viewer.get("/admin/promotions").text
        assert (form in seen, link in seen) == (False, False)
    with member(shop, "mia@example.com", "merchandiser") as merchandiser:
        seen = merchandiser.get("/admin/promotions").text
        assert (form in seen, link in seen) == (True, False)
    seen = admin.get("/admin/promotions").text
    assert (form in seen, link in seen) == (True, True)


def test_roles_are_listed_changed_and_removed_by_the_api_once_for_each_key(
    shop: Shop, admin: Person
) -> None:
    once = key()
    for replayed in (None, "true"):
        put = admin.put(
            "/api/v1/admin/staff/Leo@example.com", json={"role": "viewer"}, headers=once
        )
        assert (put.status_code, put.headers.get(REPLAYED)) == (204, replayed)
    admin.put("/api/v1/admin/staff/leo@example.com", json={"role": "admin"}, headers=key())
    listed = admin.get("/api/v1/admin/staff").json()
    assert [(one["email"], one["role"], one["added_by"]) for one in listed["members"]] == [
        (STAFF, "admin", None),
        ("leo@example.com", "admin", STAFF),
    ]
    assert listed["roles"][0] == {"role": "viewer", "rights": ["read the back office"]}
    assert admin.delete("/api/v1/admin/staff/leo@example.com", headers=key()).status_code == 204
    gone = admin.delete("/api/v1/admin/staff/leo@example.com", headers=key())
    assert problem(gone) == (404, "not-found", "leo@example.com is not a member of staff.")
    log = admin.get("/api/v1/admin/audit").json()["entries"]
    assert [(one["action"], one["before"], one["after"]) for one in log[:3]] == [
        ("remove", {"role": "admin"}, {"role": None}),
        ("set role", {"role": "viewer"}, {"role": "admin"}),
        ("set role", None, {"role": "viewer"}),
    ]


@pytest.mark.parametrize("role", ["viewer", "merchandiser", "care"])
def test_only_admins_manage_staff(shop: Shop, role: str) -> None:
    with member(shop, "eve@example.com", role) as eve:
        own = {"email": "eve@example.com", "role": "admin", "key": "1"}
        assert eve.post("/admin/staff", data=own).status_code == 403
        put = eve.put("/api/v1/admin/staff/eve@example.com", json={"role": "admin"}, headers=key())
        assert put.status_code == 403
    assert shop.rows("select role from shop.staff_members") == [(role,)]


def test_an_admin_of_the_setting_is_changed_by_the_setting_alone(shop: Shop, admin: Person) -> None:
    refused = admin.put(f"/api/v1/admin/staff/{STAFF}", json={"role": "viewer"}, headers=key())
    assert problem(refused) == (
        409,
        "fixed-by-setting",
        f"{STAFF} is an admin by the setting STORE_STAFF. Change it there, and restart the shop.",
    )


def test_nobody_takes_their_own_rights_away(shop: Shop) -> None:
    with member(shop, "ada@example.com", "admin") as ada:
        sent = {"email": "ada@example.com", "key": "1"}
        refused = ada.post("/admin/staff/remove", data=sent)
        assert refused.status_code == 422
        assert "You cannot take your own rights away. Ask another admin to do it." in refused.text
        put = ada.put("/api/v1/admin/staff/ada@example.com", json={"role": "care"}, headers=key())
        assert problem(put)[:2] == (409, "admin-needed")
    assert shop.rows("select role from shop.staff_members") == [("admin",)]
