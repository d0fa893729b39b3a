"""Roles and rights: from what is wanted to the SQL that gives it, and what may stand in its way.

All is pure but for `planned` and `carry_out`, which speak through the connection they are handed.

Sources: Databricks docs, "Postgres roles" (oltp/projects/postgres-roles), for `databricks_auth` and
`databricks_create_role`; PostgreSQL documentation, "GRANT" and "ALTER DEFAULT PRIVILEGES".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lakepass.errors import LakepassError

NAME_BYTES = 63  # PostgreSQL documentation, "Identifiers": longer names are cut, silently
_SHOWN = 5  # of the objects that stand in the way

_CLIENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

SCHEMA_EXISTS = "select exists(select from pg_namespace where nspname = $1)"
ROLE_EXISTS = "select exists(select from pg_roles where rolname = $1)"
# Whether roles can be made, and whether they could be with an extension that is there.
MEANS = """
    select exists(select from pg_proc where proname = 'databricks_create_role'),
           exists(select from pg_available_extensions where name = 'databricks_auth')
"""

# Schema, tables and sequences of schema $1, but for what an extension brought along.
_OBJECTS = """
    with objects as (
        select oid, nspowner as owner, 'schema' as kind, format('schema %I', nspname) as name
        from pg_namespace where nspname = $1
        union all
        select c.oid, c.relowner, case c.relkind when 'S' then 'sequence' else 'table' end,
               format('%I.%I', n.nspname, c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relkind = any('{r,p,v,m,f,S}')
          and not exists (
              select from pg_depend d
              where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
          )
    )
"""
# What role $2 still may not, with $3 and $4 as the privileges on tables and on sequences.
STILL_MISSING = f"""{_OBJECTS}
    select name, pg_get_userbyid(owner) as owner from objects
    where case kind
        when 'schema' then not has_schema_privilege($2::name, oid, 'USAGE')
        when 'table' then exists(
            select from unnest($3::text[]) as p where not has_table_privilege($2::name, oid, p))
        else exists(
            select from unnest($4::text[]) as p where not has_sequence_privilege($2::name, oid, p))
    end
    union all
    select format('database %I', datname), pg_get_userbyid(datdba) from pg_database
    where datname = current_database() and not has_database_privilege($2::name, oid, 'CONNECT')
"""  # noqa: S608 - constants
NOT_OURS = f"""{_OBJECTS}
    select name, pg_get_userbyid(owner) as owner from objects
    where not pg_has_role(owner, 'USAGE') order by kind, name
"""  # noqa: S608 - constants
# Who makes things in the schema without having granted role $2 what they will make later; $3 and $4
# as above. Default privileges are those of the maker, for the schema or for all (oid 0).
MAKERS_TO_GRANT = f"""{_OBJECTS},
    makers as (select distinct owner from objects),
    wanted as (
        select 'r'::"char" as kind, unnest($3::text[]) as privilege
        union all select 'S'::"char", unnest($4::text[])
    )
    select pg_get_userbyid(owner)::text as maker from makers
    where not pg_has_role($2::name, owner, 'USAGE')
      and not pg_has_role($2::name, 'pg_read_all_data', 'USAGE')
      and exists(
          select from wanted w where not exists(
              select from pg_default_acl d, aclexplode(d.defaclacl) a
              where d.defaclrole = makers.owner and d.defaclobjtype = w.kind
                and d.defaclnamespace in (0, (select oid from pg_namespace where nspname = $1))
                and a.privilege_type = w.privilege
                and case a.grantee when 0 then true else pg_has_role($2::name, a.grantee, 'USAGE') end
          )
      )
    order by maker
"""  # noqa: S608 - constants
OTHER_OWNERS = f"""{_OBJECTS}
    select distinct pg_get_userbyid(owner) as owner from objects
    where pg_get_userbyid(owner) <> current_user order by owner
"""  # noqa: S608 - constants


class NotGranted(LakepassError):
    """The database did not do what a grant asks for. It was undone as a whole."""


class Kind(StrEnum):
    """What a role stands for in the workspace; the values are those of `databricks_create_role`."""

    USER = "USER"
    SERVICE_PRINCIPAL = "SERVICE_PRINCIPAL"
    GROUP = "GROUP"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role shall be able to do in one schema: read, or read and write rows.

    role: client id, e-mail or group name, which is also the name of the Postgres role.
    """

    role: str
    schema: str
    kind: Kind
    is_writing: bool

    @property
    def table_privileges(self) -> list[str]:
        """Privileges on each table."""
        return ["SELECT", "INSERT", "UPDATE", "DELETE"] if self.is_writing else ["SELECT"]

    @property
    def sequence_privileges(self) -> list[str]:
        """Privileges on each sequence: what `serial` columns need of a writer."""
        return ["USAGE", "SELECT"] if self.is_writing else []

    def creation(self, *, with_extension: bool = True) -> list[str]:
        """Statements that make the role and tie it to its identity; it must not exist."""
        create = f"SELECT databricks_create_role({literal(self.role)}, {literal(self.kind.value)})"
        extension = ["CREATE EXTENSION IF NOT EXISTS databricks_auth"] if with_extension else []
        return [*extension, create]

    def rights(self, database: str) -> list[str]:
        """Statements that give the rights, on what is there and on what we make later."""
        role, schema = quoted(self.role), quoted(self.schema)
        later = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema}"
        tables = ", ".join(self.table_privileges)
        statements = [
            f"GRANT CONNECT ON DATABASE {quoted(database)} TO {role}",
            f"GRANT USAGE ON SCHEMA {schema} TO {role}",
            f"GRANT {tables} ON ALL TABLES IN SCHEMA {schema} TO {role}",
            f"{later} GRANT {tables} ON TABLES TO {role}",
        ]
        if sequences := ", ".join(self.sequence_privileges):
            statements += [
                f"GRANT {sequences} ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
                f"{later} GRANT {sequences} ON SEQUENCES TO {role}",
            ]
        return statements


def guess_kind(role: str) -> Kind:
    """A client id is a service principal, what has an @ is a user, all else a group."""
    if _CLIENT_ID.fullmatch(role):
        return Kind.SERVICE_PRINCIPAL
    return Kind.USER if "@" in role else Kind.GROUP


def checked_role(name: str) -> str:
    """The name of a role. Raises ValueError, also for words that Postgres takes for everybody."""
    # PostgreSQL's grammar (src/backend/parser/gram.y, RoleSpec) reads these two so even in quotes.
    if name in ("public", "none"):
        raise ValueError(f"{name} is a reserved word, not a role")
    return checked_name(name)


def checked_name(name: str) -> str:
    """A name that Postgres takes whole. Raises ValueError."""
    if not name:
        raise ValueError("the name is empty")
    if len(name.encode()) > NAME_BYTES:
        raise ValueError(f"the name is longer than {NAME_BYTES} bytes")
    return name


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string, whatever is in it and however backslashes are configured."""
    doubled = text.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in text else f"'{doubled}'"


def schema_missing(wanted: Grant, database: str) -> NotGranted:
    """There is nothing to grant rights in."""
    return NotGranted(
        f"Schema {quoted(wanted.schema)} does not exist in database {quoted(database)}.",
        code="LP-601",
    )


def role_cannot_be_made(wanted: Grant) -> NotGranted:
    """Neither the role nor the means to make it are there."""
    return NotGranted(
        f"Role {quoted(wanted.role)} does not exist, and this server has no extension "
        "databricks_auth, with which Lakebase makes roles that log in with a token.",
        code="LP-602",
    )


def role_refused(wanted: Grant, error: Exception) -> NotGranted:
    """`databricks_create_role` raised something."""
    return NotGranted(
        f"Role {quoted(wanted.role)} could not be made. Nothing was changed.",
        code="LP-603",
        facts=_seen(error),
    )


def not_owner(plan: "Plan", owned: Sequence[tuple[str, str]], error: Exception) -> NotGranted:
    """Only owners give rights. owned: objects in the schema that are not ours, and whose they are."""
    shown = ", ".join(f"{name} belongs to {owner}" for name, owner in owned[:_SHOWN])
    more = f" and {len(owned) - _SHOWN} more are not yours" if len(owned) > _SHOWN else ""
    owners = sorted({owner for _, owner in owned})
    grantor = quoted(plan.grantor)
    return NotGranted(
        f"{grantor} may not give these rights in schema {quoted(plan.wanted.schema)}: "
        f"{shown}{more}. Nothing was changed.",
        code="LP-604",
        next_step=f"Run this as the owner ({', '.join(owners)}), or have the owner run: "
        + " ".join(f"GRANT {quoted(owner)} TO {grantor};" for owner in owners),
        facts=_seen(error),
    )


def refused(error: Exception) -> NotGranted:
    """Anything else."""
    return NotGranted(code="LP-605", facts=_seen(error))


def _seen(error: Exception) -> dict[str, object]:
    return {
        "server": str(error) or type(error).__name__,
        "sqlstate": getattr(error, "sqlstate", None) or "none",
    }


@dataclass(frozen=True, slots=True)
class Plan:
    """What a grant comes to on one database, before anything was changed.

    creation: statements that make the role, none if it is there. grantor: who we are there.
    problem: why it cannot work, if that can be seen beforehand.
    """

    wanted: Grant
    grantor: str
    creation: list[str]
    rights: list[str]
    problem: NotGranted | None

    @property
    def script(self) -> str:
        """The statements as one transaction, to be read, kept or pasted into psql."""
        return "\n".join(f"{sql};" for sql in ("BEGIN", *self.creation, *self.rights, "COMMIT"))


async def planned(connection: Any, wanted: Grant) -> Plan:
    """Look at the database, an asyncpg connection, and change nothing. Four statements.

    Raises NotGranted if it does not answer.
    """
    import asyncpg  # noqa: PLC0415 - an extra, and whoever has a connection has it

    try:
        database, grantor = await connection.fetchrow("select current_database(), current_user")
        role_is_there = await connection.fetchval(ROLE_EXISTS, wanted.role)
        schema_is_there = await connection.fetchval(SCHEMA_EXISTS, wanted.schema)
        is_ready, has_extension = await connection.fetchrow(MEANS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise refused(error) from error
    problem = None
    if not schema_is_there:
        problem = schema_missing(wanted, database)
    elif not (role_is_there or is_ready or has_extension):
        problem = role_cannot_be_made(wanted)
    creation = [] if role_is_there else wanted.creation(with_extension=not is_ready)
    return Plan(wanted, grantor, creation, wanted.rights(database), problem)


async def carry_out(connection: Any, plan: Plan) -> list[str]:
    """Run all statements of a plan or none. Returns who else owns something in the schema.

    Raises NotGranted; nothing was changed then, unless the line broke at the very end, which
    cannot be known (LP-605 with no SQLSTATE).
    """
    import asyncpg  # noqa: PLC0415 - an extra, and whoever has a connection has it

    schema = plan.wanted.schema
    try:
        try:
            async with connection.transaction():
                await _run(connection, plan)
        except asyncpg.InsufficientPrivilegeError as error:
            owned = await connection.fetch(NOT_OURS, schema)
            raise not_owner(plan, owned, error) if owned else refused(error) from error
        return [row["owner"] for row in await connection.fetch(OTHER_OWNERS, schema)]
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise refused(error) from error


async def _run(connection: Any, plan: Plan) -> None:
    import asyncpg  # noqa: PLC0415 - an extra, and whoever has a connection has it

    wanted = plan.wanted
    try:
        for statement in plan.creation:
            await connection.execute(statement)
    except asyncpg.PostgresError as error:
        raise role_refused(wanted, error) from error
    for statement in plan.rights:
        await connection.execute(statement)
    privileges = wanted.table_privileges, wanted.sequence_privileges
    missing = await connection.fetch(STILL_MISSING, wanted.schema, wanted.role, *privileges)
    if missing:
        # Whoever holds a privilege without owning the table may not grant it, and is only warned.
        raise not_owner(plan, missing, Warning("no privileges were granted"))
