"""The public API as a type checker sees it. Never run: mypy reads it (test_recipes.py)."""

from datetime import datetime
from typing import Any, assert_type

from psycopg import AsyncConnection, Connection
from psycopg.rows import DictRow, TupleRow, dict_row
from psycopg_pool import AsyncConnectionPool, ConnectionPool
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

import lakepass
from lakepass import (
    ConfigurationError,
    ConnectError,
    Credential,
    CredentialDenied,
    CredentialError,
    CredentialUnavailable,
    DatabaseUnavailable,
    Explanation,
    Lakebase,
    LakepassError,
    Login,
    LoginRejected,
    Source,
)


def make() -> list[Lakebase]:
    return [
        Lakebase(),
        Lakebase("projects/shop"),
        Lakebase(instance="retail", database="shop", port=5432, user="someone"),
        Lakebase(host="h", sslmode="verify-full", sslrootcert="system", auth="oauth"),
        Lakebase(connect_deadline_s=5, environ={"PGHOST": "h"}),
        Lakebase.from_env(),
        Lakebase.from_env({"PGHOST": "h"}),
    ]


def refuse() -> None:
    # With warn_unused_ignores, each of these fails the check once it is accepted.
    Lakebase("a", "b")  # type: ignore[call-arg]
    Lakebase(port="5432")  # type: ignore[arg-type]
    Lakebase(endpoint="projects/shop")  # type: ignore[call-arg]
    Credential("p").password = "other"  # type: ignore[misc]


def use(lake: Lakebase) -> None:
    assert_type(lake.password(), str)
    assert_type(lake.dsn(), str)
    assert_type(lake.jdbc_url(), str)
    assert_type(lake.libpq_env(), dict[str, str])
    assert_type(lake.display(), dict[str, Any])
    assert_type(
        lake.async_engine(pool_size=3, server_settings={"search_path": "shop"}), AsyncEngine
    )
    assert_type(lake.engine(pool_size=3), Engine)
    assert_type(lake.psycopg_connect(autocommit=True), Connection[TupleRow])
    assert_type(lake.psycopg_connect(row_factory=dict_row), Connection[DictRow])
    assert_type(lake.psycopg_pool(max_size=3), ConnectionPool[Connection[TupleRow]])
    assert_type(
        lake.psycopg_pool(kwargs={"row_factory": dict_row}), ConnectionPool[Connection[Any]]
    )
    assert_type(lake.async_psycopg_pool(max_size=3), AsyncConnectionPool[AsyncConnection[TupleRow]])
    assert_type(lake.connect_deadline_s, float)
    login = lake.login(within_s=3)
    assert_type(login, Login)
    assert_type(login.credential, Credential)
    assert_type(login.credential.expires_at, datetime | None)
    assert_type(login.credential.life_s, float)
    lake.accept(login.credential)
    assert_type(lake.invalidate(login.credential), bool)
    explained = lake.explain()
    assert_type(explained, Explanation)
    assert_type(explained.lines(), list[str])
    assert_type(explained.sources, tuple[Source, ...])
    lake.close()


async def use_async(lake: Lakebase) -> None:
    assert_type(await lake.password_async(), str)
    assert_type(await lake.login_async(), Login)
    assert_type(await lake.asyncpg_connect(timeout=3), Any)
    assert_type(await lake.asyncpg_pool(max_size=3), Any)
    assert_type(await lake.psycopg_connect_async(autocommit=True), AsyncConnection[TupleRow])
    assert_type(await lake.psycopg_connect_async(row_factory=dict_row), AsyncConnection[DictRow])
    await lake.aclose()


def catch(lake: Lakebase) -> None:
    try:
        lake.password()
    except (CredentialDenied, LoginRejected) as error:
        assert_type(error, CredentialDenied | LoginRejected)
    except (CredentialUnavailable, DatabaseUnavailable) as error:
        assert_type(error.retryable, bool)
        assert_type(error.retry_after_s, float | None)
    except (ConfigurationError, ConnectError, CredentialError) as error:
        assert_type(error.code, str)
        assert_type(error.facts, dict[str, object])
    except LakepassError as error:
        assert_type(error.next_step, str)


assert_type(lakepass.__version__, str)
