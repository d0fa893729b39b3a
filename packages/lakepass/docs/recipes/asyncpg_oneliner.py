"""One asyncpg connection, logged in with a live token.

    pip install "lakepass[asyncpg]"
    lakepass emulator run -- python asyncpg_oneliner.py

Connecting waits for a compute that wakes, and tries once more with a fresh token if one is refused.
"""

import asyncio

import lakepass


async def who_am_i() -> str:
    """The role we are logged in as."""
    connection = await lakepass.Lakebase.from_env().asyncpg_connect()
    try:
        role: str = await connection.fetchval("select current_user")
    finally:
        await connection.close()
    return role


if __name__ == "__main__":
    print(asyncio.run(who_am_i()))
