"""Writes of the members of staff: their roles. There is always an admin left."""

from sqlalchemy import text

from storefront import locks
from storefront.db import WriteSession
from storefront.errors import Conflict, NotFound
from storefront.staff.rights import Role


class AdminNeeded(Conflict):
    """Nobody could manage staff afterwards, or you would take your own rights away.

    Nothing was changed. Make somebody else an admin, who can then do it.
    """

    slug, title = "admin-needed", "An admin is needed"


class FixedBySetting(Conflict):
    """The setting ``STORE_STAFF`` makes this person an admin. Change it, and restart the shop."""

    slug, title = "fixed-by-setting", "A setting makes this person an admin"


async def set_role(
    session: WriteSession, email: str, role: Role, *, actor: str, admins: frozenset[str]
) -> Role | None:
    """Give a person a role; returns the one they had. Four statements at most.

    email: in lower case. admins: of the setting ``STORE_STAFF``.
    Raises FixedBySetting (409); AdminNeeded (409) where an admin would take the role from themselves, or
    from the last admin.
    """
    before = await _locked(session, email, admins)
    if before == "admin" and role != "admin":
        await _check_admins(session, email, actor=actor, admins=admins)
    await session.execute(_SET, {"email": email, "role": role, "actor": actor})
    return before


async def remove(session: WriteSession, email: str, *, actor: str, admins: frozenset[str]) -> Role:
    """Take a person's access away; returns the role they had. Four statements at most.

    Raises NotFound (404), FixedBySetting (409), and AdminNeeded (409) for oneself or the last admin.
    """
    before = await _locked(session, email, admins)
    if before is None:
        raise NotFound(f"{email} is not a member of staff.")
    if email == actor or before == "admin":
        await _check_admins(session, email, actor=actor, admins=admins)
    await session.execute(_REMOVE, {"email": email})
    return before


async def _locked(session: WriteSession, email: str, admins: frozenset[str]) -> Role | None:
    """The role of a person, while nobody else can change one: two admins could remove each other."""
    if email in admins:
        raise FixedBySetting(
            f"{email} is an admin by the setting STORE_STAFF. Change it there, and restart the shop."
        )
    await locks.lock(session, "staff")
    role: Role | None = await session.scalar(_ROLE, {"email": email})
    return role


async def _check_admins(
    session: WriteSession, email: str, *, actor: str, admins: frozenset[str]
) -> None:
    if email == actor:
        raise AdminNeeded("You cannot take your own rights away. Ask another admin to do it.")
    if not admins and not await session.scalar(_OTHER_ADMINS, {"email": email}):
        raise AdminNeeded(f"{email} is the last admin. Make somebody else an admin first.")


_ROLE = text("select role from shop.staff_members where email = :email")
_OTHER_ADMINS = text(
    "select count(*) from shop.staff_members where role = 'admin' and email <> :email"
)
_SET = text(
    """
    insert into shop.staff_members (email, role, added_by) values (:email, :role, :actor)
    on conflict (email) do update set role = excluded.role
    """
)
_REMOVE = text("delete from shop.staff_members where email = :email")
