"""Reads of redirects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storefront.db import Database, ReadSession


@dataclass(frozen=True, slots=True)
class RedirectRow:
    """A redirect. target: None: what was there is gone."""

    source: str
    target: str | None
    origin: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RedirectPage:
    """Some redirects, the newest first, and how many there are in all."""

    rows: Sequence[RedirectRow]
    total: int


async def find(database: Database, candidates: Sequence[str]) -> tuple[str, str | None] | None:
    """The first of these addresses that is redirected, and its target; None without one.

    One statement. Raises Unavailable (503).
    """
    found = dict(await database.fetch(_FIND, list(candidates)))
    return next(((one, found[one]) for one in candidates if one in found), None)


async def redirect_page(
    session: ReadSession, *, words: str, most: int, offset: int
) -> RedirectPage:
    """Redirects whose old or new address contains this, the newest first. One statement."""
    values = {"words": words, "most": most, "offset": offset}
    rows = [*await session.execute(_PAGE, values)]
    return RedirectPage(
        [RedirectRow(row.source, row.target, row.origin, row.updated_at) for row in rows],
        rows[0].total if rows else 0,
    )


_FIND = "select source, target from shop.redirects where source = any($1::text[])"

_PAGE = text(
    """
    select source, target, origin, updated_at, count(*) over () as total from shop.redirects
    where position(:words in source || ' ' || coalesce(target, '')) > 0 or :words = ''
    order by updated_at desc, source limit :most offset :offset
    """
)
