"""A request with a key takes effect once (the idempotency rules of the Agentic Commerce Protocol).

    async with database.writes() as session:
        stored = await idempotency.begin(session, request_of(...))
        if stored is None:
            …                                       # the change
            await idempotency.finish(session, …)    # in the same transaction as the change

A key that comes again with the same request gets the stored response; with another request, 422; while
the first is in progress, 409 with Retry-After. Responses of 5xx are never stored: the caller retries.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storefront.db import ReadSession, WriteSession
from storefront.errors import Conflict, InvalidInput, StoreError

LASTS = timedelta(hours=24)
"""How long a response is stored for repetitions, at the least."""

LEASE = timedelta(seconds=60)
"""How long a request may take before another one with its key may try again."""


REPLAYED = "Idempotent-Replayed"
"""The header of a response to a repeated request: nothing has happened this time."""


class MissingIdempotencyKey(StoreError):
    """Requests that move money or stock need the header ``Idempotency-Key``. Nothing was changed.

    Send a new random value, such as a UUID, for each thing that is to happen once, and the same value
    when you send the request again.
    """

    status, slug, title = 400, "missing-idempotency-key", "An idempotency key is needed"


class KeyReused(InvalidInput):
    """The ``Idempotency-Key`` was used for another request before. Nothing was changed.

    A new request needs a new key.
    """

    slug, title = "idempotency-key-reused", "This idempotency key was used for another request"


class KeyInFlight(Conflict):
    """The first request with this ``Idempotency-Key`` is still in progress.

    Send it again after the seconds that ``Retry-After`` gives: it then gets the response of the first.
    """

    slug, title = "request-in-flight", "The same request is in progress"
    retry_after_s = 1


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that must take effect once. scope: whose keys, and for what; body: as it was sent."""

    scope: str
    key: str
    body: bytes

    @property
    def digest(self) -> str:
        """Equal for equal requests."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The response to the first request."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


async def begin(session: WriteSession, request: KeyedRequest) -> StoredResponse | None:
    """Claim a key for a request. Returns the stored response if it was answered before, else None.

    Waits for a transaction that has just claimed the same key. Two statements.
    Raises KeyReused (422), KeyInFlight (409).
    """
    parameters = {
        "scope": request.scope,
        "key": request.key,
        "request_hash": request.digest,
        "lease_s": LEASE.total_seconds(),
        "lasts_s": LASTS.total_seconds(),
    }
    if await session.scalar(_CLAIM, parameters) is not None:
        return None
    row = (await session.execute(_FIND, parameters)).one()
    if row.request_hash != request.digest:
        raise KeyReused("The Idempotency-Key was used for another request before.", errors=[])
    if row.state == "running":
        raise KeyInFlight("The first request with this Idempotency-Key is still in progress.")
    return StoredResponse(row.status_code, bytes(row.body), row.headers)


async def stored_response(session: ReadSession, scope: str, key: str) -> StoredResponse | None:
    """The response to the request with this key; None if there is none yet. One statement."""
    row = (await session.execute(_FIND, {"scope": scope, "key": key})).one_or_none()
    if row is None or row.state == "running":
        return None
    return StoredResponse(row.status_code, bytes(row.body), row.headers)


async def finish(session: WriteSession, request: KeyedRequest, response: StoredResponse) -> None:
    """Store the response for repetitions, in the transaction of the change. One statement."""
    await session.execute(
        _FINISH,
        {
            "scope": request.scope,
            "key": request.key,
            "status_code": response.status,
            "headers": dict(response.headers),
            "body": response.body,
        },
    )


async def give_up(session: WriteSession, request: KeyedRequest) -> None:
    """The request had no lasting effect: its key may be used again at once. One statement."""
    await session.execute(_GIVE_UP, {"scope": request.scope, "key": request.key})


async def erase(session: WriteSession, scopes: Sequence[str]) -> None:
    """Delete the stored responses of these scopes, whose people have their data deleted. One
    statement."""
    await session.execute(_ERASE, {"scopes": list(scopes)})


async def tidy(session: WriteSession) -> None:
    """Delete responses that were stored long enough. One statement."""
    await session.execute(_TIDY)


# A claim whose lease is over belonged to a process that died: the request may be tried again.
_CLAIM = text(
    """
    insert into shop.idempotency_keys as old
        (scope, key, request_hash, locked_until, expires_at)
    values (:scope, :key, :request_hash, now() + make_interval(secs => :lease_s),
        now() + make_interval(secs => :lasts_s))
    on conflict (scope, key) do update
    set locked_until = excluded.locked_until, expires_at = excluded.expires_at
    where old.state = 'running' and old.locked_until < now()
    and old.request_hash = excluded.request_hash
    returning key
    """
)
_FIND = text(
    """
    select request_hash, state, status_code, headers, body
    from shop.idempotency_keys where scope = :scope and key = :key
    """
)
_FINISH = text(
    """
    update shop.idempotency_keys
    set state = 'done', status_code = :status_code, headers = :headers, body = :body
    where scope = :scope and key = :key
    """
).bindparams(bindparam("headers", type_=JSONB))
_GIVE_UP = text(
    """
    delete from shop.idempotency_keys
    where scope = :scope and key = :key and state = 'running'
    """
)
_ERASE = text(
    "delete from shop.idempotency_keys where scope = any(cast(:scopes as text[])) and state = 'done'"
)
_TIDY = text("delete from shop.idempotency_keys where expires_at < now()")
