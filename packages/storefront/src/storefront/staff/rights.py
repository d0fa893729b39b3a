"""What each role of staff may do: the one table of roles and rights."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, get_args

Role = Literal["viewer", "merchandiser", "care", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


class Right(StrEnum):
    """Something that staff may do. The value completes the sentence "you may not …"."""

    READ = "read the back office"
    CATALOGUE = "edit products"
    PRICES = "edit prices"
    STOCK = "adjust stock"
    COLLECTIONS = "edit collections"
    CONTENT = "edit pages and redirects"
    PROMOTIONS = "edit promotions and coupons"
    ORDERS = "process orders"
    REFUNDS = "refund money"
    RETURNS = "process returns"
    REVIEWS = "moderate reviews"
    GIFT_CARDS = "issue gift cards"
    JOBS = "retry jobs"
    STAFF = "manage staff"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    "viewer": frozenset({Right.READ}),
    "merchandiser": frozenset(
        {
            Right.READ,
            Right.CATALOGUE,
            Right.PRICES,
            Right.STOCK,
            Right.COLLECTIONS,
            Right.CONTENT,
            Right.PROMOTIONS,
        }
    ),
    "care": frozenset(
        {
            Right.READ,
            Right.ORDERS,
            Right.REFUNDS,
            Right.RETURNS,
            Right.REVIEWS,
            Right.GIFT_CARDS,
        }
    ),
    "admin": frozenset(Right),
}


def roles_with(right: Right) -> list[Role]:
    """The roles that have a right, from the least to the most powerful."""
    return [role for role in ROLES if right in RIGHTS[role]]
