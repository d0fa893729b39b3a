"""Search by photograph in a real browser: chosen, dropped, pasted, taken, and without scripts."""

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from packages.storefront.tests.browser.conftest import browser
from packages.storefront.tests.browser.keyboard import tab_to
from packages.storefront.tests.conftest import Server
from packages.storefront.tests.photo.conftest import DRAWN, photograph

__all__ = ["browser"]
pytestmark = pytest.mark.browser

_MOST_TABS = 60

_EVENT = """([kind, content, name, type]) => {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, {type}));
    const event = kind === "paste"
        ? new ClipboardEvent(kind, {clipboardData: data, bubbles: true, cancelable: true})
        : new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true});
    document.body.dispatchEvent(event);
}"""


def payload(content: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def chosen(page: Page, content: bytes) -> None:
    page.get_by_label("Choose a photograph").set_input_files(payload(content))


def dropped(page: Page, content: bytes) -> None:
    page.evaluate(_EVENT, ["drop", base64.b64encode(content).decode(), "a.jpg", "image/jpeg"])


def pasted(page: Page, content: bytes) -> None:
    page.evaluate(_EVENT, ["paste", base64.b64encode(content).decode(), "a.jpg", "image/jpeg"])


def take_photograph(page: Page, content: bytes) -> None:
    page.get_by_label("Take a photograph").set_input_files(payload(content))


def sent_without_scripts(page: Page, content: bytes) -> None:
    page.get_by_label("Choose a photograph").set_input_files(payload(content))
    page.get_by_role("button", name="Find what is like it").click()


def sent_by_keyboard(page: Page, content: bytes) -> None:
    with page.expect_file_chooser() as chooser:  # before the key: else the dialog may be faster
        tab_to(page, page.get_by_label("Choose a photograph"), most=_MOST_TABS)
        page.keyboard.press("Enter")
    chooser.value.set_files(payload(content))


def sent_by_keyboard_without_scripts(page: Page, content: bytes) -> None:
    sent_by_keyboard(page, content)
    tab_to(page, page.get_by_role("button", name="Find what is like it"), most=_MOST_TABS)
    page.keyboard.press("Enter")


@contextmanager
def upload_page(browser: Browser, shop: Server, **options: Any) -> Iterator[Page]:
    context = browser.new_context(**options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{shop.url}/search/photo")
    yield page
    context.close()
    assert complaints == []


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize(
    ("send", "options"),
    [
        (chosen, {}),
        (dropped, {}),
        (pasted, {}),
        (take_photograph, PHONE),
        (sent_without_scripts, {"java_script_enabled": False}),
        (sent_without_scripts, {**PHONE, "java_script_enabled": False}),
        (sent_by_keyboard, {}),
        (sent_by_keyboard_without_scripts, {"java_script_enabled": False}),
    ],
    ids=[
        "chosen",
        "dropped",
        "pasted",
        "taken-on-a-phone",
        "without-scripts",
        "without-scripts-on-a-phone",
        "keyboard",
        "keyboard-without-scripts",
    ],
)
def test_a_photograph_leads_to_what_is_like_it(
    browser: Browser,
    photo_shop: Server,
    send: Callable[[Page, bytes], None],
    options: dict[str, Any],
) -> None:
    product_id = next(iter(DRAWN))
    with upload_page(browser, photo_shop, **options) as page:
        send(page, photograph(product_id))
        page.wait_for_url("**/search/photo?like=*")
        expect(page.get_by_role("heading", level=1)).to_have_text("Like your photograph")
        first = page.locator('a[href^="/p/"]').first
        expect(first).to_have_attribute("href", re.compile(rf"-{product_id}$"))
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0


def test_a_file_that_is_no_picture_is_explained_on_the_page(
    browser: Browser, photo_shop: Server
) -> None:
    with upload_page(browser, photo_shop) as page:
        page.get_by_label("Choose a photograph").set_input_files(
            payload(b"no picture at all", "notes.jpg")
        )
        expect(page.get_by_role("alert")).to_contain_text("cannot be read as a picture")
        chosen(page, photograph(next(iter(DRAWN))))  # and the next one works
        page.wait_for_url("**/search/photo?like=*")


def test_a_file_that_is_too_large_is_not_sent(browser: Browser, photo_shop: Server) -> None:
    with upload_page(browser, photo_shop) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        expect(page.get_by_role("alert")).to_have_count(0)
        chosen(page, bytes(20_000_001))
        expect(page.get_by_role("alert")).to_contain_text("larger than 20 MB")
        assert "POST" not in sent
        chosen(page, photograph(next(iter(DRAWN))))  # and the next one works
        page.wait_for_url("**/search/photo?like=*")
