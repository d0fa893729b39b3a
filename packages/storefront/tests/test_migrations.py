"""Migrations of a shop that is in business: what its rows become."""

import asyncio
import os
from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import Connection, text

from lakepass.cli import main as lakepass_command
from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront import migrations
from storefront.catalog import queries
from storefront.catalog import service as catalog
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.errors import Unavailable
from storefront.pricing import service as pricing
from storefront.settings import Settings
from tests.databases import Databases
from tests.warm import command as warm_command

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


def _downgrade_to(connection: Connection, revision: str) -> None:
    command.downgrade(migrations.alembic_config(connection), revision)


def _back_and_forth(connection: Connection) -> None:
    command.downgrade(migrations.alembic_config(connection), "0006")
    command.upgrade(migrations.alembic_config(connection), "head")


async def _column(database: Database, statement: str) -> list[object]:
    async with database.reads() as session:
        return list(await session.scalars(text(statement)))


async def test_processes_that_start_at_once_migrate_one_after_the_other(
    empty_database: Callable[[], Database],
) -> None:
    database = empty_database()
    migrating = [
        await asyncio.create_subprocess_exec(*warm_command("storefront"), "migrate")
        for _ in range(2)
    ]
    assert [await one.wait() for one in migrating] == [0, 0]
    assert await migrations.differences(database) == []
    await database.aclose()


async def test_a_migration_does_not_wait_long_behind_a_lock_and_is_tried_again(
    fresh_database: Callable[[], Database],
) -> None:
    database = fresh_database()
    async with database.connection() as connection:
        await connection.run_sync(_downgrade_to, "0028")
    async with database.connection() as reading:
        await reading.execute(text("lock table shop.sessions in access share mode"))
        with pytest.raises(Unavailable) as caught:
            await migrations.migrate(database, lock_timeout_s=0.05)
    assert "55P03" in caught.value.reason
    assert await _column(database, "select version_num from shop.alembic_version") == ["0028"]
    await migrations.migrate(database)
    assert await migrations.differences(database) == []
    await database.aclose()


async def test_the_apps_role_reads_and_writes_what_another_role_owns_and_changes_no_table(
    emulator: Emulator, databases: Databases
) -> None:
    name = databases.create()
    with environment(emulator, name) as patch:
        app = os.environ["DATABRICKS_CLIENT_ID"]
        for variable in ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "PGUSER"):
            patch.delenv(variable)
        patch.setenv("DATABRICKS_TOKEN", emulator.personal_access_token)
        owner = Database(Settings())
        await migrations.migrate(owner)
        async with owner.writes() as session:
            await pricing.install_defaults(session, "USD")
        await owner.aclose()
        assert (
            await asyncio.to_thread(lakepass_command, ["grant", app, "--schema", "shop", "--write"])
            == 0
        )
    with environment(emulator, name):
        database = Database(Settings())
        await migrations.migrate(database)  # which has nothing to do
        await catalog.import_products(database, demo_products(5))
        assert await _column(database, "select count(*) from shop.colourways") == [5]
        for statement in (
            "drop table shop.orders",
            "alter table shop.orders add column note_of_the_app text",
            "truncate shop.orders",
            "create table shop.of_the_app (id int)",
            "create index on shop.orders (placed_at)",
            "drop schema shop cascade",
        ):
            with pytest.raises(Unavailable) as caught:
                async with database.writes() as session:
                    await session.execute(text(statement))
            assert "privilege" in caught.value.reason, statement
        await database.aclose()


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
