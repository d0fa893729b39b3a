"""Hints for a name that is not known."""

from collections.abc import Sequence
from difflib import get_close_matches


def hint(name: str, known: Sequence[str]) -> str:
    """The most similar known name, else all of them, as a sentence."""
    if close := get_close_matches(name.lower(), known, n=1):
        return f"Did you mean {close[0]!r}?"
    return f"There are: {', '.join(known)}."
