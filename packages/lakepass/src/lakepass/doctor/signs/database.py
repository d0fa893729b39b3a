"""Signs of missing rights and objects inside the database."""

from lakepass.doctor.signs.sign import Advice, Sign

_NAME = r"[\"']?(?P<object>[\w.$-]+)[\"']?"

_CREATE_IN_SCHEMA = Advice(
    title="The role may not create objects in the schema {schema}.",
    cause="CREATE on a schema is a right of its own: neither reading nor writing its tables gives "
    "it. Someone else created the schema, or it is public, which only its owner may fill.",
    fix="Have the owner of the schema grant it; or let the app create and own a schema of its own.",
    lines=("lakepass grant {role_word} --schema {schema_word} --create{database_option}",),
)
_RIGHTS_IN_SCHEMA = Advice(title="The role lacks rights in the schema {schema}.")
_RIGHTS_ON_OBJECT = Advice(
    title="The role lacks rights on the {kind} {object}.",
    cause="Who created it is its owner, for an app that was made anew the service principal of the "
    "app before; all others see it only once the owner grants it.",
    fix="Have the owner grant the rights on the schema, its tables and its sequences.",
    lines=("lakepass grant {role_word} --schema {schema_word} {level}{database_option}",),
)
_NO_SUPERUSER = Advice(
    title="Our own role is no member of the role that it wants to act as.",
    cause="To act as another role, or to give it ownership, takes membership in it.",
    fix="Have someone who is a member of it run the statement, or be made a member.",
    lines=(),
)
_NO_EXTENSION = Advice(
    title="This database lacks the type {type}: its extension was not created here.",
    cause="An extension is created in each database separately, also in a branch's own databases.",
    fix="Create it once, as a role that may; an app's migration can do it first of all.",
    lines=("psql -c 'CREATE EXTENSION IF NOT EXISTS {extension}'",),
)
_ANOTHER_ROLE = Advice(
    title="Our own role may not change this role, or hand over what it owns.",
    cause="That takes membership in the role with ADMIN OPTION; roles of the service itself cannot "
    "be changed at all.",
    fix="Have the role that created it, or a member of databricks_superuser, do this; leave roles of "
    "the service out of what the tool manages.",
    lines=("psql -c '\\du'    # the roles, and who is a member of which",),
)
_SHADOW_DATABASE = Advice(
    title="Prisma may not create the database that `migrate dev` compares with.",
    cause="`prisma migrate dev` makes a second, temporary database, and an app's role may not create "
    "databases.",
    fix="Apply migrations with `prisma migrate deploy`, which needs none; write them against a branch "
    "or a local database, or name one in shadowDatabaseUrl.",
    lines=("npx prisma migrate deploy",),
)
_CREATE_ATTRIBUTE = Advice(
    title="The role lacks the right to create a {kind}.",
    cause="That takes an attribute of the role or a privileged role; an app's role has neither.",
    fix="Have a member of databricks_superuser create it, once.",
    lines=(),
)

SIGNS = (
    Sign("LP-601", r"schema [\"']?(?P<schema>[\w$-]+)[\"']? does not exist|InvalidSchemaName"
                   r"|no schema has been selected to create in"),
    Sign("LP-606", r"permission denied for schema [\"']?(?P<schema>[\w$-]+)[\"']?"
                   r"(?=[\s\S]{0,160}\bCREATE )", advice=_CREATE_IN_SCHEMA),
    Sign("LP-606", r"CREATE (?:TABLE|INDEX|SEQUENCE|TYPE|VIEW)[\s\S]{0,400}?permission denied for "
                   r"schema [\"']?(?P<schema>[\w$-]+)[\"']?", advice=_CREATE_IN_SCHEMA),
    Sign("LP-606", r"Unable to create the django_migrations table \(permission denied for schema "
                   r"(?P<schema>[\w$-]+)", advice=_CREATE_IN_SCHEMA),
    Sign("LP-606", r"permission denied for schema [\"']?(?P<schema>[\w$-]+)[\"']?",
         advice=_RIGHTS_IN_SCHEMA),
    Sign("LP-606", rf"permission denied for (?P<kind>table|relation|sequence|view|function) {_NAME}",
         advice=_RIGHTS_ON_OBJECT),
    Sign("LP-608", rf"(?:relation|table) {_NAME} does not exist|\bUndefinedTable|UndefinedTableError"
                   r"|The table `(?P<table>[^`]+)` does not exist in the current database"),
    Sign("LP-608", r"type [\"'](?P<type>(?P<extension>vector|hstore|citext|ltree|cube))[\"'] "
                   r"does not exist", advice=_NO_EXTENSION),
    Sign("LP-609", rf"must be owner of (?P<kind>[a-z ]+?) {_NAME}"),
    # Without quotes: at CREATE SCHEMA. With quotes it is the login that was refused, LP-310.
    Sign("LP-610", r"permission denied for database (?P<database>\w[\w$-]*)"),
    Sign("LP-610", r"permission denied to create (?P<kind>extension|database|role)",
         advice=_CREATE_ATTRIBUTE),
    Sign("LP-603", r"permission denied to (?:set role|grant role) \"(?P<role>[^\"]+)\"",
         is_sure=False, advice=_NO_SUPERUSER),
    Sign("LP-603", r"must be (?:a )?member of role|permission denied to (?:drop|alter|reassign)"
                   r"|must have admin option on role|must be able to SET ROLE", advice=_ANOTHER_ROLE),
    Sign("LP-610", r"\bP3014\b|could not create the shadow database", advice=_SHADOW_DATABASE),
    Sign("LP-611", r"current transaction is aborted|InFailedSql?Transaction|\b25P02\b"),
)  # fmt: skip
