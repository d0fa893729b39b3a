"""What a forked child must forget: locks that other threads held, work that they had under way."""

import os
import weakref
from typing import Protocol


class Forgetful(Protocol):
    """Something that holds locks or waits for threads."""

    def forget_threads(self) -> None:
        """Start anew with what threads and sockets do not survive."""


_things: "weakref.WeakSet[Forgetful]" = weakref.WeakSet()


def forget_in_child(thing: Forgetful) -> None:
    """Have `forget_threads` called in every child forked from here on."""
    _things.add(thing)


def _after_fork() -> None:
    for thing in _things:
        thing.forget_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
