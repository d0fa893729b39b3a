"""Whom products are for: the values of their column gender. Pure."""

from typing import Literal, get_args

Gender = Literal["Men", "Women", "Unisex", "Boys", "Girls"]
GENDERS: tuple[Gender, ...] = get_args(Gender)
CHILDREN: frozenset[Gender] = frozenset({"Boys", "Girls"})
ALSO_FOR: dict[str, tuple[Gender, ...]] = {"Men": ("Unisex",), "Women": ("Unisex",)}
"""Other genders whose products suit as well."""
