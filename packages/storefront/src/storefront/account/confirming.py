"""What pages and API share of the second factor: whose it is, and whether a session has passed it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from fastapi import Request

from storefront.account.forms import code_of
from storefront.customers import queries, second_factor
from storefront.customers.current import device_of, session_of
from storefront.customers.second_factor import Cipher, SecondFactorNeeded
from storefront.db import ReadSession, WriteSession
from storefront.errors import NotFound
from storefront.settings import Settings
from storefront.staff.current import member
from storefront.texts import N_, _
from storefront.web.signing import Signer

_Found = TypeVar("_Found")

WRONG = N_("This code is wrong or was used. Please enter the one that the app shows now.")


async def email_of_staff(request: Request, session: ReadSession, customer_id: int) -> str:
    """The address of a member of staff.

    Raises NotFound (404) for others, and where no second factor is asked for.
    """
    settings: Settings = request.state.settings
    email = (await queries.customer(session, customer_id)).email
    is_asked_for = settings.staff_second_factor and not settings.behind_proxy
    if not is_asked_for or await member(request, email) is None:
        raise NotFound(_("There is nothing at %(address)s.", address=request.url.path))
    return email


async def use_code(
    request: Request,
    session: WriteSession,
    customer_id: int,
    typed: str,
    use: Callable[..., Awaitable[_Found]],
) -> _Found:
    """The result of a typed code. use: `second_factor.confirm` or `second_factor.verify`.

    Commit also where the code is wrong: tries are counted. Raises TooManyTries (429).
    """
    return await use(
        session,
        customer_id,
        _session_id(request),
        code_of(typed),
        cipher=cipher_of(request),
        device=device_of(request),
    )


async def remove(request: Request, session: WriteSession, customer_id: int) -> None:
    """Remove the second factor of a member of staff.

    Raises NotFound (404) as `email_of_staff`, SecondFactorNeeded (403) in a session without a code.
    """
    await email_of_staff(request, session, customer_id)
    if not await has_passed(request):
        raise SecondFactorNeeded(_("Enter a code of your authenticator app first."))
    await second_factor.remove(session, customer_id, device_of(request))


async def has_passed(request: Request) -> bool:
    """Whether a code was entered in the session of the request."""
    found = await queries.open_session(request.state.database, _session_id(request))
    return found is not None and found.has_second_factor


def _session_id(request: Request) -> UUID:
    """The session of somebody who is signed in without a proxy."""
    found = session_of(request)
    assert found is not None
    return found


def cipher_of(request: Request) -> Cipher:
    """What encrypts the secrets of authenticator apps."""
    signer: Signer = request.state.signer
    return signer.cipher("second factor")


def uri_of(request: Request, secret: str, email: str) -> str:
    """What the QR code says to the app."""
    settings: Settings = request.state.settings
    return second_factor.uri_of(secret, email=email, shop=settings.name)
