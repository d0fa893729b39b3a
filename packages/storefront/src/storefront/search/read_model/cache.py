"""A cache with single flight: callers that ask for the same value at once wait for one computation."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(slots=True)
class _Entry(Generic[_T]):
    version: int
    value: "asyncio.Future[_T]"


class Cache(Generic[_T]):
    """At most ``max_entries`` values, each valid for one version; the least recently used go first."""

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._entries: OrderedDict[Hashable, _Entry[_T]] = OrderedDict()

    async def get(self, key: Hashable, version: int, compute: Callable[[], Awaitable[_T]]) -> _T:
        """The cached value of this version, or a new one. Every waiter gets an error; none is cached."""
        entry = self._entries.get(key)
        if entry is not None and entry.version == version:
            self._entries.move_to_end(key)
            return await asyncio.shield(entry.value)
        entry = _Entry(version, asyncio.ensure_future(compute()))
        self._entries[key] = entry
        # A callback, not the lines below: the first caller may have been cancelled by then.
        entry.value.add_done_callback(lambda done: self._drop_failed(key, entry, done))
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)
        return await asyncio.shield(entry.value)

    def _drop_failed(self, key: Hashable, entry: _Entry[_T], done: "asyncio.Future[_T]") -> None:
        failed = done.cancelled() or done.exception() is not None
        if failed and self._entries.get(key) is entry:
            del self._entries[key]
