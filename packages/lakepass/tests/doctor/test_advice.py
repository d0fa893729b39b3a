"""What `lakepass explain` advises in a text: the commands that help there, with the names in it."""

import base64
import json

import pytest

from lakepass.doctor.logs import Recognised, recognise
from lakepass.doctor.signs.precedence import NOTES


def printed(one: Recognised) -> str:
    """Everything that is printed about a cause."""
    return "\n".join((one.title, one.cause, one.fix, *one.lines))


def only(text: str, code: str) -> str:
    """What is said of the only certain cause, which comes first; a note may follow."""
    [one] = [one for one in recognise(text) if one.is_sure and one.code not in NOTES]
    assert one == recognise(text)[0]
    assert one.code == code
    return printed(one)


def test_the_name_of_a_profile_is_not_taken_from_the_source_code() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "databricks/sdk/config.py", line 808, in _known_file_config_loader\n'
        '    raise ValueError(f"resolve: {config_path} has no {profile} profile configured")\n'
        "ValueError: resolve: /home/ana/.databrickscfg has no nope profile configured\n"
    )
    assert "databricks auth login --profile nope" in only(text, "LP-112")


@pytest.mark.parametrize("before", ["", "2026-11-30T09:00:00Z app[web.1]: "])
def test_source_lines_count_only_if_the_exception_is_missing(before: str) -> None:
    lines = [
        "Traceback (most recent call last):",
        '  File "/srv/app/db.py", line 9, in connect',
        "    raise LookupError('role \"a\" does not exist')  # asyncpg",
        "    ^^^^^^^^^^^^",
    ]
    text = "".join(f"{before}{line}\n" for line in lines)
    assert [one.code for one in recognise(text)] == ["LP-304"]
    assert recognise(f"{text}{before}LookupError: colour\n") == []


def test_a_connection_attempt_that_takes_too_long_may_wait_for_a_compute_that_wakes() -> None:
    text = (
        '  File "/srv/venv/asyncpg/connection.py", line 2421, in connect\n'
        "    async with compat.timeout(timeout):\n"
        '  File "/usr/lib/python3.12/asyncio/timeouts.py", line 115, in __aexit__\n'
        "    raise TimeoutError from exc_val\n"
        "TimeoutError\n"
    )
    assert "scaled to zero" in only(text, "LP-506")
    assert "scaled to zero" in only("psycopg: connection timeout expired", "LP-506")


NO_IDENTITY = (
    "ValueError: default auth: cannot configure default credentials, please check "
    "https://docs.databricks.com/en/dev-tools/auth.html to configure credentials"
)


def test_the_workspace_is_never_a_page_of_the_documentation() -> None:
    assert "DATABRICKS_HOST=WORKSPACE" in only(NO_IDENTITY, "LP-118")
    named = only(f"{NO_IDENTITY}. Config: host=https://dbc-1.cloud.databricks.com, a=1", "LP-118")
    assert "export DATABRICKS_HOST=https://dbc-1.cloud.databricks.com\n" in named


def test_a_profile_that_is_not_in_any_file_is_named() -> None:
    advice = only(f"{NO_IDENTITY}. Config: profile=nope, retry_timeout_seconds=4", "LP-112")
    assert "databricks auth login --profile nope" in advice


INSECURE = "FATAL: Insecure connection. Ensure that connection is using SSL."
TLS = [
    ("psql: error: connection failed: ", "PGSSLROOTCERT=system    # libpq 16 or later"),
    ("(psycopg.OperationalError) ", "PGSSLROOTCERT=/etc/ssl/certs/ca-certificates.crt"),
    ("org.postgresql.util.PSQLException: ", "sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"),
    ("at /srv/node_modules/pg/lib/client.js error: ", "ssl: { rejectUnauthorized: true }"),
    ("asyncpg.exceptions.ConnectionFailureError: ", "ssl=ssl.create_default_context()"),
    ("Npgsql.PostgresException: ", "SSL Mode=VerifyFull"),
    ("pgx: failed to connect: ", "export PGSSLMODE=verify-full    # or sslmode=verify-full in the URL"),
]  # fmt: skip


@pytest.mark.parametrize(("client", "line"), TLS)
def test_the_certificate_is_checked_by_the_setting_that_the_driver_reads(
    client: str, line: str
) -> None:
    """Of libpq's variables, PGSSLMODE=verify-full alone makes libpq look for a file that is missing."""
    advice = only(f"{client}{INSECURE}", "LP-402")
    assert line in advice
    is_for_libpq = "PGSSLROOTCERT" in line
    assert ("PGSSLROOTCERT" in advice) == is_for_libpq
    assert "export PGSSLMODE=verify-full\n" not in advice


NOT_A_TOKEN = "ERROR: Provided authentication token is not a valid JWT encoding"
AUTHORITY = [
    ("at /srv/node_modules/pg/lib/client.js ", "NODE_EXTRA_CA_CERTS"),
    ("org.postgresql.util.PSQLException: ", "sslrootcert="),
    ("Npgsql.NpgsqlException: ", "Root Certificate="),
    ("psycopg.OperationalError: ", "PGSSLROOTCERT="),
]


@pytest.mark.parametrize(("client", "line"), AUTHORITY)
def test_an_authority_is_given_to_each_client_in_its_own_way(client: str, line: str) -> None:
    assert line in only(f"{client}self-signed certificate in certificate chain", "LP-408")


FRESH = [
    ("psql: error: ", 'export PGPASSWORD="$(lakepass token)"'),
    ("asyncpg.exceptions.InternalServerError: ", "password=FUNCTION"),
    ("at /srv/node_modules/pg/lib/client.js error: ", "password: async () => …"),
    ("org.postgresql.util.PSQLException: ", "lakepass jdbc --with-password"),
    ("prisma: ", 'export DATABASE_URL="postgresql://'),
    ("Npgsql.PostgresException: ", "UsePeriodicPasswordProvider"),
    ("pgx: ", "BeforeConnect"),
]


@pytest.mark.parametrize(("client", "line"), FRESH)
def test_a_fresh_credential_is_given_to_what_failed_and_not_to_lakepass_alone(
    client: str, line: str
) -> None:
    assert line in only(f"{client}{NOT_A_TOKEN}", "LP-301")
    assert line in only(f"{client}password authentication failed for user 'ana'", "LP-308")
    assert "lakepass psql" in only(f"{client}{NOT_A_TOKEN}", "LP-301")


def test_prisma_gets_its_url_with_the_role_encoded() -> None:
    text = (
        'Datasource "db": PostgreSQL database at "ep-x.database.us-east-1.cloud.databricks.com:5432"\n'
        "Error: P1000: Authentication failed against database server, the provided database "
        "credentials for `ana@example.com` are not valid.\n"
    )
    assert "//ana%40example.com:$(lakepass token)@ep-x.database.us-east-1" in only(text, "LP-308")


def test_a_refused_login_is_first_tried_with_a_fresh_credential() -> None:
    advice = only("FATAL: password authentication failed for user 'ana@example.com'", "LP-308")
    fresh = advice.index('export PGPASSWORD="$(lakepass token)"')
    assert fresh < advice.index("lakepass doctor") < advice.index("databricks_create_role(")


def token(expires: int) -> str:
    """A token of that expiry, unsigned."""
    parts = (json.dumps({"kid": "a"}), json.dumps({"sub": "ana", "exp": expires}))
    return (
        ".".join(base64.urlsafe_b64encode(one.encode()).decode().rstrip("=") for one in parts)
        + ".a"
    )


REFUSED = "FATAL: password authentication failed for user 'ana@example.com'"


def test_a_token_that_had_expired_when_the_log_was_written_is_the_cause() -> None:
    old = token(1_764_510_000)  # 2025-11-30 13:40 UTC
    found = recognise(f"2025-11-30T14:05:09Z {REFUSED}\nPGPASSWORD={old}\n")
    assert [(one.code, one.is_sure, one.follows) for one in found] == [
        ("LP-311", True, ""),
        ("LP-308", False, "LP-311"),
    ]
    assert "2025-11-30 13:40 UTC" in found[0].title
    assert old not in printed(found[0]) + found[0].quote


def test_without_the_time_of_the_log_an_expired_token_is_a_suspicion() -> None:
    found = recognise(f"{REFUSED}\nPGPASSWORD={token(1_764_510_000)}\n")
    assert [(one.code, one.is_sure) for one in found][:2] == [("LP-308", True), ("LP-311", False)]
    alive = recognise(f"{REFUSED}\nPGPASSWORD={token(4_102_444_800)}\n")
    assert [one.code for one in alive] == ["LP-308"]


def test_what_only_looks_like_a_token_has_no_expiry() -> None:
    assert [
        one.code for one in recognise(f"{REFUSED}\n2025-99-99T10:00 eyJabcdef.eyJabcdef.a")
    ] == ["LP-308"]


SDK = "databricks.sdk.errors.platform."
OF_THE_WORKSPACE = [
    ("PermissionDenied: User ana@example.com does not have CAN_USE permission on database project "
     "shop.", "LP-213", "database-projects shop --json", '"user_name": "ana@example.com"'),
    ("PermissionDenied: API is disabled for users without workspace-access entitlement", "LP-213",
     "service-principals patch", "entitlements"),
    ("PermissionDenied: Provided OAuth token does not have required scopes: sql", "LP-217",
     "user_api_scopes: [sql]", "attach the database"),
    ("PermissionDenied: Provided OAuth token does not have required scopes: all-apis. Config: a=1",
     "LP-217", "database credential logs in to Postgres and nowhere else", "auth describe"),
    ("PermissionDenied: Provided OAuth token does not have required scopes: postgres. Config: "
     "client_id=a, auth_type=oauth-m2m", "LP-217", "scope postgres:", "Attach the database"),
    ("ResourceDoesNotExist: Scope shop does not exist!", "LP-121", "secrets list-scopes", ""),
    ("ResourceDoesNotExist: App with name nope does not exist or is deleted.", "LP-121",
     "databricks apps list", ""),
    ("NotFound: endpoint id not found [TraceId: 1] projects/shop/branches/main", "LP-121",
     "list-endpoints projects/shop/branches/main", ""),
    ("NotFound: branch id not found [TraceId: 1] projects/shop", "LP-121",
     "list-branches projects/shop", ""),
    ("TooManyRequests: Current request has to be retried later", "LP-202", "share one credential", ""),
    ("Unauthenticated: Credential was not sent or was of an unsupported type", "LP-212",
     "DATABRICKS_TOKEN is empty", "auth describe"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "first", "second"), OF_THE_WORKSPACE)
def test_what_the_workspace_refuses_is_answered_with_the_command_for_it(
    text: str, code: str, first: str, second: str
) -> None:
    advice = only(f"{SDK}{text}", code)
    assert first in advice
    assert second in advice
    assert "list-projects\n" not in advice


OF_THE_WAY = [
    ("psql: error: FATAL: terminating connection due to administrator command", "LP-503",
     "pool_pre_ping=True"),
    ('connection to server at "ep-x-1-ro.database.us-east-1.cloud.databricks.com" failed: FATAL:  '
     "External authorization failed.", "LP-501",
     "export PGHOST=ep-x-1.database.us-east-1.cloud.databricks.com"),
    (f"postgresql://a:{'eyJabcdefghij'}@ep-x-1-pooler.database.us-east-1.cloud.databricks.com/d\n"
     "ERROR: password authentication failed for user 'a'", "LP-137",
     "export PGHOST=ep-x-1.database.us-east-1.cloud.databricks.com"),
    ("asyncpg: certificate verify failed: Hostname mismatch, certificate is not valid for "
     "'lakebase.corp.internal'. (_ssl.c:1006)", "LP-408", "Connect by the host name"),
    ("FATAL:  Client handshake timeout.", "LP-407", "health check"),
    ("FATAL:  Invalid length of startup packet.", "LP-407", "Send the token as the password"),
    ("psycopg: KeyError: 'PGHOST'", "LP-101", "permission: CAN_CONNECT_AND_CREATE"),
    ('invalid dsn: missing "=" after "4dor" in connection info string', "LP-133", "single quotes"),
    ("psycopg.OperationalError: failed to resolve host 'ana': [Errno -8] Servname not supported",
     "LP-133", "percent-encoded"),
    ("ValueError: OAuth tokens are not available for pat authentication", "LP-114",
     "w.postgres.generate_database_credential("),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "part"), OF_THE_WAY)
def test_what_fails_on_the_way_is_answered_for_the_case_in_the_text(
    text: str, code: str, part: str
) -> None:
    assert part in only(text, code)


@pytest.mark.parametrize("name", ["svc-orders", "billing"])
def test_a_name_that_is_neither_an_e_mail_nor_an_id_is_not_called_a_group(name: str) -> None:
    advice = only(f'FATAL: role "{name}" does not exist', "LP-304")
    assert f"databricks_create_role('{name}', KIND)" in advice
    assert "native password" in advice


def test_what_is_over_when_something_else_fails_comes_after_that() -> None:
    text = (
        "09:00:00 WARNING attempt 1: the database system is starting up\n"
        "09:00:04 INFO connected\n"
        "09:00:05 ERROR psycopg.errors.InsufficientPrivilege: permission denied for table products\n"
    )
    assert [one.code for one in recognise(text)] == ["LP-606", "LP-503"]
    still = text.replace("INFO connected", "ERROR not connected")
    assert [one.code for one in recognise(still)] == ["LP-503", "LP-606"]


def test_a_note_comes_after_the_error_of_the_same_line() -> None:
    dsn = f"postgresql://a:{'eyJhb.c.d'}@h/d"
    text = json.dumps({"error": 'FATAL: role "ana@example.com" does not exist', "dsn": dsn})
    assert [one.code for one in recognise(text)] == ["LP-304", "LP-141"]


OF_THE_DATABASE = [
    ("ERROR:  permission denied for function databricks_create_role", "LP-606",
     "GRANT EXECUTE ON FUNCTION databricks_create_role"),
    ('ERROR:  permission denied to create extension "plpython3u"\nHINT:  Must be superuser to create '
     "this extension.", "LP-610", "cannot be created on Lakebase"),
    ('ERROR:  permission denied to create extension "vector"', "LP-610", "to create extensions"),
    ("asyncpg.exceptions.QueryCanceledError: canceling statement due to statement timeout", "LP-614",
     "SHOW statement_timeout"),
    ("psycopg.errors.LockNotAvailable: canceling statement due to lock timeout", "LP-612",
     "pg_stat_activity"),
    ("psycopg.errors.DeadlockDetected: deadlock detected", "LP-615", "ORDER BY id FOR UPDATE"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "part"), OF_THE_DATABASE)
def test_what_a_statement_is_refused_for_is_answered_for_the_case_in_the_text(
    text: str, code: str, part: str
) -> None:
    assert part in only(text, code)


IN_OTHER_LANGUAGES = [
    ("FATAL:  le rôle « app1 » n'existe pas", "LP-304"),
    ("FATAL:  no existe el rol «app1»", "LP-304"),
    ('FATAL:  role "app1" não existe', "LP-304"),
    ('ВАЖНО:  роль "app1" не существует (psql)', "LP-304"),
    ('FATAL:  ロール"app1"は存在しません', "LP-304"),
    ("FATAL:  no existe la base de datos «app1»", "LP-401"),
    ('FATAL:  banco de dados "app1" não existe', "LP-401"),
    ('psql: ВАЖНО:  база данных "app1" не существует', "LP-401"),
    ('FATAL:  データベース"app1"は存在しません', "LP-401"),
    ('FATAL:  autenticação do tipo senha falhou para o usuário "app1"', "LP-308"),
    ('psql: ユーザー"app1"のパスワード認証に失敗しました', "LP-308"),
]


@pytest.mark.parametrize(("text", "code"), IN_OTHER_LANGUAGES)
def test_a_server_that_speaks_another_language_is_understood(text: str, code: str) -> None:
    assert "app1" in only(text, code)


def test_the_names_in_a_text_are_in_its_fix() -> None:
    acl = "databricks: Source IP address: 203.0.113.9 is blocked by Databricks IP ACL for workspace: 1"
    assert '"ip_addresses": ["203.0.113.9"]' in only(acl, "LP-215")
    swapped = (
        "FATAL: OAuth token identity '7' did not match the security label configured for role "
        "'ana@example.com'\nDATABRICKS_CLIENT_ID=6f1c2a9e-0b7d-4c55-9a10-3d2f7be1c004\n"
    )
    assert "export PGUSER=6f1c2a9e-0b7d-4c55-9a10-3d2f7be1c004" in only(swapped, "LP-303")
    assert "no database named main" in only('FATAL: database "main" does not exist', "LP-401")


def test_the_right_to_create_alone_is_offered_beside_the_level_that_has_more() -> None:
    text = "psycopg: permission denied for schema shop\nLINE 1: CREATE TABLE shop.t (id int)"
    advice = only(text, "LP-606")
    assert "--create    # also to read and write all its tables" in advice
    assert 'GRANT USAGE, CREATE ON SCHEMA "shop" TO ' in advice


def test_libpq_is_given_one_value_for_its_authorities_and_the_other_as_a_comment() -> None:
    advice = only('psql: error: root certificate file "system" does not exist', "LP-108")
    assert advice.count("\nexport PGSSLROOTCERT=") == 1


def test_a_wording_that_something_else_in_the_text_explains_does_not_count() -> None:
    unexplained = "org.postgresql.util.PSQLException: The connection attempt failed."
    assert [one.code for one in recognise(unexplained)] == ["LP-507"]
    explained = (
        f"Caused by: java.net.UnknownHostException: ep-x.database.databricks.com\n{unexplained}"
    )
    assert [one.code for one in recognise(explained)] == ["LP-505"]
