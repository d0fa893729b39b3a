"""Writes of the catalogue: imports of products, in batches, and exports."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storefront.catalog import (
    exporting,
    importing,
    own_format,
    rules,
    stored_spellings,
    stored_values,
)
from storefront.catalog.designs import Designs
from storefront.catalog.rows import Doubt, Rejected
from storefront.catalog.source import SourceProduct
from storefront.catalog.spellings import Spellings
from storefront.db import Database
from storefront.db_errors import is_value_refused
from storefront.locks import lock

# Products per transaction: an interrupted import loses two seconds' work, which the next one repeats.
_BATCH = 2_000
TURN_S = 600.0  # how long to wait for the batch of another import: on a busy machine a minute


@dataclass(slots=True)
class ImportReport:
    """The result of an import. unchanged: existing products with the same values.

    notices: assumptions about the file; doubts: rows imported despite a doubt.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """The number of rows read."""
        return self.added + self.changed + self.unchanged + len(self.rejected)

    @property
    def took_nothing(self) -> bool:
        """Whether there were rows and none could be imported."""
        return len(self.rejected) == self.read > 0


async def import_products(
    database: Database,
    products: Iterable[SourceProduct | Rejected],
    *,
    currency: str = rules.CURRENCY,
    is_trial: bool = False,
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> ImportReport:
    """Add or update products; safe to run again and to interrupt.

    products: consumed once, 2,000 at a time, each batch in its own transaction.
    currency: the shop's, for prices that the source does not have.
    on_progress: called after each batch with its number of rows.
    is_trial: say what would happen, and undo it.
    A product that the database rejects (a duplicate code, a value out of bounds) is left out
    alone. Stock that the source does not have is drawn once, when a size first appears: later imports
    never restock. Stock in the source is set, never below the reserved quantity.
    Raises Unavailable (503); earlier batches stay committed.
    """
    report = ImportReport()
    run = _Run(database, report, is_trial)
    await run.begin()
    for read in _batches(products):
        batch = await run.decided(read)
        report.rejected.extend(row for row in batch if isinstance(row, Rejected))
        await run.take(
            [_completed(row, currency) for row in batch if isinstance(row, SourceProduct)]
        )
        on_progress(len(batch))
    for rows in (report.rejected, report.doubts):
        rows.sort(key=lambda row: row.line)
    return report


class _Run:
    """One import. spellings: the spelling of names so far."""

    def __init__(self, database: Database, report: ImportReport, is_trial: bool) -> None:
        self._database = database
        self._report = report
        self._transaction = database.trial if is_trial else database.writes
        self._spellings = Spellings()
        self._designs = Designs()

    async def begin(self) -> None:
        """Read the shop's spelling of names. One statement."""
        async with self._database.reads() as session:
            self._spellings.count_stored(await stored_spellings.votes(session))

    async def decided(
        self, batch: Sequence[SourceProduct | Rejected]
    ) -> Sequence[SourceProduct | Rejected]:
        """The products and rejections of a batch, by what the shop has. Two statements at most."""
        async with self._database.reads() as session:
            return await stored_values.decided(session, batch)

    async def take(self, products: list[SourceProduct]) -> None:
        """Write a batch, and report its result."""
        async with self._database.reads() as session:
            products = self._agreeing(await stored_values.completed(session, products))
            if not products:
                return
            ids = [product.id for product in products]
            self._spellings.count_stored(await stored_spellings.votes(session, ids), sign=-1)
        self._spellings.count_source(products)
        await self._write(products)
        self._report.doubts.extend(
            Doubt(product.line, doubt) for product in products for doubt in product.doubts
        )

    def _agreeing(self, products: Sequence[SourceProduct]) -> list[SourceProduct]:
        """Products that agree with the others of their style; the rest is rejected.

        Of a source with all columns, its reader has checked this.
        """
        agreeing: list[SourceProduct] = []
        for product in products:
            reason = (
                self._designs.disagreement(product)
                if product.absent & stored_values.CHANGES
                else None
            )
            if reason is None:
                agreeing.append(product)
            else:
                self._report.rejected.append(Rejected(product.line, reason))
        return agreeing

    async def _write(self, products: list[SourceProduct]) -> None:
        """Write in one transaction; if the database rejects a value, in halves, down to the product."""
        report = self._report
        try:
            async with self._transaction() as session:
                await lock(session, "import", wait_s=TURN_S)
                outcome = await importing.write(session, products, self._spellings)
        except DBAPIError as error:
            if not is_value_refused(error):
                raise
            if len(products) == 1:
                report.rejected.append(Rejected(products[0].line, _refusal(error)))
                return
            half = len(products) // 2
            await self._write(products[:half])
            await self._write(products[half:])
            return
        report.added += len(outcome.added)
        report.changed += len(outcome.changed)
        taken = len(products) - len(outcome.rejected)
        report.unchanged += taken - len(outcome.added) - len(outcome.changed)
        report.rejected.extend(outcome.rejected.values())
        report.doubts.extend(outcome.doubts)


def _completed(product: SourceProduct, currency: str) -> SourceProduct:
    """The product with the sizes and price that its source does not have."""
    if product.sizes and product.price:
        return product
    return replace(
        product,
        sizes=product.sizes or rules.sizes_of(product),
        price=product.price or rules.price_of(product, currency),
    )


def _refusal(error: DBAPIError) -> str:
    cause = error.orig.__cause__ if error.orig is not None else None
    detail = getattr(cause, "detail", None)
    return f"the database rejects it: {cause}{f' ({detail})' if detail else ''}"


async def export_products(database: Database, file: Path) -> None:
    """Write every product and size to a file in the shop's own format. Raises Unavailable (503)."""
    await exporting.export(database, own_format.EXPORT, file)


async def note_import(database: Database, fingerprint: str) -> None:
    """Record that a source was imported completely. One statement."""
    async with database.writes() as session:
        await session.execute(
            text(
                "insert into shop.imports values (:fingerprint) "
                "on conflict (fingerprint) do update set finished_at = now()"
            ),
            {"fingerprint": fingerprint},
        )


async def refresh_statistics(database: Database) -> None:
    """Update the planner's statistics; useful after a large import."""
    async with database.writes() as session:
        await session.execute(
            text(
                "analyze shop.brands, shop.categories, shop.styles, shop.colourways, "
                "shop.sizes, shop.skus, shop.media, shop.stock_levels, shop.listings"
            )
        )


def _batches(
    products: Iterable[SourceProduct | Rejected],
) -> Iterator[list[SourceProduct | Rejected]]:
    rest = iter(products)
    while batch := list(islice(rest, _BATCH)):
        yield batch
