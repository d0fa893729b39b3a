"""Every page in a real browser, in four ways of looking at it: one walk each asks everything at once.

axe finds nothing, nothing sticks out at the side, nothing moves while it loads, no large area is empty,
the browser complains of nothing. A screenshot of every page is kept in .local/screens, for people, and
for ``python -m bench.screens OLD NEW``, which compares two such folders.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route
from playwright.sync_api import Page as BrowserPage

from packages.storefront.tests.conftest import Server

from .inspection import troubles

SCREENS = Path(__file__).parents[4] / ".local" / "screens"
PAGES = {
    "home": "/",
    "departments": "/departments",
    "listing": "/products?gender=Women",
    "collections": "/collections",
    "collection": "/collections/shades-of-blue",
    "listing-error": "/products?max_price=cheap",
    "search": "/search?q=blak+shirts",
    "nothing-found": "/search?q=b0x9zz",
    "product": "/p/any-101000001",
    "reviews": "/p/any-101000001/reviews",
    "size-advice": "/p/any-101000001/size-advice",
    "more": "/p/any-101000001/more",
    "bag": "/cart",
    "wishlist": "/wishlist",
    "recently-viewed": "/recently-viewed",
    "save-search": "/saved-searches/new?gender=Women&max_price=50",
    "saved-searches": "/saved-searches",
    "price-alert": "/alerts/price?product=101000001",
    "sign-in": "/account/sign-in",
    "find-order": "/orders/lookup",
    "photo": "/search/photo",
    "help": "/help/delivery",
    "sizes": "/help/sizes",
    "privacy": "/policies/privacy",
    "not-found": "/nowhere",
    "offline": "/offline",
}
WALKS = [("", 320, "light"), ("/ar", 390, "dark"), ("/de", 768, "light"), ("", 1440, "dark")]
MOST_EMPTY_PX = 700  # of height in which a page shows nothing at all
_SHIFTS = """
    window.shifted = 0;
    window.moved = [];
    const told = ({ node, previousRect, currentRect }) => {
      const name = node?.id || node?.className || node?.textContent?.trim().slice(0, 40);
      return `${node?.nodeName} ${name}: ${previousRect.y} to ${currentRect.y}`;
    };
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) {
        if (one.hadRecentInput) continue;
        window.shifted += one.value;
        window.moved.push(...one.sources.map(told));
      }
    }).observe({ type: "layout-shift", buffered: true });
"""
# Browsers lay out what is far below the screen only when it comes near, and not for a screenshot.
_LAY_OUT_ALL = """
    const styles = new CSSStyleSheet();
    styles.replaceSync("* { content-visibility: visible !important; }");
    document.adoptedStyleSheets = [styles];
"""


@pytest.mark.parametrize(("prefix", "width", "scheme"), WALKS)
def test_every_page_is_accessible_fits_and_stays_in_place(
    browser: Browser, shop: Server, prefix: str, width: int, scheme: Any
) -> None:
    complaints: list[str] = []
    folder = SCREENS / f"{width}-{scheme}{prefix.replace('/', '-')}"
    folder.mkdir(parents=True, exist_ok=True)
    with watched_page(browser, width, color_scheme=scheme) as page:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for name, path in PAGES.items():
            page.goto(f"{shop.url}{prefix}{path}")
            complaints += [f"{name}: {trouble}" for trouble in troubles(page, width)]
            page.evaluate(_LAY_OUT_ALL)
            picture = page.screenshot(full_page=True)
            (folder / f"{name}.png").write_bytes(picture)
            if (empty := tallest_empty_px(picture)) > MOST_EMPTY_PX:
                complaints.append(f"{name}: {empty} px of its height are empty")
    assert complaints == []


@contextmanager
def watched_page(browser: Browser, width: int, **options: Any) -> Iterator[BrowserPage]:
    """A page that notes in ``window.shifted`` by how much it moves, and in ``window.moved`` what does.

    options: of Playwright's `new_context`.
    """
    with browser.new_context(
        viewport={"width": width, "height": 900}, reduced_motion="reduce",
        service_workers="block", **options,
    ) as context:  # fmt: skip
        page = context.new_page()
        page.add_init_script(_SHIFTS)
        yield page


_PAINTED = """new Promise((done) => {
    new PerformanceObserver((list) => list.getEntriesByName("first-contentful-paint").length && done())
      .observe({ type: "paint", buffered: true });
})"""
_TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize(("prefix", "width"), [("", 390), ("/de", 768)])
def test_no_page_moves_when_its_scripts_come_late(
    browser: Browser, shop: Server, prefix: str, width: int
) -> None:
    held: list[Route] = []
    moved = {}
    with watched_page(browser, width) as page:
        page.route("**/*.js*", lambda route: held.append(route))
        for name, path in PAGES.items():
            page.goto(f"{shop.url}{prefix}{path}", wait_until="commit")
            page.evaluate(_PAINTED)
            page.evaluate(_TWO_FRAMES)
            page.evaluate("window.shifted = 0; window.moved = []")
            while held or page.evaluate("document.readyState") != "complete":
                while held:  # a module names others, which are requested next
                    held.pop().continue_()
                page.evaluate(_TWO_FRAMES)
            if shifted := page.evaluate("window.shifted"):
                moved[name] = shifted, page.evaluate("window.moved")
    assert moved == {}


_WRITE_IN_PIECES = f"""async (pieces) => {{
    document.open();
    for (const piece of pieces) {{
      document.write(piece);
      await {_TWO_FRAMES};
    }}
    document.close();
}}"""


@pytest.mark.parametrize(("prefix", "width"), [("", 390), ("/de", 768), ("/ar", 1440)])
def test_the_frame_of_a_page_stays_in_place_while_it_arrives_in_small_pieces(
    browser: Browser, shop: Server, prefix: str, width: int
) -> None:
    address = f"{shop.url}{prefix}/"
    with watched_page(browser, width) as page:
        page.goto(address)  # its styles are cached now
        html = page.request.get(address).text()
        head, opening, body = html.partition("<body")
        before, between, after = re.split(r"(<main.*</main>)", body, flags=re.DOTALL)
        page.goto(f"{shop.url}/robots.txt")
        page.evaluate(
            _WRITE_IN_PIECES, [head, *in_pieces(opening + before), between, *in_pieces(after)]
        )
        assert page.locator(".below a" if width < 1024 else ".tools a").last.is_visible()
        assert page.evaluate("window.shifted") < 0.001, page.evaluate("window.moved")


def in_pieces(text: str, size: int = 60) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def tallest_empty_px(picture: bytes) -> int:
    """The most rows of a screenshot, one below the other, that are of one colour each."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    tallest = rows = 0
    for y in range(0, image.height, 10):
        low, high = image.crop((0, y, image.width, y + 1)).getextrema()
        rows = rows + 10 if high - low < 6 else 0  # type: ignore[operator]
        tallest = max(tallest, rows)
    return tallest
