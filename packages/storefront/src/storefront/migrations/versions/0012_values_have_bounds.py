"""Values have bounds, brands are known by their folded names, sizes and names sort naturally.

The bounds are those of storefront/catalog/bounds.py, as they were when this was written.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_FIRST, _LAST = "1970-01-01+00", "2200-01-01+00"
_PUBLISHED = f"published_at >= '{_FIRST}' and published_at < '{_LAST}'"
_VALID = f"valid_from >= '{_FIRST}' and valid_from < '{_LAST}'"

# A time that no listing can hold took every page with it: the nearest that one can.
_WITHIN = """
    update shop.colourways set published_at =
        greatest(timestamptz '1970-01-01+00', least(timestamptz '2199-12-31+00', published_at))
    where published_at not between '1970-01-01+00' and '2199-12-31+00'
"""
_PRICES_WITHIN = """
    delete from shop.prices where valid_from not between '1970-01-01+00' and '2199-12-31+00'
"""

_CHECKS = {
    ("colourways", "price_in_bounds"): "list_price_minor <= 10000000000",
    ("colourways", "published_in_bounds"): _PUBLISHED,
    ("colourways", "name_in_bounds"): "char_length(name) between 1 and 300",
    ("colourways", "id_in_bounds"): "id between 1 and 4611686018427387904",
    ("prices", "price_in_bounds"): "greatest(price_minor, list_price_minor) <= 10000000000",
    ("prices", "valid_in_bounds"): _VALID,
}

# As naming.fold has it, as far as SQL can: case, width, apostrophes, hyphens, blanks.
_FOLD = r"""
    update shop.brands set key = trim(regexp_replace(translate(
        lower(normalize(translate(name, U&'\2018\2019\201B\02BC\0060\00B4', ''''''''''''''), NFKC)),
        U&'\2010\2011\2013\2014\2212\200B\2060\FEFF\00AD', '-----'), '\s+', ' ', 'g'))
"""
_ONE_BRAND_A_KEY = [
    _FOLD,
    """
    update shop.styles set brand_id = first.id
    from shop.brands as one, (select key, min(id) as id from shop.brands group by 1) as first
    where one.id = brand_id and first.key = one.key and first.id <> one.id
    """,
    """
    delete from shop.brands where exists (
        select from shop.brands as first where first.key = brands.key and first.id < brands.id)
    """,
]

# Where the sizes of a system have places of their own, a source gave them.
_GIVEN = """
    update shop.sizes set given_sort = sort where system in (
        select system from shop.sizes group by 1 having count(distinct sort) = count(*))
"""


def upgrade() -> None:
    op.execute(_WITHIN)
    op.execute(_PRICES_WITHIN)
    for (table, name), condition in _CHECKS.items():
        op.execute(f"alter table shop.{table} add constraint {table}_{name} check ({condition})")
    op.add_column("brands", sa.Column("key", sa.Text()), schema="shop")
    for statement in _ONE_BRAND_A_KEY:
        op.execute(statement)
    op.alter_column("brands", "key", nullable=False, schema="shop")
    op.create_unique_constraint(op.f("brands_key_key"), "brands", ["key"], schema="shop")
    op.add_column("sizes", sa.Column("given_sort", sa.SmallInteger()), schema="shop")
    op.add_column(
        "sizes",
        sa.Column("natural_sort", sa.Integer(), server_default="2140000000", nullable=False),
        schema="shop",
    )
    op.execute(_GIVEN)
    op.execute("drop index shop.listings_title_idx")
    op.execute("create index listings_title_idx on shop.listings (lower(title), colourway_id)")


def downgrade() -> None:
    op.execute("drop index shop.listings_title_idx")
    op.execute("create index listings_title_idx on shop.listings (title, colourway_id)")
    op.drop_column("sizes", "natural_sort", schema="shop")
    op.drop_column("sizes", "given_sort", schema="shop")
    op.execute("alter table shop.brands drop constraint brands_key_key")
    op.drop_column("brands", "key", schema="shop")
    for table, name in _CHECKS:
        op.execute(f"alter table shop.{table} drop constraint {table}_{name}")
