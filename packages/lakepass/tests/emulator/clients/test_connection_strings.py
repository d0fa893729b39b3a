"""The connection strings that lakepass writes, opened by the clients they are for."""

import asyncio
from collections.abc import Iterator

import asyncpg
import psycopg
import pytest
import sqlalchemy as sa

from lakepass import Lakebase
from lakepass.emulator import Emulator, Faults

from .attempts import WHO, Jdbc, Node, Psql

ODD = """o'neil+"both" ends/100% of:it?&=@x#;é"""


@pytest.fixture(params=["service principal", "user", "native role"])
def lake(request: pytest.FixtureRequest, emulator: Emulator, faults: Faults) -> Iterator[Lakebase]:
    """As identities whose names are plain, have an @, and have all that an URL must escape."""
    environ = emulator.environment()
    if request.param == "service principal":
        yield Lakebase.from_env(environ)
    elif request.param == "user":
        for name in ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "PGUSER"):
            del environ[name]
        yield Lakebase.from_env(environ | {"DATABRICKS_TOKEN": emulator.personal_access_token})
    else:
        faults.set_native_login(True)
        password = {"PGPASSWORD": emulator.create_native_role(ODD), "LAKEPASS_AUTH": "password"}
        yield Lakebase.from_env(environ | password | {"PGUSER": ODD})
        _drop(emulator)


def _drop(emulator: Emulator) -> None:
    async def drop() -> None:
        admin = await asyncpg.connect(**emulator.admin_dsn_kwargs)
        await admin.execute('DROP ROLE "' + ODD.replace('"', '""') + '"')
        await admin.close()

    asyncio.run(drop())


@pytest.fixture
def role(lake: Lakebase) -> str:
    """Who it should come to be, from what is shown of it once it is known."""
    lake.dsn()
    return str(lake.display()["username"])


def test_psql(lake: Lakebase, role: str, psql: Psql) -> None:
    assert psql.run("--dbname", lake.dsn(), PGPASSWORD=lake.password()) == role


def test_environment_of_libpq(lake: Lakebase, role: str, psql: Psql) -> None:
    assert psql.run(**lake.libpq_env(), PGPASSWORD=lake.password()) == role


def test_psycopg(lake: Lakebase, role: str) -> None:
    with psycopg.connect(lake.dsn(), password=lake.password()) as connection:
        assert connection.execute(WHO).fetchone() == (role,)


async def test_asyncpg(lake: Lakebase, role: str) -> None:
    connection = await asyncpg.connect(lake.dsn(), password=lake.password())
    assert await connection.fetchval(WHO) == role
    await connection.close()


def test_sqlalchemy(lake: Lakebase, role: str) -> None:
    url = sa.make_url(lake.dsn()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, connect_args={"password": lake.password()})
    with engine.connect() as connection:
        assert connection.scalar(sa.text(WHO)) == role
    engine.dispose()


def test_node_postgres(lake: Lakebase, role: str, node_postgres: Node) -> None:
    assert node_postgres.open(connectionString=lake.dsn(), password=lake.password()) == role


def test_jdbc(lake: Lakebase, role: str, jdbc: Jdbc) -> None:
    assert jdbc.open(lake.jdbc_url(), lake.password()) == role
