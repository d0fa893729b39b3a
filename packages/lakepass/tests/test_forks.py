"""Engines and pools in forked processes: two of them must never write to one connection."""

import subprocess
import sys

import pytest

BEGIN = """
import asyncio, os
from sqlalchemy import text
from lakepass import Lakebase, LakepassError

WHO = "select pg_backend_pid()"
lake = Lakebase.from_env({environ!r})
"""
IN_BOTH = """
before = ask()
child = os.fork()
if child == 0:
    try:
        print(ask() != before, flush=True)
    except LakepassError as error:
        print(error.code, flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(ask() == before, flush=True)
"""
ENGINE = """
engine = lake.engine()

def ask():
    with engine.connect() as connection:
        return connection.scalar(text(WHO))
"""
ASYNC_ENGINE = """
engine = lake.async_engine(driver="psycopg")

async def asked():
    async with engine.connect() as connection:
        return await connection.scalar(text(WHO))

loops = {}  # that of a parent is of no use in its child

def ask():
    if os.getpid() not in loops:
        loops[os.getpid()] = asyncio.new_event_loop()
    return loops[os.getpid()].run_until_complete(asked())
"""
POOL = """
pool = lake.psycopg_pool(min_size=1, max_size=1)

def ask():
    with pool.connection() as connection:
        return connection.execute(WHO).fetchone()[0]
"""


def said(environ: dict[str, str], *program: str) -> list[str]:
    code = BEGIN.replace("{environ!r}", repr(environ)) + "".join(program) + IN_BOTH
    command = [sys.executable, "-W", "ignore", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100)
    return ran.stdout.split() or [ran.stderr]


@pytest.mark.parametrize("program", [ENGINE, ASYNC_ENGINE])
def test_a_forked_child_has_connections_of_its_own(environ: dict[str, str], program: str) -> None:
    assert said(environ, program) == ["True", "True"]


def test_a_pool_is_refused_in_a_process_that_did_not_open_it(environ: dict[str, str]) -> None:
    """Its threads, which open connections, are not there; its connections are the parent's."""
    assert said(environ, POOL) == ["LP-511", "True"]
