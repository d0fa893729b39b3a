"""Staff create and edit products; the audit log has each value before and after."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy.exc import DBAPIError

from packages.storefront.tests.account.conftest import STAFF, Person, Shop

API = "/api/v1/admin/products"
SHIRT = {
    "name": "Linen Shirt", "gender": "Men", "master_category": "Apparel", "sub_category": "Topwear",
    "article_type": "Shirts", "brand": "Loom", "colour": "Navy Blue", "currency": "USD",
    "price": "49.00", "style": "loom-linen", "description": "Airy.", "status": "live",
}  # fmt: skip
MEDIUM = {"size_system": "alpha", "size": "M", "gtin": "4006381333931", "weight_g": "220"}


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def created(staff: Person, *sizes: dict[str, str], **changes: str) -> str:
    """The number of a new product; its bar codes are its own."""
    wanted = {"product": SHIRT | {"style": uuid4().hex} | changes, "sizes": list(sizes)}
    if not sizes:
        wanted["sizes"] = [MEDIUM | {"gtin": ""}]
    answer = staff.post(API, json=wanted, headers=key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["product_id"])


def product(staff: Person, number: str) -> dict[str, Any]:
    answer = staff.get(f"{API}/{number}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def saved(staff: Person, found: dict[str, Any], **changes: str) -> Any:
    """The answer to an edit of what was found."""
    number = found["product"]["product_id"]
    edit = {
        "product": found["product"] | changes,
        "sizes": found["sizes"],
        "version": found["version"],
    }
    return staff.put(f"{API}/{number}", json=edit, headers=key())


def log_of(staff: Person, number: str) -> list[tuple[Any, ...]]:
    log = staff.get(f"/api/v1/admin/audit?entity=product&entity_id={number}").json()["entries"]
    return [(one["actor"], one["action"], one["before"], one["after"]) for one in log]


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {one["pointer"]: one["detail"] for one in answer.json()["errors"]}


def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (1600, 800), "navy").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_new_product_is_sold_with_its_values_and_without_stock(staff: Person) -> None:
    number = created(staff, MEDIUM)
    assert int(number) >= 1_000_000_000
    found = product(staff, number)
    assert {name: found["product"][name] for name in SHIRT if name != "style"} == {
        name: value for name, value in SHIRT.items() if name != "style"
    }
    assert found["product"]["tax_class"] == "standard"
    assert found["sizes"] == [MEDIUM | {"sku": f"{number}-ALPHA-M", "size_sort": "2"}]
    shown = staff.get(f"/api/v1/products/{number}").json()
    assert [(one["sku"], one["in_stock"]) for one in shown["sizes"]] == [
        (f"{number}-ALPHA-M", False)
    ]
    [(actor, action, before, after)] = log_of(staff, number)
    assert (actor, action, before["price"], after["price"]) == (STAFF, "create", "", "49.00")
    assert after["alpha M gtin"] == "4006381333931"


def test_an_edit_is_logged_value_by_value_and_shown_in_the_shop_at_once(staff: Person) -> None:
    number = created(staff)
    edited = saved(
        staff, product(staff, number), price="39.00", list_price="49.00", tax_class="children"
    )
    assert edited.status_code == 200, edited.text
    shown = staff.get(f"/api/v1/products/{number}").json()
    assert (shown["price_minor"], shown["list_price_minor"]) == (3900, 4900)
    assert log_of(staff, number)[0] == (
        STAFF,
        "edit",
        {"tax_class": "standard", "price": "49.00", "list_price": ""},
        {"tax_class": "children", "price": "39.00", "list_price": "49.00"},
    )
    page = staff.get(f"/admin/products/{number}").text
    assert '<del dir="auto">49.00</del> → <ins dir="auto">39.00</ins>' in page


def test_a_tax_class_without_a_rate_is_refused_at_its_field(staff: Person) -> None:
    found = product(staff, created(staff))
    assert faults(saved(staff, found, tax_class="reduced")) == {
        "#/product/tax_class": "tax_class 'reduced' has no rate in any country; there are children, "
        "standard"
    }


def test_nothing_is_logged_as_changed_where_nothing_changes(staff: Person) -> None:
    number = created(staff)
    found = product(staff, number)
    again = saved(staff, found)
    assert again.json()["version"] == found["version"]
    assert log_of(staff, number)[0][2:] == ({}, {})


def test_of_two_who_edit_the_later_one_sees_both_versions(staff: Person) -> None:
    number = created(staff)
    found = product(staff, number)
    assert saved(staff, found, price="45.00").status_code == 200
    refused = saved(staff, found, name="Linen Shirt, new")
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"].endswith("/problems/edited-meanwhile")
    assert problem["current"]["product"]["price"] == "45.00"
    assert product(staff, number)["version"] == problem["version"]

    typed = found["product"] | {"name": "Linen Shirt, new", "version": found["version"], "key": "1"}
    size = {f"{name}-0": value for name, value in found["sizes"][0].items()}
    form = typed | size | {"known-0": "true", "offered-0": "true"}
    page = staff.post(f"/admin/products/{number}", data=form)
    assert page.status_code == 409
    assert "Both versions" in page.text
    assert (
        '<th scope="row"> price</th><td dir="auto">45.00</td><td dir="auto">49.00</td>' in page.text
    )
    assert 'value="Linen Shirt, new"' in page.text
    assert f'name="version" value="{problem["version"]}"' in page.text
    form |= {"version": problem["version"], "key": "2", "price": "45.00"}
    assert staff.post(f"/admin/products/{number}", data=form).status_code == 303
    after = product(staff, number)["product"]
    assert (after["name"], after["price"]) == ("Linen Shirt, new", "45.00")


def test_everything_that_is_wrong_is_said_beside_its_field(staff: Person) -> None:
    number = created(staff)
    found = product(staff, number)
    found["sizes"] += [
        {"size_system": "alpha", "size": "m"},
        {"size_system": "alpha", "gtin": "12"},
    ]
    wrong = faults(saved(staff, found, price="1,2", year="19", gender="Nobody", name=""))
    assert set(wrong) == {
        "#/product/price", "#/product/year", "#/product/gender", "#/product/name",
        "#/sizes/1/size", "#/sizes/2/size", "#/sizes/2/gtin",
    }  # fmt: skip
    assert wrong["#/product/name"] == "name is empty"
    form = found["product"] | {"version": found["version"], "key": "3", "price": "", "size-4": "L"}
    page = staff.post(f"/admin/products/{number}", data=form)
    assert page.status_code == 422
    assert 'id="price-error">Price is empty.</span>' in page.text
    assert 'id="size_system-4-error">Size_system is empty.</span>' in page.text


def test_a_code_of_another_product_is_refused_beside_its_field(staff: Person) -> None:
    first = created(
        staff, {"size_system": "alpha", "size": "S", "sku": "OWN-1", "gtin": "00012345"}
    )
    size = {"size_system": "alpha", "size": "S", "sku": "OWN-1", "gtin": "00012345"}
    wanted = {"product": SHIRT | {"style": uuid4().hex}, "sizes": [MEDIUM | {"gtin": ""}, size]}
    wrong = faults(staff.post(API, json=wanted, headers=key()))
    assert wrong == {"#/sizes/1/sku": f"sku OWN-1 is that of product {first} already"}
    chart = faults(saved(staff, product(staff, first), size_chart="no-such"))
    assert list(chart) == ["#/product/size_chart"]


def test_sizes_are_taken_off_and_back_with_what_was_counted(
    staff: Person, proxied_shop: Shop
) -> None:
    number = created(staff, MEDIUM | {"gtin": "", "sku": f"X-{uuid4().hex}"})
    found = product(staff, number)
    sku = found["sizes"][0]["sku"]
    counted = {"delta": 5, "reason": "first delivery"}
    staff.post(f"/api/v1/admin/stock/{sku}/adjustments", json=counted, headers=key())
    other = {"size_system": "alpha", "size": "L"}
    edited = saved(staff, found | {"sizes": [other]}).json()
    assert [one["size"] for one in edited["unoffered"]] == ["M"]
    assert log_of(staff, number)[0][2]["alpha M size"] == "alpha M"
    back = saved(staff, edited | {"sizes": [found["sizes"][0], *edited["sizes"]]}).json()
    assert (back["unoffered"], len(back["sizes"])) == ([], 2)
    assert proxied_shop.rows(
        "select on_hand from shop.stock_levels join shop.skus on skus.id = sku_id where code = :sku",
        sku=sku,
    ) == [(5,)]


def test_a_bar_code_and_a_weight_can_be_removed(staff: Person) -> None:
    number = created(staff, MEDIUM | {"gtin": "00012352"})
    found = product(staff, number)
    found["sizes"][0] |= {"gtin": "", "weight_g": ""}
    cleared = saved(staff, found).json()["sizes"][0]
    assert (cleared["gtin"], cleared["weight_g"]) == ("", "")


def test_what_a_design_shares_changes_all_its_colours_and_is_logged_for_each(
    staff: Person,
) -> None:
    style = uuid4().hex
    navy, red = created(staff, style=style), created(staff, style=style, colour="Red")
    edited = saved(staff, product(staff, navy), description="Heavy.", price="50.00")
    assert edited.status_code == 200, edited.text
    assert product(staff, red)["product"]["description"] == "Heavy."
    assert product(staff, red)["product"]["price"] == "49.00"
    assert log_of(staff, red)[0][1:] == (
        f"edit with product {navy}",
        {"description": "Airy."},
        {"description": "Heavy."},
    )


def test_a_product_is_published_and_hidden_by_a_button(staff: Person) -> None:
    number = created(staff, status="hidden")
    assert staff.get(f"/api/v1/products/{number}").status_code == 410
    for status, code in (("live", 200), ("hidden", 410)):
        sent = {"status": status, "version": product(staff, number)["version"], "key": status}
        staff.post(f"/admin/products/{number}/status", data=sent)
        assert staff.get(f"/api/v1/products/{number}").status_code == code


def test_a_price_is_struck_only_where_the_product_was_dearer(staff: Person) -> None:
    number = created(staff, price="40.00")
    for price, is_reduced in (("45.00", False), ("39.00", True)):
        changed = saved(staff, product(staff, number), price=price, list_price="60.00")
        assert changed.status_code == 200, changed.text
        page = staff.get(f"/p/{number}", follow_redirects=True).text
        assert ("$60.00</del>" in page) is is_reduced
        assert ("reduced" in staff.get(f"/api/v1/products/{number}").json()["badges"]) is is_reduced


def test_pictures_are_uploaded_described_ordered_and_removed(staff: Person) -> None:
    number = created(staff)
    path = f"{API}/{number}/pictures"
    file = {"image": ("a.png", picture(), "image/png")}
    for alt in ("Front", "Back"):
        sent = staff.post(path, files=file, data={"alt": alt}, headers=key())
        assert sent.status_code == 201, sent.text
    front, back = product(staff, number)["pictures"]
    assert (front["width"], front["height"], front["place"], back["place"]) == (1200, 600, 1, 2)
    image = staff.get(f"/images/{front['key']}?w=160&f=jpeg")
    assert image.headers["content-type"] == "image/jpeg"
    edit = {"alt": "From behind", "place": 1}
    for _ in range(2):  # the second time, nothing is changed
        moved = staff.put(f"{path}/{back['picture_id']}", json=edit, headers=key())
        assert [one["alt"] for one in moved.json()["pictures"]] == ["From behind", "Front"]
    assert staff.get(f"/p/{number}", follow_redirects=True).text.count("From behind") > 0
    assert staff.delete(f"{path}/{back['picture_id']}", headers=key()).status_code == 204
    assert [one["alt"] for one in product(staff, number)["pictures"]] == ["Front"]
    removed, edited, added, *_ = log_of(staff, number)
    assert [one[1] for one in (removed, edited, added)] == [
        "remove picture", "edit picture", "add picture",
    ]  # fmt: skip
    name = f"picture {back['picture_id']}"
    assert edited[2:] == (
        {f"{name} alt": "Back", f"{name} place": 2},
        {f"{name} alt": "From behind", f"{name} place": 1},
    )


def test_the_form_edits_a_picture_too(staff: Person) -> None:
    number = created(staff)
    file = {"image": ("a.png", picture(), "image/png")}
    staff.post(f"{API}/{number}/pictures", files=file, data={"alt": "Front"}, headers=key())
    [front] = product(staff, number)["pictures"]
    for picture_id, says in ((front["picture_id"], "is saved"), ("999999", "has no picture")):
        sent = {"alt": "From afar", "place": "100", "key": uuid4().hex}
        staff.post(f"/admin/products/{number}/pictures/{picture_id}", data=sent)
        assert says in staff.get(f"/admin/products/{number}").text
    assert [one["alt"] for one in product(staff, number)["pictures"]] == ["From afar"]


@pytest.mark.parametrize("content", [b"", b"no picture", b"<svg/>", picture()[:200]])
def test_what_is_no_picture_is_refused(staff: Person, content: bytes) -> None:
    number = created(staff)
    files = {"image": ("a.jpg", content, "image/jpeg")}
    answer = staff.post(
        f"{API}/{number}/pictures", files=files, data={"alt": "Front"}, headers=key()
    )
    assert answer.status_code == 422
    assert product(staff, number)["pictures"] == []
    page = staff.post(
        f"/admin/products/{number}/pictures", files=files, data={"alt": "Front", "key": "1"}
    )
    assert page.status_code == 303
    reason = "cannot be read as a picture" if content else "Choose a picture to upload."
    assert reason in staff.get(f"/admin/products/{number}").text


def test_the_range_is_found_by_number_code_name_and_filters(staff: Person) -> None:
    sku = f"FIND-{uuid4().hex}"
    number = created(
        staff, {"size_system": "alpha", "size": "S", "sku": sku}, name="Odd 100% Shirt"
    )
    for query in (
        f"q={number}",
        f"q={sku.lower()}",
        "q=odd 100%25",
        "q=Odd&brand=loom&status=live",
    ):
        found = staff.get(f"{API}?{query}").json()
        assert [one["product_id"] for one in found["products"]] == [number], query
    assert staff.get(f"{API}?q=odd&category=apparel/topwear&gender=Women").json()["count"] == 0
    assert "Odd 100% Shirt" in staff.get("/admin/products?q=odd").text


# The last of these write what a product is made of and roll back or commit: as an import does.
BUDGET = {
    "GET /admin/products": 3,
    "GET /admin/products/new": 1,
    "GET /admin/products/{number}": 10,
    "GET /api/v1/admin/products/{number}": 3,
    "GET /admin/audit": 2,
    "GET /admin/staff": 1,
    "GET /admin/prices": 2,
    "GET /api/v1/admin/products.csv": 3,
    "PUT": 40,
}


def test_pages_and_edits_send_so_many_statements(
    staff: Person, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    number = created(staff)
    found = product(staff, number)
    counts: dict[str, int] = {}
    for name in BUDGET:
        with statements() as sent:
            if name == "PUT":
                assert saved(staff, found, price="44.00").status_code == 200
            else:
                path = name.removeprefix("GET ").format(number=number)
                params = {} if path.endswith(str(number)) else {"q": "Linen"}
                assert staff.get(path, params=params).status_code == 200
        counts[name] = len(sent)
    assert counts == BUDGET


def test_the_audit_log_is_filtered_and_cannot_be_changed(staff: Person, proxied_shop: Shop) -> None:
    number = created(staff)
    log = staff.get(f"/api/v1/admin/audit?actor={STAFF}&action=create&entity_id={number}")
    assert len(log.json()["entries"]) == 1
    assert staff.get("/api/v1/admin/audit?until=2020-01-01").json()["entries"] == []
    assert f"product {number}" in staff.get("/admin/audit?entity=product&since=2020-01-01").text
    for statement in ("update shop.audit_log set actor = 'x'", "delete from shop.audit_log"):
        with pytest.raises(DBAPIError, match="append-only"):
            proxied_shop.rows(statement)


def test_an_edit_is_of_the_product_at_its_address(staff: Person) -> None:
    found = product(staff, created(staff))
    number = found["product"]["product_id"]
    edit = {**found, "product": found["product"] | {"product_id": "5"}}
    sent = {name: edit[name] for name in ("product", "sizes", "version")}
    refused = staff.put(f"{API}/{number}", json=sent, headers=key())
    assert faults(refused) == {"#/product/product_id": f"This is the address of product {number}."}


def test_the_stock_of_a_hidden_product_is_adjusted(staff: Person) -> None:
    found = product(staff, created(staff, status="hidden"))
    [size] = found["sizes"]
    stock = f"/api/v1/admin/stock/{size['sku']}"
    assert [one["on_hand"] for one in staff.get(stock).json()["levels"]] == [0]
    arrived = {"delta": 5, "reason": "the first delivery"}
    adjusted = staff.post(f"{stock}/adjustments", json=arrived, headers=key())
    assert adjusted.status_code == 201
    assert [one["on_hand"] for one in adjusted.json()["levels"]] == [5]
    page = staff.get("/admin/stock", params={"sku": f" {size['sku'].lower()} "})
    assert "the first delivery" in page.text
