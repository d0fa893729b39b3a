"""Roles and databases of a new project, and the mapping of identities to roles.

Source: Databricks docs, "Postgres roles" and "Manage roles" (oltp/projects/postgres-roles,
/manage-roles) for the roles; "Add a Lakebase resource" (dev-tools/databricks-apps/lakebase) for
what attaching a database to an app grants its service principal.
"""

from dataclasses import dataclass, field
from typing import Any

import asyncpg

from lakepass.emulator.config import DATABASE
from lakepass.emulator.postgres.labels import LABEL_OF_R, tie
from lakepass.emulator.state import Identity, WorkspaceState

_ROLE = f"""
    SELECT {LABEL_OF_R} AS label, rolpassword AS verifier,
        coalesce(rolvaliduntil <= now(), false) AS is_outdated
    FROM pg_authid AS r WHERE rolname = $1
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Role:
    """What a login needs to know about a role.

    label: maps it to an identity, if any. verifier: of its password; None if it has
    none, or one past its VALID UNTIL.
    """

    label: str | None
    verifier: str | None = field(repr=False)


async def provision(
    server: dict[str, Any], state: WorkspaceState, home: str, *, major: int
) -> None:
    """Create what is missing; existing roles and databases are not changed.

    server: asyncpg arguments that connect to the Postgres of this home as superuser.
    """
    databases = {DATABASE: set[str]()}
    for app in state.config.apps:
        for one in app.resources:
            if (
                one.branch_or_instance
                and one.database
                and state.config.home_of(one.branch_or_instance) == home
            ):
                databases.setdefault(one.database, set()).add(state.identity(app.name).name)
    admin = await asyncpg.connect(**server, database="postgres")
    try:
        await _provision_roles(admin, state, home, set().union(*databases.values()))
        for name, apps in databases.items():
            await _provision_database(admin, name, owner=state.developer, apps=apps)
    finally:
        await admin.close()
    if major < 18:  # see Cluster: only from 18 on can `vector` be made trusted
        for name in databases:
            admin = await asyncpg.connect(**server, database=name)
            try:
                await admin.execute("CREATE EXTENSION IF NOT EXISTS vector")
            finally:
                await admin.close()


async def _provision_roles(
    admin: asyncpg.Connection, state: WorkspaceState, home: str, apps: set[str]
) -> None:
    if not await _exists(admin, "pg_roles", "rolname", "databricks_superuser"):
        await admin.execute("""
            CREATE ROLE databricks_superuser NOLOGIN CREATEDB CREATEROLE BYPASSRLS;
            GRANT pg_read_all_data, pg_write_all_data, pg_monitor TO databricks_superuser;
        """)
    # At every start, for clusters of older versions. Assumed: that the service does the same, where an
    # app is granted CONNECT on the database that is attached to it.
    await admin.execute("""
        REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
        GRANT CONNECT ON DATABASE postgres TO databricks_superuser;
    """)
    # Databricks docs, "Manage database permissions" (oltp/projects/manage-roles-permissions).
    rights = "CREATEROLE CREATEDB REPLICATION BYPASSRLS IN ROLE databricks_superuser"
    await _create_role(admin, state.developer, rights)
    named = {state.identity(name).name for name in state.config.homes[home].roles}
    for identity in state.identities:
        if identity.name in apps | named:
            await _create_role(admin, identity, "")


async def _provision_database(
    admin: asyncpg.Connection, name: str, *, owner: Identity, apps: set[str]
) -> None:
    if not await _exists(admin, "pg_database", "datname", name):
        await admin.execute(f"CREATE DATABASE {quoted(name)} OWNER {quoted(owner.name)}")
    # At every start, because every deployment of an app attaches its database again.
    for app in sorted(apps):
        await admin.execute(f"GRANT CONNECT, CREATE ON DATABASE {quoted(name)} TO {quoted(app)}")


async def role_named(admin: asyncpg.Pool, name: str) -> Role | None:
    """The role, if it exists. One statement."""
    row = await admin.fetchrow(_ROLE, name)
    if row is None:
        return None
    return Role(row["label"], None if row["is_outdated"] else row["verifier"])


async def _create_role(admin: asyncpg.Connection, identity: Identity, options: str) -> None:
    if await _exists(admin, "pg_roles", "rolname", identity.name):
        return
    role = quoted(identity.name)
    async with admin.transaction():
        await admin.execute(f"CREATE ROLE {role} LOGIN {options}")
        await tie(admin, role, identity.label)


async def _exists(admin: asyncpg.Connection, table: str, column: str, name: str) -> bool:
    found = await admin.fetchval(f"SELECT 1 FROM {table} WHERE {column} = $1", name)  # noqa: S608 - constants
    return found is not None


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
