"""What is wrong with a page that is open in a browser: axe's findings, overflow, movement."""

from playwright.sync_api import Page

from .accessibility import violations, violations_in_each_scheme

MOST_SHIFT = 0.02


def look_at(page: Page, *paths: str) -> None:
    """Open these pages, in which nothing may be wrong."""
    problems: list[str] = []
    for path in paths:
        response = page.goto(path)
        assert response is not None
        assert response.status == 200, path
        problems += _problems(page, path)
    assert problems == []


def look_at_this(page: Page) -> None:
    """Nothing may be wrong in the page as it is, such as a form that was refused."""
    assert _problems(page, page.url) == []


def troubles(page: Page, width: int) -> list[str]:
    """What is wrong with the page as it is; it counts its movements in ``window.shifted``."""
    found = violations(page)
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
        found.append(f"{wide} px wide")
    if (shifted := page.evaluate("window.shifted")) > MOST_SHIFT:
        moved = page.evaluate("window.moved")
        found.append(f"moves by {shifted:.3f} while it loads: {moved}")
    return found


def _problems(page: Page, path: str) -> list[str]:
    problems = [f"{path}, {broken}" for broken in violations_in_each_scheme(page)]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        problems.append(f"{path}: {wide} px wider than the screen")
    return problems
