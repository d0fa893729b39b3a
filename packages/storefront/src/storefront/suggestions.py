"""What was probably meant by a name that does not exist. Pure."""

from collections.abc import Sequence
from difflib import get_close_matches

_MOST_CHARACTERS = 60  # of a name that is compared


def suggestion(name: str, known: Sequence[str]) -> str:
    """The known name that is closest, as a sentence; else all of them, in their order."""
    meant = closest(name, known)
    return f"There are: {', '.join(known)}." if meant is None else f"Did you mean {meant!r}?"


def closest(name: str, known: Sequence[str]) -> str | None:
    """The known name that is closest; None where none is similar."""
    by_lower = {one.lower(): one for one in known}
    close = get_close_matches(name[:_MOST_CHARACTERS].lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None
