"""`lakepass explain`: what Postgres and libpq say from 16 on, about logins and connections."""

import pytest

from lakepass.doctor.logs import recognise

ATTEMPT = 'psql: error: connection to server at "db.example.com" (203.0.113.9), port 5432 failed: '
SURE = [
    (
        "LP-502",
        "FATAL:  remaining connection slots are reserved for roles with privileges of the "
        '"pg_use_reserved_connections" role',
    ),
    ("LP-614", "FATAL:  terminating connection due to transaction timeout"),
    ("LP-603", 'ERROR:  must be able to SET ROLE "owner"'),
    (
        "LP-406",
        "protocol version not supported by server: client uses 3.2, server supports up to 3.0",
    ),
    (
        "LP-146",
        "server requires OAuth authentication, but oauth_issuer and oauth_client_id are not both set",
    ),
    ("LP-146", "no OAuth flows are available (try installing the libpq-oauth package)"),
    (
        "LP-146",
        'authentication method requirement "scram-sha-256" failed: server requested a cleartext '
        "password",
    ),
    ("LP-402", 'sslcertmode value "require" is not supported (check OpenSSL version)'),
    ("LP-402", 'sslmode value "verify-full" invalid when SSL support is not compiled in'),
    ("LP-409", "SSL connection was established with unexpected ALPN protocol"),
    ("LP-108", 'private key file "/root/.postgresql/postgresql.key" is not a regular file'),
    ("LP-108", 'could not load private key file "/root/.postgresql/postgresql.key": no start line'),
    ("LP-108", "could not load system root certificate paths: unknown"),
    ("LP-133", 'unexpected spaces found in "app user", use percent-encoded spaces (%20) instead'),
    ("LP-151", 'invalid "max_protocol_version" value: "3.1"'),
    ("LP-151", 'invalid sslnegotiation value: "fast"'),
    ("LP-407", 'unexpected response from server; first received character was "H"'),
    ("LP-407", "received invalid protocol negotiation message: message too short"),
    ("LP-406", "none of the server's SASL authentication mechanisms are supported"),
]
# Of a server that is not Lakebase, so that none of its codes is certain.
OF_ANOTHER_SERVER = [
    'FATAL:  OAuth bearer authentication failed for user "app"',
    'FATAL:  Peer authentication failed for user "app"',
    'FATAL:  certificate authentication failed for user "app"',
    'FATAL:  authentication failed for user "app": host rejected',
    "FATAL:  connection requires a valid client certificate",
]


@pytest.mark.parametrize(("code", "message"), SURE)
def test_messages_of_newer_versions_are_recognised(code: str, message: str) -> None:
    assert [(one.code, one.is_sure) for one in recognise(ATTEMPT + message)] == [(code, True)]


@pytest.mark.parametrize("message", OF_ANOTHER_SERVER)
def test_a_server_that_wants_another_proof_is_said_to_be_another(message: str) -> None:
    [found] = recognise(ATTEMPT + message)
    assert (found.code, found.is_sure) == ("LP-308", False)
    assert "not Lakebase" in found.title


def test_an_error_about_the_encoding_hides_the_reason_of_a_refused_login() -> None:
    [found] = recognise(
        '  File "/venv/lib/python3.11/site-packages/psycopg2/__init__.py", line 122, in connect\n'
        "    conn = _connect(dsn, connection_factory=connection_factory, **kwasync)\n"
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xab in position 96: invalid start byte\n"
    )
    assert (found.code, found.is_sure) == ("LP-499", True)
    assert "lc_messages" in "\n".join(found.lines)
