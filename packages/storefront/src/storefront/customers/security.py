"""Events that matter to the security of accounts: written to the log, and to a table for their owner.

A table of its own, since a log cannot be searched by the shop: its operator sees what happened to an
account, and a customer gets it with their data. Nothing here holds a code or a secret.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storefront.db import Database, ReadSession, WriteSession
from storefront.errors import Unavailable

log = logging.getLogger("storefront.security")


class Event(StrEnum):
    """What happened."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SESSION_ENDED = "session-ended"
    ALL_SESSIONS_ENDED = "all-sessions-ended"
    RIGHTS_REFUSED = "rights-refused"
    SECOND_FACTOR_SET_UP = "second-factor-set-up"
    SECOND_FACTOR_USED = "second-factor-used"
    SECOND_FACTOR_FAILED = "second-factor-failed"
    SECOND_FACTOR_REMOVED = "second-factor-removed"
    RECOVERY_CODE_USED = "recovery-code-used"
    ACCOUNT_DELETED = "account-deleted"


_GRAVE = {
    Event.SIGN_IN_FAILED,
    Event.RIGHTS_REFUSED,
    Event.SECOND_FACTOR_FAILED,
    Event.SECOND_FACTOR_REMOVED,
    Event.RECOVERY_CODE_USED,
}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of an account."""

    at: datetime
    event: str
    network: str
    facts: Mapping[str, Any]


async def record(
    session: WriteSession,
    event: Event,
    *,
    network: str,
    customer_id: int | None = None,
    email: str | None = None,
    **facts: object,
) -> None:
    """Log an event, and store it with the transaction. Two statements.

    customer_id, email: whose account it is about; the e-mail address is stored and not logged.
    """
    _log(event, network=network, customer_id=customer_id, **facts)
    await session.execute(_TIDY)
    await session.execute(
        _ADD,
        {
            "event": event.value,
            "customer_id": customer_id,
            "email": email,
            "network": network,
            "facts": facts,
        },
    )


async def record_alone(
    database: Database, event: Event, *, network: str, email: str, route: str
) -> None:
    """The same, in a transaction of its own: for what ends in an error.

    Without a database it is only logged.
    """
    try:
        async with database.writes() as session:
            await record(session, event, network=network, email=email, route=route)
    except Unavailable:
        log.warning("%s could not be stored: the database is not available.", event.value)


def note(event: str, **facts: object) -> None:
    """Log what is about nobody's account: a stranger who was refused, a change by staff."""
    _log(event, **facts)


async def events(session: ReadSession, customer_id: int, *, email: str) -> Sequence[EventRow]:
    """The events of an account, newest first, a hundred at most. One statement."""
    found = await session.execute(_EVENTS, {"customer_id": customer_id, "email": email})
    return [EventRow(*row) for row in found]


async def erase(session: WriteSession, customer_id: int, *, email: str) -> None:
    """Delete the events of an account. One statement."""
    await session.execute(_ERASE, {"customer_id": customer_id, "email": email})


def _log(event: str, **facts: object) -> None:
    level = logging.WARNING if event in _GRAVE else logging.INFO
    known = {name: value for name, value in facts.items() if value is not None}
    shown = ", ".join(f"{name} {value}" for name, value in known.items())
    log.log(level, "%s: %s", event, shown, extra={"event": str(event), **known})


_TIDY = text("delete from shop.security_events where at < now() - interval '180 days'")
_ADD = text(
    """
    insert into shop.security_events (event, customer_id, email, network, facts)
    values (:event, :customer_id, :email, :network, :facts)
    """
).bindparams(bindparam("facts", type_=JSONB))
_EVENTS = text(
    """
    select at, event, network, facts from shop.security_events
    where customer_id = :customer_id or email = :email order by at desc, id desc limit 100
    """
)
_ERASE = text("delete from shop.security_events where customer_id = :customer_id or email = :email")
