"""Who is staff, with which role, as JSON. Each change is made once for each Idempotency-Key."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from storefront.backoffice import staff_changes
from storefront.backoffice.acting import act_by_api
from storefront.customers.addresses import normalized_email
from storefront.orders.api import Key
from storefront.request_model import RequestModel
from storefront.settings import Settings
from storefront.staff import queries
from storefront.staff.current import MayManageStaff
from storefront.staff.rights import RIGHTS, ROLES, Role
from storefront.web import problems
from storefront.web.deps import Reads

router = APIRouter(
    prefix="/api/v1/admin/staff", tags=["admin"], responses=problems.responses(403, 422, 503)
)

Email = Annotated[str, Path(max_length=254, description="The e-mail address they sign in with.")]


class Member(BaseModel):
    """A member of staff. added_by, added_at: null for the admins that the setting STORE_STAFF lists."""

    email: str
    role: Role
    added_by: str | None
    added_at: datetime | None


class RoleOfStaff(BaseModel):
    """A role, and what it may do: "may …"."""

    role: Role
    rights: list[str]


class StaffList(BaseModel):
    """All members of staff, and all roles."""

    members: list[Member]
    roles: list[RoleOfStaff]


class NewRole(RequestModel):
    """The role that a person is given."""

    role: Role


@router.get("", name="api_staff_members")
async def members(request: Request, _who: MayManageStaff, session: Reads) -> StaffList:
    """Who is staff, and what each role may do."""
    found = await queries.members(session, admins=_admins(request))
    return StaffList(
        members=[
            Member(email=one.email, role=one.role, added_by=one.added_by, added_at=one.added_at)
            for one in found
        ],
        roles=[
            RoleOfStaff(role=role, rights=sorted(str(right) for right in RIGHTS[role]))
            for role in ROLES
        ],
    )


@router.put(
    "/{email}", name="api_staff_set_role", status_code=204, responses=problems.responses(400, 409)
)
async def set_role(
    request: Request, who: MayManageStaff, email: Email, wanted: NewRole, key: Key = None
) -> Response:
    """Add a member of staff, or change their role. Refused for yourself, and for the last admin."""
    change = staff_changes.set_role(
        normalized_email(email), wanted.role, actor=who, admins=_admins(request)
    )
    response = Response(status_code=204)
    await act_by_api(request, response, change, actor=who, key=key)
    return response


@router.delete(
    "/{email}",
    name="api_staff_remove",
    status_code=204,
    responses=problems.responses(400, 404, 409),
)
async def remove(request: Request, who: MayManageStaff, email: Email, key: Key = None) -> Response:
    """Remove a member of staff, who loses access at once. Not for yourself, nor the last admin."""
    change = staff_changes.remove(normalized_email(email), actor=who, admins=_admins(request))
    response = Response(status_code=204)
    await act_by_api(request, response, change, actor=who, key=key)
    return response


def _admins(request: Request) -> frozenset[str]:
    settings: Settings = request.state.settings
    return settings.staff
