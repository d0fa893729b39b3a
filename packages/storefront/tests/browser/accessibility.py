"""What axe finds wrong with a page that is open in a browser."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AFTER_TRANSITIONS = "Promise.all(document.getAnimations().map(one => one.finished))"
_ALL: dict[str, Any] = {"resultTypes": ["violations"]}
# Those of the category "color" that axe asks by default: its others are of WCAG's level AAA.
_OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, with the element and why."""
    return _broken(page, _ALL)


def violations_in_each_scheme(page: Page) -> list[str]:
    """The same in the dark and in the light; of the latter the rules about colours, for the schemes
    differ in nothing else."""
    found: list[str] = []
    for scheme, options in (("dark", _ALL), ("light", _ALL | {"runOnly": _OF_COLOURS})):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(_AFTER_TRANSITIONS)
        found += [f"{scheme}: {broken}" for broken in _broken(page, options)]
    return found


def _broken(page: Page, options: dict[str, Any]) -> list[str]:
    page.wait_for_load_state()  # of a page that is being read, a link may have an icon and no name yet
    return [
        f"{rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in Axe().run(page, options=options).response["violations"]
        for node in rule["nodes"]
    ]
