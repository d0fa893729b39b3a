"""Runs each staff action once, and logs it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storefront.db import WriteSession
from storefront.idempotency import service as idempotency
from storefront.idempotency.service import KeyedRequest, StoredAnswer


async def is_first(
    session: WriteSession, *, actor: str, action: str, key: str, body: bytes
) -> bool:
    """Whether a request is sent for the first time. Three statements at most.

    The caller's transaction also makes the change, so a request whose change failed can be sent again.
    key: of the request; body: what it asks for. Raises KeyReused (422) for another body.
    """
    keyed = KeyedRequest(f"staff {actor} {action}", key, body)
    if await idempotency.begin(session, keyed) is not None:
        return False
    await idempotency.finish(session, keyed, StoredAnswer(200, b""))
    return True


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
