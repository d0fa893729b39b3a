"""What servers say at login, and what it means. Texts are as the servers send them."""

import socket
import ssl

import pytest
from lakepass.errors import LoginRejected
from lakepass.refusals import ERRORS, TABLE, UNKNOWN, Kind, classify, classify_error


@pytest.mark.parametrize(
    ("text", "sqlstate", "code", "kind"),
    [
        (
            'Failed to decode token for role "x" and native postgres login was either not '
            "attempted due to configuration or failed.",
            "28P01",
            "LP-301",
            Kind.REJECTED,
        ),
        (
            "Provided authentication token is not a valid JWT encoding",
            "XX000",
            "LP-301",
            Kind.REJECTED,
        ),
        ('password authentication failed for user "x"', "28P01", "LP-308", Kind.STALE),
        ("password authentication failed for user 'x'", "XX000", "LP-308", Kind.STALE),
        ("password authentication failed for user 'x'", "", "LP-308", Kind.STALE),
        ("Invalid authorization for databricks identity login", "28000", "LP-307", Kind.STALE),
        ('role "x" is not permitted to log in', "", "LP-309", Kind.REJECTED),
        ('permission denied for database "d"', "", "LP-310", Kind.REJECTED),
        ("JWT token has expired (exp=1)", "XX000", "LP-306", Kind.STALE),
        ("invalid JWT token audience", "XX000", "LP-306", Kind.STALE),
        (
            "An oauth token was supplied but no role security label was configured in postgres "
            'for role "x"',
            "28P01",
            "LP-302",
            Kind.REJECTED,
        ),
        (
            "OAuth token identity '1' did not match the security label configured for role 'x'",
            "28P01",
            "LP-303",
            Kind.REJECTED,
        ),
        ('role "x" does not exist', "28000", "LP-304", Kind.REJECTED),
        ("role 'x' does not exist", "XX000", "LP-304", Kind.REJECTED),
        ('database "main" does not exist', "3D000", "LP-401", Kind.MISFIT),
        ("database 'main' does not exist", "XX000", "LP-401", Kind.MISFIT),
        ("External authorization failed.", "28000", "LP-501", Kind.TRANSIENT),
        (
            "Insecure connection. Ensure that connection is using SSL.",
            "08006",
            "LP-402",
            Kind.MISFIT,
        ),
        ("Connection does not have SNI.", "08006", "LP-403", Kind.MISFIT),
        (
            "This IP address 1.2.3.4 is not allowed to connect to this endpoint.",
            "XX000",
            "LP-404",
            Kind.MISFIT,
        ),
        ("Control plane request failed: endpoint is disabled", "XX000", "LP-405", Kind.MISFIT),
        ("Control plane request failed", "XX000", "LP-503", Kind.TRANSIENT),
        ("Authentication timed out", "XX000", "LP-503", Kind.TRANSIENT),
        ("sorry, too many clients already", "53300", "LP-502", Kind.TRANSIENT),
        (
            "Too many connections to this endpoint. Please try again later.",
            "XX000",
            "LP-502",
            Kind.TRANSIENT,
        ),
        ("no more connections allowed (max_client_conn)", "08P01", "LP-502", Kind.TRANSIENT),
        ("the database system is starting up", "57P03", "LP-503", Kind.TRANSIENT),
        ("das Datenbanksystem startet", "57P03", "LP-503", Kind.TRANSIENT),
        ("Passwort-Authentifizierung fehlgeschlagen", "28P01", "LP-308", Kind.STALE),
        ("connection was closed in the middle of operation", "08003", "LP-504", Kind.TRANSIENT),
        ("unexpected message", "08P01", "LP-407", Kind.MISFIT),
        ("something about an oauth token", "XX000", "LP-308", Kind.STALE),
        ("never heard of", "XX000", "LP-499", Kind.MISFIT),
    ],
)
def test_text_decides_before_code(text: str, sqlstate: str, code: str, kind: Kind) -> None:
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
        (ConnectionError('PostgreSQL server at "h:5432" rejected SSL upgrade'), "LP-402"),
        (OSError("Multiple exceptions: refused, refused"), "LP-507"),
        (RuntimeError("?"), "LP-499"),
    ],
)
def test_errors_of_the_network_are_classified_too(error: Exception, code: str) -> None:
    assert classify_error(error).code == code


def test_a_stale_and_a_rejected_login_end_in_the_same_error() -> None:
    assert ERRORS[Kind.STALE] is ERRORS[Kind.REJECTED] is LoginRejected


def test_every_row_says_why_and_what_to_do() -> None:
    for row in (*TABLE, UNKNOWN):
        assert row.cause.endswith(".")
        assert row.next_step.endswith(".")
        assert row.pattern or row.sqlstate or row is UNKNOWN
