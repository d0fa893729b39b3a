"""Resets in forked children: locks that other threads held, work that they were doing, connections."""

import os
import weakref
from collections.abc import Callable
from typing import Any, Protocol, TypeVar


class Resettable(Protocol):
    """An object that holds locks or waits for threads."""

    def reset_after_fork(self) -> None:
        """Replace locks, threads and sockets."""


_Object = TypeVar("_Object")
_resets: "weakref.WeakKeyDictionary[Any, Callable[[Any], None]]" = weakref.WeakKeyDictionary()


def reset_in_children(resettable: Resettable) -> None:
    """Call `reset_after_fork` in every child forked from now on."""
    reset_in_children_by(_reset, resettable)


def reset_in_children_by(reset: Callable[[_Object], None], foreign: _Object) -> None:
    """Call a function with an object of another library in every child forked from now on."""
    _resets[foreign] = reset


def _reset(resettable: Resettable) -> None:
    resettable.reset_after_fork()


def _after_fork() -> None:
    for one, reset in _resets.items():
        reset(one)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
