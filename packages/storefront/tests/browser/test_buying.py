"""A shopper buys something: on a wide screen and a narrow one, with and without scripts, by keyboard."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from packages.storefront.tests.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Check = Callable[[Page], None]


@pytest.fixture(
    params=[(1440, True), (390, True), (1440, False), (390, False)],
    ids=["wide", "narrow", "wide-no-scripts", "narrow-no-scripts"],
)
def shopper(
    request: pytest.FixtureRequest, browser: Browser, selling_shop: Server
) -> Iterator[Page]:
    width, has_scripts = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=has_scripts,
        base_url=selling_shop.url,
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def has_scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.node.callspec.params["shopper"][1])


@pytest.fixture
def check(has_scripts: bool) -> Check:
    """Looks for what axe finds wrong with a page; it needs scripts itself."""

    def look(page: Page) -> None:
        if has_scripts:
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{page.url} is {wide} px wider than the screen"

    return look


def put_something_into_the_bag(page: Page, *, has_scripts: bool) -> None:
    page.goto("/products")
    page.locator(".tile:not(:has-text('Sold out'))").first.click()
    page.locator(".sizes label:not(.sold-out)").first.click()
    page.get_by_role("button", name="Add to bag").click()
    if has_scripts:
        drawer = page.get_by_role("dialog", name="In your bag")
        expect(drawer).to_be_visible()
        expect(page.locator(".bag-link .count")).to_contain_text("1")
        drawer.get_by_role("link", name="See the bag").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your bag")


def fill_in_the_address(page: Page, *, email: str, postal_code: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Full name").fill("Ann Example")
    page.get_by_label("Street and number").fill("1 Main Street")
    page.get_by_label("City").fill("Springfield")
    page.get_by_label("State").select_option("IL")
    page.get_by_label("ZIP code").fill(postal_code)
    page.get_by_role("button", name="Go on to the delivery").click()


def test_from_a_product_to_an_order(shopper: Page, has_scripts: bool, check: Check) -> None:
    put_something_into_the_bag(shopper, has_scripts=has_scripts)
    check(shopper)
    shopper.get_by_role("button", name="To the checkout").click()
    check(shopper)
    fill_in_the_address(shopper, email="ann@example", postal_code="1")
    expect(shopper.locator("#email-error")).to_contain_text("not valid")
    expect(shopper.locator("#postal_code-error")).to_contain_text("it looks like 95014")
    expect(shopper.get_by_label("City")).to_have_value("Springfield")
    check(shopper)
    fill_in_the_address(shopper, email="ann@example.com", postal_code="62701")
    check(shopper)
    shopper.get_by_role("button", name="Go on to the payment").click()
    check(shopper)
    shopper.get_by_label("Decline").check()
    shopper.get_by_role("button", name="Pay").click()
    expect(shopper.get_by_role("alert")).to_have_text("The card was declined.")
    shopper.get_by_label("Ask for confirmation").check()
    shopper.get_by_role("button", name="Pay").click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Test bank")
    check(shopper)
    shopper.get_by_role("button", name="Approve").click()
    expect(shopper).to_have_url(re.compile("/orders/"), timeout=60_000)
    shopper.goto("/cart")
    expect(shopper.get_by_text("Nothing is in it yet.")).to_be_visible()


def test_the_bag_is_changed_in_place_and_what_was_removed_comes_back(
    shopper: Page, has_scripts: bool, check: Check
) -> None:
    put_something_into_the_bag(shopper, has_scripts=has_scripts)
    shopper.get_by_role("button", name="Save for later").click()
    expect(shopper.get_by_role("heading", name="Saved for later")).to_be_visible()
    check(shopper)
    shopper.get_by_role("button", name="Move to the bag").click()
    expect(shopper.get_by_role("heading", name="Saved for later")).to_have_count(0)
    shopper.get_by_role("button", name="Remove").click()
    expect(shopper.get_by_text("It was taken out of your bag.")).to_be_visible()
    check(shopper)
    shopper.get_by_role("button", name="Undo").click()
    expect(shopper.locator(".line")).to_have_count(1)
    shopper.get_by_label("Code or gift card").fill("NOPE")
    shopper.get_by_role("button", name="Use it").click()
    expect(shopper.locator("#code-error")).to_have_text("There is no code NOPE.")
    check(shopper)


def test_a_size_is_asked_for_before_anything_is_added(shopper: Page, has_scripts: bool) -> None:
    shopper.goto("/products?size=M")
    shopper.locator(".tile:not(:has-text('Sold out'))").first.click()
    shopper.get_by_role("button", name="Add to bag").click()
    if has_scripts:
        expect(shopper.get_by_role("dialog")).to_have_count(0)
    assert shopper.evaluate("document.querySelector('.buy').checkValidity()") is False


def test_by_keyboard_alone(browser: Browser, selling_shop: Server) -> None:
    context = browser.new_context(base_url=selling_shop.url)
    page = context.new_page()
    page.goto("/products")
    page.locator(".tile:not(:has-text('Sold out'))").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/p/"), timeout=60_000)
    page.locator(".sizes input:not([disabled])").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="In your bag")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    context.close()
