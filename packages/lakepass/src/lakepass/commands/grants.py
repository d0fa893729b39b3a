"""Roles and privileges: the SQL that grants what is requested, and the check that it worked.

Everything is pure except `planned` and `carry_out`, which use the connection they are given.

Sources: Databricks docs, "Postgres roles" (oltp/projects/postgres-roles), for `databricks_auth` and
`databricks_create_role`, and "Transfer Postgres object ownership"
(oltp/projects/transfer-object-ownership) for the shared owner role; PostgreSQL documentation,
"GRANT" and "ALTER DEFAULT PRIVILEGES".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lakepass.commands import owning
from lakepass.commands.privileges import (
    CREATE_STILL_MISSING,
    DATABASE_IS_SETTLED,
    DATABASE_STILL_MISSING,
    MEANS,
    NOT_OURS,
    NOT_OWNED,
    OTHER_OWNERS,
    ROLE_EXISTS,
    SCHEMA_EXISTS,
    STILL_MISSING,
    UNTIED,
)
from lakepass.errors import LakepassError

NAME_BYTES = 63  # PostgreSQL documentation, "Identifiers": longer names are silently truncated
_SHOWN = 5  # of the objects that prevent the grant
_GONE = (
    "If nobody signs in as the owner any more, ask a manager of the project to delete that role and "
    "reassign its objects (databricks postgres delete-role, reassign_owned_to)."
)

_CLIENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class NotGranted(LakepassError):
    """The database did not execute a grant. All of it was rolled back."""


class Level(StrEnum):
    """The access of a role to a schema; each level includes those before it."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"
    OWN = "own"

    @property
    def rank(self) -> int:
        """Its position in the order."""
        return list(Level).index(self)


class IdentityType(StrEnum):
    """The type of a role's identity; the values are those of `databricks_create_role`."""

    USER = "USER"
    SERVICE_PRINCIPAL = "SERVICE_PRINCIPAL"
    GROUP = "GROUP"


@dataclass(frozen=True, slots=True)
class Grant:
    """The access a role is to have: to one schema, or, without one, to the database itself.

    role: client id, e-mail or group name, which is also the name of the Postgres role.
    """

    role: str
    schema: str | None
    kind: IdentityType
    level: Level

    @property
    def table_privileges(self) -> list[str]:
        """Privileges on each table; REFERENCES is required for foreign keys to it."""
        by_level = {Level.READ: ["SELECT"], Level.WRITE: ["SELECT", "INSERT", "UPDATE", "DELETE"]}
        return by_level.get(self.level) or [*by_level[Level.WRITE], "REFERENCES"]

    @property
    def sequence_privileges(self) -> list[str]:
        """Privileges on each sequence: required to write to `serial` columns."""
        return ["USAGE", "SELECT"] if self.level is not Level.READ else []

    @property
    def creates(self) -> bool:
        """Whether objects may be created."""
        return self.level.rank >= Level.CREATE.rank

    @property
    def database_privileges(self) -> list[str]:
        """Privileges on the database: CREATE allows creating schemas."""
        return ["CONNECT", "CREATE"] if self.creates and self.schema is None else ["CONNECT"]

    def creation(self, *, with_extension: bool = True) -> list[str]:
        """Statements that create the role and map it to its identity; it must not exist."""
        create = f"SELECT databricks_create_role({literal(self.role)}, {literal(self.kind.value)})"
        extension = ["CREATE EXTENSION IF NOT EXISTS databricks_auth"] if with_extension else []
        return [*extension, create]

    def rights(self, database: str, *, is_settled: bool = False) -> list[str]:
        """Statements that grant the privileges, on existing objects and on those created later.

        is_settled: the role already has its privileges on the database itself.
        """
        role = quoted(self.role)
        on_database = ", ".join(self.database_privileges)
        statements = [f"GRANT {on_database} ON DATABASE {quoted(database)} TO {role}"]
        in_schema = [] if self.schema is None else self._rights_in(self.schema)
        return [*([] if is_settled else statements), *in_schema]

    def _rights_in(self, name: str) -> list[str]:
        role, schema = quoted(self.role), quoted(name)
        usage = "USAGE, CREATE" if self.creates else "USAGE"
        statements = [f"GRANT {usage} ON SCHEMA {schema} TO {role}"]
        by_kind = {"TABLES": self.table_privileges, "SEQUENCES": self.sequence_privileges}
        for kind, privileges in by_kind.items():
            given = ", ".join(privileges)
            if given and self.level is not Level.OWN:  # owners need no grant
                statements.append(f"GRANT {given} ON ALL {kind} IN SCHEMA {schema} TO {role}")
            if given:
                later = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema}"
                statements.append(f"{later} GRANT {given} ON {kind} TO {role}")
        return statements


def guess_kind(role: str) -> IdentityType:
    """A client id is a service principal, a name with an @ is a user, anything else a group."""
    if _CLIENT_ID.fullmatch(role):
        return IdentityType.SERVICE_PRINCIPAL
    return IdentityType.USER if "@" in role else IdentityType.GROUP


def checked_role(name: str) -> str:
    """The name of a role. Raises ValueError, also for words that mean everybody to Postgres."""
    # PostgreSQL's grammar (src/backend/parser/gram.y, RoleSpec) treats these two so even in quotes.
    if name in ("public", "none"):
        raise ValueError(f"{name} is a reserved word, not a role")
    return checked_name(name)


def checked_name(name: str) -> str:
    """A name that Postgres does not truncate. Raises ValueError."""
    if not name:
        raise ValueError("the name is empty")
    if len(name.encode()) > NAME_BYTES:
        raise ValueError(f"the name is longer than {NAME_BYTES} bytes")
    return name


def quoted(name: str) -> str:
    """A name as an SQL identifier, with any characters."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string, with any characters and any configuration of backslashes."""
    doubled = text.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in text else f"'{doubled}'"


def schema_missing(wanted: Grant, database: str) -> NotGranted:
    """The schema to grant access to does not exist."""
    return NotGranted(
        f"Schema {quoted(wanted.schema or '')} does not exist in database {quoted(database)}.",
        code="LP-601",
    )


def role_cannot_be_made(wanted: Grant) -> NotGranted:
    """The role does not exist, and the server cannot create it."""
    return NotGranted(
        f"Role {quoted(wanted.role)} does not exist, and this server has no extension "
        "databricks_auth, with which Lakebase creates roles that log in with a token.",
        code="LP-602",
    )


def role_refused(wanted: Grant, error: Exception) -> NotGranted:
    """`databricks_create_role` raised an error."""
    return NotGranted(
        f"Role {quoted(wanted.role)} could not be created. Nothing was changed.",
        code="LP-603",
        facts=_seen(error),
    )


def cannot_share(
    wanted: Grant, grantor: str, sharing: owning.Sharing, creation: Sequence[str]
) -> NotGranted:
    """The grantor lacks a privilege needed to share ownership.

    creation: statements that create the role: without it, it cannot become a member.
    """
    steps = []
    if sharing.creation:
        names_role = any(sql.endswith(f" TO {quoted(wanted.role)}") for sql in sharing.creation)
        for_them = [*(creation if names_role else []), *sharing.creation]
        steps.append(
            "Ask someone who may create roles and owns the database, such as the owner of the "
            f"project, to run this first: {'; '.join(for_them)};"
        )
    if sharing.opening:
        first = "Then ask" if steps else "Ask"
        steps.append(f"{first} the owner of the schema to run: {'; '.join(sharing.opening)};")
    return NotGranted(
        f"{quoted(grantor)} lacks privileges needed to share the ownership of schema "
        f"{quoted(wanted.schema or '')}. Nothing was changed.",
        code="LP-603",
        next_step=" ".join([*steps, "Then run it again."]),
    )


def owned_by_others(plan: "Plan") -> NotGranted:
    """Our part is shared; the rest belongs to roles that have to run the same command."""
    owners = list(dict.fromkeys(owner for _, owner in plan.others))
    return NotGranted(
        f"The objects of {quoted(plan.grantor)} in schema {quoted(plan.wanted.schema or '')} are "
        f"shared now; {_belongings(plan.others)}.",
        code="LP-604",
        next_step=f"Run the same command as each of these, in this order: {', '.join(owners)}. "
        f"{_GONE}",
    )


def _belongings(owned: Sequence[tuple[str, str]]) -> str:
    shown = ", ".join(f"{name} belongs to {owner}" for name, owner in owned[:_SHOWN])
    return shown + (f" and {len(owned) - _SHOWN} more are not yours" if len(owned) > _SHOWN else "")


def not_owner(plan: "Plan", owned: Sequence[tuple[str, str]], error: Exception) -> NotGranted:
    """Only owners can grant privileges. owned: the objects that are not ours, and their owners."""
    owners = ", ".join(dict.fromkeys(owner for _, owner in owned))
    where = f" in schema {quoted(plan.wanted.schema)}" if plan.wanted.schema else ""
    return NotGranted(
        f"{quoted(plan.grantor)} may not grant these privileges{where}: "
        f"{_belongings(owned)}. Nothing was changed.",
        code="LP-604",
        next_step=f"Run this as the owner ({owners}). {_GONE}",
        facts=_seen(error),
    )


def refused(error: Exception) -> NotGranted:
    """Any other error."""
    return NotGranted(code="LP-605", facts=_seen(error))


def _seen(error: Exception) -> dict[str, object]:
    return {
        "server": str(error) or type(error).__name__,
        "sqlstate": getattr(error, "sqlstate", None) or "none",
    }


@dataclass(frozen=True, slots=True)
class Plan:
    """What a grant would do in one database, before anything is changed.

    creation: statements that create the role, none if it exists. grantor: our own role.
    ownership: statements that make the role own the schema and its objects, if requested.
    others: objects of other owners, by name and owner. is_untied: whether no token can log in
    as the role. problem: why it cannot work, if that is known beforehand.
    """

    wanted: Grant
    grantor: str
    creation: list[str]
    ownership: list[str]
    rights: list[str]
    others: list[tuple[str, str]]
    is_untied: bool
    problem: NotGranted | None

    @property
    def statements(self) -> list[str]:
        """All of them, in order."""
        return [*self.creation, *self.ownership, *self.rights]

    @property
    def script(self) -> str:
        """The statements as one transaction, to be read, stored or pasted into psql."""
        return "\n".join(f"{sql};" for sql in ("BEGIN", *self.statements, "COMMIT"))


async def planned(connection: Any, wanted: Grant) -> Plan:
    """Inspect the database (an asyncpg connection), changing nothing. Six statements, nine to own.

    Raises NotGranted if it does not respond.
    """
    import asyncpg  # noqa: PLC0415 - an extra, which every caller with a connection has

    sharing = owning.Sharing([], [], [], [])
    ownership: list[str] = []
    try:
        database, grantor = await connection.fetchrow("select current_database(), current_user")
        role_is_there = await connection.fetchval(ROLE_EXISTS, wanted.role)
        schema_is_there = wanted.schema is None or await connection.fetchval(
            SCHEMA_EXISTS, wanted.schema
        )
        is_ready, has_extension = await connection.fetchrow(MEANS)
        is_untied = role_is_there and wanted.kind is not IdentityType.GROUP
        is_untied = is_untied and await connection.fetchval(UNTIED, wanted.role)
        is_settled = role_is_there and await connection.fetchval(
            DATABASE_IS_SETTLED, wanted.role, wanted.database_privileges
        )
        if wanted.level is Level.OWN and wanted.schema is not None:
            sharing = await owning.shared(connection, wanted.schema, grantor, wanted.role)
            ownership = sharing.statements
            if not schema_is_there:
                ownership = [f"CREATE SCHEMA {quoted(wanted.schema)}", *ownership]
                schema_is_there = True
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise refused(error) from error
    problem = None
    creation = [] if role_is_there else wanted.creation(with_extension=not is_ready)
    if not schema_is_there:
        problem = schema_missing(wanted, database)
    elif not (role_is_there or is_ready or has_extension):
        problem = role_cannot_be_made(wanted)
    elif sharing.creation or sharing.opening:
        problem = cannot_share(wanted, grantor, sharing, creation)
    rights = wanted.rights(database, is_settled=is_settled)
    plan = Plan(wanted, grantor, creation, ownership, rights, sharing.others, is_untied, problem)
    if plan.others and not sharing.moves and problem is None:
        return replace(plan, problem=not_owner(plan, plan.others, Warning("nothing here is yours")))
    return plan


async def carry_out(connection: Any, plan: Plan) -> list[str]:
    """Run all statements of a plan or none, and check that the role now has the requested access.

    Returns who else creates objects in the schema. If it raises NotGranted, nothing was changed, unless
    others own a part of what is to be shared, or the connection broke during the commit, when that
    is unknown (LP-605 with no SQLSTATE).
    """
    import asyncpg  # noqa: PLC0415 - an extra, which every caller with a connection has

    wanted = plan.wanted
    try:
        try:
            async with connection.transaction():
                await _run(connection, plan)
        except asyncpg.InsufficientPrivilegeError as error:
            owned = wanted.schema and await connection.fetch(NOT_OURS, wanted.schema)
            raise not_owner(plan, owned, error) if owned else refused(error) from error
        if plan.others:
            raise owned_by_others(plan)
        if wanted.schema is None:
            return []
        found = await connection.fetch(OTHER_OWNERS, wanted.schema, wanted.role)
        return [row["owner"] for row in found]
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise refused(error) from error


async def _run(connection: Any, plan: Plan) -> None:
    import asyncpg  # noqa: PLC0415 - an extra, which every caller with a connection has

    try:
        for statement in plan.creation:
            await connection.execute(statement)
    except asyncpg.PostgresError as error:
        raise role_refused(plan.wanted, error) from error
    for statement in (*plan.ownership, *plan.rights):
        await connection.execute(statement)
    missing = await _still_missing(connection, plan.wanted)
    if missing := [one for one in missing if one[1] not in {owner for _, owner in plan.others}]:
        # A role that has a privilege but does not own the table cannot grant it, and is only warned.
        raise not_owner(plan, missing, Warning("no privileges were granted"))


async def _still_missing(connection: Any, wanted: Grant) -> list[tuple[str, str]]:
    """What the role still may not do, and the owners, according to Postgres after the grant."""
    privileges = wanted.database_privileges
    missing = await connection.fetch(DATABASE_STILL_MISSING, wanted.role, privileges)
    if wanted.schema is not None:
        on = wanted.table_privileges, wanted.sequence_privileges
        missing += await connection.fetch(STILL_MISSING, wanted.schema, wanted.role, *on)
        if wanted.level is Level.OWN:
            missing += await connection.fetch(NOT_OWNED, wanted.schema, wanted.role)
        if wanted.creates:
            missing += await connection.fetch(CREATE_STILL_MISSING, wanted.schema, wanted.role)
    return list(dict.fromkeys((row["name"], row["owner"]) for row in missing))
