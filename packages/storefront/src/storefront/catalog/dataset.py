"""Reads a catalogue in the format of the public data set *Fashion Product Images*.

A CSV file with one product per row (columns: see COLUMNS) and a folder of pictures named by product id.
Source of the format: the data set's page on Kaggle (Param Aggarwal, 2019).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from storefront.catalog import doubts, naming
from storefront.catalog.cells import (
    BadRowError,
    cell,
    named,
    number,
    one_of,
    season,
    shown,
    year,
)
from storefront.catalog.colours import colour_key
from storefront.catalog.genders import GENDERS
from storefront.catalog.rows import FileFormat, Rejected, Table
from storefront.catalog.source import SourcePicture, SourceProduct

COLUMNS = (
    "id", "gender", "masterCategory", "subCategory", "articleType",
    "baseColour", "season", "year", "usage", "productDisplayName",
)  # fmt: skip
FORMAT = FileFormat("a file of the data set", COLUMNS, needed=COLUMNS, key="id")

_Cells = Mapping[str, str | None]

_BIGGEST_ID = 99_999_999  # the shop's own numbers start above it
_KINDS = ("masterCategory", "subCategory", "articleType")
_MAY_SAY_NOTHING = ("productDisplayName", "baseColour", "season", "year", "usage")
_DESCRIBING = ("gender", *_KINDS, "baseColour", "season", "usage")


def learn_brands(styles_csv: Path, *, is_trusted: bool = False) -> naming.BrandNames:
    """The brands found in the names of this file. Raises InvalidInput (422) as read_products does.

    is_trusted: kinds at the start of a name may be brands, spellings are not unified.
    """
    names: list[str] = []
    described: set[str] = set()
    for _, row in Table(styles_csv, FORMAT).rows():
        if not isinstance(row, BadRowError):
            names.append(row["productDisplayName"])
            described.update(row[column] for column in _DESCRIBING)
    if is_trusted:
        return naming.BrandNames(names)
    return naming.BrandNames(names, doubts.words_of(described), is_joining=True)


def count_rows(styles_csv: Path) -> int:
    """How many rows read_products will yield."""
    return sum(1 for _ in Table(styles_csv, FORMAT).rows())


def read_products(
    styles_csv: Path,
    brands: naming.BrandNames,
    pictures: dict[int, SourcePicture],
    *,
    is_trusted: bool = False,
) -> Iterator[SourceProduct | Rejected]:
    """Each row as a product, or as a rejection with its reason, in the order of the file.

    pictures: the stored originals by product id. is_trusted: no value of a row is doubted.
    Raises InvalidInput (422) if the file is missing or does not have these columns.
    """
    seen: dict[int, int] = {}
    reader = _Reader(brands, pictures, is_trusted=is_trusted)
    for line, row in Table(styles_csv, FORMAT).rows():
        try:
            if isinstance(row, BadRowError):
                raise row
            cells = {name: _cell(name, value) for name, value in row.items()}
            said = () if is_trusted else tuple(_emptied(cells))
            product_id = number("id", cells["id"], 1, _BIGGEST_ID)
            if first := seen.get(product_id):
                raise BadRowError(f"id {product_id} was on line {first} already")
            product = reader.product(line, product_id, cells)
            product = replace(product, doubts=(*said, *product.doubts))
        except BadRowError as reason:
            yield Rejected(line, str(reason))
            continue
        seen[product_id] = line
        yield product


class _Reader:
    """Converts rows to products. is_trusted: no value of a row is doubted."""

    def __init__(
        self, brands: naming.BrandNames, pictures: dict[int, SourcePicture], *, is_trusted: bool
    ) -> None:
        self._brands = brands
        self._pictures = pictures
        self._is_trusted = is_trusted
        self._styles = _Styles()

    def product(self, line: int, product_id: int, cells: _Cells) -> SourceProduct:
        """The product of a row. Raises BadRowError."""
        gender, age_group, about_wearer = one_of("gender", cells["gender"], GENDERS), None, None
        article_type = self._kind("articleType", cells)
        colour = cells["baseColour"]
        name = shown(
            "productDisplayName",
            cells["productDisplayName"]
            or " ".join(word for word in (gender, colour, article_type) if word),
        )
        brand, about_brand = self._brands.brand_and_doubt(name)
        if not self._is_trusted:
            gender, age_group, about_wearer = doubts.wearer_of(name, gender)
        kind = (
            self._kind("masterCategory", cells),
            self._kind("subCategory", cells),
            article_type,
        )
        return SourceProduct(
            id=product_id,
            name=name,
            gender=gender,
            master_category=kind[0],
            sub_category=kind[1],
            article_type=article_type,
            base_colour=colour,
            season=season(cells["season"]),
            year=year(cells["year"]),
            usage=cells["usage"],
            brand=brand,
            style=self._styles.of(
                product_id,
                name,
                brand=brand,
                wearer=f"{gender} {age_group or ''}",
                kind=kind,
                colour=colour,
            ),
            picture=self._pictures.get(product_id),
            age_group=age_group,
            line=line,
            doubts=()
            if self._is_trusted
            else tuple(filter(None, (about_wearer, about_brand, *_about_cells(cells)))),
        )

    def _kind(self, column: str, cells: _Cells) -> str:
        """One of the three categories. Raises BadRowError."""
        kind = named(column, cells[column])
        if doubts.is_nothing(kind) and not self._is_trusted:
            raise BadRowError(doubts.no_value(column, kind))
        return kind


def _emptied(cells: dict[str, str | None]) -> Iterator[str]:
    """Empties the cells with a word for nothing. Yields the doubts about them."""
    for column in _MAY_SAY_NOTHING:
        if (value := cells[column]) and doubts.is_nothing(value):
            cells[column] = None
            yield doubts.about_nothing(column, value)


def _about_cells(cells: _Cells) -> Iterator[str | None]:
    """Doubts about texts of a row."""
    for column in ("productDisplayName", *_KINDS, "baseColour", "usage"):
        yield doubts.about_text(column, cells[column])
    for column in _KINDS:
        yield doubts.about_category(column, cells[column] or "")


def _cell(column: str, value: str) -> str | None:
    """The value; the data set's ``NA`` means empty."""
    tidied = cell(column, value)
    return None if tidied == "NA" else tidied


class _Styles:
    """Groups products into designs: same brand, kind and distinctive words, each colour once."""

    def __init__(self) -> None:
        self._colours: dict[str, set[str]] = {}

    def of(
        self,
        product_id: int,
        name: str,
        *,
        brand: str | None,
        wearer: str,
        kind: tuple[str, str, str],
        colour: str | None,
    ) -> str:
        """The key of the product's style. kind: its three categories."""
        words = naming.design(name, brand=brand, article_type=kind[-1], colour=colour)
        if words is None:
            return f"product-{product_id}"
        parts = map(naming.segment, (wearer, *kind, words))
        key = "/".join((naming.fold(brand or "").replace(" ", "-"), *parts))
        folded = colour_key(colour or "")
        colours = self._colours.setdefault(key, set())
        if folded in colours:  # a repeated name and colour: another design
            return f"product-{product_id}"
        colours.add(folded)
        return key
