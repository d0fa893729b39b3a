"""The candidates for a recommendation, as a query. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storefront.catalog.genders import ALSO_FOR

Product = Mapping[str, Any]
"""A product as the API returns it."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Products to choose from. filters: all must match; preferred: ranks first; excluded: left out.

    low, high: bounds of the price, minor units; near: the prices that rank first. variation: shuffles
    equals, another way for each number.
    """

    filters: Mapping[str, Sequence[str]]
    preferred: Mapping[str, Sequence[str]]
    low: int | None = None
    high: int | None = None
    near: tuple[int, int] | None = None
    variation: int | None = None
    excluded: Mapping[str, Sequence[str]] = field(default_factory=dict)


def genders_for(product: Product) -> list[str]:
    """Products of these genders suit those whom this product is for."""
    gender = product["gender"]
    return [gender, *ALSO_FOR.get(gender, ())]
