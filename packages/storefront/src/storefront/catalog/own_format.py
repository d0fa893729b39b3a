"""Reads and writes a catalogue in the shop's own format: a CSV file with one row per size.

packages/storefront/docs/catalogue.md describes the columns. The rows of a product are
consecutive; values of the whole product are in its first row, and empty or the same in the others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path

from storefront.catalog import bounds, doubts, own_columns
from storefront.catalog.cells import (
    BadRowError,
    digits_of_number,
    has_check_digit,
)
from storefront.catalog.designs import Designs
from storefront.catalog.naming import tidy, visible
from storefront.catalog.own_columns import (
    COLUMNS,
    NEEDED,
    PRODUCT_COLUMNS,
    WITH_LINES,
    Cells,
)
from storefront.catalog.rows import FileFormat, Rejected, Row, Table
from storefront.catalog.source import SourcePicture, SourceProduct, SourceSize

FORMAT = FileFormat(
    "a file in the shop's own format", COLUMNS, NEEDED, key="product_id", texts=WITH_LINES
)

_Line = tuple[int, Row]


PRODUCT_VALUES = """
        colourways.id as product_id, styles.key as style, brands.name as brand, colourways.name,
        gender, master.name as master_category, sub.name as sub_category,
        kind.name as article_type, colour_name as colour, season, year, usage, description,
        material, fit, care, age_group, size_charts.key as size_chart, tax_class, currency,
        shop.major(price_minor, currency) as price, shop.major(list_price_minor, currency) as list_price,
        to_char(published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as published_at,
        status
"""
PRODUCT_TABLES = """
    shop.colourways
    join shop.styles on styles.id = style_id
    join shop.categories as kind on kind.id = category_id
    join shop.categories as sub on sub.id = kind.parent_id
    join shop.categories as master on master.id = sub.parent_id
    left join shop.brands on brands.id = brand_id
    left join shop.size_charts on size_charts.id = size_chart_id
"""

# Of some products, by ids.
OF_PRODUCTS = f"""
    select {PRODUCT_VALUES} from {PRODUCT_TABLES}
    where colourways.id = any(cast(:ids as bigint[])) order by colourways.id
"""  # noqa: S608 - constants

# The columns in order, of every product, including hidden ones, and of every offered size.
EXPORT = f"""
    select {PRODUCT_VALUES}, media.key as picture, media.width as picture_width,
        media.height as picture_height, offered.system as size_system, offered.label as size,
        given_sort as size_sort, skus.code as sku, gtin, weight_g, pieces as stock
    from {PRODUCT_TABLES}
    left join shop.media on media.colourway_id = colourways.id and position = 0
    join shop.offered_sizes as offered on offered.colourway_id = colourways.id
    join shop.skus on skus.id = sku_id
    join shop.sizes on sizes.id = skus.size_id
    order by colourways.id, offered.system, offered.sort, offered.label
"""  # noqa: S608 - constants


def count_products(file: Path) -> int:
    """How many results read_products will yield."""
    return sum(1 for _ in groupby(_rows_of(Table(file, FORMAT)), key=_product_of))


def read_products(
    file: Path,
    pictures: Mapping[int, SourcePicture],
    *,
    currency: str,
    is_trusted: bool = False,
    is_missing: Callable[[str], bool] = lambda _key: False,
) -> Iterator[SourceProduct | Rejected]:
    """Each product with its sizes, or a rejection with line and reason, in the order of the file.

    pictures: the stored originals by product id, which override the file's column. currency: the
    shop's; is_trusted: no value of a row is doubted; is_missing: whether the picture store has no
    picture of this key. The file is read twice, to know in advance which products have rows in several
    places.
    Raises InvalidInput (422) if a required column is missing.
    """
    table = Table(file, FORMAT)
    signs = own_columns.DecimalSigns(has_commas=table.has_decimal_commas)
    scattered = _scattered(table, signs)
    designs = Designs()

    def read(group: Sequence[_Line], *, is_trusted: bool) -> SourceProduct | Rejected:
        try:
            product = _together(group, pictures, currency, signs, is_trusted=is_trusted)
        except _AtLineError as bad:
            return Rejected(bad.line, str(bad))
        return replace(product, absent=table.absent)

    for product_id, rows_of_one in groupby(_rows_of(table), key=_product_of):
        group = list(islice(rows_of_one, bounds.MOST_SIZES + 1))
        if lines := scattered.get(product_id):
            if group[0][0] == lines[0]:
                yield Rejected(lines[0], _said_to_be_scattered(product_id, lines))
            continue
        found = read(group, is_trusted=is_trusted)
        if isinstance(found, SourceProduct) and (reason := designs.disagreement(found)):
            yield Rejected(found.line, reason)
            continue
        if is_trusted:
            yield found
            continue
        found = _doubted(found, is_missing)
        written = read(group, is_trusted=True) if _has_words_for_nothing(group) else None
        if isinstance(written, SourceProduct):
            found = replace(written, unless_stored=found)
        yield found


def _said_to_be_scattered(product_id: int | str, lines: Sequence[int]) -> str:
    return (
        f"rows of product {product_id} must be consecutive; they start on the lines "
        f"{' and '.join(map(str, lines))}"
    )


def _has_words_for_nothing(group: Sequence[_Line]) -> bool:
    """Whether a text of the product is one, such as ``N/A``."""
    texts = (*own_columns.MUST_SAY_SOMETHING, *own_columns.MAY_SAY_NOTHING)
    return any(
        (value := tidy(row.get(column, ""))) and doubts.is_nothing(value)
        for _, row in group
        if not isinstance(row, BadRowError)
        for column in texts
    )


class _AtLineError(Exception):
    """An error in a product, and its line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def _rows_of(table: Table) -> Iterator[_Line]:
    """The rows, with the product's number where one leaves it to the row above."""
    above = ""
    for line, row in table.rows():
        if isinstance(row, BadRowError):
            yield line, row
            continue
        if above and _is_size_alone(row):
            row = row | {"product_id": above}
        above = row["product_id"]
        yield line, row


def _is_size_alone(row: Mapping[str, str]) -> bool:
    """Whether a row has a size and nothing of a product, not even its number.

    As a product it would be rejected, and the product above would lose the size.
    """
    is_product = any(row[column].strip() for column in PRODUCT_COLUMNS if column in row)
    return bool(row["size"].strip()) and not is_product


def _product_of(line: _Line) -> int | str:
    """The key of a product's rows; a row without a product gets its own."""
    number_, row = line
    key = row.key if isinstance(row, BadRowError) else row["product_id"]
    if key and not key.isalnum():
        key = digits_of_number(tidy(visible(key)))
    if not key:
        return f"line {number_}"
    return int(key) if key.isascii() and key.isdigit() and len(key) < 20 else key


def _scattered(table: Table, signs: own_columns.DecimalSigns) -> dict[int | str, list[int]]:
    """The products whose rows are not consecutive, with the lines that they start on. signs: observes
    every row."""
    first: dict[int | str, int] = {}
    lines: dict[int | str, list[int]] = {}
    for product_id, rows_of_one in groupby(_rows_of(table), key=_product_of):
        line = 0
        for number_, row in rows_of_one:
            line = line or number_
            signs.observe(row)
        if first.setdefault(product_id, line) != line:
            lines.setdefault(product_id, [first[product_id]]).append(line)
    return lines


def _together(
    group: Sequence[_Line],
    pictures: Mapping[int, SourcePicture],
    currency: str,
    signs: own_columns.DecimalSigns,
    *,
    is_trusted: bool,
) -> SourceProduct:
    product: SourceProduct | None = None
    said: list[str] = []
    first: dict[str, str | None] = {}
    sizes: dict[tuple[str, str], SourceSize] = {}
    for line, row in group:
        try:
            if isinstance(row, BadRowError):
                raise row
            cells = {
                name: own_columns.tidied(name, value) if (value := row.get(name)) else None
                for name in COLUMNS
            }
            cells = signs.with_points(cells)
            if not is_trusted:
                said += _without_words_for_nothing(cells)
            if product is None:
                product, first = own_columns.product_of(line, cells, pictures, currency), cells
            _check_agrees(first, cells, currency)
            size = own_columns.size_of(line, cells)
            if sizes.setdefault(own_columns.size_key(size), size) is not size:
                raise BadRowError(f"size {size.label!r} of the product is a duplicate")
        except BadRowError as reason:
            raise _AtLineError(line, str(reason)) from reason
    assert product is not None
    if len(group) > bounds.MOST_SIZES:
        raise _AtLineError(group[0][0], f"it has more than {bounds.MOST_SIZES:,} rows")
    return replace(product, sizes=tuple(sizes.values()), doubts=tuple(dict.fromkeys(said)))


def _without_words_for_nothing(cells: dict[str, str | None]) -> Iterator[str]:
    """Empties the cells that have one. Yields the doubts about them. Raises BadRowError."""
    for column in own_columns.MUST_SAY_SOMETHING:
        if (value := cells[column]) and doubts.is_nothing(value):
            raise BadRowError(doubts.no_value(column, value))
    for column in own_columns.MAY_SAY_NOTHING:
        if (value := cells[column]) and doubts.is_nothing(value):
            cells[column] = None
            yield doubts.about_nothing(column, value)


def _check_agrees(first: Cells, cells: Cells, currency: str) -> None:
    for name in PRODUCT_COLUMNS:
        here, there = cells[name], first[name]
        if here is None or here == there:
            continue
        if there is None or not own_columns.is_same(name, here, there, currency):
            raise BadRowError(
                f"{name} is {here!r} here and {there or ''!r} in the product's first row"
            )


def _doubted(
    product: SourceProduct | Rejected, is_missing: Callable[[str], bool]
) -> SourceProduct | Rejected:
    """The product with doubts about its rows; no value is changed, since the shop wrote them."""
    if isinstance(product, Rejected):
        return product
    wearer, _, doubt = doubts.wearer_of(product.name, product.gender)
    found = [
        doubted
        for column, value in _texts_of(product)
        if (doubted := doubts.about_text(column, value))
    ]
    if doubt and (wearer != product.gender or product.age_group is None):
        found.append(f"{doubt.rpartition(':')[0]}: kept as the file says")
    found += [doubted for size in product.sizes or () if (doubted := about_bar_code(size))]
    found += [
        doubted
        for column in ("master_category", "sub_category", "article_type")
        if (doubted := doubts.about_category(column, getattr(product, column)))
    ]
    for size in product.sizes or ():
        about = (doubts.about_size(size.label), doubts.about_several_sizes(size.label))
        found += filter(None, about)
    if product.picture and is_missing(product.picture.key):
        found.append(
            f"picture {product.picture.key!r} is not in the picture store: kept. Add it, or use --images"
        )
    if doubted := doubts.about_row_within("description", product.description):
        found.append(doubted)
    return replace(product, doubts=(*product.doubts, *found))


def about_bar_code(size: SourceSize) -> str | None:
    """The doubt about a bar code that a scanner will not read."""
    if size.gtin is None or has_check_digit(size.gtin):
        return None
    return (
        f"gtin {size.gtin} of size {size.label!r} has another check digit than it must have: kept"
    )


def _texts_of(product: SourceProduct) -> Iterator[tuple[str, str | None]]:
    yield "name", product.name
    yield "brand", product.brand
    yield "style", product.style
    yield "master_category", product.master_category
    yield "sub_category", product.sub_category
    yield "article_type", product.article_type
    yield "colour", product.base_colour
    yield "usage", product.usage
    yield "material", product.material
    yield "fit", product.fit
    yield "care", product.care
    yield "description", product.description
    for size in product.sizes or ():
        yield "size", size.label
        yield "sku", size.sku
