"""The second factor of staff as JSON: set up, entered after signing in, removed."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from storefront.account import confirming
from storefront.customers import second_factor
from storefront.customers.current import SignedIn
from storefront.customers.second_factor import WrongSecondFactor
from storefront.db import Database, ReadSession
from storefront.request_model import RequestModel
from storefront.texts import _
from storefront.web import problems
from storefront.web.deps import Reads, Writes

_Found = TypeVar("_Found")

router = APIRouter(
    prefix="/api/v1/account/second-factor",
    tags=["account"],
    responses=problems.responses(401, 404, 503),
)


class SecondFactor(BaseModel):
    """The second factor of the signed-in member of staff.

    is_set_up: a code of it was entered once; is_entered: in this session. secret, uri: for the
    authenticator app, until it is set up; the uri is what a QR code would say.
    """

    is_set_up: bool
    is_entered: bool
    recovery_codes_left: int
    secret: str | None
    uri: str | None


class AppCode(RequestModel):
    """A code that the app shows now, or where it is set up already, a recovery code."""

    code: Annotated[str, Field(min_length=1, max_length=20, examples=["012345"])]


class RecoveryCodes(BaseModel):
    """Each takes the place of the app once. They are shown this once."""

    recovery_codes: list[str]


@router.get("", name="api_second_factor")
async def shown(request: Request, session: Reads, customer_id: SignedIn) -> SecondFactor:
    """Whether it is set up, and whether a code was entered in this session. For staff."""
    email = await confirming.email_of_staff(request, session, customer_id)
    return await _shown(request, session, customer_id, email)


@router.post("", name="api_begin_second_factor", status_code=201, responses=problems.responses(409))
async def begin(request: Request, session: Writes, customer_id: SignedIn) -> SecondFactor:
    """Make a secret for the app; it is set up when a code of the app was confirmed. For staff."""
    email = await confirming.email_of_staff(request, session, customer_id)
    await second_factor.begin(session, customer_id, confirming.cipher_of(request))
    return await _shown(request, session, customer_id, email)


@router.post(
    "/confirmation",
    name="api_confirm_second_factor",
    responses=problems.responses(403, 422, 429),
)
async def confirm(request: Request, customer_id: SignedIn, typed: AppCode) -> RecoveryCodes:
    """Set it up by a first code of the app. The other sessions of the account end. For staff."""
    codes = await _entered(request, customer_id, typed, second_factor.confirm)
    return RecoveryCodes(recovery_codes=list(codes))


@router.post(
    "/verification",
    name="api_verify_second_factor",
    status_code=204,
    responses=problems.responses(403, 422, 429),
)
async def verify(request: Request, customer_id: SignedIn, typed: AppCode) -> None:
    """Enter a code in this session, which then may use what is for staff. For staff."""
    await _entered(request, customer_id, typed, second_factor.verify)


@router.delete(
    "", name="api_remove_second_factor", status_code=204, responses=problems.responses(403)
)
async def remove(request: Request, session: Writes, customer_id: SignedIn) -> None:
    """Remove it, to set up another app. Only in a session in which a code was entered. For staff."""
    await confirming.remove(request, session, customer_id)


async def _shown(
    request: Request, session: ReadSession, customer_id: int, email: str
) -> SecondFactor:
    state = await second_factor.state(session, customer_id, confirming.cipher_of(request))
    secret = state.secret if state is not None else None
    return SecondFactor(
        is_set_up=state is not None and state.is_confirmed,
        is_entered=await confirming.has_passed(request),
        recovery_codes_left=state.recovery_codes_left if state is not None else 0,
        secret=secret,
        uri=confirming.uri_of(request, secret, email) if secret is not None else None,
    )


async def _entered(
    request: Request,
    customer_id: int,
    typed: AppCode,
    use: Callable[..., Awaitable[_Found]],
) -> _Found:
    """What the code gives. Raises WrongSecondFactor (403), and as `confirming.use_code`."""
    database: Database = request.state.database
    async with database.writes() as session:  # committed also where the code is wrong
        await confirming.email_of_staff(request, session, customer_id)
        found = await confirming.use_code(request, session, customer_id, typed.code, use)
    if not found:
        raise WrongSecondFactor(_(confirming.WRONG))
    return found
