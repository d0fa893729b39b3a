"""Signs of missing privileges and objects inside the database."""

from lakepass.doctor.signs.sign import Advice, Sign

_NAME = r"[\"']?(?P<object>[\w.$-]+)[\"']?"

# Servers whose lc_messages is Portuguese; `lakepass.doctor.translations` knows others.
_IN_PORTUGUESE = r"permissão negada para (?:{}) [\"«„»]?"
_SCHEMA_WORDS = "esquema|schema"
_TABLE_WORDS = "tabela|relação|table"

_CREATE_IN_SCHEMA = Advice(
    title="The role may not create objects in the schema {schema}.",
    cause="CREATE on a schema is a separate right, which reading and writing its tables do not "
    "include. Someone else created the schema, or it is public, where only its owner may "
    "create.",
    fix="Have the owner of the schema grant it; or let the app create and own a schema of its own.",
    lines=(
        "lakepass grant {role_word} --schema {schema_word} --create{database_option}"
        "    # also to read and write all its tables",
        "GRANT USAGE, CREATE ON SCHEMA {schema_quoted} TO {role_quoted};    -- or only this; as owner",
    ),
)
_RIGHTS_IN_SCHEMA = Advice(title="The role lacks privileges in the schema {schema}.")
_RIGHTS_ON_OBJECT = Advice(
    title="The role lacks privileges on the {kind} {object}.",
    cause="It belongs to the role that created it: for an app that was created again, that is "
    "the former service principal. All other roles need a grant from the owner.",
    fix="Have the owner grant the privileges on the schema, its tables and its sequences.",
    lines=("lakepass grant {role_word} --schema {schema_word} {level}{database_option}",),
)
_NO_SUPERUSER = Advice(
    title="This role is not a member of the role {role}, which it tried to act as.",
    cause="To act as another role, or to make it an owner, you must be a member of it.",
    fix="Have a member of {role} run the statement, or have someone with ADMIN OPTION on it make this "
    "role a member.",
    lines=(),
)
_NO_EXTENSION = Advice(
    title="This database lacks the type {type}: its extension was not created here.",
    cause="An extension is created in each database separately, also in a branch's own databases.",
    fix="Create it once, as a role that may; an app's migration can do it first of all.",
    lines=("psql -c 'CREATE EXTENSION IF NOT EXISTS {extension}'",),
)
_EXTENSION_NOT_OFFERED = Advice(
    title="This server does not have the extension {extension}.",
    cause="CREATE EXTENSION finds only what is installed on the server. Lakebase offers many, pgvector "
    "among them; a local server offers those whose packages were installed.",
    fix="Look whether this server is the one that is meant, and what it offers. For tests use the "
    "emulator, which has pgvector and pg_trgm.",
    lines=("psql -c 'SELECT name FROM pg_available_extensions ORDER BY 1'",),
)
_NO_IDENTITIES = Advice(
    title="This database lacks the extension databricks_auth.",
    cause="It has databricks_create_role and databricks_list_roles, which map identities of the "
    "workspace to roles. An extension is created in each database separately; CREATE DATABASE "
    "makes one without it.",
    fix="Create it in this database, and then register the role.",
    lines=("psql -c 'CREATE EXTENSION IF NOT EXISTS databricks_auth'",),
)
_REGISTERED_ALREADY = Advice(
    title="The role {role} exists already, so databricks_create_role did not create it.",
    cause="Either it is registered, as the role of whoever created the project is from the start; or "
    "it was made by CREATE ROLE, and no token logs in as it.",
    fix="Look whether it is registered. If it is, nothing is wrong. If it is not, give away what it "
    "owns, drop it, and create it again with databricks_create_role.",
    lines=(
        "psql -c \"SELECT identity_type FROM databricks_list_roles WHERE role_name = '{role}'\"",
    ),
)
_STILL_OWNER = Advice(
    title="The role {role} still owns something or holds privileges, so it cannot be dropped.",
    cause="Its tables must belong to another role, and its privileges be revoked, in each database; "
    "the DETAIL names what is left.",
    fix="As whoever created the role: become a member, give away what it owns, drop its privileges, "
    "then the role.",
    lines=(
        "psql -c 'GRANT \"{role}\" TO CURRENT_USER'",
        "psql -c 'REASSIGN OWNED BY \"{role}\" TO CURRENT_USER'    # in each database",
        "psql -c 'DROP OWNED BY \"{role}\"'    # in each database; now only privileges are left",
        "psql -c 'DROP ROLE \"{role}\"'",
    ),
)
_ANOTHER_ROLE = Advice(
    title="This role may not change the other role, its default privileges or what it owns.",
    cause="That needs membership in the other role, with ADMIN OPTION. Roles of the service itself "
    "(cloud_admin, databricks_superuser, …) cannot be changed at all.",
    fix="Have the role that created it do this, or a member of databricks_superuser. Leave roles of the "
    "service out: restore dumps without owners and grants, and do not let tools manage these roles.",
    lines=(
        "psql -c '\\drg'    # who is a member of which role",
        'pg_restore --no-owner --no-acl -d "$PGDATABASE" FILE    # of a dump from elsewhere',
    ),
)
_SHADOW_DATABASE = Advice(
    title="Prisma may not create the database that `migrate dev` compares with.",
    cause="`prisma migrate dev` makes a second, temporary database, and an app's role may not create "
    "databases.",
    fix="Apply migrations with `prisma migrate deploy`, which needs none; write them against a branch "
    "or a local database, or name one in shadowDatabaseUrl.",
    lines=("npx prisma migrate deploy",),
)
_ROW_REFUSED = Advice(
    title="Row-level security refuses to write this row of {object}.",
    cause="It is switched on for the table, and no policy lets this role write such a row: there is "
    "none for the role, or the row does not fit its condition.",
    fix="Look at the policies. Write a row that they allow, or have the owner of the table add a policy "
    "if this one is meant to be allowed.",
    lines=("psql -c '\\d {object}'    # lists the policies of the table",),
)
_SYSTEM_CATALOGUE = Advice(
    title="Only superusers may read the system catalogue {object}, and on Lakebase nobody is one.",
    cause="It holds password hashes or settings of all databases, so it is closed; a managed service "
    "gives nobody that privilege. Privileges in your own schemas do not matter here.",
    fix="Use a version of the tool that does without it, or switch off the step that reads it. For "
    "roles, the view pg_roles shows the same without passwords.",
    lines=(),
)
_SUPERUSER = Advice(
    title="Only a superuser may do this ({kind}), and on Lakebase nobody is one.",
    cause="Postgres keeps some statements for superusers. A managed service gives that right to nobody, "
    "also not to members of databricks_superuser.",
    fix="Leave the statement out, or use what the tool offers instead: for a publication, name "
    "the tables rather than FOR ALL TABLES.",
    lines=(),
)
_REPLICATION = Advice(
    title="The role may not replicate.",
    cause="Reading the stream of changes needs the attribute REPLICATION, which no GRANT passes on.",
    fix="Use a role that the service lets replicate, or read changes another way (Lakehouse Sync).",
    lines=("psql -c 'SELECT rolname FROM pg_roles WHERE rolreplication'",),
)
_PRISMA_LOCK = Advice(
    title="Prisma waited for the lock on migrations, and did not get it.",
    cause="Another migration is running, one that was broken off left its session behind, or the URL "
    "leads through a pooler (-pooler), where the lock stays with a shared connection.",
    fix="Run migrations over the host without -pooler (directUrl), one at a time. If that is so "
    "already, end the session that holds the lock.",
    lines=(
        'DATABASE_URL="$DIRECT_URL" npx prisma migrate deploy    # the host without -pooler',
        "psql -c \"SELECT pid, granted FROM pg_locks WHERE locktype = 'advisory'\"",
    ),
)
_CREATE_ATTRIBUTE = Advice(
    title="The role lacks this privilege: to create {kind}s.",
    cause="That takes an attribute of the role or a privileged role; an app's role has neither.",
    fix="Have a member of databricks_superuser create it, once.",
    lines=(),
)
_FUNCTION = Advice(
    title="The role may not call the function {object}.",
    cause="EXECUTE on it was revoked from PUBLIC, or never granted; privileges on schemas and tables do "
    "not include it.",
    fix="Have the owner of the function grant it. databricks_create_role is for roles that may create "
    "roles, such as the creator of the project: let one of them run it.",
    lines=("GRANT EXECUTE ON FUNCTION {object} TO {role_quoted};    -- as its owner",),
)
_UNTRUSTED = Advice(
    title="The extension {extension} cannot be created on Lakebase: it needs a superuser.",
    cause="Untrusted languages (plpython3u, plperlu) and extensions that reach the server's files or "
    "processes are for superusers, and on Lakebase nobody is one.",
    fix="Do without it: run that code in the program or in a job of the workspace. Extensions that "
    "Lakebase offers are in pg_available_extensions.",
    lines=("psql -c 'SELECT name FROM pg_available_extensions ORDER BY 1'",),
)
_STATEMENT_TIMEOUT = Advice(
    title="A statement took longer than statement_timeout allows.",
    cause="The statement is slow, waits for a lock, or the limit is too short: it is set in PGOPTIONS, "
    "by the program, or for the role or the database.",
    fix="Find out which: look at the plan of the statement (EXPLAIN ANALYZE) and at the limit. For a "
    "migration, raise it for its session alone.",
    lines=(
        "psql -c 'SHOW statement_timeout'",
        "psql -c '\\drds'    # what is set for roles and databases",
        "SET statement_timeout = '5min';    -- in the session of the migration",
    ),
)
_TRANSACTION_TIMEOUT = Advice(
    title="A transaction took longer than transaction_timeout allows, and lost its connection.",
    cause="The limit is new in Postgres 17, and set in PGOPTIONS, by the program, or for the role or "
    "the database. The transaction is slow, waits for a lock, or was left open.",
    fix="Commit or roll back before slow work. For a migration, raise the limit for its session alone.",
    lines=(
        "psql -c 'SHOW transaction_timeout'",
        "psql -c '\\drds'    # what is set for roles and databases",
        "SET transaction_timeout = 0;    -- in the session of the migration",
    ),
)
_LOCK_TIMEOUT = Advice(
    title="A statement waited longer for a lock than lock_timeout allows.",
    cause="Another transaction holds a lock on the table or row: a long one, or one that was left open.",
    fix="End the other transaction, or run the migration again when it is over; keep transactions "
    "short.",
    lines=(
        "psql -c 'SELECT pid, state, xact_start, query FROM pg_stat_activity ORDER BY xact_start'",
        "psql -c 'SELECT pg_terminate_backend(PID)'    # PID: of the session that was left open",
    ),
)

SIGNS = (
    Sign("LP-601", r"schema [\"']?(?P<schema>[\w$-]+)[\"']? does not exist|InvalidSchemaName"
                   r"|no schema has been selected to create in"),
    Sign("LP-606", r"permission denied for schema [\"']?(?P<schema>[\w$-]+)[\"']?"
                   r"(?=[\s\S]{0,160}\bCREATE )", advice=_CREATE_IN_SCHEMA),
    Sign("LP-606", r"CREATE (?:TABLE|INDEX|SEQUENCE|TYPE|VIEW)[\s\S]{0,400}?permission denied for "
                   r"schema [\"']?(?P<schema>[\w$-]+)[\"']?", advice=_CREATE_IN_SCHEMA),
    Sign("LP-606", _IN_PORTUGUESE.format(_SCHEMA_WORDS) + r"(?P<schema>[\w$-]+)"
                   r"(?=[\s\S]{0,160}\bCREATE )", advice=_CREATE_IN_SCHEMA),
    Sign("LP-606", _IN_PORTUGUESE.format(_SCHEMA_WORDS) + r"(?P<schema>[\w$-]+)",
         advice=_RIGHTS_IN_SCHEMA),
    Sign("LP-606", _IN_PORTUGUESE.format(_TABLE_WORDS) + r"(?P<object>[\w.$-]+)",
         advice=Advice(title="The role lacks rights on the table {object}.")),
    Sign("LP-606", r"Unable to create the django_migrations table \(permission denied for schema "
                   r"(?P<schema>[\w$-]+)", advice=_CREATE_IN_SCHEMA),
    Sign("LP-606", r"permission denied for schema [\"']?(?P<schema>[\w$-]+)[\"']?",
         advice=_RIGHTS_IN_SCHEMA),
    Sign("LP-606", r"permission denied for (?:table|view) [\"']?(?P<object>pg_(?!temp)\w+)",
         advice=_SYSTEM_CATALOGUE),
    Sign("LP-606", r"permission denied for function [\"']?(?P<object>[\w.$-]+)", advice=_FUNCTION),
    Sign("LP-606", rf"permission denied for (?P<kind>table|relation|sequence|view|function) {_NAME}",
         advice=_RIGHTS_ON_OBJECT),
    Sign("LP-602", r"function databricks_create_role\([^)]*\) does not exist"
                   r"|relation \"databricks_list_roles\" does not exist",
         advice=_NO_IDENTITIES),
    Sign("LP-603", r"databricks_create_role[\s\S]{0,300}?role \"(?P<role>[^\"]+)\" already exists",
         advice=_REGISTERED_ALREADY),
    Sign("LP-609", r"role \"(?P<role>[^\"]+)\" cannot be dropped because some objects depend on it",
         advice=_STILL_OWNER),
    Sign("LP-608", rf"(?:relation|table) {_NAME} does not exist|\bUndefinedTable|UndefinedTableError"
                   r"|The table `(?P<table>[^`]+)` does not exist in the current database"),
    Sign("LP-608", r"type [\"'](?P<type>(?P<extension>vector|hstore|citext|ltree|cube))[\"'] "
                   r"does not exist", advice=_NO_EXTENSION),
    Sign("LP-602", r"extension \"databricks_auth\" is not available"),
    Sign("LP-608", r"extension \"(?P<extension>(?!databricks_auth)[\w-]+)\" is not available",
         advice=_EXTENSION_NOT_OFFERED),
    Sign("LP-609", rf"must be owner of (?P<kind>[a-z ]+?) {_NAME}"),
    # Without quotes: at CREATE SCHEMA. With quotes it is the login that was refused, LP-310.
    Sign("LP-610", r"permission denied for database (?P<database>\w[\w$-]*)"),
    Sign("LP-610", r"permission denied for database [<*]"),
    Sign("LP-610", r"must be superuser (?:or replication role )?to (?P<kind>start walsender|create "
                   r"subscriptions?|use replication slots)|permission denied to start WAL sender",
         advice=_REPLICATION),
    Sign("LP-610", r"must be (?:a )?superuser to (?P<kind>[\w ]{3,60})", advice=_SUPERUSER),
    Sign("LP-610", r"permission denied to create extension \"(?P<extension>[\w-]+)\"\s*(?:\S+ )?HINT: +"
                   r"Must be superuser", advice=_UNTRUSTED),
    Sign("LP-610", r"permission denied to create (?P<kind>extension|database|role)",
         advice=_CREATE_ATTRIBUTE),
    Sign("LP-603", r"permission denied to (?:set role|grant role) \"(?P<role>[^\"]+)\"",
         advice=_NO_SUPERUSER),
    Sign("LP-603", r"must be (?:a )?member of role|permission denied to (?:drop|alter|reassign)"
                   r"|permission denied to change default privileges"
                   r"|must have admin option on role|must be able to SET ROLE", advice=_ANOTHER_ROLE),
    Sign("LP-610", r"permission denied: \"[^\"]+\" is a (?P<kind>system trigger)", advice=_SUPERUSER),
    Sign("LP-610", r"\bP3014\b|could not create the shadow database", advice=_SHADOW_DATABASE),
    Sign("LP-614", r"canceling statement due to statement timeout", advice=_STATEMENT_TIMEOUT),
    Sign("LP-614", r"terminating connection due to transaction timeout", advice=_TRANSACTION_TIMEOUT),
    Sign("LP-612", r"canceling statement due to lock timeout", advice=_LOCK_TIMEOUT),
    Sign("LP-615", r"(?<!possible[ ])(?<!potential[ ])\bdeadlock detected\b(?! in )"
                   r"|\bDeadlockDetected(?:Error)?\b"),
    Sign("LP-617", r"(?:canceling statement|terminating connection) due to conflict with recovery"),
    Sign("LP-616", r"could not extend file [^\n]{0,120}No space left on device|\bERROR: +out of memory\b"
                   r"|could not resize shared memory segment|could not write to temporary file"
                   r"|could not write to file \"base/pgsql_tmp"),
    Sign("LP-612", r"acquire a postgres advisory lock", advice=_PRISMA_LOCK),
    Sign("LP-613", r"row violates row-level security policy (?:\"[^\"]+\" )?for table "
                   r"\"?(?P<object>[\w$]+)", advice=_ROW_REFUSED),
    Sign("LP-612", r"can't acquire (?:database )?lock|Could not acquire change log lock"
                   r"|Unable to obtain (?:PostgreSQL advisory|Flyway) lock"),
    Sign("LP-611", r"current transaction is aborted|InFailedSql?Transaction"
                   r"|Could not complete operation in a failed transaction"
                   r"|transaction has been rolled back due to a previous exception"
                   r"|Can't reconnect until invalid (?:transaction|savepoint)|\b25P02\b"),
)  # fmt: skip
