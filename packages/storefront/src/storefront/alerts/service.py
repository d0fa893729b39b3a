"""Writes of stock alerts: ask, confirm, stop."""

from sqlalchemy import text

from storefront.alerts import queries
from storefront.alerts.queries import Alert
from storefront.catalog import queries as catalog
from storefront.catalog.queries import SkuOffer
from storefront.db import WriteSession
from storefront.errors import Conflict, StoreError
from storefront.inventory import queries as inventory
from storefront.jobs import service as jobs
from storefront.texts import _, current

CONFIRM_JOB = "alerts.confirm"
BACK_JOB = "alerts.back"
MOST_AN_HOUR = 5
"""E-mails to confirm that one address is sent within an hour: nobody floods another person."""


class InStock(Conflict):
    """The size can be bought now: there is nothing to wait for."""

    slug, title = "in-stock", "This size is in stock"


class TooManyAlerts(StoreError):
    """Many alerts were asked for with this e-mail address. Try again in an hour."""

    status, slug, title = 429, "too-many-alerts", "Too many alerts were asked for"


async def ask(session: WriteSession, sku: str, *, email: str) -> SkuOffer:
    """Send an e-mail that asks to confirm; asked again while it waits, nothing more is sent.

    email: normalized. Six statements at most. Raises NotFound (404), InStock (409),
    TooManyAlerts (429).
    """
    offer = await catalog.sku_of(session, sku)
    if offer.is_offered and (await inventory.available(session, [offer.sku_id])).get(offer.sku_id):
        raise InStock(_("This size is in stock: you can put it into your bag."))
    await session.execute(_TIDY)
    if await session.scalar(_ASKED, {"email": email}) >= MOST_AN_HOUR:
        raise TooManyAlerts(
            _("Many alerts were asked for with this address. Try again in an hour.")
        )
    parameters = {"sku_id": offer.sku_id, "email": email, "language": current().code}
    alert_id: int | None = await session.scalar(_ADD, parameters)
    if alert_id is not None:
        await jobs.enqueue(session, CONFIRM_JOB, str(alert_id), {"alert_id": alert_id})
    return offer


async def confirm(session: WriteSession, alert_id: int) -> None:
    """The person wants it; where the size is back already, the e-mail is on its way at once.

    Four statements at most. Raises NotFound (404).
    """
    found = await queries.alert(session, alert_id)
    await session.execute(_CONFIRM, {"id": alert_id})
    if (await inventory.available(session, [found.sku_id])).get(found.sku_id):
        await jobs.enqueue(session, BACK_JOB, str(alert_id), {"alert_id": alert_id})


async def stop(session: WriteSession, alert_id: int) -> None:
    """Send nothing more about it. One statement; what is stopped or gone already is no error."""
    await session.execute(_STOP, {"id": alert_id})


async def sent(session: WriteSession, alert_id: int) -> None:
    """The e-mail went out. One statement."""
    await session.execute(_SENT, {"id": alert_id})


async def wait_again(session: WriteSession, alert: Alert, *, job_id: int) -> None:
    """The size was gone again before the e-mail went out: wait for the next time.

    Where that came meanwhile, another job sends it. Three statements at most.
    """
    await session.execute(_WAIT, {"id": alert.id})
    if (await inventory.available(session, [alert.sku_id])).get(alert.sku_id):
        await jobs.enqueue(session, BACK_JOB, f"{alert.id} {job_id}", {"alert_id": alert.id})


async def forget(session: WriteSession, email: str) -> None:
    """Delete all alerts of an e-mail address. One statement."""
    await session.execute(_FORGET, {"email": email})


# What nobody confirmed within two days, and what was sent or stopped a month ago, is deleted.
_TIDY = text(
    """
    delete from shop.stock_alerts
    where (confirmed_at is null and created_at < now() - interval '2 days')
    or coalesce(sent_at, ended_at) < now() - interval '30 days'
    """
)
_ASKED = text(
    """
    select count(*) from shop.stock_alerts
    where email = :email and created_at > now() - interval '1 hour'
    """
)
_ADD = text(
    """
    insert into shop.stock_alerts (sku_id, email, language) values (:sku_id, :email, :language)
    on conflict (sku_id, email) where sent_at is null and ended_at is null do nothing
    returning id
    """
)
_CONFIRM = text(
    """
    update shop.stock_alerts set confirmed_at = coalesce(confirmed_at, now()), ended_at = null
    where id = :id and sent_at is null
    """
)
_STOP = text("update shop.stock_alerts set ended_at = now() where id = :id and ended_at is null")
_SENT = text("update shop.stock_alerts set sent_at = coalesce(sent_at, now()) where id = :id")
_WAIT = text("update shop.stock_alerts set queued_at = null where id = :id")
_FORGET = text("delete from shop.stock_alerts where email = :email")
