"""Sessions of credentials that were restricted to tables (`claims`).

Assumed, all of it except this: such a credential reads the named tables of Unity Catalog and
writes nothing (databricks-sdk, `generate_database_credential`), and results in grants in Postgres,
where a table is in the schema with the same name. The service's own roles are called
`databricks_reader_…` (github.com/neondatabase/neon, compute_tools).
"""

import hashlib
from collections.abc import Collection

import asyncpg

from lakepass.emulator.gateway.routes import Server
from lakepass.emulator.postgres.provision import quoted


async def restricted(
    server: Server, role: str, database: str, tables: Collection[str]
) -> dict[str, str]:
    """Startup parameters of a session that may only read these tables (catalog.schema.table).

    The session starts as a role with only that privilege. It can switch back to its own role
    (`SET ROLE NONE`), but starts every transaction read-only. Missing tables are skipped.
    """
    reader = (
        "databricks_reader_" + hashlib.sha256("\n".join(sorted(tables)).encode()).hexdigest()[:16]
    )
    connection = await server.connect(database)
    try:
        async with connection.transaction():
            # Two logins at the same time must not both create it.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext($1))", reader)
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", reader):
                await connection.execute(f"CREATE ROLE {reader} NOLOGIN")
            await connection.execute(f"GRANT {reader} TO {quoted(role)}")
            for table in tables:
                await _grant(connection, reader, table)
    finally:
        await connection.close()
    return {"role": reader, "default_transaction_read_only": "on"}


async def _grant(connection: asyncpg.Connection, reader: str, table: str) -> None:
    _, schema, name = (quoted(part) for part in table.split("."))
    if await connection.fetchval("SELECT to_regclass($1)", f"{schema}.{name}") is not None:
        await connection.execute(
            f"GRANT USAGE ON SCHEMA {schema} TO {reader};"
            f"GRANT SELECT ON {schema}.{name} TO {reader}"
        )
