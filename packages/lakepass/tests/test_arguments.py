"""What a program passes wrongly is refused where it passes it, in words, without a secret."""

import copy
import math
import pickle
import subprocess
import sys
from typing import Any

import pytest

from lakepass import ConfigurationError, Credential, Lakebase

ENVIRON = {
    "PGHOST": "ep-x.example.com",
    "DATABRICKS_HOST": "https://workspace.example.com",
    "DATABRICKS_TOKEN": "dapi" + "1" * 32,
}


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *(("connect_deadline_s", value) for value in ("60", None, 0, -1, True, math.nan, math.inf)),
        *(("port", value) for value in (True, 5432.0, b"5432")),
        *(("database", value) for value in (3, "a\0b")),
        *(("user", value) for value in (b"abc", "a\0")),
        ("resource", 5),
        ("resource", b"projects/shop"),
        ("instance", 5),
        ("host", b"ep-x"),
        ("auth", 1),
        ("sslmode", True),
    ],
)
def test_an_argument_that_cannot_be_used_is_named_with_its_value(argument: str, value: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Lakebase(environ=ENVIRON, **{argument: value})
    assert caught.value.code == "LP-105" if argument == "port" else "LP-149"
    assert ("PGPORT" if argument == "port" else argument) in str(caught.value)
    assert (str(value) if argument == "port" else repr(value)) in str(caught.value)


@pytest.mark.parametrize("environ", [["A=B"], "PGHOST=h", {"PGHOST": 5}, {5: "PGHOST"}])
def test_an_environment_is_a_mapping_of_texts(environ: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"environ.*LP-149"):
        Lakebase(environ=environ)


def test_a_secret_as_an_argument_is_not_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Lakebase(b"dapi1234567890", environ=ENVIRON)  # type: ignore[arg-type]
    assert "dapi1234567890" not in str(caught.value)


@pytest.mark.parametrize("token", ["Bearer eyJabcdefgh", "bearer\teyJabcdefgh"])
def test_a_header_value_with_its_scheme_is_not_a_token(token: str) -> None:
    with pytest.raises(ConfigurationError, match=r"“Bearer”, which is not part of it.*LP-119"):
        Lakebase(environ=ENVIRON).for_user(token)


@pytest.mark.parametrize("token", ["eyJabc\ndefghijk", "eyJabc def", "eyJ\0abcdefg", "“eyJabcdef”"])
def test_what_no_token_contains_is_refused_before_it_is_sent(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Lakebase(environ=ENVIRON).for_user(token)
    assert caught.value.code == "LP-119"
    assert token not in str(caught.value)


def test_a_token_is_a_text() -> None:
    with pytest.raises(ConfigurationError, match=r"access_token is of type bytes.*LP-149"):
        Lakebase(environ=ENVIRON).for_user(b"eyJabcdefgh")  # type: ignore[arg-type]


def test_only_a_credential_is_accepted_or_dropped() -> None:
    lake = Lakebase(environ=ENVIRON)
    for take in (lake.accept, lake.invalidate):
        with pytest.raises(ConfigurationError, match=r"of type str.*of type Credential.*LP-149"):
            take("password")  # type: ignore[arg-type]


@pytest.mark.parametrize("driver", ["pg8000", "psycopg2", None])
def test_another_driver_than_the_two_is_refused(driver: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"'asyncpg' or 'psycopg'.*LP-149") as caught:
        Lakebase(environ=ENVIRON).async_engine(driver=driver)
    assert repr(driver) in str(caught.value)


def test_a_lakebase_is_neither_pickled_nor_copied() -> None:
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"in others create one, as with Lakebase.from_env\(\)"):
            take(Lakebase(environ=ENVIRON))


def test_a_password_does_not_leave_in_a_pickle() -> None:
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds a password"):
            take(Credential("secret"))


@pytest.mark.parametrize(
    ("call", "missing", "extras"),
    [
        ("lake.engine()", "sqlalchemy", "sqlalchemy,psycopg"),
        ("lake.engine()", "psycopg", "sqlalchemy,psycopg"),
        ("lake.async_engine()", "sqlalchemy", "sqlalchemy"),
        ("lake.async_engine()", "asyncpg", "sqlalchemy"),
        ("lake.async_engine()", "greenlet", "sqlalchemy"),
        ("lake.async_engine(driver='psycopg')", "psycopg", "sqlalchemy,psycopg"),
        ("lake.psycopg_pool()", "psycopg_pool", "psycopg"),
        ("lake.async_psycopg_pool()", "psycopg", "psycopg"),
        ("lake.psycopg_connect()", "psycopg", "psycopg"),
        ("asyncio.run(lake.psycopg_connect_async())", "psycopg", "psycopg"),
        ("asyncio.run(lake.asyncpg_connect())", "asyncpg", "asyncpg"),
        ("asyncio.run(lake.asyncpg_pool())", "asyncpg", "asyncpg"),
    ],
)
def test_a_driver_that_is_missing_is_named_with_what_installs_it(
    call: str, missing: str, extras: str
) -> None:
    script = (
        f"import asyncio, sys; sys.modules[{missing!r}] = None; import lakepass\n"
        f"lake = lakepass.Lakebase(environ={ENVIRON!r})\n"
        f"try: {call}\nexcept lakepass.ConfigurationError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        f'{missing} is not installed. Run: pip install "lakepass[{extras}]" [LP-142]\n'
    )
