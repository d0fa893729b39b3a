"""A slow statement is logged with its plan, and without its values."""

import asyncio
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront.db import Database
from storefront.settings import Settings

_SLOW = (
    "select pg_sleep(0.02) from (select id from shop.colourways limit 1) as one "
    "where cast(%s as text) <> ''"
)


class Plans(logging.Handler):
    """Notes when a plan is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.logged = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith("The plan of "):
            self.logged.set()


@pytest.fixture
def plans() -> Iterator[Plans]:
    log, watch = logging.getLogger("storefront.telemetry.statements"), Plans()
    log.addHandler(watch)
    yield watch
    log.removeHandler(watch)


@pytest.mark.parametrize("is_fetch", [True, False])
async def test_a_slow_statement_is_logged_with_its_plan_and_without_its_values(
    emulator: Emulator,
    filled_database: str,
    caplog: pytest.LogCaptureFixture,
    plans: Plans,
    is_fetch: bool,
) -> None:
    with environment(emulator, filled_database):
        database = Database(Settings(slow_statement_ms=1))
        with caplog.at_level(logging.WARNING, logger="storefront.telemetry.statements"):
            for value in ("a-secret-value", "another-secret-value"):
                if is_fetch:
                    await database.fetch(_SLOW % "$1", value)
                else:
                    async with database.reads() as session:
                        await session.execute(text(_SLOW % ":value"), {"value": value})
            await plans.logged.wait()
        await database.aclose()
    about = [line for line in caplog.messages if "pg_sleep" in line]
    assert len([line for line in about if line.startswith("A statement took ")]) == 2
    [plan] = [line for line in about if line.startswith("The plan of ")]
    assert "Limit  (cost=" in plan
    assert "secret" not in caplog.text


async def test_where_none_is_slow_none_is_logged(
    emulator: Emulator, filled_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with environment(emulator, filled_database):
        database = Database(Settings(slow_statement_ms=0))
        await database.fetch("select pg_sleep(0.02)")
        await database.aclose()
    assert not [line for line in caplog.messages if "pg_sleep" in line]


async def test_what_has_no_plan_is_not_logged(
    emulator: Emulator, filled_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with environment(emulator, filled_database):
        database = Database(Settings(slow_statement_ms=1))
        async with database.writes() as session:
            await session.execute(text("do $$ begin perform pg_sleep(0.02); end $$"))
        await database.aclose()
    assert not [line for line in caplog.messages if "pg_sleep" in line]


async def test_a_statement_about_temporary_tables_has_no_plan(
    emulator: Emulator, filled_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with environment(emulator, filled_database):
        database = Database(Settings(slow_statement_ms=1))
        with caplog.at_level(logging.INFO, logger="storefront.telemetry.statements"):
            async with database.writes() as session:
                await session.execute(text("create temp table only_here (id int) on commit drop"))
                await session.execute(
                    text("select pg_sleep(0.02) from (select count(*) from only_here)")
                )
            await asyncio.sleep(0.2)
        await database.aclose()
    assert [line for line in caplog.messages if line.startswith("A statement took")]
    assert not [line for line in caplog.messages if "plan" in line.lower()]
