"""Pages on which staff edit collections, words and redirects, in a real browser."""

import pytest
from playwright.sync_api import Browser

from packages.storefront.tests.account.conftest import STAFF, Shop, proxied_shop

from .inspection import troubles

__all__ = ["proxied_shop"]

PAGES = [
    "/admin/collections",
    "/admin/collections/1",
    "/admin/collections/new",
    "/admin/content",
    "/admin/content/home/stories?language=ar",
    "/admin/content/help/delivery",
    "/admin/redirects",
]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1440, "light")])
def test_staff_edit_on_accessible_pages(
    browser: Browser, proxied_shop: Shop, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        extra_http_headers={"X-Forwarded-Email": STAFF},
    )
    page = context.new_page()
    page.add_init_script("window.shifted = 0")
    complaints = []
    for path in PAGES:
        page.goto(proxied_shop.url + path)
        complaints += [f"{path}: {trouble}" for trouble in troubles(page, width)]
    page.goto(f"{proxied_shop.url}/admin/collections/1")
    page.get_by_role("button", name="Preview").click()
    page.wait_for_load_state("networkidle")  # scripts fill in which products are saved
    complaints += [f"preview: {trouble}" for trouble in troubles(page, width)]
    assert page.get_by_role("heading", name="Preview").is_visible()
    context.close()
    assert complaints == []
