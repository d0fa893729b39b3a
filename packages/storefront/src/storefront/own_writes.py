"""How far the visitor has written: reads for them must include that position.

Positions are those of Postgres's write-ahead log, in bytes (PostgreSQL docs, "WAL Internals").
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class OwnWrites:
    """position: up to which the visitor wrote in earlier requests. has_written: in this one."""

    position: int = 0
    has_written: bool = False


@contextmanager
def of_visitor(position: int) -> Iterator[OwnWrites]:
    """Inside the block, reads must reach this position, and writes are recorded."""
    own = OwnWrites(position)
    token = _CURRENT.set(own)
    try:
        yield own
    finally:
        _CURRENT.reset(token)


def position() -> int | None:
    """What reads for this visitor must reach; None after a write whose position is not known yet."""
    own = _CURRENT.get()
    if own is None:
        return 0
    return None if own.has_written else own.position


def note() -> None:
    """A transaction of this request has been committed."""
    if own := _CURRENT.get():
        own.has_written = True


_CURRENT: ContextVar[OwnWrites | None] = ContextVar("own writes", default=None)
