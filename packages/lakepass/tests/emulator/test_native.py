"""Passwords of Postgres's own roles: taken only where that is switched on."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import psycopg
import pytest
from databricks.sdk import WorkspaceClient

from lakepass.emulator import Emulator, Faults, running_emulator

from .conftest import Connect

Make = Callable[[str], Awaitable[str]]
Says = Callable[[str, str, str], Awaitable[tuple[str, str]]]

WRONG_DIRECT = ("28P01", 'password authentication failed for user "{}"')
WRONG_PROXY = ("XX000", "password authentication failed for user '{}'")
NO_TOKEN_DIRECT = (
    "28P01",
    'Failed to decode token for role "{}" and native postgres login was either not attempted due '
    "to configuration or failed.",
)
NO_TOKEN_PROXY = ("XX000", "Provided authentication token is not a valid JWT encoding")


@pytest.fixture
async def make(admin: asyncpg.Connection) -> AsyncIterator[Make]:
    """Makes the role `plain` with these options and returns its name."""

    async def make(options: str) -> str:
        await admin.execute(f"CREATE ROLE plain LOGIN {options}")
        return "plain"

    yield make
    await admin.execute("DROP ROLE IF EXISTS plain")


@pytest.fixture
def says(connect: Connect) -> Says:
    async def says(host: str, user: str, password: str) -> tuple[str, str]:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connect(host=host, user=user, password=password)
        assert refused.value.sqlstate is not None
        return refused.value.sqlstate, str(refused.value)

    return says


def about(role: str, answer: tuple[str, str]) -> tuple[str, str]:
    return answer[0], answer[1].format(role)


async def test_password_of_a_role_opens_both_hosts(
    emulator: Emulator, faults: Faults, connect: Connect, make: Make
) -> None:
    await make("PASSWORD 'café: correct horse'")
    faults.set_native_login(True)
    for host in ("localhost", emulator.host("local").name):
        session = await connect(host=host, user="plain", password="café: correct horse")
        assert await session.fetchval("SELECT current_user") == "plain"


async def test_psycopg_gets_in_with_a_native_password(
    emulator: Emulator, faults: Faults, make: Make
) -> None:
    await make("PASSWORD 'correct horse'")
    faults.set_native_login(True)
    with psycopg.connect(
        host="localhost",
        port=emulator.gateway_port,
        user="plain",
        dbname="databricks_postgres",
        password="correct horse",
        sslmode="require",
    ) as session:
        assert session.execute("SELECT current_user").fetchone() == ("plain",)


async def test_tokens_are_taken_beside_native_passwords(faults: Faults, connect: Connect) -> None:
    faults.set_native_login(True)
    assert await (await connect()).fetchval("SELECT 1") == 1


@pytest.mark.parametrize(
    "options",
    [
        "PASSWORD 'another horse 2'",
        "PASSWORD NULL",
        "PASSWORD 'mine, in full 1' VALID UNTIL '2020-01-01'",
        # What Postgres stores of that password in its older form: md5 of `mine, in full 1plain`.
        "PASSWORD 'md54f1d5cc363458b57b5adb3c02733b37d'",
    ],
)
async def test_wrong_password(
    emulator: Emulator, faults: Faults, make: Make, says: Says, options: str
) -> None:
    role = await make(options)
    faults.set_native_login(True)
    assert await says(emulator.host("local").name, role, "mine, in full 1") == about(
        role, WRONG_DIRECT
    )
    assert await says("localhost", role, "mine, in full 1") == about(role, WRONG_PROXY)


async def test_unknown_role_is_told_no_more_than_a_wrong_password(
    emulator: Emulator, faults: Faults, says: Says
) -> None:
    faults.set_native_login(True)
    assert await says(emulator.host("local").name, "nobody", "x") == about("nobody", WRONG_DIRECT)
    assert await says("localhost", "nobody", "x") == about("nobody", WRONG_PROXY)


async def test_role_of_an_identity_takes_tokens_only(
    emulator: Emulator, faults: Faults, admin: asyncpg.Connection, says: Says
) -> None:
    role = emulator.environment()["PGUSER"]
    await admin.execute(f"ALTER ROLE \"{role}\" PASSWORD 'native horse 1'")
    faults.set_native_login(True)
    try:
        assert await says(emulator.host("local").name, role, "native horse 1") == about(
            role, NO_TOKEN_DIRECT
        )
        assert await says("localhost", role, "native horse 1") == NO_TOKEN_PROXY
    finally:
        await admin.execute(f'ALTER ROLE "{role}" PASSWORD NULL')


async def test_switched_off_a_right_password_is_no_token(
    emulator: Emulator, make: Make, says: Says
) -> None:
    role = await make("PASSWORD 'mine, in full 1'")
    assert await says(emulator.host("local").name, role, "mine, in full 1") == about(
        role, NO_TOKEN_DIRECT
    )
    assert await says("localhost", role, "mine, in full 1") == NO_TOKEN_PROXY


def test_apis_tell_whether_it_is_on(faults: Faults, app: WorkspaceClient) -> None:
    def told() -> list[bool | None]:
        project = app.postgres.get_project("projects/local").status
        instance = app.database.get_database_instance("local")
        assert project is not None
        return [
            project.enable_pg_native_login,
            instance.enable_pg_native_login,
            instance.effective_enable_pg_native_login,
        ]

    assert told() == [False, False, False]
    faults.set_native_login(True)
    assert told() == [True, True, True]
    faults.clear()
    assert told() == [False, False, False]


def test_switched_on_at_the_start_it_stays_on() -> None:
    with running_emulator(native_login=True) as emulator:
        emulator.faults.set_native_login(False)
        emulator.faults.clear()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(
                host="localhost",
                port=emulator.gateway_port,
                user="nobody",
                dbname="databricks_postgres",
                password="x",
                sslmode="require",
            )


@pytest.mark.parametrize(
    ("password", "text"),
    [("abc", "password is too short"), ("onlyletterstwelve", "both letters and nonletters")],
)
async def test_weak_passwords_are_refused(make: Make, password: str, text: str) -> None:
    with pytest.raises(asyncpg.InvalidParameterValueError, match=text):
        await make(f"PASSWORD '{password}'")
