"""Changes of who is staff, with the role before and after."""

from storefront.backoffice.changes import Change, Edited, Logged
from storefront.db import WriteSession
from storefront.staff import service
from storefront.staff.rights import Role


def set_role(email: str, role: Role, *, actor: str, admins: frozenset[str]) -> Change:
    """Add a member of staff, or give one another role. email: in lower case."""

    async def make(session: WriteSession) -> Logged | Edited:
        before = await service.set_role(session, email, role, actor=actor, admins=admins)
        return Edited({"role": before}, {"role": role}) if before else {"role": role}

    return Change("set role", "staff", email, make)


def remove(email: str, *, actor: str, admins: frozenset[str]) -> Change:
    """Remove a member of staff; they lose access at once. email: in lower case."""

    async def make(session: WriteSession) -> Edited:
        before = await service.remove(session, email, actor=actor, admins=admins)
        return Edited({"role": before}, {"role": None})

    return Change("remove", "staff", email, make)
