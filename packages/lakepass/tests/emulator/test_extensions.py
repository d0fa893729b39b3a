"""Extensions that the service has, and rights that it gives from the start."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient

from lakepass.emulator import Emulator

from .conftest import Connect

DEVELOPER = "developer@example.com"


@pytest.fixture
def database(emulator: Emulator) -> Iterator[str]:
    name = f"extended_{secrets.token_hex(4)}"
    emulator.create_database(name)
    yield name
    emulator.drop_database(name)


@pytest.fixture
async def session(connect: Connect, database: str) -> AsyncIterator[asyncpg.Connection]:
    """Of the app, which may create in this database, and has a schema of its own."""
    session = await connect(database=database)
    await session.execute("CREATE SCHEMA mine; SET search_path = mine")
    yield session
    await session.close()


@pytest.fixture
def owner(developer: WorkspaceClient, endpoint: str, connect: Connect) -> Connect:
    """`connect`, as the creator of the project."""
    token = developer.postgres.generate_database_credential(endpoint=endpoint).token

    async def connect_as_owner(database: str = "databricks_postgres") -> asyncpg.Connection:
        return await connect(user=DEVELOPER, password=token, database=database)

    return connect_as_owner


@pytest.mark.parametrize("name", ["autoinc", "bloom", "citext", "hstore", "pgrowlocks", "vector"])
async def test_an_app_creates_what_the_service_trusts(
    session: asyncpg.Connection, name: str
) -> None:
    await session.execute(f"CREATE EXTENSION {name}")


async def test_pgcrypto_and_uuid_ossp_go_together(session: asyncpg.Connection) -> None:
    await session.execute('CREATE EXTENSION pgcrypto; CREATE EXTENSION "uuid-ossp"')
    namespace = uuid.NAMESPACE_URL
    made = await session.fetchval("SELECT uuid_generate_v5($1, 'x')", namespace)
    assert made == uuid.uuid5(namespace, "x")
    assert await session.fetchval("SELECT digest('x', 'sha1')") == hashlib.sha1(b"x").digest()


TEXTS = ["", "abc", "ä€😀", "x" * 55, "x" * 56, "x" * 64, "x" * 1000]


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
async def test_pgcrypto_hashes_as_others_do(session: asyncpg.Connection, algorithm: str) -> None:
    await session.execute('CREATE EXTENSION IF NOT EXISTS "pgcrypto"')
    for text in TEXTS:
        assert (
            await session.fetchval("SELECT digest($1::text, $2)", text, algorithm)
            == hashlib.new(algorithm, text.encode()).digest()
        )
        for key in ("k", "key" * 100):
            assert (
                await session.fetchval("SELECT hmac($1::text, $2::text, $3)", text, key, algorithm)
                == hmac.new(key.encode(), text.encode(), algorithm).digest()
            )


async def test_pgcrypto_makes_random_values_and_names_what_it_lacks(
    session: asyncpg.Connection,
) -> None:
    await session.execute("CREATE EXTENSION pgcrypto")
    drawn = await session.fetchrow("SELECT gen_random_bytes(70), gen_random_bytes(70)")
    assert [len(one) for one in drawn] == [70, 70]
    assert drawn[0] != drawn[1]
    assert (await session.fetchval("SELECT mine.gen_random_uuid()")).version == 4
    with pytest.raises(asyncpg.InvalidParameterValueError, match="No such hash algorithm"):
        await session.fetchval("SELECT digest('a'::text, 'crc')")
    with pytest.raises(
        asyncpg.FeatureNotSupportedError,
        match="crypt is left out of the pgcrypto of the local Lakebase",
    ) as refused:
        await session.fetchval(
            "SELECT crypt('password', gen_salt)  FROM (SELECT 'x') AS t(gen_salt)"
        )
    assert refused.value.hint == "Point LAKEPASS_PG_BIN at a Postgres that has pgcrypto."


async def test_uuid_ossp_makes_uuids_of_every_version(session: asyncpg.Connection) -> None:
    await session.execute('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"')
    table = "CREATE TABLE things (id uuid PRIMARY KEY DEFAULT uuid_generate_v4())"
    await session.execute(table)
    for version in (1, 4):
        made = await session.fetchval(f"SELECT uuid_generate_v{version}()")
        assert (made.version, made.variant) == (version, uuid.RFC_4122)
    moment = await session.fetchval("SELECT clock_timestamp()")
    by_time = uuid.UUID(str(await session.fetchval("SELECT uuid_generate_v1mc()")))
    assert 0 <= (by_time.time - 0x01B21DD213814000) / 1e7 - moment.timestamp() < 60
    for space in ("dns", "url", "oid", "x500"):
        expected = getattr(uuid, f"NAMESPACE_{space.upper()}")
        assert await session.fetchval(f"SELECT uuid_ns_{space}()") == expected
        for version, make in ((3, uuid.uuid3), (5, uuid.uuid5)):
            asked = f"SELECT uuid_generate_v{version}(uuid_ns_{space}(), $1)"
            assert await session.fetchval(asked, "lakebase ä") == make(expected, "lakebase ä")
    assert await session.fetchval("SELECT uuid_nil()") == uuid.UUID(int=0)


async def test_statistics_of_statements_are_for_the_owner(owner: Connect, database: str) -> None:
    session = await owner(database=database)
    await session.execute("CREATE EXTENSION pg_stat_statements")
    assert await session.fetchval("SELECT count(*) FROM pg_stat_statements") > 0
    await session.fetchval("SELECT pg_stat_statements_reset()")


@pytest.mark.parametrize("name", ["postgis", "hll", "lakebase_vector"])
async def test_an_extension_that_is_not_here_says_so(
    session: asyncpg.Connection, name: str
) -> None:
    with pytest.raises(asyncpg.FeatureNotSupportedError) as refused:
        await session.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    assert refused.value.message == f'extension "{name}" is left out of the local Lakebase'
    assert refused.value.hint.startswith("A workspace has it. Point LAKEPASS_PG_BIN at a Postgres")


@pytest.mark.parametrize("database", ["postgres", "template1"])
async def test_the_app_may_connect_to_its_database_only(connect: Connect, database: str) -> None:
    with pytest.raises(asyncpg.PostgresError, match=f'permission denied for database "{database}"'):
        await connect(database=database)


async def test_the_owner_has_the_rights_that_are_documented(owner: Connect, database: str) -> None:
    session = await owner(database=database)
    rights = await session.fetchrow(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls "
        "FROM pg_roles WHERE rolname = current_user"
    )
    assert tuple(rights) == (False, True, True, True, True)
    await session.execute("CREATE TABLE sold (id bigint PRIMARY KEY)")
    await session.execute("CREATE PUBLICATION sales FOR TABLE sold")
    assert await session.fetchval("SHOW wal_level") == "logical"
    assert await (await owner(database="postgres")).fetchval("SELECT 1") == 1
