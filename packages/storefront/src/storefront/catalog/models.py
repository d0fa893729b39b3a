"""Tables of the catalogue: style (a design) → colourway (what a grid shows) → SKU (what is sold).

Colour changes the picture, the address and often the price; size changes none of these, only stock
(docs/decisions/0008). Money is integer minor units plus currency.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.catalog import bounds
from storefront.db import Base

MEASURES = ("height", "chest", "underbust", "waist", "hip", "finger", "foot")
"""Body measurements: height, girths from top to bottom, foot length."""

_UTC = TIMESTAMP(timezone=True)


def _in_bounds(column: str) -> str:
    return (
        f"{column} >= '{bounds.EARLIEST:%Y-%m-%d}+00' and {column} < '{bounds.LATEST:%Y-%m-%d}+00'"
    )


class Brand(Base):
    """The brand of a design. key: its name as ``naming.fold`` returns it; slug: for addresses."""

    __tablename__ = "brands"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)


class Category(Base):
    """A node of the tree: master category, sub-category, article type.

    path: slugs from the root joined by ``/``, such as ``apparel/topwear/shirts``.
    """

    __tablename__ = "categories"
    __table_args__ = (Index(None, "path", postgresql_ops={"path": "text_pattern_ops"}),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    path: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)


class SizeChart(Base):
    """Body measurements by size, for one kind of garment and wearer.

    key: ``women-alpha``, ``kids-eu``, ``ring``: by wearer and size system, or system alone, a chart is
    found for styles that name none (``shop.size_chart_of``, migration 0007). note: the source of its
    numbers, and how to measure; shown below the table.
    """

    __tablename__ = "size_charts"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class Style(Base):
    """A design: brand, cut and material, in one or more colours.

    key: its name in the source, by which later imports find the style.
    age_group: of the wearer, as in Google's product data specification.
    tax_class: which tax rate of a country applies: ``standard``, or the name of a reduced one.
    """

    __tablename__ = "styles"
    __table_args__ = (
        CheckConstraint(
            "gender in ('Men', 'Women', 'Unisex', 'Boys', 'Girls')", name="gender_known"
        ),
        CheckConstraint(
            "age_group in ('newborn', 'infant', 'toddler', 'kids', 'adult')",
            name="age_group_known",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
    gender: Mapped[str] = mapped_column(Text)
    age_group: Mapped[str] = mapped_column(Text, server_default="adult")
    description: Mapped[str | None] = mapped_column(Text)
    material: Mapped[str | None] = mapped_column(Text)
    fit: Mapped[str | None] = mapped_column(Text)
    care: Mapped[str | None] = mapped_column(Text)
    size_chart_id: Mapped[int | None] = mapped_column(ForeignKey("size_charts.id"))
    tax_class: Mapped[str] = mapped_column(Text, server_default="standard")


class Colourway(Base):
    """A design in one colour: the product of a grid, of a page and of the API.

    id: the merchant's product number, from the source; generated ones start at 1,000,000,000.
    is_pictured: whether media has a picture of it; updated by the service that writes media.
    price_minor: the price if no scheduled Price applies; list_price_minor: the price before a
    reduction, never less.
    popularity: relative sales. rating_avg, rating_count: of its published
    reviews, written by their trigger (migration 0020); None and 0 without reviews. fit_avg: no longer
    read or written; the release after this one may drop it.
    """

    __tablename__ = "colourways"
    __table_args__ = (
        CheckConstraint("price_minor > 0 and price_minor <= list_price_minor", name="price_sane"),
        CheckConstraint(f"list_price_minor <= {bounds.MOST_MINOR}", name="price_in_bounds"),
        CheckConstraint(f"id between 1 and {bounds.BIGGEST_ID}", name="id_in_bounds"),
        CheckConstraint(_in_bounds("published_at"), name="published_in_bounds"),
        CheckConstraint(
            f"char_length(name) between 1 and {bounds.MOST_CHARACTERS}", name="name_in_bounds"
        ),
        CheckConstraint("status in ('live', 'hidden')", name="status_known"),
        CheckConstraint("popularity >= 0 and rating_count >= 0", name="counts_not_negative"),
        CheckConstraint("rating_avg between 1 and 5", name="rating_in_stars"),
        CheckConstraint("fit_avg between -2 and 2", name="fit_in_scale"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(start=1_000_000_000), primary_key=True)
    style_id: Mapped[int] = mapped_column(ForeignKey("styles.id"), index=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    colour_name: Mapped[str | None] = mapped_column(Text)
    colour_family: Mapped[str | None] = mapped_column(Text)
    colour_hex: Mapped[str | None] = mapped_column(Text)
    season: Mapped[str | None] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(SmallInteger)
    usage: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    list_price_minor: Mapped[int] = mapped_column(BigInteger)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text, server_default="live")
    is_pictured: Mapped[bool] = mapped_column(server_default=text("false"))
    popularity: Mapped[int] = mapped_column(server_default="0")
    rating_avg: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    rating_count: Mapped[int] = mapped_column(server_default="0")
    fit_avg: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    published_at: Mapped[datetime] = mapped_column(_UTC)
    imported_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class Size(Base):
    """A label within a system: ``EU 42``, ``alpha M``, ``waist 32``. sort: its position in the system.

    The position is given_sort, from the source, if every size of the system has one; otherwise
    natural_sort (``catalog/size_order.py``). The importer updates it (``staging.write_sizes``).
    """

    __tablename__ = "sizes"
    __table_args__ = (UniqueConstraint("system", "label"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    system: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(SmallInteger)
    given_sort: Mapped[int | None] = mapped_column(SmallInteger)
    natural_sort: Mapped[int] = mapped_column(server_default="2140000000")


class SizeChartRow(Base):
    """A body measurement of a size in a chart: a range in mm.

    measure: a girth (chest, underbust, waist, hip, finger), the foot's length or the body's height.
    """

    __tablename__ = "size_chart_rows"
    __table_args__ = (
        CheckConstraint(
            f"measure in ({', '.join(map(repr, MEASURES))})",
            name="measure_known",
        ),
        CheckConstraint("0 < low_mm and low_mm <= high_mm", name="range_in_order"),
    )

    size_chart_id: Mapped[int] = mapped_column(ForeignKey("size_charts.id"), primary_key=True)
    size_id: Mapped[int] = mapped_column(ForeignKey("sizes.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(Text, primary_key=True)
    low_mm: Mapped[int] = mapped_column(SmallInteger)
    high_mm: Mapped[int] = mapped_column(SmallInteger)


class PriceRecord(Base):
    """A price since the time it was set; the newest is the current one. Append-only.

    Written by a trigger on colourways (migration 0002), so that no change is missed, and when a
    scheduled Price starts or ends. Needed to show the lowest price of the thirty days before a
    reduction (Directive 98/6/EC, article 6a).
    """

    __tablename__ = "price_history"

    colourway_id: Mapped[int] = mapped_column(ForeignKey("colourways.id"), primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(_UTC, primary_key=True, server_default=func.now())
    currency: Mapped[str] = mapped_column(Text)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    list_price_minor: Mapped[int] = mapped_column(BigInteger)


class Price(Base):
    """A scheduled price that replaces a colourway's own; never two at the same time.

    list_price_minor: None: that of the colourway. valid_until: None: no end.
    turns_at: when it next starts or ends, or was written since; None once that is recorded.
    """

    __tablename__ = "prices"
    __table_args__ = (
        CheckConstraint("price_minor > 0 and price_minor <= list_price_minor", name="price_sane"),
        CheckConstraint(
            f"greatest(price_minor, list_price_minor) <= {bounds.MOST_MINOR}",
            name="price_in_bounds",
        ),
        CheckConstraint("valid_from < valid_until", name="valid_in_order"),
        CheckConstraint(_in_bounds("valid_from"), name="valid_in_bounds"),
        ExcludeConstraint(
            (text("int8range(colourway_id, colourway_id, '[]')"), "&&"),
            (text("tstzrange(valid_from, valid_until)"), "&&"),
            name="prices_one_at_a_time",
            deferrable=True,
        ),
    )

    colourway_id: Mapped[int] = mapped_column(ForeignKey("colourways.id"), primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(_UTC, primary_key=True)
    valid_until: Mapped[datetime | None] = mapped_column(_UTC)
    currency: Mapped[str] = mapped_column(Text)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    list_price_minor: Mapped[int | None] = mapped_column(BigInteger)
    turns_at: Mapped[datetime | None] = mapped_column(_UTC, index=True)


class Sku(Base):
    """A colourway in one size: the unit of stock, sale and shipping.

    code: as on a warehouse label, such as ``15970-ALPHA-M``.
    is_offered: whether the product is (still) sold in this size; gtin: the bar code, if it has one.
    """

    __tablename__ = "skus"
    __table_args__ = (
        UniqueConstraint("colourway_id", "size_id"),
        Index("skus_lower_code_idx", text("lower(code)")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    colourway_id: Mapped[int] = mapped_column(ForeignKey("colourways.id"))
    size_id: Mapped[int] = mapped_column(ForeignKey("sizes.id"), index=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    is_offered: Mapped[bool] = mapped_column(server_default=text("true"))
    gtin: Mapped[str | None] = mapped_column(Text, unique=True)
    weight_g: Mapped[int | None] = mapped_column(Integer)


class Import(Base):
    """A source that was imported completely. fingerprint: of its content and of the import's options."""

    __tablename__ = "imports"

    fingerprint: Mapped[str] = mapped_column(Text, primary_key=True)
    finished_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class BulkEdit(Base):
    """A file with changes of many products. content: CSV in the shop's own format."""

    __tablename__ = "bulk_edits"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now(), index=True)
    applied_at: Mapped[datetime | None] = mapped_column(_UTC)


class BulkChange(Base):
    """What a file changed of one product. changes: [[size or empty, column, old, new]]."""

    __tablename__ = "bulk_changes"

    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    bulk_edit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("bulk_edits.id"), primary_key=True)
    changes: Mapped[list[list[str]]] = mapped_column(JSONB)


class Medium(Base):
    """A picture of a colourway. key: of the original in the picture store; position 0 is shown on tiles.

    width and height: of the original, upright, in px; both None if unknown.
    """

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("colourway_id", "position"),
        CheckConstraint("(width is null) = (height is null)", name="both_sides_or_none"),
        CheckConstraint("width > 0 and height > 0", name="sides_not_empty"),
        Index("media_key_idx", "key"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    colourway_id: Mapped[int] = mapped_column(ForeignKey("colourways.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    key: Mapped[str] = mapped_column(Text)
    alt: Mapped[str] = mapped_column(Text)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
