"""Every message with which a login is refused: one table, two dialects.

Source of the texts, row by row below: "envoy", the gateway's filter, public in
github.com/agrawroh/envoy (contrib/databricks_sql_proxy, contrib/postgres_inspector); "postgres",
the service's fork, github.com/neondatabase/postgres (src/backend/libpq/auth.c); "proxy",
github.com/neondatabase/neon (proxy/src); "reports", several public repositories that quote them.
The gateway's own refusals keep severity and code in both dialects.
"""

from dataclasses import dataclass
from enum import Enum

from lakepass.emulator.gateway import wire

# The proxy gives every login error this code: github.com/neondatabase/neon, proxy/src/stream.rs.
PROXY_CODE = "XX000"


class Dialect(Enum):
    """How a host words refusals: as Postgres does, or as the proxy in front of it rewrites them."""

    DIRECT = "direct"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row. Braces are filled with what the gateway knows about the login.

    via_proxy: the proxy's own wording, where it has one.
    by_gateway: sent before Postgres or the proxy is reached, so the same in both dialects.
    """

    code: str
    text: str
    detail: str | None = None
    via_proxy: str | None = None
    by_gateway: bool = False

    def encoded(self, dialect: Dialect, **known: object) -> bytes:
        """The ErrorResponse."""
        detail = self.detail.format(**known) if self.detail else None
        if self.by_gateway or dialect is Dialect.DIRECT:
            return wire.error_response("FATAL", self.code, self.text.format(**known), detail)
        text = (self.via_proxy or self.text).format(**known)
        return wire.error_response("ERROR", PROXY_CODE, text)


class Refused(Exception):
    """A login is refused. packet: for the client; contains no secret."""

    def __init__(self, packet: bytes) -> None:
        super().__init__("login refused")
        self.packet = packet


# envoy. The first packet is not an SSLRequest; the number is its protocol version.
PLAINTEXT = Refusal(
    "08P01",
    "Invalid protocol version. Protocol version: {version}",
    # Assumed: the second sentence is that of the filter's other TLS refusal.
    "Ensure that connection is using SSL. Try using `sslmode=require` in the connection string.",
    by_gateway=True,
)
EARLY_DATA = Refusal("08P01", "Received unencrypted data after SSL request.", by_gateway=True)
SSL_REQUEST_LENGTH = Refusal("08P01", "Invalid SSL request message length.", by_gateway=True)
STARTUP_LENGTH = Refusal("08P01", "Invalid length of startup packet.", by_gateway=True)
TIMEOUT = Refusal("08006", "Client handshake timeout.", by_gateway=True)
NO_SNI = Refusal(
    "08006",
    "Connection does not have SNI.",
    "Please upgrade your client to support SNI.",
    by_gateway=True,
)
# proxy (proxy/src/auth/credentials.rs). Assumed: that hosts of instances use it too, and the codes.
UNKNOWN_HOST = Refusal("08006", "Common name inferred from SNI ('{name}') is not known")
OTHER_ENDPOINT = Refusal(
    "08006",
    "Inconsistent project name inferred from SNI ('{endpoint}') and project option ('{option}').",
)
VERSION = Refusal(
    "0A000",
    "Unsupported frontend protocol {major}.{minor}. Server supports 3.0 to 3.0",
    by_gateway=True,
)
_UNAUTHORIZED = (
    "28000",
    "External authorization failed.",
    "This could be due to paused instances, disabling readable secondaries, IP ACLs or private "
    "link configuration.",
)
STOPPED = Refusal(*_UNAUTHORIZED, by_gateway=True)
# Assumed: that endpoints use the proxy's message, though the gateway before it could refuse.
BLOCKED = Refusal(
    *_UNAUTHORIZED,
    via_proxy="This IP address {address} is not allowed to connect to this endpoint. Please add it "
    "to the allowed list in the Neon console. Make sure to check for IPv4 or IPv6 addresses.",
)

# postgres
STARTUP_LAYOUT = Refusal("08P01", "invalid startup packet layout: expected terminator as last byte")
WAKING = Refusal("57P03", "the database system is starting up")
NO_PASSWORD_MESSAGE = Refusal("08P01", "expected password response, got message type {kind}")
PASSWORD_LENGTH = Refusal("08P01", "invalid password packet size")
EMPTY_PASSWORD = Refusal("28P01", "empty password returned by client")
NOT_A_TOKEN = Refusal(
    "28P01",
    'Failed to decode token for role "{role}" and native postgres login was either not attempted '
    "due to configuration or failed.",
    via_proxy="Provided authentication token is not a valid JWT encoding",
)
# Postgres's response to a wrong native password. It is also the symptom the docs name for an expired
# token: Databricks docs, "Connect external apps with the API"
# (oltp/projects/external-apps-manual-api), read 2026-11.
AUTHENTICATION_FAILED = Refusal(
    "28P01",
    'password authentication failed for user "{role}"',
    via_proxy="password authentication failed for user '{role}'",
)
# Assumed: 28P01, and that every token that is valid but not acceptable gets this one response.
UNKNOWN_KEY = Refusal(
    "28P01", "Invalid authorization for databricks identity login", via_proxy="jwk not found"
)
BAD_SIGNATURE = Refusal(
    "28P01",
    "Invalid authorization for databricks identity login",
    via_proxy="signature error: signature error",
)
OTHER_WORKSPACE = Refusal(
    "28P01",
    "Invalid authorization for databricks identity login",
    via_proxy="invalid JWT token audience",
)
WRONG_KIND_OF_TOKEN = Refusal("28P01", "Invalid authorization for databricks identity login")
NO_ROLE = Refusal("28000", 'role "{role}" does not exist')
# reports. Assumed: 28P01 for both, and the wording of the second.
NO_LABEL = Refusal(
    "28P01",
    "An oauth token was supplied but no role security label was configured in postgres for role "
    '"{role}"',
)
OTHER_IDENTITY = Refusal(
    "28P01",
    "OAuth token identity '{identity}' did not match the security label configured for role "
    "'{role}'",
)
# postgres; the second is the proxy's.
TOO_MANY = Refusal(
    "53300",
    "remaining connection slots are reserved for roles with the SUPERUSER attribute",
    via_proxy="Too many connections to this endpoint. Please try again later.",
)
# proxy. Assumed: that a host without the proxy uses the same message.
UNREACHABLE = Refusal("08006", "Couldn't connect to compute node: {reason}")


def relayed(body: bytes, dialect: Dialect) -> bytes:
    """Postgres's refusal of a login, as this dialect passes it on. body: of its ErrorResponse."""
    if dialect is Dialect.DIRECT:
        return wire.Message(wire.ERROR, body).encoded()
    return wire.error_response("ERROR", PROXY_CODE, wire.error_fields(body)["M"])
