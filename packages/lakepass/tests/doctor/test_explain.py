"""`lakepass explain`: causes in the words of drivers, programs and the service."""

import json
import subprocess
from pathlib import Path

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import NotFound

from lakepass import Lakebase
from lakepass.doctor.logs import recognise
from lakepass.emulator import Emulator
from lakepass.errors import LakepassError
from tests.warm import command

SEED = """\
OAuth token generation failed: No API found for 'POST /token/generate'
OAuth (Service Principal): ✓ Available
PAT Token (LAKEBASE_PASSWORD): ✓ Available
Database: main
User: someone@example.com
SSL: require
asyncpg.exceptions.InvalidPasswordError: Failed to decode token for role "someone@example.com"
and native postgres login was either not attempted due to configuration or failed.
"""

# One line each, as the driver or program prints it.
WORDINGS = [
    ("LP-111", "ValueError: validate: more than one authorization method configured: oauth and pat."),
    ("LP-118", "ValueError: default auth: cannot configure default credentials, please check …"),
    ("LP-114", "PGPASSWORD=dapi0123456789abcdef psql: error: connection to server failed"),
    ("LP-121", "databricks.sdk.errors.platform.NotFound: Database instance retail does not exist"),
    ("LP-121", "NotFound: project id not found [TraceId: 0af7651916cd43dd8448eb211c80319c]"),
    ("LP-124", "databricks: Field 'endpoint' is required, expected non-default value (not \"\")!"),
    ("LP-133", 'could not translate host name "example.com@ep-x.database.azuredatabricks.net" to'),
    ("LP-133", "Error: getaddrinfo ENOTFOUND example.com@ep-x.database.cloud.databricks.com"),
    ("LP-133", "create_engine('postgresql+asyncpg://me@example.com:***@ep-x.databricks.com/db')"),
    ("LP-136", "AttributeError: 'WorkspaceClient' object has no attribute 'postgres'"),
    ("LP-138", "ReadOnlySqlTransaction: cannot execute INSERT in a read-only transaction"),
    ("LP-202", "databricks.sdk.errors.platform.ResourceExhausted: RESOURCE_EXHAUSTED: slow down"),
    ("LP-203", "HTTPSConnectionPool(host='x', port=443): Max retries exceeded with url: /oidc"),
    ("LP-211", "ValueError: invalid_client: Client authentication failed"),
    ("LP-212", "databricks.sdk.errors.platform.Unauthenticated: Invalid access token."),
    ("LP-214", "No API found for 'POST /token/generate'"),
    ("LP-215", "Source IP address: 203.0.113.9 is blocked by Databricks IP ACL for workspace: 12"),
    ("LP-213", "Error: User me@example.com does not have secret-scopes.secrets/put permission on scope"),
    ("LP-213", "User (Service Principal) 6f1c does not have permission to deploy app shop."),
    ("LP-121", 'Error: App with name "shop " does not exist'),
    ("LP-216", "ERROR: JWT token is not yet ready to use (nbf=1764000000)"),
    ("LP-217", "Provided OAuth token does not have required scopes: postgres"),
    ("LP-301", "psql: error: connection failed: ERROR:  Provided authentication token is not a valid "
               "JWT encoding"),
    ("LP-302", 'An oauth token was supplied but no role security label was configured in postgres '
               'for role "app"'),
    ("LP-303", "OAuth token identity '12' did not match the security label configured for role 'a'"),
    ("LP-304", 'org.postgresql.util.PSQLException: FATAL: role "app" does not exist'),
    ("LP-305", "fe_sendauth: no password supplied"),
    ("LP-305", "Error: SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"),
    ("LP-306", "ERROR: JWT token has expired (exp=1764000000)"),
    ("LP-307", "FATAL: Invalid authorization for databricks identity login"),
    ("LP-308", "error: password authentication failed for user 'app'"),
    ("LP-310", 'FATAL: permission denied for database "shop"'),
    ("LP-401", '(psycopg.OperationalError) connection failed: FATAL: database "main" does not exist'),
    ("LP-402", "Insecure connection. Ensure that connection is using SSL. Try using `sslmode=require`"),
    ("LP-403", "FATAL: Connection does not have SNI."),
    ("LP-404", "ERROR: This IP address 203.0.113.9 is not allowed to connect to this endpoint."),
    ("LP-405", "Control plane request failed: endpoint is disabled"),
    ("LP-406", "Unsupported frontend protocol 3.2. Server supports 3.0 to 3.0"),
    ("LP-408", "sun.security.validator.ValidatorException: PKIX path building failed"),
    ("LP-408", "Error: self-signed certificate in certificate chain, SELF_SIGNED_CERT_IN_CHAIN"),
    ("LP-408", "ssl.SSLCertVerificationError: certificate verify failed: Hostname mismatch"),
    ("LP-409", "Error: The server does not support SSL connections"),
    ("LP-501", "FATAL: External authorization failed."),
    ("LP-502", "asyncpg.exceptions.TooManyConnectionsError: sorry, too many clients already"),
    ("LP-503", "FATAL: the database system is starting up"),
    ("LP-505", "java.net.UnknownHostException: ep-gone.database.cloud.databricks.com"),
    ("LP-505", "Error: getaddrinfo ENOTFOUND ep-gone.database.cloud.databricks.com"),
    ("LP-506", "Error: connect ETIMEDOUT 203.0.113.9:5432"),
    ("LP-507", "Error: connect ECONNREFUSED 127.0.0.1:5432"),
    ("LP-509", "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00"),
    ("LP-601", 'asyncpg.exceptions.InvalidSchemaNameError: schema "shop" does not exist'),
    ("LP-609", "ERROR: must be owner of table products"),
    ("LP-606", "(psycopg.errors.InsufficientPrivilege) permission denied for schema shop"),
]  # fmt: skip


def explain(text: str, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*command("lakepass"), "explain", *options],
        input=text, capture_output=True, text=True, check=False,
        env={"PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "line"), WORDINGS, ids=[f"{c}-{n}" for n, (c, _) in enumerate(WORDINGS)]
)
def test_a_wording_is_recognised_for_certain(code: str, line: str) -> None:
    assert [one.code for one in recognise(line) if one.is_sure] == [code]


def test_the_log_of_a_first_attempt_is_taken_apart() -> None:
    found = {one.code: one for one in recognise(SEED)}
    assert [code for code, one in found.items() if one.is_sure] == ["LP-214", "LP-114"]
    assert {"LP-401", "LP-303", "LP-139"} == {
        code for code, one in found.items() if not one.is_sure
    }
    assert found["LP-401"].lines == ("export PGDATABASE=databricks_postgres",)
    done = explain(SEED)
    assert done.returncode == 0
    assert "/api/2.0/postgres/credentials" in done.stdout
    assert "LP-401 (suspected) in line 4" in done.stdout
    folded = [line for line in done.stdout.splitlines() if not line.startswith("    ")]
    assert max(len(line) for line in folded) <= 80


def test_what_the_emulator_says_of_a_made_up_endpoint_is_recognised(emulator: Emulator) -> None:
    config = Config(host=emulator.workspace_url, token=emulator.personal_access_token)
    with pytest.raises(NotFound) as caught:
        WorkspaceClient(config=config).api_client.do("POST", "/api/2.0/token/generate")
    assert [one.code for one in recognise(str(caught.value))] == ["LP-214"]


def test_our_own_errors_and_start_up_reports_are_recognised(environ: dict[str, str]) -> None:
    lake = Lakebase.from_env(
        environ | {"PGDATABASE": "main", "PGSSLMODE": "require", "PGSSLROOTCERT": ""}
    )
    with pytest.raises(LakepassError) as caught:
        lake.psycopg_connect()
    text = "\n".join([*lake.explain().lines(), str(caught.value)])
    assert {one.code for one in recognise(text)} == {"LP-139", "LP-401"}
    assert next(one for one in recognise(text) if one.code == "LP-401").is_sure


def test_what_is_not_known_is_said_so() -> None:
    done = explain("Segmentation fault\n")
    assert (done.returncode, done.stderr) == (1, "")
    assert "lakepass doctor" in done.stdout
    assert json.loads(explain("Segmentation fault\n", "--json").stdout)["recognised"] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_of_windows_powershell_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "errors.log"
    file.write_text('FATAL: role "a" does not exist\r\n', encoding=encoding)
    assert "LP-304" in explain("", str(file)).stdout


def test_a_file_that_is_not_there_is_wrong_use() -> None:
    done = explain("", "/nowhere.log")
    assert done.returncode == 2
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize(
    "line",
    [
        'password=hunter2 FATAL: role "a" does not exist',
        'PGPASSWORD="hunter2" FATAL: role "a" does not exist',
        'jdbc:postgresql://h/d?user=a&password=hunter2 FATAL: role "a" does not exist',
        'postgresql://a:hunter2@h/d FATAL: role "a" does not exist',
        'Authorization: Bearer hunter2hunter2 FATAL: role "a" does not exist',
        'token: eyJhbGciOi.hunter2.x FATAL: role "a" does not exist',
        'LAKEBASE_PASSWORD=dapihunter2 FATAL: role "a" does not exist',
        '{"client_secret": "hunter2"} FATAL: role "a" does not exist',
        "password='two hunter2' FATAL: role \"a\" does not exist",
        'Authorization: Basic hunter2hunter2 FATAL: role "a" does not exist',
    ],
)
def test_no_secret_of_the_log_is_printed_back(line: str) -> None:
    for options in ([], ["--json"]):
        done = explain(line, *options)
        assert done.returncode == 0
        assert "LP-304" in done.stdout
        assert "hunter2" not in done.stdout + done.stderr


def test_what_would_steer_a_terminal_is_left_out() -> None:
    [one] = recognise('\x1b]0;gone\x07FATAL: role "a" does not exist')
    assert one.quote.isprintable()


def test_a_long_log_is_read_quickly() -> None:
    """Time grows with length, not with its square: a match on every other line of 80 KB."""
    line = "x" * 50 + '\nFATAL: role "a" does not exist\n'
    [one] = recognise(line * 1_000)
    assert one.times == 1_000


def test_in_a_log_of_many_errors_each_kind_is_found_with_its_line_and_its_count() -> None:
    """5 MB; what repeats is counted, and a line that is different is not overlooked."""
    often = '2026-11-02T09:11:02.{}Z FATAL: role "a{}" does not exist'
    log = [often.format(number, number) for number in range(100_000)]
    log[60_000] = "psycopg.OperationalError: FATAL:  External authorization failed."
    found = {one.code: one for one in recognise("\r\n".join(log))}
    assert {code: (one.line, one.times) for code, one in found.items()} == {
        "LP-304": (1, 99_999),
        "LP-501": (60_001, 1),
    }


def test_a_log_in_which_every_line_is_of_another_kind_is_read_at_its_beginning_and_end() -> None:
    filling = ["".join(chr(ord("g") + int(digit)) for digit in str(n)) for n in range(100_000)]
    errors = ["FATAL:  External authorization failed.", 'FATAL: role "a" does not exist']
    log = [errors[0], *filling, errors[1]]
    assert [(one.code, one.line) for one in recognise("\n".join(log))] == [
        ("LP-501", 1),
        ("LP-304", 100_002),
    ]


def test_lines_that_a_terminal_broke_in_the_middle_of_a_word_are_joined() -> None:
    line = (
        "ERROR: Error creating bean: Failed to initialize pool: FATAL: password authentication "
        "failed for user 'app'"
    )
    [one] = recognise(f"INFO start\n{line[:80]}\n{line[80:]}\n{'x' * 80}\n")
    assert (one.code, one.is_sure, one.line) == ("LP-308", True, 2)


def test_lines_in_a_frame_of_blanks_are_joined_without_it() -> None:
    framed = (
        "                                                                              \n"
        "  SQLSTATE[08006] [7] FATAL:  no PostgreSQL user name specified in startup p  \n"
        "  acket                                                                       \n"
    )
    assert [(one.code, one.is_sure) for one in recognise(framed)] == [("LP-116", True)]


def test_a_code_of_postgres_alone_lets_suspect() -> None:
    [one] = recognise("{ code: '3D000', severity: 'FATAL' }")
    assert (one.code, one.is_sure) == ("LP-401", False)


def test_what_is_said_often_is_told_once() -> None:
    [one] = recognise('FATAL: role "a" does not exist\nx\n' * 3)
    assert (one.line, one.times) == (1, 3)
