"""Using a page with nothing but keys."""

from playwright.sync_api import Locator, Page


def tab_to(page: Page, target: Locator, *, most: int) -> None:
    """Press Tab until this has the focus; fails after so many times."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The Tab key never reaches {target} on {page.url}")
