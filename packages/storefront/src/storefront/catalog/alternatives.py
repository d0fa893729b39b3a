"""The kind of a product, even if no longer sold, and the other sizes and colours that are sold."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from storefront.db import ReadSession
from storefront.money import Money


@dataclass(frozen=True, slots=True)
class ProductKind:
    """The kind of a product, whether or not it is still sold."""

    style_id: int
    category_path: str


async def kinds_of(session: ReadSession, product_ids: Sequence[int]) -> dict[int, ProductKind]:
    """The design and category of products, by id; includes hidden ones. One statement."""
    rows = await session.execute(_KINDS, {"product_ids": list(product_ids)})
    return {row.id: ProductKind(row.style_id, row.path) for row in rows}


@dataclass(frozen=True, slots=True)
class Alternative:
    """A size and colour that a design is sold in. left: sellable pieces."""

    sku: str
    colour: str | None
    size_label: str
    price: Money
    left: int


async def alternatives_of(
    session: ReadSession, style_ids: Sequence[int]
) -> dict[int, list[Alternative]]:
    """The alternatives of each design, by style, in the order of colours and sizes. One statement."""
    found: dict[int, list[Alternative]] = {}
    for row in await session.execute(_ALTERNATIVES, {"style_ids": list(style_ids)}):
        price = Money(row.price_minor, row.currency)
        one = Alternative(row.code, row.colour_name, row.label, price, row.pieces)
        found.setdefault(row.style_id, []).append(one)
    return found


_KINDS = text(
    """
    select colourways.id, style_id, categories.path
    from shop.colourways
    join shop.styles on styles.id = style_id
    join shop.categories on categories.id = category_id
    where colourways.id = any(cast(:product_ids as bigint[]))
    """
)
_ALTERNATIVES = text(
    """
    select style_id, code, colour_name, label, price_minor, currency, pieces
    from shop.live_products join shop.offered_sizes on colourway_id = live_products.id
    where style_id = any(cast(:style_ids as bigint[]))
    order by style_id, colour_name, live_products.id, system, sort
    """
)
