"""An async SQLAlchemy engine, shared by all tasks of a process.

    pip install "lakepass[sqlalchemy]"
    lakepass emulator run -- python sqlalchemy_async.py

Every new connection of its pool asks lakepass for a password; one token serves them all until it
nears its end. A token is checked at login only, so connections that are open stay open.
"""

import asyncio

from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import CreateSchema

import lakepass

# An app may make schemas and owns what it makes; `public` belongs to someone else.
metadata = MetaData(schema="recipe")
visits = Table("visits", metadata, Column("id", Integer, primary_key=True), Column("page", Integer))


async def visit(engine: AsyncEngine, page: int) -> None:
    """One short transaction: committed at the end of the block, undone by an error."""
    async with engine.begin() as connection:
        await connection.execute(insert(visits).values(page=page))


async def main() -> int:
    """Write from ten tasks at once. Returns how many pages were visited so far."""
    engine = lakepass.Lakebase.from_env().async_engine(pool_size=5)
    try:
        async with engine.begin() as connection:
            await connection.execute(CreateSchema("recipe", if_not_exists=True))
            await connection.run_sync(metadata.create_all)
        async with asyncio.TaskGroup() as tasks:
            for page in range(10):
                tasks.create_task(visit(engine, page))
        async with engine.connect() as connection:
            return (await connection.execute(select(func.count()).select_from(visits))).scalar_one()
    finally:
        await engine.dispose()


if __name__ == "__main__":
    print(asyncio.run(main()))
