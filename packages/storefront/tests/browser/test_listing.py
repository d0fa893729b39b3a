"""A listing in a real browser: filters, prices, lost networks; light, dark, forced colours."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from packages.storefront.tests.conftest import Server

from .accessibility import violations
from .complete import is_shown

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MODES = [("light", "none"), ("dark", "none"), ("light", "active"), ("dark", "active")]


_GROUND = "one => getComputedStyle(one).backgroundColor"


def open_filters(page: Page) -> None:
    summary = page.get_by_text("Filters", exact=True)
    if is_shown(summary):
        summary.click()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.dataset.key ?? ''"))


def test_a_filter_keeps_the_focus_and_the_panel_open(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products")
    open_filters(page)
    link = page.get_by_role("navigation", name="Filter by: For").get_by_role(
        "link", name=re.compile("^Men ")
    )
    link.focus()
    link.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Men")
    expect(page).to_have_url(re.compile(r"/products\?gender=Men$"))
    assert focused(page) == "gender=Men"
    expect(page.get_by_role("heading", name="Colour")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything")
    expect(page).to_have_url(re.compile(r"/products$"))


def test_a_price_that_cannot_be_is_said_beside_its_field(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?gender=Women")
    open_filters(page)
    page.get_by_label("From").fill("100")
    page.get_by_label("to", exact=True).fill("50")
    page.get_by_role("button", name="Apply").click()
    error = page.get_by_text("This is less than the lowest price beside it.")
    expect(error).to_be_visible()
    expect(page.get_by_label("to", exact=True)).to_have_value("50")
    expect(page.get_by_role("heading", level=1)).to_have_text("Women")
    page.get_by_label("to", exact=True).fill("1,000")
    page.get_by_role("button", name="Apply").click()
    expect(error).to_have_count(0)
    expect(page.get_by_role("list", name="Filters in use")).to_contain_text("Up to 1,000")
    assert focused(page) == "prices"


def test_the_first_stop_of_a_listing_skips_its_filters(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products")
    skip = page.get_by_role("link", name="Skip to the products")
    skip.focus()
    expect(skip).to_be_in_viewport()
    skip.press("Enter")
    page.keyboard.press("Tab")
    in_results = "document.activeElement.closest('.results') !== null"
    assert page.evaluate(in_results)
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything")


def test_load_more_twice_adds_a_page_once_and_says_that_it_loads(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products?sort_by=price")
    waiting: list[Route] = []
    page.route("**/products?*page=2", lambda route: waiting.append(route))
    more = page.get_by_role("link", name="Load more")
    more.dblclick()
    expect(page.get_by_role("status").filter(has_text="Loading…")).to_be_visible()
    expect(page.locator(".listing")).to_have_attribute("aria-busy", "true")
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(page.locator(".results .tile")).to_have_count(48)
    addresses = page.locator(".results .tile").evaluate_all("tiles => tiles.map(t => t.href)")
    assert len(set(addresses)) == 48
    expect(page.locator(".listing")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("chosen", ["Load more", "Price ↑"])
def test_a_lost_network_is_said_and_can_be_tried_again(
    browser: Browser, shop: Server, chosen: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{shop.url}/products")
    context.set_offline(True)
    page.get_by_role("link", name=chosen).click()
    expect(page.get_by_role("status").filter(has_text="Check your connection")).to_be_visible()
    expect(page.locator(".results .tile")).to_have_count(24)
    context.set_offline(False)
    page.get_by_role("link", name=chosen).click()
    if chosen == "Load more":
        expect(page.locator(".results .tile")).to_have_count(48)
    else:
        expect(page).to_have_url(re.compile("sort_by=price"))
    context.close()


def test_late_suggestions_do_not_open_after_the_focus_has_left(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/suggest?*", lambda route: waiting.append(route))
    box = page.get_by_role("combobox", name="Search")
    with page.expect_request(re.compile("/suggest")):
        box.press_sequentially("shi")
    box.blur()
    for route in waiting:
        route.continue_()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")


def test_suggestions_are_announced_and_none_repeats(page: Page) -> None:
    page.get_by_role("combobox", name="Search").press_sequentially("shirt")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    count = options.count()
    expect(page.locator("form.search [role=status]")).to_have_text(f"Suggestions: {count}")
    names = [
        text.casefold()
        for text in page.locator(".search li > span:first-of-type").all_inner_texts()
    ]
    assert len(set(names)) == len(names)


def test_the_search_button_searches_and_shows_its_focus(page: Page) -> None:
    page.get_by_role("combobox", name="Search").fill("shirt")
    button = page.get_by_role("search").get_by_role("button", name="Search")
    expect(button).to_be_visible()
    button.click()
    expect(page).to_have_url(re.compile(r"/search\?q=shirt"))


@pytest.mark.parametrize(("scheme", "forced"), MODES)
def test_pictures_are_seen_in_every_mode(
    browser: Browser, shop: Server, scheme: str, forced: str
) -> None:
    context = browser.new_context(color_scheme=scheme, forced_colors=forced)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{shop.url}/products")
    frame = page.locator(".tile .frame").first
    expect(frame.locator("img")).to_have_js_property("complete", True)
    ground = frame.evaluate("frame => getComputedStyle(frame).backgroundColor")
    assert min(map(int, re.findall(r"\d+", ground)[:3])) > 150  # light enough to show a picture
    blend = frame.locator("img").evaluate("image => getComputedStyle(image).mixBlendMode")
    assert blend == ("normal" if forced == "active" else "multiply")
    context.close()


@pytest.mark.parametrize(("scheme", "forced"), MODES)
def test_the_selected_suggestion_stands_out(
    browser: Browser, shop: Server, scheme: str, forced: str
) -> None:
    context = browser.new_context(color_scheme=scheme, forced_colors=forced)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(shop.url)
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially("shirt")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    around = page.get_by_role("listbox", name="Suggestions")
    selected, other = (_luminance(one.evaluate(_GROUND)) for one in (chosen, around))
    lighter, darker = max(selected, other), min(selected, other)
    assert (lighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.2, 1.4.11
    context.close()


@pytest.mark.parametrize(("scheme", "forced"), MODES)
@pytest.mark.parametrize("path", ["/products?gender=Women&max_price=cheap", "/search?q=b0x9"])
def test_listings_break_no_accessibility_rule_in_any_mode(
    browser: Browser, shop: Server, path: str, scheme: str, forced: str
) -> None:
    context = browser.new_context(color_scheme=scheme, forced_colors=forced)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(shop.url + path)
    found = violations(page)
    context.close()
    assert found == []


def test_a_tile_says_its_name_once(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products")
    tile = page.locator(".tile").first
    name = tile.locator(".name").inner_text()
    link_with_its_name = tile.aria_snapshot().splitlines()[0]
    assert link_with_its_name.count(name) == 1
    assert page.locator("ins[aria-label], del[aria-label]").count() == 0


def test_nothing_moves_while_a_product_page_loads_slowly(browser: Browser, shop: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{shop.url}/products")
    address = page.locator(".tile").first.get_attribute("href")
    context.close()
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    network = context.new_cdp_session(page)
    slow = {
        "offline": False,
        "latency": 300,
        "downloadThroughput": 60_000,
        "uploadThroughput": 60_000,
    }
    network.send("Network.emulateNetworkConditions", slow)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const one of list.getEntries()) "
        "if (!one.hadRecentInput) window.shift += one.value; })"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(f"{shop.url}{address}", wait_until="networkidle")
    assert page.evaluate("window.shift") < 0.05
    context.close()


def test_a_printed_listing_has_its_products_and_nothing_to_press(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products")
    page.emulate_media(media="print")
    expect(page.locator(".tile").first).to_be_visible()
    for selector in (".filters", ".paging", ".search", ".sort"):
        expect(page.locator(selector)).to_be_hidden()


def test_a_description_keeps_its_line_ends(page: Page, shop: Server) -> None:
    page.goto(f"{shop.url}/products")
    page.locator(".tile").first.click()
    description = page.locator(".description")
    lines_high = """text => {
        text.textContent = "Soft.";
        const one = text.clientHeight;
        text.textContent = "Soft.\\nWarm.\\n\\nWashable.";
        return Math.round(text.clientHeight / one);
    }"""
    assert description.evaluate(lines_high) == 4


def _luminance(colour: str) -> float:
    """Of an ``rgb(…)`` colour, as WCAG 2.2 defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
