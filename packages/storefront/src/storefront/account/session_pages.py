"""Where a customer is signed in, as a page: each session can be ended, or all at once."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from storefront.customers import queries, sign_in
from storefront.customers.current import SignedIn, delete_session_cookie, device_of, session_of
from storefront.texts import _
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import done

router = APIRouter(include_in_schema=False)


@router.get("/account/sessions", name="sessions")
async def sessions_page(request: Request, customer_id: SignedIn, session: Reads) -> Response:
    """The devices that are signed in."""
    found = await queries.open_sessions(session, customer_id)
    return render.page(
        request, "account/sessions.html", sessions=found, present=session_of(request)
    )


@router.post("/account/sessions/end-all", name="sign_out_everywhere")
async def sign_out_everywhere(request: Request, customer_id: SignedIn, session: Writes) -> Response:
    """End every session, this one included."""
    await sign_in.end_all_sessions(session, customer_id, device_of(request))
    delete_session_cookie(request)
    message = _("You are signed out everywhere.")
    return done(request, to=request.url_for("home").path, message=message)


@router.post("/account/sessions/{session_id}/end", name="end_session")
async def end_session(
    request: Request, customer_id: SignedIn, session: Writes, session_id: UUID
) -> Response:
    """Sign one device out."""
    await sign_in.end_session_of(session, customer_id, session_id, device_of(request))
    if session_id == session_of(request):
        delete_session_cookie(request)
    message = _("The device is signed out.")
    return done(request, to=request.url_for("sessions").path, message=message)
