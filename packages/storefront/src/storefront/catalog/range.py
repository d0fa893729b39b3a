"""The whole range as staff see it: every product, hidden ones too, by filters."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from storefront.db import ReadSession, plan_for_values
from storefront.errors import NotFound
from storefront.money import Money
from storefront.paging import Page, page_of

Status = Literal["live", "hidden"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which products; None: any. search: a product number, SKU or bar code, or a part of the name.

    category: a path such as ``apparel/topwear``, and all below it; brand: its name, whatever the case.
    """

    search: str | None = None
    status: Status | None = None
    brand: str | None = None
    category: str | None = None
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class RangeRow:
    """A product in the list. colours: products of its design, this one included."""

    id: int
    name: str
    brand: str | None
    colour: str | None
    category_path: str
    status: Status
    price: Money
    picture: str | None
    colours: int


@dataclass(frozen=True, slots=True)
class Sku:
    """A size of a product, as the stock knows it."""

    id: int
    code: str


async def products(
    session: ReadSession, which: Filter, *, most: int, before: int | None = None
) -> Page[RangeRow]:
    """The products that a filter finds, the highest number first. before: ``next`` of the page before.

    Two statements.
    """
    await plan_for_values(session)
    parameters = _parameters(which) | {"most": most + 1, "before_id": before}
    found = [
        RangeRow(
            id=row.id,
            name=row.name,
            brand=row.brand,
            colour=row.colour_name,
            category_path=row.path,
            status=row.status,
            price=Money(row.price_minor, row.currency),
            picture=row.picture,
            colours=row.colours,
        )
        for row in await session.execute(_ROWS, parameters)
    ]
    return page_of(found, most)


async def sku(session: ReadSession, code: str) -> Sku:
    """A SKU, of a hidden product too, by its code as typed or in capitals. One statement.

    Raises NotFound (404).
    """
    row = (await session.execute(_SKU, {"code": code.strip()})).one_or_none()
    if row is None:
        raise NotFound(f"There is no SKU {code}.")
    return Sku(row.id, row.code)


async def count(session: ReadSession, which: Filter) -> int:
    """How many products a filter finds. One statement."""
    found: int = await session.scalar(_COUNT, _parameters(which))
    return found


async def ids(session: ReadSession, which: Filter, *, most: int) -> list[int]:
    """The numbers of the products that a filter finds, the lowest first. One statement."""
    return list(await session.scalars(_IDS, _parameters(which) | {"most": most}))


def _parameters(which: Filter) -> dict[str, object]:
    search = which.search.strip() if which.search else ""
    number = int(search) if search.isascii() and search.isdecimal() and len(search) < 19 else None
    pattern = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        "search": search or None,
        "number": number,
        "pattern": f"%{pattern}%",
        "status": which.status,
        "brand": which.brand,
        "category": which.category,
        "gender": which.gender,
    }


_FOUND = """
    from shop.colourways
    join shop.styles on styles.id = style_id
    join shop.categories on categories.id = category_id
    left join shop.brands on brands.id = brand_id
    where (cast(:search as text) is null
        or colourways.id = cast(:number as bigint)
        or colourways.name ilike :pattern
        or exists (select from shop.skus where colourway_id = colourways.id
            and (lower(code) = lower(:search) or gtin = :search)))
    and (cast(:status as text) is null or status = :status)
    and (cast(:brand as text) is null or lower(brands.name) = lower(:brand))
    and (cast(:category as text) is null or starts_with(path || '/', :category || '/'))
    and (cast(:gender as text) is null or gender = :gender)
"""
_FIND = f"""
    select colourways.id, colourways.name, brands.name as brand, colour_name, path, status,
        price_minor, currency,
        (select key from shop.media where colourway_id = colourways.id and position = 0) as picture,
        (select count(*) from shop.colourways as sister
            where sister.style_id = colourways.style_id) as colours
    {_FOUND}
    and (cast(:before_id as bigint) is null or colourways.id < :before_id)
    order by colourways.id desc limit :most
"""  # noqa: S608 - constants
_FIND_IDS = f"select colourways.id {_FOUND} order by colourways.id limit :most"
_COUNT_ALL = f"select count(*) {_FOUND}"
_ROWS, _IDS, _COUNT = text(_FIND), text(_FIND_IDS), text(_COUNT_ALL)
_SKU = text(
    """
    select id, code from shop.skus where code in (:code, upper(:code))
    order by code = :code desc limit 1
    """
)
