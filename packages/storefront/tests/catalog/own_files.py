"""Files in the shop's own format, of one product."""

from pathlib import Path

from storefront import filling
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.pictures.store import PictureStore

ROW = {
    "product_id": "1", "name": "Shirt", "gender": "Men", "master_category": "Apparel",
    "sub_category": "Topwear", "article_type": "Shirts", "currency": "USD", "price": "19.99",
    "size_system": "alpha", "size": "M",
}  # fmt: skip


def source(tmp_path: Path, content: str) -> filling.Source:
    file = tmp_path / "products.csv"
    file.write_text(content, encoding="utf-8")
    return filling.file_source(file, None, PictureStore(tmp_path / "pictures"), currency="USD")


def of_row(tmp_path: Path, **changes: str) -> SourceProduct | Rejected:
    row = ROW | changes
    [found] = source(tmp_path, f"{','.join(row)}\n{','.join(row.values())}\n").read()[0]
    return for_empty_shop(found)


def for_empty_shop(found: SourceProduct | Rejected) -> SourceProduct | Rejected:
    """What was read, for a shop that has no word for nothing yet."""
    return found if isinstance(found, Rejected) else found.unless_stored or found
