"""The databases of one Postgres: listed, created, copied, changed and dropped."""

import asyncpg

from lakepass.emulator.postgres.provision import quoted
from lakepass.emulator.state import WorkspaceState

_END_SESSIONS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = $1 AND datname NOT IN ('postgres', 'template1')
"""


_ALL = """
    SELECT datname AS name, pg_get_userbyid(datdba) AS owner FROM pg_database
    WHERE NOT datistemplate AND datname <> 'postgres'
    ORDER BY datname
"""
_SIZE = "SELECT coalesce(sum(pg_database_size(oid)), 0) FROM pg_database WHERE datallowconn"


class Databases:
    """Databases of the branch, owned by its creator and open to the app."""

    def __init__(self, admin: asyncpg.Pool, state: WorkspaceState) -> None:
        self._admin = admin
        self._owner = quoted(state.developer.name)
        self._app = state.app.name

    async def create(self, name: str, *, template: str) -> None:
        """Create a copy of another database; its sessions are ended, because Postgres allows none.

        Privileges on the database itself are not copied, so those that attaching it to an app grants are
        granted again, if the app has a role here: Databricks docs, "Add a Lakebase resource"
        (dev-tools/databricks-apps/lakebase). Files are copied as files, which costs less than half of
        the default: copying pages through the log.
        """
        await self._admin.execute(_END_SESSIONS, template)
        await self._admin.execute(
            f"CREATE DATABASE {quoted(name)} OWNER {self._owner} TEMPLATE {quoted(template)} "
            "STRATEGY FILE_COPY"
        )
        if await self._admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", self._app):
            await self._admin.execute(
                f"GRANT CONNECT, CREATE ON DATABASE {quoted(name)} TO {quoted(self._app)}"
            )

    async def all(self) -> dict[str, str]:
        """The owner of each database, by its name. One statement."""
        return {row["name"]: row["owner"] for row in await self._admin.fetch(_ALL)}

    async def size(self) -> int:
        """Total size in bytes. One statement."""
        return int(await self._admin.fetchval(_SIZE))

    async def create_for(self, owner: str, name: str) -> None:
        """Create an empty database. Raises asyncpg.DuplicateDatabaseError, among others."""
        await self._admin.execute(f"CREATE DATABASE {quoted(name)} OWNER {quoted(owner)}")

    async def rename(self, name: str, new_name: str) -> None:
        """Rename a database; sessions in it are ended."""
        await self._admin.execute(_END_SESSIONS, name)
        await self._admin.execute(f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(new_name)}")

    async def give(self, name: str, owner: str) -> None:
        """Change its owner."""
        await self._admin.execute(f"ALTER DATABASE {quoted(name)} OWNER TO {quoted(owner)}")

    async def drop(self, name: str) -> None:
        """Drop a database if it exists, even if sessions use it."""
        await self._admin.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
