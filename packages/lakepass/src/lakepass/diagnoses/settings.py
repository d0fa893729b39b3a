"""Faults of settings, reported before anything is tried."""

from lakepass.diagnoses.diagnosis import FRESH_CREDENTIAL, PER_CONNECTION, VERIFIED, Diagnosis

_LIBPQ = "PostgreSQL documentation, “Environment Variables”"
_SSL = "PostgreSQL documentation, “SSL Support”"
_APPS = "Databricks docs, “Add a Lakebase resource to a Databricks app”"
_SDK = "databricks-sdk, `config.py` and `credentials_provider.py`"
_AUTHENTICATION = "Databricks docs, “Authenticate to a database instance”"
_POOLING = "Databricks docs, “Connection pooling”"

_ENDPOINT_IN_APP_YAML = (
    "# app.yaml, with the database attached to the app under the key `postgres`",
    "env:",
    "  - name: LAKEBASE_ENDPOINT",
    "    valueFrom: postgres",
)
_SERVICE_PRINCIPAL = (
    "export DATABRICKS_HOST={workspace}",
    "export DATABRICKS_CLIENT_ID=<application id of the service principal>",
    "export DATABRICKS_CLIENT_SECRET=<its OAuth secret>",
)

ROWS = (
    Diagnosis(
        "LP-101",
        "No database is named.",
        "Neither LAKEBASE_ENDPOINT, LAKEBASE_INSTANCE nor PGHOST is set, and no argument names one. "
        "A Databricks App gets PGHOST from its first Lakebase resource, and LAKEBASE_ENDPOINT only "
        "if app.yaml asks for it.",
        "Set LAKEBASE_ENDPOINT (in app.yaml: valueFrom: postgres), LAKEBASE_INSTANCE or PGHOST, or "
        "pass one of them to Lakebase().",
        _ENDPOINT_IN_APP_YAML,
        source=_APPS,
    ),
    Diagnosis(
        "LP-102",
        "Two settings that mean the same thing differ.",
        "Lakepass cannot know which of the two is right; either may be a leftover.",
        "Unset one of them, or make them equal.",
    ),
    Diagnosis(
        "LP-103",
        "This is not the resource name of a Lakebase project, branch or endpoint.",
        "Resource names are paths of ids. An id begins with a lower-case letter; lower-case "
        "letters, digits and hyphens follow.",
        "Write projects/<id>, with /branches/<id> and /endpoints/<id> if known.",
        ("export LAKEBASE_ENDPOINT=projects/<project>/branches/production/endpoints/primary",),
        source="databricks-sdk, `service/postgres.py`",
    ),
    Diagnosis(
        "LP-104",
        "PGHOST is not a bare host name.",
        "It must be one name, without scheme, port or path; and the service distinguishes databases "
        "by the name in the TLS handshake (SNI), so an address does not work.",
        "Copy the host name from the Connect dialog of the database.",
        ("export PGHOST=ep-<words>.database.<region>.cloud.databricks.com",),
        source="Databricks docs, “Connection strings”",
    ),
    Diagnosis(
        "LP-105",
        "The port is not a number from 1 to 65535.",
        "PGPORT holds something else.",
        "Set PGPORT to 5432, or leave it unset.",
        ("unset PGPORT",),
        source=_LIBPQ,
    ),
    Diagnosis(
        "LP-106",
        "This TLS mode does not exist.",
        "libpq does not support the value of PGSSLMODE.",
        "Set PGSSLMODE to one of disable, require, verify-ca, verify-full, or leave it unset.",
        VERIFIED,
        source=_SSL,
    ),
    Diagnosis(
        "LP-107",
        "A token or password would travel in clear text.",
        "This PGSSLMODE allows a connection without TLS; anyone listening could log in.",
        "Set PGSSLMODE=verify-full, or leave it unset.",
        VERIFIED,
        source=_SSL,
    ),
    Diagnosis(
        "LP-108",
        "The certificates of the authorities cannot be read.",
        "PGSSLROOTCERT names a file that does not exist, cannot be read, or contains no "
        "certificate.",
        "Point PGSSLROOTCERT at a readable PEM file, or unset it for the system's authorities.",
        ("unset PGSSLROOTCERT",),
        source=_SSL,
    ),
    Diagnosis(
        "LP-109",
        "PGSSLMODE and PGSSLROOTCERT contradict each other.",
        "One requires a check that the other disables.",
        "Set PGSSLMODE=verify-full, or leave both unset; a private authority is named by "
        "PGSSLROOTCERT.",
        VERIFIED,
        source=_SSL,
    ),
    Diagnosis(
        "LP-111",
        "Two workspace identities are set.",
        "The SDK refuses to choose between them; in a Databricks App a DATABRICKS_TOKEN is set "
        "in addition to the injected DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET.",
        "Unset all but one, or say which with DATABRICKS_AUTH_TYPE.",
        ("unset DATABRICKS_TOKEN", "export DATABRICKS_AUTH_TYPE=oauth-m2m    # or say which"),
        symptom="more than one authorization method configured: oauth and pat",
        source=_SDK,
    ),
    Diagnosis(
        "LP-112",
        "The profile does not exist.",
        "DATABRICKS_CONFIG_PROFILE names a profile that the profile file does not have.",
        "Run `databricks auth login --profile NAME`, or name another profile.",
        ("databricks auth login --profile {profile}",),
        source=_SDK,
    ),
    Diagnosis(
        "LP-113",
        "LAKEPASS_AUTH has an unknown value.",
        "It must be auto, oauth or password.",
        "Set LAKEPASS_AUTH to auto, oauth or password, or leave it unset.",
        ("unset LAKEPASS_AUTH",),
    ),
    Diagnosis(
        "LP-114",
        "A personal access token is used as the Postgres password.",
        "Postgres accepts database credentials and native passwords. A personal access token (dapi…) "
        "is neither: it signs in to the workspace, which then issues the credential.",
        "Set DATABRICKS_HOST so that a database credential can be minted with it, "
        "or set PGPASSWORD to a native Postgres password.",
        (
            "unset PGPASSWORD LAKEBASE_PASSWORD LAKEPASS_AUTH",
            "export DATABRICKS_HOST={workspace}",
            "export DATABRICKS_TOKEN=<the personal access token>",
            FRESH_CREDENTIAL,
            *PER_CONNECTION,
        ),
        symptom='Failed to decode token for role "…"',
        source=_AUTHENTICATION,
    ),
    Diagnosis(
        "LP-115",
        "No source of a password applies.",
        "There is neither a workspace identity, with which a database credential could be minted, "
        "nor a native password.",
        "Set DATABRICKS_HOST with DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, "
        "or a profile; or PGPASSWORD for a native role.",
        _SERVICE_PRINCIPAL,
        symptom="cannot configure default credentials",
        source=_SDK,
    ),
    Diagnosis(
        "LP-116",
        "A native password needs the name of the role it belongs to.",
        "No role is named, and a password does not show its role.",
        "Set PGUSER.",
        ("export PGUSER=<the role that the password belongs to>",),
        source=_LIBPQ,
    ),
    Diagnosis(
        "LP-117",
        "The host name is unknown, and without a workspace identity it cannot be looked up.",
        "The database is named by its endpoint or instance, and only the workspace knows its "
        "host name.",
        "Set PGHOST.",
        ("export PGHOST=ep-<words>.database.<region>.cloud.databricks.com",),
    ),
    Diagnosis(
        "LP-118",
        "The SDK finds no single identity to sign in with.",
        "It found none, or more than one, in the environment, the profile file and the sign-ins "
        "of command-line tools on this machine.",
        "Set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or a profile.",
        _SERVICE_PRINCIPAL,
        symptom="cannot configure default credentials",
        source=_SDK,
    ),
    Diagnosis(
        "LP-119",
        "The workspace token contains characters that tokens never have.",
        "A line break or a blank was copied with it.",
        "Set it again without line breaks and blanks.",
        ("export DATABRICKS_TOKEN=<the token, on one line>",),
    ),
    Diagnosis(
        "LP-126",
        "No one can be signed in: the access token is empty, or no workspace is known.",
        "The header X-Forwarded-Access-Token comes only with user authorization.",
        "Turn on user authorization for the app, with the scope `postgres`; elsewhere set "
        "DATABRICKS_HOST.",
        source="Databricks docs, “Configure authorization in a Databricks app”",
    ),
    Diagnosis(
        "LP-127",
        "LAKEBASE_PASSWORD_SECRET does not name a secret.",
        "It must be a scope and a key in that scope.",
        "Write LAKEBASE_PASSWORD_SECRET as scope/key.",
        ("export LAKEBASE_PASSWORD_SECRET=<scope>/<key>",),
        source="Databricks docs, “Secret management”",
    ),
    Diagnosis(
        "LP-129",
        "This database has no pooler.",
        "The workspace lists no pooled host for it: instances of the older API have none, and "
        "neither have some endpoints.",
        "Connect to the database's own host, and pool connections in your program.",
        source=_POOLING,
    ),
    Diagnosis(
        "LP-131",
        "Half of a service principal is set.",
        "DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET belong together; one of them is missing or "
        "empty. A Databricks App has both injected, unless its environment overwrites one.",
        "Set both, or neither.",
        (
            "export DATABRICKS_CLIENT_ID=<application id of the service principal>",
            "export DATABRICKS_CLIENT_SECRET=<its OAuth secret>",
        ),
        source=_SDK,
    ),
    Diagnosis(
        "LP-132",
        "The workspace is not named.",
        "There is an identity to sign in with, but DATABRICKS_HOST does not say where.",
        "Set DATABRICKS_HOST.",
        ("export DATABRICKS_HOST=https://<workspace>",),
        source=_SDK,
    ),
    Diagnosis(
        "LP-133",
        "The user name or the password in a URL is not percent-encoded.",
        "Some characters end a part of a URL. An e-mail has an @, which ends the user name: what "
        "follows is treated as the host. A /, ? or # in a password ends the host and port.",
        "Write %40 for the @, and encode the password; `lakepass env` and `lakepass jdbc` do it for "
        "you. The JDBC driver accepts neither in front of the host: use ?user=…&password=….",
        (
            "python -c 'import urllib.parse as u; print(u.quote(input(), safe=\"\"))'    # encodes",
            "postgresql://someone%40example.com@{host}:5432/{database}?…    # as before behind the ?",
        ),
        symptom="could not translate host name “example.com@ep-…” to address; invalid port number "
        "in database URL",
        source="Databricks docs, “Connection strings”; RFC 3986, section 3.2; "
        "github.com/prisma/orm/issues/8498",
    ),
    Diagnosis(
        "LP-134",
        "The password variable is set, but empty.",
        "The secret that is attached has no value, or app.yaml takes the value from a variable "
        "of another name.",
        "Give the secret a value, or remove the variable so that a credential is minted.",
        (
            "databricks secrets put-secret <scope> <key>    # then deploy the app again",
            "unset PGPASSWORD LAKEBASE_PASSWORD             # or: mint a credential instead",
        ),
        symptom="empty password returned by client",
        source=_APPS,
    ),
    Diagnosis(
        "LP-135",
        "PGHOST is not a host of the endpoint or instance that is named.",
        "The credential is minted for one database while the connection goes to another: one of "
        "the two settings is a leftover.",
        "Unset PGHOST, so that the host is looked up; or name the endpoint it belongs to.",
        ("unset PGHOST",),
        source="Databricks docs, “Connection strings”",
    ),
    Diagnosis(
        "LP-136",
        "databricks-sdk is too old for Lakebase.",
        "This version does not have the Postgres API, by which credentials for projects are minted.",
        "Update it to the version that lakepass requires.",
        ('pip install --upgrade "databricks-sdk>={wanted}"',),
        symptom="'WorkspaceClient' object has no attribute 'postgres'",
        source="Databricks docs, “Connect external apps”",
    ),
    Diagnosis(
        "LP-137",
        "PGHOST is a pooler, which accepts only native passwords.",
        "The pooler (-pooler in the host name) does not support Databricks tokens.",
        "Connect to the host without -pooler, or use a role with a native password.",
        ("export PGHOST={direct_host}",),
        source=_POOLING,
    ),
    Diagnosis(
        "LP-138",
        "PGHOST is read-only.",
        "It leads to a secondary or a read replica (-ro in the host name): every write fails.",
        "Connect to the read-write host; read-only ones are for reports.",
        ("export PGHOST={direct_host}",),
        symptom="cannot execute INSERT in a read-only transaction",
        source="Databricks docs, “Computes and endpoints”",
    ),
    Diagnosis(
        "LP-139",
        "TLS is on, but the server's certificate is not checked.",
        "PGSSLMODE=require encrypts without checking the certificate: anyone who can redirect the "
        "connection receives the password. Databricks Apps inject this mode.",
        "Set PGSSLMODE=verify-full, which the service's certificates pass. libpq needs PGSSLROOTCERT, "
        "too: otherwise it looks for a file of its own.",
        VERIFIED,
        source=_SSL,
    ),
    Diagnosis(
        "LP-140",
        "The password variable holds a token, which expires within the hour.",
        "A database credential is valid for an hour at most, and nothing renews one that was pasted.",
        "Remove it and let a credential be minted for each connection that needs one.",
        ("unset PGPASSWORD LAKEBASE_PASSWORD",),
        source=_AUTHENTICATION,
    ),
    Diagnosis(
        "LP-141",
        "A URL in the environment contains a token.",
        "A pool that is built from such a URL can log in for an hour; after that every new "
        "connection fails.",
        "Ask for the password at each connection: lakepass.Lakebase.from_env().async_engine().",
        source=_AUTHENTICATION,
    ),
    Diagnosis(
        "LP-142",
        "No driver for Postgres is installed.",
        "Lakepass installs none by itself, so that you can choose.",
        "Install asyncpg or psycopg.",
        ('pip install "lakepass[asyncpg]"', 'pip install "lakepass[psycopg]"    # or'),
    ),
    Diagnosis(
        "LP-143",
        "The value of a variable was damaged when it was copied.",
        "Quotes, line breaks, blanks or “Bearer” came along, its end was cut off, or a "
        "reference such as ${PGPASSWORD} was never replaced by its value.",
        "Set the variable again, to the bare value.",
        ("{fix}",),
        source="lakepass, `target/damage.py`; RFC 6750, section 2.1; RFC 7515, section 3",
    ),
    Diagnosis(
        "LP-144",
        "The driver does not support a parameter of the connection URL.",
        "sslmode and channel_binding are parameters of libpq, and consoles put them into the URLs "
        "that they show. SQLAlchemy passes every parameter of a URL to the driver as an "
        "argument, and asyncpg has neither: its own is called ssl.",
        "Take the parameter out of the URL, and pass a TLS context that checks the certificate.",
        (
            "import ssl",
            "engine = create_async_engine(url, connect_args={{'ssl': ssl.create_default_context()}})",
            "# or let lakepass build the engine: lakepass.Lakebase.from_env().async_engine()",
        ),
        symptom="connect() got an unexpected keyword argument 'sslmode'",
        source="github.com/MagicStack/asyncpg/issues/737; github.com/neondatabase/neonctl/issues/366",
    ),
    Diagnosis(
        "LP-145",
        "The scheme of the connection URL does not name a known driver.",
        "SQLAlchemy dropped postgres:// in version 1.4; the scheme is postgresql://, with the "
        "driver after a plus sign.",
        "Begin the URL with postgresql+asyncpg:// or postgresql+psycopg://.",
        ('export DATABASE_URL="postgresql+psycopg://${{DATABASE_URL#*://}}"',),
        symptom="Can't load plugin: sqlalchemy.dialects:postgres",
        source="github.com/sqlalchemy/sqlalchemy/issues/6083; SQLAlchemy documentation, “Engine "
        "Configuration”",
    ),
    Diagnosis(
        "LP-146",
        "The client requires a method of login that a token does not use.",
        "A database credential is sent as it is, within TLS. Channel binding and SCRAM belong to "
        "hashed passwords, so a client that requires them refuses the login by itself.",
        "Take channel_binding=require or require_auth out of the URL and unset the variables.",
        ("unset PGCHANNELBINDING PGREQUIREAUTH",),
        symptom="channel binding is required, but server did not offer an authentication method "
        "that supports channel binding",
        source="PostgreSQL documentation, “Database Connection Control Functions”; "
        "github.com/neondatabase/neon/issues/2350",
    ),
    Diagnosis(
        "LP-147",
        "The client tools are older than the server.",
        "pg_dump refuses servers of a later major version than its own; psql and pg_restore do not "
        "understand everything that a later pg_dump writes.",
        "Use tools of the server's version, or `lakepass dump`, which includes them.",
        (
            'pip install "lakepass[emulator]"    # has pg_dump and pg_restore',
            "lakepass dump -- -Fc -f shop.dump",
            "lakepass restore -- shop.dump",
        ),
        symptom="aborting because of server version mismatch; invalid command \\restrict",
        source="PostgreSQL documentation, “pg_dump”",
    ),
    Diagnosis(
        "LP-149",
        "An argument in Python has a type or a value that cannot be used.",
        "A program passed it to lakepass, perhaps as it was read from a file of settings.",
        "Pass a value of the type that the reference shows.",
    ),
)
