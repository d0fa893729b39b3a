"""The page where admins decide who is staff, with which role."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import EmailStr, Field

from storefront.backoffice import staff_changes
from storefront.backoffice.acting import Click, act, new_key
from storefront.backoffice.changes import Change
from storefront.customers.addresses import normalized_email
from storefront.db import Database
from storefront.settings import Settings
from storefront.staff import queries
from storefront.staff.current import MayManageStaff
from storefront.staff.rights import RIGHTS, ROLES, Right, Role
from storefront.web import forms, render
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/staff", include_in_schema=False)


class Membership(Click):
    """A member of staff with a role."""

    email: Annotated[EmailStr, Field(max_length=254)]
    role: Role


class Removal(Click):
    """The end of a membership."""

    email: Annotated[EmailStr, Field(max_length=254)]


@router.get("", name="staff_members")
async def staff_page(request: Request, _who: MayManageStaff) -> Response:
    """Who is staff, and what each role may do. One statement."""
    return await _show(request)


@router.post("", name="staff_set_role")
async def set_role(request: Request, who: MayManageStaff) -> Response:
    """Add a member of staff, or change their role."""
    form = await Form.read(request, Membership)
    if form.data is None:
        return await _show(request, form)
    email, role = normalized_email(form.data.email), form.data.role
    change = staff_changes.set_role(email, role, actor=who, admins=_admins(request))
    return await _do(request, form, change, who, f"{email} now has the role of {role}.")


@router.post("/remove", name="staff_remove")
async def remove(request: Request, who: MayManageStaff) -> Response:
    """Remove a member of staff."""
    form = await Form.read(request, Removal)
    if form.data is None:
        return await _show(request, form)
    email = normalized_email(form.data.email)
    change = staff_changes.remove(email, actor=who, admins=_admins(request))
    return await _do(request, form, change, who, f"{email} is no longer staff.")


async def _do(
    request: Request, form: Form[Any], change: Change, who: str, message: str
) -> Response:
    if not await act(request, form, change, actor=who):
        return await _show(request, form)
    return forms.done(request, to=request.url_for("staff_members").path, message=message)


async def _show(request: Request, form: Form[Any] | None = None) -> Response:
    """form: the one that was refused."""
    database: Database = request.state.database
    async with database.reads() as session:
        members = await queries.members(session, admins=_admins(request))
    return render.page(
        request,
        "backoffice/staff.html",
        status=200 if form is None else 422,
        members=members,
        form=form or Form[Any].showing(),
        roles=ROLES,
        choices=[(role, role) for role in ROLES],
        rights=list(Right),
        table=RIGHTS,
        new_key=new_key,
    )


def _admins(request: Request) -> frozenset[str]:
    settings: Settings = request.state.settings
    return settings.staff
