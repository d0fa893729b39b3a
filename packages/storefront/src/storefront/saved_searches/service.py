"""Writes of saved searches: save, rename, look at, delete; and what e-mails were about."""

from collections.abc import Mapping
from datetime import date

from pyroaring import BitMap64
from sqlalchemy import text

from storefront.alerts.service import NEWS_JOB
from storefront.cart.service import Owner
from storefront.db import WriteSession
from storefront.errors import Conflict, NotFound
from storefront.jobs import service as jobs
from storefront.saved_searches import queries
from storefront.saved_searches.queries import vars_of
from storefront.texts import _

MOST = 50
LONGEST_NAME = 100
_MOST_IN_MAIL = 8  # products of one search


class TooManySearches(Conflict):
    """So many searches are saved already that no more fit: ``most`` is the limit. Delete some first."""

    slug, title = "too-many-searches", "No more searches can be saved"


async def save(
    session: WriteSession, owner: Owner, *, name: str, query_string: str, matches: BitMap64
) -> int:
    """Save a search; one that is saved already gets the new name. Returns its number.

    query_string: as ``PageQuery.saved`` has it. matches: the products that it has now, which are not
    new. Three statements at most. Raises TooManySearches (409).
    """
    parameters = vars_of(owner) | {"name": name, "query": query_string}
    known: int | None = await session.scalar(_RENAME_SAME, parameters)
    if known is not None:
        return known
    if await session.scalar(_COUNT, vars_of(owner)) >= MOST:
        raise TooManySearches(
            _("%(most)s searches are saved already. Delete one first.", most=MOST), most=MOST
        )
    new: int = await session.scalar(_SAVE, parameters | {"seen": matches.serialize()})
    return new


async def rename(session: WriteSession, owner: Owner, search_id: int, *, name: str) -> None:
    """Give a search another name. One statement. Raises NotFound (404)."""
    parameters = vars_of(owner) | {"id": search_id, "name": name}
    if await session.scalar(_RENAME, parameters) is None:
        raise NotFound(_("There is no such saved search."))


async def delete(session: WriteSession, owner: Owner, search_id: int) -> None:
    """Delete a search, with its alerts. One statement. Raises NotFound (404)."""
    if await session.scalar(_DELETE, vars_of(owner) | {"id": search_id}) is None:
        raise NotFound(_("There is no such saved search."))


async def look_at(
    session: WriteSession, owner: Owner, search_id: int, *, matches: BitMap64
) -> None:
    """Note that its products were looked at: none of these is new any more. Two statements.

    Raises NotFound (404).
    """
    found = await queries.one(session, owner, search_id)
    seen = (found.seen | matches).serialize()
    await session.execute(_LOOK_AT, {"id": search_id, "seen": seen})


async def merge(session: WriteSession, *, visitor_id: str, customer_id: int) -> None:
    """Give a visitor's searches to the customer who has signed in. One statement."""
    await session.execute(_MERGE, {"visitor_id": visitor_id, "customer_id": customer_id})


async def erase(session: WriteSession, customer_id: int) -> None:
    """Delete a customer's searches, with their alerts. One statement."""
    await session.execute(_ERASE, {"customer_id": customer_id})


async def note_news(
    session: WriteSession,
    day: date,
    searches_of_alerts: Mapping[int, int],
    matches: Mapping[int, BitMap64],
) -> None:
    """Enqueue one e-mail about what is new in one person's searches, and note that for the day.

    searches_of_alerts: the saved search of each alert; matches: the products of each search. What was
    noted for the day already is left out, so that a job which is done twice sends one e-mail.
    Four statements, and one for each search with something new.
    """
    search_ids = sorted(matches)
    await session.execute(_LOCK, {"ids": search_ids})
    found = await queries.by_id(session, search_ids)
    news: list[dict[str, object]] = []
    for alert_id, search_id in searches_of_alerts.items():
        search = found.get(search_id)
        if search is None or search.checked_on == day:
            continue
        if new := matches[search_id] - search.seen - search.mailed:
            shown = list(new)[-_MOST_IN_MAIL:]
            news.append({"alert_id": alert_id, "product_ids": shown, "count": len(new)})
            mailed = (search.mailed | new).serialize()
            await session.execute(_MAILED, {"id": search_id, "mailed": mailed})
    await session.execute(_CHECKED, {"ids": search_ids, "day": day})
    if news:
        key = f"{day.isoformat()} {min(searches_of_alerts)}"
        await jobs.enqueue(session, NEWS_JOB, key, {"news": news})


_RENAME_SAME = text(
    """
    update shop.saved_searches set name = :name
    where (visitor_id = :visitor_id or customer_id = :customer_id) and query = :query
    returning id
    """
)
_COUNT = text(
    """
    select count(*) from shop.saved_searches
    where visitor_id = :visitor_id or customer_id = :customer_id
    """
)
_SAVE = text(
    """
    insert into shop.saved_searches (visitor_id, customer_id, name, query, seen)
    values (:visitor_id, :customer_id, :name, :query, :seen) returning id
    """
)
_RENAME = text(
    """
    update shop.saved_searches set name = :name
    where (visitor_id = :visitor_id or customer_id = :customer_id) and id = :id
    returning id
    """
)
_DELETE = text(
    """
    delete from shop.saved_searches
    where (visitor_id = :visitor_id or customer_id = :customer_id) and id = :id
    returning id
    """
)
_LOOK_AT = text("update shop.saved_searches set seen = :seen where id = :id")
_MERGE = text(
    """
    update shop.saved_searches set visitor_id = null, customer_id = :customer_id
    where visitor_id = :visitor_id
    """
)
_ERASE = text("delete from shop.saved_searches where customer_id = :customer_id")
_LOCK = text(
    """
    select id from shop.saved_searches where id = any(cast(:ids as bigint[]))
    order by id for update
    """
)
_MAILED = text("update shop.saved_searches set mailed = :mailed where id = :id")
_CHECKED = text(
    "update shop.saved_searches set checked_on = :day where id = any(cast(:ids as bigint[]))"
)
