"""A shopper buys something: on a wide screen and a narrow one, with and without scripts, by keyboard."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from packages.storefront.tests.conftest import Server

from .accessibility import violations_in_each_scheme
from .keyboard import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_MOST_TABS = 400

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
            assert violations_in_each_scheme(page) == []
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
        drawer.get_by_role("link", name="View bag").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your bag")


def fill_in_the_address(page: Page, *, email: str, postal_code: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Full name").fill("Ann Example")
    page.get_by_label("Street and number").fill("1 Main Street")
    page.get_by_label("City").fill("Springfield")
    page.get_by_label("State").select_option("IL")
    page.get_by_label("ZIP code").fill(postal_code)
    page.get_by_role("button", name="Continue to delivery").click()


def test_from_a_product_to_an_order(shopper: Page, has_scripts: bool, check: Check) -> None:
    put_something_into_the_bag(shopper, has_scripts=has_scripts)
    check(shopper)
    shopper.get_by_role("button", name="Check out").click()
    check(shopper)
    shopper.get_by_label("City").fill("Berlin")
    shopper.get_by_label("Country", exact=True).select_option("DE")
    if not has_scripts:
        shopper.get_by_role("button", name="Change country").click()
    expect(shopper.get_by_label("State")).to_have_count(0)
    expect(shopper.get_by_label("City")).to_have_value("Berlin")
    shopper.get_by_label("Country", exact=True).select_option("US")
    if not has_scripts:
        shopper.get_by_role("button", name="Change country").click()
    expect(shopper.get_by_label("State")).to_be_visible()
    fill_in_the_address(shopper, email="ann@example", postal_code="1")
    expect(shopper.locator("#email-error")).to_contain_text("name@example.com")
    expect(shopper.locator("#postal_code-error")).to_contain_text("Example: 60000")
    expect(shopper.get_by_label("City")).to_have_value("Springfield")
    check(shopper)
    fill_in_the_address(shopper, email="ann@example.com", postal_code="62701")
    check(shopper)
    shopper.get_by_role("button", name="Continue to payment").click()
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
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Your bag is empty")


def test_the_bag_is_changed_in_place_and_what_was_removed_comes_back(
    shopper: Page, has_scripts: bool, check: Check
) -> None:
    put_something_into_the_bag(shopper, has_scripts=has_scripts)
    shopper.get_by_role("button", name="Save for later").click()
    expect(shopper.get_by_role("heading", name="Saved for later")).to_be_visible()
    check(shopper)
    shopper.get_by_role("button", name="Move to bag").click()
    expect(shopper.get_by_role("heading", name="Saved for later")).to_have_count(0)
    shopper.get_by_role("button", name="Remove").click()
    expect(shopper.get_by_text("Removed from your bag.")).to_be_visible()
    check(shopper)
    shopper.get_by_role("button", name="Undo").click()
    expect(shopper.locator(".line")).to_have_count(1)
    shopper.get_by_label("Discount code or gift card").fill("NOPE")
    shopper.get_by_role("button", name="Apply").click()
    expect(shopper.locator("#code-error")).to_have_text("There is no code NOPE.")
    check(shopper)


def test_a_size_is_asked_for_before_anything_is_added(shopper: Page, has_scripts: bool) -> None:
    shopper.goto("/products?size=M")
    shopper.locator(".tile:not(:has-text('Sold out'))").first.click()
    shopper.get_by_role("button", name="Add to bag").click()
    if has_scripts:
        expect(shopper.get_by_role("dialog")).to_have_count(0)
    assert shopper.evaluate("document.querySelector('.buy').checkValidity()") is False


def test_the_pages_of_signing_in_are_accessible(
    shopper: Page, has_scripts: bool, check: Check
) -> None:
    shopper.goto("/account")
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Sign in")
    check(shopper)
    shopper.get_by_label("E-mail").fill("ann@example")
    shopper.get_by_role("button", name="Send me a code").click()
    expect(shopper.locator("#email-error")).to_be_visible()
    check(shopper)
    shopper.get_by_label("E-mail").fill(f"ann{has_scripts}@example.com")
    shopper.get_by_role("button", name="Send me a code").click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Enter the code")
    shopper.get_by_role("textbox", name="Code").fill("000000")
    shopper.get_by_role("button", name="Sign in").click()
    expect(shopper.locator("#code-error")).to_be_visible()
    check(shopper)


def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    """Go to a button or a link by Tab, and press Enter."""
    tab_to(page, page.get_by_role(role, name=name).first, most=_MOST_TABS)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no-scripts"])
def test_everything_is_bought_by_keyboard_alone(
    browser: Browser, selling_shop: Server, has_scripts: bool
) -> None:
    context = browser.new_context(base_url=selling_shop.url, java_script_enabled=has_scripts)
    page = context.new_page()
    page.goto("/products")
    tab_to(page, page.locator(".tile:not(:has-text('Sold out'))").first, most=_MOST_TABS)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/p/"), timeout=60_000)
    tab_to(page, page.locator(".sizes input:not([disabled])").first, most=_MOST_TABS)
    page.keyboard.press("Space")
    press(page, "button", "Add to bag")
    if has_scripts:
        expect(page.get_by_role("dialog", name="In your bag")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        press(page, "button", "Add to bag")
        expect(page.get_by_role("dialog", name="In your bag")).to_be_visible()
        press(page, "link", "View bag")
    press(page, "button", "Check out")
    for label, typed in {
        "E-mail": "ann@example.com",
        "Full name": "Ann Example",
        "Street and number": "1 Main Street",
        "City": "Springfield",
        "State": "Illinois",  # typing chooses from the list
        "ZIP code": "62701",
    }.items():
        tab_to(page, page.get_by_label(label), most=_MOST_TABS)
        page.keyboard.type(typed)
    press(page, "button", "Continue to delivery")
    tab_to(page, page.locator("input[name=delivery_method]:checked"), most=_MOST_TABS)
    page.keyboard.press("ArrowDown")
    press(page, "button", "Continue to payment")
    press(page, "button", "Pay")
    expect(page).to_have_url(re.compile("/orders/"), timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    context.close()


def test_a_lost_network_is_said_and_nothing_changes(browser: Browser, selling_shop: Server) -> None:
    context = browser.new_context(base_url=selling_shop.url, service_workers="block")
    page = context.new_page()
    toast = page.locator(".toast")
    put_something_into_the_bag(page, has_scripts=True)
    context.set_offline(True)
    page.get_by_role("button", name="Remove").click()
    expect(toast).to_contain_text("Check your connection")
    context.set_offline(False)
    page.route("**/cart/coupon", lambda route: route.fulfill(status=503, body="busy"))
    page.get_by_label("Discount code or gift card").fill("NOPE")
    page.get_by_role("button", name="Apply").click()
    expect(toast).to_contain_text("The shop cannot do that right now")
    expect(page.get_by_label("Discount code or gift card")).to_have_value("NOPE")
    page.unroute("**/cart/coupon")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_label("Discount code or gift card")).to_be_focused()
    expect(toast).to_be_empty()
    page.goto("/products")
    heart = page.locator(".heart button").first
    page.route("**/wishlist/**", lambda route: route.abort())
    heart.click()
    expect(toast).to_contain_text("Check your connection")
    expect(heart).to_have_attribute("aria-pressed", "false")
    page.locator(".tile:not(:has-text('Sold out'))").first.click()
    page.locator(".sizes label:not(.sold-out)").first.click()
    page.route("**/cart/lines", lambda route: route.abort())
    page.get_by_role("button", name="Add to bag").click()
    expect(toast).to_contain_text("Check your connection")
    context.close()


def test_a_double_click_adds_one_piece(browser: Browser, selling_shop: Server) -> None:
    context = browser.new_context(base_url=selling_shop.url)
    page = context.new_page()
    page.goto("/products")
    page.locator(".tile:not(:has-text('Sold out'))").first.click()
    page.locator(".sizes label:not(.sold-out)").first.click()
    page.get_by_role("button", name="Add to bag").dblclick()
    expect(page.get_by_role("dialog", name="In your bag")).to_contain_text("1 piece")
    page.goto("/cart")
    expect(page.get_by_label("Quantity")).to_have_value("1")
    context.close()


def test_the_bag_keeps_the_focus_and_what_was_typed(shopper: Page, has_scripts: bool) -> None:
    put_something_into_the_bag(shopper, has_scripts=has_scripts)
    if has_scripts:
        update = shopper.get_by_role("button", name="Update").first
        update.click()
        expect(shopper.get_by_role("button", name="Update").first).to_be_focused()
        shopper.get_by_role("button", name="Remove").click()
        expect(shopper.get_by_role("button", name="Undo")).to_be_focused()
        shopper.get_by_role("button", name="Undo").click()
    shopper.get_by_label("Quantity").fill("2")
    shopper.get_by_role("button", name="Check out").click()
    expect(shopper.locator(".summary")).to_contain_text("2 ×")


def test_a_country_is_chosen_by_keyboard(browser: Browser, selling_shop: Server) -> None:
    context = browser.new_context(base_url=selling_shop.url)
    page = context.new_page()
    put_something_into_the_bag(page, has_scripts=True)
    page.get_by_role("button", name="Check out").click()
    country = page.get_by_label("Country", exact=True)
    country.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(page.get_by_label("State")).to_have_count(0)
    expect(country).to_be_focused()
    page.keyboard.type("Germany")
    expect(page.get_by_label("Postal code")).to_be_visible()
    expect(country).to_have_value("DE")
    context.close()
