"""Faults of privileges and roles inside the database."""

from lakepass.diagnoses.diagnosis import Diagnosis

_GRANT = "PostgreSQL documentation, “GRANT” and “ALTER DEFAULT PRIVILEGES”"
_ROLES = "Databricks docs, “Postgres roles”"

ROWS = (
    Diagnosis(
        "LP-601",
        "The schema does not exist.",
        "It was never created in this database, or it is in another one.",
        "Create it first; an app that owns its schema creates it when it first starts. "
        "Or name another --schema or --database.",
        ("CREATE SCHEMA {schema_quoted};",),
        symptom='schema "…" does not exist',
        source="PostgreSQL documentation, “CREATE SCHEMA”",
    ),
    Diagnosis(
        "LP-602",
        "The role does not exist, and this server has no extension databricks_auth.",
        "That extension creates roles that log in with a token; every Lakebase has it.",
        "Check that this is a Lakebase; elsewhere create the role yourself.",
        ("CREATE ROLE {role_quoted};",),
        source=_ROLES,
    ),
    Diagnosis(
        "LP-603",
        "The role could not be created. Nothing was changed.",
        "databricks_create_role found no such identity in the workspace, or the role that ran it "
        "may not create roles.",
        "Check that the workspace has an identity of that name and kind (a service principal goes by "
        "its client id; --as-user, --as-group and --as-service-principal choose the kind), and that "
        "your own role may create roles.",
        source=_ROLES,
    ),
    Diagnosis(
        "LP-604",
        "Only the owner may grant these privileges. Nothing was changed.",
        "The schema, or something in it, belongs to another role.",
        "Run this as the owner, or have the owner make you a member of their role.",
        symptom="permission denied for schema …; must be owner of …",
        source=_GRANT,
    ),
    Diagnosis(
        "LP-605",
        "The database refused a statement of the grant.",
        "The server refused one of the statements; all of them were rolled back.",
        "Fix what the server reports and run the command again; running it twice is safe.",
        source=_GRANT,
    ),
    Diagnosis(
        "LP-606",
        "The role lacks privileges in a schema.",
        "Being able to log in grants no privileges: what others created in a schema is inaccessible "
        "until they grant it. Attaching a database to an app grants CONNECT and CREATE, and "
        "nothing in existing schemas.",
        "Have the owner of the schema grant them.",
        ("lakepass grant {role_word} --schema {schema_word} {level}{database_option}",),
        symptom="permission denied for schema …; permission denied for table …",
        source=f"{_GRANT}; Databricks docs, “Add a Lakebase resource to a Databricks app”",
    ),
    Diagnosis(
        "LP-607",
        "The role will lack privileges on tables that are created later.",
        "A grant covers existing tables. Later ones have default privileges, set "
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
        "The object belongs to another role, and only its owner may alter it.",
        "ALTER, DROP and CREATE INDEX require ownership, which no GRANT gives. Objects belong to "
        "the role that created them: a developer, or the former service principal of an app "
        "that was created again.",
        "Have the owner run the statement, or give the objects to the role that has to alter them.",
        ("lakepass grant {role_word} --schema {schema_word} --own    # as the owner",),
        symptom="must be owner of table …",
        source="PostgreSQL documentation, “Privileges”; "
        "github.com/databricks-solutions/genie-api-cache-queue/issues/24",
    ),
    Diagnosis(
        "LP-610",
        "The role lacks the privilege to create schemas in this database.",
        "It may connect, but CREATE on the database is a separate privilege. An app whose resource "
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
        "interrupted one left its lock behind, or a pooler keeps the session with the "
        "lock open.",
        "Run migrations one at a time, over the host without -pooler; if none is running, remove the "
        "lock as the tool describes.",
        (
            "psql -c \"SELECT pid, granted FROM pg_locks WHERE locktype = 'advisory'\"",
            "psql -c 'SELECT pg_terminate_backend(PID)'    # PID: of the leftover session",
        ),
        symptom="Timed out trying to acquire a postgres advisory lock; can't acquire database lock",
        source="Prisma documentation, “Advisory locking”; PostgreSQL documentation, “Explicit "
        "Locking”",
    ),
    Diagnosis(
        "LP-613",
        "Row-level security hides all rows of a table from this role.",
        "Row-level security is switched on for the table, and no policy is for this role. Reading then "
        "returns nothing, without an error, and writing is refused.",
        "Have the owner of the table create a policy that says which rows this role may see and write, "
        "if it is meant to see any.",
        symptom="new row violates row-level security policy for table …; no rows",
        source="PostgreSQL documentation, “Row Security Policies”",
    ),
    Diagnosis(
        "LP-614",
        "Sessions start with a setting under which ordinary statements fail.",
        "PGOPTIONS gives it to every program that uses libpq; ALTER ROLE … SET and ALTER DATABASE … SET "
        "give it to every session. A time limit of a few milliseconds cancels statements that are not "
        "slow; another role or search_path finds other tables than the app expects.",
        "Take the setting out of PGOPTIONS, or take it back where it was set.",
        (
            "psql -c \"SELECT name, setting, source FROM pg_settings WHERE name LIKE '%timeout'\"",
            "psql -c '\\drds'    # what is set for roles and databases",
        ),
        symptom="canceling statement due to statement timeout; canceling statement due to lock timeout; "
        "terminating connection due to idle-in-transaction timeout",
        source="PostgreSQL documentation, “Client Connection Defaults” and “ALTER ROLE”",
    ),
    Diagnosis(
        "LP-615",
        "Two transactions waited for one another, and one of them was cancelled.",
        "They lock the same rows in a different order.",
        "Repeat the transaction that was cancelled (SQLSTATE 40P01). To avoid it, lock rows in one "
        "order, such as by their key, and keep transactions short.",
        ("SELECT … FROM orders WHERE id = ANY(…) ORDER BY id FOR UPDATE;",),
        symptom="deadlock detected",
        source="PostgreSQL documentation, “Deadlocks”",
    ),
    Diagnosis(
        "LP-616",
        "The server has no memory or no room left for a statement.",
        "A statement sorts, joins or returns too much at once, the compute is small for it, or its "
        "local disk is full of temporary files.",
        "Make the statement smaller (fewer rows, an index, batches), run fewer at once, or have a "
        "manager of the project raise the size of the compute.",
        ("databricks postgres get-endpoint {endpoint}    # autoscaling_limit_max_cu",),
        symptom="could not extend file …: No space left on device; ERROR: out of memory",
        source="PostgreSQL documentation, “Resource Consumption”; Databricks docs, “Manage computes”",
    ),
    Diagnosis(
        "LP-617",
        "A replica cancelled a statement that kept it from applying changes.",
        "The primary removed or locked what the statement still read, and the replica waited as long as "
        "it may.",
        "Repeat the statement; run long reports on the read-write host, or in shorter statements.",
        symptom="canceling statement due to conflict with recovery",
        source="PostgreSQL documentation, “Handling Query Conflicts”",
    ),
)
