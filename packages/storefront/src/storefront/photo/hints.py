"""What a photograph shows, by what is most like it: its kind and its main colour. Pure.

The neighbours vote, each with the weight of its likeness. A vote that is clear enough becomes a filter,
which the shopper can remove; one that is not is only offered.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

NEIGHBOURS = 20
"""How many vote."""

# Share of the votes from which on a hint filters.
_SURE = {"category": 0.75, "base_color": 0.85}
_OFFERED = 0.3
# Cosine of the nearest product from which on something looks like the photograph
# (docs/decisions/0064). Noise, a wall or the sky have 0.6 at most.
_ALIKE = 0.65
_SHARPNESS = 16.0  # a neighbour at cosine 0.9 counts five times as much as one at 0.8


@dataclass(frozen=True, slots=True)
class Hint:
    """A filter that a photograph suggests. parameter, value: of a listing; share: of votes, 0 to 1.

    is_seen: whether anything looks like the photograph; else the votes are guesses.
    """

    parameter: str
    value: str
    label: str
    share: float
    is_seen: bool = True

    @property
    def is_sure(self) -> bool:
        """Whether it is set until the shopper removes it; else it is only offered."""
        return self.is_seen and self.share >= _SURE[self.parameter]


def looks_alike(similarities: Sequence[float]) -> bool:
    """Whether the nearest of these products looks like the photograph. similarities: cosines."""
    return max(similarities, default=0.0) >= _ALIKE


def hints(products: Sequence[Mapping[str, Any]], similarities: Sequence[float]) -> list[Hint]:
    """The kind and the colour that most neighbours have, where enough agree.

    products: [n], as the API returns them; similarities: [n], cosines.
    """
    labels = {product["category_path"]: product["article_type"] for product in products}
    found = [
        *_winner("category", [one["category_path"] for one in products], similarities, labels),
        *_winner("base_color", [one["base_color"] for one in products], similarities, {}),
    ]
    is_seen = looks_alike(similarities)
    return [replace(hint, is_seen=is_seen) for hint in found if hint.share >= _OFFERED]


def _winner(
    parameter: str,
    values: Sequence[str | None],
    similarities: Sequence[float],
    labels: Mapping[str, str],
) -> list[Hint]:
    votes: dict[str, float] = {}
    total = 0.0
    for value, similarity in zip(values, similarities, strict=True):
        weight = math.exp(_SHARPNESS * (similarity - 1))
        total += weight
        if value is not None:
            votes[value] = votes.get(value, 0.0) + weight
    if not votes:
        return []
    value = max(votes, key=lambda one: votes[one])
    return [Hint(parameter, value, labels.get(value, value), votes[value] / total)]
