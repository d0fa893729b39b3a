"""Alembic on Lakebase: an env.py that takes its connection, a live token included, from lakepass.

    pip install "lakepass[sqlalchemy]" alembic
    alembic init migrations                 then put this in place of migrations/env.py
    lakepass emulator run -- alembic upgrade head

No `sqlalchemy.url` is needed in alembic.ini; `alembic upgrade head --sql` needs no database either.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema

import lakepass

# An app owns the schemas it makes, and nothing in `public`. Tables without a schema land here.
SCHEMA = "shop"
METADATA: MetaData | None = None  # your Base.metadata, for `alembic revision --autogenerate`


def migrate(connection: Connection) -> None:
    """All migrations in one transaction, or none; a second process waits, then finds none left."""
    connection.execute(text("select pg_advisory_xact_lock(hashtext('migrations'))"))
    connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
    context.configure(connection=connection, target_metadata=METADATA)
    context.run_migrations()


async def online() -> None:
    """Migrate the database that the environment names."""
    engine = lakepass.Lakebase.from_env().async_engine(
        poolclass=NullPool, server_settings={"search_path": SCHEMA}
    )
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


def offline() -> None:
    """Print the SQL instead."""
    context.configure(dialect_name="postgresql", literal_binds=True, target_metadata=METADATA)
    with context.begin_transaction():
        context.execute(f'CREATE SCHEMA IF NOT EXISTS "{SCHEMA}"')
        context.execute(f'SET search_path TO "{SCHEMA}"')
        context.run_migrations()


if context.is_offline_mode():
    offline()
else:
    asyncio.run(online())
