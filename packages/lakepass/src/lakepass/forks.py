"""Resets in forked children: locks that other threads held, and work that they were doing."""

import os
import weakref
from typing import Protocol


class Resettable(Protocol):
    """An object that holds locks or waits for threads."""

    def reset_after_fork(self) -> None:
        """Replace locks, threads and sockets."""


_objects: "weakref.WeakSet[Resettable]" = weakref.WeakSet()


def reset_in_children(resettable: Resettable) -> None:
    """Call `reset_after_fork` in every child forked from now on."""
    _objects.add(resettable)


def _after_fork() -> None:
    for one in _objects:
        one.reset_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
