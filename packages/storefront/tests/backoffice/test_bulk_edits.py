"""Many products are edited by a file: exported, changed, previewed, applied exactly as previewed."""

import csv
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from packages.storefront.tests.account.conftest import STAFF, Person, Shop

API = "/api/v1/admin"
Rows = list[dict[str, str]]


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


@pytest.fixture
def brand(staff: Person) -> str:
    """A brand with two products of its own, in two sizes each; the name of one would be a formula."""
    name = f"Bulk {uuid4().hex}"
    for product in ("=1+1 Shirt", "Plain Shirt"):
        wanted = {
            "product": {
                "name": product, "brand": name, "gender": "Men", "master_category": "Apparel",
                "sub_category": "Topwear", "article_type": "Shirts", "currency": "USD",
                "price": "20.00", "description": "Two\nlines.",
            },
            "sizes": [{"size_system": "alpha", "size": size} for size in "SM"],
        }  # fmt: skip
        assert staff.post(f"{API}/products", json=wanted, headers=key()).status_code == 201
    return name


def exported(staff: Person, brand: str) -> Rows:
    answer = staff.get(f"{API}/products.csv", params={"brand": brand})
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def uploaded(staff: Person, rows: Rows, **columns: str) -> Any:
    """The answer to the upload of these rows. columns: by name, what is in each row."""
    written = io.StringIO()
    writer = csv.DictWriter(written, [*rows[0], *columns])
    writer.writeheader()
    writer.writerows(row | columns for row in rows)
    file = {"file": ("products.csv", written.getvalue().encode(), "text/csv")}
    return staff.post(f"{API}/bulk-edits", files=file)


def preview(staff: Person, rows: Rows) -> dict[str, Any]:
    answer = uploaded(staff, rows)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def applied(staff: Person, found: dict[str, Any], digest: str | None = None) -> Any:
    path = f"{API}/bulk-edits/{found['bulk_edit_id']}/apply"
    return staff.post(path, json={"digest": digest or found["digest"]}, headers=key())


def changes(found: dict[str, Any]) -> list[tuple[str, ...]]:
    names = ("size", "column", "old", "new")
    return [tuple(one[name] for name in names) for one in found["changes"]]


def test_an_export_that_nobody_changed_changes_nothing(staff: Person, brand: str) -> None:
    rows = exported(staff, brand)
    assert [row["name"] for row in rows] == ["'=1+1 Shirt", "", "Plain Shirt", ""]
    assert "stock" not in rows[0]
    found = preview(staff, rows)
    assert (found["read"], found["changes"], found["rejected"], found["added"]) == (2, [], [], [])


def test_a_file_changes_exactly_what_its_preview_shows(staff: Person, brand: str) -> None:
    rows = exported(staff, brand)
    number = rows[2]["product_id"]
    rows[2] |= {"price": "15.00", "list_price": "20.00"}
    rows[3]["gtin"] = "00012369"
    del rows[1]
    found = preview(staff, rows)
    assert changes(found) == [
        ("alpha M", "size", "alpha M", ""),
        ("", "price", "20.00", "15.00"),
        ("", "list_price", "", "20.00"),
        ("alpha M", "gtin", "", "00012369"),
    ]
    before = staff.get(f"{API}/products/{number}").json()["product"]["price"]
    assert before == "20.00"  # nothing is changed by looking
    page = staff.get(f"/admin/products/bulk/{found['bulk_edit_id']}").text
    assert '<td dir="auto">20.00</td><td dir="auto">15.00</td>' in page
    assert "Apply 4 changes" in page
    done = applied(staff, found)
    assert done.status_code == 200, done.text
    after = staff.get(f"{API}/products/{number}").json()
    assert (after["product"]["price"], after["sizes"][1]["gtin"]) == ("15.00", "00012369")
    assert staff.get(f"/api/v1/products/{number}").json()["price_minor"] == 1500
    [entry] = staff.get(f"{API}/audit?entity=import").json()["entries"][:1]
    assert (entry["actor"], entry["before"]) == (STAFF, None)
    assert entry["after"] == {
        "file": "products.csv", "added": 0, "changed": 2, "values": 4, "rejected": 0,
    }  # fmt: skip
    history = staff.get(f"/admin/products/{number}").text
    assert '<del dir="auto">20.00</del> → <ins dir="auto">15.00</ins>' in history
    again = applied(staff, found)
    assert again.json()["type"].endswith("/problems/applied-already")


def test_a_preview_that_is_outdated_is_not_applied(staff: Person, brand: str) -> None:
    rows = exported(staff, brand)
    rows[0]["price"] = "15.00"
    found = preview(staff, rows)
    rows[0]["price"] = "18.00"
    applied(staff, preview(staff, rows))
    refused = applied(staff, found)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/problems/preview-outdated")
    path = f"/admin/products/bulk/{found['bulk_edit_id']}"
    page = staff.post(path, data={"digest": found["digest"], "key": "1"})
    assert page.status_code == 409
    assert '<td dir="auto">18.00</td><td dir="auto">15.00</td>' in page.text
    digest = staff.get(f"{API}/bulk-edits/{found['bulk_edit_id']}").json()["digest"]
    form = {"digest": digest, "key": "2"}
    assert staff.post(path, data=form).status_code == 303
    assert exported(staff, brand)[0]["price"] == "15.00"


def test_rows_that_cannot_be_used_are_named_and_the_others_are_applied(
    staff: Person, brand: str
) -> None:
    rows = exported(staff, brand)
    rows[0]["price"] = "cheap"
    rows[2]["price"] = "12.00"
    found = preview(staff, rows)
    assert found["rejected"] == [
        {
            "line": 2,
            "reason": "price 'cheap' is not a number such as 19.99; leave out signs, blanks and "
            "separators",
        }
    ]
    assert changes(found) == [("", "price", "20.00", "12.00")]
    assert applied(staff, found).status_code == 200
    assert [row["price"] for row in exported(staff, brand)] == ["20.00", "", "12.00", ""]


def _without_a_column(rows: Rows) -> Rows:
    return [{name: cell for name, cell in row.items() if name != "description"} for row in rows]


def _of_unknown_columns(rows: Rows) -> Rows:
    return [{"a": "1"} for _ in rows]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_without_a_column, "The file has no column description. Export the products again"),
        (_of_unknown_columns, "The file has no column product_id"),
    ],
)
def test_a_file_that_would_lose_values_is_refused(
    staff: Person, brand: str, change: Callable[[Rows], Rows], reason: str
) -> None:
    refused = uploaded(staff, change(exported(staff, brand)))
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(reason)


def test_a_file_that_cannot_be_read_in_time_is_refused(staff: Person, brand: str) -> None:
    [row] = exported(staff, brand)[:1]
    header = ",".join(row)
    others = ",".join(f"x{number}" for number in range(20_000))
    many = "".join(f"{number},x\n" for number in range(1_002))
    for content, reason in (
        (f'{header}\n1,"' + "x,y\n" * 590_000, "The file has 590,001 lines, more than 20,000."),
        (f"{header},{others}\n", "columns, more than 1,000."),
        (f"{header}\n{many}", "The file has more than 1,000 products and rejected rows."),
    ):
        file = {"file": ("products.csv", content.encode(), "text/csv")}
        refused = staff.post(f"{API}/bulk-edits", files=file)
        assert refused.status_code == 422
        assert reason in refused.json()["detail"]
        assert refused.json()["errors"][0]["pointer"] == "#/file"
        assert staff.post("/admin/products/bulk", files=file).status_code == 422


def test_what_is_edited_elsewhere_is_not_read(staff: Person, brand: str) -> None:
    found = uploaded(staff, exported(staff, brand), stock="99").json()
    assert found["changes"] == []
    assert found["notices"] == ["The column stock is not read: it is edited elsewhere."]


def test_new_products_come_without_stock(staff: Person, brand: str, proxied_shop: Shop) -> None:
    rows = exported(staff, brand)[:1]
    number = str(700_000 + int(uuid4().hex[:4], 16))
    rows[0] |= {"product_id": number, "style": "", "sku": "", "name": "New Shirt"}
    found = preview(staff, rows)
    assert (found["added"], found["changed"]) == ([number], [])
    assert applied(staff, found).status_code == 200
    assert proxied_shop.rows(
        "select coalesce(sum(on_hand), 0) from shop.stock_levels"
        " join shop.skus on skus.id = sku_id where colourway_id = :number",
        number=int(number),
    ) == [(0,)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Choose the file that you changed."),
        (b"PK\x03\x04book", "The file is an Excel workbook or another archive."),
        (b"<html>", "The file is an HTML page."),
        (b"a,b\n1,2", "The file has no column product_id"),
    ],
)
def test_what_is_no_catalogue_is_refused_on_the_page(
    staff: Person, content: bytes, reason: str
) -> None:
    file = {"file": ("a.csv", content, "text/csv")}
    page = staff.post("/admin/products/bulk", files=file)
    assert page.status_code == 422
    assert f'id="file-error">{reason}' in page.text


def test_a_file_from_the_page_is_of_an_encoding_that_spreadsheets_see(
    staff: Person, brand: str
) -> None:
    file = staff.get("/admin/products/export.csv", params={"brand": brand}).content
    assert file.startswith(b"\xef\xbb\xbfproduct_id,")
    plain = staff.get(f"{API}/products.csv", params={"brand": brand}).content
    assert file == b"\xef\xbb\xbf" + plain  # programs would read the mark as a part of a name
    again = staff.post(f"{API}/bulk-edits", files={"file": ("products.csv", file, "text/csv")})
    found = again.json()
    assert (found["read"], found["changes"], found["rejected"]) == (2, [], [])


def test_a_sku_that_stays_and_a_wrong_bar_code_are_pointed_out(staff: Person, brand: str) -> None:
    rows = exported(staff, brand)
    kept = rows[0]["sku"]
    rows[0]["sku"] = "ANOTHER-1"
    rows[1]["gtin"] = "4006381333932"
    found = preview(staff, rows)
    assert [(one["line"], one["reason"].partition(":")[0]) for one in found["doubtful"]] == [
        (2, f"sku 'ANOTHER-1' of product {rows[0]['product_id']}"),
        (4, "gtin 4006381333932 of size 'M' has another check digit than it must have"),
    ]
    assert f"keeps {kept!r}" in found["doubtful"][0]["reason"]
    assert changes(found) == [("alpha M", "gtin", "", "4006381333932")]
    page = staff.get(f"/admin/products/bulk/{found['bulk_edit_id']}").text
    assert "Line 2: sku &#39;ANOTHER-1&#39;" in page
    assert applied(staff, found).status_code == 200
    assert preview(staff, exported(staff, brand))["doubtful"] == []


def test_a_tax_class_without_a_rate_rejects_its_product(staff: Person, brand: str) -> None:
    rows = exported(staff, brand)
    rows[0]["tax_class"] = "reduced"
    rows[2]["tax_class"] = "children"
    found = preview(staff, rows)
    assert [(one["line"], one["reason"]) for one in found["rejected"]] == [
        (2, "tax_class 'reduced' has no rate in any country; there are children, standard")
    ]
    assert changes(found) == [("", "tax_class", "standard", "children")]
