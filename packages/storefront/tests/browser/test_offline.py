"""A visit without a network: the pages that were seen, marked as stored, and the offline page."""

import pytest
from playwright.sync_api import Browser, expect

from packages.storefront.tests.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_page_that_was_seen_is_shown_as_stored_and_another_is_not(
    browser: Browser, shop: Server
) -> None:
    context = browser.new_context(base_url=shop.url)
    page = context.new_page()
    page.goto("/products")
    page.evaluate("navigator.serviceWorker.ready")
    page.goto("/products")  # by way of the worker, which governs pages from their next visit on
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    product = page.locator("a.tile").first.get_attribute("href")
    context.set_offline(True)
    page.goto("/products")
    expect(page.locator(".flash")).to_contain_text("You are offline. This page is of")
    expect(page.locator(".flash")).to_contain_text("prices and stock may have changed")
    page.goto(f"{product}")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    page.goto("/cart")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    context.close()
