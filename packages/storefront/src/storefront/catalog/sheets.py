"""Products as staff edit them: the cells of the shop's own format, and what differs between two states.

A sheet has the columns of ``own_columns``, as text, without those that are edited elsewhere: pictures,
and stock, which is counted. It becomes a product by the checks of the importer, so that a form, the API
and a file mean the same.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import Row, text

from storefront.catalog import own_columns, own_format
from storefront.catalog.cells import BadRowError
from storefront.catalog.source import SourceProduct, SourceSize
from storefront.db import ReadSession
from storefront.errors import InvalidInput, NotFound
from storefront.suggestions import suggestion

PRODUCT_COLUMNS = tuple(
    name for name in own_columns.PRODUCT_COLUMNS if not name.startswith("picture")
)
SIZE_COLUMNS = tuple(name for name in own_columns.SIZE_COLUMNS if name != "stock")
COLUMNS = PRODUCT_COLUMNS + SIZE_COLUMNS
STYLE_COLUMNS = ("style", *own_columns.STYLE_COLUMNS)
"""What all colours of a design share: an edit of one changes the others."""

_PRICE_COLUMNS = ("currency", "price", "list_price")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A product and its sizes as cells by column; an empty text for nothing.

    unoffered: sizes that it was sold in once; orders know them.
    """

    product: Mapping[str, str]
    sizes: Sequence[Mapping[str, str]]
    unoffered: Sequence[Mapping[str, str]] = ()

    @property
    def version(self) -> str:
        """Identifies this state: every other state has another version."""
        content = json.dumps([self.product, [*self.sizes], [*self.unoffered]], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


class Difference(NamedTuple):
    """A value that differs. size: system and label, such as ``alpha M``; empty for the product's own.

    column: of the sheet; ``size`` for a size that comes (old is empty) or goes (new is empty).
    """

    product_id: int
    size: str
    column: str
    old: str
    new: str


class BadSheet(InvalidInput):
    """Some cells of a product cannot be used; each entry of ``errors`` names one and says why.

    Nothing was changed. Correct them, and send the product again.
    """

    slug, title = "invalid-product", "The product cannot be saved"


@dataclass(slots=True)
class Faults:
    """What is wrong with a sheet: a sentence by the pointer of a cell, the first one of each."""

    found: dict[str, str] = field(default_factory=dict)

    def note(self, pointer: str, reason: str) -> None:
        """pointer: such as ``#/product/price`` or ``#/sizes/2/gtin``."""
        self.found.setdefault(pointer, reason)

    def check(self) -> None:
        """Raises BadSheet (422) where anything was noted."""
        if self.found:
            errors = [{"pointer": place, "detail": why} for place, why in self.found.items()]
            raise BadSheet("; ".join(self.found.values()), errors=errors)


def product_of(sheet: Sheet, *, currency: str) -> SourceProduct:
    """The product that a sheet describes. Its sizes have no stock; their line is their place in it.

    currency: the shop's. Raises BadSheet (422) with everything that is wrong.
    """
    faults = Faults()
    cells = _cells(sheet.product, PRODUCT_COLUMNS, "#/product", faults)
    for column, check in own_columns.PRODUCT_CHECKS.items():
        try:
            check(cells.get(column))
        except BadRowError as error:
            faults.note(f"#/product/{column}", str(error))
    try:
        own_columns.price(cells, currency)
    except BadRowError as error:
        column = str(error).split(" ", 1)[0]
        faults.note(f"#/product/{column if column in _PRICE_COLUMNS else 'price'}", str(error))
    sizes = list(_sizes(sheet, faults))
    if not sheet.sizes:
        faults.note("#/sizes/0/size_system", "a product needs one size at least")
    faults.check()
    blank = dict.fromkeys(own_columns.COLUMNS)
    product = own_columns.product_of(0, blank | cells, {}, currency)
    return replace(product, sizes=tuple(sizes))


def _sizes(sheet: Sheet, faults: Faults) -> Iterator[SourceSize]:
    seen: set[tuple[str, str]] = set()
    for place, row in enumerate(sheet.sizes):
        cells = _cells(row, SIZE_COLUMNS, f"#/sizes/{place}", faults)
        is_good = True
        for column, check in own_columns.SIZE_CHECKS.items():
            try:
                check(cells.get(column))
            except BadRowError as error:
                faults.note(f"#/sizes/{place}/{column}", str(error))
                is_good = False
        if not is_good:
            continue
        size = own_columns.size_of(place, {"stock": None} | cells)
        if (key := own_columns.size_key(size)) in seen:
            faults.note(f"#/sizes/{place}/size", f"size {size.label!r} is there already")
        seen.add(key)
        yield size


def _cells(
    row: Mapping[str, str], columns: Sequence[str], within: str, faults: Faults
) -> dict[str, str | None]:
    for name in row.keys() - set(columns):
        faults.note(f"{within}/{name}", _unknown(name, columns))
    cells: dict[str, str | None] = {}
    for column in columns:
        try:
            cells[column] = own_columns.tidied(column, row.get(column, ""))
        except BadRowError as error:
            faults.note(f"{within}/{column}", str(error))
            cells[column] = None
    return cells


def _unknown(name: str, columns: Sequence[str]) -> str:
    return f"There is no column {name!r}. {suggestion(name, columns)}"


def differences(before: Mapping[int, Sheet], after: Mapping[int, Sheet]) -> Iterator[Difference]:
    """What differs between two states of products, by product, its own values before its sizes."""
    nothing = Sheet({}, ())
    for product_id in sorted(before.keys() | after.keys()):
        old, new = before.get(product_id, nothing), after.get(product_id, nothing)
        for column in PRODUCT_COLUMNS:
            was, becomes = old.product.get(column, ""), new.product.get(column, "")
            if was != becomes:
                yield Difference(product_id, "", column, was, becomes)
        yield from _size_differences(product_id, old, new)


def _size_differences(product_id: int, old: Sheet, new: Sheet) -> Iterator[Difference]:
    # By SKU: its size may have been relabelled.
    before = {size["sku"]: size for size in old.sizes}
    after = {size["sku"]: size for size in new.sizes}
    known = {size["sku"]: size for size in (*old.unoffered, *new.unoffered)}
    for sku in sorted(before.keys() | after.keys()):
        shown = _named(after.get(sku) or before[sku])
        if sku not in before or sku not in after:
            was, becomes = (shown, "") if sku in before else ("", shown)
            yield Difference(product_id, shown, "size", was, becomes)
        was_size = before.get(sku) or known.get(sku, {})
        for column in SIZE_COLUMNS:
            value = after.get(sku, was_size).get(column, "")
            if sku in after and was_size.get(column, "") != value:
                yield Difference(product_id, shown, column, was_size.get(column, ""), value)


def _named(size: Mapping[str, str]) -> str:
    return f"{size['size_system']} {size['size']}"


async def sheets(session: ReadSession, product_ids: Sequence[int]) -> dict[int, Sheet]:
    """The sheets of these products, by id; of those that exist. Two statements."""
    ids = {"ids": list(product_ids)}
    sizes: dict[int, list[dict[str, str]]] = {}
    unoffered: dict[int, list[dict[str, str]]] = {}
    for row in await session.execute(_SIZES, ids):
        cells = {name: _written(getattr(row, name)) for name in SIZE_COLUMNS}
        (sizes if row.is_offered else unoffered).setdefault(row.colourway_id, []).append(cells)
    return {
        row.product_id: Sheet(
            _product_cells(row),
            sizes.get(row.product_id, []),
            unoffered.get(row.product_id, []),
        )
        for row in await session.execute(_PRODUCTS, ids)
    }


async def sheet(session: ReadSession, product_id: int) -> Sheet:
    """The sheet of a product. Two statements. Raises NotFound (404)."""
    found = (await sheets(session, [product_id])).get(product_id)
    if found is None:
        raise NotFound(f"There is no product {product_id}.")
    return found


async def of_designs(
    session: ReadSession, product_ids: Sequence[int], styles: Sequence[str] = ()
) -> list[int]:
    """All products of the designs of these products, and of these styles. One statement."""
    parameters = {"ids": list(product_ids), "styles": list(styles)}
    return list(await session.scalars(_OF_DESIGNS, parameters))


def _product_cells(row: Row[Any]) -> dict[str, str]:
    cells = {name: _written(getattr(row, name)) for name in PRODUCT_COLUMNS}
    if cells["list_price"] == cells["price"]:  # not reduced: another price is not to be a reduction
        cells["list_price"] = ""
    return cells


def _written(value: object) -> str:
    return "" if value is None else str(value)


_PRODUCTS = text(own_format.OF_PRODUCTS)
_SIZES = text(
    """
    select colourway_id, is_offered, system as size_system, label as size, given_sort as size_sort,
        code as sku, gtin, weight_g
    from shop.skus join shop.sizes on sizes.id = size_id
    where colourway_id = any(cast(:ids as bigint[]))
    order by colourway_id, system, sort, label
    """
)
_OF_DESIGNS = text(
    """
    select id from shop.colourways where style_id in (
        select style_id from shop.colourways where id = any(cast(:ids as bigint[]))
        union select id from shop.styles where key = any(cast(:styles as text[])))
    order by id
    """
)
