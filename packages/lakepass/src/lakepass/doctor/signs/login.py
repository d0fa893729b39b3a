"""Signs of what is refused at the login, as drivers report it. What the server says: `refusals`."""

from lakepass.diagnoses.diagnosis import FRESH_CREDENTIAL, PER_CONNECTION
from lakepass.doctor.signs.sign import Advice, Sign

# The role that a driver uses when none is given: "postgres", or the operating system's user.
_DEFAULT_ROLE = (
    r"role [\"'](?P<role>postgres|root|app|appuser|node|ubuntu|runner|vscode|nonroot|www-data"
    r"|databricks|jovyan)[\"'] does not exist"
)
_SET_THE_USER = Advice(
    title="No user was given, so the driver logged in as its default, {role}.",
    cause="Lakebase has no such role: roles are e-mails of users, application ids of service "
    "principals, names of groups, and native roles that someone created.",
    fix="Set the user to the identity that the token belongs to. Do not create a role {role}.",
    lines=(
        'export PGUSER="$DATABRICKS_CLIENT_ID"    # in an app, or for a service principal',
        "export PGUSER=EMAIL                      # for yourself: databricks current-user me",
    ),
)
_NO_USER = Advice(
    title="The driver sent no user.",
    cause="Neither the URL nor PGUSER names one, or the variable that should hold it is empty.",
    fix="Set the user to the identity that the token belongs to.",
    lines=(
        'export PGUSER="$DATABRICKS_CLIENT_ID"    # in an app, or for a service principal',
        "export PGUSER=EMAIL                      # for yourself: databricks current-user me",
    ),
)
_RESTORED_ROLE = Advice(
    title="The dump refers to a role that this database does not have.",
    cause="pg_dump writes owners and grants of the source database into the dump.",
    fix="Restore without owners and grants, as the role that is to own everything.",
    lines=('pg_restore --no-owner --no-acl -d "$PGDATABASE" FILE',),
)
_ANY_REFUSED_LOGIN = Advice(
    title="The server refused user and password.",
    cause="The driver says the same whether no password was given, the token has expired, it "
    "belongs to another identity than the user, or the role does not exist.",
    fix="Give the driver the user of the identity and a fresh database credential as its password.",
    lines=(
        FRESH_CREDENTIAL,
        *PER_CONNECTION,
        "lakepass doctor    # if it is refused again: says why",
    ),
)
_NO_PASSWORD = Advice(
    title="The driver was given no password.",
    cause="Neither the URL nor PGPASSWORD holds one, and no function is set that supplies it for "
    "each connection.",
    fix="Give the driver a function that returns a fresh database credential for each connection, "
    "or let lakepass open the connections. For one session of a tool, set PGPASSWORD.",
    lines=(
        FRESH_CREDENTIAL,
        *PER_CONNECTION,
    ),
)
_TOKEN_EXPIRED = Advice(
    title="The token that was sent as the password has expired.",
    cause="A database credential lives for an hour, and one that stands in a URL or a variable is "
    "not renewed: connections made later fail.",
    fix="Supply a fresh credential for each new connection, by a function of the driver or through "
    "lakepass.",
    lines=(
        "unset PGPASSWORD LAKEBASE_PASSWORD",
        FRESH_CREDENTIAL,
        *PER_CONNECTION,
    ),
)
_TOKEN_LOGIN_REFUSED = Advice(
    title="A login with a token was refused.",
    cause="The token has expired, or the user is not the identity that the token was issued to.",
    fix="Compare the user with the identity that signs in, and supply a fresh token for each new "
    "connection.",
    lines=(
        FRESH_CREDENTIAL,
        *PER_CONNECTION,
        "lakepass doctor    # if it is refused again: looks at the token and at the role",
    ),
)
_NO_TENANT = Advice(
    title="The pooler does not know this user or project.",
    cause="Supavisor, the pooler of Supabase, finds the project by the user name, which has to be "
    "role.project; in another region's pooler the project does not exist.",
    fix="Copy the pooler's host and the user from the Connect dialog of the project.",
    lines=(),
)
_NO_POOL = Advice(
    title="The pooler has no pool for this database and user.",
    cause="PgCat knows only the databases and users in its configuration; the name of a pool is the "
    "database that clients name.",
    fix="Write both into the pooler's configuration, or connect to the database itself.",
    lines=("[pools.DATABASE.users.0]    # pgcat.toml", 'username = "USER"'),
)
_UNREADABLE = Advice(
    title="The server refused the login, and psycopg2 could not read why.",
    cause="The message is in the language of the server, in an encoding that is not UTF-8, so an error "
    "about the encoding hides the real one. Servers that say it so are local ones, on Windows.",
    fix="Have the message in English, and look at which server answers: Lakebase speaks English.",
    lines=(
        "lakepass doctor    # says what it is, if Lakebase is meant",
        "ALTER SYSTEM SET lc_messages = 'C';    -- on the local server; then repeat",
    ),
)
_PRISMA_DENIED = Advice(
    title="The server refused this user before it looked at the password.",
    cause="Prisma prints P1010 for every refusal with the code 28000, without the server's words: the "
    "role does not exist or may not log in, TLS was not used, the database is stopped, or an access "
    "list keeps this address out.",
    fix="Connect once with another tool, which prints what the server says.",
    lines=("lakepass doctor    # says which it is",),
)
_CLOSED_DATABASE = Advice(
    title="The database {database} takes no connections.",
    cause="template0 never does, and of other databases the owner has switched it off.",
    fix="Connect to the database that is meant; or have its owner let it take connections again.",
    lines=(
        "export PGDATABASE={there}",
        "ALTER DATABASE {database_quoted} ALLOW_CONNECTIONS true;    -- as its owner, elsewhere",
    ),
)

SIGNS = (
    Sign("LP-116", r"no PostgreSQL user name specified in startup packet|local user with ID \d+ "
                   r"does not exist|could not determine user name to connect with"
                   r"|Could not detect default username",
         advice=_NO_USER),
    Sign("LP-310", r"database \"(?P<database>[^\"]+)\" is not currently accepting connections",
         advice=_CLOSED_DATABASE),
    Sign("LP-310", r"\bP1010: User\b|was denied access on the database `", advice=_PRISMA_DENIED),
    Sign("LP-401", r"No pool configured for database: \"(?P<database>[^\"]*)\"", advice=_NO_POOL),
    Sign("LP-499", r"psycopg2[/\\]__init__\.py[\s\S]{0,600}?(?P<said>UnicodeDecodeError)"
                   r"|UnicodeDecodeError: 'utf-8'[\s\S]{0,600}?psycopg2[/\\]__init__\.py",
         advice=_UNREADABLE),
    Sign("LP-304", _DEFAULT_ROLE, advice=_SET_THE_USER),
    Sign("LP-304", r"pg_restore: error:[^\n]*role \"(?P<role>[^\"]+)\" does not exist",
         advice=_RESTORED_ROLE),
    Sign("LP-304", r"(?:ERROR|FATAL): no such user\b"),
    Sign("LP-304", r"Tenant (?:or user )?not found|tenant/user \S+ not found|no tenant identifier "
                   r"provided|Either external_id or sni_hostname must be provided", advice=_NO_TENANT),
    Sign("LP-308", r"The password that was provided for the role (?P<role>[\w.@-]+) is wrong"),
    Sign("LP-303", r"\buser(?:name)?\W{1,4}[\w.+-]+@[\w-]", is_sure=False, only_with="a principal"),
    Sign("LP-305", r"requested SCRAM-based authentication, but (?:no password|the password is an empty)"
                   r"|(?:server|backend|role) requires a password"
                   r"|password-based authentication, but no password|no password was provided"
                   r"|client password must be a(?: non-empty)? string|Null value for 'password'"
                   r"|requested password[- ]based"
                   r"|no password (?:supplied|has been provided)|Some\(\"password missing\"\)"
                   r"|invalid configuration: password missing", advice=_NO_PASSWORD),
    Sign("LP-307", r"the access token has expired", advice=_TOKEN_EXPIRED),
    Sign("LP-307", r"error occurred while validating the access token|acquire a new token and retry"
                   r"|access token does not have a valid audience",
         advice=_TOKEN_LOGIN_REFUSED),
    Sign("LP-306", r"JWT token has expired", advice=_TOKEN_EXPIRED),
    Sign("LP-308", r"cannot generate AAD_AUTH_TOKENTYPE_\w+ tokens for role|AAD access token not valid"
                   r"|Azure AD access token not valid|The access token is not valid for role",
         advice=_TOKEN_LOGIN_REFUSED),
    Sign("LP-308", r"CONNECTION_ACCESS_DENIED_ERROR|CONNECTION_INVALID_(?:USERNAME|PASSWORD)_ERROR",
         advice=_ANY_REFUSED_LOGIN),
    Sign("LP-308", r"(?:PAM|IAM(?: \w+){0,3}) authentication failed for user",
         advice=_TOKEN_LOGIN_REFUSED),
    Sign("LP-308", r"\bP1000\b|Authentication failed against (?:the )?database server",
         advice=_ANY_REFUSED_LOGIN),
    # What remains of a node-postgres error that was logged without its message.
    Sign("LP-308", r"\b28P01\b[^\n]{0,200}\bauth_failed\b"),
    Sign("LP-308", r"SASL_SIGNATURE_MISMATCH|did not return the correct signature|server signature is "
                   r"missing|SCRAM-SERVER-FINAL-MESSAGE", advice=_ANY_REFUSED_LOGIN),
    Sign("LP-308", r"(?:ERROR|FATAL): +Invalid (?:credentials|password for user \{)"),
    Sign("LP-308", r"failed SASL auth|SASL authentication failed|28P01 \(invalid_password\)"),
    Sign("LP-308", r"GSSAPI|kerberos", is_sure=False, only_with="LP-308"),
)  # fmt: skip
