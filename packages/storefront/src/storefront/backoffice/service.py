"""Runs each staff action once, and logs it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storefront.db import WriteSession
from storefront.idempotency import service as idempotency
from storefront.idempotency.service import KeyedRequest, StoredResponse


async def made_before(session: WriteSession, keyed: KeyedRequest) -> str | None:
    """The id that a request got the first time; None where this is the first. Two statements.

    The caller's transaction also makes the change, so a request whose change failed can be sent again.
    Raises KeyReused (422) for another request.
    """
    stored = await idempotency.begin(session, keyed)
    return None if stored is None else stored.body.decode()


async def note_made(session: WriteSession, keyed: KeyedRequest, entity_id: str) -> None:
    """Store the id that a repeated request gets. One statement."""
    await idempotency.finish(session, keyed, StoredResponse(200, entity_id.encode()))


async def record(
    session: WriteSession,
    *,
    actor: str,
    action: str,
    entity: str,
    entity_id: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add to the audit log, in the transaction of the change. One statement.

    entity: such as ``order``; entity_id: its name, such as the number.
    """
    await session.execute(
        _RECORD,
        {
            "actor": actor,
            "action": action,
            "entity": entity,
            "entity_id": entity_id,
            "before": dict(before) if before is not None else None,
            "after": dict(after) if after is not None else None,
        },
    )


_RECORD = text(
    """
    insert into shop.audit_log (actor, action, entity, entity_id, before, after)
    values (:actor, :action, :entity, :entity_id, :before, :after)
    """
).bindparams(
    bindparam("before", type_=JSONB(none_as_null=True)),
    bindparam("after", type_=JSONB(none_as_null=True)),
)
