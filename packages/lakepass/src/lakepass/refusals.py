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


class RefusalKind(Enum):
    """What a refusal means for the client."""

    STALE = "stale credential"  # perhaps expired: drop it, mint a new one, try once more
    TRANSIENT = "transient"  # waiting helps
    REJECTED = "rejected"  # this role with this credential: never
    MISFIT = "misfit"  # the way in is wrong: TLS, name, network, database


ERRORS: dict[RefusalKind, type[ConnectError]] = {
    RefusalKind.STALE: LoginRejected,
    RefusalKind.TRANSIENT: DatabaseUnavailable,
    RefusalKind.REJECTED: LoginRejected,
    RefusalKind.MISFIT: ConnectError,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row. pattern: searched for in the text, case ignored. sqlstate: a prefix. Either may be ''.

    Its words are those of the catalogue (`lakepass.diagnoses`).
    """

    code: str
    kind: RefusalKind
    pattern: str
    sqlstate: str = ""

    @property
    def cause(self) -> str:
        """Why, in a sentence."""
        return CATALOGUE[self.code].title

    @property
    def next_step(self) -> str:
        """What to do."""
        return CATALOGUE[self.code].fix


def _quoted(name: str) -> str:
    """A name as Postgres quotes it, in a few languages, or as the service's proxy does."""
    return (
        rf"""(?:"(?P<{name}>(?:[^"]|""){{1,120}})"|'(?P<{name}_single>[^']{{1,120}})'"""
        rf"""|[«„“] ?(?P<{name}_typeset>[^»“”]{{1,120}}?) ?[»“”])"""
    )


# What networks say: asyncpg raises it as it is, libpq and other drivers put it into words.
UNKNOWN_HOST = Refusal(
    "LP-505",
    RefusalKind.TRANSIENT,
    r"could not translate host name|failed to resolve host|name or service not known"
    r"|temporary failure in name resolution|no address associated with hostname"
    r"|nodename nor servname|no such host|getaddrinfo failed|failed to lookup address information"
    r"|name does not resolve|no such host is known|(?<!\()\bENOTFOUND\b|\bEAI_AGAIN\b"
    r"|UnknownHostException|hostname resolving error|\blookup \S+ on \S+: server misbehaving",
)
TIMED_OUT = Refusal(
    "LP-506",
    RefusalKind.TRANSIENT,
    r"timeout expired|connection timed out|operation timed out(?! after \d)|\bETIMEDOUT\b"
    r"|connect timed out"
    r"|i/o timeout|canceling authentication due to timeout|(?-i:\bCONNECT_TIMEOUT\b)"
    r"|connection terminated due to connection timeout|context deadline exceeded"
    r"|timeout during reading attempt"
    r"|connection timeout expired|\[Errno 110\] connect call failed",
)
UNREACHABLE = Refusal(
    "LP-507",
    RefusalKind.TRANSIENT,
    r"connection refused|connection reset|server closed the connection|broken pipe"
    r"|SYSCALL error|unexpected eof(?! while)|closed unexpectedly|network is unreachable"
    r"|cannot assign requested address|\bAddrNotAvailable\b"
    r"|no route to host|actively refused"
    r"|\bECONNREFUSED\b|\bECONNRESET\b|\bEHOSTUNREACH\b|\bENETUNREACH\b|\bEPIPE\b"
    r"|connection to (?:\S+|[^\n\"']{1,60}:\d{2,5}) refused|connect call failed",
)
UNVERIFIED = Refusal(
    "LP-408",
    RefusalKind.MISFIT,
    r"certificate verify failed|does not match host name|PKIX path building"
    r"|does not match certificate's altnames"
    r"|self[- ]signed certificate|SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)\w+"
    r"|unable to verify the first certificate|ERR_TLS_CERT_ALTNAME|verified by hostnameverifier"
    r"|no subject alternative|x509: certificate|root certificate file \S+ does not exist"
    r"|remote certificate (?:is|was) (?:invalid|rejected)|certificate has expired"
    r"|could not open certificate file|unable to get local issuer certificate",
)
NO_TLS = Refusal(
    "LP-409",
    RefusalKind.MISFIT,
    r"(?<!consumeInput\(\)\s)(?<!input\sfailed:\s)"
    r"SSL error(?!: (?:Read timed out|Connection reset|Broken pipe|Remote host terminated))"
    r"|does not support SSL|wrong version number|invalid response to SSL negotiation"
    r"|server refused TLS connection|rejected SSL upgrade|server refuse[sd] SSL\b"
    r"|SSL is not enabled on the server(?!, connecting with sslmode=disable)"
    r"|error response during SSL exchange|unsupported frontend protocol 1234\.",
)
# Enough in the answer to a login; in a long text it says nothing.
# Not every mention of tokens or authentication: a good credential is not thrown away for
# an unknown parameter or a syntax error.
VAGUE = Refusal(
    "LP-308",
    RefusalKind.STALE,
    r"\b(?:oauth|access|bearer|authentication|identity) token\b|identity login"
    r"|\btoken\b.{0,40}\b(?:expired|invalid|revoked|rejected|not valid|not accepted)"
    r"|\b(?:expired|invalid|revoked|rejected)\b.{0,40}\btoken\b"
    r"|authentication (?:failed|failure|error|rejected)|failed to authenticate|not authenticated",
    "28P01",
)

TABLE: tuple[Refusal, ...] = (
    Refusal(
        "LP-301",
        RefusalKind.REJECTED,
        rf"failed to decode token for role(?: {_quoted('role')})?|not a valid JWT encoding"
        r"|invalid password packet size",
    ),
    Refusal("LP-302", RefusalKind.REJECTED, r"no role security label was configured"),
    Refusal("LP-303", RefusalKind.REJECTED, r"did not match the security label"),
    Refusal(
        "LP-304",
        RefusalKind.REJECTED,
        rf"\brole {_quoted('role')} does not exist|FATAL: +user {_quoted('user')} does not exist",
    ),
    Refusal(
        "LP-305",
        RefusalKind.REJECTED,
        r"empty password returned by client|no password (?:supplied|was provided)"
        r"|no password has been provided|client password must be a(?: non-empty)? string"
        r"|password authentication is required",
    ),
    Refusal(
        "LP-306",
        RefusalKind.STALE,
        r"JWT token (?:has expired|is not yet ready)|invalid JWT token audience|jwk not found"
        r"|(?:^|(?:ERROR|FATAL): +)signature error",
    ),
    Refusal(
        "LP-307",
        RefusalKind.STALE,
        r"invalid authorization for databricks identity login|the access token has expired",
    ),
    Refusal(
        "LP-308",
        RefusalKind.STALE,
        rf"(?:password|PAM|LDAP|RADIUS|IAM(?: \w+){{0,3}}) authentication failed for user"
        rf"(?: {_quoted('role')})?|password authentication failed(?! for (?!u|role|['\"]))"
        r"|SASL authentication failed"
        r"|password doesn't match|invalid SCRAM server-final-message"
        r"|authentication failed against(?: the)? database server",
    ),
    Refusal(
        "LP-401",
        RefusalKind.MISFIT,
        rf"database {_quoted('database')} does not exists?\b|database `(?P<name>[^`]+)` does not exist",
        "3D000",
    ),
    Refusal(
        "LP-402",
        RefusalKind.MISFIT,
        r"connection is insecure|insecure connection|invalid protocol version"
        r"|unencrypted data after"
        # Up to the end of this message: the next may be of another attempt, with TLS.
        r"|(?:pg_hba\.conf|rejects connection for host)(?:(?!pg_hba|rejects|SSL on)[\s\S]){0,300}?"
        r"(?:no encryption|SSL off)|SSL connection is required"
        r"|SSL/TLS required",
    ),
    Refusal(
        "LP-403",
        RefusalKind.MISFIT,
        r"does not have SNI|endpoint ID is not specified|inconsistent project name"
        r"|project name is not specified|SNI info is missing|common name inferred from SNI",
    ),
    Refusal(
        "LP-404",
        RefusalKind.MISFIT,
        r"IP address \S+ is not allowed|blocked network|blocked by Databricks IP ACL"
        r"|(?:no pg_hba\.conf entry|pg_hba\.conf rejects connection)",
    ),
    Refusal("LP-405", RefusalKind.MISFIT, r"endpoint is disabled|endpoint cannot be found"),
    Refusal(
        "LP-406",
        RefusalKind.MISFIT,
        r"unsupported frontend protocol 3\.|server only supports protocol version"
        r"|protocol version not supported by server",
        "0A000",
    ),
    Refusal(
        "LP-413",
        RefusalKind.MISFIT,
        r"unsupported startup parameter(?: in options)?(?:: (?P<parameter>[\w.]+))?",
    ),
    Refusal(
        "LP-146",
        RefusalKind.MISFIT,
        r"channel binding (?:is )?required|channel[_ ]?binding is set to require"
        r"|authentication method requirement|server did not offer an authentication method",
    ),
    Refusal(
        "LP-510",
        RefusalKind.MISFIT,
        r"exceeded the (?:compute|data|written|storage|active|branch)[\w ]{0,40}quota"
        r"|(?:account|project) [\w ]{0,20}exceeded the [\w ]{1,40}quota",
    ),
    Refusal("LP-501", RefusalKind.TRANSIENT, r"external authorization failed"),
    Refusal(
        "LP-502",
        RefusalKind.TRANSIENT,
        r"too many connections|too many clients|connection slots are reserved|no more connections"
        r"|too many database connections|max client connections reached|\bquery_wait_timeout\b(?!\s*=)",
        "53300",
    ),
    Refusal(
        "LP-503",
        RefusalKind.TRANSIENT,
        r"database system is (?:starting up|shutting down|in recovery mode|not )"
        r"|terminating connection due to (?:administrator|unexpected postmaster|crash)"
        r"|terminating connection because of crash"
        r"|(?:couldn't|failed to) connect to (?:the )?compute|control plane request failed"
        r"|authentication timed out|client handshake timeout",
        "57P0",
    ),
    UNVERIFIED,
    UNKNOWN_HOST,
    TIMED_OUT,
    UNREACHABLE,
    NO_TLS,
    VAGUE,
    Refusal(
        "LP-309",
        RefusalKind.REJECTED,
        rf"(?:role {_quoted('role')} )?is not permitted to log in",
        "28000",
    ),
    # With quotes at the login; without, it is CREATE SCHEMA that was refused (acl.c, postinit.c).
    Refusal(
        "LP-310",
        RefusalKind.REJECTED,
        rf"permission denied for database {_quoted('database')}|does not have CONNECT privilege"
        r"|was denied access on the database|is not currently accepting connections",
        "42501",
    ),
    Refusal("LP-407", RefusalKind.MISFIT, "", "08P01"),
    Refusal("LP-504", RefusalKind.TRANSIENT, "", "08"),
)

UNKNOWN = Refusal("LP-499", RefusalKind.MISFIT, "")


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
