"""Every table of the shop is read by the shop: what is only written is dead."""

import re
from pathlib import Path

import pytest

from storefront.tables import Base

SHOP = Path(__file__).parents[2] / "packages/storefront/src/storefront"
# The demo and the migrations may fill tables; they do not make a table worth having.
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in SHOP.rglob("*.py")
    if path.name != "models.py" and not {"demo", "versions"} & set(path.relative_to(SHOP).parts)
)
CLASSES = {one.class_.__tablename__: one.class_.__name__ for one in Base.registry.mappers}
# Read by its primary key alone: an event that is there already is not stored again.
READ_BY_CONFLICT = {"payment_events"}


@pytest.mark.parametrize("table", sorted(table.name for table in Base.metadata.sorted_tables))
def test_a_table_is_read(table: str) -> None:
    by_text = re.search(rf"\b(?:from|join|using)\s+shop\.{table}\b", CODE)
    by_class = re.search(rf"\bselect\((?:\w+, )*{CLASSES[table]}\b", CODE)
    by_get = re.search(rf"\bget\({CLASSES[table]},", CODE)
    assert by_text or by_class or by_get or table in READ_BY_CONFLICT, (
        f"nothing reads shop.{table}: drop it, or what should read it is missing"
    )


@pytest.mark.parametrize("table", sorted(READ_BY_CONFLICT))
def test_a_table_that_only_rejects_repetitions_does_so(table: str) -> None:
    assert re.search(rf"into shop\.{table}\b[^\"]*on conflict", CODE)
