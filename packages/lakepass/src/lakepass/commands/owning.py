"""Makes a role an owner of a schema and its objects, through a role that the owners share.

Only an owner may alter a table or create an index on it; no privilege replaces that.
In Postgres nobody can give an object to a role that they are not a member of, and Lakebase makes
nobody a member of an app's role. So objects are given to a role without a login of which the former
owners and the new one are members: each of them may then do everything that an owner may.

Sources: Databricks docs, "Transfer Postgres object ownership"
(oltp/projects/transfer-object-ownership); PostgreSQL documentation, "ALTER TABLE", "Role Membership".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lakepass.commands.privileges import SHARING

NAME_BYTES = 63

# Objects of schema $1 that the quoted role $2 does not own, with the keyword of each for ALTER:
# relations, except those that belong to a table (indexes, sequences of columns, but not partitions,
# which have owners of their own) or an extension; then functions, enumerations and domains.
_MOVABLE = """
    with relations as (
        select relowner as owner, oid, 'pg_class'::regclass as class, relispartition as is_part,
               case relkind when 'S' then 'SEQUENCE' when 'v' then 'VIEW'
                    when 'm' then 'MATERIALIZED VIEW' when 'f' then 'FOREIGN TABLE' else 'TABLE' end
                   as kind,
               oid::regclass::text as name
        from pg_class
        where relnamespace = to_regnamespace(quote_ident($1)) and relkind = any('{r,p,v,m,f,S}')
        union all
        select proowner, oid, 'pg_proc'::regclass, false, 'ROUTINE', oid::regprocedure::text
        from pg_proc where pronamespace = to_regnamespace(quote_ident($1))
        union all
        select typowner, oid, 'pg_type'::regclass, false,
               case typtype when 'd' then 'DOMAIN' else 'TYPE' end, oid::regtype::text
        from pg_type
        where typnamespace = to_regnamespace(quote_ident($1)) and typtype = any('{e,d}')
    )
    select kind, name, pg_get_userbyid(owner)::text as owner, pg_has_role(owner, 'USAGE') as is_ours
    from relations r
    where not exists (
        select from pg_depend d
        where d.classid = r.class and d.objid = r.oid and d.deptype = any('{e,a,i}')
          and not (r.is_part and d.deptype = 'a')
    )
      and not coalesce(pg_has_role(to_regrole($2), owner, 'USAGE'), false)
    order by kind, name
"""
_SCHEMA_OWNER = """
    select pg_get_userbyid(nspowner)::text as owner, pg_has_role(nspowner, 'USAGE') as is_ours,
           coalesce(pg_has_role(to_regrole($2), nspowner, 'USAGE'), false) as is_owned
    from pg_namespace where nspname = $1
"""


@dataclass(frozen=True, slots=True)
class Sharing:
    """How to make a role own a schema and all its objects.

    statements: for the grantor. others: objects of roles that must run the command too, by name
    and owner, the owner of the schema first. creation: what somebody else must run first, because
    the grantor may not. opening: what the owner of the schema must run then, if that is not the
    grantor.
    """

    statements: list[str]
    others: list[tuple[str, str]]
    creation: list[str]
    opening: list[str]

    @property
    def moves(self) -> bool:
        """Whether the grantor has anything to share."""
        return any(" OWNER TO " in statement for statement in self.statements)


async def shared(connection: Any, schema: str, grantor: str, role: str) -> Sharing:
    """Plan the sharing of a schema's ownership. grantor, role: names.

    The schema `public` stays with the owner of the database. Three statements on an asyncpg
    connection; nothing is changed.
    """
    objects = await connection.fetch(_MOVABLE, schema, _quoted(role))
    found = await connection.fetchrow(_SCHEMA_OWNER, schema, _quoted(role))
    moves_schema = schema != "public" and not (found is not None and found["is_owned"])
    if not objects and not moves_schema:
        return Sharing([], [], [], [])
    name = shared_name(schema)
    owners = {row["owner"] for row in objects} | {grantor, role}
    others = [(row["name"], row["owner"]) for row in objects if not row["is_ours"]]
    if moves_schema and found is not None:
        owners.add(found["owner"])
        if not found["is_ours"]:
            others.insert(0, (f"schema {schema}", found["owner"]))
    row = await connection.fetchrow(SHARING, name, grantor, sorted(owners), schema)
    gives_schema = moves_schema and (found is None or (found["is_ours"] and found["owner"] != name))
    creation, for_others = prepared(name, grantor, row, gives_schema=gives_schema)
    opening = opened(schema, name, row)
    if opening and creation:  # the role must be there before its owner can let it into the schema
        creation, for_others = [], [*creation, *for_others]
    moves = [] if row["is_open"] else opening_of(schema, name)
    if gives_schema:
        moves.append(f"ALTER SCHEMA {_quoted(schema)} OWNER TO {_quoted(name)}")
    moves += [
        f"ALTER {row['kind']} {row['name']} OWNER TO {_quoted(name)}"
        for row in objects
        if row["is_ours"]
    ]
    return Sharing([*creation, *moves], others, for_others, opening)


def prepared(
    name: str, owner: str, row: Sequence[Any], *, gives_schema: bool
) -> tuple[list[str], list[str]]:
    """Statements that create the shared role and its members: the owner's, and somebody else's.

    row: the result of SHARING. Giving a schema away also requires the privilege to create schemas
    (PostgreSQL documentation, "ALTER SCHEMA").
    """
    is_there, may_create, missing, database, may_create_schemas, *_ = row
    creation = [] if is_there else [f"CREATE ROLE {_quoted(name)} NOLOGIN"]
    creation += [f"GRANT {_quoted(name)} TO {_quoted(member)}" for member in missing]
    ours, for_others = (creation, []) if may_create else ([], creation)
    if gives_schema and not may_create_schemas:
        right = f"GRANT CREATE ON DATABASE {_quoted(database)} TO {_quoted(owner)}"
        for_others = [*for_others, right]
    return ours, for_others


def opening_of(schema: str, name: str) -> list[str]:
    """What lets the shared role own things in the schema."""
    return [f"GRANT USAGE, CREATE ON SCHEMA {_quoted(schema)} TO {_quoted(name)}"]


def opened(schema: str, name: str, row: Sequence[Any]) -> list[str]:
    """The same, where the owner who shares does not own the schema; row: the answer to SHARING."""
    *_, is_open, schema_owner = row
    return opening_of(schema, name) if schema_owner and not is_open else []


def shared_name(schema: str) -> str:
    """The name of the role that shares a schema's ownership; truncated where Postgres would do it."""
    suffix = "_owner"
    return schema.encode()[: NAME_BYTES - len(suffix)].decode(errors="ignore") + suffix


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
