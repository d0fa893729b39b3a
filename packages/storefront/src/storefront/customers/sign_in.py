"""Writes of signing in: one-time codes, and the sessions that they open.

Nothing here differs between an address that has an account and one that has none: the account is made
when the first code is used.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from storefront import locks
from storefront.customers import security
from storefront.customers.codes import Digest, code_of, hash_of, is_code
from storefront.customers.devices import Device
from storefront.customers.security import Event
from storefront.db import ReadSession, WriteSession
from storefront.errors import NotFound, StoreError
from storefront.jobs import service as jobs
from storefront.texts import _, current

CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES_TO_EMAIL = 5
"""Codes an hour that are sent to one e-mail address; further requests send nothing."""
MOST_CODES_FROM_ADDRESS = 20
"""Codes an hour that one network address may ask for."""
SESSION_LASTS = timedelta(days=30)
"""A session ends when it was not used for so long."""
SESSION_LASTS_AT_MOST = timedelta(days=180)
"""A session ends after so long, however often it is used."""

CODE_JOB = "customers.sign-in-code"


class TooManyCodes(StoreError):
    """Too many sign-in codes were asked for from this network within an hour. Try again later."""

    status, slug, title = 429, "too-many-codes", "Too many codes were asked for"
    retry_after_s = 3_600


class WrongCode(StoreError):
    """The sign-in code is wrong, used, expired, or was tried too often.

    Check it, and take that of the newest e-mail; or ask for a new one.
    """

    status, slug, title = 403, "wrong-code", "This code does not sign you in"


async def request_code(session: WriteSession, *, email: str, address: str, digest: Digest) -> None:
    """Enqueue the e-mail with a code, which replaces the one before. Seven statements.

    email: normalized. address: network address of the caller. An e-mail address that got
    MOST_CODES_TO_EMAIL within the hour gets no more; the response does not say so.
    Raises TooManyCodes (429).
    """
    await locks.lock(session, f"sign-in code {email}")
    asked = (await session.execute(_ASKED, {"email": email, "address": address})).one()
    if asked.by_address >= MOST_CODES_FROM_ADDRESS:
        raise TooManyCodes(_("Many sign-in codes were asked for from your network. Wait an hour."))
    if asked.by_email >= MOST_CODES_TO_EMAIL:
        return
    code_id: int = await session.scalar(_NEXT_ID)
    await session.execute(
        _ADD,
        {
            "id": code_id,
            "email": email,
            "address": address,
            "hash": hash_of(digest, code_id, code_of(digest, code_id, email)),
            "lasts": CODE_LASTS,
        },
    )
    await session.execute(_TIDY_CODES)
    payload = {"code_id": code_id, "language": current().code}
    await jobs.enqueue(session, CODE_JOB, str(code_id), payload)


async def to_send(session: ReadSession, code_id: int, digest: Digest) -> tuple[str, str] | None:
    """The e-mail address and the code of an id. One statement.

    None where it need not be sent any more: used, expired, or made with a key that was replaced.
    """
    row = (await session.execute(_TO_SEND, {"id": code_id})).one_or_none()
    if row is None:
        return None
    code = code_of(digest, code_id, row.email)
    return (row.email, code) if is_code(digest, code_id, code, row.code_hash) else None


async def use_code(session: WriteSession, *, email: str, code: str, digest: Digest) -> bool:
    """Whether this is the newest code of an e-mail address, which is then used. Two statements.

    Counts the try: commit also when it is wrong. Each code can be used once and tried MOST_TRIES times.
    """
    parameters = {"email": email, "most": MOST_TRIES}
    tried = (await session.execute(_TRY, parameters)).one_or_none()
    if tried is None or not is_code(digest, tried.id, code, tried.code_hash):
        return False
    await session.execute(_USE, {"id": tried.id})
    return True


async def ensure_customer(session: WriteSession, email: str) -> int:
    """The customer of an e-mail address that is proven; a new one at first. One statement."""
    customer_id: int = await session.scalar(_ENSURE, {"email": email})
    return customer_id


async def open_session(session: WriteSession, customer_id: int, device: Device) -> UUID:
    """A new session for a customer who proved who they are; returns its id. Four statements."""
    await session.execute(_TIDY_SESSIONS)
    parameters = {"customer_id": customer_id, "lasts": SESSION_LASTS} | _columns(device)
    session_id: UUID = await session.scalar(_OPEN, parameters)
    await security.record(
        session,
        Event.SIGNED_IN,
        network=device.network,
        customer_id=customer_id,
        device=device.name,
    )
    return session_id


async def renew_session(session: WriteSession, session_id: UUID, device: Device) -> None:
    """Let a session that is used last longer, but not beyond its longest life. One statement."""
    parameters = {"id": session_id, "lasts": SESSION_LASTS, "most": SESSION_LASTS_AT_MOST}
    await session.execute(_RENEW, parameters | _columns(device))


async def end_session(session: WriteSession, session_id: UUID, device: Device) -> None:
    """Sign out: the session ends, also for other browsers that have its cookie.

    One statement, two more where it had not ended. device: from where that is done.
    """
    customer_id: int | None = await session.scalar(_END, {"id": session_id})
    if customer_id is not None:
        await _record_end(session, Event.SESSION_ENDED, customer_id, device)


async def end_session_of(
    session: WriteSession, customer_id: int, session_id: UUID, device: Device
) -> None:
    """End one of a customer's own sessions. Three statements. Raises NotFound (404) for any other."""
    ended = await session.scalar(_END_OWN, {"id": session_id, "customer_id": customer_id})
    if ended is None:
        raise NotFound(_("This session has ended already, or is not one of yours."))
    await _record_end(session, Event.SESSION_ENDED, customer_id, device)


async def end_all_sessions(session: WriteSession, customer_id: int, device: Device) -> None:
    """Sign a customer out everywhere. Three statements."""
    await session.execute(_END_ALL, {"customer_id": customer_id})
    await _record_end(session, Event.ALL_SESSIONS_ENDED, customer_id, device)


async def _record_end(
    session: WriteSession, event: Event, customer_id: int, device: Device
) -> None:
    network, name = device.network, device.name
    await security.record(session, event, network=network, customer_id=customer_id, device=name)


def _columns(device: Device) -> dict[str, str]:
    return {"device": device.name, "network": device.network}


_ASKED = text(
    """
    select count(*) filter (where email = :email) as by_email,
        count(*) filter (where address = :address) as by_address
    from shop.sign_in_codes
    where (email = :email or address = :address) and created_at > now() - interval '1 hour'
    """
)
_NEXT_ID = text("select nextval(pg_get_serial_sequence('shop.sign_in_codes', 'id'))")
_ADD = text(
    """
    insert into shop.sign_in_codes (id, email, code_hash, address, expires_at)
    values (:id, :email, :hash, :address, now() + cast(:lasts as interval))
    """
)
_TIDY_CODES = text("delete from shop.sign_in_codes where created_at < now() - interval '1 day'")
_TO_SEND = text(
    """
    select email, code_hash from shop.sign_in_codes
    where id = :id and used_at is null and expires_at > now()
    """
)
# The row is locked by the update and looked at again: tries at the same moment are all counted.
_TRY = text(
    """
    update shop.sign_in_codes set attempts = attempts + 1
    where id = (select max(id) from shop.sign_in_codes where email = :email)
    and attempts < :most and used_at is null and expires_at > now()
    returning id, code_hash
    """
)
_USE = text("update shop.sign_in_codes set used_at = now() where id = :id")
_ENSURE = text(
    """
    insert into shop.customers (email) values (:email)
    on conflict (email) do update set email = excluded.email
    returning id
    """
)
_TIDY_SESSIONS = text("delete from shop.sessions where expires_at < now() - interval '30 days'")
_OPEN = text(
    """
    insert into shop.sessions (customer_id, expires_at, device, network)
    values (:customer_id, now() + cast(:lasts as interval), :device, :network) returning id
    """
)
_RENEW = text(
    """
    update shop.sessions set last_seen_at = now(), device = :device, network = :network,
        expires_at = least(
            now() + cast(:lasts as interval), created_at + cast(:most as interval))
    where id = :id and ended_at is null
    """
)
_END = text(
    """
    update shop.sessions set ended_at = now()
    where id = :id and ended_at is null returning customer_id
    """
)
_END_OWN = text(
    """
    update shop.sessions set ended_at = now()
    where id = :id and customer_id = :customer_id and ended_at is null and expires_at > now()
    returning id
    """
)
_END_ALL = text(
    """
    update shop.sessions set ended_at = now()
    where customer_id = :customer_id and ended_at is null
    """
)
