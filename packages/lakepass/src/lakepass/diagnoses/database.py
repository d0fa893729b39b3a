"""Faults of rights and roles inside the database."""

from lakepass.diagnoses.diagnosis import Diagnosis

_GRANT = "PostgreSQL documentation, “GRANT” and “ALTER DEFAULT PRIVILEGES”"
_ROLES = "Databricks docs, “Postgres roles”"

ROWS = (
    Diagnosis(
        "LP-601",
        "The schema does not exist.",
        "It was never created in this database, or it is in another one.",
        "Create it first; an app that owns its schema makes it when it first starts. "
        "Or name another --schema or --database.",
        ("CREATE SCHEMA {schema_quoted};",),
        symptom='schema "…" does not exist',
        source="PostgreSQL documentation, “CREATE SCHEMA”",
    ),
    Diagnosis(
        "LP-602",
        "The role does not exist, and this server has no extension databricks_auth.",
        "That extension makes roles that log in with a token; every Lakebase has it.",
        "Check that this is a Lakebase; elsewhere make the role by hand.",
        ("CREATE ROLE {role_quoted};",),
        source=_ROLES,
    ),
    Diagnosis(
        "LP-603",
        "The role could not be made. Nothing was changed.",
        "databricks_create_role found no such identity in the workspace, or the role that asked "
        "may not create roles.",
        "Check that the workspace has an identity of that name and kind (a service principal goes by "
        "its client id; --as-user, --as-group and --as-service-principal choose the kind), and that "
        "your own role may make roles.",
        source=_ROLES,
    ),
    Diagnosis(
        "LP-604",
        "Only the owner may grant these rights. Nothing was changed.",
        "The schema, or something in it, belongs to another role.",
        "Run this as the owner, or have the owner make you a member of their role.",
        symptom="permission denied for schema …; must be owner of …",
        source=_GRANT,
    ),
    Diagnosis(
        "LP-605",
        "The database refused a statement of the grant.",
        "The server refused one of the statements; all of them were undone.",
        "Fix what the server complains about and run the command again; running it twice does "
        "no harm.",
        source=_GRANT,
    ),
    Diagnosis(
        "LP-606",
        "The role lacks rights in a schema.",
        "Being able to log in gives no rights: what others created in a schema stays closed "
        "until they grant it. Attaching a database to an app grants CONNECT and CREATE, and "
        "nothing in schemas that are there already.",
        "Have the owner of the schema grant them.",
        ("lakepass grant {role_word} --schema {schema_word} {level}{database_option}",),
        symptom="permission denied for schema …; permission denied for table …",
        source=f"{_GRANT}; Databricks docs, “Add a Lakebase resource to a Databricks app”",
    ),
    Diagnosis(
        "LP-607",
        "The role will lack rights on tables that are made later.",
        "A grant covers the tables that exist. For later ones there are default privileges, set "
        "by each role that creates tables.",
        "Have each role that creates tables set them.",
        ("lakepass grant {role_word} --schema {schema_word} {level}{database_option}",),
        symptom="permission denied for table …, after a migration",
        source=_GRANT,
    ),
    Diagnosis(
        "LP-608",
        "A table does not exist.",
        "The migrations or the setup that creates it have not run in this database and schema, or "
        "failed; or it is in a schema that is not in the search path.",
        "Run the migrations or setup as the role that will own the tables, and look in which schema "
        "they create them.",
        ("psql -c '\\dt *.{table}'    # in which schema is it, if anywhere?",),
        symptom='relation "…" does not exist',
        source="PostgreSQL documentation, “Error Codes” (42P01); github.com/databricks/app-templates",
    ),
    Diagnosis(
        "LP-609",
        "The object belongs to another role, and only its owner may change it.",
        "ALTER, DROP and CREATE INDEX need ownership, which no GRANT gives. Objects belong to "
        "the role that created them: a developer, or the former service principal of an app "
        "that was created again.",
        "Have the owner run the statement, or give the objects to the role that has to change them.",
        ("lakepass grant {role_word} --schema {schema_word} --own    # as the owner",),
        symptom="must be owner of table …",
        source="PostgreSQL documentation, “Privileges”; "
        "github.com/databricks-solutions/genie-api-cache-queue/issues/24",
    ),
    Diagnosis(
        "LP-610",
        "The role lacks the right to create schemas in this database.",
        "It may connect, but CREATE on the database is a separate right. An app whose resource "
        "has the permission CAN_CONNECT does not have it.",
        "Give the app's database resource CAN_CONNECT_AND_CREATE, or grant CREATE.",
        ("GRANT CREATE ON DATABASE {database_quoted} TO {role_quoted};    -- as its owner",),
        symptom="permission denied for database … (at CREATE SCHEMA)",
        source="PostgreSQL documentation, “GRANT”; "
        "Databricks docs, “Add a Lakebase resource to a Databricks app”",
    ),
    Diagnosis(
        "LP-611",
        "An earlier statement in the same transaction failed.",
        "After an error Postgres refuses every further statement until the transaction ends.",
        "Look for the first error above this one, and roll back where it is handled.",
        symptom="current transaction is aborted, commands ignored until end of transaction block",
        source="PostgreSQL documentation, “Error Codes” (25P02)",
    ),
    Diagnosis(
        "LP-612",
        "A migration waits for a lock that another session holds.",
        "Migration tools take a lock so that only one runs. Another one is still running, an "
        "interrupted one left its lock behind, or a pooler keeps the session that holds the "
        "lock open.",
        "Run migrations one at a time, over the host without -pooler; if none is running, remove the "
        "lock as the tool describes.",
        (
            "psql -c \"SELECT pid, granted FROM pg_locks WHERE locktype = 'advisory'\"",
            "psql -c 'SELECT pg_terminate_backend(PID)'    # PID: of a session that is left over",
        ),
        symptom="Timed out trying to acquire a postgres advisory lock; can't acquire database lock",
        source="Prisma documentation, “Advisory locking”; PostgreSQL documentation, “Explicit "
        "Locking”",
    ),
)
