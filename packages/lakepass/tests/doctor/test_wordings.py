"""Wordings that people reported, each with its source, and texts that must not be mistaken."""

import json
import re
from collections.abc import Callable

import pytest

from lakepass.diagnoses import CATALOGUE
from lakepass.doctor.logs import lines, recognise

from .wordings import WORDINGS, recognised_codes


def test_there_are_many_wordings_from_many_places() -> None:
    assert len(WORDINGS) >= 1230
    assert len({source for _, source, _ in WORDINGS}) == len(WORDINGS)


# One test over all of them: there are hundreds, and each alone takes less than its report does.
def test_reported_wordings_are_recognised_for_certain() -> None:
    seen = {source: (codes, recognised_codes(recognise(text))) for codes, source, text in WORDINGS}
    assert {source: both for source, both in seen.items() if both[0] != both[1]} == {}


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "a timestamp before each line": lambda text: re.sub(
        "^", "2026-11-02T09:11:02.345Z app[web.1]: ", text, flags=re.M
    ),
    "colours": lambda text: re.sub("^(.*)$", "\x1b[31m\\1\x1b[0m", text, flags=re.M),
    "JSON": lambda text: json.dumps({"level": "error", "msg": text.rstrip("\n"), "n": 1}),
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "a log around it": lambda text: (
        "INFO:     Started server process [12]\nINFO:     Waiting for application startup.\n" * 2
        + text
        + "INFO:     10.0.0.1:5000 - \"GET /health HTTP/1.1\" 200 OK\n" * 6
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_they_are_recognised_in_whatever_a_log_makes_of_them(wrapping: str) -> None:
    """Perhaps only suspected, where the words are general; but nothing else is certain."""
    wrong = {}
    for codes, source, text in WORDINGS:
        found = recognise(WRAPPINGS[wrapping](text))
        is_there = not codes or codes[0] in {one.code for one in found}
        if not is_there or not set(recognised_codes(found)) <= set(codes):
            wrong[source] = (codes, recognised_codes(found))
    assert wrong == {}


def test_no_fix_has_a_hole_that_is_not_explained() -> None:
    for _, source, text in WORDINGS:
        for one in recognise(text):
            said = "\n".join((one.title, one.cause, one.fix, *one.lines))
            assert not re.search(r"<\w+_\w+>|\{\w+\}|_WORD\b|_QUOTED\b|_LITERAL\b", said), source
            holes = re.findall(
                r"(?<![\w$-])(?<!ALTER )(?<!DROP )(?<!CREATE )(?<!ON )"
                r"(?:ROLE|SCHEMA|HOST|WORKSPACE|INSTANCE|PROFILE)\b",
                said,
            )
            for hole in holes:
                assert re.search(rf"(?:#|--) {hole}: ", said), f"{source}: {hole} in {said}"


LOOSENING = re.compile(
    r"verify=False|CERT_NONE|rejectUnauthorized: false|sslmode=(?:disable|allow|prefer)|no-verify"
    r"|enable_pg_native_login|GRANT ALL|\bSUPERUSER|trustServerCertificate|0\.0\.0\.0/0",
    re.IGNORECASE,
)


def test_no_fix_loosens_security() -> None:
    for _, _, text in WORDINGS:
        for one in recognise(text):
            assert not LOOSENING.search("\n".join((one.fix, *one.lines))), one


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "user=6f1c2a9e-0b7d-4c55-9a10-3d2f7be1c004: permission denied for table shop.orders\n"
            "LINE 1: INSERT INTO shop.orders VALUES (1)",
            "lakepass grant 6f1c2a9e-0b7d-4c55-9a10-3d2f7be1c004 --schema shop --write",
        ),
        (
            "psycopg.errors.InsufficientPrivilege: permission denied for schema shop\n"
            "LINE 1: SELECT * FROM shop.orders",
            "lakepass grant ROLE --schema shop --read",
        ),
        (
            'FATAL: role "Ana.Lopez@example.com" does not exist',
            "SELECT databricks_create_role('Ana.Lopez@example.com', 'USER');",
        ),
        (
            "Database instance retail does not exist",
            "databricks postgres list-endpoints projects/retail/branches/production",
        ),
        (
            'psycopg.errors.UndefinedTable: relation "shop.orders" does not exist',
            "psql -c '\\dt *.orders'    # in which schema is it, if anywhere?",
        ),
        (
            "FATAL: unsupported startup parameter: statement_timeout",
            "ALTER ROLE ROLE SET statement_timeout = '…';    -- as its owner, once",
        ),
        (
            'FATAL:  too many connections for role "shop-app"',
            'ALTER ROLE "shop-app" CONNECTION LIMIT -1;    -- as the role that created it',
        ),
        (
            "FATAL:  too many connections for database 'shop'",
            'ALTER DATABASE "shop" CONNECTION LIMIT -1;    -- as its owner',
        ),
        (
            'FATAL:  role "readers" is not permitted to log in',
            'ALTER ROLE "readers" LOGIN;    -- as the role that created it',
        ),
        (
            "~/.databrickscfg has no shop-dev profile configured",
            "databricks auth login --profile shop-dev",
        ),
    ],
)
def test_names_that_stand_in_the_text_are_in_the_fix(text: str, line: str) -> None:
    assert line in recognise(text)[0].lines


def test_names_with_blanks_line_ends_and_quotes_are_recognised() -> None:
    for name in ("my app", "someone@example.com\n", "o'neil"):
        [one] = recognise(f'FATAL:  role "{name}" does not exist')
        assert (one.code, one.is_sure) == ("LP-304", True)


HEALTHY = [
    # A service that starts, works, and speaks of all that could fail.
    "INFO:     Application startup complete. role=6f1c2a9e database=main sslmode=require\n"
    "INFO      token refreshed, expires in 3600 s\nINFO pool size=5 overflow=10 timeout=30\n",
    "LOG:  database system is ready to accept connections\nLOG:  checkpoint starting: time\n",
    "DEBUG:databricks.sdk:Attempting to configure auth: oauth-m2m\n"
    "DEBUG:databricks.sdk:POST /oidc/v1/token\n< 200 OK\n",
    "INFO  connection received: host=10.0.0.7\nINFO  connection authorized: user=app SSL enabled "
    "(protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384)\n",
    "INFO sqlalchemy.engine.Engine CREATE SCHEMA IF NOT EXISTS app_data\n"
    "INFO sqlalchemy.engine.Engine CREATE TABLE app_data.items (id bigserial)\nINFO COMMIT\n",
    "Apply all migrations: admin, auth, contenttypes, sessions\nRunning migrations:\n"
    "  Applying auth.0001_initial... OK\n",
    "datasource db: PostgreSQL database \"databricks_postgres\", schema \"public\" at \"ep-x:5432\"\n"
    "No pending migrations to apply.\n",
    "LAKEBASE_ENDPOINT=projects/shop/branches/production/endpoints/primary PGSSLMODE=require\n",
    "export PGPASSWORD=$(lakepass token)\npsql: connected\n",
]  # fmt: skip

UNRELATED = [
    "jwt.exceptions.ExpiredSignatureError: Signature has expired\nINFO 401 for /api/me\n",
    "openai.AuthenticationError: Error code: 401 - {'error': {'message': 'Incorrect API key'}}\n",
    "google.api_core.exceptions.ResourceExhausted: 429 RESOURCE_EXHAUSTED: quota per minute\n",
    "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Authentication failed')\n",
    "redis.exceptions.ConnectionError: Error 111 connecting to cache:6379. Connection refused.\n",
    "kafka.errors.NoBrokersAvailable: broker kafka:9092 connection timed out\n",
    "npm ERR! code ECONNRESET\nnpm ERR! network request to https://registry.npmjs.org/pg failed\n",
    "pip: Could not fetch URL https://pypi.org/simple/: SSLCertVerificationError: certificate "
    "verify failed\n",
    "SyntaxError: Unexpected token < in JSON at position 0\n",
    "CSRF token missing or incorrect.\nForbidden: /login/\n",
    "pymongo.errors.OperationFailure: Authentication failed. mongodb://db:27017\n",
    "ERROR 1045 (28000): Access denied for user 'root'@'localhost' mysql\n",
    "nginx: upstream timed out (110: Connection timed out) while connecting to upstream\n" * 8,
    "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='api.stripe.com', port=443)\n",
    "botocore.exceptions.ClientError: (ExpiredToken): The security token is expired\n",
    "The profile does not exist.\nThe schema does not exist.\nThe workspace failed.\n",
    "fatal: Authentication failed for 'https://github.com/example/repo.git/'\n",
    "jsonschema: schema \"https://example.com/a.json\" does not exist\n",
    "ldap3.core.exceptions.LDAPBindError: ldap authentication failed\n",
    "KeyError: 'token'\nTypeError: authenticate() missing 1 required positional argument\n",
    "docker: Error response from daemon: Get \"https://registry.example/v2/\": "
    "x509: certificate signed by unknown authority\n",
    "Segmentation fault (core dumped)\n",
    "Traceback (most recent call last):\nZeroDivisionError: division by zero\n",
    "psycopg.errors.UniqueViolation: duplicate key value violates unique constraint \"items_pkey\"\n",
    "psycopg.errors.SyntaxError: syntax error at or near \"token\"\n",
    "curl: (35) OpenSSL/3.0: error: sslv3 alert handshake failure\n" * 8,
    "redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1:6379. Connection refused\n",
    "Error: connect ECONNREFUSED 127.0.0.1:3000\n    at TCPConnectWrap.afterConnect\n" * 4,
    "AttributeError: 'Settings' object has no attribute 'database_url'\n",
    "github: must be member of organization example\n",
    # From github.com/t8y2/dbx/issues/2768, glosarium/glosarium/issues/42, paulpierre/informer/issues/3,
    # harvard-lil/perma/issues/2052, go-gorm/gorm/issues/4784.
    "SQL Server connection failed: An error occured during the attempt of performing I/O: tls "
    "handshake eof\n",
    "PDOException: SQLSTATE[HY000] [2002] Connection refused\n  File \"/vendor/laravel/framework/src/"
    "Illuminate/Database/Connectors/MySqlConnector.php\", line 24\n",
    "sqlalchemy.exc.InterfaceError: (mysql.connector.errors.InterfaceError) 2003: Can't connect to "
    "MySQL server on '127.0.0.1:3320' (111 Connection refused)\n",
    "OperationalError: (2026, 'SSL connection error')\n",
    "clickhouse [error] failed to initialize database, got error driver: bad connection\n",
    "kubelet: Failed to connect to 10.0.0.1:6443: connection refused\n",
    "reqwest::Error { kind: Request, source: ConnectError(\"tcp connect error\", Os { code: 111, kind: "
    "ConnectionRefused }) }\n",
    "curl: (60) SSL certificate problem: UnknownIssuer\n",
    "INFO pgbouncer: query_wait_timeout=120\n",
    # Near something about a database, and about something else all the same.
    'INFO Connected to postgres\n10.0.0.7:0 - "GET /api/me HTTP/1.1" 401 Unauthorized\n',
    '[Databricks] Deployment successful\nINFO: 10.0.0.7:0 - "GET /x HTTP/1.1" 429 Too Many Requests\n',
    "AttributeError: 'Settings' object has no attribute 'database'\n",
    "selenium: TypeError: __init__() got an unexpected keyword argument 'options'\n",
    "WARN o.s.s.oauth2: Invalid JWT token: signature error\nINFO using psycopg 3.2\n" * 3,
    "postgres: ready\nYou exceeded your current quota, please check your plan (openai)\n",
    "Snowflake: 002003 (02000): SQL compilation error: Database 'SHOP' does not exist\n",
    "Code: 81. DB::Exception: Database `shop` does not exist. (clickhouse)\n",
    "asyncpg 0.30\nMongoServerError: connection accepted but SSL connection is required\n",
    "mail: The server requires SSL (smtp)\n",
    "FATAL:  unsupported frontend protocol 65363.19778: server supports 3.0 to 3.0\n",
    "json: unexpected EOF\n" * 8,
    "backup.sh: line 12: unexpected EOF while looking for matching `\"' # calls psql\n",
    "websocket connection is closed\nINFO sqlalchemy.engine BEGIN\n" * 4,
    "starting app on /home/runner/workspace\nField 'name' is required\nRate limit exceeded\n" * 3,
    "ticket LP-401 moved to LP-304\n",
    "urllib3: Max retries exceeded with url: /v1 (host='api.example.com')\nDATABRICKS_HOST is set\n",
    "instance web-1 is not running\n" * 8,
    'SqlClient: Keyword not supported: \'host\'. (Parameter "keyword") SQL Server\n',
    "InvalidRequestError: The asyncio extension requires an async driver to be used. The loaded "
    "'pysqlite' is not async. sqlite\n",
    "aws: The config profile not found in ~/.aws/config\n",
]  # fmt: skip


@pytest.mark.parametrize("text", HEALTHY)
def test_a_healthy_log_gives_nothing(text: str) -> None:
    assert recognise(text) == []


@pytest.mark.parametrize("text", UNRELATED)
def test_what_is_about_something_else_is_not_certain(text: str) -> None:
    assert recognised_codes(recognise(text)) == []


def test_consequences_are_told_as_such_and_without_a_fix_of_their_own() -> None:
    text = next(text for codes, _, text in WORDINGS if codes == ["LP-308", "LP-509<LP-308"])
    report = "\n".join(lines(recognise(text)))
    assert "LP-509, which follows from LP-308, in line 4" in report
    assert "pool_size" not in report
    assert recognise(text)[1].as_dict()["follows"] == "LP-308"


def test_every_code_in_the_list_is_in_the_catalogue() -> None:
    assert {code.partition("<")[0] for codes, _, _ in WORDINGS for code in codes} <= set(CATALOGUE)
