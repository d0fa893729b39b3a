"""Lists of staff, the newest first, a page at a time. Pure."""

from collections.abc import Sequence
from typing import Protocol


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


def next_before(found: Sequence[_Numbered], most: int) -> str | None:
    """What to send as ``before`` for the page after this one; None after the last one.

    most: how many a page has. The page after a last one that is full is empty.
    """
    return str(found[-1].id) if len(found) == most else None
