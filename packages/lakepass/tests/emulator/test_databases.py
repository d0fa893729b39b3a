"""Databases beside the first one: made empty, copied, dropped."""

from collections.abc import Iterator

import asyncpg
import pytest

from lakepass.emulator import Emulator, EmulatorError

from .conftest import Connect


@pytest.fixture
def made(emulator: Emulator) -> Iterator[str]:
    emulator.create_database("made")
    yield "made"
    emulator.drop_database("made")


@pytest.fixture
def copy(emulator: Emulator) -> Iterator[str]:
    """The name of one that a test makes; dropped if it did."""
    yield 'a "copy"'
    emulator.drop_database('a "copy"')


async def test_the_app_may_make_a_schema_of_its_own_there(connect: Connect, made: str) -> None:
    session = await connect(database=made)
    await session.execute("CREATE SCHEMA mine")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await session.execute("CREATE TABLE public.theirs ()")


async def test_copy_has_all_but_the_sessions(
    connect: Connect, emulator: Emulator, made: str, copy: str
) -> None:
    session = await connect(database=made)
    await session.execute("CREATE SCHEMA mine; CREATE TABLE mine.t AS SELECT 1 AS n")
    emulator.create_database(copy, template=made)
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)):
        await session.fetchval("SELECT 1")
    copied = await connect(database=copy)
    assert await copied.fetchval("SELECT n FROM mine.t") == 1
    await copied.execute("CREATE SCHEMA another")


def test_what_cannot_be_made_is_reported(emulator: Emulator, made: str) -> None:
    with pytest.raises(EmulatorError, match=r'database made cannot be created: .*"made" already'):
        emulator.create_database(made)
    with pytest.raises(EmulatorError, match='"nowhere" does not exist'):
        emulator.create_database("more", template="nowhere")


async def test_dropping_asks_nobody(connect: Connect, emulator: Emulator) -> None:
    emulator.create_database("brief")
    await connect(database="brief")
    emulator.drop_database("brief")
    emulator.drop_database("brief")
    with pytest.raises(asyncpg.PostgresError, match='database "brief" does not exist'):
        await connect(database="brief")
