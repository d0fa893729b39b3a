"""Edits of products by staff: by the importer, in one transaction, with what differs afterwards.

A form, the API and a file of many products all end here. Stock is not edited: a size that is new begins
with none, and what was counted stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storefront.catalog import importing, own_columns, sheets, stored_spellings
from storefront.catalog.cells import instant
from storefront.catalog.rows import Rejected
from storefront.catalog.sheets import BadSheet, Difference, Faults, Sheet
from storefront.catalog.source import SourceProduct, SourceSize
from storefront.catalog.spellings import Spellings
from storefront.db import WriteSession
from storefront.db_errors import is_value_refused
from storefront.errors import Conflict, NotFound
from storefront.locks import lock


class EditedMeanwhile(Conflict):
    """Somebody else changed the product after it was read: ``current`` is what it is now.

    Nothing was changed. Compare, and send the edit again with the ``version`` that is given here.
    """

    slug, title = "edited-meanwhile", "Somebody else has changed this"

    def __init__(self, current: Sheet) -> None:
        super().__init__(
            f"Product {current.product['product_id']} was changed after you opened it. Compare, and "
            "save again.",
            current={"product": current.product, "sizes": list(current.sizes)},
            version=current.version,
        )
        self.current = current


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit did. added: products that are new; rejected: by product, what was not taken; kept:
    codes of sizes that stay as they are, since a piece in the warehouse bears them."""

    differences: Sequence[Difference]
    added: frozenset[int]
    rejected: Mapping[int, Rejected]
    kept: Sequence[Rejected]


async def save(
    session: WriteSession, sheet: Sheet, *, currency: str, version: str | None
) -> tuple[int, Edit]:
    """Create a product, or change it; returns its number. Some forty statements.

    version: of the sheet that the edit began with; None for a new product, which gets the next number
    where the sheet has none.
    Raises NotFound (404), EditedMeanwhile (409), BadSheet (422).
    """
    if version is None and not sheet.product.get("product_id", "").strip():
        number: int = await session.scalar(_NEXT_NUMBER)
        sheet = replace(sheet, product={**sheet.product, "product_id": str(number)})
    product = sheets.product_of(sheet, currency=currency)
    await lock(session, "import")
    stored = (await sheets.sheets(session, [product.id])).get(product.id)
    if version is None and stored is not None:
        faults = Faults({"#/product/product_id": f"product {product.id} is there already"})
        faults.check()
    if version is not None and stored is None:
        raise NotFound(f"There is no product {product.id}.")
    if stored is not None and stored.version != version:
        raise EditedMeanwhile(stored)
    if product.published_at is None:
        product = replace(product, published_at=_published(stored))
    if stored is None:
        product = replace(product, popularity=0)
    try:
        edit = await _write(session, [product])
    except DBAPIError as error:
        if not is_value_refused(error):
            raise
        raise BadSheet("The database refuses a value.", errors=[]) from error
    faults = Faults()
    for rejected in (*edit.rejected.values(), *edit.kept):
        faults.note(_pointer(rejected), rejected.reason)
    faults.check()
    return product.id, edit


async def write(session: WriteSession, products: Sequence[SourceProduct]) -> Edit:
    """Write many products, 2,000 at most. Products that cannot be written are rejected.

    Raises DBAPIError where the database refuses a value: `service.import_products` finds out of which.
    """
    await lock(session, "import")
    return await _write(session, products)


async def _write(session: WriteSession, products: Sequence[SourceProduct]) -> Edit:
    ids = [product.id for product in products]
    styles = [product.style for product in products if product.style]
    concerned = sorted({*ids, *await sheets.of_designs(session, ids, styles)})
    before = await sheets.sheets(session, concerned)
    await _clear_labels(session, products, before)
    counted = [_without_stock(product, before.get(product.id)) for product in products]
    spellings = Spellings()
    spellings.count_stored(await stored_spellings.votes(session))
    spellings.count_stored(await stored_spellings.votes(session, ids), sign=-1)
    spellings.count_source(counted)
    outcome = await importing.write(session, counted, spellings)
    differences = tuple(sheets.differences(before, await sheets.sheets(session, concerned)))
    kept = [Rejected(doubt.line, doubt.reason) for doubt in outcome.doubts]
    return Edit(differences, frozenset(outcome.added), outcome.rejected, kept)


def _published(stored: Sheet | None) -> datetime:
    """When the product was published, where the sheet does not say: as before, or now."""
    if stored is None:
        return datetime.now(UTC)
    return instant("published_at", stored.product["published_at"])


def _known_sizes(stored: Sheet | None) -> Iterable[Mapping[str, str]]:
    return (*stored.sizes, *stored.unoffered) if stored is not None else ()


def _without_stock(product: SourceProduct, stored: Sheet | None) -> SourceProduct:
    """The product with no pieces of its new sizes; what is there of the others stays."""
    codes = {size["sku"] for size in _known_sizes(stored)}
    keys = {
        own_columns.size_key(SourceSize(size["size_system"], size["size"]))
        for size in _known_sizes(stored)
    }
    return replace(
        product,
        picture=None,
        sizes=tuple(
            replace(
                size,
                pieces=None if size.sku in codes or own_columns.size_key(size) in keys else 0,
            )
            for size in product.sizes or ()
        ),
    )


async def _clear_labels(
    session: WriteSession, products: Sequence[SourceProduct], stored: Mapping[int, Sheet]
) -> None:
    """Remove bar codes and weights that the products no longer have: an import leaves them alone."""
    cleared: dict[str, list[str]] = {"gtin": [], "weight_g": []}
    for product in products:
        known = {size["sku"]: size for size in _known_sizes(stored.get(product.id))}
        for size in product.sizes or ():
            before = known.get(size.sku or "")
            if before is not None:
                if before["gtin"] and size.gtin is None:
                    cleared["gtin"].append(before["sku"])
                if before["weight_g"] and size.weight_g is None:
                    cleared["weight_g"].append(before["sku"])
    if any(cleared.values()):
        await session.execute(_CLEAR_LABELS, cleared)


def _pointer(rejected: Rejected) -> str:
    """The cell that a rejected product is about. A reason begins with the column, or names it."""
    column = rejected.reason.split(" ", 1)[0]
    if column in ("sku", "gtin"):
        return f"#/sizes/{rejected.line}/{column}"
    if "size chart" in rejected.reason:
        return "#/product/size_chart"
    return f"#/product/{column}" if column in ("style", "tax_class") else "#/product"


_NEXT_NUMBER = text("select nextval(pg_get_serial_sequence('shop.colourways', 'id'))")
_CLEAR_LABELS = text(
    """
    update shop.skus set
        gtin = case when code = any(cast(:gtin as text[])) then null else gtin end,
        weight_g = case when code = any(cast(:weight_g as text[])) then null else weight_g end
    where code = any(cast(:gtin as text[]) || cast(:weight_g as text[]))
    """
)
