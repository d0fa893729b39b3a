"""Reads a catalogue in the form of the public data set *Fashion Product Images*.

A CSV file with one product a row (columns: see COLUMNS) and a folder of pictures named by product id.
Source of the form: the data set's page on Kaggle (Param Aggarwal, 2019).
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from storefront.catalog import doubts, naming
from storefront.catalog.cells import (
    GENDERS,
    BadRowError,
    cell,
    named,
    number,
    one_of,
    season,
    year,
)
from storefront.catalog.rows import Form, Rejected, Row, Table
from storefront.catalog.source import SourcePicture, SourceProduct

COLUMNS = (
    "id", "gender", "masterCategory", "subCategory", "articleType",
    "baseColour", "season", "year", "usage", "productDisplayName",
)  # fmt: skip
FORM = Form("a file of the data set", COLUMNS, needed=COLUMNS, key="id")

_BIGGEST_ID = 99_999_999  # above it the shop's own numbers begin
_DESCRIBING = (
    "gender",
    "masterCategory",
    "subCategory",
    "articleType",
    "baseColour",
    "season",
    "usage",
)


def learn_brands(styles_csv: Path, *, is_trusted: bool = False) -> naming.BrandNames:
    """The brands that the names of this file reveal. Raises InvalidInput (422) as read_products does.

    is_trusted: kinds that open a name may be brands, spellings are not joined.
    """
    names: list[str] = []
    described: set[str] = set()
    for _, row in Table(styles_csv, FORM).rows():
        if not isinstance(row, BadRowError):
            names.append(row["productDisplayName"])
            described.update(row[column] for column in _DESCRIBING)
    if is_trusted:
        return naming.BrandNames(names)
    return naming.BrandNames(names, doubts.words_of(described), is_joining=True)


def count_rows(styles_csv: Path) -> int:
    """How many rows read_products will answer."""
    return sum(1 for _ in Table(styles_csv, FORM).rows())


def read_products(
    styles_csv: Path,
    brands: naming.BrandNames,
    pictures: dict[int, SourcePicture],
    *,
    is_trusted: bool = False,
) -> Iterator[SourceProduct | Rejected]:
    """Each row as a product, or as a rejection with its reason, in the order of the file.

    pictures: the stored originals by product id. is_trusted: nothing of a row is doubted.
    Raises InvalidInput (422) where the file is absent or does not have these columns.
    """
    seen: dict[int, int] = {}
    styles = _Styles()
    for line, row in Table(styles_csv, FORM).rows():
        try:
            product = _product(line, row, brands, pictures)
            if first := seen.get(product.id):
                raise BadRowError(f"id {product.id} was on line {first} already")
        except BadRowError as reason:
            yield Rejected(line, str(reason))
            continue
        seen[product.id] = line
        yield styles.assign(product if is_trusted else _doubted(product, brands))


def _product(
    line: int, row: Row, brands: naming.BrandNames, pictures: dict[int, SourcePicture]
) -> SourceProduct:
    if isinstance(row, BadRowError):
        raise row
    cells = {name: _cell(name, value) for name, value in row.items()}
    product_id = number("id", cells["id"], 1, _BIGGEST_ID)
    gender = one_of("gender", cells["gender"], GENDERS)
    article_type = named("articleType", cells["articleType"])
    colour = cells["baseColour"]
    name = cells["productDisplayName"] or " ".join(
        word for word in (gender, colour, article_type) if word
    )
    return SourceProduct(
        id=product_id,
        name=name,
        gender=gender,
        master_category=named("masterCategory", cells["masterCategory"]),
        sub_category=named("subCategory", cells["subCategory"]),
        article_type=article_type,
        base_colour=colour,
        season=season(cells["season"]),
        year=year(cells["year"]),
        usage=cells["usage"],
        brand=brands.brand_of(name),
        picture=pictures.get(product_id),
        line=line,
    )


def _doubted(product: SourceProduct, brands: naming.BrandNames) -> SourceProduct:
    """The product as its name has it, with what is odd about its row."""
    gender, age_group, about_wearer = doubts.wearer_of(product.name, product.gender)
    found = (about_wearer, brands.doubt_of(product.name))
    if age_group is None and gender == product.gender and not any(found):
        return product
    return replace(
        product,
        gender=gender,
        age_group=age_group,
        doubts=tuple(doubt for doubt in found if doubt is not None),
    )


def _cell(column: str, value: str) -> str | None:
    """The value; the data set's ``NA`` is nothing."""
    tidied = cell(column, value)
    return None if tidied == "NA" else tidied


class _Styles:
    """Groups products into designs: same brand, kind and telling words, each colour once."""

    def __init__(self) -> None:
        self._colours: dict[str, set[str]] = {}

    def assign(self, product: SourceProduct) -> SourceProduct:
        words = naming.design(
            product.name,
            brand=product.brand,
            article_type=product.article_type,
            colour=product.base_colour,
        )
        key = f"product-{product.id}"
        if words is not None:
            wearer = f"{product.gender} {product.age_group or ''}"
            kind = (product.master_category, product.sub_category, product.article_type)
            parts = map(naming.segment, (wearer, *kind, words))
            key = "/".join((naming.fold(product.brand or "").replace(" ", "-"), *parts))
            colour = naming.fold(product.base_colour or "")
            colours = self._colours.setdefault(key, set())
            if colour in colours:  # the same name and colour again: another design
                key = f"product-{product.id}"
            colours.add(colour)
        return replace(product, style=key)
