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

from lakepass.diagnoses import CATALOGUE
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
    """One row. pattern: sought in the text, case ignored. sqlstate: a prefix. Either may be ''.

    Its words are those of the catalogue (`lakepass.diagnoses`).
    """

    code: str
    kind: Kind
    pattern: str
    sqlstate: str = ""

    @property
    def cause(self) -> str:
        """Why, in a sentence."""
        return CATALOGUE[self.code].title

    @property
    def next_step(self) -> str:
        """What to do."""
        return CATALOGUE[self.code].mend


# What networks say: asyncpg raises it as it is, libpq puts it into words.
UNKNOWN_HOST = Refusal(
    "LP-505",
    Kind.TRANSIENT,
    r"could not translate host name|failed to resolve host|name or service not known",
)
TIMED_OUT = Refusal("LP-506", Kind.TRANSIENT, r"timeout expired|connection timed out")
UNREACHABLE = Refusal(
    "LP-507",
    Kind.TRANSIENT,
    r"connection refused|connection reset|server closed the connection|broken pipe"
    r"|SYSCALL error|unexpected eof|closed unexpectedly|network is unreachable|no route to host",
)
UNVERIFIED = Refusal("LP-408", Kind.MISFIT, r"certificate verify failed|does not match host name")
NO_TLS = Refusal("LP-409", Kind.MISFIT, r"SSL error|does not support SSL")
# Of one who knocks this is enough; found in a long text it says nothing.
VAGUE = Refusal("LP-308", Kind.STALE, r"authentication|\btoken\b|identity login", "28P01")

TABLE: tuple[Refusal, ...] = (
    Refusal("LP-301", Kind.REJECTED, r"failed to decode token for role|not a valid JWT encoding"),
    Refusal("LP-302", Kind.REJECTED, r"no role security label was configured"),
    Refusal("LP-303", Kind.REJECTED, r"did not match the security label"),
    Refusal("LP-304", Kind.REJECTED, r"role \S+ does not exist"),
    Refusal("LP-305", Kind.REJECTED, r"empty password returned by client"),
    Refusal(
        "LP-306",
        Kind.STALE,
        r"JWT token (has expired|is not yet ready)|invalid JWT token|jwk not found|signature error",
    ),
    Refusal("LP-307", Kind.STALE, r"invalid authorization for databricks identity login"),
    Refusal("LP-308", Kind.STALE, r"password authentication failed"),
    Refusal("LP-401", Kind.MISFIT, r"database \S+ does not exist", "3D000"),
    Refusal(
        "LP-402",
        Kind.MISFIT,
        r"insecure connection|invalid protocol version|rejected SSL upgrade|unencrypted data after",
    ),
    Refusal(
        "LP-403",
        Kind.MISFIT,
        r"does not have SNI|endpoint ID is not specified|inconsistent project name",
    ),
    Refusal(
        "LP-404",
        Kind.MISFIT,
        r"IP address \S+ is not allowed|blocked network|blocked by Databricks IP ACL",
    ),
    Refusal("LP-405", Kind.MISFIT, r"endpoint is disabled|endpoint cannot be found"),
    Refusal("LP-406", Kind.MISFIT, r"unsupported frontend protocol", "0A000"),
    Refusal("LP-501", Kind.TRANSIENT, r"external authorization failed"),
    Refusal(
        "LP-502",
        Kind.TRANSIENT,
        r"too many connections|too many clients|connection slots are reserved|no more connections",
        "53300",
    ),
    Refusal(
        "LP-503",
        Kind.TRANSIENT,
        r"starting up|shutting down|recovery mode|terminating connection"
        r"|couldn't connect to compute|control plane request failed"
        r"|authentication timed out|client handshake timeout",
        "57P0",
    ),
    UNVERIFIED,
    UNKNOWN_HOST,
    TIMED_OUT,
    UNREACHABLE,
    NO_TLS,
    VAGUE,
    Refusal("LP-309", Kind.REJECTED, r"is not permitted to log in", "28000"),
    Refusal("LP-310", Kind.REJECTED, r"permission denied for database", "42501"),
    Refusal("LP-407", Kind.MISFIT, "", "08P01"),
    Refusal("LP-504", Kind.TRANSIENT, "", "08"),
)

UNKNOWN = Refusal("LP-499", Kind.MISFIT, "")


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
