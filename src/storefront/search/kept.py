"""Answers kept for a while: each made once for all who ask at once; the least asked are given up."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Entry(Generic[_T]):
    version: int
    made_at: float
    value: "asyncio.Future[_T]"


class Kept(Generic[_T]):
    """A memory of at most ``most`` answers, each good for the version it was made of.

    grace_s: seconds for which an answer is good whatever the version, so that what is costly is not made
    again at each change.
    """

    def __init__(self, most: int, *, grace_s: float = 0.0) -> None:
        self._most = most
        self._grace_s = grace_s
        self._entries: OrderedDict[Hashable, _Entry[_T]] = OrderedDict()

    async def get(self, key: Hashable, version: int, make: Callable[[], Awaitable[_T]]) -> _T:
        """The answer kept under key, or a new one. Errors are told to all who wait, and not kept."""
        entry = self._entries.get(key)
        if entry is not None and self._is_good(entry, version):
            self._entries.move_to_end(key)
            return await asyncio.shield(entry.value)
        value: asyncio.Future[_T] = asyncio.ensure_future(make())
        self._entries[key] = _Entry(version, time.monotonic(), value)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)
        try:
            return await asyncio.shield(value)
        except Exception:
            if (kept := self._entries.get(key)) is not None and kept.value is value:
                del self._entries[key]
            raise

    def _is_good(self, entry: _Entry[_T], version: int) -> bool:
        return entry.version == version or time.monotonic() - entry.made_at < self._grace_s
