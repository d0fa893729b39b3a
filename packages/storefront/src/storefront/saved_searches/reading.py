"""What a saved search has now, and how much of it is new."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from storefront.cart.service import Owner
from storefront.db import WriteSession
from storefront.saved_searches import queries, service
from storefront.saved_searches.queries import SavedSearch
from storefront.search import page_query
from storefront.search.engine import Search
from storefront.search.page_query import PageQuery

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Counted:
    """A saved search with its products now. new: those it did not have when it was last opened."""

    search: SavedSearch
    total: int
    new: int


def query_of(query_string: str) -> PageQuery:
    """The query of a listing, by its query string."""
    return page_query.parse_form(QueryParams(query_string.removeprefix("?"))).query


async def counted(engine: Search, saved: Sequence[SavedSearch]) -> list[Counted]:
    """Each search with its products counted. No statement, or one for each that has words."""
    found = []
    for search in saved:
        matches = await query_of(search.query_string).matches(engine)
        found.append(Counted(search, len(matches), len(matches - search.seen)))
    return found


async def look_at(
    session: WriteSession, engine: Search, owner: Owner, search_id: int
) -> SavedSearch:
    """Note that what a search has now was looked at, and so is not new any more; returns the search.

    Two statements, one more where it has words. Raises NotFound (404).
    """
    found = await queries.one(session, owner, search_id)
    matches = await query_of(found.query_string).matches(engine)
    await service.look_at(session, owner, search_id, matches=matches)
    return found


def name_for(query: PageQuery) -> str:
    """What a search may be called, by what is searched for."""
    parts = [query.heading()]
    for name, _value, shown in query.chips():
        if name not in ("brand", "gender", "category", "master_category", "sub_category",
                        "article_type") or query.q:  # fmt: skip
            parts.append(shown)
    return ", ".join(parts)[:_LONGEST_NAME]
