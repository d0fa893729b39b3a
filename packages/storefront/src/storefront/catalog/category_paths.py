"""Paths of categories, such as ``apparel/topwear/shirts``. Pure."""

from collections.abc import Iterable


def is_within(path: str, categories: Iterable[str]) -> bool:
    """Whether a path is that of one of these categories or of one below them."""
    return any(f"{path}/".startswith(f"{category}/") for category in categories)
