"""Reads a catalogue in the form of the public data set *Fashion Product Images*.

A CSV file with one product a row (columns: see COLUMNS) and a folder of pictures named by product id.
Source of the form: the data set's page on Kaggle (Param Aggarwal, 2019).
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from storefront.catalog import naming
from storefront.catalog.rows import (
    GENDERS,
    BadRowError,
    Rejected,
    cell,
    number,
    one_of,
    rows,
    season,
    sluggable,
    year,
)
from storefront.catalog.source import SourcePicture, SourceProduct

COLUMNS = (
    "id", "gender", "masterCategory", "subCategory", "articleType",
    "baseColour", "season", "year", "usage", "productDisplayName",
)  # fmt: skip

_BIGGEST_ID = 99_999_999  # above it the shop's own numbers begin


def learn_brands(styles_csv: Path) -> naming.BrandNames:
    """The brands that the names of this file reveal. Raises InvalidInput (422) as read_products does."""
    return naming.BrandNames(
        row["productDisplayName"]
        for _, row in rows(styles_csv, COLUMNS)
        if not isinstance(row, BadRowError)
    )


def count_rows(styles_csv: Path) -> int:
    """How many rows read_products will answer."""
    return sum(1 for _ in rows(styles_csv, COLUMNS))


def read_products(
    styles_csv: Path, brands: naming.BrandNames, pictures: dict[int, SourcePicture]
) -> Iterator[SourceProduct | Rejected]:
    """Each row as a product, or as a rejection with its reason, in the order of the file.

    pictures: the stored originals by product id.
    Raises InvalidInput (422) where the file is absent or has not these columns.
    """
    seen: dict[int, int] = {}
    styles = _Styles()
    for line, row in rows(styles_csv, COLUMNS):
        try:
            product = _product(row, brands, pictures)
            if first := seen.get(product.id):
                raise BadRowError(f"id {product.id} was on line {first} already")
        except BadRowError as reason:
            yield Rejected(line, str(reason))
            continue
        seen[product.id] = line
        yield styles.assign(product)


def _product(
    row: dict[str, str] | BadRowError, brands: naming.BrandNames, pictures: dict[int, SourcePicture]
) -> SourceProduct:
    if isinstance(row, BadRowError):
        raise row
    cells = {name: _cell(name, value) for name, value in row.items()}
    product_id = number("id", cells["id"], 1, _BIGGEST_ID)
    gender = one_of("gender", cells["gender"], GENDERS)
    article_type = sluggable("articleType", cells["articleType"])
    colour = cells["baseColour"]
    name = cells["productDisplayName"] or " ".join(
        word for word in (gender, colour, article_type) if word
    )
    return SourceProduct(
        id=product_id,
        name=name,
        gender=gender,
        master_category=sluggable("masterCategory", cells["masterCategory"]),
        sub_category=sluggable("subCategory", cells["subCategory"]),
        article_type=article_type,
        base_colour=colour,
        season=season(cells["season"]),
        year=year(cells["year"]),
        usage=cells["usage"],
        brand=brands.brand_of(name),
        picture=pictures.get(product_id),
    )


def _cell(column: str, value: str) -> str | None:
    """The value; the data set's ``NA`` is nothing."""
    tidied = cell(column, value)
    return None if tidied == "NA" else tidied


class _Styles:
    """Groups products into designs: same brand, kind and telling words, each colour once."""

    def __init__(self) -> None:
        self._colours: dict[str, set[str | None]] = {}

    def assign(self, product: SourceProduct) -> SourceProduct:
        words = naming.design(
            product.name,
            brand=product.brand,
            article_type=product.article_type,
            colour=product.base_colour,
        )
        key = f"product-{product.id}"
        if words is not None:
            kind = (product.gender, product.master_category, product.sub_category)
            parts = (product.brand or "", *kind, product.article_type, words)
            key = "/".join(naming.slug(part) for part in parts)
            colours = self._colours.setdefault(key, set())
            if product.base_colour in colours:  # the same name and colour again: another design
                key = f"product-{product.id}"
            colours.add(product.base_colour)
        return replace(product, style=key)
