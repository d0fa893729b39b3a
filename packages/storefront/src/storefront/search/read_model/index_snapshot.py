"""The stored copy of the index, from which a process of a large shop starts.

Read from the products, the index of a million takes ten seconds or more of a core, in which a process
cannot answer. Its sets take some 70 MB and are read back in one or two seconds; what changed since is
read as by any process that follows (read_model/follower.py). Words are not part of it.
"""

import hashlib
import inspect
from collections.abc import Mapping
from functools import cache

from sqlalchemy import text

from storefront.db import Database
from storefront.locks import try_lock
from storefront.search.index import bit_slices, product_sets, ranking, variety

WORTHWHILE_FROM = 20_000
"""Products. Fewer are read in a quarter of a second."""
RENEWED_AFTER = 10_000
"""Changed products: half of what a process reads again rather than all of them."""


@cache
def layout() -> str:
    """Of the sets: a release whose code for them is another cannot use what is stored."""
    modules = (product_sets, bit_slices, ranking, variety)
    code = "".join(map(inspect.getsource, modules))
    return hashlib.sha256(code.encode()).hexdigest()[:16]


async def load(database: Database) -> tuple[int, dict[str, bytes]] | None:
    """The version and the sets of the stored index, as `BitMap64.serialize` returned them; None if none
    is stored in this layout.

    One statement. Raises Unavailable (503).
    """
    rows = await database.fetch(_LOAD, layout(), may_lag=True)
    return (rows[0]["version"], {row["name"]: row["products"] for row in rows}) if rows else None


async def save(database: Database, version: int, sets: Mapping[str, bytes], *, known: int) -> int:
    """Store the sets of this version, as `BitMap64.serialize` returns them, in place of those stored.

    known: the version that is stored, as far as the caller knows, or -1. Where another process is
    about to store, or has stored newer sets, nothing is done. Returns the version that is stored, or
    will be. Raises Unavailable (503).
    """
    async with database.writes() as session:
        if not await try_lock(session, "index snapshot"):
            return version
        stored: int | None = await session.scalar(_STORED, {"layout": layout()})
        if stored is not None and stored > known:
            return stored
        await session.execute(_DELETE)
        rows = [
            {"name": name, "layout": layout(), "version": version, "products": products}
            for name, products in sets.items()
        ]
        await session.execute(_SAVE, rows)
        return version


_LOAD = "select version, name, products from shop.index_sets where layout = $1"
_STORED = text("select version from shop.index_sets where layout = :layout limit 1")
_DELETE = text("delete from shop.index_sets")
_SAVE = text(
    """
    insert into shop.index_sets (name, layout, version, products)
    values (:name, :layout, :version, :products)
    """
)
