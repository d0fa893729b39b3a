"""Databases of their own for tests, in the local Lakebase that a worker shares."""

from itertools import count

from lakepass.emulator import Emulator


class Databases:
    """Makes databases in the local Lakebase; the app's service principal may connect and create."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._numbers = count(1)

    def create(self, *, template: str = "template1") -> str:
        """A new database, empty or a copy of another; returns its name."""
        name = f"test_{next(self._numbers)}"
        self._emulator.create_database(name, template=template)
        return name
