"""How a role comes to own a schema and what is in it: through a role that owners share.

Only an owner may alter a table or create an index on it, and no privilege stands in for that.
Postgres lets nobody give an object to a role that they are not a member of, and Lakebase makes
nobody a member of an app's role. So objects are given to a role without a login of which the former
owners and the new one are members: each of them may then do all that an owner may.

Sources: Databricks docs, "Transfer Postgres object ownership"
(oltp/projects/transfer-object-ownership); PostgreSQL documentation, "ALTER TABLE", "Role Membership".
"""

from typing import Any

NAME_BYTES = 63

# Objects of schema $1 that the role in quotes, $2, does not own, with the command that names each:
# relations, but for those that follow a table (indexes, sequences of columns) or an extension; then
# functions, enumerations and domains.
_MOVABLE = """
    with relations as (
        select relowner as owner, oid, 'pg_class'::regclass as class,
               case relkind when 'S' then 'SEQUENCE' when 'v' then 'VIEW'
                    when 'm' then 'MATERIALIZED VIEW' when 'f' then 'FOREIGN TABLE' else 'TABLE' end
                   as kind,
               oid::regclass::text as name
        from pg_class
        where relnamespace = to_regnamespace(quote_ident($1)) and relkind = any('{r,p,v,m,f,S}')
        union all
        select proowner, oid, 'pg_proc'::regclass, 'ROUTINE', oid::regprocedure::text
        from pg_proc where pronamespace = to_regnamespace(quote_ident($1))
        union all
        select typowner, oid, 'pg_type'::regclass, case typtype when 'd' then 'DOMAIN' else 'TYPE' end,
               oid::regtype::text
        from pg_type
        where typnamespace = to_regnamespace(quote_ident($1)) and typtype = any('{e,d}')
    )
    select kind, name, quote_ident(pg_get_userbyid(owner)) as owner from relations r
    where not exists (
        select from pg_depend d
        where d.classid = r.class and d.objid = r.oid and d.deptype = any('{e,a,i}')
    )
      and not coalesce(pg_has_role(to_regrole($2), owner, 'USAGE'), false)
    order by kind, name
"""
_SCHEMA_OWNER = """
    select quote_ident(pg_get_userbyid(nspowner)) as owner,
           coalesce(pg_has_role(to_regrole($2), nspowner, 'USAGE'), false) as is_owned
    from pg_namespace where nspname = $1
"""
_EXISTS = "select to_regrole(quote_ident($1)) is not null"


async def statements(connection: Any, schema: str, grantor: str, role: str) -> list[str]:
    """What lets a role own the schema and all that is in it; nothing if it does already.

    grantor, role: as SQL identifiers. The schema `public` stays with the owner of the database.
    Three statements on an asyncpg connection; nothing is changed.
    """
    objects = await connection.fetch(_MOVABLE, schema, role)
    found = await connection.fetchrow(_SCHEMA_OWNER, schema, role)
    keeps_schema = schema == "public" or (found is not None and found["is_owned"])
    if not objects and keeps_schema:
        return []
    name = shared_name(schema)
    shared = '"' + name.replace('"', '""') + '"'
    owners = {row["owner"] for row in objects} | {grantor, role}
    if found is not None and not keeps_schema:
        owners.add(found["owner"])
    quoted_schema = '"' + schema.replace('"', '""') + '"'
    creation = [] if await connection.fetchval(_EXISTS, name) else [f"CREATE ROLE {shared} NOLOGIN"]
    return [
        *creation,
        *(f"GRANT {shared} TO {owner}" for owner in sorted(owners)),
        f"GRANT USAGE, CREATE ON SCHEMA {quoted_schema} TO {shared}",
        *([] if keeps_schema else [f"ALTER SCHEMA {quoted_schema} OWNER TO {shared}"]),
        *(f"ALTER {row['kind']} {row['name']} OWNER TO {shared}" for row in objects),
    ]


def shared_name(schema: str) -> str:
    """The name of the role that shares a schema's ownership; cut where Postgres would cut it."""
    suffix = "_owner"
    return schema.encode()[: NAME_BYTES - len(suffix)].decode(errors="ignore") + suffix
