"""Files and values that are refused, or nearly: the message says what is probably wrong."""

from pathlib import Path

import pytest

from packages.storefront.tests.catalog.own_files import ROW, of_row, source
from storefront.catalog import own_columns
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.errors import InvalidInput

HEADER = ",".join(own_columns.NEEDED)


def test_whole_numbers_are_taken_as_pandas_writes_them(tmp_path: Path) -> None:
    found = of_row(tmp_path, product_id="7.0", year="2012.0", stock="5.0")
    assert isinstance(found, SourceProduct)
    assert found.sizes is not None
    assert (found.id, found.year, found.sizes[0].pieces) == (7, 2012, 5)


@pytest.mark.parametrize("value", ["2012.5", "2012.00", ".0", "2.012"])
def test_other_numbers_with_a_point_are_not_whole(tmp_path: Path, value: str) -> None:
    assert of_row(tmp_path, year=value) == Rejected(2, f"year {value!r} is not a whole number")


def test_a_product_is_the_same_however_its_number_is_written(tmp_path: Path) -> None:
    rows = [{**ROW, "product_id": "7.0"}, {**ROW, "product_id": "7", "size": "L"}]
    content = "\n".join([",".join(ROW), *(",".join(row.values()) for row in rows)])
    [found] = source(tmp_path, f"{content}\n").read()[0]
    assert isinstance(found, SourceProduct)
    assert found.sizes is not None
    assert [size.label for size in found.sizes] == ["M", "L"]


def test_signs_that_are_only_in_a_column_name_separate_no_cells(tmp_path: Path) -> None:
    row = {**ROW, "a;b;c;d;e;f;g;h;i;j;k;l;m": ""}
    [found] = source(tmp_path, f"{','.join(row)}\n{','.join(row.values())}\n").read()[0]
    assert isinstance(found, SourceProduct)


@pytest.mark.parametrize(
    ("content", "said", "unsaid"),
    [
        (
            HEADER.replace("master_category", "mastercategry"),
            "Is 'mastercategry' master_category? Then rename it.",
            "Is 'sub_category'",
        ),
        (HEADER.replace(",", "^"), "Are its cells separated by '^' (U+005E)?", "seems to"),
        (HEADER.replace(",", ":"), "Are its cells separated by ':' (U+003A)?", "seems to"),
        (HEADER.replace(",", "\x01"), "Are its cells separated by '\\x01' (U+0001)?", "seems to"),
        (
            "# Required | ID\nid,title,description,availability,price,link,image_link,brand\n",
            "line 2 seems to name the columns: remove what is above it. It is a feed for Google",
            "gender",
        ),
    ],
)
def test_a_file_that_is_refused_says_what_is_probably_wrong(
    tmp_path: Path, content: str, said: str, unsaid: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        source(tmp_path, content)
    assert said in refused.value.detail
    assert unsaid not in refused.value.detail
