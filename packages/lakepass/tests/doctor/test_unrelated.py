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
