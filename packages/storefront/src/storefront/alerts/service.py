"""Writes of alerts: ask, confirm, stop, ask again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from storefront.alerts import queries
from storefront.alerts.queries import Alert
from storefront.catalog import queries as catalog
from storefront.catalog.queries import SkuOffer
from storefront.db import WriteSession
from storefront.errors import Conflict, NotFound, StoreError
from storefront.inventory import queries as inventory
from storefront.jobs import service as jobs
from storefront.money import Money
from storefront.texts import _, current

CONFIRM_JOB = "alerts.confirm"
BACK_JOB = "alerts.back"
PRICE_JOB = "alerts.price"
TURN_JOB = "alerts.turn"
"""A scheduled price of a product begins or ends: look which alerts that meets."""
LOOK_JOB = "alerts.look"
"""Once a day: look what is new in the saved searches that alerts are on. Its key is the day."""
NEWS_JOB = "alerts.news"
JOBS = (CONFIRM_JOB, BACK_JOB, PRICE_JOB, TURN_JOB, LOOK_JOB, NEWS_JOB)

MOST_AN_HOUR = 5
"""E-mails to confirm that one address is sent within an hour: nobody floods another person."""
MOST_WAITING = 100
"""Alerts that a customer can have at the same time."""
_LOOK_AT_HOUR = 6  # UTC


class InStock(Conflict):
    """The size can be bought now: there is nothing to wait for."""

    slug, title = "in-stock", "This size is in stock"


class PriceReached(Conflict):
    """The product costs no more than that already: there is nothing to wait for.

    ``price_minor`` is what it costs now. Ask for a lower price.
    """

    slug, title = "price-reached", "It costs no more than that already"


class TooManyAlerts(StoreError):
    """Many alerts were asked for with this e-mail address. Try again in an hour, or stop some."""

    status, slug, title = 429, "too-many-alerts", "Too many alerts were asked for"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for an alert. email: normalized. is_owner: they are signed in with it, so that nobody
    needs to be asked to confirm."""

    email: str
    is_owner: bool = False


async def ask_for_size(session: WriteSession, asker: Asker, sku: str) -> SkuOffer:
    """Ask for an e-mail when a size is back; asked again while it waits, nothing more is sent.

    Nine statements at most. Raises NotFound (404), InStock (409), TooManyAlerts (429).
    """
    offer = await catalog.sku_of(session, sku)
    if offer.is_offered and (await inventory.available(session, [offer.sku_id])).get(offer.sku_id):
        raise InStock(_("This size is in stock: you can put it into your bag."))
    await _add(session, asker, sku_id=offer.sku_id)
    return offer


async def ask_for_price(
    session: WriteSession, asker: Asker, product_id: int, at_most: Money
) -> None:
    """Ask for an e-mail when a product costs so much or less. Asked again, the newer price counts.

    at_most: of the product's currency, more than zero. Nine statements at most. Raises NotFound (404),
    PriceReached (409), TooManyAlerts (429).
    """
    card = (await catalog.cards_of(session, [product_id])).get(product_id)
    if card is None:
        raise NotFound(f"There is no product {product_id}.")
    if card.price <= at_most:
        raise _reached(card.price)
    await _add(session, asker, product_id=product_id, at_most=at_most)


async def ask_for_search(session: WriteSession, asker: Asker, search_id: int) -> None:
    """Ask for an e-mail a day when a saved search has something new, in place of other addresses.

    Seven statements at most. Raises TooManyAlerts (429).
    """
    await session.execute(_STOP_OTHERS, {"search_id": search_id, "email": asker.email})
    await _add(session, asker, search_id=search_id)


async def confirm(session: WriteSession, alert_ids: Sequence[int]) -> list[Alert]:
    """Confirm these alerts; e-mails that are due already are enqueued at once.

    Returns them as they were; those that are gone are left out. Five statements each at most.
    """
    found = await queries.alerts(session, alert_ids)
    for one in found:
        await session.execute(_CONFIRM, {"id": one.id})
        await _arm(session, one)
    return found


async def stop(session: WriteSession, alert_ids: Sequence[int]) -> None:
    """Send nothing more about these. One statement; what is stopped or gone already is no error."""
    await session.execute(_STOP, {"ids": list(alert_ids)})


async def stop_on_search(session: WriteSession, search_id: int) -> None:
    """Send nothing more about a saved search, to whatever address. One statement."""
    await session.execute(_STOP_ON_SEARCH, {"search_id": search_id})


async def rearm(session: WriteSession, alert_id: int) -> Alert:
    """Wait once more for what an alert was sent about. Returns the alert. Five statements at most.

    Raises NotFound (404), InStock and PriceReached (409) where it is still so.
    """
    former = await queries.alert(session, alert_id)
    if former.sent_at is None:
        await confirm(session, [alert_id])
        return former
    if former.product_id is not None and former.at_most is not None:
        card = (await catalog.cards_of(session, [former.product_id])).get(former.product_id)
        if card is not None and card.price <= former.at_most:
            raise _reached(card.price)
    elif await _is_met(session, former):
        raise InStock(_("This size is in stock: you can put it into your bag."))
    new_id: int | None = await session.scalar(_REARM, {"id": alert_id})
    if new_id is not None:
        await _arm(session, await queries.alert(session, new_id))
    return former


async def mark_sent(session: WriteSession, alert_id: int) -> None:
    """The e-mail went out. One statement."""
    await session.execute(_SENT, {"id": alert_id})


async def wait_for_next_time(session: WriteSession, alert: Alert, *, job_id: int) -> None:
    """It was no longer so when the e-mail was to be sent: wait for the next time.

    Where that came meanwhile, another job sends it. Four statements at most.
    """
    await session.execute(_WAIT, {"id": alert.id})
    if await _is_met(session, alert):
        await _queue(session, alert, key=f"{alert.id} {job_id}")


async def enqueue_for_price(session: WriteSession, product_id: int, *, job_id: int) -> None:
    """Enqueue the e-mails of the alerts that a product's price meets now. Two statements."""
    due = await session.scalars(_MET, {"product_id": product_id})
    new = [jobs.NewJob(f"{one} {job_id}", {"alert_id": one}) for one in due]
    await jobs.enqueue_each(session, PRICE_JOB, new)


async def plan_look(session: WriteSession, now: datetime, *, after: date | None = None) -> None:
    """Have a job look for what is new in saved searches, when it is next due. One statement.

    after: the day of the job that plans the next one, by whichever clock it ran.
    """
    due = now.replace(hour=_LOOK_AT_HOUR, minute=0, second=0, microsecond=0)
    while due <= now or (after is not None and due.date() <= after):
        due += timedelta(days=1)
    day = due.date().isoformat()
    await jobs.enqueue(session, LOOK_JOB, day, {"day": day}, due_in=due - now)


async def erase(session: WriteSession, email: str) -> None:
    """Delete all alerts of an e-mail address. One statement."""
    await session.execute(_ERASE, {"email": email})


async def _add(
    session: WriteSession,
    asker: Asker,
    *,
    sku_id: int | None = None,
    product_id: int | None = None,
    at_most: Money | None = None,
    search_id: int | None = None,
) -> None:
    await session.execute(_TIDY)
    await _check_number(session, asker)
    parameters = {
        "sku_id": sku_id,
        "product_id": product_id,
        "at_most_minor": at_most.minor if at_most else None,
        "currency": at_most.currency if at_most else None,
        "search_id": search_id,
        "email": asker.email,
        "language": current().code,
        "is_owner": asker.is_owner,
    }
    alert_id: int | None = await session.scalar(_ADD, parameters)
    is_new = alert_id is not None
    if alert_id is None:
        alert_id = await session.scalar(_CHANGE, parameters)
    if alert_id is None:
        return
    if asker.is_owner:
        await _arm(session, await queries.alert(session, alert_id))
    elif is_new:
        await jobs.enqueue(session, CONFIRM_JOB, str(alert_id), {"alert_id": alert_id})


async def _check_number(session: WriteSession, asker: Asker) -> None:
    """Raises TooManyAlerts."""
    parameters = {"email": asker.email}
    if asker.is_owner:
        if await session.scalar(_COUNT_WAITING, parameters) >= MOST_WAITING:
            raise TooManyAlerts(
                _("You have %(most)s alerts already. Stop some of them first.", most=MOST_WAITING)
            )
    elif await session.scalar(_COUNT_ASKED, parameters) >= MOST_AN_HOUR:
        raise TooManyAlerts(
            _("Many alerts were asked for with this address. Try again in an hour.")
        )


async def _arm(session: WriteSession, alert: Alert) -> None:
    """Have the e-mail sent when it is due; at once where that is now. Three statements at most."""
    if alert.saved_search_id is not None:
        await plan_look(session, datetime.now(UTC))
        return
    if alert.product_id is not None:
        await session.execute(_PLAN_TURNS, {"product_id": alert.product_id})
    if await _is_met(session, alert):
        await _queue(session, alert, key=f"{alert.id} {datetime.now(UTC).timestamp()}")


async def _is_met(session: WriteSession, alert: Alert) -> bool:
    """Whether what the alert waits for is so now. One statement."""
    if alert.sku_id is not None:
        return bool((await inventory.available(session, [alert.sku_id])).get(alert.sku_id))
    if alert.product_id is None or alert.at_most is None:
        return False
    card = (await catalog.cards_of(session, [alert.product_id])).get(alert.product_id)
    return card is not None and card.price <= alert.at_most


async def _queue(session: WriteSession, alert: Alert, *, key: str) -> None:
    """Enqueue its e-mail, unless a trigger did. Two statements at most."""
    if await session.scalar(_QUEUE, {"id": alert.id}) is not None:
        kind = BACK_JOB if alert.kind == "stock" else PRICE_JOB
        await jobs.enqueue(session, kind, key, {"alert_id": alert.id})


def _reached(price: Money) -> PriceReached:
    return PriceReached(
        _("It costs no more than that already. Choose a lower price."), price_minor=price.minor
    )


# What nobody confirmed within two days, and what was sent or stopped a month ago, is deleted.
_TIDY = text(
    """
    delete from shop.stock_alerts
    where (confirmed_at is null and created_at < now() - interval '2 days')
    or coalesce(sent_at, ended_at) < now() - interval '30 days'
    """
)
_COUNT_ASKED = text(
    """
    select count(*) from shop.stock_alerts
    where email = :email and created_at > now() - interval '1 hour'
    """
)
_COUNT_WAITING = text(
    """
    select count(*) from shop.stock_alerts
    where email = :email and sent_at is null and ended_at is null
    """
)
_ADD = text(
    """
    insert into shop.stock_alerts (
        sku_id, colourway_id, at_most_minor, currency, saved_search_id, email, language, confirmed_at)
    values (
        cast(:sku_id as bigint), cast(:product_id as bigint), cast(:at_most_minor as bigint),
        cast(:currency as text), cast(:search_id as bigint), :email, :language,
        case when :is_owner then now() end)
    on conflict do nothing
    returning id
    """
)
# Somebody who only types an address changes nothing that its owner confirmed.
_CHANGE = text(
    """
    update shop.stock_alerts set
        confirmed_at = case when :is_owner then coalesce(confirmed_at, now()) end,
        at_most_minor = cast(:at_most_minor as bigint), queued_at = null
    where email = :email and sent_at is null and ended_at is null
    and (sku_id = cast(:sku_id as bigint) or colourway_id = cast(:product_id as bigint)
        or saved_search_id = cast(:search_id as bigint))
    and (:is_owner or confirmed_at is null)
    returning id
    """
)
_CONFIRM = text(
    """
    update shop.stock_alerts set confirmed_at = coalesce(confirmed_at, now()), ended_at = null,
        queued_at = case when ended_at is null then queued_at end
    where id = :id and sent_at is null and (ended_at is null or not exists (
        select from shop.stock_alerts as other
        where other.id <> :id and other.email = stock_alerts.email
        and other.sent_at is null and other.ended_at is null
        and (other.sku_id = stock_alerts.sku_id or other.colourway_id = stock_alerts.colourway_id
            or other.saved_search_id = stock_alerts.saved_search_id)))
    """
)
_STOP = text(
    """
    update shop.stock_alerts set ended_at = now()
    where id = any(cast(:ids as bigint[])) and ended_at is null
    """
)
_STOP_ON_SEARCH = text(
    """
    update shop.stock_alerts set ended_at = now()
    where saved_search_id = :search_id and ended_at is null
    """
)
_STOP_OTHERS = text(
    """
    update shop.stock_alerts set ended_at = now()
    where saved_search_id = :search_id and email <> :email and ended_at is null
    """
)
_REARM = text(
    """
    insert into shop.stock_alerts (
        sku_id, colourway_id, at_most_minor, currency, email, language, confirmed_at)
    select sku_id, colourway_id, at_most_minor, currency, email, language, now()
    from shop.stock_alerts where id = :id and sent_at is not null
    on conflict do nothing
    returning id
    """
)
_QUEUE = text(
    """
    update shop.stock_alerts set queued_at = now()
    where id = :id and confirmed_at is not null and queued_at is null
    and sent_at is null and ended_at is null
    returning id
    """
)
_MET = text(
    """
    update shop.stock_alerts as alert set queued_at = now()
    from shop.live_products as product
    where product.id = :product_id and alert.colourway_id = product.id
    and alert.currency = product.currency and product.price_minor <= alert.at_most_minor
    and confirmed_at is not null and queued_at is null and sent_at is null and ended_at is null
    returning alert.id
    """
)
# As the trigger plan_price_alerts does when a price is written (migration 0031).
_PLAN_TURNS = text(
    """
    insert into shop.jobs (kind, key, payload, due_at)
    select 'alerts.turn', product_id || ' ' || extract(epoch from turns_at),
        jsonb_build_object('product_id', product_id), turns_at
    from (
        select colourway_id as product_id, valid_from as turns_at from shop.prices
        where colourway_id = :product_id and valid_from > now()
        union select colourway_id, valid_until from shop.prices
        where colourway_id = :product_id and valid_until > now()
    ) as turn
    on conflict (kind, key) do nothing
    """
)
_SENT = text("update shop.stock_alerts set sent_at = coalesce(sent_at, now()) where id = :id")
_WAIT = text("update shop.stock_alerts set queued_at = null where id = :id")
_ERASE = text("delete from shop.stock_alerts where email = :email")
