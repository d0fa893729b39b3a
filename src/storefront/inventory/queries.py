"""Reads of the stock."""

from collections.abc import Sequence

from sqlalchemy import select

from storefront.db import ReadSession
from storefront.inventory.models import StockLevel


async def pieces_left(session: ReadSession, sku_ids: Sequence[int]) -> dict[int, int]:
    """How many pieces of each SKU can still be sold; SKUs never counted are left out. One statement."""
    rows = await session.execute(
        select(StockLevel.sku_id, StockLevel.on_hand - StockLevel.reserved).where(
            StockLevel.sku_id.in_(sku_ids)
        )
    )
    return dict(rows.all())
