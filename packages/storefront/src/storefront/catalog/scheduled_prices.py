"""Scheduled prices, such as a sale from Friday to Sunday: imported from CSV, started and ended.

packages/storefront/docs/catalogue.md describes the columns. The current price depends on the
clock: the view ``live_products`` looks it up (migration 0009). `record` adds it to the price history, in
the transaction that writes the listing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import text

from storefront.catalog import bounds, exporting, own_columns, staging
from storefront.catalog.cells import BadRowError, cell, filled, instant, number
from storefront.catalog.rows import FileFormat, Rejected, Table
from storefront.catalog.rows import columns as columns_of
from storefront.catalog.service import ImportReport
from storefront.db import Database, WriteSession, on_commit
from storefront.db_errors import refusing
from storefront.errors import InvalidInput

COLUMNS = ("product_id", "currency", "price", "list_price", "valid_from", "valid_until")
NEEDED = ("product_id", "currency", "price", "valid_from")
FORMAT = FileFormat("a file of scheduled prices", COLUMNS, NEEDED, key="product_id")

EXPORT = """
    select
        colourway_id as product_id, currency, shop.major(price_minor, currency) as price,
        shop.major(list_price_minor, currency) as list_price,
        to_char(valid_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as valid_from,
        to_char(valid_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as valid_until
    from shop.prices order by colourway_id, prices.valid_from
"""

_BATCH = 10_000
_MAX_DUE = 2_000


@dataclass(frozen=True, slots=True)
class ScheduledPrice:
    """A price for a period, in minor units.

    line: of the file. now: None: the price that starts then is cancelled. before: the price before the
    reduction, None: the product's. until: None: no end.
    """

    line: int
    product_id: int
    currency: str
    now: int | None
    before: int | None
    since: datetime
    until: datetime | None


def is_price_format(file: Path) -> bool:
    """Whether the first line names columns of this format. Raises InvalidInput (422) without a file."""
    return "validfrom" in columns_of(file)


def read_prices(file: Path, *, currency: str) -> Iterator[ScheduledPrice | Rejected]:
    """Each row as a scheduled price, or a rejection with line and reason, in the order of the file.

    Raises InvalidInput (422) where a column that is needed is missing.
    """
    seen: set[tuple[int, datetime]] = set()
    table = Table(file, FORMAT)
    signs = own_columns.DecimalSigns(has_commas=table.has_decimal_commas)
    for _, row in table.rows():
        signs.observe(row)
    for line, row in table.rows():
        try:
            if isinstance(row, BadRowError):
                raise row
            cells = signs.with_points({name: cell(name, row.get(name, "")) for name in COLUMNS})
            period = _period(line, cells, currency)
            if (period.product_id, period.since) in seen:
                raise BadRowError(f"product {period.product_id} already has a price from then on")
        except BadRowError as reason:
            yield Rejected(line, str(reason))
            continue
        seen.add((period.product_id, period.since))
        yield period


def _period(line: int, cells: Mapping[str, str | None], shop_currency: str) -> ScheduledPrice:
    currency = filled("currency", cells["currency"])
    price = own_columns.price(cells, shop_currency) if cells["price"] else None
    since = instant("valid_from", filled("valid_from", cells["valid_from"]))
    ends = cells["valid_until"]
    until = None if ends is None else instant("valid_until", ends)
    if until is not None and until <= since:
        raise BadRowError(f"valid_until {ends} is not after valid_from {cells['valid_from']}")
    return ScheduledPrice(
        line=line,
        product_id=number("product_id", cells["product_id"], 1, bounds.BIGGEST_ID),
        currency=currency,
        now=price.now if price else None,
        before=price.before if price and cells["list_price"] else None,
        since=since,
        until=until,
    )


async def import_prices(
    database: Database, periods: Iterable[ScheduledPrice | Rejected], *, is_trial: bool = False
) -> ImportReport:
    """Schedule prices, or replace those that start at the same time; safe to run again.

    All in one transaction. A row with an unknown product or another currency is rejected.
    is_trial: report what would happen, and roll back.
    Raises InvalidInput (422) if two prices of a product would overlap; then nothing is written.
    """
    begin = database.trial if is_trial else database.writes
    async with begin() as session:
        return await plan(session, periods)


async def plan(session: WriteSession, periods: Iterable[ScheduledPrice | Rejected]) -> ImportReport:
    """The same in the caller's transaction, once in it. Nine statements. Raises InvalidInput (422)."""
    report = ImportReport()
    with refusing({"prices_one_at_a_time": partial(_overlap, "another is there already.")}):
        await session.execute(_STAGING)
        rest = iter(periods)
        count = 0
        while batch := list(islice(rest, _BATCH)):
            good = [row for row in batch if isinstance(row, ScheduledPrice)]
            report.rejected.extend(row for row in batch if isinstance(row, Rejected))
            await staging.copy(session, "incoming_prices", [_row(period) for period in good])
            count += len(good)
        unfit = [Rejected(line, reason) for line, reason in await session.execute(_UNFIT)]
        report.rejected = sorted([*report.rejected, *unfit], key=lambda row: row.line)
        await session.execute(_ORDER_LATER)
        gone = [*await session.scalars(_END), *await session.scalars(_DROP)]
        await _check_overlaps(session)
        written = list(await session.scalars(_PLAN))
        await session.execute(_ORDER_NOW)
    report.added = sum(written)
    report.changed = len(written) - report.added + len(gone)
    report.unchanged = count - len(unfit) - report.added - report.changed
    return report


async def export_prices(database: Database, file: Path) -> None:
    """Write all scheduled prices, including past ones, in this format. Raises Unavailable (503)."""
    await exporting.export(database, EXPORT, file)


async def note_due(session: WriteSession) -> None:
    """Mark products, at most 2,000, whose price has started or ended since. One statement.

    The writer of their listings first records these prices, with `record`.
    """
    await session.execute(_NOTE_DUE, {"most": _MAX_DUE})


async def record(session: WriteSession, product_ids: Sequence[int]) -> None:
    """Record the prices of these products that have started or ended by the start of this transaction.

    In the transaction that writes their listings, under its lock, so that history and listing agree.
    One statement, and one more for each change of the product with the most changes.
    """
    while await session.scalar(_RECORD, {"product_ids": product_ids}):
        # A trigger may have enqueued e-mails about prices (migration 0031).
        on_commit(session, "jobs")


def _row(period: ScheduledPrice) -> tuple[object, ...]:
    amounts = (period.currency, period.now, period.before)
    return (period.line, period.product_id, *amounts, period.since, period.until)


def _overlap(detail: str) -> InvalidInput:
    return InvalidInput(
        f"Two prices of a product would overlap: {detail} Nothing was written; end the first before "
        "the second starts.",
        errors=[],
    )


async def _check_overlaps(session: WriteSession) -> None:
    """Raises InvalidInput (422) with the first two prices that would overlap, their lines and times."""
    found = (await session.execute(_OVERLAPPING)).first()
    if found is None:
        return
    first = _named(found.first_from, found.first_until, found.first_line)
    second = _named(found.second_from, found.second_until, found.second_line)
    raise _overlap(f"product {found.product_id} has one {first} and one {second}.")


def _named(since: datetime, until: datetime | None, line: int | None) -> str:
    times = f"from {_written(since)} {f'until {_written(until)}' if until else 'without an end'}"
    if line is None:
        return f"{times} (scheduled already)"
    return f"{times} (line {line})" if line else times


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


_STAGING = text(
    """
    create temp table if not exists incoming_prices (
        line int, product_id bigint, currency text, price_minor bigint, list_price_minor bigint,
        valid_from timestamptz, valid_until timestamptz
    ) on commit delete rows
    """
)

_UNFIT = text(
    """
    select line, case when id is null then 'there is no product ' || product_id
        else 'currency ' || incoming.currency || ' is not that of the product, ' || one.currency end
    from incoming_prices as incoming left join shop.colourways as one on id = product_id
    where one.currency is distinct from incoming.currency
    """
)

# A file may move the end of one price and the start of the next: only the final state counts.
_ORDER_LATER = text("set constraints shop.prices_one_at_a_time deferred")
_ORDER_NOW = text("set constraints shop.prices_one_at_a_time immediate")

# A cancelled price: a current one ends, a future one is deleted, a past one is unchanged.
_END = text(
    """
    update shop.prices set valid_until = now(), turns_at = now() from incoming_prices as incoming
    where (prices.colourway_id, prices.valid_from) = (incoming.product_id, incoming.valid_from)
    and incoming.price_minor is null and tstzrange(prices.valid_from, prices.valid_until) @> now()
    and prices.valid_from < now()
    returning colourway_id
    """
)
_DROP = text(
    """
    delete from shop.prices using incoming_prices as incoming
    where (prices.colourway_id, prices.valid_from) = (incoming.product_id, incoming.valid_from)
    and incoming.price_minor is null and prices.valid_from >= now()
    returning colourway_id
    """
)

# Of the final state: what is stored, apart from what the file replaces. Lines are those of the file.
_OVERLAPPING = text(
    """
    with coming as (
        select line, product_id, valid_from, valid_until
        from incoming_prices as incoming
        join shop.colourways as one on id = product_id and one.currency = incoming.currency
        where incoming.price_minor is not null
    ), final as (
        select * from coming
        union all
        select null, colourway_id, valid_from, valid_until from shop.prices
        where colourway_id in (select product_id from coming)
        and not exists (
            select from coming
            where (product_id, coming.valid_from) = (colourway_id, prices.valid_from))
    )
    select product_id, first.valid_from as first_from, first.valid_until as first_until,
        first.line as first_line, second.valid_from as second_from,
        second.valid_until as second_until, second.line as second_line
    from final as first join final as second using (product_id)
    where first.valid_from < second.valid_from
    and (first.valid_until is null or first.valid_until > second.valid_from)
    order by least(first.line, second.line), greatest(first.line, second.line), second.valid_from
    limit 1
    """
)

# Returns for each written price whether it is new.
# xmax is 0 in a row version created by an insert, not an update (PostgreSQL docs, "System Columns").
_PLAN = text(
    """
    insert into shop.prices as old (
        colourway_id, valid_from, valid_until, currency, price_minor, list_price_minor, turns_at)
    select
        product_id, valid_from, valid_until, incoming.currency, incoming.price_minor,
        incoming.list_price_minor, greatest(valid_from, now())
    from incoming_prices as incoming
    join shop.colourways as one on id = product_id and one.currency = incoming.currency
    where incoming.price_minor is not null
    order by 1, 2
    on conflict (colourway_id, valid_from) do update set
        (valid_until, currency, price_minor, list_price_minor, turns_at) =
        (excluded.valid_until, excluded.currency, excluded.price_minor, excluded.list_price_minor,
         excluded.turns_at)
    where (old.valid_until, old.currency, old.price_minor, old.list_price_minor)
        is distinct from (excluded.valid_until, excluded.currency, excluded.price_minor,
                          excluded.list_price_minor)
    returning xmax = 0
    """
)

_NOTE_DUE = text(
    """
    with due as materialized (
        select colourway_id from shop.prices where turns_at <= now()
        order by turns_at limit :most for update skip locked
    )
    insert into shop.product_changes (colourway_id)
    select distinct colourway_id from due where not exists (
        select from shop.product_changes as noted where noted.colourway_id = due.colourway_id)
    """
)

# A price changes when it starts, when it ends, and when it was written while in effect. The price at
# that moment is recorded, if it is new; for each product only its first change, since the next one
# depends on it. Returns the number of changes.
# Changes after the start of this transaction may have been recorded by a later one that held
# the lock before: the product is marked again, since this one writes its listing as of its own start.
_RECORD = text(
    """
    with due as (
        select colourway_id, valid_from, turns_at from shop.prices
        where colourway_id = any(cast(:product_ids as bigint[])) and turns_at <= now() and not exists (
            select from shop.prices as other
            where other.colourway_id = prices.colourway_id and other.turns_at < prices.turns_at)
    ), moved as (
        update shop.prices set turns_at = case when due.turns_at < valid_until then valid_until end
        from due where (prices.colourway_id, prices.valid_from) = (due.colourway_id, due.valid_from)
    ), noted as (
        insert into shop.product_changes (colourway_id)
        select distinct colourway_id from shop.prices
        where colourway_id = any(cast(:product_ids as bigint[]))
        and (valid_from > now() and valid_from <= clock_timestamp()
            or valid_until > now() and valid_until <= clock_timestamp())
    ), held as (
        select distinct
            due.colourway_id, due.turns_at, one.currency,
            coalesce(prices.price_minor, one.price_minor) as price_minor,
            greatest(coalesce(prices.list_price_minor, one.list_price_minor), prices.price_minor)
                as list_price_minor
        from due join shop.colourways as one on one.id = due.colourway_id
        left join shop.prices on prices.colourway_id = one.id and prices.currency = one.currency
            and tstzrange(prices.valid_from, prices.valid_until) @> due.turns_at
    ), recorded as (
        insert into shop.price_history (
            colourway_id, recorded_at, currency, price_minor, list_price_minor)
        select colourway_id, turns_at, currency, price_minor, list_price_minor from held
        where (currency, price_minor, list_price_minor) is distinct from (
            select (currency, price_minor, list_price_minor) from shop.price_history as last
            where last.colourway_id = held.colourway_id and last.recorded_at <= held.turns_at
            order by recorded_at desc limit 1)
        on conflict (colourway_id, recorded_at) do update set
            (currency, price_minor, list_price_minor) =
            (excluded.currency, excluded.price_minor, excluded.list_price_minor)
    )
    select count(*) from due
    """
)
