"""What Postgres says about roles and their privileges: the questions of `grant` and of the doctor.

Source: PostgreSQL documentation, "Access Privilege Inquiry Functions" and "System Catalogs".
"""

SCHEMA_EXISTS = "select exists(select from pg_namespace where nspname = $1)"
ROLE_EXISTS = "select exists(select from pg_roles where rolname = $1)"
# Whether role $1 is tied to no identity, where others are: Databricks docs, "Postgres roles".
UNTIED = """
    select exists(select from pg_shseclabel where provider = 'databricks_auth')
       and not exists(
           select from pg_seclabels
           where objtype = 'role' and provider = 'databricks_auth' and objname = quote_ident($1))
"""
# Whether roles can be made, and whether they could be with an extension that is there.
MEANS = """
    select exists(select from pg_proc where proname = 'databricks_create_role'),
           exists(select from pg_available_extensions where name = 'databricks_auth')
"""

# Schema, tables and sequences of schema $1, without what extensions own and the sequences of identity
# columns, which nobody needs a privilege on.
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
              where d.classid = 'pg_class'::regclass and d.objid = c.oid
                and (d.deptype = 'e' or d.deptype = 'i' and c.relkind = 'S')
          )
    )
"""
# What role $2 still may not, with $3 and $4 as the privileges on tables and on sequences. Partitions are
# read and written through the table that they are parts of, whose privileges count then.
STILL_MISSING = f"""{_OBJECTS}
    select name, pg_get_userbyid(owner) as owner from objects
    where case kind
        when 'schema' then not has_schema_privilege($2::name, oid, 'USAGE')
        when 'table' then exists(
            select from unnest($3::text[]) as p
            where not has_table_privilege($2::name, coalesce(pg_partition_root(oid), oid), p))
        else exists(
            select from unnest($4::text[]) as p where not has_sequence_privilege($2::name, oid, p))
    end
    union all
    select format('database %I', datname), pg_get_userbyid(datdba) from pg_database
    where datname = current_database() and not has_database_privilege($2::name, oid, 'CONNECT')
"""  # noqa: S608 - constants
HAS_TABLES = f"""{_OBJECTS}
    select exists(select from objects where kind = 'table')
"""  # noqa: S608 - constants
# What in schema $1 role $2 may not alter, since neither it nor a role of which it is a member owns it.
NOT_OWNED = f"""{_OBJECTS}
    select name, pg_get_userbyid(owner) as owner from objects
    where not pg_has_role($2::name, owner, 'USAGE') and name <> 'schema public'
    order by kind, name
"""  # noqa: S608 - constants
# For a role $1 that is to share ownership, whether it is there; and of owner $2, whether it may create
# roles or, where the shared role is there, add members to it; who of $3 is not a member yet; and the
# database, and whether $2 may create schemas in it.
SHARING = """
    select to_regrole(quote_ident($1)) is not null,
           case when to_regrole(quote_ident($1)) is null
                then (select rolcreaterole or rolsuper from pg_roles where rolname = $2)
                else pg_has_role($2::name, to_regrole(quote_ident($1)), 'MEMBER WITH ADMIN OPTION')
           end,
           array(select name from unnest($3::text[]) as name
                 where not coalesce(pg_has_role(
                     to_regrole(quote_ident(name)), to_regrole(quote_ident($1)), 'MEMBER'), false)),
           current_database(), has_database_privilege($2::name, current_database(), 'CREATE')
"""
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
      and (select rolcanlogin from pg_roles where oid = owner)
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
    where pg_get_userbyid(owner) <> current_user and not pg_has_role($2::name, owner, 'USAGE')
      and (select rolcanlogin from pg_roles where oid = owner)
    order by owner
"""  # noqa: S608 - constants
CREATE_STILL_MISSING = """
    select format('schema %I', nspname) as name, pg_get_userbyid(nspowner) as owner
    from pg_namespace where nspname = $1 and not has_schema_privilege($2::name, oid, 'CREATE')
"""
DATABASE_STILL_MISSING = """
    select format('database %I', datname) as name, pg_get_userbyid(datdba) as owner from pg_database
    where datname = current_database()
      and exists(
          select from unnest($2::text[]) as p where not has_database_privilege($1::name, oid, p))
"""
# Whether role $1 has what $2 asks of the database, and the one who asks may not grant it: then there is
# nothing to grant, and Postgres would refuse the attempt.
DATABASE_IS_SETTLED = """
    select not pg_has_role(datdba, 'USAGE') and not exists(
        select from unnest($2::text[]) as p where not has_database_privilege($1::name, oid, p))
    from pg_database where datname = current_database()
"""
