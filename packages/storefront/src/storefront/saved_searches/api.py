"""Saved searches as JSON."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.datastructures import QueryParams

from storefront.alerts import queries as alert_queries
from storefront.alerts import service as alerts
from storefront.alerts.api import AlertStatus, Email, status_for
from storefront.alerts.asking import asker
from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.service import Owner
from storefront.db import ReadSession
from storefront.request_model import Id, RequestModel
from storefront.saved_searches import queries, service
from storefront.saved_searches.reading import Counted, counted, look_at, name_for, query_of
from storefront.search import page_query
from storefront.web import problems
from storefront.web.deps import Reads, Writes

router = APIRouter(
    prefix="/api/v1/saved-searches",
    tags=["saved searches"],
    responses=problems.responses(404, 422, 503),
)

SearchId = Annotated[Id, Path(description="From the list of searches.")]
Name = Annotated[str, Field(min_length=1, max_length=service.LONGEST_NAME, pattern=r"\S")]


class NewSearch(RequestModel):
    """A search to save. query: the query string of a listing, such as ``brand=Puma&max_price=50``;
    order and page are left out of it. name: null for one that is made of the query."""

    query: Annotated[str, Field(max_length=4_000)]
    name: Name | None = None


class NewName(RequestModel):
    """Another name."""

    name: Name


class SavedSearch(BaseModel):
    """A saved search. total: products that it has; new: those that came since it was last opened.

    alert: whether e-mails about new ones are on, wait for their receiver to confirm, or are off.
    """

    search_id: str
    name: str
    query: str
    url: Annotated[str, Field(description="The page of its listing.")]
    total: int
    new: int
    alert: Literal["on", "unconfirmed", "off"]
    created_at: datetime


class AskedNews(RequestModel):
    """Where to send e-mails about what is new."""

    email: Email = None


@router.get("", name="api_saved_searches")
async def mine(request: Request, session: Reads, owner: ReadingOwner) -> list[SavedSearch]:
    """The visitor's saved searches, newest first."""
    found = await queries.of_owner(session, owner)
    on = await alert_queries.on_searches(session, [one.id for one in found])
    return [_json(one, on.get(one.search.id)) for one in await counted(request.state.search, found)]


@router.post("", name="api_save_search", status_code=201, responses=problems.responses(409))
async def save(
    request: Request, session: Writes, owner: WritingOwner, new: NewSearch
) -> SavedSearch:
    """Save a search; one that is saved already gets the new name."""
    form = page_query.parse_form(QueryParams(new.query.removeprefix("?")))
    if form.left_out:  # what would be saved is not what was sent
        raise RequestValidationError(form.left_out)
    query = form.query
    search_id = await service.save(
        session,
        owner,
        name=new.name or name_for(query),
        query_string=query.saved(),
        matches=await query_of(query.saved()).matches(request.state.search),
    )
    return await _one(request, session, owner, search_id)


@router.get("/{search_id}", name="api_saved_search")
async def one(
    request: Request, session: Reads, owner: ReadingOwner, search_id: SearchId
) -> SavedSearch:
    """A saved search."""
    return await _one(request, session, owner, search_id)


@router.patch("/{search_id}", name="api_rename_search")
async def rename(
    request: Request, session: Writes, owner: ReadingOwner, search_id: SearchId, new: NewName
) -> SavedSearch:
    """Give a search another name."""
    await service.rename(session, owner, search_id, name=new.name)
    return await _one(request, session, owner, search_id)


@router.post("/{search_id}/opened", name="api_open_search")
async def opened(
    request: Request, session: Writes, owner: ReadingOwner, search_id: SearchId
) -> SavedSearch:
    """Note that its products were looked at: none of them is new any more."""
    await look_at(session, request.state.search, owner, search_id)
    return await _one(request, session, owner, search_id)


@router.delete("/{search_id}", name="api_delete_search", status_code=204)
async def delete(session: Writes, owner: ReadingOwner, search_id: SearchId) -> None:
    """Delete a search, with its alert."""
    await service.delete(session, owner, search_id)


@router.put(
    "/{search_id}/alert",
    name="api_ask_for_search_alert",
    status_code=202,
    responses=problems.responses(429),
)
async def ask(
    request: Request, session: Writes, owner: ReadingOwner, search_id: SearchId, asked: AskedNews
) -> AlertStatus:
    """Ask for an e-mail, one a day at most, when there is something new in a search."""
    await queries.one(session, owner, search_id)
    who = await asker(request, session, asked.email)
    await alerts.ask_for_search(session, who, search_id)
    return status_for(who)


@router.delete("/{search_id}/alert", name="api_stop_search_alert", status_code=204)
async def stop(session: Writes, owner: ReadingOwner, search_id: SearchId) -> None:
    """Send no more e-mails about a search."""
    await queries.one(session, owner, search_id)
    await alerts.stop_on_search(session, search_id)


async def _one(request: Request, session: ReadSession, owner: Owner, search_id: int) -> SavedSearch:
    found = await queries.one(session, owner, search_id)
    on = await alert_queries.on_searches(session, [search_id])
    [shown] = await counted(request.state.search, [found])
    return _json(shown, on.get(search_id))


def _json(shown: Counted, alert: alert_queries.Alert | None) -> SavedSearch:
    state: Literal["on", "unconfirmed", "off"] = "off"
    if alert is not None:
        state = "on" if alert.confirmed_at is not None else "unconfirmed"
    return SavedSearch(
        search_id=str(shown.search.id),
        name=shown.search.name,
        query=shown.search.query_string.removeprefix("?"),
        url=shown.search.path,
        total=shown.total,
        new=shown.new,
        alert=state,
        created_at=shown.search.created_at,
    )
