"""Why a login fails: one table of what servers and networks say, and what it means.

Rows are tried in order, text first and SQLSTATE second: the service's proxy sends most login
errors as XX000, and psycopg reports none at all. Texts come from PostgreSQL (`src/backend/libpq`,
`utils/init/postinit.c`), from the open source of the proxy (github.com/neondatabase/neon, `proxy/`)
and from Databricks' pages "Authenticate to a database instance" and "Connect external apps".
No driver is imported here; whatever has a text, and perhaps a `sqlstate`, can be classified.
"""

import re
import socket
import ssl
from dataclasses import dataclass
from enum import Enum

from lakepass.errors import ConnectError, DatabaseUnavailable, LoginRejected


class Kind(Enum):
    """What a refusal means for the one who knocks."""

    STALE = "stale credential"  # perhaps expired: drop it, mint once, try once
    TRANSIENT = "transient"  # waits help
    REJECTED = "rejected"  # this role with this credential: never
    MISFIT = "misfit"  # the way in is wrong: TLS, name, network, database


ERRORS: dict[Kind, type[ConnectError]] = {
    Kind.STALE: LoginRejected,
    Kind.TRANSIENT: DatabaseUnavailable,
    Kind.REJECTED: LoginRejected,
    Kind.MISFIT: ConnectError,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row. pattern: sought in the text, case ignored. sqlstate: a prefix. Either may be ''."""

    code: str
    kind: Kind
    pattern: str
    sqlstate: str
    cause: str
    next_step: str


_GRANT = "Register the role with databricks_create_role, or attach the database to the app."

# What networks say: asyncpg raises it as it is, libpq puts it into words.
UNKNOWN_HOST = Refusal(
    "LP-505",
    Kind.TRANSIENT,
    r"could not translate host name|failed to resolve host|name or service not known",
    "",
    "The host name does not resolve.",
    "Check PGHOST, and the name service (with private link: its private zone).",
)
TIMED_OUT = Refusal(
    "LP-506",
    Kind.TRANSIENT,
    r"timeout expired|connection timed out",
    "",
    "The server did not answer in time.",
    "Check that a firewall lets port 5432 out, or raise connect_deadline_s.",
)
UNREACHABLE = Refusal(
    "LP-507",
    Kind.TRANSIENT,
    r"connection refused|connection reset|server closed the connection|broken pipe"
    r"|SYSCALL error|unexpected eof|closed unexpectedly|network is unreachable|no route to host",
    "",
    "The server refused or dropped the connection.",
    "Check PGHOST and PGPORT and that the database is running.",
)
UNVERIFIED = Refusal(
    "LP-408",
    Kind.MISFIT,
    r"certificate verify failed|does not match host name",
    "",
    "The server's certificate is not to be trusted for this host name.",
    "Check PGHOST; behind a private authority set PGSSLROOTCERT to its certificate.",
)
NO_TLS = Refusal(
    "LP-409",
    Kind.MISFIT,
    r"SSL error|does not support SSL",
    "",
    "The TLS handshake failed.",
    "Check what stands between here and the database.",
)

TABLE: tuple[Refusal, ...] = (
    Refusal(
        "LP-301",
        Kind.REJECTED,
        r"failed to decode token for role|not a valid JWT encoding",
        "",
        "What was sent as the password is no database credential: a personal access token, "
        "an empty or cut-off value, or a native password while native login is off.",
        "Let Lakepass mint the credential (LAKEPASS_AUTH=oauth), or turn native login on.",
    ),
    Refusal(
        "LP-302",
        Kind.REJECTED,
        r"no role security label was configured",
        "",
        "The role exists but is tied to no Databricks identity.",
        "Create it with databricks_create_role instead of CREATE ROLE.",
    ),
    Refusal(
        "LP-303",
        Kind.REJECTED,
        r"did not match the security label",
        "",
        "The credential belongs to one identity and the role to another.",
        "Set PGUSER to the identity that signs in to the workspace, or leave it unset.",
    ),
    Refusal(
        "LP-304",
        Kind.REJECTED,
        r"role \S+ does not exist",
        "",
        "Postgres has no such role on this branch.",
        _GRANT,
    ),
    Refusal(
        "LP-305",
        Kind.REJECTED,
        r"empty password returned by client",
        "",
        "An empty password was sent.",
        "Check that the variable holding the password has a value.",
    ),
    Refusal(
        "LP-306",
        Kind.STALE,
        r"JWT token (has expired|is not yet ready)|invalid JWT token|jwk not found|signature error",
        "",
        "The credential has expired, or was signed by a key or for a workspace not known here.",
        "Check that DATABRICKS_HOST is the workspace that owns the database, and both clocks.",
    ),
    Refusal(
        "LP-307",
        Kind.STALE,
        r"invalid authorization for databricks identity login",
        "",
        "The credential has expired, or is a token of another kind.",
        "Check that DATABRICKS_HOST is the workspace that owns the database.",
    ),
    Refusal(
        "LP-308",
        Kind.STALE,
        r"password authentication failed",
        "",
        "The credential has expired, the role is not registered, or the native password is wrong.",
        f"Compare PGUSER with the identity that signs in. {_GRANT}",
    ),
    Refusal(
        "LP-401",
        Kind.MISFIT,
        r"database \S+ does not exist",
        "3D000",
        "There is no database of this name.",
        "Set PGDATABASE; a new Lakebase holds one database, databricks_postgres.",
    ),
    Refusal(
        "LP-402",
        Kind.MISFIT,
        r"insecure connection|invalid protocol version|rejected SSL upgrade|unencrypted data after",
        "",
        "The server and we do not agree on TLS.",
        "Set PGSSLMODE=verify-full, and check what stands between here and the database.",
    ),
    Refusal(
        "LP-403",
        Kind.MISFIT,
        r"does not have SNI|endpoint ID is not specified|inconsistent project name",
        "",
        "The server could not tell from the TLS handshake which database is meant.",
        "Connect by the host name of the database, not by an address or alias.",
    ),
    Refusal(
        "LP-404",
        Kind.MISFIT,
        r"IP address \S+ is not allowed|blocked network|blocked by Databricks IP ACL",
        "",
        "An access list keeps this address out.",
        "Add this network to the workspace's or the project's IP access list.",
    ),
    Refusal(
        "LP-405",
        Kind.MISFIT,
        r"endpoint is disabled|endpoint cannot be found",
        "",
        "The endpoint is switched off or no longer exists.",
        "Enable it, or point LAKEBASE_ENDPOINT at one that exists.",
    ),
    Refusal(
        "LP-406",
        Kind.MISFIT,
        r"unsupported frontend protocol",
        "0A000",
        "The driver speaks a version of the Postgres protocol that the service does not.",
        "Use protocol 3.0 (libpq: max_protocol_version=3.0).",
    ),
    Refusal(
        "LP-501",
        Kind.TRANSIENT,
        r"external authorization failed",
        "",
        "The service keeps us out: a stopped instance, an access list or private link; "
        "for some seconds also after a branch or project was created.",
        "Start the instance, and check the IP access list and private link.",
    ),
    Refusal(
        "LP-502",
        Kind.TRANSIENT,
        r"too many connections|too many clients|connection slots are reserved|no more connections",
        "53300",
        "All connections of the database are taken.",
        "Lower the pool size: connections are processes times (pool_size + max_overflow).",
    ),
    Refusal(
        "LP-503",
        Kind.TRANSIENT,
        r"starting up|shutting down|recovery mode|terminating connection"
        r"|couldn't connect to compute|control plane request failed"
        r"|authentication timed out|client handshake timeout",
        "57P0",
        "The database is waking up, restarting or failing over.",
        "Look at its state in the workspace, or raise connect_deadline_s.",
    ),
    UNVERIFIED,
    UNKNOWN_HOST,
    TIMED_OUT,
    UNREACHABLE,
    NO_TLS,
    Refusal(
        "LP-308",
        Kind.STALE,
        r"authentication|\btoken\b|identity login",
        "28P01",
        "The login was refused, perhaps because the credential has expired.",
        f"Compare PGUSER with the identity that signs in. {_GRANT}",
    ),
    Refusal(
        "LP-309",
        Kind.REJECTED,
        "",
        "28000",
        "The role may not log in here.",
        _GRANT,
    ),
    Refusal(
        "LP-310",
        Kind.REJECTED,
        "",
        "42501",
        "The role lacks the right to connect to this database.",
        "Grant CONNECT on the database to the role.",
    ),
    Refusal(
        "LP-407",
        Kind.MISFIT,
        "",
        "08P01",
        "Server and driver misunderstood each other.",
        "Check what stands between here and the database.",
    ),
    Refusal(
        "LP-504",
        Kind.TRANSIENT,
        "",
        "08",
        "The connection broke before the login was complete.",
        "Check the network, or raise connect_deadline_s.",
    ),
)

UNKNOWN = Refusal(
    "LP-499",
    Kind.MISFIT,
    "",
    "",
    "The login failed for a reason Lakepass does not know.",
    "Read the server's message above.",
)


def classify(text: str, sqlstate: str = "") -> Refusal:
    """The row that fits a server's message; UNKNOWN if none does."""
    for row in TABLE:
        if row.pattern and re.search(row.pattern, text, re.IGNORECASE):
            return row
    for row in TABLE:
        if row.sqlstate and sqlstate.startswith(row.sqlstate):
            return row
    return UNKNOWN


def classify_error(error: BaseException) -> Refusal:
    """The row that fits what a driver raised while it connected."""
    match error:
        case ssl.SSLCertVerificationError():
            return UNVERIFIED
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | ssl.SSLSyscallError():
            return UNREACHABLE  # cut off in mid-handshake, as a restarting gateway does
        case ssl.SSLError():
            return NO_TLS
        case TimeoutError():
            return TIMED_OUT
        case socket.gaierror():
            return UNKNOWN_HOST
    row = classify(str(error), getattr(error, "sqlstate", None) or "")
    return UNREACHABLE if row is UNKNOWN and isinstance(error, OSError) else row
