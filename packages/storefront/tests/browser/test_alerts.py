"""From a listing to an e-mail about what is new in it, and out of it by one click; axe finds nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from lakepass.emulator import Emulator
from packages.storefront.tests.account.conftest import Shop, own_settings
from packages.storefront.tests.alerts.mails import link_in, mails_to
from tests.databases import Databases

from .accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def alert_shop(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    settings = own_settings(tmp_path_factory, embed_in_background=False)
    with Shop(emulator, databases.create(template=template_database), settings) as shop:
        yield shop


@pytest.fixture(params=[False, True], ids=["plain", "scripts"])
def shopper(request: pytest.FixtureRequest, browser: Browser, alert_shop: Shop) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 900},
        base_url=alert_shop.url,
        java_script_enabled=request.param,
        reduced_motion="reduce",
        service_workers="block",
    )
    yield context.new_page()
    context.close()


def write(shop: Shop, statement: str, **values: object) -> None:
    """In a thread: the browser's driver has an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(shop.rows, statement, **values).result()


def check(page: Page) -> None:
    """axe finds nothing wrong, and nothing sticks out. The walk without scripts shows the same pages."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_search_is_saved_its_news_arrive_and_are_stopped_by_one_click(
    shopper: Page, alert_shop: Shop, request: pytest.FixtureRequest
) -> None:
    has_scripts = "scripts" in request.node.name
    look = check if has_scripts else (lambda _page: None)
    email = "scripts@example.com" if has_scripts else "plain@example.com"
    shopper.goto("/products?gender=Women")
    shopper.get_by_role("link", name="Save this search").click()
    expect(shopper.get_by_label("Name")).to_have_value("Women")
    look(shopper)
    shopper.get_by_label("Tell me by e-mail").check()
    shopper.get_by_label("E-mail (for that)").fill(email)
    shopper.get_by_role("button", name="Save", exact=True).click()
    expect(shopper.get_by_role("heading", name="Your saved searches")).to_be_visible()
    look(shopper)
    [mail] = mails_to(alert_shop.settings, email, at_least=1)
    shopper.goto(link_in(mail, "confirm"))
    look(shopper)
    shopper.get_by_role("button", name="Yes, tell me").click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("We will tell you")
    # Something new, and the next morning.
    write(
        alert_shop,
        "update shop.saved_searches set seen = '' where id in ("
        " select saved_search_id from shop.stock_alerts where email = :email)",
        email=email,
    )
    write(alert_shop, "update shop.jobs set due_at = now() where kind = 'alerts.look'")
    shopper.goto("/account/sign-in")  # asking for a code enqueues a job, which wakes the workers
    shopper.get_by_label("E-mail").fill(f"other-{email}")
    shopper.locator("main form button").first.click()
    [_, news] = mails_to(alert_shop.settings, email, at_least=2)
    shopper.goto("/saved-searches")
    expect(shopper.get_by_text("new since you last looked")).to_be_visible()
    look(shopper)
    shopper.get_by_role("link", name="Women", exact=True).first.click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Women")
    shopper.goto(link_in(news, "stop"))
    expect(shopper.get_by_role("heading", level=1)).to_have_text("You hear nothing more about it")
    look(shopper)
    shopper.goto("/saved-searches")
    expect(shopper.get_by_text("Stop the e-mails")).to_have_count(0)


def test_pages_of_wishes_and_alerts_are_accessible(browser: Browser, alert_shop: Shop) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 900}, base_url=alert_shop.url, service_workers="block"
    )
    page = context.new_page()
    products = context.request.get("/api/v1/products?page_size=2").json()["products"]
    for product in products:
        context.request.put(f"/api/v1/wishlist/{product['product_id']}")
    link = context.request.post("/api/v1/wishlist-link").json()["share_url"]
    shared = link.removeprefix(alert_shop.settings.public_url)
    price = f"/alerts/price?product={products[0]['product_id']}"
    for path in ("/wishlist", "/ar/wishlist", shared, f"/ar{shared}", price, f"/ar{price}"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        check(page)
    context.close()
