"""Reads of alerts: one of them, a person's, those on saved searches, and what staff see of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import text

from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.money import Money
from storefront.texts import _

Kind = Literal["stock", "price", "search"]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it is. at_most: of a price alert, the price at which it is sent."""

    id: int
    sku_id: int | None
    product_id: int | None
    at_most: Money | None
    saved_search_id: int | None
    email: str
    language: str
    created_at: datetime
    confirmed_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None

    @property
    def kind(self) -> Kind:
        """What it is about."""
        if self.sku_id is not None:
            return "stock"
        return "price" if self.product_id is not None else "search"

    @property
    def is_due(self) -> bool:
        """Whether its e-mail may still be sent."""
        return self.confirmed_at is not None and self.sent_at is None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class WaitingSize:
    """How many people wait for a size. unconfirmed: of those who have not confirmed yet."""

    sku: str
    product_id: int
    slug: str
    name: str
    size_label: str
    waiting: int
    unconfirmed: int
    since: datetime


@dataclass(frozen=True, slots=True)
class WaitingPrice:
    """How many people wait for a lower price of a product. highest: of the prices they wait for."""

    product_id: int
    slug: str
    name: str
    price: Money
    highest: Money
    waiting: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Alerts of a kind. sent, stopped: those that the shop still stores, of thirty days."""

    kind: Kind
    waiting: int
    unconfirmed: int
    sent: int
    stopped: int


async def alert(session: ReadSession, alert_id: int) -> Alert:
    """An alert. One statement. Raises NotFound (404)."""
    found = await alerts(session, [alert_id])
    if not found:
        raise NotFound(_("There is no such alert. It may have been sent, or was never confirmed."))
    return found[0]


async def alerts(session: ReadSession, alert_ids: Sequence[int]) -> list[Alert]:
    """The alerts of these numbers that are there, in order. One statement."""
    return [_alert(row) for row in await session.execute(_BY_ID, {"ids": list(alert_ids)})]


async def of_email(session: ReadSession, email: str) -> list[Alert]:
    """Every alert of an e-mail address that is stored, the newest first. One statement."""
    return [_alert(row) for row in await session.execute(_OF_EMAIL, {"email": email})]


async def on_searches(session: ReadSession, search_ids: Sequence[int]) -> dict[int, Alert]:
    """The alert that is on, or waits to be confirmed, of each of these saved searches. One statement,
    or none."""
    if not search_ids:
        return {}
    rows = await session.execute(_ON_SEARCHES, {"search_ids": list(search_ids)})
    return {row.saved_search_id: _alert(row) for row in rows}


async def confirmed_on_searches(session: ReadSession) -> list[Alert]:
    """Every alert on a saved search that is on, by e-mail address. One statement."""
    return [_alert(row) for row in await session.execute(_EVERY_SEARCH)]


async def export(session: ReadSession, email: str) -> list[dict[str, Any]]:
    """The alerts of an e-mail address, as JSON can hold them. One statement."""
    rows = await session.execute(_EXPORT, {"email": email})
    return [dict(row._mapping) for row in rows]


async def totals(session: ReadSession) -> list[Totals]:
    """Alerts by kind. One statement."""
    return [Totals(*row) for row in await session.execute(_TOTALS)]


async def waiting_sizes(session: ReadSession, *, most: int) -> list[WaitingSize]:
    """The sizes that people wait for, those that most wait for first. One statement."""
    return [WaitingSize(*row) for row in await session.execute(_WAITING_SIZES, {"most": most})]


async def waiting_prices(session: ReadSession, *, most: int) -> list[WaitingPrice]:
    """The products that people wait to cost less, those that most wait for first. One statement."""
    return [
        WaitingPrice(
            product_id=row.product_id,
            slug=row.slug,
            name=row.name,
            price=Money(row.price_minor, row.currency),
            highest=Money(row.highest_minor, row.currency),
            waiting=row.waiting,
            unconfirmed=row.unconfirmed,
        )
        for row in await session.execute(_WAITING_PRICES, {"most": most})
    ]


def _alert(row: Any) -> Alert:
    at_most = None
    if row.at_most_minor is not None:
        at_most = Money(row.at_most_minor, row.currency)
    return Alert(
        id=row.id,
        sku_id=row.sku_id,
        product_id=row.colourway_id,
        at_most=at_most,
        saved_search_id=row.saved_search_id,
        email=row.email,
        language=row.language,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
    )


_BY_ID = text("select * from shop.stock_alerts where id = any(cast(:ids as bigint[])) order by id")
_OF_EMAIL = text("select * from shop.stock_alerts where email = :email order by id desc")
_ON_SEARCHES = text(
    """
    select distinct on (saved_search_id) * from shop.stock_alerts
    where saved_search_id = any(cast(:search_ids as bigint[])) and ended_at is null
    order by saved_search_id, confirmed_at nulls last, id
    """
)
_EVERY_SEARCH = text(
    """
    select * from shop.stock_alerts
    where saved_search_id is not null and confirmed_at is not null and ended_at is null
    order by email, id
    """
)
_EXPORT = text(
    """
    select code as sku, stock_alerts.colourway_id as product_id, at_most_minor, currency,
        saved_search_id, created_at, confirmed_at, sent_at, ended_at
    from shop.stock_alerts left join shop.skus on skus.id = sku_id
    where email = :email order by stock_alerts.id
    """
)
_TOTALS = text(
    """
    select kind,
        count(*) filter (where confirmed_at is not null and sent_at is null and ended_at is null),
        count(*) filter (where created_at is not null and confirmed_at is null and ended_at is null),
        count(*) filter (where sent_at is not null),
        count(*) filter (where ended_at is not null)
    from (values ('stock'), ('price'), ('search')) as kinds (kind)
    left join (
        select *, case when sku_id is not null then 'stock' when colourway_id is not null then 'price'
            else 'search' end as kind
        from shop.stock_alerts
    ) as alert using (kind)
    group by kind
    order by array_position(array['stock', 'price', 'search'], kind)
    """
)
_WAITING_SIZES = text(
    """
    select code, product.id, slug, name, sizes.label,
        count(*) filter (where confirmed_at is not null) as waiting,
        count(*) filter (where confirmed_at is null), min(created_at)
    from shop.stock_alerts as alert
    join shop.skus on skus.id = alert.sku_id
    join shop.sizes on sizes.id = size_id
    join shop.colourways as product on product.id = skus.colourway_id
    where sent_at is null and ended_at is null
    group by skus.id, product.id, sizes.id
    order by waiting desc, min(created_at) limit :most
    """
)
_WAITING_PRICES = text(
    """
    select product.id as product_id, slug, name, product.price_minor, product.currency,
        max(at_most_minor) as highest_minor,
        count(*) filter (where confirmed_at is not null) as waiting,
        count(*) filter (where confirmed_at is null) as unconfirmed
    from shop.stock_alerts as alert
    join shop.live_products as product on product.id = alert.colourway_id
    where sent_at is null and ended_at is null
    group by product.id, slug, name, product.price_minor, product.currency
    order by waiting desc, product.id limit :most
    """
)
