"""Reads of the catalogue, as the shapes that pages and the API show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storefront.catalog.models import Brand, Category, Colourway, Import, Medium, Size, Sku, Style
from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.inventory import queries as inventory
from storefront.money import Money

Sort = Literal["featured", "newest", "price", "name"]
Order = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a listing is narrowed to. Values of one field are alternatives; fields add up.

    category: paths such as ``apparel/topwear``, each meaning all below it too.
    min_price, max_price: minor units, both included.
    """

    gender: Sequence[str] = ()
    category: Sequence[str] = ()
    master_category: Sequence[str] = ()
    sub_category: Sequence[str] = ()
    article_type: Sequence[str] = ()
    base_color: Sequence[str] = ()
    season: Sequence[str] = ()
    usage: Sequence[str] = ()
    brand: Sequence[str] = ()
    size: Sequence[str] = ()
    min_price: int | None = None
    max_price: int | None = None


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A colourway as a tile shows it. category_path: slugs from the root; picture: key or None."""

    id: int
    style_id: int
    slug: str
    name: str
    brand: str | None
    gender: str
    master_category: str
    sub_category: str
    article_type: str
    category_path: str
    colour_name: str | None
    colour_family: str | None
    season: str | None
    year: int | None
    usage: str | None
    price: Money
    list_price: Money
    picture: str | None
    imported_at: datetime

    @property
    def is_reduced(self) -> bool:
        """Whether it costs less than its list price."""
        return self.price.minor < self.list_price.minor


@dataclass(frozen=True, slots=True)
class SizeOffer:
    """A size of a product: its SKU and the pieces that can still be sold."""

    sku: str
    system: str
    label: str
    left: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a product: key in the picture store, and what it shows."""

    key: str
    alt: str


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Everything a product page shows. colours: every live colour of the design, this one included."""

    card: ProductCard
    description: str | None
    material: str | None
    pictures: Sequence[Picture]
    sizes: Sequence[SizeOffer]
    colours: Sequence[ProductCard]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing, and how many products the whole of it has."""

    cards: Sequence[ProductCard]
    total: int
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.page_size))

    @property
    def has_more(self) -> bool:
        """Whether a next page has products."""
        return self.page < self.pages


@dataclass(slots=True)
class CategoryNode:
    """A category with the number of live products in it and below it."""

    path: str
    name: str
    count: int = 0
    children: list["CategoryNode"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Navigation:
    """Live products by gender, and the categories that hold any; most first."""

    genders: dict[str, int]
    categories: list[CategoryNode]


# The three levels of the category tree: article type, sub-category, master category.
_KIND, _SUB, _MASTER = aliased(Category), aliased(Category), aliased(Category)


async def listing(
    session: ReadSession,
    filters: Filters,
    *,
    sort: Sort = "featured",
    order: Order = "desc",
    page: int = 1,
    page_size: int = 24,
) -> Listing:
    """A page of live products. A page beyond the last is empty. Two statements."""
    matches = _matching(filters)
    ordering = _ordering(sort, order)
    total = await session.scalar(select(func.count()).select_from(Colourway).where(matches))
    ids = (
        select(Colourway.id)
        .where(matches)
        .order_by(*ordering)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    rows = await session.execute(_cards(Colourway.id.in_(ids)).order_by(*ordering))
    return Listing([_card(row) for row in rows], total or 0, page, page_size)


async def product_page(session: ReadSession, product_id: int) -> ProductPage:
    """A live product with its sizes, pictures and sister colours. Five statements.

    Raises NotFound (404).
    """
    row = (
        await session.execute(
            _cards(Colourway.id == product_id).add_columns(Style.description, Style.material)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no product {product_id}.")
    card = _card(row)
    sisters = await session.execute(
        _cards(Colourway.style_id == card.style_id).order_by(Colourway.colour_name, Colourway.id)
    )
    pictures = await session.execute(
        select(Medium.key, Medium.alt)
        .where(Medium.colourway_id == product_id)
        .order_by(Medium.position)
    )
    return ProductPage(
        card=card,
        description=row.description,
        material=row.material,
        pictures=[Picture(key, alt) for key, alt in pictures],
        sizes=await _sizes(session, product_id),
        colours=[_card(sister) for sister in sisters],
    )


async def navigation(session: ReadSession, *, genders: Sequence[str] = ()) -> Navigation:
    """The ways into the catalogue; categories are counted for these genders (none: for all).

    Two statements.
    """
    by_gender: Counter[str] = Counter()
    by_category: Counter[int] = Counter()
    counted = await session.execute(
        select(Style.gender, Style.category_id, func.count())
        .join(Colourway, Colourway.style_id == Style.id)
        .where(Colourway.status == "live")
        .group_by(Style.gender, Style.category_id)
    )
    for gender, category_id, count in counted:
        by_gender[gender] += count
        if not genders or gender in genders:
            by_category[category_id] += count
    nodes: dict[str, CategoryNode] = {}
    rows = await session.execute(
        select(Category.id, Category.path, Category.name).order_by(Category.path)
    )
    for category_id, path, name in rows:
        nodes[path] = CategoryNode(path, name)
        steps = path.split("/")
        for depth in range(len(steps)):  # a parent's path sorts before its children's
            nodes["/".join(steps[: depth + 1])].count += by_category[category_id]
    return Navigation(genders=dict(by_gender.most_common()), categories=_tree(nodes))


async def was_imported(session: ReadSession, fingerprint: str) -> bool:
    """Whether a source was imported to its end. One statement."""
    return await session.get(Import, fingerprint) is not None


async def readable(session: ReadSession) -> None:
    """Read from every table that a page needs; the database's own error where one cannot be.

    Three statements.
    """
    await session.execute(_cards(true()).limit(1))
    await _sizes(session, 0)


def _tree(nodes: dict[str, CategoryNode]) -> list[CategoryNode]:
    roots: list[CategoryNode] = []
    for path, node in sorted(nodes.items(), key=lambda item: -item[1].count):
        parent = nodes.get(path.rpartition("/")[0])
        if node.count:
            (parent.children if parent else roots).append(node)
    return roots


async def _sizes(session: ReadSession, product_id: int) -> list[SizeOffer]:
    rows = (
        await session.execute(
            select(Sku.id, Sku.code, Size.system, Size.label)
            .join(Size)
            .where(Sku.colourway_id == product_id, Sku.is_offered)
            .order_by(Size.system, Size.sort)
        )
    ).all()
    left = await inventory.pieces_left(session, [row.id for row in rows])
    return [SizeOffer(row.code, row.system, row.label, left.get(row.id, 0)) for row in rows]


def _cards(matches: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Colourway.id,
            Colourway.style_id,
            Colourway.slug,
            Colourway.name,
            Colourway.colour_name,
            Colourway.colour_family,
            Colourway.season,
            Colourway.year,
            Colourway.usage,
            Colourway.currency,
            Colourway.price_minor,
            Colourway.list_price_minor,
            Colourway.imported_at,
            Style.gender,
            Brand.name.label("brand"),
            _KIND.name.label("article_type"),
            _KIND.path.label("category_path"),
            _SUB.name.label("sub_category"),
            _MASTER.name.label("master_category"),
            Medium.key.label("picture"),
        )
        .join(Style, Style.id == Colourway.style_id)
        .join(_KIND, _KIND.id == Style.category_id)
        .join(_SUB, _SUB.id == _KIND.parent_id)
        .join(_MASTER, _MASTER.id == _SUB.parent_id)
        .outerjoin(Brand, Brand.id == Style.brand_id)
        .outerjoin(Medium, and_(Medium.colourway_id == Colourway.id, Medium.position == 0))
        .where(Colourway.status == "live", matches)
    )


def _card(row: Row[Any]) -> ProductCard:
    return ProductCard(
        id=row.id,
        style_id=row.style_id,
        slug=row.slug,
        name=row.name,
        brand=row.brand,
        gender=row.gender,
        master_category=row.master_category,
        sub_category=row.sub_category,
        article_type=row.article_type,
        category_path=row.category_path,
        colour_name=row.colour_name,
        colour_family=row.colour_family,
        season=row.season,
        year=row.year,
        usage=row.usage,
        price=Money(row.price_minor, row.currency),
        list_price=Money(row.list_price_minor, row.currency),
        picture=row.picture,
        imported_at=row.imported_at,
    )


def _matching(filters: Filters) -> ColumnElement[bool]:
    """Live colourways that pass every filter. Filters on other tables are semi-joins, so that neither
    the count nor the choice of a page's ids joins what nobody asked for."""
    wanted: list[ColumnElement[bool]] = [Colourway.status == "live"]
    for column, values in (
        (Colourway.colour_name, filters.base_color),
        (Colourway.season, filters.season),
        (Colourway.usage, filters.usage),
    ):
        if values:
            wanted.append(column.in_(values))
    if filters.min_price is not None:
        wanted.append(Colourway.price_minor >= filters.min_price)
    if filters.max_price is not None:
        wanted.append(Colourway.price_minor <= filters.max_price)
    if filters.size:
        wanted.append(
            Colourway.id.in_(
                select(Sku.colourway_id)
                .join(Size)
                .where(Size.label.in_(filters.size), Sku.is_offered)
            )
        )
    if style := _style_conditions(filters):
        wanted.append(Colourway.style_id.in_(select(Style.id).where(*style)))
    return and_(*wanted)


def _style_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.gender:
        wanted.append(Style.gender.in_(filters.gender))
    if filters.brand:
        wanted.append(Style.brand_id.in_(select(Brand.id).where(Brand.name.in_(filters.brand))))
    category: list[ColumnElement[bool]] = []
    if filters.category:
        below = [_KIND.path.startswith(f"{path}/", autoescape=True) for path in filters.category]
        category.append(or_(_KIND.path.in_(filters.category), *below))
    for name, values in (
        (_KIND.name, filters.article_type),
        (_SUB.name, filters.sub_category),
        (_MASTER.name, filters.master_category),
    ):
        if values:
            category.append(name.in_(values))
    if category:
        wanted.append(
            Style.category_id.in_(
                select(_KIND.id)
                .join(_SUB, _SUB.id == _KIND.parent_id)
                .join(_MASTER, _MASTER.id == _SUB.parent_id)
                .where(*category)
            )
        )
    return wanted


def _ordering(sort: Sort, order: Order) -> list[ColumnElement[Any]]:
    """Featured: those with a picture first, then the newest. Ties are broken by id in the same
    direction, so that one index serves both directions and pages are stable."""
    columns: dict[Sort, list[InstrumentedAttribute[Any]]] = {
        "featured": [Colourway.is_pictured, Colourway.published_at],
        "newest": [Colourway.published_at],
        "price": [Colourway.price_minor],
        "name": [Colourway.name],
    }
    by: list[InstrumentedAttribute[Any]] = [*columns[sort], Colourway.id]
    return [column.asc() if order == "asc" else column.desc() for column in by]
