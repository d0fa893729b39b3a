"""Collections: made and edited by staff, seen by visitors."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from packages.storefront.tests.account.conftest import Person, Shop

from .conftest import Statements

API = "/api/v1/admin/collections"


def collection(slug: str, **values: Any) -> dict[str, Any]:
    return {"slug": slug, "chosen_by": "rule", "texts": {"en": {"title": "A title"}}} | values


def create(staff: Person, slug: str, **values: Any) -> httpx.Response:
    headers = {"Idempotency-Key": uuid4().hex}
    return staff.post(API, json=collection(slug, **values), headers=headers)


def id_of(staff: Person, slug: str) -> str:
    [found] = [one["collection_id"] for one in staff.get(API).json() if one["slug"] == slug]
    return str(found)


def version_of(staff: Person, number: str) -> str:
    [found] = [one["version"] for one in staff.get(API).json() if one["collection_id"] == number]
    return str(found)


def products(guest: Person, slug: str, **query: Any) -> list[dict[str, Any]]:
    answer = guest.get(f"/api/v1/collections/{slug}/products", params={"page_size": 100} | query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["products"]
    return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["product_id"] for one in found]


def test_a_shop_starts_with_collections(guest: Person) -> None:
    found = guest.get("/api/v1/collections").json()
    assert [one["slug"] for one in found][:2] == ["cold-mornings", "light-as-linen"]
    assert all(one["image_url"] or one["title"] for one in found)
    assert "Lagen für kalte Morgen" in guest.get("/de/collections").text


def test_a_rule_chooses_what_a_listing_would(staff: Person, guest: Person) -> None:
    assert create(
        staff, "blue-women", rule={"gender": ["Women"], "color_family": ["Blue"]}
    ).is_success
    expected = guest.get(
        "/api/v1/products", params={"gender": "Women", "color_family": "blue", "page_size": 100}
    ).json()
    assert sorted(ids(products(guest, "blue-women"))) == sorted(ids(expected["products"]))
    assert expected["total"] > 0


def test_a_visitors_filters_narrow_a_collection(staff: Person, guest: Person) -> None:
    create(staff, "for-women", rule={"gender": ["Women"]})
    narrowed = guest.get("/api/v1/collections/for-women/products", params={"gender": "Men"}).json()
    assert narrowed["total"] == 0
    every = guest.get("/api/v1/collections/for-women/products").json()
    assert [one["value"] for one in every["facets"]["gender"] if one["count"]] == ["Women"]
    cheapest = products(guest, "for-women", sort_by="price")
    prices = [one["price_minor"] for one in cheapest]
    assert prices == sorted(prices)
    names = [
        one["product_display_name"].lower() for one in products(guest, "for-women", sort_by="name")
    ]
    assert names == sorted(names)
    page = guest.get("/collections/for-women?sort_by=price&sort_order=asc").text
    assert "noindex" not in page
    assert 'rel="canonical" href="http://localhost:8000/collections/for-women"' in page
    assert "noindex" in guest.get("/collections/for-women?base_color=Black").text


def test_words_reduced_and_new_goods_are_rules_too(staff: Person, guest: Person) -> None:
    create(staff, "words", rule={"words": "shirts -blue under 100"})
    found = products(guest, "words")
    assert found
    assert {one["color_family"] for one in found}.isdisjoint({"blue"})
    assert all(one["price_minor"] <= 10_000 for one in found)
    reduced = products(guest, "reduced")
    assert reduced
    assert all("reduced" in one["badges"] for one in reduced)
    create(staff, "new", rule={"new_days": 3_650, "is_reduced": True})
    assert sorted(ids(products(guest, "new"))) == sorted(ids(reduced))


def test_pages_of_a_collection_neither_repeat_nor_skip(staff: Person, guest: Person) -> None:
    pins = ids(guest.get("/api/v1/products", params={"sort_by": "price"}).json()["products"])[:5]
    boosts = {"is_reduced": True, "category": ["Shirts"]}
    create(staff, "paged", rule={"gender": ["Men"]}, product_ids=pins, boosts=boosts)
    seen: list[str] = []
    total = 0
    url = "/api/v1/collections/paged/products?page_size=7"
    while url:
        page = guest.get(url).json()
        seen += ids(page["products"])
        url, total = page["next"], page["total"]
    assert len(seen) == len(set(seen)) == total
    assert seen[:5] == pins
    by_number = [
        one
        for number in (1, 2, 3)
        for one in ids(products(guest, "paged", page_size=7, page=number))
    ]
    assert by_number == seen[:21]


def test_pinned_products_come_first_whatever_the_rule_says(staff: Person, guest: Person) -> None:
    men = ids(guest.get("/api/v1/products", params={"gender": "Men"}).json()["products"])
    create(staff, "pinned", rule={"gender": ["Women"]}, product_ids=[men[3], men[1]])
    assert ids(products(guest, "pinned"))[:2] == [men[3], men[1]]
    assert ids(products(guest, "pinned", gender="Men")) == [men[3], men[1]]


def test_a_collection_by_hand_has_its_products_in_their_order(staff: Person, guest: Person) -> None:
    chosen = ids(guest.get("/api/v1/products").json()["products"])[:9][::-1]
    create(staff, "hand", chosen_by="hand", product_ids=[*chosen, chosen[0]])
    assert ids(products(guest, "hand")) == chosen


def test_boosted_products_come_before_others_that_are_in_stock(
    staff: Person, guest: Person
) -> None:
    [brand, *_] = guest.get("/api/v1/products/filters/options").json()["brands"]
    create(staff, "boosted", boosts={"brand": [brand], "is_reduced": True})
    found = [one for one in products(guest, "boosted") if "sold-out" not in one["badges"]]
    points = [(one["brand"] == brand) + ("reduced" in one["badges"]) for one in found]
    assert points == sorted(points, reverse=True)
    assert points[0] > points[-1]


def test_a_collection_is_shown_in_its_time_alone(staff: Person, guest: Person) -> None:
    now = datetime.now(UTC)
    create(staff, "to-come", starts_at=(now + timedelta(days=1)).isoformat())
    create(staff, "over", ends_at=(now - timedelta(days=1)).isoformat())
    create(staff, "off", is_shown=False)
    on = {
        "starts_at": (now - timedelta(days=1)).isoformat(),
        "ends_at": (now + timedelta(1)).isoformat(),
    }
    create(staff, "on", **on)
    answers = {
        slug: guest.get(f"/collections/{slug}").status_code
        for slug in ("to-come", "over", "off", "on")
    }
    assert answers == {"to-come": 404, "over": 404, "off": 404, "on": 200}
    assert {one["slug"] for one in guest.get("/api/v1/collections").json()} & set(answers) == {"on"}


def test_a_language_without_texts_shows_the_shops_own(staff: Person, guest: Person) -> None:
    texts = {
        "en": {"title": "Winter", "description": "**Warm** [help](/help)"},
        "de": {"title": "Winterzeit"},
    }
    create(staff, "tongues", texts=texts)
    assert "<h1>Winterzeit</h1>" in guest.get("/de/collections/tongues").text
    arabic = guest.get("/ar/collections/tongues").text
    assert "<h1>Winter</h1>" in arabic
    assert '<strong>Warm</strong> <a href="/ar/help">' in arabic


def test_a_changed_address_leads_on_and_a_deleted_one_is_gone(staff: Person, guest: Person) -> None:
    create(staff, "first")
    number = id_of(staff, "first")
    for slug in ("second", "third", "first"):
        key = {"Idempotency-Key": uuid4().hex}
        wanted = collection(slug, version=version_of(staff, number))
        assert staff.put(f"{API}/{number}", json=wanted, headers=key).status_code == 204
    assert guest.get("/collections/first").status_code == 200
    assert (
        guest.get("/collections/second?page=1").headers["location"] == "/collections/first?page=1"
    )
    assert guest.get("/de/collections/third").headers["location"] == "/de/collections/first"
    assert staff.delete(f"{API}/{number}", headers={"Idempotency-Key": "gone"}).status_code == 204
    assert {
        guest.get(f"/collections/{slug}").status_code for slug in ("first", "second", "third")
    } == {410}
    create(staff, "second")
    assert guest.get("/collections/second").status_code == 200


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"slug": "Ä b"}, "#/slug"),
        ({"rule": {"brand": ["No Such Brand"]}}, "#/rule/brand"),
        ({"rule": {"category": ["Spaceships"]}}, "#/rule/category"),
        ({"boosts": {"category": ["Spaceships"]}}, "#/boosts/category"),
        ({"chosen_by": "hand"}, "#/product_ids"),
        ({"product_ids": [1]}, "#/product_ids"),
        ({"picture_product_id": 1}, "#/picture_product_id"),
        ({"texts": {"de": {"title": "Nur deutsch"}}}, "#/texts/en/title"),
        ({"starts_at": "2026-01-02T00:00Z", "ends_at": "2026-01-01T00:00Z"}, "#/ends_at"),
        ({"ends_at": "9999-12-31T23:59-14:00"}, "#/ends_at"),
    ],
)
def test_what_cannot_be_used_is_named(staff: Person, values: dict[str, Any], pointer: str) -> None:
    answer = staff.post(
        API, json=collection("bad") | values, headers={"Idempotency-Key": uuid4().hex}
    )
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_an_address_is_taken_once(staff: Person) -> None:
    assert create(staff, "taken").status_code == 201
    assert create(staff, "taken").json()["type"].endswith("/address-taken")


def form_of(page: str) -> dict[str, Any]:
    """What the form of a page would send."""
    found = dict(
        re.findall(
            r'<input id="(\w+)" name="\w+" type="(?:text|datetime-local)" value="([^"]*)"', page
        )
    )
    found |= dict.fromkeys(
        re.findall(r'name="(\w+)" type="checkbox" value="true" checked', page), "true"
    )
    found |= dict(re.findall(r'<textarea id="(\w+)"[^>]*>([^<]*)</textarea>', page))
    [chosen_by] = re.findall(r'<option value="(\w+)" selected', page)
    return found | {"chosen_by": chosen_by, "key": uuid4().hex}


def test_staff_edit_a_collection_on_its_page(staff: Person, guest: Person) -> None:
    form = {"key": uuid4().hex, "slug": "by-form", "chosen_by": "rule", "title_en": "By form"}
    bad = form | {"brand": "Nobody", "min_price": "9", "max_price": "1", "product_ids": "x"}
    refused = staff.post("/admin/collections/new", data=bad)
    assert refused.status_code == 422
    assert 'id="max_price-error"' in refused.text
    assert 'id="product_ids-error"' in refused.text
    unknown = staff.post("/admin/collections/new", data=form | {"brand": "Nobody"})
    assert 'id="brand-error">There is no “Nobody” among the products.' in unknown.text
    good = form | {
        "category": "Dresses, shirts",
        "gender": "Women",
        "is_shown": "true",
        "boost_new": "true",
    }
    preview = staff.post("/admin/collections/new", data=good | {"action": "preview"})
    assert preview.status_code == 200
    assert "Nothing is saved yet." in preview.text
    assert 'class="tile"' in preview.text
    assert guest.get("/collections/by-form").status_code == 404
    assert staff.post("/admin/collections/new", data=good).status_code == 303
    assert guest.get("/collections/by-form").status_code == 200
    path = f"/admin/collections/{id_of(staff, 'by-form')}"
    page = staff.get(path).text
    edited = form_of(page)
    assert edited["category"].startswith("apparel/")
    assert (edited["title_en"], edited["is_shown"], edited["boost_new"]) == (
        "By form",
        "true",
        "true",
    )
    assert staff.post(path, data=edited | {"title_en": "Edited"}).status_code == 303
    assert "<h1>Edited</h1>" in guest.get("/collections/by-form").text
    assert staff.post(f"{path}/move", data={"key": uuid4().hex, "is_up": "true"}).status_code == 303
    assert [one["slug"] for one in staff.get(API).json()][-2] == "by-form"
    assert staff.post(f"{path}/delete", data={"key": uuid4().hex}).status_code == 303
    assert guest.get("/collections/by-form").status_code == 410


def test_no_part_of_a_rule_is_lost_in_the_form(staff: Person) -> None:
    [before] = [one for one in staff.get(API).json() if one["slug"] == "on-your-feet"]
    rule = before["rule"] | {
        "sub_category": ["Shoes"], "master_category": ["Footwear"], "gender": ["Women", "Men"],
        "size": ["EU:42"], "season": ["Summer"], "usage": ["Casual"], "base_color": ["Black"],
        "color_family": ["black"], "min_price": "1.50", "max_price": "200", "min_rating": 2,
        "words": "comfort", "is_reduced": True, "new_days": 30,
    }  # fmt: skip
    create(staff, "every-filter", rule=rule)
    path = f"/admin/collections/{id_of(staff, 'every-filter')}"
    page = staff.get(path).text
    form = form_of(page) | {
        name: re.findall(rf'name="{name}" type="checkbox" value="([^"]+)" checked', page)
        for name in ("gender", "season", "usage", "color_family")
    }
    [stored] = [one for one in staff.get(API).json() if one["slug"] == "every-filter"]
    assert staff.post(path, data=form).status_code == 303
    [after] = [one for one in staff.get(API).json() if one["slug"] == "every-filter"]
    assert after | {"version": stored["version"]} == stored
    assert set(after["rule"]) - {name for name, value in after["rule"].items() if value} == {
        "category", "brand",
    }  # fmt: skip


def test_a_collection_costs_as_many_statements_as_a_listing(
    guest: Person, statements: Statements
) -> None:
    guest.get("/collections/shades-of-blue")
    with statements() as sent:
        guest.get("/collections/shades-of-blue?page=1&sort_by=price")
    assert len(own(sent)) <= 3
    with statements() as again:
        guest.get("/collections/shades-of-blue?page=1&sort_by=price")
    assert own(again) == []


def own(sent: list[str]) -> list[str]:
    """Without those that any request may send after some seconds: is there anything new?"""
    polls = ("shop.collections", "shop.content_versions")
    return [one for one in sent if not any(table in one for table in polls)]


def test_the_front_page_tells_of_collections(proxied_shop: Shop, guest: Person) -> None:
    page = guest.get("/").text
    told = re.findall(r'class="button" href="/collections/([a-z-]+)"', page)
    assert len(told) == 3
    assert set(told) <= {
        "cold-mornings",
        "light-as-linen",
        "shades-of-blue",
        "on-your-feet",
        "finishing-touch",
        "office-by-nine",
    }


def test_a_collection_is_created_once_and_edited_by_one_at_a_time(staff: Person) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    made = [staff.post(API, json=collection("versioned"), headers=key) for _ in range(2)]
    assert [one.headers.get("idempotent-replayed") for one in made] == [None, "true"]
    [number] = {one.json()["collection_id"] for one in made}
    path = f"{API}/{number}"
    [found] = [one for one in staff.get(API).json() if one["collection_id"] == number]
    saved, refused = (
        staff.put(
            path,
            json=found | {"texts": {"en": {"title": title}}},
            headers={"Idempotency-Key": uuid4().hex},
        )
        for title in ("First", "Second")
    )
    assert (saved.status_code, refused.status_code) == (204, 409)
    assert refused.json()["type"].endswith("/changed-meanwhile")
    assert refused.json()["version"] == version_of(staff, number)
    form = {"key": uuid4().hex, "version": found["version"], "slug": "versioned"}
    stale = staff.post(
        f"/admin/collections/{number}", data=form | {"chosen_by": "rule", "title_en": "x"}
    )
    assert (stale.status_code, "was changed after you opened it" in stale.text) == (422, True)
    assert staff.delete(path, headers={"Idempotency-Key": uuid4().hex}).status_code == 204
    log = staff.get(f"/api/v1/admin/audit?entity=collection&entity_id={number}").json()["entries"]
    assert [(one["action"], one["before"], one["after"]) for one in log[:2]] == [
        (
            "delete collection",
            {"slug": "versioned", "chosen_by": "rule", "texts": {"en": {"title": "First"}}},
            {},
        ),
        (
            "edit collection",
            {"texts": {"en": {"title": "A title"}}},
            {"texts": {"en": {"title": "First"}}},
        ),
    ]


def test_an_order_of_collections_that_do_not_exist_is_refused(staff: Person) -> None:
    answer = staff.put(
        "/api/v1/admin/collection-order",
        json={"collection_ids": [10**9]},
        headers={"Idempotency-Key": uuid4().hex},
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/collection_ids")
