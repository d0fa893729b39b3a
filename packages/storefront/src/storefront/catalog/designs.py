"""What the products of a style have in common, and what a file says of it. Pure."""

import sys

from storefront.catalog import naming
from storefront.catalog.own_columns import STYLE_COLUMNS
from storefront.catalog.source import SourceProduct

_NAMES = ("brand",)
_CATEGORIES = ("master_category", "sub_category", "article_type")


class Designs:
    """The values of each style in a source, which must be the same in all its products."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[int, tuple[object, ...]]] = {}

    def disagreement(self, product: SourceProduct) -> str | None:
        """What an earlier product of the style has otherwise; None where they agree."""
        if product.style is None:
            return None
        shared = (
            product.brand, product.gender, product.master_category, product.sub_category,
            product.article_type, product.age_group, product.size_chart, product.tax_class,
        )  # fmt: skip
        long = (product.description, product.material, product.fit, product.care)
        said = (*(value and sys.intern(value) for value in shared), *map(hash, long))
        line, before = self._said.setdefault(product.style, (product.line, said))
        for column, here, there in zip(STYLE_COLUMNS, said, before, strict=True):
            if here != there and not _are_alike(column, here, there):
                values = f" ({here!r} and {there!r})" if isinstance(here, str) else ""
                return (
                    f"{column} differs from that of the product on line {line} of the same style "
                    f"{product.style!r}{values}"
                )
        return None


def _are_alike(column: str, here: object, there: object) -> bool:
    """Whether both are one name to the shop, as ``Puma`` and ``PUMA`` are."""
    if not isinstance(here, str) or not isinstance(there, str):
        return False
    if column in _CATEGORIES:
        return naming.segment(here) == naming.segment(there)
    return column in _NAMES and naming.name_key(here) == naming.name_key(there)
