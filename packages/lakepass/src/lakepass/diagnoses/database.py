"""Faults of rights and roles inside the database."""

from lakepass.diagnoses.diagnosis import Diagnosis

_GRANT = "PostgreSQL documentation, “GRANT” and “ALTER DEFAULT PRIVILEGES”"
_ROLES = "Databricks docs, “Postgres roles”"

ROWS = (
    Diagnosis(
        "LP-601",
        "The schema does not exist.",
        "Nobody has made it in this database, or it is in another one.",
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
        "databricks_create_role found no such identity in the workspace, or our own role may not "
        "make roles.",
        "Check that the workspace has an identity of that name and kind (a service principal goes by "
        "its client id; --as-user, --as-group and --as-service-principal choose the kind), and that "
        "your own role may make roles.",
        source=_ROLES,
    ),
    Diagnosis(
        "LP-604",
        "Only owners may give these rights. Nothing was changed.",
        "The schema, or something in it, belongs to another role.",
        "Run this as the owner, or have the owner make you a member of their role.",
        symptom="permission denied for schema …; must be owner of …",
        source=_GRANT,
    ),
    Diagnosis(
        "LP-605",
        "The database did not grant.",
        "The server refused one of the statements; all of them were undone.",
        "Mend what the server names and run it again; running it twice does no harm.",
        source=_GRANT,
    ),
    Diagnosis(
        "LP-606",
        "The role lacks rights in a schema.",
        "To log in is not to be let in: what others made in a schema is closed until they grant it. "
        "Attaching a database to an app grants CONNECT and CREATE, and nothing in schemas that are "
        "there already.",
        "Have the owner of the schema grant them.",
        ("lakepass grant {role_word} --schema {schema_word} {level}{database_option}",),
        symptom="permission denied for schema …; permission denied for table …",
        source=f"{_GRANT}; Databricks docs, “Add a Lakebase resource to a Databricks app”",
    ),
    Diagnosis(
        "LP-607",
        "The role will lack rights on tables that are made later.",
        "Rights are given on what is there; for what comes later there are default privileges, of "
        "each role that makes tables.",
        "Have whoever makes the tables grant them.",
        ("lakepass grant {role_word} --schema {schema_word} {level}{database_option}",),
        symptom="permission denied for table …, after a migration",
        source=_GRANT,
    ),
)
