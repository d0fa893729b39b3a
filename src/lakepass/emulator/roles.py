"""Postgres's roles as the API tells of them, and the passwords of those made through it.

Source: `databricks-sdk` (service/postgres.py, Role) for the fields; github.com/databricks/cli,
acceptance/bundle/resources/postgres_roles, for a sample.
"""

import base64
import hashlib
import re
import secrets
from typing import Any

import asyncpg

from lakepass.emulator import native
from lakepass.emulator.provision import label_in, quoted
from lakepass.emulator.vault import Vault

_ID = re.compile(r"[a-z][a-z0-9-]{3,62}")

# Assumed: roles that are Postgres's or the service's own are not shown.
_ROLES = """
    SELECT rolname, rolcanlogin, rolbypassrls, rolcreatedb, rolcreaterole, rolpassword,
        shobj_description(oid, 'pg_authid') AS comment,
        EXISTS (
            SELECT FROM pg_auth_members
            WHERE member = r.oid AND roleid = to_regrole('databricks_superuser')
        ) AS is_databricks_superuser
    FROM pg_authid r
    WHERE NOT rolsuper AND rolname <> 'databricks_superuser' AND NOT starts_with(rolname, 'pg_')
    ORDER BY rolname
"""


class Roles:
    """The roles of a branch, as they are in Postgres at the time of asking."""

    def __init__(self, branch: str, admin: asyncpg.Pool, passwords: Vault) -> None:
        self._branch = branch
        self._admin = admin
        self._passwords = passwords

    async def all(self) -> list[dict[str, Any]]:
        """All roles, by name. One statement."""
        return [self._resource(row) for row in await self._admin.fetch(_ROLES)]

    async def one(self, role_id: str) -> dict[str, Any] | None:
        """The role with this id, if there is one."""
        row = await self._row(role_id)
        return None if row is None else self._resource(row)

    async def password_of(self, role_id: str) -> str | None:
        """The password of a role made by `create`, as long as it still is its password."""
        row = await self._row(role_id)
        kept = None if row is None else self._passwords.encoded(self._branch, row["rolname"])
        if row is None or kept is None:
            return None
        password = base64.b64decode(kept).decode()
        return password if await native.fits(password, row["rolpassword"]) else None

    async def create(self, name: str) -> str:
        """Make a role with a password of its own, and return that.

        Raises asyncpg.DuplicateObjectError, among others. Postgres is told a verifier only, so no
        log of it can hold the password.
        """
        password = secrets.token_urlsafe(24)
        verifier = native.verifier_of(password)
        await self._admin.execute(f"CREATE ROLE {quoted(name)} LOGIN PASSWORD '{verifier}'")
        self._passwords.put(self._branch, name, password.encode())
        return password

    async def _row(self, role_id: str) -> asyncpg.Record | None:
        rows = await self._admin.fetch(_ROLES)
        return next((row for row in rows if _id_of(row["rolname"]) == role_id), None)

    def _resource(self, row: asyncpg.Record) -> dict[str, Any]:
        label = label_in(row["comment"])
        if not row["rolcanlogin"]:
            auth_method = "NO_LOGIN"
        else:
            auth_method = "PG_PASSWORD_SCRAM_SHA_256" if label is None else "LAKEBASE_OAUTH_V1"
        role_id = _id_of(row["rolname"])
        status: dict[str, Any] = {
            "role_id": role_id,
            "postgres_role": row["rolname"],
            "identity_type": label.rpartition("type=")[2] if label else "IDENTITY_TYPE_UNSPECIFIED",
            "auth_method": auth_method,
            "attributes": {
                "bypassrls": row["rolbypassrls"],
                "createdb": row["rolcreatedb"],
                "createrole": row["rolcreaterole"],
            },
        }
        if row["is_databricks_superuser"]:
            status["membership_roles"] = ["DATABRICKS_SUPERUSER"]
        return {"name": f"{self._branch}/roles/{role_id}", "parent": self._branch, "status": status}


def _id_of(name: str) -> str:
    """Assumed: a role made without an id has its name for one, or one drawn from its name."""
    if _ID.fullmatch(name):
        return name
    return f"role-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
