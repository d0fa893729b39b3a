"""Bars of a plot, in units of its SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120
_GAP = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


def bars(values: Sequence[float]) -> list[Bar]:
    """One bar for each value, from the left; the highest is as high as the plot. None below zero.

    values: [n], n > 0. A value that is not 0 has a bar that can be seen.
    """
    most = max(*values, 0, 1e-9)
    step = WIDTH / len(values)
    found = []
    for position, value in enumerate(values):
        height = round(max(value / most * HEIGHT, 2 if value > 0 else 0), 1)
        found.append(Bar(round(position * step, 1), HEIGHT - height, round(step - _GAP, 1), height))
    return found
