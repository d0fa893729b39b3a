"""How well products sell, once purchases say it: until then `rules.popularity_of` expects it."""

from collections.abc import Mapping

from sqlalchemy import text

from storefront.db import WriteSession


async def set_popularity(session: WriteSession, popularity: Mapping[int, int]) -> int:
    """Give products their popularity (0 to 1,000), by id; 0 to all others. Returns how many changed.

    Listings follow within seconds. One statement.
    """
    values = {"ids": list(popularity), "values": list(popularity.values())}
    changed = await session.scalars(_SET, values)
    return len(changed.all())


_SET = text(
    """
    update shop.colourways set popularity = coalesce(given.popularity, 0)
    from shop.colourways as present
    left join unnest(cast(:ids as bigint[]), cast(:values as int[])) as given (id, popularity)
        on given.id = present.id
    where colourways.id = present.id
    and colourways.popularity is distinct from coalesce(given.popularity, 0)
    returning colourways.id
    """
)
