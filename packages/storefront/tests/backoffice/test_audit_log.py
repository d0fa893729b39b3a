"""Imports by command are in the audit log, too."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from storefront import filling
from storefront.backoffice import queries
from storefront.catalog import service
from storefront.catalog.source import SourceProduct
from storefront.db import Database

SHIRT = SourceProduct(7, "A shirt", "Men", "Apparel", "Topwear", "Shirts")


async def test_an_import_is_one_entry_with_counts_if_it_changed_anything(
    fresh_database: Callable[[], Database],
) -> None:
    database = fresh_database()
    imported = partial(service.import_products, products=[SHIRT])
    for _ in range(2):
        await filling.audited(database, file=Path("new/shirts.csv"), imported=imported)
    async with database.reads() as session:
        log = await queries.audit_log(session, most=5)
    assert [(one.actor, one.entity, one.entity_id, one.before, one.after) for one in log.rows] == [
        (
            "storefront import",
            "import",
            "shirts.csv",
            None,
            {"file": "shirts.csv", "added": 1, "changed": 0, "rejected": 0},
        )
    ]
    await database.aclose()
