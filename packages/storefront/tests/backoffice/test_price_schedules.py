"""Staff schedule prices: previewed, refused where two would meet, with the lowest price shown right."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from packages.storefront.tests.account.conftest import Person

API = "/api/v1/admin/prices"
NOW = datetime.now(UTC).replace(microsecond=0)
TOMORROW, NEXT_WEEK = (NOW + timedelta(days=1)).isoformat(), (NOW + timedelta(days=7)).isoformat()


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


@pytest.fixture
def number(staff: Person) -> int:
    """A product for 20.00 of a brand of its own."""
    wanted = {
        "product": {
            "name": "Priced Shirt", "brand": f"Priced {uuid4().hex}", "gender": "Men",
            "master_category": "Apparel", "sub_category": "Topwear", "article_type": "Shirts",
            "currency": "USD", "price": "20.00",
        },
        "sizes": [{"size_system": "alpha", "size": "M"}],
    }  # fmt: skip
    made = staff.post("/api/v1/admin/products", json=wanted, headers=key())
    return int(made.json()["product_id"])


def schedule(staff: Person, number: int, **changes: Any) -> Any:
    wanted = {
        "product_ids": [number], "kind": "percent", "value": "15", "since": TOMORROW, "until": NEXT_WEEK,
    }  # fmt: skip
    return staff.post(API, json=wanted | changes, headers=key())


def listed(staff: Person, number: int) -> list[dict[str, Any]]:
    return list(staff.get(f"{API}?product_id={number}").json()["prices"])


@pytest.mark.parametrize(
    ("kind", "value", "minor"),
    [
        ("percent", "15", 1700),
        ("percent", "33.3", 1334),
        ("amount", "4.5", 1550),
        ("price", "9", 900),
    ],
)
def test_a_price_is_scheduled_by_percentage_amount_or_itself(
    staff: Person, number: int, kind: str, value: str, minor: int
) -> None:
    asked = {
        "product_ids": [number], "kind": kind, "value": value, "since": TOMORROW, "until": NEXT_WEEK,
    }  # fmt: skip
    plan = staff.post("/api/v1/admin/price-plans", json=asked).json()
    assert [(one["own_price"]["minor"], one["price"]["minor"]) for one in plan["prices"]] == [
        (2000, minor)
    ]
    made = schedule(staff, number, kind=kind, value=value)
    assert (made.status_code, made.json()) == (201, {"scheduled": 1})
    [price] = listed(staff, number)
    assert (price["price"]["minor"], price["state"]) == (minor, "planned")
    assert staff.get(f"/api/v1/products/{number}").json()["price_minor"] == 2000


def test_a_price_that_begins_now_is_charged_and_shows_the_lowest_of_thirty_days(
    staff: Person, number: int
) -> None:
    assert schedule(staff, number, since=NOW.isoformat()).status_code == 201
    shown = staff.get(f"/api/v1/products/{number}").json()
    assert (shown["price_minor"], shown["list_price_minor"]) == (1700, 2000)
    began = listed(staff, number)[0]["since"]
    ended = staff.patch(f"{API}/{number}", json={"since": began, "price": None}, headers=key())
    assert ended.status_code == 204, ended.text
    assert listed(staff, number)[0]["state"] == "past"
    shown = staff.get(f"/api/v1/products/{number}").json()
    assert (shown["price_minor"], shown["list_price_minor"]) == (2000, 2000)
    over = staff.patch(f"{API}/{number}", json={"since": began, "price": "5"}, headers=key())
    assert over.status_code == 409


def test_two_prices_of_a_product_never_hold_at_once(staff: Person, number: int) -> None:
    assert schedule(staff, number).status_code == 201
    refused = schedule(staff, number, since=(NOW + timedelta(days=2)).isoformat(), until=None)
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"].endswith("/problems/prices-overlap")
    assert problem["detail"].endswith(f"such as of {number} Priced Shirt.")
    assert [one["product_id"] for one in problem["overlaps"]] == [str(number)]
    assert len(listed(staff, number)) == 1
    left = schedule(staff, number, skips_overlaps=True)
    assert left.json()["detail"] == "No product is found, or all of them are left out."
    after = schedule(staff, number, since=NEXT_WEEK, until=None)
    assert after.status_code == 201  # one ends where the other begins


def test_a_planned_price_is_changed_and_taken_back_with_a_log_of_both(
    staff: Person, number: int
) -> None:
    schedule(staff, number)
    [price] = listed(staff, number)
    sent = {"since": price["since"], "price": "12.50", "until": None}
    assert staff.patch(f"{API}/{number}", json=sent, headers=key()).status_code == 204
    [price] = listed(staff, number)
    assert (price["price"]["minor"], price["until"]) == (1250, None)
    form = {"since": price["since"], "action": "end", "key": "1"}
    page = staff.post(f"/admin/prices/{number}", data=form)
    assert (page.status_code, listed(staff, number)) == (303, [])
    log = staff.get(f"/api/v1/admin/audit?entity=product&entity_id={number}").json()["entries"]
    name = f"price from {datetime.fromisoformat(price['since']).isoformat()}"
    assert (log[0]["before"][name], log[0]["after"]) == ("USD 12.50", {name: None})
    assert (log[1]["before"][name], log[1]["after"][name]) == ("USD 17.00", "USD 12.50")
    gone = staff.patch(
        f"{API}/{number}", json={"since": price["since"], "price": None}, headers=key()
    )
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"value": "100"}, "#/value"),
        ({"kind": "amount", "value": "20"}, "#/value"),
        ({"kind": "price", "value": "1.005"}, "#/value"),
        ({"until": NOW.isoformat()}, "#/until"),
        ({"since": "2300-01-01T00:00:00", "until": None}, "#/since"),
        ({"since": "0001-01-01T00:00:00+14:00", "until": None}, "#/since"),
        ({"filter": {}}, "#/product_ids"),
        ({"product_ids": None}, "#/product_ids"),
        ({"product_ids": None, "filter": {"brand": "Nobody's"}}, "#/filter"),
    ],
)
def test_what_makes_no_sense_is_refused(
    staff: Person, number: int, changes: dict[str, Any], pointer: str
) -> None:
    refused = schedule(staff, number, **changes)
    assert refused.status_code == 422, refused.text
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    assert listed(staff, number) == []


def test_the_page_previews_then_schedules_for_a_filter(staff: Person, number: int) -> None:
    brand = staff.get(f"/api/v1/admin/products/{number}").json()["product"]["brand"]
    form = {
        "brand": brand, "kind": "percent", "value": "50", "since": "2031-05-01T00:00",
        "until": "2031-06-01T00:00", "key": uuid4().hex,
    }  # fmt: skip
    seen = staff.post("/admin/prices", data=form | {"then": "preview"})
    assert seen.status_code == 200
    assert "1 price; 0 overlapping." in seen.text
    assert listed(staff, number) == []
    done = staff.post("/admin/prices", data=form | {"then": "schedule"})
    assert done.status_code == 303
    assert listed(staff, number)[0]["price"]["minor"] == 1000
    again = form | {"then": "schedule", "key": uuid4().hex}
    refused = staff.post("/admin/prices", data=again)
    assert refused.status_code == 409
    assert f"{number} Priced Shirt has a price from 2031-05-01 00:00 UTC" in refused.text
    nothing = staff.post("/admin/prices", data=form | {"brand": "", "then": "preview"})
    assert nothing.status_code == 422


@pytest.mark.parametrize(
    ("sent", "minor", "ends"),
    [({"price": "12"}, 1200, True), ({"until": None}, 1700, False), ({"price": 12.5}, 1250, True)],
)
def test_what_a_change_leaves_out_stays(
    staff: Person, number: int, sent: dict[str, Any], minor: int, ends: bool
) -> None:
    schedule(staff, number)
    body = {"since": TOMORROW, **sent}
    assert staff.patch(f"{API}/{number}", json=body, headers=key()).status_code == 204
    [price] = listed(staff, number)
    assert (price["price"]["minor"], price["until"] is not None) == (minor, ends)


def test_an_end_alone_changes_no_price_and_null_deletes_it(staff: Person, number: int) -> None:
    schedule(staff, number)
    later = (NOW + timedelta(days=9)).isoformat()
    for body, status in (({}, 422), ({"until": later}, 204)):
        answer = staff.patch(f"{API}/{number}", json={"since": TOMORROW} | body, headers=key())
        assert answer.status_code == status
    [price] = listed(staff, number)
    assert price["price"]["minor"] == 1700
    assert datetime.fromisoformat(price["until"]) == datetime.fromisoformat(later)
    ended: dict[str, Any] = {"since": TOMORROW, "price": None}
    assert staff.patch(f"{API}/{number}", json=ended, headers=key()).status_code == 204
    assert listed(staff, number) == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"product_ids": [10**17]}, "#/product_ids"),
        ({"product_ids": None, "filter": {"brand": "No such brand"}}, "#/filter"),
        ({"product_ids": None, "filter": {"brands": ["x"]}}, "#/filter/brands"),
        ({"since": "2020-01-01T00:00Z", "until": "2020-02-01T00:00Z"}, "#/until"),
        ({"value": "1_5"}, "#/value"),
        ({"value": True}, "#/value"),
        ({"product_ids": ["007"]}, "#/product_ids/0"),
    ],
)
def test_a_schedule_that_cannot_be_meant_is_refused(
    staff: Person, number: int, changes: dict[str, Any], pointer: str
) -> None:
    answer = schedule(staff, number, **changes)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (
        422,
        [pointer],
    )
    assert listed(staff, number) == []


def test_a_product_is_named_by_its_number_or_as_the_api_shows_it(
    staff: Person, number: int
) -> None:
    assert schedule(staff, number, product_ids=[str(number)]).status_code == 201
