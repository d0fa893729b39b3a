"""Facts for the jobs, as files that either engine reads: what was bought, and what was saved."""

from dataclasses import dataclass
from pathlib import Path

from storefront.db import Database


@dataclass(frozen=True, slots=True)
class Facts:
    """CSV files with a header, as `jobs` describes their columns."""

    lines: Path
    saves: Path


async def export(database: Database, folder: Path) -> Facts:
    """Write the facts to a folder, flat in memory; nobody's name or address. Two statements.

    Raises Unavailable (503).
    """
    facts = Facts(folder / "lines.csv", folder / "saves.csv")
    await database.export(_LINES, facts.lines)
    await database.export(_SAVES, facts.saves)
    return facts


# Cancelled pieces were never sold; what came back was, so it counts. Deleted products are left out.
_LINES = """
    select order_id, product_id, style_id, quantity - cancelled_count as quantity,
        (placed_at at time zone 'UTC')::date as day
    from shop.order_lines
    join shop.orders on orders.id = order_id
    join shop.colourways on colourways.id = product_id
    where quantity > cancelled_count
    order by order_id, position
"""
_SAVES = """
    select colourway_id as product_id, (added_at at time zone 'UTC')::date as day
    from shop.wishlist_items order by id
"""
