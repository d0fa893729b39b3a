"""A second factor for staff who sign in by e-mail: codes of an authenticator app (RFC 6238), and
recovery codes for when its device is lost.

The secret of the app is stored encrypted, a recovery code as what scrypt makes of it. After MOST_TRIES
wrong codes none is accepted for a while.
"""

import asyncio
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import scrypt
from typing import Protocol
from uuid import UUID

import pyotp
from sqlalchemy import text

from storefront.customers import security
from storefront.customers.devices import Device
from storefront.customers.security import Event
from storefront.db import ReadSession, WriteSession
from storefront.errors import Conflict, StoreError
from storefront.texts import _

MOST_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that look alike
_PERIOD_S = 30
_DRIFT = (0, -1, 1)  # periods by which the clock of a telephone may be wrong


class Cipher(Protocol):
    """Encrypts a secret; decrypts it also with keys that were replaced."""

    def encrypt(self, msg: bytes) -> bytes:
        """The secret, encrypted with the newest key."""

    def decrypt(self, msg: bytes) -> bytes:
        """The secret again."""


class SecondFactorNeeded(StoreError):
    """Staff of this shop confirm their sign-in with a code of their authenticator app.

    Open /account/second-factor in a browser, enter the code, then repeat the request; programs send the
    code to /api/v1/account/second-factor/verification.
    """

    status, slug, title = 403, "second-factor-needed", "A second factor is needed"


class WrongSecondFactor(StoreError):
    """The code is not the one that the authenticator app shows now, or was used before.

    Enter the next one that the app shows, or a recovery code. Several wrong ones lock it for a while.
    """

    status, slug, title = 403, "wrong-second-factor", "This code is wrong"


class TooManyTries(StoreError):
    """Too many wrong codes were entered. No code is accepted until ``Retry-After`` has passed."""

    status, slug, title = 429, "too-many-tries", "Too many wrong codes"
    retry_after_s = int(LOCKED_FOR.total_seconds())


class SetUpAlready(Conflict):
    """The account has a second factor. Remove it first, to set up another."""

    slug, title = "second-factor-set-up", "The second factor is set up already"


@dataclass(frozen=True, slots=True)
class State:
    """is_confirmed: a code of it was entered once. secret: for the app, until then."""

    is_confirmed: bool
    secret: str | None
    recovery_codes_left: int


async def state(session: ReadSession, customer_id: int, cipher: Cipher) -> State | None:
    """The second factor of a customer; None where setting it up was not begun. One statement."""
    row = (await session.execute(_STATE, {"customer_id": customer_id})).one_or_none()
    if row is None:
        return None
    secret = None if row.is_confirmed else cipher.decrypt(row.secret.encode()).decode()
    return State(row.is_confirmed, secret, row.codes_left)


def uri_of(secret: str, *, email: str, shop: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=shop)


async def begin(session: WriteSession, customer_id: int, cipher: Cipher) -> None:
    """Make a secret, in place of one that was never confirmed. Raises SetUpAlready (409)."""
    secret = cipher.encrypt(pyotp.random_base32().encode()).decode()
    parameters = {"customer_id": customer_id, "secret": secret, "salt": secrets.token_hex(16)}
    if await session.scalar(_BEGIN, parameters) is None:
        raise SetUpAlready(_("This account has a second factor already."))


async def confirm(
    session: WriteSession,
    customer_id: int,
    session_id: UUID,
    typed: str,
    *,
    cipher: Cipher,
    device: Device,
) -> Sequence[str]:
    """Set it up by a code of the app; returns the recovery codes, empty for a wrong code.

    The customer's other sessions end. Commit in both cases: tries are counted.
    Raises TooManyTries (429).
    """
    row = await _row(session, customer_id)
    if row is None or row.confirmed_at is not None:
        return ()
    if not await _takes(session, row, typed, cipher):
        await _failed(session, customer_id, device)
        return ()
    codes = tuple(_recovery_code() for _number in range(RECOVERY_CODES))
    hashes = [await _hash(code, row.salt) for code in codes]
    await session.execute(_CONFIRM, {"customer_id": customer_id})
    await session.execute(_ADD_CODES, {"customer_id": customer_id, "hashes": hashes})
    await session.execute(_END_OTHERS, {"customer_id": customer_id, "session_id": session_id})
    await _pass(session, customer_id, session_id, Event.SECOND_FACTOR_SET_UP, device)
    return codes


async def verify(
    session: WriteSession,
    customer_id: int,
    session_id: UUID,
    typed: str,
    *,
    cipher: Cipher,
    device: Device,
) -> bool:
    """Whether this is a code of the app, or a recovery code, which is then used; the session passes.

    Commit in both cases: tries are counted. Raises TooManyTries (429).
    """
    row = await _row(session, customer_id)
    if row is None or row.confirmed_at is None:
        return False
    if await _takes(session, row, typed, cipher):
        await _pass(session, customer_id, session_id, Event.SECOND_FACTOR_USED, device)
        return True
    used = {"customer_id": customer_id, "hash": await _hash(typed, row.salt)}
    if await session.scalar(_USE_CODE, used) is not None:
        await _pass(session, customer_id, session_id, Event.RECOVERY_CODE_USED, device)
        return True
    await _failed(session, customer_id, device)
    return False


async def remove(session: WriteSession, customer_id: int, device: Device) -> None:
    """Remove it, as before another app is set up; no session has passed it any more."""
    await session.execute(_REMOVE, {"customer_id": customer_id})
    await session.execute(_REQUIRE_AGAIN, {"customer_id": customer_id})
    await security.record(
        session, Event.SECOND_FACTOR_REMOVED, network=device.network, customer_id=customer_id
    )


@dataclass(frozen=True, slots=True)
class _Row:
    customer_id: int
    secret: str
    salt: str
    confirmed_at: datetime | None
    last_step: int


async def _row(session: WriteSession, customer_id: int) -> _Row | None:
    """The row, locked: tries at the same moment are counted one by one. Raises TooManyTries (429)."""
    row = (await session.execute(_LOCKED, {"customer_id": customer_id})).one_or_none()
    if row is None:
        return None
    if row.is_locked:
        raise TooManyTries(_("Too many wrong codes. Wait fifteen minutes, then try again."))
    return _Row(customer_id, row.secret, row.salt, row.confirmed_at, row.last_step)


async def _takes(session: WriteSession, row: _Row, typed: str, cipher: Cipher) -> bool:
    """Whether the app shows this code now; each is taken once."""
    secret = cipher.decrypt(row.secret.encode())
    totp = pyotp.TOTP(secret.decode())
    now = int(datetime.now(UTC).timestamp()) // _PERIOD_S
    for step in (now + drift for drift in _DRIFT):
        if step > row.last_step and hmac.compare_digest(
            totp.generate_otp(step).encode(), typed.encode()
        ):
            renewed = cipher.encrypt(secret).decode()
            parameters = {"customer_id": row.customer_id, "step": step, "secret": renewed}
            await session.execute(_TAKEN, parameters)
            return True
    return False


async def _pass(
    session: WriteSession, customer_id: int, session_id: UUID, event: Event, device: Device
) -> None:
    await session.execute(_PASSED, {"customer_id": customer_id, "session_id": session_id})
    network, name = device.network, device.name
    await security.record(session, event, network=network, customer_id=customer_id, device=name)


async def _failed(session: WriteSession, customer_id: int, device: Device) -> None:
    parameters = {"customer_id": customer_id, "most": MOST_TRIES, "locked_for": LOCKED_FOR}
    await session.execute(_FAILED, parameters)
    await security.record(
        session, Event.SECOND_FACTOR_FAILED, network=device.network, customer_id=customer_id
    )


def _recovery_code() -> str:
    """Ten characters: fifty bits."""
    letters = "".join(secrets.choice(_ALPHABET) for _number in range(10))
    return f"{letters[:5]}-{letters[5:]}"


async def _hash(code: str, salt: str) -> str:
    """What is stored of a recovery code. Fifty milliseconds, in a thread."""
    plain = code.replace("-", "").lower().encode()
    made = await asyncio.to_thread(scrypt, plain, salt=salt.encode(), n=2**14, r=8, p=1)
    return made.hex()


_STATE = text(
    """
    select secret, confirmed_at is not null as is_confirmed,
        (select count(*) from shop.recovery_codes as codes
            where codes.customer_id = second_factors.customer_id and used_at is null) as codes_left
    from shop.second_factors where customer_id = :customer_id
    """
)
_BEGIN = text(
    """
    insert into shop.second_factors (customer_id, secret, salt)
    values (:customer_id, :secret, :salt)
    on conflict (customer_id) do update set secret = excluded.secret, salt = excluded.salt
        where second_factors.confirmed_at is null
    returning customer_id
    """
)
_LOCKED = text(
    """
    select secret, salt, confirmed_at, last_step, coalesce(locked_until > now(), false) as is_locked
    from shop.second_factors where customer_id = :customer_id for update
    """
)
_TAKEN = text(
    """
    update shop.second_factors set last_step = :step, secret = :secret, failures = 0
    where customer_id = :customer_id
    """
)
_FAILED = text(
    """
    update shop.second_factors set
        failures = case when failures + 1 >= :most then 0 else failures + 1 end,
        locked_until = case when failures + 1 >= :most
            then now() + cast(:locked_for as interval) else locked_until end
    where customer_id = :customer_id
    """
)
_CONFIRM = text(
    "update shop.second_factors set confirmed_at = now() where customer_id = :customer_id"
)
_ADD_CODES = text(
    """
    insert into shop.recovery_codes (customer_id, code_hash)
    select :customer_id, unnest(cast(:hashes as text[]))
    """
)
_USE_CODE = text(
    """
    update shop.recovery_codes set used_at = now()
    where customer_id = :customer_id and code_hash = :hash and used_at is null
    returning customer_id
    """
)
_END_OTHERS = text(
    """
    update shop.sessions set ended_at = now()
    where customer_id = :customer_id and id <> :session_id and ended_at is null
    """
)
_PASSED = text(
    """
    update shop.sessions set second_factor_at = now()
    where id = :session_id and customer_id = :customer_id
    """
)
_REMOVE = text("delete from shop.second_factors where customer_id = :customer_id")
_REQUIRE_AGAIN = text(
    "update shop.sessions set second_factor_at = null where customer_id = :customer_id"
)
