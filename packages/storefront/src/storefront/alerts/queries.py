"""Reads of stock alerts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.texts import _


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it is."""

    id: int
    sku_id: int
    email: str
    language: str
    confirmed_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None

    @property
    def is_due(self) -> bool:
        """Whether its e-mail may still be sent."""
        return self.confirmed_at is not None and self.sent_at is None and self.ended_at is None


async def alert(session: ReadSession, alert_id: int) -> Alert:
    """An alert. One statement. Raises NotFound (404)."""
    row = (await session.execute(_ALERT, {"id": alert_id})).one_or_none()
    if row is None:
        raise NotFound(_("There is no such alert. It may have been sent, or was never confirmed."))
    return Alert(*row)


async def export(session: ReadSession, email: str) -> list[dict[str, Any]]:
    """The alerts of an e-mail address, as JSON can hold them. One statement."""
    rows = await session.execute(_OF_EMAIL, {"email": email})
    return [dict(row._mapping) for row in rows]


_ALERT = text(
    """
    select id, sku_id, email, language, confirmed_at, sent_at, ended_at
    from shop.stock_alerts where id = :id
    """
)
_OF_EMAIL = text(
    """
    select code as sku, created_at, confirmed_at, sent_at, ended_at
    from shop.stock_alerts join shop.skus on skus.id = sku_id
    where email = :email order by stock_alerts.id
    """
)
