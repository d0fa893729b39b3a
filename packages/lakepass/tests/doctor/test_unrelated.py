"""`lakepass explain`: lines about something else, and lines that only mention a message."""

import pytest

from lakepass.doctor.logs import recognise

ABOUT_SOMETHING_ELSE = [
    "[vite] http proxy error: /api/items\nError: connect ECONNREFUSED 127.0.0.1:3000",
    "Readiness probe failed: dial tcp 10.1.2.3:8000: connect: connection refused",
    "dial tcp 10.0.0.1:9090: connect: connection refused",
    "proxy: error dialing [::1]:8081: connection refused",
    "httpx.ReadTimeout: The read operation timed out",
    "BrokenPipeError: [Errno 32] Broken pipe",
    "Error: write EPIPE",
    "requests.exceptions.SSLError: HTTPSConnectionPool(host='internal.corp', port=443): Max retries "
    "exceeded (Caused by SSLError(SSLCertVerificationError(1, 'certificate verify failed')))",
    "oauthlib.oauth2.rfc6749.errors.InvalidClientError: (invalid_client) Unauthorized",
    "azure.core.exceptions.ClientAuthenticationError: Authentication failed: AADSTS700016: Application "
    "with identifier 'x' was not found in the directory",
    "WARNING: password authentication failed for web user bob (wrong form password)",
    "threading: possible deadlock detected in worker",
    "databricks.sdk.errors.platform.InvalidParameterValue: Cluster 0101-1 does not exist",
    "databricks.sdk.errors.platform.PermissionDenied: User does not have permission 'CAN_USE' on SQL "
    "warehouse abc",
    'databricks.sdk.errors.platform.PermissionDenied: You need "Can View" permission for this',
    "mlflow.exceptions.MlflowException: API request to https://x.cloud.databricks.com/api/2.0/mlflow/"
    "runs/create failed with 429 too many requests",
    "INFO psycopg pool ready databricks_postgres\nopenai.PermissionDeniedError: Error code: 403 - "
    "{'error_code': 'PERMISSION_DENIED', 'message': 'You do not have permission to query the "
    "endpoint databricks-claude'}",
    "ssh: connect to host bastion.example.com port 22: Connection refused",
    "ssh: connect to host 10.0.0.4 port 22: Connection timed out",
    "rsync: connection unexpectedly closed (0 bytes received so far) [sender]",
    "2026-05-01T10:00:00Z ssh: connect to host pg-bastion port 22: Connection timed out\npsycopg starts",
    "E: Failed to fetch http://deb.debian.org/debian/pool/main/p/postgresql-15/libpq5_15.deb  Could not "
    "connect to deb.debian.org:80 (203.0.113.4), connection timed out",
    "Could not transfer artifact org.postgresql:postgresql:jar:42.7.3 from/to central (https://repo."
    "maven.apache.org/maven2): Connect to repo.maven.apache.org:443 failed: Connection timed out",
    'go: github.com/jackc/pgx/v5@v5.5.0: Get "https://proxy.golang.org/github.com/jackc/pgx/v5/@v/'
    'v5.5.0.mod": dial tcp: lookup proxy.golang.org: no such host',
    "WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError(SSLCertVerificationError("
    "1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))': /simple/psycopg2/",
    "failed to ping database: databricks: execution error: failed to execute query: context deadline "
    "exceeded",
    "litellm.RateLimitError: databricks: REQUEST_LIMIT_EXCEEDED: Exceeded workspace input tokens per "
    "minute rate limit for databricks-claude",
    'Server be_app/web1 is DOWN, reason: Layer4 connection problem, info: "Connection refused"',
    "PERMISSION_DENIED: User does not have USE SCHEMA on Schema 'main.shop'.",
]
ONLY_MENTIONED = [
    '* 3f2a1b fix: retry when "the database system is starting up"',
    "88aa21c docs(explain): permission denied for schema public",
    '- Fixed: `relation "store" does not exist` at first start',
    "GRANT USAGE ON SCHEMA shop TO app; -- else: permission denied for schema shop",
    "RAISE EXCEPTION 'role \"%\" does not exist', r;",
    '    raise ValueError("PGHOST environment variable is not set")',
    "E           AssertionError: assert 'password authentication failed' in 'hello'",
    '# raises asyncpg.InvalidPasswordError: password authentication failed for user "x"',
    '  "auth.failed": "password authentication failed",',
    "INFO psycopg pool ready\n[ERROR] Exception in ASGI application\n"
    '  File "uvicorn/protocols/http/h11_impl.py", line 411, in run_asgi\n'
    "ConnectionResetError: [Errno 104] Connection reset by peer",
]
STILL_RECOGNISED = [
    ("LP-507", "Failed to ping DB: dial tcp 203.0.113.240:25060: connect: connection refused"),
    ("LP-507", "psycopg.OperationalError: connection to server at \"127.0.0.1\", port 15432 failed: "
               "Connection refused"),
    ("LP-507", "Exception in ASGI application\n  File \"asyncpg/connect_utils.py\", line 969, in "
               "__connect_addr\nConnectionResetError: [Errno 104] Connection reset by peer"),
    ("LP-308", '{"error.message": "password authentication failed for user \\"app\\""}'),
    ("LP-308", '# psql: error: FATAL:  password authentication failed for user "app"'),
    ("LP-308", "psycopg.OperationalError: FATAL:  password authentication failed for us..."),
    ("LP-615", "ERROR:  deadlock detected"),
    ("LP-124", "databricks.sdk.errors.platform.InvalidParameterValue: endpoint is no database name"),
]  # fmt: skip


@pytest.mark.parametrize("text", ABOUT_SOMETHING_ELSE)
def test_a_line_about_something_else_gives_nothing(text: str) -> None:
    assert recognise(text) == []


@pytest.mark.parametrize("text", ONLY_MENTIONED)
def test_a_message_that_is_only_mentioned_is_suspected_at_most(text: str) -> None:
    assert [one.code for one in recognise(text) if one.is_sure] == []


@pytest.mark.parametrize(("code", "text"), STILL_RECOGNISED)
def test_what_looks_like_it_and_is_about_the_database_is_certain(code: str, text: str) -> None:
    assert [one.code for one in recognise(text) if one.is_sure] == [code]
