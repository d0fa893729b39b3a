"""Reads of the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from storefront.db import ReadSession, plan_for_values
from storefront.paging import Page, page_of


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
    actor: str | None = None,
    action: str | None = None,
    entity: str | None = None,
    entity_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Page[AuditEntry]:
    """What staff did, newest first. before: ``next`` of the page before. None: no restriction.

    since, until: days of UTC, both included. Two statements.
    """
    await plan_for_values(session)
    parameters = {
        "most": most + 1,
        "before_id": before,
        "actor": actor,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "since": since,
        "until": until,
    }
    found = [AuditEntry(*row) for row in await session.execute(_LOG, parameters)]
    return page_of(found, most)


_LOG = text(
    """
    select id, actor, action, entity, entity_id, before, after, created_at
    from shop.audit_log
    where (cast(:before_id as bigint) is null or id < :before_id)
    and (cast(:actor as text) is null or actor = :actor)
    and (cast(:action as text) is null or action = :action)
    and (cast(:entity as text) is null or entity = :entity)
    and (cast(:entity_id as text) is null or entity_id = :entity_id)
    and (cast(:since as date) is null
        or created_at >= cast(cast(:since as date) as timestamp) at time zone 'UTC')
    and (cast(:until as date) is null
        or created_at < cast(cast(:until as date) + 1 as timestamp) at time zone 'UTC')
    order by id desc limit :most
    """
)
