"""Things made once for each key, of which the most recently used are kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from lakepass.forks import forget_in_child


class Closable(Protocol):
    """Something that lets go of what it holds."""

    def close(self) -> None:
        """Let go."""


_T = TypeVar("_T", bound=Closable)


class Recent(Generic[_T]):
    """At most so many things, one for each secret key. Safe in threads and after a fork.

    make: makes the thing for a key; quick. The one used longest ago is closed to make room.
    """

    def __init__(self, make: Callable[[str], _T], most: int) -> None:
        self._make = make
        self._most = most
        self._things: OrderedDict[bytes, _T] = OrderedDict()
        self.forget_threads()
        forget_in_child(self)

    def forget_threads(self) -> None:
        """In a forked child no lock is held."""
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all that are kept, and keep none."""
        with self._lock:
            things, self._things = self._things, OrderedDict()
        for thing in things.values():
            thing.close()

    def get(self, key: str) -> _T:
        """The thing for this key. The key itself is not kept, its digest is."""
        import hashlib  # noqa: PLC0415 - loads OpenSSL, which only apps with signed-in users need

        digest = hashlib.sha256(key.encode()).digest()
        with self._lock:
            thing = self._things.pop(digest, None) or self._make(key)
            self._things[digest] = thing
            oldest = self._things.popitem(last=False)[1] if len(self._things) > self._most else None
        if oldest is not None:
            oldest.close()
        return thing
