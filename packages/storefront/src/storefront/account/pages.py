"""The account as pages: signing in by a code, the customer's data, its export and deletion."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic_core import to_json

from storefront.account import service, signing_in
from storefront.account.forms import CodeForm, EmailForm, ProfileForm, code_of, email_of, phone_of
from storefront.account.signing_in import Pending
from storefront.customers import queries, sign_in
from storefront.customers import service as customers
from storefront.customers.current import (
    SignedIn,
    SignInNeeded,
    delete_session_cookie,
    device_of,
    ensured_customer,
    send_session,
    session_of,
)
from storefront.db import ReadSession
from storefront.errors import NotAllowed
from storefront.rate_limits.limits import SIGN_INS
from storefront.settings import Settings
from storefront.staff.current import member
from storefront.texts import N_, _, _n, localized
from storefront.web import problems, render, viewed
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, again, done, fields_of
from storefront.web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)

_WRONG_CODE = N_("This code is wrong, was used, or is older than ten minutes. Please check it.")


async def sign_in_first(request: Request, error: Exception) -> Response:
    """The response to those who must sign in: people are redirected there and back, programs get 401.

    Who sent a form stays at its address, so that the browser can send it again after the sign-in.
    """
    assert isinstance(error, SignInNeeded)
    is_read = request.method in ("GET", "HEAD")
    if request.url.path.startswith("/api/") or not (is_read or render.is_htmx(request)):
        request.state.must_sign_in = True
        return problems.problem_of(request, error)
    to = request.url.path if is_read else localized("/account")
    query = render.query_string([("next", to)])
    return done(request, to=f"{request.url_for('sign_in').path}{query}")


@router.get("/account/sign-in", name="sign_in")
async def sign_in_page(
    request: Request, next: Annotated[str | None, Query(max_length=500)] = None
) -> Response:
    """The form that requests a code; redirects those who are signed in already."""
    to = signing_in.own_page(next)
    if await ensured_customer(request) is not None:
        return RedirectResponse(to, status_code=303)
    settings: Settings = request.state.settings
    if settings.behind_proxy:
        raise NotAllowed(
            _("The platform in front of this shop did not say who you are. Sign in there.")
        )
    form = Form[EmailForm].showing()
    return render.page(request, "account/sign_in.html", form=form, to=to)


@router.post("/account/sign-in", name="request_code")
async def request_code(
    request: Request, session: Writes, next: Annotated[str | None, Query(max_length=500)] = None
) -> Response:
    """Send a code. The response does not show whether there is an account or a code."""
    signing_in.only_without_proxy(request)
    to = signing_in.own_page(next)
    form = await Form.read(request, EmailForm)
    email = email_of(form)
    if email is None:
        return again(request, "account/sign_in.html", form, to=to)
    try:
        await sign_in.request_code(
            session,
            email=email,
            address=signing_in.network(request),
            digest=signing_in.digest_of(request.state.signer),
        )
    except sign_in.TooManyCodes as problem:
        form.refuse("", problem.detail)
        return again(request, "account/sign_in.html", form, status=problem.status, to=to)
    signing_in.store_pending(request, Pending(email, to))
    return done(request, to=request.url_for("sign_in_code").path)


@router.get("/account/code", name="sign_in_code")
async def code_page(request: Request) -> Response:
    """Where the code is typed."""
    pending = signing_in.pending_of(request)
    if pending is None:
        return RedirectResponse(request.url_for("sign_in").path, status_code=303)
    form = Form[CodeForm].showing()
    return render.page(request, "account/code.html", form=form, email=pending.email, to=pending.to)


@router.post("/account/code", name="use_code", dependencies=[SIGN_INS])
async def use_code(request: Request, session: Writes, visitor: CurrentVisitor) -> Response:
    """Sign in, and take over the guest's bag."""
    signing_in.only_without_proxy(request)
    pending = signing_in.pending_of(request)
    if pending is None:
        return done(request, to=request.url_for("sign_in").path)
    form = await Form.read(request, CodeForm)
    signed_in = form.data and await service.sign_in_by_code(
        session,
        email=pending.email,
        code=code_of(form.data.code),
        visitor_id=visitor.id,
        digest=signing_in.digest_of(request.state.signer),
        device=device_of(request),
    )
    if not signed_in:
        form.refuse("code", _(_WRONG_CODE))
        return again(request, "account/code.html", form, email=pending.email, to=pending.to)
    if (former := session_of(request)) is not None:
        await sign_in.end_session(session, former, device_of(request))
    send_session(request, signed_in.session_id)
    signing_in.delete_pending(request)
    if visitor.id is not None:
        visitor.delete_cookie()
    return done(request, to=pending.to, message=_welcome(signed_in.earlier_pieces))


def _welcome(earlier_pieces: int) -> str:
    if not earlier_pieces:
        return _("You are signed in.")
    return _n(
        "You are signed in. Your bag now also holds the piece that you put in earlier.",
        "You are signed in. Your bag now also holds the %(num)s pieces that you put in earlier.",
        earlier_pieces,
    )


@router.post("/account/sign-out", name="sign_out")
async def sign_out(request: Request, session: Writes) -> Response:
    """End the session. Behind a proxy, signing out is the proxy's."""
    session_id = session_of(request)
    if session_id is not None:
        await sign_in.end_session(session, session_id, device_of(request))
    delete_session_cookie(request)
    viewed.delete_cookie(request)
    return done(request, to=request.url_for("home").path, message=_("You are signed out."))


@router.get("/account", name="account")
async def account_page(request: Request, customer_id: SignedIn, session: Reads) -> Response:
    """One's own data: what the shop knows, and where it can be changed."""
    who = await queries.customer(session, customer_id)
    form: Form[ProfileForm] = Form({"name": who.name or "", "phone": who.phone or ""})
    return await _account(request, session, customer_id, form, status=200)


@router.post("/account", name="change_profile")
async def change_profile(request: Request, customer_id: SignedIn, session: Writes) -> Response:
    """Set name and telephone number."""
    form = await Form.read(request, ProfileForm)
    phone = phone_of(form, request.state.settings.country)
    if form.data is None:
        return await _account(request, session, customer_id, form, status=422)
    await customers.change_profile(session, customer_id, name=form.data.name, phone=phone)
    return done(request, to=request.url_for("account").path, message=_("Your data is saved."))


@router.post("/account/consents", name="change_consents")
async def change_consents(request: Request, customer_id: SignedIn, session: Writes) -> Response:
    """Agree to what is ticked, and take back the rest."""
    sent = await fields_of(request)
    for kind in customers.CONSENTS:
        await customers.set_consent(session, customer_id, kind, is_granted=kind in sent)
    return done(request, to=request.url_for("account").path, message=_("Your choice is saved."))


@router.get("/account/export", name="export_account")
async def export(session: Reads, customer_id: SignedIn) -> Response:
    """Everything the shop knows of the customer, as a file."""
    data = await service.export(session, customer_id)
    return Response(
        to_json(data, indent=1),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@router.get("/account/delete", name="delete_account")
async def delete_page(request: Request, _customer_id: SignedIn) -> Response:
    """What deleting the account means, and the button that does it."""
    return render.page(request, "account/delete.html", problem=None)


@router.post("/account/delete", name="account_deleted")
async def delete_account(
    request: Request, session: Writes, customer_id: SignedIn, visitor: CurrentVisitor
) -> Response:
    """Delete the account; orders stay, without the personal data."""
    try:
        await service.delete(session, customer_id)
    except service.AccountInUse as problem:
        return render.page(
            request, "account/delete.html", problem=problem.detail, status=problem.status
        )
    delete_session_cookie(request)
    if visitor.id is not None:
        visitor.delete_cookie()
    return done(request, to=request.url_for("home").path, message=_("Your account is deleted."))


async def _account(
    request: Request,
    session: ReadSession,
    customer_id: int,
    form: Form[ProfileForm],
    *,
    status: int,
) -> Response:
    who = await queries.customer(session, customer_id)
    return again(
        request,
        "account/account.html",
        form,
        status=status,
        who=who,
        addresses=await queries.addresses(session, customer_id),
        consents=await queries.consents(session, customer_id),
        kinds=customers.CONSENTS,
        is_staff=await member(request, who.email) is not None,
    )
