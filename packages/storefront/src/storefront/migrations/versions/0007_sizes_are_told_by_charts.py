"""The shop's size charts arrive, and styles get theirs; ages of wearers, sizes of pictures.

Sizes that are numbers are sorted by them from here on: the place among the sizes of one product, which
they had, put EU 39 before 37, since men's shoes begin with it.
"""

import csv
from collections.abc import Sequence
from importlib import resources

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MEASURES = ("height", "chest", "underbust", "waist", "hip", "finger", "foot")

# The chart of styles that name none: of this wearer and system, else of the system.
_SIZE_CHART_OF = """
    create function shop.size_chart_of(gender text, age_group text, system text) returns integer
    language sql stable parallel safe
    return (
        select id from shop.size_charts
        where key in (
            lower(case age_group when 'adult' then gender else age_group end || '-' || system),
            lower(system))
        order by length(key) desc limit 1)
"""

_LINK_STYLES = """
    update shop.styles set size_chart_id = chart_id from (
        select style_id, shop.size_chart_of(gender, age_group, system) as chart_id from (
            select style_id, min(system) as system from shop.colourways
            join shop.offered_sizes on colourway_id = colourways.id group by 1
        ) as made join shop.styles on styles.id = style_id
    ) as found
    where styles.id = style_id and chart_id is not null
"""

_SORT_SIZES = (
    "update shop.sizes set sort = label::int "
    "where system in ('waist', 'EU', 'ring') and label ~ '^[0-9]{1,4}$'",
    """
    update shop.facet_values set sort = placed.sort from (
        select label, min(1000 * coalesce(array_position(
            array['one size', 'alpha', 'waist', 'EU', 'age', 'bra', 'ring'], system), 0) + sort
        ) as sort from shop.sizes group by 1
    ) as placed where facet = 'size' and value = placed.label
    """,
)


def upgrade() -> None:
    op.add_column("size_charts", sa.Column("note", sa.Text()), schema="shop")
    _know_measures(_MEASURES)
    op.execute(_SIZE_CHART_OF)
    for row in _charts():
        op.get_bind().execute(sa.text(_ADD_SIZE), row)
        op.get_bind().execute(sa.text(_ADD_CHART), row)
        for measure in _MEASURES:
            if row[f"{measure}_mm"]:
                low, high = row[f"{measure}_mm"].split("-")
                bounds = {"measure": measure, "low": int(low), "high": int(high)}
                op.get_bind().execute(sa.text(_ADD_ROW), row | bounds)
    for statement in _SORT_SIZES:
        op.execute(statement)

    op.add_column(
        "styles",
        sa.Column("age_group", sa.Text(), server_default="adult", nullable=False),
        schema="shop",
    )
    op.create_check_constraint(
        op.f("styles_age_group_known"),
        "styles",
        "age_group in ('newborn', 'infant', 'toddler', 'kids', 'adult')",
        schema="shop",
    )
    # Listings tell neither age nor chart: none need be made again.
    op.execute("alter table shop.styles disable trigger user")
    op.execute("update shop.styles set age_group = 'kids' where gender in ('Boys', 'Girls')")
    op.execute(_LINK_STYLES)
    op.execute("alter table shop.styles enable trigger user")

    op.add_column("media", sa.Column("width", sa.Integer()), schema="shop")
    op.add_column("media", sa.Column("height", sa.Integer()), schema="shop")
    op.create_check_constraint(
        op.f("media_both_sides_or_none"),
        "media",
        "(width is null) = (height is null)",
        schema="shop",
    )
    op.create_check_constraint(
        op.f("media_sides_not_empty"), "media", "width > 0 and height > 0", schema="shop"
    )


def downgrade() -> None:
    """Back to the charts of before, which were none. Sizes keep their better order."""
    op.drop_column("media", "height", schema="shop")
    op.drop_column("media", "width", schema="shop")
    op.execute("alter table shop.styles disable trigger user")
    op.execute("update shop.styles set size_chart_id = null where size_chart_id is not null")
    op.execute("alter table shop.styles enable trigger user")
    op.drop_column("styles", "age_group", schema="shop")
    op.execute("drop function shop.size_chart_of(text, text, text)")
    op.execute("delete from shop.size_chart_rows")
    op.execute("delete from shop.size_charts")
    _know_measures(("chest", "waist", "hip", "foot", "height"))
    op.drop_column("size_charts", "note", schema="shop")


def _know_measures(measures: Sequence[str]) -> None:
    name = op.f("size_chart_rows_measure_known")
    op.drop_constraint(name, "size_chart_rows", schema="shop", type_="check")
    known = ", ".join(f"'{measure}'" for measure in measures)
    op.create_check_constraint(name, "size_chart_rows", f"measure in ({known})", schema="shop")


def _charts() -> list[dict[str, str]]:
    """Rows of the file of the shop's own charts, in the form that ``storefront import`` reads."""
    file = resources.files("storefront.catalog") / "size_charts.csv"
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


_ADD_SIZE = """
    insert into shop.sizes (system, label, sort)
    values (:size_system, :size, cast(cast(:size_sort as text) as smallint))
    on conflict (system, label) do nothing
"""

# What concerns the whole chart stands in its first row.
_ADD_CHART = """
    insert into shop.size_charts (key, name, note)
    values (:chart, :name, nullif(cast(:note as text), '')) on conflict (key) do nothing
"""

_ADD_ROW = """
    insert into shop.size_chart_rows (size_chart_id, size_id, measure, low_mm, high_mm)
    select size_charts.id, sizes.id, :measure, :low, :high
    from shop.size_charts, shop.sizes
    where key = :chart and system = :size_system and label = :size
"""
