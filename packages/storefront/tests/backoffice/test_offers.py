"""Promotions, coupons and gift cards as staff list them: every one can be reached."""

import re
from uuid import uuid4

import pytest

from packages.storefront.tests.account.conftest import Person

API = "/api/v1/admin"


def create(staff: Person, path: str, wanted: dict[str, object]) -> None:
    made = staff.post(f"{API}/{path}", json=wanted, headers={"Idempotency-Key": uuid4().hex})
    assert made.status_code == 201, made.text


@pytest.mark.parametrize(
    ("path", "name"), [("promotions", "promotion"), ("gift-cards", "gift_card")]
)
def test_all_are_found_page_by_page(staff: Person, path: str, name: str) -> None:
    for number in range(55):
        wanted: dict[str, object] = {"amount_minor": 100 + number, "reason": f"Paged {number}"}
        if path == "promotions":
            coupon = {"code": f"PAGED{number}"}
            wanted = {"label": f"Paged {number}", "kind": "free_delivery", "coupon": coupon}
        create(staff, path, wanted)
    seen: list[str] = []
    codes: list[str] = []
    before: str | None = ""
    while before is not None:
        page = staff.get(f"{API}/{path}?limit=20{before and f'&before={before}'}").json()
        ids = [one[f"{name}_id"] for one in page[f"{name}s"]]
        assert ids == sorted(ids, key=int, reverse=True)
        seen += ids
        codes += [one["code"] for one in page.get("coupons", [])]
        before = page["next_before"]
    assert len(seen) == len(set(seen)) >= 55
    if path == "promotions":
        assert {f"PAGED{number}" for number in range(55)} <= set(codes)
    first = staff.get(f"/admin/{path}").text
    [link] = re.findall(rf'href="(/admin/{path}\?before=\d+)"', first)
    assert "Paged 0" not in first
    assert "Paged 0" in staff.get(link).text
    assert "No earlier ones." in staff.get(f"/admin/{path}?before=1").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("category_paths", "no/such"),
        ("category_paths", ", ,"),
        ("brands", "No such brand"),
        ("brands", ","),
    ],
)
def test_what_a_promotion_is_for_must_exist(staff: Person, field: str, typed: str) -> None:
    form = {"key": uuid4().hex, "label": "Some", "kind": "percentage", "percent": "5", field: typed}
    refused = staff.post("/admin/promotions", data=form)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    wanted = {"label": "Some", "kind": "percentage", "percent": 5, field: [typed]}
    key = {"Idempotency-Key": uuid4().hex}
    problem = staff.post(f"{API}/promotions", json=wanted, headers=key).json()
    assert [one["pointer"] for one in problem["errors"]] == [f"#/{field}"]


def test_what_a_promotion_is_for_is_spelt_as_the_shop_does(staff: Person) -> None:
    product = staff.get("/api/v1/products").json()["products"][0]
    brand = product["brand"]
    [path, *_] = staff.shop.rows("select path from shop.categories order by id limit 1")[0]
    wanted = {"category_paths": [f"/{path.upper()}/"], "brands": [brand.upper()]}
    create(staff, "promotions", {"label": "Some", "kind": "percentage", "percent": 5, **wanted})
    [made, *_] = staff.get(f"{API}/promotions").json()["promotions"]
    assert made["scope"] == [path, brand]
