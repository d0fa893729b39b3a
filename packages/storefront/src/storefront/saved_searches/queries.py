"""Reads of saved searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl

from pyroaring import BitMap64
from sqlalchemy import text

from storefront.cart.service import Owner
from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.texts import _


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search as it was saved. seen, mailed: numbers of products. checked_on: the
    last day on which a job looked for something new."""

    id: int
    name: str
    query_string: str
    seen: BitMap64
    mailed: BitMap64
    checked_on: date | None
    created_at: datetime

    @property
    def path(self) -> str:
        """The address of its listing, without a language."""
        names = {name for name, _value in parse_qsl(self.query_string.removeprefix("?"))}
        return ("/search" if "q" in names else "/products") + self.query_string


async def of_owner(session: ReadSession, owner: Owner) -> list[SavedSearch]:
    """The searches that somebody saved, newest first. One statement, or none without an id."""
    if owner == Owner():
        return []
    return [_saved(row) for row in await session.execute(_OF_OWNER, vars_of(owner))]


async def one(session: ReadSession, owner: Owner, search_id: int) -> SavedSearch:
    """One of them. One statement. Raises NotFound (404), for other people's too."""
    row = (await session.execute(_ONE, vars_of(owner) | {"id": search_id})).one_or_none()
    if row is None:
        raise NotFound(_("There is no such saved search."))
    return _saved(row)


async def by_id(session: ReadSession, search_ids: Sequence[int]) -> dict[int, SavedSearch]:
    """The searches of these numbers, whosever they are: for jobs. One statement."""
    rows = await session.execute(_BY_ID, {"ids": list(search_ids)})
    return {row.id: _saved(row) for row in rows}


async def export(session: ReadSession, customer_id: int) -> list[dict[str, Any]]:
    """A customer's saved searches, as JSON can hold them. One statement."""
    return [
        {"name": found.name, "address": found.path, "created_at": found.created_at}
        for found in await of_owner(session, Owner(customer_id=customer_id))
    ]


def vars_of(owner: Owner) -> dict[str, str | int | None]:
    """The parameters of statements about one owner's searches; a customer's are not the visitor's."""
    is_guest = owner.customer_id is None
    return {
        "visitor_id": owner.visitor_id if is_guest else None,
        "customer_id": owner.customer_id,
    }


def _saved(row: Any) -> SavedSearch:
    return SavedSearch(
        id=row.id,
        name=row.name,
        query_string=row.query,
        seen=_ids(row.seen),
        mailed=_ids(row.mailed),
        checked_on=row.checked_on,
        created_at=row.created_at,
    )


def _ids(stored: bytes) -> BitMap64:
    return BitMap64.deserialize(stored) if stored else BitMap64()


_OF_OWNER = text(
    """
    select * from shop.saved_searches
    where visitor_id = :visitor_id or customer_id = :customer_id
    order by id desc
    """
)
_ONE = text(
    """
    select * from shop.saved_searches
    where (visitor_id = :visitor_id or customer_id = :customer_id) and id = :id
    """
)
_BY_ID = text("select * from shop.saved_searches where id = any(cast(:ids as bigint[]))")
