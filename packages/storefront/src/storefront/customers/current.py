"""Which customer sends a request: by the proxy's header behind one, else by the session's cookie."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from storefront.customers import queries, security, sign_in
from storefront.customers.codes import network_of
from storefront.customers.devices import Device, device_name
from storefront.customers.queries import SessionRow
from storefront.customers.security import Event
from storefront.db import Database
from storefront.errors import StoreError
from storefront.settings import Settings
from storefront.texts import _
from storefront.web import cookies
from storefront.web.cookies import Cookie
from storefront.web.deps import client_address, person
from storefront.web.signing import Signer

COOKIE = "session"


class SignInNeeded(StoreError):
    """This belongs to a customer's account. Sign in, then try again."""

    status, slug, title = 401, "sign-in-needed", "Please sign in"


async def current_customer(request: Request) -> int | None:
    """The signed-in customer's id; None for guests. The answer is private.

    One statement, on a pool of its own: requests that hold a transaction already never wait for each
    other. None without a cookie, one more a day to renew the session.
    """
    cookies.depends_on_visitor(request)
    settings: Settings = request.state.settings
    database: Database = request.state.database
    if settings.behind_proxy:
        email = person(request)
        return await queries.id_of(database, email) if email else None
    found = await _session(request)
    return found.customer_id if found is not None else None


async def ensured_customer(request: Request) -> int | None:
    """The same; a person signed in at the proxy gets an account at the first request that needs one."""
    customer_id = await current_customer(request)
    email = person(request)
    if customer_id is not None or email is None:
        return customer_id
    database: Database = request.state.database
    async with database.writes() as session:
        return await sign_in.ensure_customer(session, email)


async def signed_in(request: Request) -> int:
    """The signed-in customer's id. Raises SignInNeeded (401)."""
    customer_id = await ensured_customer(request)
    if customer_id is None:
        raise SignInNeeded(_("Sign in to see what belongs to your account."))
    return customer_id


async def address_of_caller(request: Request) -> str | None:
    """The e-mail address that the caller signed in with. One statement, none behind a proxy."""
    settings: Settings = request.state.settings
    if settings.behind_proxy:
        return person(request)
    found = await _session(request)
    return found.email if found is not None else None


async def has_second_factor(request: Request) -> bool:
    """Whether the caller passed a second factor, or needs none: behind a proxy it is the proxy's."""
    settings: Settings = request.state.settings
    if settings.behind_proxy or not settings.staff_second_factor:
        return True
    found = await _session(request)
    return found is not None and found.has_second_factor


async def note_refusal(request: Request, email: str | None) -> None:
    """Log that a route of staff was refused, and store it where somebody is signed in."""
    network, route = device_of(request).network, route_named(request)
    if email is None:
        security.note(Event.RIGHTS_REFUSED, network=network, route=route)
        return
    database: Database = request.state.database
    await security.record_alone(
        database, Event.RIGHTS_REFUSED, network=network, email=email, route=route
    )


async def _session(request: Request) -> SessionRow | None:
    """The session whose cookie came with the request, renewed where it is due."""
    database: Database = request.state.database
    session_id = session_of(request)
    found = await queries.open_session(database, session_id) if session_id is not None else None
    if session_id is not None and found is not None and found.is_due:
        async with database.writes() as session:
            await sign_in.renew_session(session, session_id, device_of(request))
        send_session(request, session_id)
    return found


def device_of(request: Request) -> Device:
    """What the request was sent with, and from where."""
    name = device_name(request.headers.get("user-agent", ""))
    return Device(name, network_of(client_address(request)))


def route_named(request: Request) -> str:
    """The route without what its address names."""
    return f"{request.method} {request.scope['route'].path}"


def session_of(request: Request) -> UUID | None:
    """The id of the session whose cookie came with the request, whether or not it has ended."""
    carried = cookies.received(request, COOKIE)
    signer: Signer = request.state.signer
    signed = signer.read(COOKIE, carried) if carried else None
    if signed is None or signed.age > sign_in.SESSION_LASTS:
        return None
    return UUID(signed.value)


def send_session(request: Request, session_id: UUID) -> None:
    """Send the cookie of a session with the answer."""
    signer: Signer = request.state.signer
    lasts_s = int(sign_in.SESSION_LASTS.total_seconds())
    signed = signer.sign(COOKIE, str(session_id))
    cookies.send(request, Cookie(COOKIE, signed, max_age_s=lasts_s))


def delete_session_cookie(request: Request) -> None:
    """Delete the cookie of the session."""
    cookies.send(request, Cookie(COOKIE, "", max_age_s=0))


CurrentCustomer = Annotated[int | None, Depends(current_customer)]
SignedIn = Annotated[int, Depends(signed_in)]
