"""What a customer can return of an order, and exchange it for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from storefront.catalog import alternatives as catalog
from storefront.catalog.alternatives import Alternative
from storefront.db import ReadSession
from storefront.orders.shapes import Order, OrderLine
from storefront.returns.rules import Returnable, Terms, returnable


@dataclass(frozen=True, slots=True)
class Offered:
    """A line of the order. alternatives: other sizes and colours that are in stock."""

    found: Returnable
    alternatives: Sequence[Alternative]

    @property
    def line(self) -> OrderLine:
        """The line."""
        return self.found.line


async def offered_of(session: ReadSession, order: Order, terms: Terms) -> list[Offered]:
    """What can be returned of an order now, by line, and exchanged for what. Two statements."""
    kinds = await catalog.kinds_of(session, [line.product_id for line in order.lines])
    paths = {product_id: kind.category_path for product_id, kind in kinds.items()}
    styles = {kind.style_id for kind in kinds.values()}
    alternatives = await catalog.alternatives_of(session, sorted(styles))
    found = []
    for one in returnable(order, paths, terms, datetime.now(UTC)):
        kind = kinds.get(one.line.product_id)
        others = alternatives.get(kind.style_id, []) if kind is not None else []
        possible = [other for other in others if other.sku != one.line.sku and other.left > 0]
        found.append(Offered(one, possible if one.pieces else []))
    return found
