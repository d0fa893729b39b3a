"""Answers kept for a while: each made once for all who ask at once; the least asked are given up."""

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
    """A memory of at most ``most`` answers, each good for the version it was made of."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[Hashable, _Entry[_T]] = OrderedDict()

    async def get(self, key: Hashable, version: int, make: Callable[[], Awaitable[_T]]) -> _T:
        """The answer kept under key, or a new one. Errors are told to all who wait, and not kept."""
        entry = self._entries.get(key)
        if entry is not None and entry.version == version:
            self._entries.move_to_end(key)
            return await asyncio.shield(entry.value)
        entry = _Entry(version, asyncio.ensure_future(make()))
        self._entries[key] = entry
        # Not here below: who asked first may have left by then.
        entry.value.add_done_callback(lambda made: self._forget_failed(key, entry, made))
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)
        return await asyncio.shield(entry.value)

    def _forget_failed(self, key: Hashable, entry: _Entry[_T], made: "asyncio.Future[_T]") -> None:
        failed = made.cancelled() or made.exception() is not None
        if failed and self._entries.get(key) is entry:
            del self._entries[key]
