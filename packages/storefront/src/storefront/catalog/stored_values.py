"""What a file has no column for: existing products keep what they have there.

An empty cell empties a value; a column that is absent says nothing about it. A new colour of an existing
style gets what its style has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from storefront.catalog import doubts, sheets
from storefront.catalog.cells import minor
from storefront.catalog.rows import Rejected
from storefront.catalog.sheets import Sheet
from storefront.catalog.source import SourcePrice, SourceProduct
from storefront.db import ReadSession

# The fields of SourceProduct by column: of the product alone, and of its style.
_OWN = {"colour": "base_colour", "season": "season", "year": "year", "usage": "usage",
        "published_at": "published_at"}  # fmt: skip
_SHARED = {name: name for name in ("brand", "description", "material", "fit", "care")}
CHANGES = {*_OWN, *_SHARED, "style", "age_group", "size_chart", "list_price"}
"""Columns whose empty cells change an existing product; the others leave it alone anyway."""
_TEXTS = {"style": "style", "colour": "base_colour", "usage": "usage", **_SHARED} | {
    name: name for name in ("name", "master_category", "sub_category", "article_type")
}
"""The same for texts, in which a word for nothing may stand."""


async def decided(
    session: ReadSession, products: Sequence[SourceProduct | Rejected]
) -> Sequence[SourceProduct | Rejected]:
    """The products with their words for nothing, such as a size ``N/A``, where the shop has them
    already, and as read without them otherwise: an export is imported again unchanged.

    Two statements, none where there are no such words.
    """
    worded = [
        product.id
        for product in products
        if isinstance(product, SourceProduct) and product.unless_stored is not None
    ]
    if not worded:
        return products
    stored = await sheets.sheets(session, worded)
    return [
        _decided(product, stored.get(product.id)) if isinstance(product, SourceProduct) else product
        for product in products
    ]


def _decided(product: SourceProduct, sheet: Sheet | None) -> SourceProduct | Rejected:
    if product.unless_stored is None:
        return product
    if sheet is None or not _has_words(sheet, product):
        return product.unless_stored
    return replace(product, unless_stored=None)


def _has_words(sheet: Sheet, product: SourceProduct) -> bool:
    """Whether it has every word for nothing of the product at the same place."""
    known = {
        (size["size_system"], size["size"], sku)
        for size in sheet.sizes
        for sku in (size["sku"], None)
    }
    return all(
        not _is_nothing(value) or sheet.product[column] == value
        for column, name in _TEXTS.items()
        for value in [getattr(product, name)]
    ) and all(
        (size.system, size.label, size.sku) in known
        for size in product.sizes or ()
        if any(map(_is_nothing, (size.system, size.label, size.sku)))
    )


def _is_nothing(value: str | None) -> bool:
    return value is not None and doubts.is_nothing(value)


async def completed(
    session: ReadSession, products: Sequence[SourceProduct]
) -> Sequence[SourceProduct]:
    """The products with the stored values of columns that their source does not have.

    Three statements, none where it has all columns.
    """
    lacking = [product for product in products if product.absent & CHANGES]
    if not lacking:
        return products
    styles = sorted({product.style for product in lacking if product.style is not None})
    concerned = {product.id for product in lacking}
    concerned |= set(await sheets.of_designs(session, [], styles))
    stored = await sheets.sheets(session, sorted(concerned))
    by_style = {sheet.product["style"]: sheet for sheet in stored.values()}
    return [_completed(product, stored, by_style) for product in products]


def _completed(
    product: SourceProduct, stored: Mapping[int, Sheet], by_style: Mapping[str, Sheet]
) -> SourceProduct:
    own = stored.get(product.id)
    if own is not None and "style" in product.absent:
        product = replace(product, style=own.product["style"])
    design = by_style.get(product.style or "", own)
    changed: dict[str, Any] = {}
    if own is not None:
        changed |= _values(product, own, _OWN)
        if "list_price" in product.absent:
            changed["price"] = _price(product.price, own)
    if design is not None:
        changed |= _values(product, design, _SHARED)
        changed |= _fitting(product, design)
    return replace(product, **changed)


def _values(product: SourceProduct, sheet: Sheet, fields: Mapping[str, str]) -> dict[str, object]:
    return {
        name: _value(column, sheet.product[column])
        for column, name in fields.items()
        if column in product.absent
    }


def _value(column: str, cell: str) -> object:
    if not cell:
        return None
    if column == "year":
        return int(cell)
    return datetime.fromisoformat(cell) if column == "published_at" else cell


def _fitting(product: SourceProduct, design: Sheet) -> dict[str, object]:
    """Age group and size chart, which are derived again for another gender or size system."""
    if product.gender != design.product["gender"]:
        return {}
    found: dict[str, object] = {}
    if "age_group" in product.absent:
        found["age_group"] = design.product["age_group"]
    systems = {size["size_system"] for size in design.sizes}
    if "size_chart" in product.absent and {size.system for size in product.sizes or ()} <= systems:
        found["size_chart"] = design.product["size_chart"] or None
    return found


def _price(price: SourcePrice | None, sheet: Sheet) -> SourcePrice | None:
    """The price, reduced from the stored price before the reduction where that is higher."""
    before = sheet.product["list_price"]
    if price is None or not before or sheet.product["currency"] != price.currency:
        return price
    return replace(price, before=max(price.now, minor("list_price", before, price.currency)))
