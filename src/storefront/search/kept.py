"""Answers kept for a while: each made once for all who ask at once; the least asked are given up."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(slots=True)
class _Entry(Generic[_T]):
    version: int
    value: "asyncio.Future[_T]"
    asked_at: float
    made_at: float = float("inf")


class Kept(Generic[_T]):
    """A memory of at most ``most`` answers, each good for the version it was made of.

    grace_s: seconds for which an answer is good whatever the version; share: or for as long as keeps the
    making of one answer to this share of the time. So what is costly is not made at each change.
    """

    def __init__(self, most: int, *, grace_s: float = 0.0, share: float = 1.0) -> None:
        self._most = most
        self._grace_s = grace_s
        self._share = share
        self._entries: OrderedDict[Hashable, _Entry[_T]] = OrderedDict()

    async def get(self, key: Hashable, version: int, make: Callable[[], Awaitable[_T]]) -> _T:
        """The answer kept under key, or a new one. Errors are told to all who wait, and not kept."""
        entry = self._entries.get(key)
        if entry is not None and self._is_good(entry, version):
            self._entries.move_to_end(key)
            return await asyncio.shield(entry.value)
        entry = _Entry(version, asyncio.ensure_future(make()), time.monotonic())
        self._entries[key] = entry
        # Not here below: who asked first may have left by then.
        entry.value.add_done_callback(lambda made: self._note(key, entry, made))
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)
        return await asyncio.shield(entry.value)

    def _note(self, key: Hashable, entry: _Entry[_T], made: "asyncio.Future[_T]") -> None:
        entry.made_at = time.monotonic()
        failed = made.cancelled() or made.exception() is not None
        if failed and self._entries.get(key) is entry:
            del self._entries[key]

    def _is_good(self, entry: _Entry[_T], version: int) -> bool:
        took_s = entry.made_at - entry.asked_at
        good_for_s = max(self._grace_s, took_s * (1 / self._share - 1))
        return entry.version == version or time.monotonic() < entry.made_at + good_for_s
