"""Saved searches as pages: save a listing, the visitor's list, alerts on what is new."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from storefront.alerts import queries as alert_queries
from storefront.alerts import service as alerts
from storefront.alerts.asking import asker, own_email
from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.service import Owner
from storefront.db import ReadSession
from storefront.errors import StoreError
from storefront.request_model import Id
from storefront.saved_searches import queries, service
from storefront.saved_searches.reading import counted, look_at, name_for, query_of
from storefront.search import page_query
from storefront.texts import _, localized
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, again, done

router = APIRouter(prefix="/saved-searches", include_in_schema=False)


class SaveForm(BaseModel):
    """What the search is called; whether and where to send e-mails about what is new."""

    name: Annotated[str, Field(min_length=1, max_length=service.LONGEST_NAME)]
    alert: str | None = None
    email: Annotated[str | None, Field(max_length=254)] = None


class NameForm(BaseModel):
    """Another name."""

    name: Annotated[str, Field(min_length=1, max_length=service.LONGEST_NAME)]


class EmailForm(BaseModel):
    """Where to send the e-mails; nothing for a customer's own address."""

    email: Annotated[str | None, Field(max_length=254)] = None


@router.get("", name="saved_searches")
async def mine(request: Request, session: Reads, owner: ReadingOwner) -> Response:
    """The visitor's saved searches, and how much is new in each.

    Two statements, and one for each with words.
    """
    return await _mine(request, session, owner)


@router.get("/new", name="new_saved_search")
async def save_page(request: Request, session: Reads) -> Response:
    """The form that saves the listing whose query this is."""
    query = page_query.parse_form(request.query_params).query
    values = {"name": name_for(query), "email": await own_email(request, session) or ""}
    return _save_form(request, Form[SaveForm](values))


@router.post("/new", name="save_search")
async def save(request: Request, session: Writes, owner: WritingOwner) -> Response:
    """Save it."""
    query = page_query.parse_form(request.query_params).query
    form = await Form.read(request, SaveForm)
    if form.data is None:
        return _save_form(request, form, status=422)
    try:
        who = await asker(request, session, form.data.email) if form.data.alert else None
        search_id = await service.save(
            session,
            owner,
            name=form.data.name,
            query_string=query.saved(),
            matches=await query_of(query.saved()).matches(request.state.search),
        )
        if who is not None:
            await alerts.ask_for_search(session, who, search_id)
    except StoreError as problem:
        form.refuse_all(problem)
        return _save_form(request, form, status=422)
    message = _("The search is saved.")
    if who is not None and not who.is_owner:
        message = _("The search is saved. Open the link in the e-mail that we sent you.")
    return _back(request, message)


@router.get("/{search_id}", name="saved_search")
async def opened(request: Request, session: Writes, owner: ReadingOwner, search_id: Id) -> Response:
    """Leads to its listing; what is there is not new any more."""
    found = await look_at(session, request.state.search, owner, search_id)
    return done(request, to=localized(found.path))


@router.post("/{search_id}", name="rename_search")
async def rename(request: Request, session: Writes, owner: ReadingOwner, search_id: Id) -> Response:
    """Give it another name."""
    form = await Form.read(request, NameForm)
    if form.data is None:
        return await _mine(request, session, owner, form=form, refused_id=search_id, status=422)
    await service.rename(session, owner, search_id, name=form.data.name)
    return _back(request, _("The search is renamed."))


@router.post("/{search_id}/delete", name="delete_search")
async def delete(request: Request, session: Writes, owner: ReadingOwner, search_id: Id) -> Response:
    """Delete it, with its alert."""
    await service.delete(session, owner, search_id)
    return _back(request, _("The search is deleted."))


@router.post("/{search_id}/alert", name="ask_for_search_alert")
async def ask(request: Request, session: Writes, owner: ReadingOwner, search_id: Id) -> Response:
    """Ask for e-mails about what is new in it."""
    await queries.one(session, owner, search_id)
    form = await Form.read(request, EmailForm)
    try:
        email = form.data.email if form.data is not None else form.value("email")
        who = await asker(request, session, email)
        await alerts.ask_for_search(session, who, search_id)
    except StoreError as problem:
        form.refuse_all(problem)
        return await _mine(request, session, owner, form=form, refused_id=search_id, status=422)
    message = _("We will tell you") if who.is_owner else _("Look into your e-mails")
    return _back(request, message)


@router.post("/{search_id}/alert/stop", name="stop_search_alert")
async def stop(request: Request, session: Writes, owner: ReadingOwner, search_id: Id) -> Response:
    """Send no more e-mails about it."""
    await queries.one(session, owner, search_id)
    await alerts.stop_on_search(session, search_id)
    return _back(request, _("The alert is stopped."))


def _back(request: Request, message: str) -> Response:
    return done(request, to=request.url_for("saved_searches").path, message=message)


def _save_form(request: Request, form: Form[SaveForm], *, status: int = 200) -> Response:
    query = page_query.parse_form(request.query_params).query
    back = ("search" if query.q else "listing", query.saved())
    return again(
        request,
        "saved_searches/save.html",
        form,
        status=status,
        query=query,
        back=request.url_for(back[0]).path + back[1],
    )


async def _mine(
    request: Request,
    session: ReadSession,
    owner: Owner,
    *,
    form: Form[Any] | None = None,
    refused_id: int | None = None,
    status: int = 200,
) -> Response:
    """form: the one that was refused, of this search."""
    found = await queries.of_owner(session, owner)
    return render.page(
        request,
        "saved_searches/mine.html",
        status=status,
        searches=await counted(request.state.search, found),
        alerts=await alert_queries.on_searches(session, [one.id for one in found]),
        is_guest=owner.customer_id is None,
        form=form,
        refused_id=refused_id,
    )
