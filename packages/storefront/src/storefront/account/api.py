"""The account as JSON: signing in by a code, the customer's data, its export and deletion."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from storefront.account import service, signing_in
from storefront.customers import queries, sign_in
from storefront.customers import service as customers
from storefront.customers.addresses import (
    AddressFields,
    normalized,
    normalized_email,
    normalized_phone,
)
from storefront.customers.current import (
    SignedIn,
    delete_session_cookie,
    device_of,
    send_session,
    session_of,
)
from storefront.customers.queries import AddressRow
from storefront.customers.service import NewAddress
from storefront.customers.sign_in import WrongCode
from storefront.db import Database, ReadSession
from storefront.rate_limits.limits import SIGN_INS
from storefront.request_model import Flag, Id, RequestModel
from storefront.settings import Settings
from storefront.texts import _
from storefront.web import problems, viewed
from storefront.web.deps import Reads, Writes
from storefront.web.visitor import CurrentVisitor

router = APIRouter(
    prefix="/api/v1/account", tags=["account"], responses=problems.responses(401, 404, 422, 503)
)

AddressId = Annotated[Id, Path(description="From the list of addresses.")]
Email = Annotated[str, Field(max_length=254, examples=["ann@example.com"])]
Phone = Annotated[str | None, Field(max_length=40, examples=["+12025550123"])]


class CodeRequest(RequestModel):
    """The e-mail address to sign in with."""

    email: Email


class Code(RequestModel):
    """The code that was sent."""

    email: Email
    code: Annotated[str, Field(pattern="^[0-9]{6}$", examples=["012345"])]


class Account(BaseModel):
    """A customer's own data."""

    email: str
    name: str | None
    phone: str | None
    created_at: datetime


class Profile(RequestModel):
    """Name and telephone number; null for none."""

    name: Annotated[str | None, Field(max_length=200, examples=["Ann Example"])]
    phone: Phone


class AddressInput(RequestModel):
    """An address to save. is_default: true makes it the default; false leaves the default as it is."""

    address: AddressFields
    phone: Phone = None
    is_default: Flag = False


class Address(BaseModel):
    """An address of the account; the fields that its country has."""

    address_id: str
    address: dict[str, str]
    phone: str | None
    is_default: bool


class Consent(BaseModel):
    """Whether the customer agrees to something, and since when; null: never asked."""

    kind: str
    label: str
    is_granted: bool
    granted_at: datetime | None
    withdrawn_at: datetime | None


class SignedInDevice(BaseModel):
    """A session of the customer.

    device: browser and system, as far as known. network: the address it was last renewed from, or of
    IPv6 the /64. last_used_at: to the day.
    """

    session_id: UUID
    device: Annotated[str, Field(examples=["Firefox · Linux"])]
    network: Annotated[str, Field(examples=["203.0.113.7"])]
    signed_in_at: datetime
    last_used_at: datetime
    is_current: bool


class ConsentInput(RequestModel):
    """Agree, or withdraw the agreement."""

    is_granted: Flag


class CodeSent(BaseModel):
    """The answer to every request for a code, whether or not one was sent."""

    status: Literal["accepted"] = "accepted"


@router.post(
    "/codes", name="api_request_code", status_code=202, responses=problems.responses(429, 501)
)
async def request_code(request: Request, session: Writes, who: CodeRequest) -> CodeSent:
    """Send a one-time code by e-mail. The answer does not say whether there is an account."""
    signing_in.only_without_proxy(request)
    await sign_in.request_code(
        session,
        email=normalized_email(who.email),
        address=signing_in.network(request),
        digest=signing_in.digest_of(request.state.signer),
    )
    return CodeSent()


@router.post(
    "/session",
    name="api_sign_in",
    dependencies=[SIGN_INS],
    responses=problems.responses(403, 429, 501),
)
async def sign_in_by_code(request: Request, visitor: CurrentVisitor, typed: Code) -> Account:
    """Sign in by a code: sets the cookie of the session. The guest's bag becomes the customer's."""
    signing_in.only_without_proxy(request)
    database: Database = request.state.database
    async with database.writes() as session:  # committed also where the code is wrong
        signed_in = await service.sign_in_by_code(
            session,
            email=normalized_email(typed.email),
            code=typed.code,
            visitor_id=visitor.id,
            digest=signing_in.digest_of(request.state.signer),
            device=device_of(request),
        )
        if signed_in is not None and (former := session_of(request)) is not None:
            await sign_in.end_session(session, former, device_of(request))
    if signed_in is None:
        raise WrongCode(_("The code is wrong, was used, or is older than ten minutes."))
    send_session(request, signed_in.session_id)
    if visitor.id is not None:
        visitor.delete_cookie()
    found = await queries.open_session(database, signed_in.session_id)
    assert found is not None
    async with database.reads() as reading:
        return await _account(reading, found.customer_id)


@router.delete("/session", name="api_sign_out", status_code=204)
async def sign_out(request: Request, session: Writes) -> None:
    """Sign out. Without a session, nothing happens."""
    session_id = session_of(request)
    if session_id is not None:
        await sign_in.end_session(session, session_id, device_of(request))
    delete_session_cookie(request)
    viewed.delete_cookie(request)


@router.get("/sessions", name="api_sessions")
async def sessions(request: Request, session: Reads, customer_id: SignedIn) -> list[SignedInDevice]:
    """Where the customer is signed in, last used first. Empty behind a proxy that signs people in."""
    present = session_of(request)
    return [
        SignedInDevice(
            session_id=one.id,
            device=one.device,
            network=one.network,
            signed_in_at=one.created_at,
            last_used_at=one.last_seen_at,
            is_current=one.id == present,
        )
        for one in await queries.open_sessions(session, customer_id)
    ]


@router.delete("/sessions", name="api_sign_out_everywhere", status_code=204)
async def sign_out_everywhere(request: Request, session: Writes, customer_id: SignedIn) -> None:
    """End every session of the customer, the present one included."""
    await sign_in.end_all_sessions(session, customer_id, device_of(request))
    delete_session_cookie(request)


@router.delete("/sessions/{session_id}", name="api_end_session", status_code=204)
async def end_session(
    request: Request, session: Writes, customer_id: SignedIn, session_id: UUID
) -> None:
    """End one of the customer's sessions: the device is signed out."""
    await sign_in.end_session_of(session, customer_id, session_id, device_of(request))
    if session_id == session_of(request):
        delete_session_cookie(request)


@router.get("", name="api_account")
async def account(session: Reads, customer_id: SignedIn) -> Account:
    """The signed-in customer."""
    return await _account(session, customer_id)


@router.put("", name="api_change_account")
async def change_account(
    request: Request, session: Writes, customer_id: SignedIn, profile: Profile
) -> Account:
    """Set name and telephone number."""
    settings: Settings = request.state.settings
    phone = normalized_phone(profile.phone, settings.country) if profile.phone else None
    await customers.change_profile(session, customer_id, name=profile.name, phone=phone)
    return await _account(session, customer_id)


@router.delete("", name="api_delete_account", status_code=204, responses=problems.responses(409))
async def delete_account(request: Request, session: Writes, customer_id: SignedIn) -> None:
    """Delete the account and all personal data; orders stay, without the personal data."""
    await service.delete(session, customer_id)
    delete_session_cookie(request)


@router.get("/addresses", name="api_addresses")
async def addresses(session: Reads, customer_id: SignedIn) -> list[Address]:
    """The customer's addresses, the default first."""
    return [_address(one) for one in await queries.addresses(session, customer_id)]


@router.post(
    "/addresses", name="api_add_address", status_code=201, responses=problems.responses(409)
)
async def add_address(session: Writes, customer_id: SignedIn, address: AddressInput) -> Address:
    """Save another address; the first one is the default."""
    address_id = await customers.add_address(session, customer_id, _new(address))
    return await _one(session, customer_id, address_id)


@router.get("/addresses/{address_id}", name="api_address")
async def address(session: Reads, customer_id: SignedIn, address_id: AddressId) -> Address:
    """One of the customer's addresses."""
    return await _one(session, customer_id, address_id)


@router.put("/addresses/{address_id}", name="api_change_address")
async def change_address(
    session: Writes, customer_id: SignedIn, address_id: AddressId, address: AddressInput
) -> Address:
    """Replace an address."""
    await customers.change_address(session, customer_id, address_id, _new(address))
    return await _one(session, customer_id, address_id)


@router.delete("/addresses/{address_id}", name="api_delete_address", status_code=204)
async def delete_address(session: Writes, customer_id: SignedIn, address_id: AddressId) -> None:
    """Delete an address; if it was the default, another one becomes it."""
    await customers.delete_address(session, customer_id, address_id)


@router.get("/consents", name="api_consents")
async def consents(session: Reads, customer_id: SignedIn) -> list[Consent]:
    """Everything that the customer can agree to."""
    return await _consents(session, customer_id)


@router.put("/consents/{kind}", name="api_change_consent")
async def change_consent(
    session: Writes,
    customer_id: SignedIn,
    kind: Annotated[str, Path(max_length=40, description="What for.", examples=["newsletter"])],
    consent: ConsentInput,
) -> Consent:
    """Agree to something, or withdraw the agreement."""
    await customers.set_consent(session, customer_id, kind, is_granted=consent.is_granted)
    return next(one for one in await _consents(session, customer_id) if one.kind == kind)


@router.get("/export", name="api_export_account")
async def export(session: Reads, customer_id: SignedIn) -> dict[str, Any]:
    """Everything the shop knows of the customer."""
    return dict(await service.export(session, customer_id))


async def _account(session: ReadSession, customer_id: int) -> Account:
    who = await queries.customer(session, customer_id)
    return Account(email=who.email, name=who.name, phone=who.phone, created_at=who.created_at)


def _new(address: AddressInput) -> NewAddress:
    fields = normalized(address.address.model_dump())
    phone = normalized_phone(address.phone, address.address.country_code) if address.phone else None
    return NewAddress(fields, phone, address.is_default)


async def _one(session: ReadSession, customer_id: int, address_id: int) -> Address:
    return _address(await queries.address(session, customer_id, address_id))


def _address(found: AddressRow) -> Address:
    return Address(
        address_id=str(found.id),
        address=dict(found.fields),
        phone=found.phone,
        is_default=found.is_default,
    )


async def _consents(session: ReadSession, customer_id: int) -> list[Consent]:
    given = await queries.consents(session, customer_id)
    return [
        Consent(
            kind=kind,
            label=label,
            is_granted=kind in given and given[kind].is_granted,
            granted_at=given[kind].granted_at if kind in given else None,
            withdrawn_at=given[kind].withdrawn_at if kind in given else None,
        )
        for kind, label in customers.CONSENTS.items()
    ]
