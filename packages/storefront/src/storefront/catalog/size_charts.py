"""Size charts in their own CSV format, one row per size: read, imported, exported.

packages/storefront/docs/catalogue.md describes the columns.
The shop's own charts, ``size_charts.csv`` beside this module, are in this format; migration 0007
adds them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from sqlalchemy import text

from storefront.catalog import bounds, exporting, staging, stored_spellings
from storefront.catalog.cells import BadRowError, cell, filled, named, number, slugged
from storefront.catalog.models import MEASURES
from storefront.catalog.naming import name_key, size_key
from storefront.catalog.rows import FileFormat, Rejected, Row, Table, columns
from storefront.catalog.service import TURN_S, ImportReport
from storefront.catalog.spellings import Spellings
from storefront.db import Database, WriteSession
from storefront.locks import lock

_CHART_COLUMNS = ("name", "note")
COLUMNS = (
    "chart", *_CHART_COLUMNS, "size_system", "size", "size_sort",
    *(f"{measure}_mm" for measure in MEASURES),
)  # fmt: skip
NEEDED = ("chart", "name", "size_system", "size")
FORMAT = FileFormat("a file of size charts", COLUMNS, NEEDED, key="chart")

_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
_LONGEST_MM = 3_000

EXPORT = """
    select
        key as chart, name, note, system as size_system, label as size, given_sort as size_sort,
        {measures}
    from shop.size_charts
    join shop.size_chart_rows on size_chart_id = size_charts.id
    join shop.sizes on sizes.id = size_id
    group by key, name, note, system, label, sort, given_sort
    order by key, system, sort, label
""".format(
    measures=", ".join(
        f"min(low_mm || '-' || high_mm) filter (where measure = '{measure}') as {measure}_mm"
        for measure in MEASURES
    )
)


@dataclass(frozen=True, slots=True)
class ChartSize:
    """A size of a chart. measures: from and to, in mm, by name."""

    system: str
    label: str
    sort: int | None
    measures: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class SourceChart:
    """A chart from a file. key: as styles refer to it; note: shown below the table."""

    key: str
    name: str
    note: str | None
    sizes: tuple[ChartSize, ...]


def is_chart_format(file: Path) -> bool:
    """Whether the first line names columns of this format. Raises InvalidInput (422) without a file."""
    return "chart" in columns(file)


def read_charts(file: Path) -> Iterator[SourceChart | Rejected]:
    """Each chart with its sizes, or a rejection with line and reason, in the order of the file.

    Raises InvalidInput (422) where a column that is needed is missing.
    """
    seen: set[str] = set()
    for key, rows_of_one in groupby(Table(file, FORMAT).rows(), key=_chart_of):
        group = list(rows_of_one)
        if key in seen:
            reason = f"chart {key} occurred earlier: rows of a chart must be consecutive"
            yield Rejected(group[0][0], reason)
            continue
        seen.add(key)
        yield _together(group)


_Line = tuple[int, Row]


def _chart_of(row: _Line) -> str:
    """The key of a chart's rows; an unreadable row gets its own."""
    line, cells = row
    key = cells.key if isinstance(cells, BadRowError) else cells["chart"].strip()
    return key or f"line {line}"


def _together(group: list[_Line]) -> SourceChart | Rejected:
    first: dict[str, str | None] = {}
    sizes: dict[tuple[str, str], ChartSize] = {}
    for line, row in group:
        try:
            if isinstance(row, BadRowError):
                raise row
            cells = {name: cell(name, row.get(name, "")) for name in COLUMNS}
            first = first or cells | {
                "chart": slugged("chart", cells["chart"]),
                "name": filled("name", cells["name"]),
            }
            for name in _CHART_COLUMNS:
                if cells[name] not in (None, first[name]):
                    raise BadRowError(
                        f"{name} is {cells[name]!r} here and {first[name]!r} in the chart's first row"
                    )
            size = _size(cells)
            key = (name_key(size.system), size_key(size.label))
            first_size = sizes.setdefault(key, size)
            if first_size is not size:
                raise BadRowError(_duplicate(size, first_size))
        except BadRowError as reason:
            return Rejected(line, str(reason))
    return SourceChart(
        str(first["chart"]), str(first["name"]), first["note"], tuple(sizes.values())
    )


def _duplicate(size: ChartSize, first: ChartSize) -> str:
    same = (size.system, size.label) == (first.system, first.label)
    other = "" if same else f": it is the same as {first.system} {first.label!r}"
    return f"size {size.label!r} of the chart is a duplicate{other}"


def _size(cells: dict[str, str | None]) -> ChartSize:
    measures = {
        measure: _range(f"{measure}_mm", value)
        for measure in MEASURES
        if (value := cells[f"{measure}_mm"]) is not None
    }
    if not measures:
        raise BadRowError("it has no measure; leave out a size without known measures")
    return ChartSize(
        system=named("size_system", cells["size_system"]),
        label=filled("size", cells["size"]),
        sort=None
        if cells["size_sort"] is None
        else number("size_sort", cells["size_sort"], 0, bounds.MOST_SIZE_SORT),
        measures=measures,
    )


def _range(column: str, value: str) -> tuple[int, int]:
    """``740-820`` or ``265``, in mm."""
    parts = _RANGE.fullmatch(value)
    if parts is None:
        raise BadRowError(f"{column} {value!r} is not a range of whole mm such as 740-820")
    low = int(parts[1])
    high = int(parts[2] or low)
    if not 0 < low <= high <= _LONGEST_MM:
        raise BadRowError(f"{column} {value} is not in order, or not between 1 and {_LONGEST_MM}")
    return low, high


async def import_charts(
    database: Database, charts: Iterable[SourceChart | Rejected], *, is_trial: bool = False
) -> ImportReport:
    """Add charts, or replace existing ones; safe to run again.

    All in one transaction. Styles without a chart get that of their wearer and size system, if
    there is one now. is_trial: report what would happen, and roll back.
    Raises Unavailable (503).
    """
    report = ImportReport()
    good: list[SourceChart] = []
    for chart in charts:
        if isinstance(chart, SourceChart):
            good.append(chart)
        else:
            report.rejected.append(chart)
    begin = database.trial if is_trial else database.writes
    async with begin() as session:
        await lock(session, "import", wait_s=TURN_S)
        good = await _spelt(session, good)
        await session.execute(_STAGING)
        if good:
            await session.execute(_STAGE, [row for chart in good for row in _chart_rows(chart)])
        await staging.write_sizes(
            session, ((size.system, size.label, size.sort) for one in good for size in one.sizes)
        )
        written = (await session.execute(_CHARTS)).all()
        added = {key for key, is_new in written if is_new}
        changed = {key for key, is_new in written if not is_new}
        changed |= set(await session.scalars(_ROWS_GONE))
        changed |= set(await session.scalars(_ROWS))
        await session.execute(_LINK)
    report.added, report.changed = len(added), len(changed - added)
    report.unchanged = len(good) - report.added - report.changed
    return report


async def _spelt(session: WriteSession, charts: Sequence[SourceChart]) -> list[SourceChart]:
    """The charts with their sizes in the spelling that the shop has from now on."""
    spellings = Spellings()
    spellings.count_stored(await stored_spellings.votes(session))
    spellings.count_charts((size.system, size.label) for chart in charts for size in chart.sizes)
    await stored_spellings.respell(session, spellings)
    return [
        replace(chart, sizes=tuple(_spelt_size(size, spellings) for size in chart.sizes))
        for chart in charts
    ]


def _spelt_size(size: ChartSize, spellings: Spellings) -> ChartSize:
    system, label = spellings.size(size.system, size.label)
    return replace(size, system=system, label=label)


def _chart_rows(chart: SourceChart) -> Iterator[dict[str, object]]:
    for size in chart.sizes:
        for measure, (low, high) in size.measures.items():
            yield {
                "key": chart.key,
                "name": chart.name,
                "note": chart.note,
                "system": size.system,
                "label": size.label,
                "measure": measure,
                "low_mm": low,
                "high_mm": high,
            }


async def export_charts(database: Database, file: Path) -> None:
    """Write every size chart to a file, in this format. Raises Unavailable (503)."""
    await exporting.export(database, EXPORT, file)


_STAGING = text(
    """
    create temp table if not exists incoming_charts (
        key text, name text, note text, system text, label text, measure text,
        low_mm smallint, high_mm smallint
    ) on commit delete rows
    """
)

_STAGE = text(
    """
    insert into incoming_charts
    values (:key, :name, :note, :system, :label, :measure, :low_mm, :high_mm)
    """
)

# xmax is 0 in a row version that an insert made, not an update (PostgreSQL docs, "System Columns").
_CHARTS = text(
    """
    insert into shop.size_charts as old (key, name, note)
    select distinct key, name, note from incoming_charts order by key
    on conflict (key) do update set name = excluded.name, note = excluded.note
    where (old.name, old.note) is distinct from (excluded.name, excluded.note)
    returning key, xmax = 0
    """
)

# Returns the charts that have lost a size or a measure of one.
_ROWS_GONE = text(
    """
    delete from shop.size_chart_rows as old using shop.size_charts, shop.sizes
    where size_charts.id = size_chart_id and sizes.id = size_id
    and key in (select key from incoming_charts)
    and not exists (
        select from incoming_charts as incoming
        where (incoming.key, incoming.system, incoming.label, incoming.measure)
            = (size_charts.key, sizes.system, sizes.label, old.measure))
    returning key
    """
)

# Returns the charts with a changed range.
_ROWS = text(
    """
    with written as (
        insert into shop.size_chart_rows as old (size_chart_id, size_id, measure, low_mm, high_mm)
        select size_charts.id, sizes.id, measure, low_mm, high_mm
        from incoming_charts
        join shop.size_charts using (key)
        join shop.sizes using (system, label)
        on conflict (size_chart_id, size_id, measure)
            do update set low_mm = excluded.low_mm, high_mm = excluded.high_mm
        where (old.low_mm, old.high_mm) is distinct from (excluded.low_mm, excluded.high_mm)
        returning size_chart_id
    )
    select distinct key from written join shop.size_charts on size_charts.id = size_chart_id
    """
)

_LINK = text(
    """
    update shop.styles set size_chart_id = chart_id from (
        select style_id, shop.size_chart_of(gender, age_group, system) as chart_id from (
            select style_id, min(system) as system
            from shop.styles
            join shop.colourways on style_id = styles.id
            join shop.offered_sizes on colourway_id = colourways.id
            where size_chart_id is null group by 1
        ) as made join shop.styles on styles.id = style_id
    ) as found
    where styles.id = style_id and chart_id is not null
    """
)
