"""Postgres roles as the APIs return them, and the passwords of those created through the APIs."""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import asyncpg

from lakepass.emulator.gateway import native
from lakepass.emulator.gateway.routes import Server
from lakepass.emulator.identity.vault import Vault
from lakepass.emulator.postgres.labels import LABEL_OF_R, tie
from lakepass.emulator.postgres.provision import quoted
from lakepass.emulator.state import Identity

# The attributes that the APIs know, as Postgres spells them: databricks-sdk, RoleAttributes.
ATTRIBUTES = ("bypassrls", "createdb", "createrole")

# Assumed: roles that are Postgres's or the service's own are not shown.
_ROLES = f"""
    SELECT rolname, rolcanlogin, rolbypassrls, rolcreatedb, rolcreaterole, rolpassword,
        {LABEL_OF_R} AS label,
        EXISTS (
            SELECT FROM pg_auth_members
            WHERE member = r.oid AND roleid = to_regrole('databricks_superuser')
        ) AS is_databricks_superuser
    FROM pg_authid r
    WHERE NOT rolsuper AND NOT starts_with(rolname, 'databricks_') AND NOT starts_with(rolname, 'pg_')
    ORDER BY rolname
"""  # noqa: S608 - constants
_DATABASES = "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname"


@dataclass(frozen=True, slots=True)
class PostgresRole:
    """A role. identity_type: the type of its identity, if it has one."""

    name: str
    identity_type: str | None
    can_login: bool
    attributes: Mapping[str, bool]
    is_superuser: bool
    verifier: str | None = field(repr=False)


class Roles:
    """The roles of one Postgres, read on each call. home: the branch or instance of that Postgres."""

    def __init__(self, home: str, server: Server, passwords: Vault) -> None:
        self._home = home
        self._server = server
        self._passwords = passwords

    async def all(self) -> list[PostgresRole]:
        """All roles, by name. One statement."""
        return [_role(row) for row in await self._server.admin.fetch(_ROLES)]

    async def named(self, name: str) -> PostgresRole | None:
        """The role with this name, if there is one."""
        return next((one for one in await self.all() if one.name == name), None)

    async def password_of(self, role: PostgresRole) -> str | None:
        """The password that `create` gave the role, while it is still valid."""
        stored = self._passwords.encoded(self._home, role.name)
        if stored is None:
            return None
        password = base64.b64decode(stored).decode()
        return password if await native.fits(password, role.verifier) else None

    async def create(self, name: str) -> str:
        """Create a role with a new password, and return the password.

        Raises asyncpg.DuplicateObjectError, among others. Postgres is sent only a verifier, so its
        log cannot contain the password.
        """
        password = secrets.token_urlsafe(24)
        verifier = native.verifier_of(password)
        await self._server.admin.execute(f"CREATE ROLE {quoted(name)} LOGIN PASSWORD '{verifier}'")
        self._passwords.put(self._home, name, password.encode())
        return password

    async def create_without_password(
        self, name: str, identity: Identity | None, *, can_login: bool
    ) -> None:
        """Create a role for an identity, or one without a login. Raises as `create`."""
        admin = self._server.admin
        login = "LOGIN" if can_login else "NOLOGIN"
        await admin.execute(f"CREATE ROLE {quoted(name)} {login}")
        if identity is not None:
            async with admin.acquire() as connection:
                await tie(connection, quoted(name), identity.label)

    async def change(
        self,
        name: str,
        *,
        attributes: Mapping[str, bool] | None = None,
        is_superuser: bool | None = None,
        can_login: bool | None = None,
    ) -> None:
        """Set what is not None. attributes: those to set or clear; others are not changed.

        is_superuser: a member of `databricks_superuser`.
        """
        admin = self._server.admin
        words = [
            f"{'' if is_on else 'NO'}{name.upper()}" for name, is_on in (attributes or {}).items()
        ]
        if can_login is not None:
            words.append("LOGIN" if can_login else "NOLOGIN")
        if words:
            await admin.execute(f"ALTER ROLE {quoted(name)} {' '.join(words)}")
        if is_superuser is True:
            await admin.execute(f"GRANT databricks_superuser TO {quoted(name)}")
        elif is_superuser is False:
            await admin.execute(f"REVOKE databricks_superuser FROM {quoted(name)}")

    async def drop(self, name: str, *, reassign_to: str | None = None) -> None:
        """Drop a role. reassign_to: a role that takes over its objects in all databases.

        Raises asyncpg.DependentObjectsStillExistError if it owns objects that no role takes over.
        """
        if reassign_to is not None:
            for row in await self._server.admin.fetch(_DATABASES):
                connection = await self._server.connect(row["datname"])
                try:
                    await connection.execute(
                        f"REASSIGN OWNED BY {quoted(name)} TO {quoted(reassign_to)};"
                        f"DROP OWNED BY {quoted(name)}"
                    )
                finally:
                    await connection.close()
        await self._server.admin.execute(f"DROP ROLE {quoted(name)}")
        self._passwords.delete(self._home, name)


def _role(row: asyncpg.Record) -> PostgresRole:
    kind = re.search(r"type=(\w+)$", row["label"] or "")
    return PostgresRole(
        name=row["rolname"],
        identity_type=kind[1] if kind else None,
        can_login=row["rolcanlogin"],
        attributes={name: row[f"rol{name}"] for name in ATTRIBUTES},
        is_superuser=row["is_databricks_superuser"],
        verifier=row["rolpassword"],
    )
