"""Files of other programs: exports, feeds, spreadsheets, downloads that went wrong.

Each is of a kind that shop owners report. The columns are those that the help pages of Shopify,
WooCommerce, Magento, BigCommerce, Google Merchant Center and Amazon describe.
"""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from packages.storefront.tests.catalog.own_files import for_empty_shop
from storefront import filling
from storefront.catalog import own_columns
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.errors import InvalidInput
from storefront.pictures.store import PictureStore

HEAD = ",".join(own_columns.NEEDED)


def row(product_id: object, name: str = "Shirt", price: str = "19.99", size: str = "M") -> str:
    return f"{product_id},{name},Men,Apparel,Topwear,Shirts,USD,{price},alpha,{size}"


def lines(*rows: str, end: str = "\n") -> bytes:
    return "".join(f"{one}{end}" for one in rows).encode()


def with_column(column: str, *values: str) -> bytes:
    return lines(f"{HEAD},{column}", *(f"{row(n)},{value}" for n, value in enumerate(values, 1)))


@dataclass(frozen=True)
class Case:
    """A file and what becomes of it. taken: some values of each product, by its number."""

    content: bytes
    taken: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    rejected: Mapping[int, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    doubts: Mapping[int, str] = field(default_factory=dict)


def zipped(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("products.csv", content)
    return target.getvalue()


SHIRT = {"name": "Shirt"}
BOTH: Mapping[int, Mapping[str, object]] = {1: SHIRT, 2: SHIRT}
PLAIN = lines(HEAD, row(1), row(2))

REFUSED: dict[str, tuple[bytes, str]] = {
    "Shopify": (
        lines(
            "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,"
            "Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Status",
            "tee,Tee,<p>Soft</p>,Acme,Shirts,,TRUE,Size,M,T-M,3,19.99,,https://shop.example/t.jpg,active",
        ),
        "a product export of Shopify",
    ),
    "WooCommerce": (
        lines(
            "ID,Type,SKU,Name,Published,Is featured?,Short description,In stock?,Stock,Regular price,"
            "Categories,Images,Parent,Attribute 1 name,Attribute 1 value(s)",
            "12,simple,W-1,Tee,1,0,Soft,1,3,19.99,Clothing > Tops,,,Size,M",
        ),
        "a product export of WooCommerce",
    ),
    "WooCommerce in German": (
        lines(
            'ID,Typ,Artikelnummer,Name,"Regulärer Preis",Kategorien', "4,simple,t,Tee,20,Kleider"
        ),
        "a product export of WooCommerce",
    ),
    "PrestaShop": (
        lines("Product ID;Active (0/1);Name *;Price tax excluded;Reference #", "1;1;Tee;19.99;R"),
        "a product file of PrestaShop",
    ),
    "Amazon, a newer template": (
        lines("settings=attributeRow=3&dataRow=4\tUse ENGLISH", "SKU\tItem Name", "T\tTee"),
        "an Amazon inventory file",
    ),
    "Magento": (
        lines(
            "sku,store_view_code,attribute_set_code,product_type,categories,product_websites,name,price,qty",
            "24-MB01,,Bag,simple,Default Category/Gear,base,Duffle,34.00,100",
        ),
        "a product export of Magento",
    ),
    "BigCommerce": (
        lines(
            "Item Type,Product ID,Product Name,Product Type,Product Code/SKU,Brand Name,Price,Category",
            "Product,77,Tee,P,B-1,Acme,19.99,Tops",
        ),
        "a product export of BigCommerce",
    ),
    "Google Merchant Center": (
        lines(
            "id\ttitle\tdescription\tlink\timage_link\tavailability\tprice\tbrand\tgender\tsize\t"
            "item_group_id",
            "T-1\tTee\tSoft\thttps://shop.example/t\t\tin_stock\t19.99 USD\tAcme\tmale\tM\tT",
        ),
        "a feed for Google Merchant Center",
    ),
    "Amazon": (
        lines(
            "TemplateType=fptcustom\tVersion=2024.0101\tThe top 3 rows are for Amazon.com use only.",
            "Product Type\tSeller SKU\tBrand",
            "feed_product_type\titem_sku\tbrand_name",
            "shirt\tA-1\tAcme",
        ),
        "an Amazon inventory file",
    ),
    "a web page": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "is an HTML page"),
    "a table of a web page": (b"<table><tr><td>product_id</td></tr></table>", "is an HTML page"),
    "an XML feed": (b'<?xml version="1.0"?>\n<rss version="2.0"></rss>\n', "is an XML file"),
    "JSON": (b'[\n  {"product_id": 1, "name": "Shirt"}\n]\n', "is a JSON file"),
    "JSON lines": (b'{"product_id": 1, "name": "Shirt"}\n{"product_id": 2}\n', "is a JSON file"),
    "gzip": (gzip.compress(PLAIN), "is a compressed file"),
    "bzip2": (bz2.compress(PLAIN), "is a compressed file"),
    "xz": (lzma.compress(PLAIN), "is a compressed file"),
    "zip": (zipped(PLAIN), "an Excel workbook or another archive"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "is a PDF document"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "only blanks": (b"  \n\n \t\n", "is empty"),
    "every line in quotation marks": (
        lines(f'"{HEAD}"', f'"{row(1)}"'),
        "quotation marks around the whole line",
    ),
    "a title above the columns": (
        lines("Products of 28 November", "", HEAD, row(1)),
        "line 3 seems to name the columns",
    ),
    "comments above the columns": (
        lines("# exported by hand", "# twice, alas", HEAD, row(1)),
        "line 3 seems to name the columns",
    ),
    "a needed column misspelt": (
        lines(HEAD.replace("master_category", "master_categry"), row(1)),
        "Is 'master_categry' master_category?",
    ),
    "a needed column with a remark": (
        lines(HEAD.replace("price", "Price (USD)"), row(1)),
        r"Is 'Price \(USD\)' price\?",
    ),
    "a column twice, written in two ways": (
        lines(f"{HEAD},Product ID", f"{row(1)},2"),
        "the column product_id twice",
    ),
}

READ: dict[str, Case] = {
    "Windows-1252, as Excel writes it": Case(
        f"{HEAD}\n{row(1, 'Crème – 5 € “Été”')}\n{row(2)}\n".encode("cp1252"),
        taken={1: {"name": "Crème – 5 € “Été”"}, 2: SHIRT},
        notices=("It is read as Windows-1252",),
    ),
    "UTF-8 with one row of another encoding": Case(
        lines(HEAD, row(1, "Crème")) + row(2, "Crème").encode("latin-1") + b"\n" + lines(row(3)),
        taken={1: {"name": "Crème"}, 3: SHIRT},
        rejected={3: "name has bytes that are not UTF-8"},
    ),
    "line ends of an old Mac": Case(lines(HEAD, row(1), row(2), end="\r"), taken=BOTH),
    "line ends doubled": Case(lines(HEAD, row(1), row(2), end="\r\r\n"), taken=BOTH),
    "no line end at the end": Case(PLAIN.rstrip(b"\n"), taken=BOTH),
    "empty columns at the end": Case(
        lines(f"{HEAD},,,", f"{row(1)},,,", f"{row(2)},,,"), taken=BOTH
    ),
    "cells that are missing at the end": Case(
        lines(f"{HEAD},brand,stock", row(1), f"{row(2)},,3"),
        taken={2: SHIRT},
        rejected={2: "it has fewer cells than columns"},
    ),
    "a sum below the rows": Case(
        lines(HEAD, row(1), row(2), "Total,2 products,,,,,,39.98,,"),
        taken=BOTH,
        rejected={4: "product_id 'Total' is not a whole number"},
    ),
    "two files in one, with both their heads": Case(
        b"\xef\xbb\xbf" + lines(HEAD, row(1)) + b"\xef\xbb\xbf" + lines(HEAD, row(2)),
        taken=BOTH,
        rejected={3: "is not a whole number"},
    ),
    "padded with zeros after a crash": Case(PLAIN + b"\0" * 4_096, taken=BOTH, rejected={4: ""}),
    "a zero in a name": Case(
        lines(HEAD, row(1, "Sh\0irt"), row(2)),
        taken={2: SHIRT},
        rejected={2: "name has the control character U+0000"},
    ),
    "a cell of 200,000 characters": Case(
        lines(HEAD, row(1, "x" * 200_000), row(2)), taken={2: SHIRT}, rejected={2: ""}
    ),
    "amounts as people write them": Case(
        lines(
            HEAD,
            *(
                row(n, price=f'"{price}"')
                for n, price in enumerate(
                    ("$19.99", "19.99 USD", "1,299.00", "19,99", "19.99\N{NO-BREAK SPACE}", "0"), 1
                )
            ),
        ),
        taken={5: SHIRT},
        rejected={2: "'$19.99'", 3: "'19.99 USD'", 4: "'1,299.00'", 5: "'19,99'", 7: "price 0"},
    ),
    "thousands and decimals of a German spreadsheet": Case(
        lines(
            *(
                one.replace(",", ";")
                for one in (HEAD, row(1, price="1.299P00"), row(2, price="19P5"))
            )
        ).replace(b"P", b","),
        taken={2: SHIRT},
        rejected={2: "price '1.299,00' is not a number"},
        notices=("Its cells are separated by semicolons",),
    ),
    "fixed values in other cases": Case(
        lines(
            f"{HEAD},season,status,age_group",
            f"{row(1).replace('Men', 'men')},WINTER,Live,Adult",
            f"{row(2).replace('Men', 'UNISEX')},,,",
            f"{row(3).replace('Men', 'male')},,,",
        ),
        taken={
            1: {"gender": "Men", "season": "Winter", "is_live": True, "age_group": "adult"},
            2: {"gender": "Unisex"},
        },
        rejected={4: "gender 'male' is not one of Men, Women"},
    ),
    "times of other programs": Case(
        with_column(
            "published_at",
            "2026-11-28 10:00:00",
            "28/11/2026",
            "11/28/2026 10:00",
            "45989",
            "1732780800",
        ),
        taken={1: SHIRT},
        rejected={3: "'28/11/2026'", 4: "'11/28/2026 10:00'", 5: "'45989'", 6: "'1732780800'"},
    ),
    "sizes that became dates": Case(
        lines(
            HEAD,
            *(
                row(n, size=size)
                for n, size in enumerate(
                    (
                        "10-Dec",
                        "Oct-12",
                        "12. Okt",
                        "10.12.2026",
                        "2026/10/12",
                        "12-déc",
                        "2026-10-12",
                        "10/12/2026",
                        "10-12",
                    ),
                    1,
                )
            ),
        ),
        taken={9: {"sizes": ("10-12",)}},
        rejected=dict.fromkeys(range(2, 10), "a spreadsheet has converted it to a date"),
    ),
    "codes that are text to Excel": Case(
        with_column("sku", '"=""0012345"""', "0012346", '"1,20E+05"'),
        taken={1: {"skus": ("0012345",)}, 2: {"skus": ("0012346",)}},
        rejected={4: "a spreadsheet has shortened it"},
    ),
    "bar codes that became numbers": Case(
        with_column("gtin", "4006381333931.0", "36000291452", "4 006381 333931", "4006381333931"),
        taken={4: SHIRT},
        rejected={2: "'4006381333931.0'", 3: "'36000291452'", 4: "'4 006381 333931'"},
    ),
    "errors of formulas": Case(
        with_column("brand", "#N/A", "#REF!", "#NAME?", "Acme"),
        taken={4: {"brand": "Acme"}},
        rejected={2: "brand '#N/A' is the error", 3: "brand '#REF!' is the error", 4: "'#NAME?'"},
    ),
    "words for nothing": Case(
        with_column("brand", "NULL", "\\N", "nan", "None", ""),
        taken={product_id: {"brand": None} for product_id in range(1, 6)},
        doubts=dict.fromkeys(range(2, 6), "read as empty"),
    ),
    "text after a closing quotation mark": Case(
        lines(
            HEAD,
            row(1, '"Best" shirt'),
            row(2, '"5\\" heel"'),
            row(3, '5" heel'),
            row(4, '"5"" heel"'),
        ),
        taken={3: {"name": '5" heel'}, 4: {"name": '5" heel'}},
        rejected={2: "quotation mark", 3: "quotation mark"},
    ),
    "marks that nobody sees": Case(
        with_column("brand", "Acme", "Acme\u200e", "\u202aAcme\u202c").replace(
            b"\n2,", "\n\u200e2,".encode()
        ),
        taken={1: {"brand": "Acme"}, 2: {"brand": "Acme"}, 3: {"brand": "Acme"}},
    ),
    "an encoding that was mistaken before": Case(
        lines(HEAD, row(1, "CrÃ¨me"), row(2, "Cr\ufffdme"), row(3, "Crème"), row(4, size="N/A")),
        taken={1: {"name": "CrÃ¨me"}, 2: {}, 3: {"name": "Crème"}},
        rejected={5: "size 'N/A' stands for no value"},
        doubts={2: "was probably 'Crème'", 3: "a letter that was lost"},
    ),
    "markup in text": Case(
        with_column("description", '"<p>Soft &amp; warm</p>"', '"Soft & warm, 3 < 5"'),
        taken={1: {}, 2: {"description": "Soft & warm, 3 < 5"}},
        doubts={2: "description has HTML"},
    ),
    "stock that is none": Case(
        with_column("stock", "-3", "5.0", "in stock", "5"),
        taken={2: SHIRT, 4: SHIRT},
        rejected={2: "stock '-3'", 4: "stock 'in stock'"},
    ),
    "numbers of products that are none": Case(
        lines(HEAD, row('"1,001"'), row("1001.0"), row("A-1"), row("0017"), row("")),
        taken={17: SHIRT, 1001: SHIRT},
        rejected={
            2: "product_id '1,001'",
            4: "product_id 'A-1'",
            6: "product_id ''",
        },
    ),
    "semicolons below a head with commas": Case(
        lines(HEAD, row(1).replace(",", ";"), row(2).replace(",", ";")),
        rejected={2: "fewer cells", 3: "fewer cells"},
    ),
    "blanks before quotation marks": Case(
        lines(HEAD, row(1, ' "Shirt, blue"'), row(2)), taken={2: SHIRT}, rejected={2: "more cells"}
    ),
    "the columns alone": Case(lines(HEAD)),
    "marked as required": Case(lines(HEAD.replace(",", "*,"), row(1), row(2)), taken=BOTH),
    "UTF-16 of mostly other letters": Case(
        f"{HEAD}\n".encode("utf-16-le")
        + f"{row(1, 'Рубашка ' * 30)}\n{row(2)}\n".encode("utf-16-le"),
        taken={1: {"name": ("Рубашка " * 30).strip()}, 2: SHIRT},
        notices=("UTF-16",),
    ),
}


def opened(tmp_path: Path, content: bytes) -> filling.Source:
    file = tmp_path / "products.csv"
    file.write_bytes(content)
    return filling.file_source(file, None, PictureStore(tmp_path / "pictures"), currency="USD")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_catalogue_is_refused_by_name(tmp_path: Path, name: str) -> None:
    content, said = REFUSED[name]
    with pytest.raises(InvalidInput, match=said):
        list(opened(tmp_path, content).read()[0])


def value_of(product: SourceProduct, column: str) -> object:
    if column == "sizes":
        return tuple(size.label for size in product.sizes or ())
    if column == "skus":
        return tuple(size.sku for size in product.sizes or ())
    return getattr(product, column)


@pytest.mark.parametrize("name", READ)
def test_every_row_is_taken_as_it_is_or_a_line_says_why_not(tmp_path: Path, name: str) -> None:
    case = READ[name]
    source = opened(tmp_path, case.content)
    found = list(map(for_empty_shop, source.read()[0]))
    products = {one.id: one for one in found if isinstance(one, SourceProduct)}
    rejected = {one.line: one.reason for one in found if isinstance(one, Rejected)}
    assert sorted(products) == sorted(case.taken), rejected
    for product_id, values in case.taken.items():
        taken = {column: value_of(products[product_id], column) for column in values}
        assert taken == values
    assert sorted(rejected) == sorted(case.rejected), rejected
    for line, said in case.rejected.items():
        assert said in rejected[line]
    doubted = {one.line: " ".join(one.doubts) for one in products.values() if one.doubts}
    assert sorted(doubted) == sorted(case.doubts), doubted
    for line, said in case.doubts.items():
        assert said in doubted[line]
    for said in case.notices:
        assert any(said in notice for notice in source.notices), source.notices
