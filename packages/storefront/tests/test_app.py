"""The app's start and stop: what was opened is closed, whatever happened meanwhile."""

from contextlib import suppress

from sqlalchemy import text

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront.app import create_app
from storefront.db import Database
from storefront.settings import Settings
from tests.databases import Databases


class Broken(Exception):
    """Of the server, while the app runs."""


async def connections(emulator: Emulator, database: str, *, to: str) -> int:
    """How many connections another database has; asked in this one."""
    with environment(emulator, database):
        asking = Database(Settings(connect_deadline_s=60))
    [row] = await asking.fetch("select count(*) from pg_stat_activity where datname = $1", to)
    await asking.aclose()
    return int(row[0])


async def test_an_app_that_ends_with_an_error_has_closed_its_connections(
    emulator: Emulator, databases: Databases, template_database: str, settings: Settings
) -> None:
    name = databases.create(template=template_database)
    with environment(emulator, name):
        app = create_app(settings)
        with suppress(Broken):
            async with app.router.lifespan_context(app) as state:
                assert state is not None
                async with state["database"].reads() as session:
                    await session.execute(text("select 1"))
                raise Broken
    assert await connections(emulator, databases.create(), to=name) == 0
