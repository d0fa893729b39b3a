"""A merchandiser makes a product, edits it by a file, schedules a price; axe finds nothing wrong."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, running_shop
from storefront.settings import Settings
from tests.databases import Databases

from .inspection import look_at, look_at_this

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STAFF = "tailor@example.com"


@pytest.fixture(scope="module")
def back_office(
    emulator: Emulator, databases: Databases, template_database: str, settings: Settings
) -> Iterator[Server]:
    changes = {"behind_proxy": True, "staff": frozenset({STAFF}), "connect_deadline_s": 60}
    database = databases.create(template=template_database)
    with running_shop(settings.model_copy(update=changes), emulator, database) as server:
        yield server


@pytest.fixture(params=[1440, 390], ids=["wide", "narrow"])
def visitor(
    request: pytest.FixtureRequest, browser: Browser, back_office: Server
) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": request.param, "height": 900},
        base_url=back_office.url,
        extra_http_headers={"X-Forwarded-Email": STAFF},
        java_script_enabled=True,
    )
    yield context.new_page()
    context.close()


def made(visitor: Page) -> str:
    """The number of a product that a merchandiser makes, with a picture; an admin adds her first."""
    visitor.goto("/admin/staff")
    visitor.get_by_label("E-mail address", exact=True).fill("mia@example.com")
    visitor.get_by_label("Role", exact=True).select_option("merchandiser")
    visitor.get_by_role("button", name="Save").click()
    look_at(visitor, "/admin/staff", "/admin/products", "/admin/products/bulk", "/admin/prices")
    visitor.set_extra_http_headers({"X-Forwarded-Email": "mia@example.com"})
    visitor.goto("/admin/products")
    visitor.get_by_role("link", name="New product").click()
    visitor.get_by_role("button", name="Save").click()
    assert visitor.locator("#name-error").inner_text() == "Name is empty."
    look_at_this(visitor)
    for label, text in {
        "Name": "Velvet Gown",
        "Price, USD": "120",
        "Brand": "Mia",
        "Category": "Apparel",
        "Group": "Dress",
        "Kind": "Dresses",
    }.items():
        visitor.get_by_label(label, exact=True).fill(text)
    visitor.get_by_label("Status", exact=True).select_option("live")
    visitor.get_by_label("Size system").first.fill("alpha")
    visitor.get_by_label("Size", exact=True).first.fill("M")
    visitor.get_by_role("button", name="Save").click()
    assert visitor.locator(".flash").inner_text() == "The product is saved."
    number = visitor.url.rsplit("/", 1)[1]

    buffer = BytesIO()
    Image.new("RGB", (300, 400), "purple").save(buffer, "PNG")
    visitor.get_by_label("New picture").set_input_files(
        FilePayload(name="gown.png", mimeType="image/png", buffer=buffer.getvalue())
    )
    visitor.get_by_label("What it shows").fill("The gown from the front")
    visitor.get_by_role("button", name="Upload").click()
    assert "The picture is added." in visitor.locator(".flash").inner_text()
    look_at(visitor, f"/admin/products/{number}")
    visitor.get_by_role("link", name="See it in the shop").click()
    assert visitor.get_by_role("heading", level=1).inner_text() == "Velvet Gown"
    expect(visitor.get_by_alt_text("The gown from the front").first).to_be_attached()
    return number


def test_a_product_is_made_shown_edited_by_a_file_and_priced(visitor: Page, tmp_path: Path) -> None:
    number = made(visitor)
    visitor.goto(f"/admin/products?q={number}")
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Export it as CSV").click()
    changed = tmp_path / "changed.csv"
    download.value.save_as(changed)
    changed.write_text(changed.read_text().replace("Velvet Gown", "Silk Gown"))
    visitor.goto("/admin/products/bulk")
    visitor.get_by_label("CSV file").set_input_files(changed)
    visitor.get_by_role("button", name="Show what would change").click()
    assert "Velvet Gown" in visitor.locator("td", has_text="Velvet Gown").inner_text()
    look_at_this(visitor)
    visitor.get_by_role("button", name="Apply 1 change").click()
    assert "1 changed" in visitor.locator(".flash").inner_text()

    visitor.goto("/admin/prices")
    visitor.get_by_label("Product numbers").fill(number)
    visitor.get_by_label("Per cent or amount").fill("25")
    visitor.get_by_label("What it does", exact=True).select_option("percent")
    visitor.get_by_label("From, UTC").fill("2031-05-01T00:00")
    visitor.get_by_role("button", name="Show what it does").click()
    assert "$90.00" in visitor.get_by_role("table", name="").last.inner_text()
    look_at_this(visitor)
    visitor.get_by_role("button", name="Schedule").click()
    assert "1 price is scheduled." in visitor.locator(".flash").inner_text()
    look_at(visitor, f"/admin/prices?product={number}", f"/admin/audit?entity_id={number}")
    assert "Velvet Gown" in visitor.get_by_role("main").inner_text()
