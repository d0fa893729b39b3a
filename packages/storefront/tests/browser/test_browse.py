"""A shopper with a real browser: finds a product, on a wide screen, a narrow one, without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, environment
from storefront.settings import Settings

from .accessibility import violations
from .complete import is_shown

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_from_the_front_page_to_a_product(page: Page) -> None:
    menu = page.locator(".menu > summary")
    if is_shown(menu):
        menu.click()
    departments = page.get_by_role("navigation", name="Departments")
    departments.get_by_text("Women", exact=True).click()
    departments.get_by_role("link", name="Everything for women").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Women")
    summary = page.get_by_text("Filters", exact=True)
    if is_shown(summary):
        summary.click()
    page.get_by_role("navigation", name="Filter by category").get_by_role(
        "link", name=re.compile("Footwear")
    ).click()
    expect(page.get_by_role("list", name="Filters in use").get_by_role("listitem")).to_have_count(2)
    show = page.get_by_role("button", name=re.compile("^Show "))
    if is_shown(show):
        show.click()
    first = page.locator(".tile").first
    name = first.locator(".name").inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    picture = page.locator(".gallery img")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    page.go_back()
    expect(page.get_by_role("list", name="Filters in use").get_by_role("listitem")).to_have_count(2)


def test_load_more_adds_below_and_coming_back_shows_as_much(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?sort_by=price")
    tiles = page.locator(".results .tile")
    for pages in (2, 3):
        page.get_by_role("link", name="Load more").click()
        expect(page.get_by_text(f"Page {pages} of 13")).to_be_visible()
        expect(tiles).to_have_count(24 * pages)
    last = tiles.last.get_attribute("href")
    tiles.last.click()
    expect(page.locator(".product")).to_be_visible()
    page.go_back()
    expect(tiles).to_have_count(72)
    expect(tiles.last).to_have_attribute("href", last or "")
    expect(tiles.last).to_be_in_viewport()


def test_a_later_page_leads_back(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?sort_by=price&page=2")
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_text("Page 1 of 13")).to_be_visible()


def test_what_goes_with_a_product_comes_as_one_scrolls(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?article_type=Shirts")
    page.locator(".tile").first.click()
    page.get_by_role("contentinfo").scroll_into_view_if_needed()
    for name in ("Complete the look", "Similar pieces"):
        region = page.get_by_role("region", name=name)
        expect(region.locator(".tile").first).to_be_visible()
        expect(region.locator(".reason").first).not_to_be_empty()


def test_everything_works_without_scripts(browser: Browser, shop: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shop.url}/products")
    page.get_by_role("link", name="Price ↑").click()
    page.locator(".tile").first.click()
    expect(page.locator(".sizes label").first).to_be_attached()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_for_staff_is_for_everybody_among_them(
    browser: Browser, emulator: Emulator, filled_database: str, settings: Settings, scheme: str
) -> None:
    staff = "tailor@example.com"
    known = settings.model_copy(update={"behind_proxy": True, "staff": frozenset({staff})})
    with environment(emulator, filled_database), Server(known) as shop:
        context = browser.new_context(
            viewport={"width": 320, "height": 640},
            color_scheme=scheme,  # type: ignore[arg-type]
            extra_http_headers={"X-Forwarded-Email": staff},
        )
        page = context.new_page()
        page.goto(f"{shop.url}/admin/connection")
        expect(page.get_by_role("heading", level=1)).to_contain_text("reaches its database")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        context.close()
