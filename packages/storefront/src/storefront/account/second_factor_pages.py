"""The second factor of staff as pages: set up by a QR code, asked for after signing in, removed."""

from collections.abc import Sequence
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from storefront.account import confirming, signing_in
from storefront.account.forms import CodeForm
from storefront.customers import second_factor
from storefront.customers.current import SignedIn
from storefront.customers.second_factor import SecondFactorNeeded
from storefront.db import ReadSession
from storefront.texts import _
from storefront.web import problems, render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, again, done

router = APIRouter(include_in_schema=False)

_PAGE = "account/second_factor.html"
Next = Annotated[str | None, Query(max_length=500)]


async def second_factor_first(request: Request, error: Exception) -> Response:
    """The answer to staff who have not entered a code: for people the page where they do."""
    assert isinstance(error, SecondFactorNeeded)
    if request.url.path.startswith("/api/"):
        return problems.problem_of(request, error)
    to = request.url.path if request.method in ("GET", "HEAD") else "/admin"
    return done(request, to=_here(request, to))


@router.get("/account/second-factor", name="second_factor")
async def second_factor_page(
    request: Request, customer_id: SignedIn, session: Reads, next: Next = None
) -> Response:
    """Where it is set up, or a code is entered."""
    form = Form[CodeForm].showing()
    return await _page(
        request, session, customer_id, form, to=signing_in.own_page(next), status=200
    )


@router.post("/account/second-factor/begin", name="begin_second_factor")
async def begin(
    request: Request, customer_id: SignedIn, session: Writes, next: Next = None
) -> Response:
    """Make a secret for the app; the page then shows it."""
    await confirming.email_of_staff(request, session, customer_id)
    await second_factor.begin(session, customer_id, confirming.cipher_of(request))
    return done(request, to=_here(request, signing_in.own_page(next)))


@router.post("/account/second-factor/confirm", name="confirm_second_factor")
async def confirm(
    request: Request, customer_id: SignedIn, session: Writes, next: Next = None
) -> Response:
    """Set it up by a first code; shows the recovery codes, this once."""
    await confirming.email_of_staff(request, session, customer_id)
    to = signing_in.own_page(next)
    form = await Form.read(request, CodeForm)
    codes: Sequence[str] = ()
    if form.data is not None:
        codes = await confirming.use_code(
            request, session, customer_id, form.data.code, second_factor.confirm
        )
    if not codes:
        form.refuse("code", _(confirming.WRONG))
        return await _page(request, session, customer_id, form, to=to, status=422)
    return render.page(request, "account/recovery_codes.html", codes=codes, to=to)


@router.post("/account/second-factor", name="verify_second_factor")
async def verify(
    request: Request, customer_id: SignedIn, session: Writes, next: Next = None
) -> Response:
    """Enter a code of the app, or a recovery code."""
    await confirming.email_of_staff(request, session, customer_id)
    to = signing_in.own_page(next)
    form = await Form.read(request, CodeForm)
    is_right = form.data is not None and await confirming.use_code(
        request, session, customer_id, form.data.code, second_factor.verify
    )
    if not is_right:
        form.refuse("code", _(confirming.WRONG))
        return await _page(request, session, customer_id, form, to=to, status=422)
    return done(request, to=to)


@router.post("/account/second-factor/remove", name="remove_second_factor")
async def remove(request: Request, customer_id: SignedIn, session: Writes) -> Response:
    """Remove it, to set up another app. Only in a session that passed it."""
    await confirming.remove(request, session, customer_id)
    return done(request, to=request.url_for("second_factor").path)


async def _page(
    request: Request,
    session: ReadSession,
    customer_id: int,
    form: Form[CodeForm],
    *,
    to: str,
    status: int,
) -> Response:
    email = await confirming.email_of_staff(request, session, customer_id)
    state = await second_factor.state(session, customer_id, confirming.cipher_of(request))
    context: dict[str, Any] = {
        "state": state,
        "to": to,
        "has_passed": await confirming.has_passed(request),
    }
    if state is not None and state.secret is not None:
        uri = confirming.uri_of(request, state.secret, email)
        drawn = segno.make(uri).svg_inline(scale=4, light="#fff", border=4)
        context["drawing"] = Markup(drawn)  # noqa: S704 - made by segno, of squares
    return again(request, _PAGE, form, status=status, **context)


def _here(request: Request, to: str) -> str:
    return f"{request.url_for('second_factor').path}{render.query_string([('next', to)])}"
