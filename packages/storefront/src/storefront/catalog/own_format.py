"""Reads and writes a catalogue in the shop's own format: a CSV file with a row for each size.

docs/catalogue.md describes the columns. The rows of a product follow each other; what concerns the
whole product stands in its first row, and is empty or the same in the rest.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from storefront.catalog import bounds, doubts
from storefront.catalog.cells import (
    AGE_GROUPS,
    GENDERS,
    BadRowError,
    cell,
    filled,
    gtin,
    has_check_digit,
    instant,
    minor,
    named,
    number,
    one_of,
    season,
    size_label,
    slugged,
    unspoilt,
    year,
)
from storefront.catalog.naming import fold, tidy, visible
from storefront.catalog.rows import FileFormat, Rejected, Row, Table, columns
from storefront.catalog.source import SourcePicture, SourcePrice, SourceProduct, SourceSize
from storefront.money import is_known

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

FORMAT = FileFormat("a file in the shop's own format", COLUMNS, NEEDED, key="product_id")

_STYLE_COLUMNS = (
    "brand", "gender", "master_category", "sub_category", "article_type", "age_group", "size_chart",
    "description", "material", "fit", "care",
)  # fmt: skip
_WITH_LINES = ("description", "care")
_MOST_CHARACTERS = {"description": bounds.MOST_DESCRIPTION}
_AMOUNTS = ("price", "list_price")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
_PICTURE = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")

_Line = tuple[int, Row]
_Cells = Mapping[str, str | None]


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
        given_sort as size_sort, skus.code as sku, gtin, weight_g, pieces as stock
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
    join shop.sizes on sizes.id = skus.size_id
    order by colourways.id, offered.system, offered.sort, offered.label
"""


def is_own_format(file: Path) -> bool:
    """Whether the first line names columns of this format. Raises InvalidInput (422) without a file."""
    return "productid" in columns(file)


def count_products(file: Path) -> int:
    """How many answers read_products will give."""
    return sum(1 for _ in groupby(Table(file, FORMAT).rows(), key=_product_of))


def read_products(
    file: Path,
    pictures: Mapping[int, SourcePicture],
    *,
    currency: str,
    is_trusted: bool = False,
) -> Iterator[SourceProduct | Rejected]:
    """Each product with its sizes, or a rejection with line and reason, in the order of the file.

    pictures: the stored originals by product id; they win over the file's column. currency: the
    shop's; is_trusted: nothing of a row is doubted. The file is read twice, to know beforehand which
    products have rows in several places.
    Raises InvalidInput (422) where a column that is needed is missing.
    """
    table = Table(file, FORMAT)
    scattered = _scattered(table)
    styles = _Styles()
    for product_id, rows_of_one in groupby(table.rows(), key=_product_of):
        group = list(rows_of_one)
        try:
            if lines := scattered.get(product_id):
                if group[0][0] != lines[0]:
                    continue  # reported where it begins
                raise _AtLineError(
                    lines[0],
                    f"rows of product {product_id} must follow each other; they begin on the lines "
                    f"{' and '.join(map(str, lines))}",
                )
            product = _together(group, pictures, currency, table.has_decimal_commas)
            if product.style is not None:
                styles.check(product)
        except _AtLineError as bad:
            yield Rejected(bad.line, str(bad))
            continue
        yield product if is_trusted else _doubted(product)


class _AtLineError(Exception):
    """What is wrong with a product, and on which line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def _product_of(line: _Line) -> int | str:
    """What rows of one product have in common; a row of no product stands alone."""
    number_, row = line
    key = row.key if isinstance(row, BadRowError) else row["product_id"]
    if key and not key.isalnum():
        key = tidy(visible(key))
    if not key:
        return f"line {number_}"
    return int(key) if key.isascii() and key.isdigit() and len(key) < 20 else key


def _scattered(table: Table) -> dict[int | str, list[int]]:
    """The products whose rows do not follow each other, with the lines that they begin on."""
    first: dict[int | str, int] = {}
    lines: dict[int | str, list[int]] = {}
    for product_id, rows_of_one in groupby(table.rows(), key=_product_of):
        line = next(rows_of_one)[0]
        if first.setdefault(product_id, line) != line:
            lines.setdefault(product_id, [first[product_id]]).append(line)
    return lines


class _Styles:
    """What products of each style of a file say of it: the same, or it would be lost."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[int, tuple[object, ...]]] = {}

    def check(self, product: SourceProduct) -> None:
        """Raises _AtLineError where an earlier product of the style says otherwise."""
        assert product.style is not None
        shared = (
            product.brand, product.gender, product.master_category, product.sub_category,
            product.article_type, product.age_group, product.size_chart,
        )  # fmt: skip
        long = (product.description, product.material, product.fit, product.care)
        said = (*(value and sys.intern(value) for value in shared), *map(hash, long))
        line, before = self._said.setdefault(product.style, (product.line, said))
        for column, here, there in zip(_STYLE_COLUMNS, said, before, strict=True):
            if here != there:
                values = f" ({here!r} and {there!r})" if isinstance(here, str) else ""
                raise _AtLineError(
                    product.line,
                    f"{column} is not what product on line {line} has, which is of the same style "
                    f"{product.style!r}{values}",
                )


def _together(
    group: Sequence[_Line],
    pictures: Mapping[int, SourcePicture],
    currency: str,
    has_decimal_commas: bool,
) -> SourceProduct:
    product: SourceProduct | None = None
    first: dict[str, str | None] = {}
    sizes: dict[tuple[str, str], SourceSize] = {}
    for line, row in group:
        try:
            if isinstance(row, BadRowError):
                raise row
            cells = {name: _cell(name, row.get(name, "")) for name in COLUMNS}
            if has_decimal_commas:
                cells = with_points(cells)
            if product is None:
                product, first = _product(line, cells, pictures, currency), cells
            _check_agrees(first, cells)
            size = _size(line, cells)
            if sizes.setdefault((fold(size.system), fold(size.label)), size) is not size:
                raise BadRowError(f"size {size.label!r} of the product was there already")
        except BadRowError as reason:
            raise _AtLineError(line, str(reason)) from reason
    assert product is not None
    return replace(product, sizes=tuple(sizes.values()))


def _cell(column: str, value: str) -> str | None:
    most = _MOST_CHARACTERS.get(column, bounds.MOST_CHARACTERS)
    return cell(column, value, most=most, has_lines=column in _WITH_LINES)


def with_points(cells: Mapping[str, str | None]) -> dict[str, str | None]:
    """The cells with ``19,99`` as ``19.99`` in the columns of prices."""
    return {
        name: value.replace(",", ".")
        if value and name in _AMOUNTS and _DECIMAL_COMMA.fullmatch(value)
        else value
        for name, value in cells.items()
    }


def _check_agrees(first: _Cells, cells: _Cells) -> None:
    for name in PRODUCT_COLUMNS:
        if cells[name] is not None and cells[name] != first[name]:
            raise BadRowError(
                f"{name} is {cells[name]!r} here and {first[name] or ''!r} in the product's first row"
            )


def _product(
    line: int, cells: _Cells, pictures: Mapping[int, SourcePicture], currency: str
) -> SourceProduct:
    product_id = number("product_id", cells["product_id"], 1, bounds.BIGGEST_ID)
    status, published_at = cells["status"], cells["published_at"]
    age_group, chart = cells["age_group"], cells["size_chart"]
    return SourceProduct(
        id=product_id,
        name=filled("name", cells["name"]),
        gender=one_of("gender", cells["gender"], GENDERS),
        master_category=named("master_category", cells["master_category"]),
        sub_category=named("sub_category", cells["sub_category"]),
        article_type=named("article_type", cells["article_type"]),
        base_colour=cells["colour"],
        season=season(cells["season"]),
        year=year(cells["year"]),
        usage=cells["usage"],
        brand=cells["brand"] and named("brand", cells["brand"]),
        style=cells["style"] and unspoilt("style", cells["style"]),
        description=cells["description"],
        material=cells["material"],
        picture=_picture(cells) if product_id not in pictures else pictures[product_id],
        fit=cells["fit"],
        care=cells["care"],
        age_group=age_group and one_of("age_group", age_group, AGE_GROUPS),
        size_chart=chart and slugged("size_chart", chart),
        price=price(cells, currency),
        published_at=instant("published_at", published_at) if published_at else None,
        is_live=None if status is None else one_of("status", status, ("live", "hidden")) == "live",
        line=line,
    )


def _picture(cells: _Cells) -> SourcePicture | None:
    key, width, height = cells["picture"], cells["picture_width"], cells["picture_height"]
    if key is None:
        return None
    if not _PICTURE.fullmatch(key):
        raise BadRowError(
            f"picture {key!r} is not a key of the picture store, such as shop/7-a.jpg"
        )
    if width is None and height is None:
        return SourcePicture(key)
    return SourcePicture(
        key,
        number("picture_width", width, 1, bounds.LONGEST_SIDE_PX),
        number("picture_height", height, 1, bounds.LONGEST_SIDE_PX),
    )


def price(cells: _Cells, shop_currency: str) -> SourcePrice:
    """Of the columns currency, price and list_price, in the shop's currency."""
    currency = filled("currency", cells["currency"])
    if not is_known(currency):
        raise BadRowError(f"currency {currency!r} is not a code of ISO 4217 such as USD")
    if currency != shop_currency:
        raise BadRowError(f"currency {currency} is not that of the shop, {shop_currency}")
    now = minor("price", filled("price", cells["price"]), currency)
    list_price = cells["list_price"]
    before = now if list_price is None else minor("list_price", list_price, currency)
    if before < now:
        raise BadRowError(f"list_price {list_price} is below price {cells['price']}")
    return SourcePrice(now, before, currency)


def _size(line: int, cells: _Cells) -> SourceSize:
    def given(name: str, most: int) -> int | None:
        value = cells[name]
        return None if value is None else number(name, value, 0, most)

    bar_code = cells["gtin"]
    return SourceSize(
        system=named("size_system", cells["size_system"]),
        label=size_label(filled("size", cells["size"])),
        sort=given("size_sort", bounds.MOST_SIZE_SORT),
        sku=cells["sku"] and unspoilt("sku", cells["sku"]),
        pieces=given("stock", bounds.MOST_PIECES),
        gtin=bar_code and gtin(bar_code),
        weight_g=given("weight_g", bounds.MOST_GRAMS),
        line=line,
    )


def _doubted(product: SourceProduct) -> SourceProduct:
    """The product with what is odd about its rows; nothing is changed, since the shop wrote them."""
    meant, _, doubt = doubts.wearer_of(product.name, product.gender)
    found = [
        said for column, value in _texts_of(product) if (said := doubts.about_text(column, value))
    ]
    if doubt and (meant != product.gender or product.age_group is None):
        found.append(f"{doubt.rpartition(':')[0]}: kept as the file says")
    found += [
        f"gtin {size.gtin} of size {size.label!r} has another check digit than it must have: kept"
        for size in product.sizes or ()
        if size.gtin and not has_check_digit(size.gtin)
    ]
    return replace(product, doubts=tuple(found))


def _texts_of(product: SourceProduct) -> Iterator[tuple[str, str | None]]:
    yield "name", product.name
    yield "brand", product.brand
    yield "style", product.style
    yield "colour", product.base_colour
    yield "usage", product.usage
    yield "material", product.material
    yield "fit", product.fit
    yield "care", product.care
    yield "description", product.description
    for size in product.sizes or ():
        yield "size", size.label
        yield "sku", size.sku
