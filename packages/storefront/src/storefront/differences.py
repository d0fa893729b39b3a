"""What the books of every feature report where they do not add up (``storefront audit``)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """An inconsistent number. name: of what; what: which number.

    kept: the stored value; added_up: the sum of its rows.
    """

    name: str
    what: str
    kept: int
    added_up: int
