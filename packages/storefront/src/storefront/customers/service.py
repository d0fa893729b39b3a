"""Writes of a customer's own data: profile, addresses, consents, deletion."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storefront.customers import security
from storefront.customers.models import (
    Address,
    Consent,
    Customer,
    SecondFactor,
    Session,
    SignInCode,
)
from storefront.db import WriteSession
from storefront.errors import Conflict, NotFound
from storefront.texts import N_, _

MOST_ADDRESSES = 20

REVIEW_REQUESTS = "review_requests"
CONSENTS: Mapping[str, str] = {
    "newsletter": N_("News and offers by e-mail"),
    REVIEW_REQUESTS: N_("E-mails that ask how I like what I bought"),
}
"""What customers can agree to, by kind. Nothing of it is needed to buy."""


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address to write. fields: normalized (``addresses.normalized``)."""

    fields: Mapping[str, str]
    phone: str | None
    is_default: bool


class TooManyAddresses(Conflict):
    """An account holds a limited number of addresses. Delete one that is no longer needed."""

    slug, title = "too-many-addresses", "The account cannot hold another address"


async def change_profile(
    session: WriteSession, customer_id: int, *, name: str | None, phone: str | None
) -> None:
    """Set name and telephone number; None for none. One statement."""
    await session.execute(
        update(Customer).where(Customer.id == customer_id).values(name=name, phone=phone)
    )


async def add_address(session: WriteSession, customer_id: int, address: NewAddress) -> int:
    """Add an address; the first is the default. Returns its id.

    Four statements. Raises TooManyAddresses (409).
    """
    await _lock(session, customer_id)
    known = await session.scalar(
        select(func.count()).select_from(Address).where(Address.customer_id == customer_id)
    )
    if (known or 0) >= MOST_ADDRESSES:
        raise TooManyAddresses(
            _("An account holds %(most)s addresses at most.", most=MOST_ADDRESSES)
        )
    row = Address(customer_id=customer_id, fields=dict(address.fields), phone=address.phone)
    session.add(row)
    await session.flush()
    if address.is_default or not known:
        await _set_default(session, customer_id, row.id)
    return row.id


async def change_address(
    session: WriteSession, customer_id: int, address_id: int, address: NewAddress
) -> None:
    """Replace an address. Four statements at most. Raises NotFound (404)."""
    await _lock(session, customer_id)
    changed = await session.scalar(
        update(Address)
        .where(Address.customer_id == customer_id, Address.id == address_id)
        .values(fields=dict(address.fields), phone=address.phone)
        .returning(Address.id)
    )
    if changed is None:
        raise _no_address(address_id)
    if address.is_default:
        await _set_default(session, customer_id, address_id)


async def make_default(session: WriteSession, customer_id: int, address_id: int) -> None:
    """Make an address the default. Three statements. Raises NotFound (404)."""
    await _lock(session, customer_id)
    await _set_default(session, customer_id, address_id)


async def delete_address(session: WriteSession, customer_id: int, address_id: int) -> None:
    """Delete an address; the oldest of the rest becomes the default where it was that.

    Five statements at most. Raises NotFound (404).
    """
    await _lock(session, customer_id)
    was_default = await session.scalar(
        delete(Address)
        .where(Address.customer_id == customer_id, Address.id == address_id)
        .returning(Address.is_default)
    )
    if was_default is None:
        raise _no_address(address_id)
    if was_default:
        oldest = await session.scalar(
            select(func.min(Address.id)).where(Address.customer_id == customer_id)
        )
        if oldest is not None:
            await _set_default(session, customer_id, oldest)


async def set_consent(
    session: WriteSession, customer_id: int, kind: str, *, is_granted: bool
) -> None:
    """Note that a customer agrees to something, or no longer does. One statement.

    What is the case already keeps its date. Raises NotFound (404) for an unknown kind.
    """
    if kind not in CONSENTS:
        raise NotFound(f"There is no consent called {kind}.")
    of_customer = (Consent.customer_id == customer_id, Consent.kind == kind)
    if is_granted:
        new = insert(Consent).values(customer_id=customer_id, kind=kind, granted_at=func.now())
        await session.execute(
            new.on_conflict_do_update(
                index_elements=[Consent.customer_id, Consent.kind],
                set_={"granted_at": func.now(), "withdrawn_at": None},
                where=Consent.withdrawn_at.is_not(None),
            )
        )
    else:
        await session.execute(
            update(Consent)
            .where(*of_customer, Consent.withdrawn_at.is_(None))
            .values(withdrawn_at=func.now())
        )


async def erase(session: WriteSession, customer_id: int, *, email: str) -> None:
    """Delete everything about a customer but the number that orders refer to. Seven statements."""
    for table in (Address, Consent, Session, SecondFactor):
        await session.execute(delete(table).where(table.customer_id == customer_id))
    await session.execute(delete(SignInCode).where(SignInCode.email == email))
    await security.erase(session, customer_id, email=email)
    await session.execute(
        update(Customer)
        .where(Customer.id == customer_id)
        .values(email=None, name=None, phone=None, locale=None, deleted_at=func.now())
    )


async def _lock(session: WriteSession, customer_id: int) -> None:
    """Two tabs change addresses one after the other."""
    await session.execute(
        select(Customer.id).where(Customer.id == customer_id).with_for_update(key_share=True)
    )


async def _set_default(session: WriteSession, customer_id: int, address_id: int) -> None:
    # In two steps: the index that allows one default is checked row by row.
    others = (Address.customer_id == customer_id, Address.id != address_id)
    await session.execute(update(Address).where(*others).values(is_default=False))
    found = await session.scalar(
        update(Address)
        .where(Address.customer_id == customer_id, Address.id == address_id)
        .values(is_default=True)
        .returning(Address.id)
    )
    if found is None:
        raise _no_address(address_id)


def _no_address(address_id: int) -> NotFound:
    return NotFound(f"There is no address {address_id} in this account.")
