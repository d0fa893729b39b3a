"""What an import says about its file and its pictures, beside rows."""

from pathlib import Path

import pytest
from PIL import Image

from packages.storefront.tests.catalog.own_files import ROW, source
from storefront import filling
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.errors import InvalidInput
from storefront.pictures.store import PictureStore


def lines_of(*rows: dict[str, str]) -> str:
    return "\n".join(",".join(row) for row in [list(ROW), *(row.values() for row in rows)]) + "\n"


def draw(file: Path, side: int) -> None:
    Image.new("RGB", (side, side), "red").save(file)


def test_pictures_that_are_not_used_are_reported_once(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    for name in ("1.jpg", "1.png", "2.avif", "9.jpg", "one.jpg"):
        draw(images / name, 200)
    draw(images / "3.png", 1)
    (images / "4.jpg").write_bytes(b"no picture")
    file = tmp_path / "products.csv"
    file.write_text(lines_of(*(ROW | {"product_id": str(n)} for n in (1, 2, 3, 4))))
    found = filling.file_source(file, images, PictureStore(tmp_path / "store"), currency="USD")
    list(found.read()[0])
    products = [one for one in found.read()[0] if isinstance(one, SourceProduct)]
    has_picture = {one.id: one.picture is not None for one in products}
    assert has_picture == {1: True, 2: True, 3: True, 4: False}
    assert [notice.rpartition("/")[2] for notice in found.notices] == [
        "Not named by a product's number, and not read: one.jpg.",
        "4.jpg cannot be read as a picture. Supported are JPEG, PNG, WEBP, GIF, AVIF of at most 40 "
        "megapixels.",
        "Pictures of one product, of which the last is used: 1.jpg and 1.png.",
        "Too small to be seen well: 3.png (1 x 1 px).",
        "Pictures of no product that was read from the file: 9.",
    ]


def test_pictures_that_are_used_need_no_notice(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    draw(images / "1.jpg", 200)
    (tmp_path / "products.csv").write_text(lines_of(ROW))
    store = PictureStore(tmp_path / "store")
    found = filling.file_source(tmp_path / "products.csv", images, store, currency="USD")
    assert len(list(found.read()[0])) == 1
    assert found.notices == []


@pytest.mark.parametrize(("value", "count"), [("important", 1), ("", 0), ("\u200b", 0)])
def test_values_below_no_name_are_reported(tmp_path: Path, value: str, count: int) -> None:
    row = ",".join([*ROW.values(), "", value])
    notices = source(tmp_path, ",".join(ROW) + f",,\n{row}\n").notices
    number = len(ROW) + 2
    said = f"Column {number} has values and no name in the first line, and is not read."
    assert list(notices) == [said] * count


def test_the_sign_of_an_old_end_of_file_is_no_row(tmp_path: Path) -> None:
    for end in ("\x1a", ""):
        found = list(source(tmp_path, lines_of(ROW).rstrip("\n") + "\n" + end).read()[0])
        assert [type(one) for one in found] == [SourceProduct]


def test_a_blank_before_a_quotation_mark_is_named(tmp_path: Path) -> None:
    row = ROW | {"name": ' "Shirt, red"'}
    [found] = source(tmp_path, lines_of(row)).read()[0]
    assert isinstance(found, Rejected)
    assert "a blank before a quotation mark" in found.reason


@pytest.mark.parametrize(
    ("header", "program"),
    [
        ("sku;categories;enabled;family;groups;name-en_US;price-EUR;price-USD", "Akeneo"),
        ("sku,_store,_attribute_set,_type,_category,_product_websites,name,price", "Magento"),
        ('ID,Type,UGS,Nom,Publié,"Mis en avant ?","Tarif régulier"', "WooCommerce"),
        ("id;parent_id;product_number;active;name;price_net;price_gross", "Shopware"),
        ("Internal_ID,Visible,Brand,Supplier,NL_Title_Short,Price,Article_Code", "Lightspeed"),
        ("id,handle,sku,composite_name,composite_sku,name,description", "Lightspeed"),
        ("handleId,fieldType,name,description,productImageUrl,collection,sku", "Wix"),
        ("handle,fieldType,name,visible,media,brand,price,strikethroughPrice", "Wix"),
        ("id,name,default_code,barcode,list_price,standard_price,categ_id", "Odoo"),
        ("External ID,Name,Internal Reference,Barcode,Sales Price", "Odoo"),
        ("type,product_internal_id,product_sku,product_name,product_price", "Ecwid"),
        ("product_id,name(en-gb),categories,sku,upc,ean,jan,isbn,mpn,quantity", "OpenCart"),
        ("ProductId,ProductType,VisibleIndividually,Name,ShortDescription", "nopCommerce"),
    ],
)
def test_more_programs_are_named(tmp_path: Path, header: str, program: str) -> None:
    with pytest.raises(InvalidInput) as error:
        source(tmp_path, f"{header}\n")
    assert f"is a product export of {program}" in error.value.detail


def test_of_two_similar_columns_one_is_to_be_renamed(tmp_path: Path) -> None:
    header = ",".join([*(name for name in ROW if name != "price"), "price-EUR", "price-USD"])
    with pytest.raises(InvalidInput) as error:
        source(tmp_path, f"{header}\n")
    assert "Is 'price-EUR' or 'price-USD' price? Then rename it." in error.value.detail
