"""Reads of the members of staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storefront.db import Database, ReadSession
from storefront.staff.rights import RIGHTS, Right, Role


@dataclass(frozen=True, slots=True)
class Member:
    """The member of staff who sends a request."""

    email: str
    role: Role

    def may(self, *rights: Right) -> bool:
        """Whether their role includes these rights."""
        return RIGHTS[self.role].issuperset(rights)


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A member of staff in the list. added_by, added_at: None for those of ``STORE_STAFF``."""

    email: str
    role: Role
    added_by: str | None = None
    added_at: datetime | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether the setting ``STORE_STAFF`` lists them, so that only the setting can change it."""
        return self.added_by is None


async def role_of(database: Database, email: str) -> Role | None:
    """The role of a person in the table. One statement, outside of any transaction."""
    rows = await database.fetch("select role from shop.staff_members where email = $1", email)
    return rows[0]["role"] if rows else None


async def members(session: ReadSession, *, admins: frozenset[str]) -> Sequence[ListedMember]:
    """All members of staff by e-mail address, those of the setting first. One statement.

    admins: of the setting ``STORE_STAFF``; they are admins whatever the table says.
    """
    rows = [ListedMember(*row) for row in await session.execute(_MEMBERS)]
    return [
        *(ListedMember(email, "admin") for email in sorted(admins)),
        *(one for one in rows if one.email not in admins),
    ]


_MEMBERS = text("select email, role, added_by, added_at from shop.staff_members order by email")
