"""In a subquery, a name without its table is first a column of the subquery's own tables.

``where gift_card_id = id`` in a subquery over entries compares two columns of each entry, though the
``id`` of the query around it was meant. Postgres accepts that, and finds nothing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from storefront.tables import Base

SHOP = Path(__file__).parents[2] / "packages/storefront/src/storefront"
COLUMNS = {table.name: set(table.columns.keys()) for table in Base.metadata.sorted_tables}
TABLE = re.compile(r"\b(?:from|join)\s+shop\.(\w+)")
BARE_NAMES = re.compile(r"(?<![.\w:])([a-z_]\w*)\s*=\s*([a-z_]\w*)(?![.\w(])")
INNERMOST = re.compile(r"\(([^()]*)\)")


def subqueries(statement: str) -> Iterator[str]:
    """The text of each subquery, without that of the parentheses in it."""
    while (found := INNERMOST.search(statement)) is not None:
        if re.match(r"\s*select\b", found[1]):
            yield found[1]
        statement = f"{statement[: found.start()]} ... {statement[found.end() :]}"


def compared_with_itself(statement: str) -> list[str]:
    """Comparisons, in subqueries, of two columns of one table, neither with the table's name."""
    return [
        comparison[0]
        for subquery in subqueries(statement)
        for table in TABLE.findall(subquery)
        for comparison in BARE_NAMES.finditer(subquery)
        if {comparison[1], comparison[2]} <= COLUMNS.get(table, set())
    ]


def test_a_subquery_says_which_table_a_name_is_of() -> None:
    texts = [
        (path, node)
        for path in SHOP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    wrong = [
        f"{path.relative_to(SHOP)}:{node.lineno}: {comparison}"
        for path, node in texts
        for comparison in compared_with_itself(str(node.value))
    ]
    assert wrong == [], "write the table before the column of the query around it"


def test_the_rule_sees_what_it_is_for() -> None:
    statement = """
        select id, (select sum(abs(delta_minor)) from shop.gift_card_entries
            where gift_card_id = {} and kind = 'refund') from shop.gift_cards
    """
    assert compared_with_itself(statement.format("id")) == ["gift_card_id = id"]
    assert compared_with_itself(statement.format("gift_cards.id")) == []
