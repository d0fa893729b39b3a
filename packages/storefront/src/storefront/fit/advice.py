"""Which size of a product fits a person: an ordinal model with a latent size. Pure.

A person has a place on the scale of a size chart, where size number i is the interval from i - 0.5 to
i + 0.5. A piece of size s is *too small* for a person at z with probability F((z + b - s - C) / S),
*too large* with F((s - z - b - C) / S), and fits otherwise; F is the normal distribution, b by how many
sizes the product is made too small (an ordered probit model, McKelvey and Zavoina 1975). Each piece of
evidence multiplies the likelihood of z, which is computed on a grid:

- a body measure says where the person is, by the range that the chart gives for each size
- a piece that was kept, or sent back as too small or too large, says on which side of it the person is
- the sizes that a person chose say, taken together, where they think that they are

b is estimated likewise from what buyers say of the product, with a prior that pulls it to 0, so that
few voices move little; how unsure b is widens S. Advice is the size with the highest probability to
fit. No evidence, no advice.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

Outcome = Literal["small", "true", "large"]
Confidence = Literal["high", "medium", "low"]

LEAST_VOICES = 5
"""Buyers who must have said how a product fits before the shop says that it runs small or large."""

_HALF_WIDTH = 0.6  # C: within this of the middle of a size it fits
_SCATTER = 0.4  # S: how differently people judge
_CHOICE_SCATTER = 0.4  # of the sizes that people choose, around their place
_MEASURE_SCATTER = 0.5  # of one body measure, in sizes: how people measure, and how bodies differ
_BUYER_SCATTER = 0.5  # of buyers around the middle of the size that they have
_BIAS_SCATTER = 0.4  # the prior of b
_BEYOND = 2.0  # sizes that the scale goes on beyond the smallest and largest
_STEP = 0.1
_HIGH, _MEDIUM, _LOWEST = 0.7, 0.5, 0.25
_CLEAR_SHARE = 0.4  # of the voices, to say that it runs small or large
_CLEAR_RATIO = 3  # times as many as say the opposite


@dataclass(frozen=True, slots=True)
class Voices:
    """How many buyers say that a product is too small, right, too large."""

    small: int = 0
    true: int = 0
    large: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.small + self.true + self.large

    @property
    def runs(self) -> Literal["small", "large"] | None:
        """Whether it clearly runs small or large; None where it does not, or too few say anything."""
        if self.count < LEAST_VOICES:
            return None
        for one, other, what in (
            (self.small, self.large, "small"),
            (self.large, self.small, "large"),
        ):
            if one >= _CLEAR_SHARE * self.count and one >= _CLEAR_RATIO * other:
                return "small" if what == "small" else "large"
        return None


@dataclass(frozen=True, slots=True)
class Worn:
    """A piece that the person had: its size by position on the chart, and how it was.

    voices: about the product, as far as they are known.
    """

    size: int
    outcome: Outcome
    voices: Voices = Voices()


@dataclass(frozen=True, slots=True)
class Advice:
    """The size that most probably fits. size: its position; None where none of them would.

    measures: which body measures it is based on; worn: on how many pieces. second: the other candidate,
    where the two are close.
    """

    size: int | None
    probability: float
    measures: tuple[str, ...]
    worn: int
    second: int | None = None

    @property
    def confidence(self) -> Confidence:
        """In steps that are shown as words."""
        if self.probability >= _HIGH:
            return "high"
        return "medium" if self.probability >= _MEDIUM else "low"


def advise(
    chart: Sequence[Mapping[str, tuple[int, int]]],
    offered: Iterable[int],
    *,
    measures: Mapping[str, int],
    worn: Sequence[Worn],
    voices: Voices,
) -> Advice | None:
    """The size of a product for a person; None where nothing is known that bears on it.

    chart: body measures in mm by size, smallest first, empty for sizes without any. offered: positions
    of the sizes that the product has. A few ms at most.
    """
    places = _places(chart, measures)
    if not places and not worn:
        return None
    grid = _grid(len(chart))
    weights = [1.0] * len(grid)
    for place in places.values():
        scatter = _MEASURE_SCATTER * math.sqrt(
            len(places)
        )  # measures of one body agree with each other
        weights = [
            weight * math.exp(-0.5 * ((z - place) / scatter) ** 2)
            for weight, z in zip(weights, grid, strict=True)
        ]
    if worn:
        chosen = sum(piece.size for piece in worn) / len(worn)
        weights = [
            weight * math.exp(-0.5 * ((z - chosen) / _CHOICE_SCATTER) ** 2)
            for weight, z in zip(weights, grid, strict=True)
        ]
    for piece in worn:
        shift, spread = bias(piece.voices)
        weights = [
            weight * likelihood(piece.outcome, z + shift - piece.size, spread)
            for weight, z in zip(weights, grid, strict=True)
        ]
    total = sum(weights)
    if total <= 0:
        return None
    shift, spread = bias(voices)
    chances = {
        size: sum(
            weight * likelihood("true", z + shift - size, spread)
            for weight, z in zip(weights, grid, strict=True)
        )
        / total
        for size in offered
    }
    ranked = sorted(chances, key=lambda size: -chances[size])
    if not ranked:
        return None
    best = ranked[0]
    basis = tuple(places)
    if chances[best] < _LOWEST:
        return Advice(None, chances[best], basis, len(worn))
    is_close = len(ranked) > 1 and chances[ranked[1]] > 0.8 * chances[best]
    return Advice(best, chances[best], basis, len(worn), ranked[1] if is_close else None)


def likelihood(outcome: Outcome, distance: float, spread: float = 0.0) -> float:
    """How probable an outcome is where a person is so many sizes above a piece.

    spread: the deviation of that distance, as far as it is not known.
    """
    scatter = math.hypot(_SCATTER, spread)
    small = _normal((distance - _HALF_WIDTH) / scatter)
    large = _normal((-distance - _HALF_WIDTH) / scatter)
    if outcome == "small":
        return small
    return large if outcome == "large" else max(0.0, 1 - small - large)


@cache
def bias(voices: Voices) -> tuple[float, float]:
    """By how many sizes a product is made too small, as its buyers say, and the deviation of that.

    Near 0 where few say anything.
    """
    grid = [step * 0.05 for step in range(-30, 31)]
    logs = [
        -0.5 * (b / _BIAS_SCATTER) ** 2
        + voices.small * _log(likelihood("small", b, _BUYER_SCATTER))
        + voices.true * _log(likelihood("true", b, _BUYER_SCATTER))
        + voices.large * _log(likelihood("large", b, _BUYER_SCATTER))
        for b in grid
    ]
    top = max(logs)
    weights = [math.exp(one - top) for one in logs]
    total = sum(weights)
    mean = sum(b * weight for b, weight in zip(grid, weights, strict=True)) / total
    square = sum(b * b * weight for b, weight in zip(grid, weights, strict=True)) / total
    return mean, math.sqrt(max(0.0, square - mean * mean))


def _places(
    chart: Sequence[Mapping[str, tuple[int, int]]], measures: Mapping[str, int]
) -> dict[str, float]:
    """Where each body measure puts the person on the scale."""
    places: dict[str, float] = {}
    for name, value in measures.items():
        ranges = [(number, size[name]) for number, size in enumerate(chart) if name in size]
        if not ranges:
            continue
        number, (low, high) = min(ranges, key=lambda one: abs(value - (one[1][0] + one[1][1]) / 2))
        place = number + (value - (low + high) / 2) / max(high - low, 1)
        places[name] = min(max(place, -_BEYOND), len(chart) - 1 + _BEYOND)
    return places


def _grid(sizes: int) -> list[float]:
    steps = int((sizes - 1 + 2 * _BEYOND) / _STEP) + 1
    return [-_BEYOND + step * _STEP for step in range(steps)]


def _normal(x: float) -> float:
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def _log(probability: float) -> float:
    return math.log(max(probability, 1e-9))
