"""Tables of the catalogue: style (a design) → colourway (what a grid shows) → SKU (what is sold).

Colour changes the picture, the address and often the price; size changes none of them, only stock
(docs/decisions/0008). Money is integer minor units beside its currency.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Brand(Base):
    """The house that makes a design."""

    __tablename__ = "brands"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
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


class Style(Base):
    """A design: brand, cut and material, in one or more colours.

    key: how its source names it; importing again finds the style by it.
    """

    __tablename__ = "styles"
    __table_args__ = (
        CheckConstraint(
            "gender in ('Men', 'Women', 'Unisex', 'Boys', 'Girls')", name="gender_known"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
    gender: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    material: Mapped[str | None] = mapped_column(Text)


class Colourway(Base):
    """A design in one colour: the product of a grid, of a page and of the API.

    id: the merchant's product number, given by the source; the shop's own begin at 1,000,000,000.
    is_pictured: whether media has a picture of it; the service that writes media keeps it.
    price_minor: what is paid now; list_price_minor: what it is reduced from, never less.
    """

    __tablename__ = "colourways"
    __table_args__ = (
        CheckConstraint("price_minor > 0 and price_minor <= list_price_minor", name="price_sane"),
        CheckConstraint("status in ('live', 'hidden')", name="status_known"),
        Index(
            "colourways_featured_idx",
            text("is_pictured desc"),
            text("published_at desc"),
            text("id desc"),
        ),
        Index("colourways_newest_idx", text("published_at desc"), text("id desc")),
        Index("colourways_price_idx", "price_minor", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(start=1_000_000_000), primary_key=True)
    style_id: Mapped[int] = mapped_column(ForeignKey("styles.id"), index=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    colour_name: Mapped[str | None] = mapped_column(Text)
    colour_family: Mapped[str | None] = mapped_column(Text)
    season: Mapped[str | None] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(SmallInteger)
    usage: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    list_price_minor: Mapped[int] = mapped_column(BigInteger)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text, server_default="live")
    is_pictured: Mapped[bool] = mapped_column(server_default=text("false"))
    published_at: Mapped[datetime] = mapped_column(_UTC)
    imported_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class Size(Base):
    """A label within a system: ``EU 42``, ``alpha M``, ``waist 32``. sort: order within the system."""

    __tablename__ = "sizes"
    __table_args__ = (UniqueConstraint("system", "label"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    system: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(SmallInteger)


class Sku(Base):
    """A colourway in one size: the thing that is counted, sold and sent.

    code: what a warehouse label reads, such as ``15970-ALPHA-M``.
    is_offered: whether the product is (still) made in this size.
    """

    __tablename__ = "skus"
    __table_args__ = (UniqueConstraint("colourway_id", "size_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    colourway_id: Mapped[int] = mapped_column(ForeignKey("colourways.id"))
    size_id: Mapped[int] = mapped_column(ForeignKey("sizes.id"), index=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    is_offered: Mapped[bool] = mapped_column(server_default=text("true"))


class Import(Base):
    """A source that was imported to its end. fingerprint: of its content and of our way to read it."""

    __tablename__ = "imports"

    fingerprint: Mapped[str] = mapped_column(Text, primary_key=True)
    finished_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class Medium(Base):
    """A picture of a colourway. key: its original in the picture store; position 0 is the tile's."""

    __tablename__ = "media"
    __table_args__ = (UniqueConstraint("colourway_id", "position"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    colourway_id: Mapped[int] = mapped_column(ForeignKey("colourways.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    key: Mapped[str] = mapped_column(Text)
    alt: Mapped[str] = mapped_column(Text)
