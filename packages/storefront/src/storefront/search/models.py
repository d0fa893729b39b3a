"""Tables of the read model, for listings and search: derived from other tables, never edited.

Only ``read_model/refresh.py`` writes ``listings``, for the products in ``product_changes``. Triggers on
the tables of catalog and inventory (migration 0002) record changes there, in the same transaction.
"""

from datetime import datetime
from decimal import Decimal

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
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Listing(Base):
    """A live colourway, ready to be filtered, sorted and displayed. Hidden ones have no row.

    facets, sizes_in_stock: ids of facet_values; of categories, including every ancestor.
    lowest_price_minor: of the thirty days before the present price, if that is below the list price.
    card: the product's JSON as the API returns it; tiles are rendered from it too.
    badges: ``reduced``, ``sold-out``.
    """

    __tablename__ = "listings"
    __table_args__ = (
        Index(
            "listings_featured_idx",
            text("is_pictured desc"),
            text("published_at desc"),
            text("colourway_id desc"),
        ),
        # The order of names, in both directions; the id breaks ties, so pages are stable. All other
        # orders are those of search/index/product_index.py.
        Index("listings_title_idx", text("lower(title)"), "colourway_id"),
        Index("listings_style_id_idx", "style_id"),
        # A starting process reads only this, not the wide rows.
        Index(
            "listings_entries_idx",
            "colourway_id",
            postgresql_include=[
                "facets",
                "sizes_in_stock",
                "price_minor",
                "popularity",
                "published_at",
                "rating",
                "is_pictured",
            ],
        ),
        Index("listings_facets_idx", "facets", postgresql_using="gin"),
        Index("listings_sizes_in_stock_idx", "sizes_in_stock", postgresql_using="gin"),
        {"postgresql_with": {"fillfactor": "90"}},
    )

    colourway_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    style_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    brand: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    list_price_minor: Mapped[int] = mapped_column(BigInteger)
    lowest_price_minor: Mapped[int | None] = mapped_column(BigInteger)
    popularity: Mapped[int] = mapped_column(Integer)
    published_at: Mapped[datetime] = mapped_column(_UTC)
    rating: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    rating_count: Mapped[int] = mapped_column(Integer)
    is_pictured: Mapped[bool]
    thumb: Mapped[str | None] = mapped_column(Text)
    badges: Mapped[list[str]] = mapped_column(ARRAY(Text))
    facets: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    sizes_in_stock: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    card: Mapped[str] = mapped_column(Text)


class ListingText(Base):
    """The text of a listing, which each process indexes. details: material, fit, description and year.

    Separate from ``listings``, so that a starting process need not read the wide rows.
    """

    __tablename__ = "listing_texts"

    colourway_id: Mapped[int] = mapped_column(
        ForeignKey("listings.colourway_id", ondelete="cascade"),
        primary_key=True,
        autoincrement=False,
    )
    title: Mapped[str] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)


class ListingState(Base):
    """The read model's version, in one row. version: incremented by each visible change.

    cursor_key: signs cursors, shared by all processes.
    """

    __tablename__ = "listing_states"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cursor_key: Mapped[str] = mapped_column(Text, server_default=text("(gen_random_uuid())::text"))


class ListingVersion(Base):
    """The products whose listings a version of the read model changed or deleted.

    Processes read these again to follow it (read_model/follower.py). Deleted after an hour; those
    after the stored index after a day.
    """

    __tablename__ = "listing_versions"

    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    product_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    made_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class IndexSet(Base):
    """One set of products of the stored index, from which a process of a large shop starts
    (read_model/index_snapshot.py). layout: of the sets, which a release may change; version: of the read
    model, the same in all rows; products: a roaring bitmap in its portable format."""

    __tablename__ = "index_sets"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    layout: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(BigInteger)
    products: Mapped[bytes] = mapped_column(LargeBinary)


class FacetValue(Base):
    """A value that a listing can be filtered by.

    facet: ``gender``, ``category``, ``base_color``, ``color_family``, ``season``, ``usage``, ``brand``,
    ``size``; ``offer``, of which the only value is ``reduced``. value: as in a URL (of a category its
    path, of a size its system and label, ``EU:42``); label: as displayed; sort: its position, where the
    facet has an order of its own. Values are only ever added, so ids in rows stay valid.
    """

    __tablename__ = "facet_values"
    __table_args__ = (UniqueConstraint("facet", "value"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    facet: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(server_default="0")
    hex: Mapped[str | None] = mapped_column(Text)


class ProductChange(Base):
    """The outbox of catalog and inventory: a product whose listing must be refreshed. Written by
    triggers, in the transaction of the change; deleted by the process that refreshes the listing."""

    __tablename__ = "product_changes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    colourway_id: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class Synonym(Base):
    """A merchant's synonym: a search for ``term`` also finds ``means``.

    Both folded by ``shop.plain``; one row per direction.
    """

    __tablename__ = "synonyms"

    term: Mapped[str] = mapped_column(Text, primary_key=True)
    means: Mapped[str] = mapped_column(Text, primary_key=True)


class LoggedSearch(Base):
    """A search: its query, the number of results, and how many of them were opened."""

    __tablename__ = "search_log"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now(), index=True)
    query: Mapped[str] = mapped_column(Text)
    result_count: Mapped[int] = mapped_column(Integer)
    click_count: Mapped[int] = mapped_column(Integer, server_default="0")
