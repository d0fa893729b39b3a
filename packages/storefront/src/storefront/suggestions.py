"""What was probably meant by a name that does not exist. Pure."""

from collections.abc import Sequence
from difflib import get_close_matches

_MOST_CHARACTERS = 60  # of a name that is compared


def suggestion(name: str, known: Sequence[str]) -> str:
    """The known name that is closest, as a sentence; else all of them, in their order."""
    by_lower = {one.lower(): one for one in known}
    if close := get_close_matches(name[:_MOST_CHARACTERS].lower(), by_lower, n=1):
        return f"Did you mean {by_lower[close[0]]!r}?"
    return f"There are: {', '.join(known)}."
