"""Reads of the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from storefront.db import ReadSession


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action of a staff member."""

    id: int
    actor: str
    action: str
    entity: str
    entity_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    created_at: datetime


async def audit_log(
    session: ReadSession,
    *,
    most: int,
    before: int | None = None,
    entity: str | None = None,
    entity_id: str | None = None,
) -> Sequence[AuditEntry]:
    """What staff did, newest first. before: an id, for paging. One statement."""
    parameters = {"most": most, "before_id": before, "entity": entity, "entity_id": entity_id}
    return [AuditEntry(*row) for row in await session.execute(_LOG, parameters)]


_LOG = text(
    """
    select id, actor, action, entity, entity_id, before, after, created_at
    from shop.audit_log
    where (cast(:before_id as bigint) is null or id < :before_id)
    and (cast(:entity as text) is null or (entity = :entity and entity_id = :entity_id))
    order by id desc limit :most
    """
)
