from pathlib import Path

import pytest

from storefront.catalog import dataset
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourcePicture, SourceProduct
from storefront.errors import InvalidInput

HEADER = ",".join(dataset.COLUMNS)
PICTURE = SourcePicture("dataset/7-x.jpg", 60, 80)


def read(tmp_path: Path, *rows: str, header: str = HEADER) -> list[SourceProduct | Rejected]:
    file = tmp_path / "styles.csv"
    file.write_bytes("\n".join([header, *rows]).encode("utf-8", "surrogateescape"))
    return list(dataset.read_products(file, dataset.learn_brands(file), {7: PICTURE}))


def test_a_row_becomes_a_product(tmp_path: Path) -> None:
    [product] = read(
        tmp_path,
        '7,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual,"Turtle, Check  Men Shirt "',
    )
    assert product == SourceProduct(
        id=7,
        name="Turtle, Check Men Shirt",
        gender="Men",
        master_category="Apparel",
        sub_category="Topwear",
        article_type="Shirts",
        base_colour="Navy Blue",
        season="Fall",
        year=2011,
        usage="Casual",
        brand=None,
        style="/men/apparel/topwear/shirts/turtle-check",
        picture=PICTURE,
    )


def test_empty_cells_and_na_are_nothing_and_a_missing_name_is_made_from_the_kind(
    tmp_path: Path,
) -> None:
    [product] = read(tmp_path, "8,Women,Accessories,Bags,Clutches,NA,,,NA,NA")
    assert isinstance(product, SourceProduct)
    assert (product.name, product.base_colour, product.season, product.year, product.usage) == (
        "Women Clutches",
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x7,Men,A,B,C,Red,Fall,2011,Casual,N", "id 'x7' is not a whole number"),
        ("0,Men,A,B,C,Red,Fall,2011,Casual,N", "id 0 is not between 1 and 99999999"),
        (
            "1,Dogs,A,B,C,Red,Fall,2011,Casual,N",
            "gender 'Dogs' is not one of Men, Women, Unisex, Boys, Girls",
        ),
        ("1,Men,A,B,,Red,Fall,2011,Casual,N", "articleType is empty"),
        ("1,Men,A,B,C,Red,Monsoon,2011,Casual,N", "season 'Monsoon' is not one of "
         "Spring, Summer, Fall, Winter"),
        ("1,Men,A,B,C,Red,Fall,20x1,Casual,N", "year '20x1' is not a whole number"),
        ("1,Men,A,B,C,Red,Fall,2011,Casual", "it has fewer cells than columns"),
        ("1,Men,A,B,C,Red,Fall,2011,Casual,N,more", "it has more cells than columns"),
        ("1,Men,A,B,C,Red,Fall,2011,Casual,N\udcff", "productDisplayName has bytes that are not "
         "UTF-8; save the file as CSV UTF-8"),
        ("1,Men,A,B,C,Red,Fall,2011,Casual,N\0", "productDisplayName has the control character U+0000"),
        ("1,Men,A,**,C,Red,Fall,2011,Casual,N", "subCategory '**' has no letter or digit"),
        (
            f"1,Men,A,B,C,Red,Fall,2011,Casual,{'n' * 301}",
            "productDisplayName has 301 characters; 300 at most",
        ),
    ],
)  # fmt: skip
def test_a_bad_row_is_rejected_with_its_line_and_reason(
    tmp_path: Path, row: str, reason: str
) -> None:
    good = "5,Men,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Fíne"
    product, rejected = read(tmp_path, good, row)
    assert isinstance(product, SourceProduct)
    assert rejected == Rejected(line=3, reason=reason)


def test_an_id_that_comes_again_is_rejected_and_names_the_first_line(tmp_path: Path) -> None:
    row = "5,Men,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Fine"
    assert read(tmp_path, row, row)[1] == Rejected(3, "id 5 was on line 2 already")


def test_colours_of_one_design_share_a_style_and_the_same_colour_again_does_not(
    tmp_path: Path,
) -> None:
    names = ["Red Squad", "Blue Squad", "Red Squad"]
    rows = [
        f"{n},Men,Apparel,Topwear,Shirts,{name.split()[0]},Fall,2011,Casual,{name} Shirt"
        for n, name in enumerate(names, start=1)
    ]
    first, second, third = read(tmp_path, *rows)
    assert isinstance(first, SourceProduct)
    assert isinstance(second, SourceProduct)
    assert isinstance(third, SourceProduct)
    assert first.style == second.style
    assert third.style == "product-3"


def test_a_file_without_the_columns_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="has no column season, usage"):
        read(tmp_path, header=HEADER.replace("season,", "").replace("usage,", ""))


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"There is no file .*absent\.csv"):
        dataset.learn_brands(tmp_path / "absent.csv")


def test_a_quotation_mark_left_open_costs_its_row_alone(tmp_path: Path) -> None:
    rows = [f"{n},Men,A,B,C,Red,Fall,2011,Casual,Fine {n}" for n in range(5, 9)]
    rows[1] = '6,Men,A,B,C,Red,Fall,2011,Casual,"5"" open'
    found = read(tmp_path, *rows, f'9,Men,A,B,C,Red,Fall,2011,Casual,"{"x" * 200_000}')
    assert [row for row in found if isinstance(row, Rejected)] == [
        Rejected(3, "a quotation mark is not closed"),
        Rejected(6, "a quotation mark is not closed"),
    ]
    assert [row.id for row in found if isinstance(row, SourceProduct)] == [5, 7, 8]


def test_columns_of_ones_own_are_left_alone(tmp_path: Path) -> None:
    row = f"5,Men,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Fine,{'x' * 900}"
    [product] = read(tmp_path, row, header=HEADER + ",notes")
    assert isinstance(product, SourceProduct)
