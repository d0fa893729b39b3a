"""Resets in forked children: locks that other threads held, and work that they were doing."""

import os
import weakref
from typing import Protocol


class Resettable(Protocol):
    """An object that holds locks or waits for threads."""

    def forget_threads(self) -> None:
        """Replace locks, threads and sockets."""


_objects: "weakref.WeakSet[Resettable]" = weakref.WeakSet()


def forget_in_child(resettable: Resettable) -> None:
    """Call `forget_threads` in every child forked from now on."""
    _objects.add(resettable)


def _after_fork() -> None:
    for one in _objects:
        one.forget_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
