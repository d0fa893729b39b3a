"""Faults found when Postgres checks the role and the password."""

from lakepass.diagnoses.diagnosis import FRESH_CREDENTIAL, PER_CONNECTION, Diagnosis

_HOOK = "github.com/neondatabase/postgres, auth.c of libpq's server side"
_PROXY = "github.com/neondatabase/neon, `proxy/src`"
_AUTHENTICATION = "Databricks docs, “Authenticate to a database instance”"
_ROLES = "Databricks docs, “Postgres roles”"
_NATIVE = "Databricks docs, “Authentication”; Lakebase release notes of 2026-05-21"
_MAKE_ROLE = "Register the role with databricks_create_role, or attach the database to the app."
_CREATE_ROLE = (
    "-- as a member of databricks_superuser, in the database {database}",
    "CREATE EXTENSION IF NOT EXISTS databricks_auth;",
    "SELECT databricks_create_role({role_literal}, {kind_literal});",
)
_ITS_WORKSPACE = "export DATABRICKS_HOST=https://<workspace that owns {host}>"

ROWS = (
    Diagnosis(
        "LP-301",
        "What was sent as the password is not a database credential: a personal access token, "
        "an empty or cut-off value, or a native password while native login is off.",
        "The service tried to read the password as a token (a JWT, which begins with eyJ) and could "
        "not; native passwords are not tried, or did not match.",
        "Let Lakepass mint the credential (LAKEPASS_AUTH=oauth), or give a tool that does not use it a "
        "fresh one.",
        (
            "unset PGPASSWORD LAKEBASE_PASSWORD",
            "export LAKEPASS_AUTH=oauth    # for programs with lakepass; instead of psql: lakepass psql",
            FRESH_CREDENTIAL,
            *PER_CONNECTION,
        ),
        symptom='Failed to decode token for role "…" and native postgres login was either not '
        "attempted due to configuration or failed.; "
        "Provided authentication token is not a valid JWT encoding",
        source=f"{_HOOK}; {_PROXY}",
    ),
    Diagnosis(
        "LP-302",
        "The role exists but has no Databricks identity.",
        "It was created with plain CREATE ROLE, which does not set the label that names the identity.",
        "Create it with databricks_create_role instead of CREATE ROLE.",
        ("DROP ROLE {role_quoted};    -- as the role that created it", *_CREATE_ROLE),
        symptom="An oauth token was supplied but no role security label was configured in postgres "
        'for role "…"',
        source=_ROLES,
    ),
    Diagnosis(
        "LP-303",
        "The credential belongs to one identity and the role to another.",
        "Typically the e-mail of a user together with the client secret of a service principal.",
        "Set PGUSER to the identity that signs in to the workspace, or leave it unset.",
        ("export PGUSER={identity}",),
        symptom="OAuth token identity '…' did not match the security label configured for role '…'",
        source=_ROLES,
    ),
    Diagnosis(
        "LP-304",
        "Postgres has no such role on this branch.",
        "Identities and roles are not synchronised: someone must create the role. An app's is created "
        "when the database is attached to it. A branch created before the role does not have it.",
        _MAKE_ROLE,
        _CREATE_ROLE,
        symptom='role "…" does not exist',
        source=_ROLES,
    ),
    Diagnosis(
        "LP-305",
        "An empty password was sent.",
        "The variable or secret that holds the password has no value.",
        "Check that the variable or secret holding the password has a value.",
        ("databricks secrets put-secret {scope} {key}",),
        symptom="empty password returned by client",
        source=_HOOK,
    ),
    Diagnosis(
        "LP-306",
        "The credential has expired, or was signed by a key or for a workspace not known here.",
        "A credential is good for an hour, and in its own workspace only.",
        "If it may be older than an hour, mint a fresh one. Otherwise check that DATABRICKS_HOST is the "
        "workspace that owns the database, and both clocks.",
        (FRESH_CREDENTIAL, *PER_CONNECTION, _ITS_WORKSPACE),
        symptom="JWT token has expired (exp=…); jwk not found; signature error; invalid JWT token "
        "audience",
        source=_PROXY,
    ),
    Diagnosis(
        "LP-307",
        "The credential has expired, or is a token of another kind.",
        "The service could read the token, but does not accept it for a login.",
        "If it may be older than an hour, mint a fresh one. Otherwise check that DATABRICKS_HOST is the "
        "workspace that owns the database.",
        (FRESH_CREDENTIAL, *PER_CONNECTION, _ITS_WORKSPACE),
        symptom="Invalid authorization for databricks identity login",
        source=_HOOK,
    ),
    Diagnosis(
        "LP-308",
        "The credential has expired, the role is not registered, or the native password is wrong.",
        "Postgres sends the same message for all three, so that nobody can find out which roles exist.",
        "If the password is a token that may be older than an hour, mint a fresh one. Compare PGUSER "
        f"with the identity that signs in. {_MAKE_ROLE}",
        (
            FRESH_CREDENTIAL,
            *PER_CONNECTION,
            "lakepass doctor    # if it is refused again: checks the token, the role, the password",
            "-- and only if the role is missing:",
            *_CREATE_ROLE,
        ),
        symptom='password authentication failed for user "…"',
        source=f"{_HOOK}; Databricks docs, “Connect external apps with the API”",
    ),
    Diagnosis(
        "LP-309",
        "The role may not log in here.",
        "The role was created without LOGIN, as roles that only group privileges are; or a rule of "
        "the server refuses it (SQLSTATE 28000).",
        "Log in as another role, or have the creator of this one allow it to log in.",
        ("ALTER ROLE {role_quoted} LOGIN;    -- as the role that created it",),
        symptom='role "…" is not permitted to log in',
        source="PostgreSQL documentation, “Role Attributes” and “Error Codes”",
    ),
    Diagnosis(
        "LP-310",
        "The role lacks the privilege to connect to this database.",
        "CONNECT is granted separately for each database; attaching the database to an app "
        "grants it.",
        "Grant CONNECT on the database to the role.",
        ("GRANT CONNECT ON DATABASE {database_quoted} TO {role_quoted};    -- as its owner",),
        symptom='permission denied for database "…"; User does not have CONNECT privilege',
        source="PostgreSQL documentation, “GRANT”; "
        "Databricks docs, “Add a Lakebase resource to a Databricks app”",
    ),
    Diagnosis(
        "LP-311",
        "The token in the password variable has expired.",
        "A database credential lives an hour at most, and nothing renews one that was pasted.",
        "Remove it and let a credential be minted for each connection that needs one.",
        ("unset PGPASSWORD LAKEBASE_PASSWORD", FRESH_CREDENTIAL, *PER_CONNECTION),
        symptom='password authentication failed for user "…"',
        source=_AUTHENTICATION,
    ),
    Diagnosis(
        "LP-312",
        "The token in the password variable is refused, though it has not expired.",
        "It was revoked, or the key that signed it was replaced; or it belongs to another workspace, "
        "or is a workspace token and not a database credential.",
        "Remove it and let a credential be minted by the workspace that owns the database.",
        ("unset PGPASSWORD LAKEBASE_PASSWORD", "export DATABRICKS_HOST=https://<its workspace>"),
        symptom="jwk not found; Invalid authorization for databricks identity login",
        source=_AUTHENTICATION,
    ),
    Diagnosis(
        "LP-313",
        "Native login is disabled.",
        "The password of a Postgres role is not even tried. It is off for projects created since "
        "2026-05-21 unless enabled.",
        "Enable it, or let a database credential be minted instead.",
        (
            "# of a project, or of an instance of the older API",
            "databricks postgres update-project {project} spec.enable_pg_native_login \\",
            '  --json \'{{"spec": {{"enable_pg_native_login": true}}}}\'',
            "databricks database update-database-instance {instance} enable_pg_native_login \\",
            "  --json '{{\"enable_pg_native_login\": true}}'",
            "# or mint a credential instead",
            "unset PGPASSWORD LAKEBASE_PASSWORD",
        ),
        symptom='Failed to decode token for role "…" and native postgres login was either not '
        "attempted due to configuration or failed.",
        source=_NATIVE,
    ),
    Diagnosis(
        "LP-314",
        "The native password is wrong, or its role does not exist.",
        "Postgres sends the same message for both. Roles of Databricks identities have no password.",
        "Set the password again, and PGUSER to the role it belongs to.",
        ("ALTER ROLE {role_quoted} PASSWORD '<at least 60 bits of entropy>';",),
        symptom='password authentication failed for user "…"',
        source=_NATIVE,
    ),
)
