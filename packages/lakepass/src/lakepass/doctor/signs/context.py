"""Decides what a text is about, and removes the markup of terminals and JSON."""

import re
from collections.abc import Sequence
from functools import lru_cache

_NEAR = 12  # lines before and after
_SHORT = 6  # lines; so short a text was picked out by somebody who asks about a database

_DATABASE = re.compile(
    r"postgres|psql|psycopg|asyncpg|libpq|\bpgx\b|npgsql|\bpq:|node_modules/pg|pg-pool|prisma"
    r"|lakebase|\.database\.[\w.-]*databricks|neon\.tech|NeonDb|neondatabase|:5432|port 5432"
    r"|\bPG[A-Z]{4,}|langgraph"
    r"|connection to server at|pooler error|project size limit|PG::"
    r"|fe_sendauth|SCRAM-SERVER|the backend requires"
    r"|password authentication failed for user|translate host name|SSL negotiation"
    r"|compute time quota|postgrex|PgPool|pg8000|\bbb8\b|SSLRequest|pgbouncer|Client_PG|NodePg"
    r"|pg_dump|pg_restore"
    # Messages of the service's proxy that nothing else uses.
    r"|try using `sslmode=require`|(?:control plane|console) request failed|jwk not found"
    r"|\bPGRST\d|This probably means the server terminated|does not have SNI"
    r"|FATAL: +(?:Client handshake timeout|Invalid length of startup packet)"
    r"|terminating connection (?:due to|because of)|canceling statement due to"
    r"|the database system is|NEON_SMGR|pageserver"
    r"|JWT token (?:has expired \(exp=|is not yet ready)|not a valid JWT encoding",
    re.IGNORECASE,
)
# About a database of unknown kind.
_ANY_DATABASE = re.compile(
    r"sqlalchemy|alembic|django\.db|drizzle|hikari|\bjdbc|flyway|liquibase|hibernate|agroal"
    r"|sqlstate|\bFATAL:|gorm|QueuePool|typeorm"
    r"|sequelize|knex|database server|database credentials|ecto\.|sqlx|r2dbc",
    re.IGNORECASE,
)
_WORKSPACE = re.compile(
    r"databricks|lakebase|\"error_code\": ?\"[A-Z]|Provided OAuth token"
    r"|/oidc\b|/api/2\.[01]/|for workspace\b|bundle deploy"
    r"|oauth-m2m|request visitor|projects/[\w-]+/branches|cannot (?:update|create) resources\."
    r"|postgres_(?:role|project|branch|endpoint|database)"
    r"|default auth: |azure-cli: cannot get access token"  # the SDK's ways to sign in
    r"|expected non-default value|Token is expiring within \d|secret-scopes\.|permission to deploy app"
    r"|workspace-access entitlement",
    re.IGNORECASE,
)
# About another service.
_ANOTHER = re.compile(
    r"redis\b|redis[._]|mysql|mariadb|mongo|kafka|rabbitmq|\bamqp|elasticsearch|opensearch|\bsmtp"
    r"|openai|anthropic|googleapis|pypi\.org|files\.pythonhosted|npmjs|registry\.|docker\.io"
    r"|error authorizing context|snowflake|oracle|sqlite|memcache|\bldap|\bimap|sentry"
    r"|slack\.com|stripe\.com|api\.github"
    r"|sql ?server|mssql|HY000(?!\]: General error: 7\b)|ER_[A-Z_]+_ERROR|clickhouse|cassandra"
    r"|\bcurl: \(|docker: error|kube(?:let|ctl|adm|config|rnetes)\b|\bhelm "
    r"|hyper::|reqwest|error sending request for url"
    r"|botocore|\bboto3|AssumeRole|NoSuchEntity|\bs3[.:/-]\S*amazonaws|s3\.amazonaws"
    r"|httpx|httpcore|aiohttp|oauthlib|authlib|azure\.(?:core|identity)\b|https?connectionpool\("
    r"|\[vite\]|http proxy error|\b(?:readiness|liveness|startup) probe|ASGI application"
    r"|\bLayer[47] |uvicorn/protocols|h11_impl|httptools_impl"
    r"|websocket|\bwss?://|\bgrpc|azure[ _-](?:cli|identity|storage)|api\.\w+\.\w+/"
    r"|:(?:6379|3306|27017|9092|5672|9200|587|11211|1433|6443|443|80|8080|8443|4317|4318)\b"
    r"|(?<![T ]\d\d)(?<!:\d\d):25\b(?!:\d)",  # not of a time
    re.IGNORECASE,
)
# A line of a program that fetches packages or goes to another machine: if it names Postgres, then
# because the package or the machine is called so.
_ANOTHER_PROGRAM = re.compile(
    r"\b(?:ssh|scp|sftp|rsync|go|git|npm|yarn|pnpm|pip|uv|conda|apt(?:-get)?): "
    r"|\bE: Failed to fetch |Could not transfer artifact |: /simple/\S"
    r"|\bdatabricks: (?:request|execution|driver) error",  # of its driver for SQL warehouses
)
# A port of this kind of address at which no Postgres or pooler listens by habit.
_ANOTHER_PORT = re.compile(
    r"(?:\b\d{1,3}(?:\.\d{1,3}){3}|\blocalhost|\[[\da-f:]+\]|::1):(?!5[345]\d\d\b|6[45]\d\d\b)\d{2,5}\b"
)
# Objects of a workspace that are no databases, and their clients.
_ANOTHER_OBJECT = re.compile(
    r"\b(?:clusters?|warehouses?|jobs?|pipelines?|notebooks?|genie|dashboards?|volumes?|UC entity"
    r"|vector search|tokens per minute|litellm|experiments?|mlflow|registered models?|serving|openai"
    r"|query the endpoint)\b"
    r"|USE (?:SCHEMA|CATALOG)|\"Can (?:View|Read|Run|Edit|Query|Restart|Attach)"
    r"|/api/2\.\d/(?!postgres|database|token|oidc)",
    re.IGNORECASE,
)
_A_LAKEBASE = re.compile(r"lakebase|postgres|database", re.IGNORECASE)
_A_DATABASE = re.compile(r"database|postmaster|sql|\b(?:db|orm)\b", re.IGNORECASE)
# `requests` names the host that it could not reach.
_ANOTHER_HOST = re.compile(
    r"host='(?![\w.-]*databricks)[\w.-]+'"
    r"|https?://(?![\w.-]*(?:databricks|microsoftonline))[\w-]+\.[\w.-]+",
    re.IGNORECASE,
)
# A request to another service; links to explanations of an error are something else.
_REQUEST = re.compile(
    r"https?://(?![\w.-]*(?:databricks|microsoftonline|neon\.|supabase|postgres|sqlalche\.me|pris\.ly"
    r"|docs?\.|github\.com|go\.microsoft))[\w-]+\.[\w.-]+",
    re.IGNORECASE,
)
# A web server's line about one of its own requests: its status is not our error.
_ACCESS_LOG = re.compile(
    r"\"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /\S* HTTP/[\d.]+\"|\bHTTP/[\d.]+\" [1-5]\d\d\b"
)
# A line in the server's own log about a client that disconnected.
_A_CLIENT_LEFT = re.compile(
    r"could not (?:receive data from|send data to) client|unexpected EOF on client connection"
)
# Java looks up the name of its own machine as well, and then prints it twice.
_OWN_NAME = re.compile(r"UnknownHostException: ([^\s.:]+): \1:")
# Codes whose messages many programs use: they need a text about a database or a workspace.
_OF_A_DATABASE = frozenset(
    {"LP-105", "LP-133", "LP-144", "LP-145", "LP-304", "LP-305", "LP-306", "LP-307", "LP-308"}
    | {"LP-401", "LP-402", "LP-404", "LP-405", "LP-407", "LP-408", "LP-409", "LP-412", "LP-502"}
    | {"LP-503", "LP-504", "LP-505", "LP-506", "LP-507", "LP-509", "LP-510", "LP-511", "LP-601"}
    | {"LP-603", "LP-608", "LP-611", "LP-612", "LP-614", "LP-615", "LP-616", "LP-617"}
)
_OF_A_WORKSPACE = frozenset(
    {
        "LP-112",
        "LP-206",
        "LP-118",
        "LP-121",
        "LP-124",
        "LP-201",
        "LP-202",
        "LP-203",
        "LP-211",
        "LP-212",
    }
    | {"LP-213", "LP-217", "LP-218", "LP-411"}
)
# Words that web servers and brokers use for their own clients: a framework nearby is not enough.
_OF_ANY_CONNECTION = re.compile(
    r"broken ?pipe|connection reset|ECONNRESET|EPIPE|context deadline exceeded|unexpected EOF"
    r"|(?:connection|conn) (?:is|was|has been) closed|closed network connection|handshake|quota",
    re.IGNORECASE,
)
# Codes of requests about an object, which may be no database.
_OF_AN_OBJECT = frozenset({"LP-121", "LP-124", "LP-202", "LP-213", "LP-217"})
# What any program says that writes to something: it needs a text about a database.
_OF_ANYTHING = re.compile(r"broken ?pipe|\bEPIPE\b|The read operation timed out", re.IGNORECASE)
# For these, a short text alone is enough …
_PLAIN_ENOUGH = frozenset({"LP-112", "LP-118", "LP-121", "LP-211"})
# … and for these it is not.
_TOO_PLAIN = frozenset({"LP-306", "LP-405", "LP-407", "LP-510"})

# A sentence of a README or a ticket about what may happen, rather than a message …
_ADVICE = re.compile(
    r"\b(?:if|when|whenever|in case) (?:you|we|it|this|the log|psql|one)\b[^\n]{0,30}?\b(?:sees?|gets?"
    r"|says?|fails? with|encounter|run into|prints?|shows?)\b",
    re.IGNORECASE,
)
# … a line of source code, a comment, a text of a translation, or a line about a change.
_WRITTEN_DOWN = re.compile(
    r"^\s*(?:raise|throw|RAISE +\w+)\b[^\n]*[\"']|\bassert (?:not )?[\"']"
    r"|^\s*(?:--|#|//|/\*) (?!\w+: (?:error|fatal)|\{\")\D|;\s*(?:--|#|//) "
    r"|^\s*\"(?![\w.-]*(?:message|msg|err(?:or)?|detail|reason|stack\w*|exception|text|body|log|data"
    r"|event|description)\")[\w-]+\.[\w.-]+\": ?\"[^\"]*\",?\s*$"
    r"|^\s*[*|\\/ ]*[0-9a-f]{5,40} (?:\([^)\n]*\) )?\w+(?:\([\w-]+\))?!?: "
    r"|^\s*[-*] +\W{0,2}(?:fix(?:e[sd])?|add(?:ed|s)?|changed?|remove[ds]?|handle[ds]?|docs|feat)\b",
    re.IGNORECASE,
)
# What the server only mentions: the statement did what it was to do.
_HARMLESS = re.compile(
    r"(?:\bNOTICE:|(?:does not exist|already exists), skipping\b|\bnão existe, ignorando\b)"
    r"(?!.*\b(?:ERROR|FATAL):)",
)

LINE_WITHIN = "\v"  # where the text that JSON holds on one line had the end of a line
_ESCAPED = re.compile(
    r"\\u(00(?:[2-6a-f][0-9a-f]|7[0-9a-e])|0[1-5][0-9a-f]{2}|20[12][0-9a-f]|[3-9a-c][0-9a-f]{3}"
    r"|ff[0-5][0-9a-f]|fffd)",
    re.IGNORECASE,
)  # what is printed
_ENTITIES = (
    ("&quot;", '"'),
    ("&#34;", '"'),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
)
_TERMINAL = re.compile(r"(?:\x1b|\\u001b|\\x1b|\\033)(?:\[[0-9;?]*[A-Za-z]|\][^\x07\n]{0,200}\x07)")


def without_markup(text: str) -> str:
    """The text without colours and with JSON escapes decoded; its lines do not change."""
    plain = _TERMINAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), plain)
    plain = plain.replace('\\\\"', '"').replace('\\"', '"').replace("\\'", "'")
    for entity, character in _ENTITIES:
        plain = plain.replace(entity, character)
    return plain.replace("\\n", LINE_WITHIN).replace("\\t", "  ")


def is_mentioned(line: str) -> bool:
    """Whether a line only speaks of the message that it holds, which then did not come."""
    return _ADVICE.search(line) is not None or _WRITTEN_DOWN.search(line) is not None


def is_harmless(line: str) -> bool:
    """Whether a line is a notice of the server, which is no error."""
    return _HARMLESS.search(line) is not None


def is_about(code: str, lines: Sequence[str], line: int) -> bool | None:
    """Whether the text on a line counts as this code: certainly, possibly, or (None) not at all."""
    if code not in _OF_A_DATABASE | _OF_A_WORKSPACE:
        return True
    own = lines[line - 1]
    is_database = code in _OF_A_DATABASE
    wanted = _DATABASE if is_database else _WORKSPACE
    if any(one.search(own) for one in (_ACCESS_LOG, _OWN_NAME, _A_CLIENT_LEFT, _ANOTHER_PROGRAM)):
        return None
    if code in _OF_AN_OBJECT and _ANOTHER_OBJECT.search(own) and not _A_LAKEBASE.search(own):
        return None
    if wanted.search(own):
        return True
    if _ANOTHER.search(own) or (not is_database and _ANOTHER_HOST.search(own)):
        return None
    counts_any = is_database and not _OF_ANY_CONNECTION.search(own)
    near = _nearest(wanted, lines, line, counts_any=counts_any)
    if near is not None:
        return near
    of_anything = _ANOTHER_PORT.search(own) or _OF_ANYTHING.search(own)
    if is_database and of_anything and not _A_DATABASE.search(own):
        return None
    is_short = len([one for one in lines if one.strip()]) <= _SHORT
    if is_short:
        is_another = any(_ANOTHER.search(one) for one in lines) or (
            is_database and any(_REQUEST.search(one) for one in lines)
        )
        is_plain = code in _PLAIN_ENOUGH or (is_database and code not in _TOO_PLAIN)
        return None if is_another else is_plain
    return False


def is_of_postgres(lines: Sequence[str], line: int) -> bool:
    """Whether the text on a line or around it is about Postgres, and not about another database."""
    return _nearest(_DATABASE, lines, line, counts_any=False) is True


def _nearest(
    wanted: re.Pattern[str], lines: Sequence[str], line: int, *, counts_any: bool
) -> bool | None:
    """Whether the pattern is nearer than any other service; None if it is not near at all."""
    is_any = seen_another = False
    for distance in range(_NEAR + 1):
        at = {line - 1 - distance, line - 1 + distance}
        around = [lines[number] for number in at if 0 <= number < len(lines)]
        if any(_says(wanted, one) for one in around):
            return not seen_another
        is_another = any(_says(_ANOTHER, one) for one in around)
        is_any = is_any or any(_says(_ANY_DATABASE, one) for one in around)
        seen_another = seen_another or is_another
    return not seen_another if counts_any and is_any else None


@lru_cache(maxsize=256)  # the same lines are around many places
def _says(pattern: re.Pattern[str], line: str) -> bool:
    return pattern.search(line) is not None
