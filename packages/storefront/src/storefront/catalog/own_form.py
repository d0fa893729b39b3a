"""Reads and writes the shop's own form of a catalogue: a CSV file with one row a size of a product.

docs/catalogue.md describes the columns. The rows of a product follow each other; what concerns the
whole product is said in its first row, and is empty or the same in the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path

from storefront.catalog.rows import (
    AGE_GROUPS,
    GENDERS,
    MOST_CHARACTERS,
    BadRowError,
    Rejected,
    cell,
    filled,
    header,
    instant,
    number,
    one_of,
    rows,
    season,
    sluggable,
    slugged,
    year,
)
from storefront.catalog.source import SourcePicture, SourcePrice, SourceProduct, SourceSize
from storefront.money import digits_of

PRODUCT_COLUMNS = (
    "product_id", "style", "brand", "name", "gender", "master_category", "sub_category",
    "article_type", "colour", "season", "year", "usage", "description", "material", "fit", "care",
    "age_group", "size_chart", "currency", "price", "list_price", "published_at", "status",
    "picture", "picture_width", "picture_height",
)  # fmt: skip
SIZE_COLUMNS = ("size_system", "size", "size_sort", "sku", "gtin", "weight_g", "stock")
COLUMNS = PRODUCT_COLUMNS + SIZE_COLUMNS
NEEDED = (
    "product_id", "name", "gender", "master_category", "sub_category", "article_type",
    "currency", "price", "size_system", "size",
)  # fmt: skip

_LONG = {"description": 5_000}
BIGGEST_ID = 2**62
_BIGGEST_NUMBER = 1_000_000_000
_LONGEST_SIDE = 100_000

_Row = tuple[int, dict[str, str] | BadRowError]


# The columns in their order, of every product, hidden ones too, and of every size that is offered.
EXPORT = """
    select
        colourways.id as product_id, styles.key as style, brands.name as brand, colourways.name,
        gender, master.name as master_category, sub.name as sub_category,
        kind.name as article_type, colour_name as colour, season, year, usage, description,
        material, fit, care, age_group, size_charts.key as size_chart, currency,
        shop.major(price_minor, currency) as price, shop.major(list_price_minor, currency) as list_price,
        to_char(published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as published_at,
        status, media.key as picture, media.width as picture_width,
        media.height as picture_height, offered.system as size_system, offered.label as size,
        offered.sort as size_sort, skus.code as sku, gtin, weight_g, pieces as stock
    from shop.colourways
    join shop.styles on styles.id = style_id
    join shop.categories as kind on kind.id = category_id
    join shop.categories as sub on sub.id = kind.parent_id
    join shop.categories as master on master.id = sub.parent_id
    left join shop.brands on brands.id = brand_id
    left join shop.size_charts on size_charts.id = size_chart_id
    left join shop.media on media.colourway_id = colourways.id and position = 0
    join shop.offered_sizes as offered on offered.colourway_id = colourways.id
    join shop.skus on skus.id = sku_id
    order by colourways.id, offered.system, offered.sort, offered.label
"""


def is_own_form(file: Path) -> bool:
    """Whether the first line names columns of this form. Raises InvalidInput (422) without a file."""
    return "product_id" in header(file)


def count_products(file: Path) -> int:
    """How many answers read_products will give."""
    return sum(1 for _ in groupby(rows(file, COLUMNS, needed=NEEDED), key=_product_of))


def read_products(
    file: Path, pictures: Mapping[int, SourcePicture]
) -> Iterator[SourceProduct | Rejected]:
    """Each product with its sizes, or a rejection with line and reason, in the order of the file.

    pictures: the stored originals by product id; they win over the file's column.
    Raises InvalidInput (422) where a column that is needed is missing.
    """
    seen: set[int] = set()
    for _, rows_of_one in groupby(rows(file, COLUMNS, needed=NEEDED), key=_product_of):
        group = list(rows_of_one)
        answer = _together(group, pictures)
        if isinstance(answer, SourceProduct):
            if answer.id in seen:
                reason = (
                    f"product {answer.id} came before: rows of a product must follow each other"
                )
                answer = Rejected(group[0][0], reason)
            else:
                seen.add(answer.id)
        yield answer


def _product_of(row: _Row) -> str | int:
    """What rows of one product have in common; a row that cannot be read stands alone."""
    line, cells = row
    return line if isinstance(cells, BadRowError) else cells["product_id"].strip()


def _together(group: list[_Row], pictures: Mapping[int, SourcePicture]) -> SourceProduct | Rejected:
    product: SourceProduct | None = None
    first: dict[str, str | None] = {}
    sizes: dict[tuple[str, str], SourceSize] = {}
    for line, row in group:
        try:
            if isinstance(row, BadRowError):
                raise row
            cells = {name: _cell(name, row.get(name, "")) for name in COLUMNS}
            if product is None:
                product, first = _product(cells, pictures), cells
            _check_agrees(first, cells)
            size = _size(cells)
            if sizes.setdefault((size.system, size.label), size) is not size:
                raise BadRowError(f"size {size.label!r} of the product was there already")
        except BadRowError as reason:
            return Rejected(line, str(reason))
    assert product is not None
    return replace(product, sizes=tuple(sizes.values()))


def _cell(column: str, value: str) -> str | None:
    return cell(column, value, most=_LONG.get(column, MOST_CHARACTERS))


def _check_agrees(first: Mapping[str, str | None], cells: Mapping[str, str | None]) -> None:
    for name in PRODUCT_COLUMNS:
        if cells[name] is not None and cells[name] != first[name]:
            raise BadRowError(
                f"{name} is {cells[name]!r} here and {first[name]!r} in the product's first row"
            )


def _product(
    cells: Mapping[str, str | None], pictures: Mapping[int, SourcePicture]
) -> SourceProduct:
    product_id = number("product_id", cells["product_id"], 1, BIGGEST_ID)
    status, published_at = cells["status"], cells["published_at"]
    age_group, chart = cells["age_group"], cells["size_chart"]
    return SourceProduct(
        id=product_id,
        name=filled("name", cells["name"]),
        gender=one_of("gender", cells["gender"], GENDERS),
        master_category=sluggable("master_category", cells["master_category"]),
        sub_category=sluggable("sub_category", cells["sub_category"]),
        article_type=sluggable("article_type", cells["article_type"]),
        base_colour=cells["colour"],
        season=season(cells["season"]),
        year=year(cells["year"]),
        usage=cells["usage"],
        brand=cells["brand"] and sluggable("brand", cells["brand"]),
        style=cells["style"],
        description=cells["description"],
        material=cells["material"],
        picture=pictures.get(product_id) or _picture(cells),
        fit=cells["fit"],
        care=cells["care"],
        age_group=age_group and one_of("age_group", age_group, AGE_GROUPS),
        size_chart=chart and slugged("size_chart", chart),
        price=price(cells),
        published_at=instant("published_at", published_at) if published_at else None,
        is_live=None if status is None else one_of("status", status, ("live", "hidden")) == "live",
    )


def _picture(cells: Mapping[str, str | None]) -> SourcePicture | None:
    key, width, height = cells["picture"], cells["picture_width"], cells["picture_height"]
    if key is None:
        return None
    if width is None and height is None:
        return SourcePicture(key)
    return SourcePicture(
        key,
        number("picture_width", width, 1, _LONGEST_SIDE),
        number("picture_height", height, 1, _LONGEST_SIDE),
    )


def price(cells: Mapping[str, str | None]) -> SourcePrice:
    """Of the columns currency, price and list_price."""
    currency = filled("currency", cells["currency"])
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise BadRowError(f"currency {currency!r} is no code of ISO 4217, such as USD")
    now = _minor("price", filled("price", cells["price"]), currency)
    list_price = cells["list_price"]
    before = now if list_price is None else _minor("list_price", list_price, currency)
    if before < now:
        raise BadRowError(f"list_price {list_price} is below price {cells['price']}")
    return SourcePrice(now, before, currency)


def _minor(column: str, value: str, currency: str) -> int:
    digits = digits_of(currency)
    try:
        minor = Decimal(value).scaleb(digits)
    except InvalidOperation as error:
        raise BadRowError(f"{column} {value!r} is no number") from error
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise BadRowError(f"{column} {value} has more than {digits} digits after the point")
    if not 0 < minor <= _BIGGEST_NUMBER:
        raise BadRowError(f"{column} {value} is not above 0, or too great")
    return int(minor)


def _size(cells: Mapping[str, str | None]) -> SourceSize:
    def given(name: str, most: int) -> int | None:
        value = cells[name]
        return None if value is None else number(name, value, 0, most)

    return SourceSize(
        system=filled("size_system", cells["size_system"]),
        label=sluggable("size", cells["size"]),
        sort=given("size_sort", 9_999) or 0,
        sku=cells["sku"],
        pieces=given("stock", _BIGGEST_NUMBER),
        gtin=cells["gtin"],
        weight_g=given("weight_g", _BIGGEST_NUMBER),
    )
