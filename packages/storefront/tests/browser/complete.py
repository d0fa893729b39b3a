"""Questions about a page that may still be read: a click waits only for its first bytes."""

from playwright.sync_api import Locator


def is_shown(target: Locator) -> bool:
    """Whether the complete page shows this."""
    target.page.wait_for_load_state()
    return target.is_visible()


def is_there(target: Locator) -> bool:
    """Whether the complete page contains this."""
    target.page.wait_for_load_state()
    return target.count() > 0
