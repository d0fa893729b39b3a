"""Migrations of a shop that is in business: what its rows become."""

from collections.abc import Callable

from alembic import command
from sqlalchemy import Connection, text

from storefront import migrations
from storefront.catalog import queries
from storefront.db import Database

# A pair of women's shoes and a boy's shirt, as the schema before size charts had them.
_BEFORE = """
    insert into shop.categories (parent_id, path, name) values (null, 'a', 'A');
    insert into shop.categories (parent_id, path, name) select id, 'a/b', 'B' from shop.categories;
    insert into shop.categories (parent_id, path, name)
        select id, 'a/b/c', 'C' from shop.categories where path = 'a/b';
    insert into shop.styles (key, category_id, gender)
        select key, categories.id, gender
        from shop.categories, (values ('shoes', 'Women'), ('shirt', 'Boys')) as one (key, gender)
        where path = 'a/b/c';
    insert into shop.colourways (
        id, style_id, slug, name, currency, list_price_minor, price_minor, published_at)
        select styles.id, styles.id, key, key, 'USD', 9, 9, now() from shop.styles;
    insert into shop.sizes (system, label, sort)
        values ('EU', '39', 0), ('EU', '37', 1), ('age', '4-5Y', 1);
    insert into shop.skus (colourway_id, size_id, code)
        select colourways.id, sizes.id, label from shop.colourways, shop.sizes
        where (slug = 'shoes') = (system = 'EU');
    insert into shop.media (colourway_id, position, key, alt)
        select id, 0, 'dataset/x.jpg', name from shop.colourways;
    insert into shop.facet_values (facet, value, label, sort)
        values ('size', '39', '39', 4000), ('size', '37', '37', 4001), ('size', '4-5Y', '4-5Y', 5001);
    delete from shop.product_changes;
"""


def _upgrade_to_0006(connection: Connection) -> None:
    command.upgrade(migrations.alembic_config(connection), "0006")


def _back_and_forth(connection: Connection) -> None:
    command.downgrade(migrations.alembic_config(connection), "0006")
    command.upgrade(migrations.alembic_config(connection), "head")


async def _column(database: Database, statement: str) -> list[object]:
    async with database.reads() as session:
        return list(await session.scalars(text(statement)))


async def test_a_shop_without_size_charts_gets_them(empty_database: Callable[[], Database]) -> None:
    database = empty_database()
    async with database.connection() as connection:
        await connection.run_sync(_upgrade_to_0006)
        for statement in _BEFORE.split(";\n"):
            if statement.strip():
                await connection.execute(text(statement))
    await migrations.migrate(database)
    for _ in range(2):
        assert await migrations.differences(database) == []
        pages = {
            page.card.name: page
            for key in await _column(database, "select id from shop.colourways")
            if isinstance(key, int)
            for page in [await queries.product_page(database, key)]
        }
        charts = {
            name: page.size_chart.key if page.size_chart else None for name, page in pages.items()
        }
        assert charts == {"shoes": "women-eu", "shirt": "kids-age"}
        assert {name: page.age_group for name, page in pages.items()} == {
            "shoes": "adult",
            "shirt": "kids",
        }
        assert [size.label for size in pages["shoes"].sizes] == ["37", "39"]
        assert [picture.width for picture in pages["shoes"].pictures] == [None]
        sizes = "select value from shop.facet_values where facet = 'size' order by value"
        assert await _column(database, sizes) == ["EU:37", "EU:39", "age:4-5Y"]
        assert await _column(database, "select colourway_id from shop.product_changes") == []
        async with database.connection() as connection:
            await connection.run_sync(_back_and_forth)
    await database.aclose()
