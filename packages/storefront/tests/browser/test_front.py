"""The frame, the listing and the product page in a real browser, wide and narrow."""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from packages.storefront.tests.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def is_narrow(page: Page) -> bool:
    return (page.viewport_size or {"width": 0})["width"] < 960


def first_heart(page: Page, shop: Server) -> Locator:
    """The heart of the first tile of a listing, which is opened."""
    page.goto(f"{shop.url}/products?article_type=Shirts")
    return page.locator(".heart button").first


def wait_for(held: Sequence[Route], count: int, page: Page) -> None:
    """Wait until so many requests are held."""
    while len(held) < count:
        page.evaluate("1")  # the browser's events are received meanwhile


def test_the_menu_opens_and_closes_by_keyboard(page: Page) -> None:
    if is_narrow(page):
        page.locator(".menu > summary").press("Enter")
    women = page.locator(".department summary", has_text="Women")
    women.press("Enter")
    link = page.get_by_role("link", name="Everything for women")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(women).to_be_focused()


def test_filters_show_how_much_is_left(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?gender=Women")
    count = page.locator("#count")
    before = count.inner_text()
    if is_narrow(page):
        page.locator(".filters > summary").click()
    page.get_by_role("navigation", name="Filter by: Colour").get_by_role("link").first.click()
    expect(count).not_to_have_text(before)
    after = count.inner_text()
    if is_narrow(page):
        page.get_by_role("button", name=f"Show {after}").click()
        expect(page.get_by_role("button", name=f"Show {after}")).to_be_hidden()
    page.get_by_role("list", name="Filters in use").get_by_role("link").last.click()
    expect(count).to_have_text(before)


def test_a_quick_view_puts_into_the_bag(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?article_type=Shirts")
    if is_narrow(page):
        return  # there is no pointer that hovers; the tile leads to the page
    tile = page.locator(".tile-box").first
    tile.hover()
    tile.get_by_role("button", name=re.compile("Quick view")).click()
    view = page.get_by_role("dialog")
    expect(view.get_by_role("heading", level=2).first).to_be_visible()
    view.locator(".sizes label:not(.sold-out)").first.click()
    view.get_by_role("button", name="Add to bag").click()
    expect(page.get_by_role("dialog", name="In your bag")).to_be_visible()
    expect(page.locator(".bag-link .count")).to_contain_text("1")


def test_a_swatch_changes_picture_and_link(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products")
    box = page.locator(".tile-box:has(.dots li:nth-child(2))").first
    other = box.locator(".dots a:not([aria-current])").first
    address, picture = other.get_attribute("href"), other.get_attribute("data-picture")
    other = box.locator(f'.dots a[href="{address}"]')
    other.click()
    expect(box.locator(".tile")).to_have_attribute("href", re.compile(re.escape(address or "-")))
    expect(box.locator("img").first).to_have_attribute("src", f"{picture}?w=480")
    expect(other).to_have_attribute("aria-current", "true")
    other.click()
    expect(page).to_have_url(f"{shop.url}{address}")


def test_a_heart_stays_pressed_when_what_was_read_before_arrives_late(
    page: Page, shop: Server
) -> None:
    heart = first_heart(page, shop)
    late: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append(route)

    page.route("**/wishlist/products", hold_the_first)
    page.evaluate("localStorage.setItem('has-saved', 'yes')")
    page.evaluate("document.dispatchEvent(new Event('shop:tiles'))")
    wait_for(late, 1, page)
    read_before = late[0].fetch()
    with page.expect_response(re.compile(r"/wishlist/\d+$")):
        heart.click()
    with page.expect_response("**/wishlist/products"):
        late[0].fulfill(response=read_before)
    expect(heart).to_have_attribute("aria-pressed", "true")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "false")


def test_two_quick_presses_of_a_heart_are_sent_one_after_the_other(
    page: Page, shop: Server
) -> None:
    heart = first_heart(page, shop)
    asked: list[Route] = []
    page.route(re.compile(r"/wishlist/\d+$"), lambda route: asked.append(route))
    heart.click()
    heart.click()
    wait_for(asked, 1, page)
    page.evaluate("new Promise((done) => setTimeout(done))")  # a second request would be there
    assert len(asked) == 1
    with page.expect_response(re.compile(r"/wishlist/\d+$")):
        asked[0].continue_()
    wait_for(asked, 2, page)
    with page.expect_response(re.compile(r"/wishlist/\d+$")):
        asked[1].continue_()
    expect(heart).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(heart).to_have_attribute("aria-pressed", "false")


_HOLD_THE_TEXT = """(held) => {
    const own = window.fetch;
    let hold;
    window.isHeld = new Promise((done) => (hold = done));
    window.fetch = async (address, ...more) => {
        const answer = await own(address, ...more);
        if (!String(address).endsWith(held) || window.release) return answer;
        const text = new TextEncoder().encode(await answer.text());
        const body = new ReadableStream({
            start(stream) {
                window.release = () => {
                    stream.enqueue(text);
                    stream.close();
                };
                hold();
            },
        });
        return new Response(body, answer);
    };
}"""  # of the first answer of this address, of which the head has arrived


def test_a_heart_stays_pressed_when_the_text_of_what_was_read_before_arrives_late(
    page: Page, shop: Server
) -> None:
    heart = first_heart(page, shop)
    page.evaluate(_HOLD_THE_TEXT, "/wishlist/products")
    page.evaluate("localStorage.setItem('has-saved', 'yes')")
    page.evaluate("document.dispatchEvent(new Event('shop:tiles'))")
    page.evaluate("window.isHeld")
    with page.expect_response(re.compile(r"/wishlist/\d+$")):
        heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/wishlist/products"):
        page.evaluate("window.release()")
    expect(heart).to_have_attribute("aria-pressed", "true")


def test_the_bag_says_what_was_counted_last(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?article_type=Shirts")
    page.evaluate(_HOLD_THE_TEXT, "/cart/badge")
    page.evaluate("document.body.dispatchEvent(new Event('bag-changed'))")  # counts nothing, late
    page.evaluate("window.isHeld")
    page.route("**/cart/badge", lambda route: route.fulfill(body=_TWO_IN_THE_BAG))
    page.evaluate("document.body.dispatchEvent(new Event('bag-changed'))")
    expect(page.locator(".bag-link .count")).to_have_text("2")
    page.evaluate("window.release()")
    page.evaluate("new Promise((done) => setTimeout(done))")  # what was released is read before
    expect(page.locator(".bag-link .count")).to_have_text("2")


_TWO_IN_THE_BAG = '<span class="count">2</span><span id="bag-below">Bag</span>'


def test_a_heart_is_remembered(page: Page, shop: Server) -> None:
    heart = first_heart(page, shop)
    with page.expect_response(re.compile(r"/wishlist/\d+")):
        heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(heart).to_have_attribute("aria-pressed", "true")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "false")


def test_on_a_phone_a_way_to_buy_stays_in_sight(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?article_type=Shirts")
    page.locator(".tile:not(:has-text('Sold out'))").first.click()
    bar = page.get_by_role("link", name="Choose a size")
    expect(bar).to_be_hidden()
    page.get_by_role("contentinfo").scroll_into_view_if_needed()
    if not is_narrow(page):
        expect(bar).to_be_hidden()
        return
    bar.click()
    expect(page.locator(".sizes input:not([disabled])").first).to_be_focused()


@pytest.mark.parametrize("path", ["/departments", "/help/sizes", "/policies/privacy", "/wishlist"])
def test_other_pages_fit_a_small_screen_without_scripts(
    browser: Browser, shop: Server, path: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(shop.url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator(".menu > summary").click()
    expect(page.get_by_role("navigation", name="Departments")).to_be_visible()
    context.close()
