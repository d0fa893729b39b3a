"""A cache of the most recently used values, one for each secret key."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from lakepass.forks import reset_in_children


class Closable(Protocol):
    """Something that holds resources until it is closed."""

    def close(self) -> None:
        """Release what it holds."""


_T = TypeVar("_T", bound=Closable)


class Recent(Generic[_T]):
    """At most `most` values, one for each secret key. Safe with threads and after a fork.

    make: makes the value for a key; must be quick. The least recently used is closed to make room.
    """

    def __init__(self, make: Callable[[str], _T], most: int) -> None:
        self._make = make
        self._most = most
        self._values: OrderedDict[bytes, _T] = OrderedDict()
        self.reset_after_fork()
        reset_in_children(self)

    def reset_after_fork(self) -> None:
        """A forked child holds no lock."""
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all values, and forget them."""
        with self._lock:
            values, self._values = self._values, OrderedDict()
        for value in values.values():
            value.close()

    def get(self, key: str) -> _T:
        """The value for this key. Only a digest of the key is stored."""
        import hashlib  # noqa: PLC0415 - loads OpenSSL, which only apps with signed-in users need

        digest = hashlib.sha256(key.encode()).digest()
        with self._lock:
            value = self._values.pop(digest, None) or self._make(key)
            self._values[digest] = value
            oldest = self._values.popitem(last=False)[1] if len(self._values) > self._most else None
        if oldest is not None:
            oldest.close()
        return value
