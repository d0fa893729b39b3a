"""A shopper who searches with a real browser: by keyboard, by pointer, without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from packages.storefront.tests.conftest import Server

from .accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_typing_offers_and_the_keyboard_chooses(page: Page) -> None:
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially("shirt")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_contain_text("Shirts")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = options.first.get_attribute("id")
    expect(box).to_have_attribute("aria-activedescendant", chosen or "")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/products\?category=.*shirts$"))
    expect(page.locator(".tile").first).to_be_visible()


def test_escape_closes_and_the_pointer_chooses(page: Page) -> None:
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially("jack")
    options = page.get_by_role("option")
    category = options.filter(has_text=re.compile(r"Jackets\s*\d+$"))  # and how many there are
    expect(category).to_be_visible()
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("jack")
    box.press_sequentially("e")
    category.click()
    expect(page).to_have_url(re.compile(r"/products\?category="))


def test_a_product_is_offered_with_its_price_and_picture(page: Page) -> None:
    page.get_by_role("combobox", name="Search").press_sequentially("shirt")
    product = page.get_by_role("option").filter(has_text="$").first
    expect(product.locator("img")).to_be_visible()
    product.click()
    expect(page).to_have_url(re.compile("/p/"))


def test_recent_searches_are_offered_again(page: Page, shop: Server) -> None:
    box = page.get_by_role("combobox", name="Search")
    box.fill("black shirts")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=black"))
    page.goto(shop.url)
    box.focus()
    expect(page.get_by_role("option")).to_have_text(re.compile("black shirts"))
    box.press("ArrowUp")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=black"))


def test_opening_what_a_search_found_is_counted_and_leaves_no_mark(
    page: Page, shop: Server
) -> None:
    page.goto(f"{shop.url}/search?q=black+shirts")
    # The first click leads nowhere: of a page that is left, a browser does not always tell the answers.
    page.evaluate("document.addEventListener('click', (e) => e.preventDefault(), { once: true })")
    with page.expect_response(re.compile(r"/search/opened\?q=black%20shirts$")) as told:
        page.locator(".tile").first.click()
    assert told.value.status == 204
    page.locator(".tile").first.click()
    expect(page).to_have_url(re.compile(r"/p/[^?]+$"))


def test_open_suggestions_break_no_accessibility_rule(page: Page) -> None:
    page.get_by_role("combobox", name="Search").press_sequentially("shirt")
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page) == []


def test_searching_needs_no_script(browser: Browser, shop: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(shop.url)
    box = page.get_by_role("searchbox", name="Search")
    box.fill("blak shirts")
    box.press("Enter")
    expect(page.get_by_text("Showing results for black shirts")).to_be_visible()
    page.get_by_role("link", name=re.compile("Black from")).click()
    expect(page).to_have_url(re.compile(r"/search\?q=shirts$"))
    context.close()
