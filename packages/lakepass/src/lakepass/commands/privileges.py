"""Queries of Postgres about roles and their privileges, for `grant` and the doctor.

Source: PostgreSQL documentation, "Access Privilege Inquiry Functions" and "System Catalogs".
"""

SCHEMA_EXISTS = "select exists(select from pg_namespace where nspname = $1)"
ROLE_EXISTS = "select exists(select from pg_roles where rolname = $1)"
# Whether role $1 has no identity while others have one: Databricks docs, "Postgres roles".
UNTIED = """
    select exists(select from pg_shseclabel where provider = 'databricks_auth')
       and not exists(
           select from pg_seclabels
           where objtype = 'role' and provider = 'databricks_auth' and objname = quote_ident($1))
"""
# Whether roles can be created, and whether they could with an available extension.
MEANS = """
    select exists(select from pg_proc where proname = 'databricks_create_role'),
           exists(select from pg_available_extensions where name = 'databricks_auth')
"""

# Schema, tables and sequences of schema $1, without what extensions own and the sequences of identity
# columns, which nobody needs a privilege on. is_written: false for what takes no rows, as materialized
# views (of the bits of pg_relation_is_updatable, these are UPDATE, INSERT and DELETE).
_OBJECTS = """
    with objects as (
        select oid, nspowner as owner, 'schema' as kind, format('schema %I', nspname) as name,
               false as is_written
        from pg_namespace where nspname = $1
        union all
        select c.oid, c.relowner, case c.relkind when 'S' then 'sequence' else 'table' end,
               format('%I.%I', n.nspname, c.relname),
               case when c.relkind = any('{v,m}') then pg_relation_is_updatable(c.oid, true) & 28 <> 0
                    else true end
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relkind = any('{r,p,v,m,f,S}')
          and not exists (
              select from pg_depend d
              where d.classid = 'pg_class'::regclass and d.objid = c.oid
                and (d.deptype = 'e' or d.deptype = 'i' and c.relkind = 'S')
          )
    )
"""
# What role $2 still may not do, with $3 and $4 as the privileges on tables and on sequences. Partitions
# are read and written through their parent table, whose privileges apply.
STILL_MISSING = f"""{_OBJECTS}
    select name, pg_get_userbyid(owner) as owner from objects
    where case kind
        when 'schema' then not has_schema_privilege($2::name, oid, 'USAGE')
        when 'table' then exists(
            select from unnest($3::text[]) as p
            where (p = 'SELECT' or is_written)
              and not has_table_privilege($2::name, coalesce(pg_partition_root(oid), oid), p))
        else exists(
            select from unnest($4::text[]) as p where not has_sequence_privilege($2::name, oid, p))
    end
    union all
    select format('database %I', datname), pg_get_userbyid(datdba) from pg_database
    where datname = current_database() and not has_database_privilege($2::name, oid, 'CONNECT')
"""  # noqa: S608 - constants
# Tables of schema $1 with the commands, of $3 (r, a, w, d: as in pg_policy), that no policy allows role
# $2, the one who asks, on any row.
ROWS_WITHOUT_POLICY = """
    select format('%I.%I', n.nspname, c.relname) as name, pg_get_userbyid(c.relowner) as owner, command
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest($3::text[]) as command
    where n.nspname = $1 and c.relkind = any('{r,p}') and row_security_active(c.oid)
      and not exists(
          select from pg_policy p, unnest(p.polroles) as who
          where p.polrelid = c.oid and p.polpermissive and p.polcmd::text = any(array[command, '*'])
            and case who when 0 then true else pg_has_role($2::name, who, 'USAGE') end
      )
    order by name
"""
# Views of schema $1 that role $2 may read, as far as the view itself is concerned.
VIEWS = """
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind = 'v' and has_table_privilege($2::name, c.oid, 'SELECT')
      and not exists(
          select from pg_depend d
          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by name
"""
# What view $1 reads, itself or through other views, that is denied when role $2 reads it: the owner,
# the object, and the statement that grants it. Tables are read as the view's owner or, with
# security_invoker, as the role; functions as the role (PostgreSQL documentation, "CREATE VIEW").
BEHIND_VIEW = """
    with recursive views as (
        select oid, relowner, reloptions from pg_class where oid = $1::text::regclass
        union
        select c.oid, c.relowner, c.reloptions
        from views v join pg_rewrite r on r.ev_class = v.oid
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                        and d.refclassid = 'pg_class'::regclass
        join pg_class c on c.oid = d.refobjid and c.relkind = 'v'
    ), uses as (
        select d.refclassid, d.refobjid,
               case when coalesce((select option_value::boolean from pg_options_to_table(v.reloptions)
                                   where option_name = 'security_invoker'), false)
                    then $2::name else pg_get_userbyid(v.relowner) end as reader
        from views v join pg_rewrite r on r.ev_class = v.oid
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where d.refobjid <> v.oid
    )
    select pg_get_userbyid(c.relowner)::text as owner, format('%I.%I', n.nspname, c.relname) as name,
           format('GRANT SELECT ON %I.%I TO %I', n.nspname, c.relname, reader) as statement
    from uses join pg_class c on refclassid = 'pg_class'::regclass and c.oid = refobjid
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = any('{r,p,v,m,f}') and not has_table_privilege(reader, c.oid, 'SELECT')
    union
    select pg_get_userbyid(p.proowner)::text, format('%I.%I', n.nspname, p.proname),
           format('GRANT EXECUTE ON FUNCTION %I.%I(%s) TO %I', n.nspname, p.proname,
                  pg_get_function_identity_arguments(p.oid), $2::name)
    from uses join pg_proc p on refclassid = 'pg_proc'::regclass and p.oid = refobjid
    join pg_namespace n on n.oid = p.pronamespace
    where not has_function_privilege($2::name, p.oid, 'EXECUTE')
    order by name
"""
# Functions and procedures in schema $1 that role $2 may not call: the same three columns. Triggers call
# theirs without the privilege.
NOT_CALLED = """
    select pg_get_userbyid(p.proowner)::text as owner, format('%I.%I', n.nspname, p.proname) as name,
           format('GRANT EXECUTE ON ROUTINE %I.%I(%s) TO %I', n.nspname, p.proname,
                  pg_get_function_identity_arguments(p.oid), $2::name) as statement
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = $1 and not has_function_privilege($2::name, p.oid, 'EXECUTE')
      and p.prorettype <> all(array['trigger'::regtype, 'event_trigger'::regtype])
      and not exists(
          select from pg_depend d
          where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    order by name
"""
HAS_TABLES = f"""{_OBJECTS}
    select exists(select from objects where kind = 'table')
"""  # noqa: S608 - constants
# Objects in schema $1 that role $2 may not alter: neither it nor a role it is a member of owns them.
NOT_OWNED = f"""{_OBJECTS}
    select name, pg_get_userbyid(owner) as owner from objects
    where not pg_has_role($2::name, owner, 'USAGE') and name <> 'schema public'
    order by kind, name
"""  # noqa: S608 - constants
# Routines, enumerations and domains of schema $1 that role $2 does not own and so may not replace or
# alter; without those of extensions.
CODE_NOT_OWNED = """
    with code as (
        select proowner as owner, oid, 'pg_proc'::regclass as class,
               format('routine %s', oid::regprocedure) as name
        from pg_proc where pronamespace = to_regnamespace(quote_ident($1))
        union all
        select typowner, oid, 'pg_type'::regclass, format('type %s', oid::regtype)
        from pg_type
        where typnamespace = to_regnamespace(quote_ident($1)) and typtype = any('{e,d}')
    )
    select name, pg_get_userbyid(owner) as owner from code
    where not pg_has_role($2::name, owner, 'USAGE')
      and not exists (
          select from pg_depend d
          where d.classid = code.class and d.objid = code.oid and d.deptype = 'e'
      )
    order by name
"""
# For a role $1 that is to share ownership: whether it exists; whether owner $2 may create
# roles or, if the shared role exists, add members to it; who of $3 is not a member yet; the
# database, and whether $2 may create schemas in it; whether the shared role may own objects in schema
# $4 already; and who owns that schema, if not $2.
SHARING = """
    select to_regrole(quote_ident($1)) is not null,
           case when to_regrole(quote_ident($1)) is null
                then (select rolcreaterole or rolsuper from pg_roles where rolname = $2)
                else pg_has_role($2::name, to_regrole(quote_ident($1)), 'MEMBER WITH ADMIN OPTION')
           end,
           array(select name from unnest($3::text[]) as name
                 where not coalesce(pg_has_role(
                     to_regrole(quote_ident(name)), to_regrole(quote_ident($1)), 'MEMBER'), false)),
           current_database(), has_database_privilege($2::name, current_database(), 'CREATE'),
           coalesce((select has_schema_privilege(to_regrole(quote_ident($1)), oid, 'CREATE')
                     from pg_namespace where nspname = $4), false) as is_open,
           (select pg_get_userbyid(nspowner)::text from pg_namespace
            where nspname = $4 and not pg_has_role($2::name, nspowner, 'USAGE')) as schema_owner
"""
# Of the roles $1 that cannot log in: who can, and has what they own or may make themselves a member.
STAND_INS = """
    select o.rolname::text as owner,
           (select m.rolname::text from pg_roles m
            where m.rolcanlogin and not m.rolsuper and pg_has_role(m.oid, o.oid, 'USAGE')
            order by 1 limit 1) as member,
           (select m.rolname::text from pg_auth_members a join pg_roles m on m.oid = a.member
            where a.roleid = o.oid and a.admin_option and m.rolcanlogin and not m.rolsuper
            order by 1 limit 1) as admin
    from pg_roles o where o.rolname = any($1::text[]) and not o.rolcanlogin
"""
NOT_OURS = f"""{_OBJECTS}
    select name, pg_get_userbyid(owner) as owner from objects
    where not pg_has_role(owner, 'USAGE') order by kind, name
"""  # noqa: S608 - constants
# Roles that create objects in the schema and have not granted role $2 their future ones; $3 and $4
# as above. Default privileges belong to the creator, for the schema or for all (oid 0).
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
# Whether role $1 has the database privileges $2, and the current role may not grant them: then there is
# nothing to grant, and Postgres would refuse the attempt.
DATABASE_IS_SETTLED = """
    select not pg_has_role(datdba, 'USAGE') and not exists(
        select from unnest($2::text[]) as p where not has_database_privilege($1::name, oid, p))
    from pg_database where datname = current_database()
"""
