"""What servers say at login, and what it means. Texts are as the servers send them."""

import socket
import ssl

import pytest

from lakepass.errors import LoginRejected
from lakepass.refusals import ERRORS, TABLE, UNKNOWN, RefusalKind, classify, classify_error


@pytest.mark.parametrize(
    ("text", "sqlstate", "code", "kind"),
    [
        (
            'Failed to decode token for role "x" and native postgres login was either not '
            "attempted due to configuration or failed.",
            "28P01",
            "LP-301",
            RefusalKind.REJECTED,
        ),
        (
            "Provided authentication token is not a valid JWT encoding",
            "XX000",
            "LP-301",
            RefusalKind.REJECTED,
        ),
        ('password authentication failed for user "x"', "28P01", "LP-308", RefusalKind.STALE),
        ("password authentication failed for user 'x'", "XX000", "LP-308", RefusalKind.STALE),
        ("password authentication failed for user 'x'", "", "LP-308", RefusalKind.STALE),
        (
            "Invalid authorization for databricks identity login",
            "28000",
            "LP-307",
            RefusalKind.STALE,
        ),
        ('role "x" is not permitted to log in', "", "LP-309", RefusalKind.REJECTED),
        ('permission denied for database "d"', "", "LP-310", RefusalKind.REJECTED),
        ("JWT token has expired (exp=1)", "XX000", "LP-306", RefusalKind.STALE),
        ("invalid JWT token audience", "XX000", "LP-306", RefusalKind.STALE),
        (
            "An oauth token was supplied but no role security label was configured in postgres "
            'for role "x"',
            "28P01",
            "LP-302",
            RefusalKind.REJECTED,
        ),
        (
            "OAuth token identity '1' did not match the security label configured for role 'x'",
            "28P01",
            "LP-303",
            RefusalKind.REJECTED,
        ),
        ('role "x" does not exist', "28000", "LP-304", RefusalKind.REJECTED),
        ("role 'x' does not exist", "XX000", "LP-304", RefusalKind.REJECTED),
        ('database "main" does not exist', "3D000", "LP-401", RefusalKind.MISFIT),
        ("database 'main' does not exist", "XX000", "LP-401", RefusalKind.MISFIT),
        ("External authorization failed.", "28000", "LP-501", RefusalKind.TRANSIENT),
        (
            "Insecure connection. Ensure that connection is using SSL.",
            "08006",
            "LP-402",
            RefusalKind.MISFIT,
        ),
        ("Connection does not have SNI.", "08006", "LP-403", RefusalKind.MISFIT),
        (
            "This IP address 1.2.3.4 is not allowed to connect to this endpoint.",
            "XX000",
            "LP-404",
            RefusalKind.MISFIT,
        ),
        (
            "Control plane request failed: endpoint is disabled",
            "XX000",
            "LP-405",
            RefusalKind.MISFIT,
        ),
        ("Control plane request failed", "XX000", "LP-503", RefusalKind.TRANSIENT),
        ("Authentication timed out", "XX000", "LP-503", RefusalKind.TRANSIENT),
        ("sorry, too many clients already", "53300", "LP-502", RefusalKind.TRANSIENT),
        (
            "Too many connections to this endpoint. Please try again later.",
            "XX000",
            "LP-502",
            RefusalKind.TRANSIENT,
        ),
        ("no more connections allowed (max_client_conn)", "08P01", "LP-502", RefusalKind.TRANSIENT),
        ("the database system is starting up", "57P03", "LP-503", RefusalKind.TRANSIENT),
        ("das Datenbanksystem startet", "57P03", "LP-503", RefusalKind.TRANSIENT),
        ("Passwort-Authentifizierung fehlgeschlagen", "28P01", "LP-308", RefusalKind.STALE),
        (
            "connection was closed in the middle of operation",
            "08003",
            "LP-504",
            RefusalKind.TRANSIENT,
        ),
        ("unexpected message", "08P01", "LP-407", RefusalKind.MISFIT),
        (
            "protocol version not supported by server: client uses 3.2, server supports up to 3.0",
            "",
            "LP-406",
            RefusalKind.MISFIT,
        ),
        ("something about an oauth token", "XX000", "LP-308", RefusalKind.STALE),
        ("never heard of", "XX000", "LP-499", RefusalKind.MISFIT),
    ],
)
def test_text_decides_before_code(text: str, sqlstate: str, code: str, kind: RefusalKind) -> None:
    row = classify(text, sqlstate)
    assert (row.code, row.kind) == (code, kind)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ssl.SSLCertVerificationError("certificate verify failed"), "LP-408"),
        (ssl.SSLEOFError("EOF occurred in violation of protocol"), "LP-507"),
        (ssl.SSLError("wrong version number"), "LP-409"),
        (TimeoutError(), "LP-506"),
        (socket.gaierror(-2, "Name or service not known"), "LP-505"),
        (ConnectionRefusedError(111, "Connection refused"), "LP-507"),
        (ConnectionError('PostgreSQL server at "h:5432" rejected SSL upgrade'), "LP-409"),
        (OSError("Multiple exceptions: refused, refused"), "LP-507"),
        (RuntimeError("?"), "LP-499"),
    ],
)
def test_errors_of_the_network_are_classified_too(error: Exception, code: str) -> None:
    assert classify_error(error).code == code


def test_a_stale_and_a_rejected_login_end_in_the_same_error() -> None:
    assert ERRORS[RefusalKind.STALE] is ERRORS[RefusalKind.REJECTED] is LoginRejected


def test_every_row_says_why_and_what_to_do() -> None:
    for row in (*TABLE, UNKNOWN):
        assert row.cause.endswith(".")
        assert row.next_step.endswith(".")
        assert row.pattern or row.sqlstate or row is UNKNOWN
