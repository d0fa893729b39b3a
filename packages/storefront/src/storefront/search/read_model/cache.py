"""A cache with single flight: concurrent callers of the same value wait for one computation."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(slots=True)
class _Entry(Generic[_T]):
    version: int
    value: _T
    size: int


@dataclass(slots=True)
class _Run(Generic[_T]):
    version: int
    task: "asyncio.Future[_T]"


class Cache(Generic[_T]):
    """Values of at most `max_bytes` in total, each valid for one version; evicts the oldest use first.

    size_of: the approximate size of a value in bytes, with its key and everything only it references.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[_T], int]) -> None:
        self._max_bytes = max_bytes
        self._size_of = size_of
        self._bytes = 0
        self._entries: OrderedDict[Hashable, _Entry[_T]] = OrderedDict()
        self._running: dict[Hashable, _Run[_T]] = {}

    @property
    def size(self) -> int:
        """The approximate size of all values in bytes."""
        return self._bytes

    async def get(self, key: Hashable, version: int, compute: Callable[[], Awaitable[_T]]) -> _T:
        """The cached value of this version, or a new one. Errors reach all waiters, uncached."""
        entry = self._entries.get(key)
        if entry is not None and entry.version == version:
            self._entries.move_to_end(key)
            return entry.value
        run = self._running.get(key)
        if run is None or run.version != version:
            run = self._running[key] = _Run(version, asyncio.ensure_future(compute()))
            # A callback, not the line below: the first caller may have been cancelled by then.
            run.task.add_done_callback(lambda _: self._end(key, run))
        return await asyncio.shield(run.task)

    def _end(self, key: Hashable, run: _Run[_T]) -> None:
        """Store only the value: its task would keep the request that started it in memory."""
        if self._running.get(key) is not run:  # a newer version is being computed
            return
        del self._running[key]
        if run.task.cancelled() or run.task.exception() is not None:
            return
        value = run.task.result()
        self._drop(key)
        self._entries[key] = _Entry(run.version, value, self._size_of(value))
        self._bytes += self._entries[key].size
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        if dropped := self._entries.pop(key, None):
            self._bytes -= dropped.size
