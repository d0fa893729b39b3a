"""Lists that are read a page at a time, by the id after which a page begins. Pure.

found = await session.execute(…, {"before": before, "most": most + 1})
return page_of([…], most)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A page of a list. next: the id of its last row, after which the next page begins; None on the last
    page."""

    rows: Sequence[Row]
    next: int | None


def page_of(found: Sequence[Row], most: int) -> Page[Row]:
    """The page of what was found. found: one row more than ``most``, where there are so many."""
    rows = found[:most]
    return Page(rows, rows[-1].id if len(found) > most else None)
