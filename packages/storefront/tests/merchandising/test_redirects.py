"""Redirects: managed by staff, followed by visitors."""

from uuid import uuid4

import httpx
import pytest

from packages.storefront.tests.account.conftest import Person

from .conftest import Statements

API = "/api/v1/admin/redirects"


def put(staff: Person, source: str, target: str | None) -> httpx.Response:
    return staff.put(
        API, json={"source": source, "target": target}, headers={"Idempotency-Key": uuid4().hex}
    )


def import_csv(staff: Person, content: str | bytes) -> httpx.Response:
    return staff.post(f"{API}/import", content=content, headers={"Idempotency-Key": uuid4().hex})


def test_an_old_address_leads_to_the_new_one(
    staff: Person, guest: Person, statements: Statements
) -> None:
    assert put(staff, "/shop/boots.html", "/products?category=footwear").status_code == 204
    with statements() as sent:
        answer = guest.get("/shop/boots.html?utm=1&x=%2F%2Fevil.example")
    assert (answer.status_code, answer.headers["location"]) == (
        301,
        "/products?category=footwear&utm=1&x=%2F%2Fevil.example",
    )
    assert answer.headers["cache-control"] == "no-store"  # so that staff can correct it
    assert len(sent) == 1
    assert guest.head("/shop/boots.html").status_code == 301
    assert guest.get("/shop/boots.html/").headers["location"] == "/products?category=footwear"
    assert guest.get("/de/shop/boots.html").headers["location"].startswith("/de/products?")
    assert guest.post("/shop/boots.html").status_code == 404
    assert guest.get("/api/v1/shop/boots.html").status_code == 404


def test_an_address_with_a_query_string_is_one_of_its_own(staff: Person, guest: Person) -> None:
    put(staff, "/product.php?id=5", "/help/delivery")
    assert guest.get("/product.php?id=5").headers["location"] == "/help/delivery"
    assert guest.get("/product.php?id=6").status_code == 404


def test_a_target_that_names_its_language_is_left_as_it_is(staff: Person, guest: Person) -> None:
    put(staff, "/de/alt", "/ar/help")
    assert guest.get("/de/alt").headers["location"] == "/ar/help"


def test_what_is_gone_is_said_to_be_gone(staff: Person, guest: Person) -> None:
    put(staff, "/summer-2019", None)
    answer = guest.get("/summer-2019")
    assert answer.status_code == 410
    assert "What was at this address is gone." in answer.text
    assert "لم يعد ما كان" in guest.get("/ar/summer-2019").text


def test_a_page_that_is_there_is_not_redirected(
    staff: Person, guest: Person, statements: Statements
) -> None:
    put(staff, "/departments", "/help")
    with statements() as sent:
        assert guest.get("/departments").status_code == 200
    assert [one for one in sent if "redirects" in one] == []


def test_a_product_that_is_no_longer_sold_can_lead_to_another(staff: Person, guest: Person) -> None:
    put(staff, "/p/gone-999999999", "/products?sort_by=newest")
    assert guest.get("/p/gone-999999999").headers["location"] == "/products?sort_by=newest"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_no_redirect_leads_to_another_site(staff: Person, target: str) -> None:
    answer = put(staff, "/away", target)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/target"


def test_a_file_is_imported_and_its_bad_rows_are_reported(staff: Person, guest: Person) -> None:
    file = "Redirect from,Redirect to\n/i1,/i2\n/i2,/i3\n/i3,/i1\n/i4,https://evil.example\n/i5,\n,/x\n"
    report = import_csv(staff, file).json()
    assert (report["rows"], report["written"]) == (6, 3)
    assert [(one["line"], one["source"], one["reason"]) for one in report["rejected"]] == [
        (4, "/i3", "/i1 leads back to /i3."),
        (5, "/i4", "Enter an address of this shop that begins with one /."),
        (7, "", "Please fill this in."),
    ]
    assert guest.get("/i1").headers["location"] == "/i3"
    assert guest.get("/i5").status_code == 410
    assert import_csv(staff, b"\xff").status_code == 422


def test_staff_manage_redirects_on_a_page(staff: Person, guest: Person) -> None:
    page = "/admin/redirects"
    key = uuid4().hex
    refused = staff.post(page, data={"key": key, "source": "/form", "target": "//evil.example"})
    assert refused.status_code == 422
    assert 'id="target-error">Enter an address of this shop' in refused.text
    assert 'value="//evil.example"' in refused.text
    neither = staff.post(page, data={"key": key, "source": "/form"})
    assert 'id="target-error">Enter a new address, or mark' in neither.text
    saved = staff.post(page, data={"key": key, "source": "/form", "target": "/help"})
    assert saved.status_code == 303
    assert guest.get("/form").headers["location"] == "/help"
    file = {"file": ("moves.csv", b"/f1,/help\n/f2,/f2\n", "text/csv")}
    imported = staff.post(f"{page}/import", data={"key": uuid4().hex}, files=file)
    assert imported.status_code == 200
    assert "2 rows were read, 1 redirects were added" in imported.text
    assert "/f2 leads back to /f2." in imported.text
    nothing = staff.post(f"{page}/import", data={"key": uuid4().hex})
    assert 'id="file-error">Choose a CSV file first.' in nothing.text
    assert "/form" in staff.get(page, params={"q": "/form"}).text
    deleted = staff.post(f"{page}/delete", data={"key": uuid4().hex, "source": "/form"})
    assert deleted.status_code == 303
    assert guest.get("/form").status_code == 404
    assert "put redirect" in staff.get("/admin/audit").text


def test_a_page_that_the_shop_always_has_is_not_redirected(staff: Person, guest: Person) -> None:
    assert put(staff, "/old-wishes", "/wishlist").status_code == 204
    for source in ("/wishlist", "/de/wishlist", "/cart?x=1"):
        refused = put(staff, source, "/products")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/source")
    report = import_csv(staff, "source,target\n/wishlist,/products\n").json()
    assert (report["written"], report["rejected"][0]["source"]) == (0, "/wishlist")
    assert guest.get("/old-wishes").headers["location"] == "/wishlist"


def test_the_log_says_where_redirects_led_before(staff: Person) -> None:
    put(staff, "/log-a", "/log-b")
    put(staff, "/log-b", "/products")
    staff.delete(f"{API}?source=/log-b", headers={"Idempotency-Key": uuid4().hex})
    log = staff.get("/api/v1/admin/audit?entity=redirect&entity_id=/log-b").json()["entries"]
    assert [(one["before"], one["after"]) for one in log] == [
        ({"/log-b": "/products"}, {}),
        ({"/log-a": "/log-b"}, {"/log-a": "/products", "/log-b": "/products"}),
    ]


@pytest.fixture
def product(guest: Person) -> str:
    """The address of a product."""
    [first, *_] = guest.get("/api/v1/products").json()["products"]
    detail = guest.get(f"/api/v1/products/{first['product_id']}").json()
    return str(detail["url"])


def test_a_redirect_from_what_is_shown_is_refused(staff: Person, product: str) -> None:
    collection = {
        "slug": "shown-now",
        "chosen_by": "rule",
        "texts": {"en": {"title": "Shown now"}},
    }
    key = {"Idempotency-Key": uuid4().hex}
    made = staff.post("/api/v1/admin/collections", json=collection, headers=key)
    assert made.status_code == 201
    number = product.rpartition("-")[2]
    shown = [
        product,
        f"/p/an-older-name-{number}",
        f"/de{product}",
        f"https://shop.example{product}?utm_source=x",
        "/collections/shown-now",
        "/collections/SHOWN-NOW",
        "/ar/collections/shown-now",
        "/help/delivery",
        "/de/policies/terms",
        "/de",
    ]
    for source in shown:
        refused = put(staff, source, "/cart")
        assert refused.status_code == 422, source
        [error] = refused.json()["errors"]
        assert error["pointer"] == "#/source"
        assert error["detail"].endswith(": a redirect from it would not be followed.")
    rows = "".join(f"{source},/cart\n" for source in shown)
    report = import_csv(staff, f"{rows}/nothing-here,/cart\n").json()
    assert (report["written"], len(report["rejected"])) == (1, len(shown))


def test_the_redirect_of_a_hidden_collection_is_followed(staff: Person, guest: Person) -> None:
    collection = {
        "slug": "hidden-now",
        "chosen_by": "rule",
        "texts": {"en": {"title": "Hidden now"}},
        "is_shown": False,
    }
    staff.post(
        "/api/v1/admin/collections", json=collection, headers={"Idempotency-Key": uuid4().hex}
    )
    assert put(staff, "/collections/hidden-now", "/cart").status_code == 204
    assert guest.get("/collections/hidden-now").headers["location"] == "/cart"


def test_an_address_in_capitals_leads_to_the_right_one(guest: Person, product: str) -> None:
    [first, *_] = guest.get("/api/v1/collections").json()
    for right in (product, f"/collections/{first['slug']}"):
        _, kind, slug = right.split("/")
        answer = guest.get(f"/de/{kind}/{slug.upper()}?utm_source=x")
        assert (answer.status_code, answer.headers["location"]) == (
            301,
            f"/de{right}?utm_source=x",
        )
