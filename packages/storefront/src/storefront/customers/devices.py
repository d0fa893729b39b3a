"""The device that a session is used on, in two words: so that its owner recognises it.

Browser and system by the marks that they put into `User-Agent` (MDN, "Browser detection using the user
agent string"). No library: those that know every device hold tens of megabytes for it. Pure.
"""

import re
from dataclasses import dataclass

# The first that fits counts: Edge also says Chrome, and Chrome also says Safari.
_BROWSERS = (
    (r"\bEdgA?(?:iOS)?/", "Edge"),
    (r"\bOPR/|\bOPiOS/", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bFirefox/|\bFxiOS/", "Firefox"),
    (r"\bChrome/|\bCriOS/", "Chrome"),
    (r"\bVersion/\S+ .*\bSafari/", "Safari"),
)
_SYSTEMS = (
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bWindows\b", "Windows"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bMac OS X\b", "macOS"),
    (r"\bLinux\b", "Linux"),
)
_PRODUCT = re.compile(r"[\w.-]{1,30}")


@dataclass(frozen=True, slots=True)
class Device:
    """What a session was opened with. name: such as ``Firefox · Linux``; network: address or /64."""

    name: str
    network: str


def device_name(user_agent: str) -> str:
    """Browser and system; the name of another program; empty where nothing is known."""
    known = [name for marks in (_BROWSERS, _SYSTEMS) if (name := _first(marks, user_agent))]
    if known:
        return " · ".join(known)
    program = _PRODUCT.match(user_agent)
    return program[0] if program else ""


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for mark, name in marks if re.search(mark, user_agent)), None)
