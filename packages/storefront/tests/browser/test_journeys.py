"""What people come to the shop for, each in six ways: on a desk and a phone, with and without scripts,
and by keyboard alone. packages/storefront/docs/pages.md has the table of all journeys and
where each is walked.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lakepass.emulator import Emulator
from packages.storefront.tests.account.conftest import Shop, own_settings
from packages.storefront.tests.conftest import wait_for_menu
from storefront.demo.orders import DemoOrder, email_of, number_of
from storefront.personas.profiles import PERSONAS
from tests.databases import Databases

from .complete import is_shown, is_there
from .keyboard import tab_to
from .past_orders import place_orders

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody uses the shop."""

    name: str
    width: int
    has_scripts: bool
    by_keyboard: bool = False


WAYS = (
    Way("desk", 1440, has_scripts=True),
    Way("phone", 390, has_scripts=True),
    Way("desk-plain", 1440, has_scripts=False),
    Way("phone-plain", 390, has_scripts=False),
    Way("keyboard", 1440, has_scripts=True, by_keyboard=True),
    Way("keyboard-plain", 390, has_scripts=False, by_keyboard=True),
)
BY_KEYBOARD = [way for way in WAYS if way.by_keyboard]
_BUYER = "athletic"
# Of each way one order to cancel, and one that has arrived: to return and to review.
_ORDERS = [DemoOrder(_BUYER, 5, 1, "placed") for _ in WAYS]
_ORDERS += [DemoOrder(_BUYER, 5, 1, "delivered") for _ in WAYS]
_MOST_TABS = 250


class Walker:
    """Somebody on their way through the shop: by pointer, or with nothing but keys."""

    def __init__(self, page: Page, way: Way) -> None:
        self.page = page
        self.way = way

    def reach(self, target: Locator) -> None:
        """Press Tab until this has the focus."""
        tab_to(self.page, target, most=_MOST_TABS)

    def press(self, target: Locator) -> None:
        """Press a link, a button or a summary."""
        if self.way.by_keyboard:
            self.reach(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def fill(self, target: Locator, text: str) -> None:
        """Type into a field, in place of what is there."""
        if self.way.by_keyboard:
            self.reach(target)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            target.fill(text)

    def select(self, target: Locator, label: str) -> None:
        """Choose from a list; by keyboard, typing does."""
        if self.way.by_keyboard:
            self.reach(target)
            self.page.keyboard.type(label)
        else:
            target.select_option(label=label)

    def mark(self, field: Locator, label: Locator) -> None:
        """Choose one of several: the first one, where the Tab key leads."""
        if self.way.by_keyboard:
            self.reach(field)
            self.page.keyboard.press("Space")
        else:
            label.click()

    def button(self, name: str) -> None:
        """Press the button of this name."""
        self.press(self.page.get_by_role("button", name=name, exact=True).first)

    def link(self, name: str) -> None:
        """Press the link of this name."""
        self.press(self.page.get_by_role("link", name=name).first)

    def reads(self, heading: str | re.Pattern[str]) -> None:
        """Wait for a page with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)


@pytest.fixture(scope="module")
def journey_shop(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    """A shop with orders, in which people sign in by codes."""
    settings = own_settings(tmp_path_factory, connect_deadline_s=60, embed_in_background=False)
    name = databases.create(template=template_database)
    place_orders(emulator, name, _ORDERS)
    with Shop(emulator, name, settings) as shop:
        wait_for_menu(shop.url)
        yield shop


@pytest.fixture(scope="module")
def product(journey_shop: Shop) -> str:
    """The address of a product in two colours, with sizes to choose from."""
    with httpx.Client(base_url=journey_shop.url, timeout=60) as client:
        query = "gender=Women&category=apparel/topwear&page_size=100"
        found = client.get(f"/api/v1/products?{query}").json()["products"]
        styles = [one["style_id"] for one in found]
        return next(
            str(one["url"])
            for one in found
            if styles.count(one["style_id"]) > 1 and "sold-out" not in one["badges"]
        )


@pytest.fixture
def walker(
    request: pytest.FixtureRequest, browser: Browser, journey_shop: Shop
) -> Iterator[Walker]:
    way: Way = request.param
    context = browser.new_context(
        viewport={"width": way.width, "height": 900},
        base_url=journey_shop.url,
        java_script_enabled=way.has_scripts,
        reduced_motion="reduce",
        service_workers="block",
    )
    context.route("**/images/**", lambda route: route.abort())  # drawing them takes the longest
    yield Walker(context.new_page(), way)
    context.close()


every_way = pytest.mark.parametrize("walker", WAYS, indirect=True, ids=lambda way: way.name)
keyboard_ways = pytest.mark.parametrize(
    "walker", BY_KEYBOARD, indirect=True, ids=lambda way: way.name
)


@every_way
def test_browse_from_the_menu_to_a_product(walker: Walker) -> None:
    page = walker.page
    page.goto("/")
    if is_shown(menu := page.locator(".menu > summary")):
        walker.press(menu)
    departments = page.get_by_role("navigation", name="Departments")
    walker.press(departments.locator("summary", has_text="Women"))
    walker.press(departments.get_by_role("link", name="Everything for women"))
    walker.reads("Women")
    if is_shown(filters := page.get_by_text("Filters", exact=True)):
        walker.press(page.locator(".filters > summary") if walker.way.by_keyboard else filters)
    categories = page.get_by_role("navigation", name="Filter by category")
    walker.press(categories.get_by_role("link", name=re.compile("Footwear")))
    chips = page.get_by_role("list", name="Filters in use").get_by_role("listitem")
    expect(chips).to_have_count(2)
    if is_shown(show := page.get_by_role("button", name=re.compile("^Show "))):
        walker.press(show)
    first = page.locator(".tile").first
    name = first.locator(".name").inner_text()
    walker.press(first)
    walker.reads(name)


@every_way
def test_search_with_a_misspelling_and_drop_a_word(walker: Walker) -> None:
    page = walker.page
    page.goto("/")
    walker.fill(page.locator("#search-box"), "blak shirts")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Showing results for black shirts")).to_be_visible()
    walker.press(page.get_by_role("link", name=re.compile("Black from")))
    expect(page).to_have_url(re.compile(r"/search\?q=shirts$"))
    walker.reads("“shirts”")


@every_way
def test_choose_another_colour_and_ask_which_size_fits(walker: Walker, product: str) -> None:
    page = walker.page
    page.goto(product)
    other = page.locator(".swatches a:not([aria-current])").first
    address = other.get_attribute("href") or ""
    walker.press(other)
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))
    walker.link("Which size fits me?")
    expect(page.get_by_role("heading", name="Which size fits me?")).to_be_visible()


@keyboard_ways
def test_change_the_bag(walker: Walker, product: str) -> None:
    page = walker.page
    page.goto(product)
    sizes = page.locator(".buy .sizes")
    walker.mark(sizes.locator("input").first, sizes.locator("label").first)
    walker.button("Add to bag")
    if walker.way.has_scripts:
        expect(page.get_by_role("dialog", name="In your bag")).to_be_visible()
        walker.link("View bag")
    walker.reads(re.compile("Your bag"))
    for button, seen in (
        ("Save for later", page.get_by_role("heading", name="Saved for later")),
        ("Move to bag", page.get_by_text("Country of delivery:")),
        ("Remove", page.get_by_text("Removed from your bag.")),
        ("Undo", page.get_by_role("heading", name="Summary")),
    ):
        walker.press(page.get_by_role("button", name=button).first)
        expect(seen).to_be_visible()


@every_way
def test_save_a_piece_and_share_the_wishlist(walker: Walker, product: str) -> None:
    page = walker.page
    page.goto(product)
    heart = page.locator(".buy-box .heart button")
    if walker.way.has_scripts:
        with page.expect_response(re.compile(r"/wishlist/\d+")):
            walker.press(heart)
        expect(heart).to_have_attribute("aria-pressed", "true")
        page.goto("/wishlist")
    else:
        walker.press(heart)
    walker.reads("Wishlist")
    walker.button("Make a link")
    shared = page.locator("#share-link").input_value()
    page.goto(re.sub(r"^https?://[^/]+", "", shared))
    walker.reads("A wishlist")
    expect(page.locator(".tile")).to_have_count(1)


@every_way
def test_sign_in_by_a_code_and_say_a_name(walker: Walker, journey_shop: Shop) -> None:
    page, email = walker.page, f"{walker.way.name}@example.com"
    page.goto("/account")
    walker.reads("Sign in")
    walker.fill(page.get_by_label("E-mail"), email)
    walker.button("Send me a code")
    walker.reads("Enter the code")
    with ThreadPoolExecutor(1) as thread:
        code = thread.submit(journey_shop.code_for, email).result()
    walker.fill(page.get_by_role("textbox", name="Code"), code)
    walker.button("Sign in")
    walker.reads("Your account")
    walker.fill(page.get_by_label("Name"), "Ann Example")
    walker.button("Save")
    expect(page.get_by_label("Name")).to_have_value("Ann Example")
    walker.button("Sign out")
    expect(page.get_by_role("heading", name="Your account")).to_have_count(0)


def find_order(walker: Walker, *, has_arrived: bool) -> None:
    position = WAYS.index(walker.way) + len(WAYS) * has_arrived
    walker.page.goto("/orders/lookup")
    walker.fill(walker.page.get_by_label("Order number"), number_of(position))
    walker.fill(walker.page.get_by_label("E-mail address of the order"), email_of(PERSONAS[_BUYER]))
    walker.button("Show the order")


@every_way
def test_find_an_order_and_cancel_it(walker: Walker) -> None:
    find_order(walker, has_arrived=False)
    walker.reads("Thank you for your order")
    walker.press(walker.page.locator("summary", has_text="Cancel the order"))
    walker.button("Yes, cancel the whole order")
    walker.reads("This order was cancelled")


@every_way
def test_review_what_has_arrived(walker: Walker) -> None:
    page = walker.page
    find_order(walker, has_arrived=True)
    walker.press(page.get_by_role("link", name=re.compile("^Review ")))
    walker.reads("Write a review")
    walker.mark(page.get_by_label("5 stars"), page.get_by_text("5 stars"))
    walker.fill(page.get_by_label("Your review", exact=True), f"Good, says {walker.way.name}.")
    walker.button("Send the review")
    expect(page.get_by_role("status").filter(has_text="Thank you.")).to_be_visible()


@every_way
def test_send_back_what_has_arrived(walker: Walker) -> None:
    page = walker.page
    find_order(walker, has_arrived=True)
    walker.link("Return or exchange")
    walker.reads("Return or exchange")
    walker.fill(page.get_by_label("How many of").first, "1")
    walker.select(page.get_by_label("Why").first, "Too small")
    if is_there(seal := page.get_by_label("It is unopened")):
        walker.mark(seal.first, seal.first)
    walker.button("Request the return")
    walker.reads(re.compile(r"^Return R-"))


@every_way
def test_save_a_search_and_ask_for_a_price(walker: Walker, product: str) -> None:
    page = walker.page
    page.goto("/products?gender=Women")
    walker.link("Save this search")
    walker.reads("Save this search")
    walker.button("Save")
    walker.reads("Your saved searches")
    page.goto(product)
    walker.link("Tell me when it costs less")
    expect(page.get_by_role("heading", name="Tell me when it costs less")).to_be_visible()
    walker.fill(page.get_by_label("At this price or less"), "1")
    walker.fill(page.get_by_label("E-mail"), f"price-{walker.way.name}@example.com")
    walker.button("Tell me")
    expect(page.get_by_role("heading", name="Look into your e-mails")).to_be_visible()
