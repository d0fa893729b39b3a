"""What a text is about, and what it says once the markup of terminals and JSON is gone."""

import re
from collections.abc import Sequence

_NEAR = 12  # lines before and after
_SHORT = 6  # lines; so short a text was picked out by somebody who asks about a database

_DATABASE = re.compile(
    r"postgres|psql|psycopg|asyncpg|libpq|\bpgx\b|npgsql|\bpq:|node_modules/pg|pg-pool|prisma"
    r"|lakebase|\.database\.[\w.-]*databricks|neon\.tech|:5432|port 5432|\bPG[A-Z]{4,}|langgraph"
    r"|connection to server at|PG::|fe_sendauth|SCRAM-SERVER|the backend requires"
    r"|password authentication failed for user|translate host name|SSL negotiation"
    r"|compute time quota|postgrex|pg8000|\bbb8\b|SSLRequest",
    re.IGNORECASE,
)
# Of a database, but of which is not said.
_ANY_DATABASE = re.compile(
    r"sqlalchemy|alembic|django\.db|drizzle|hikari|sqlstate|\bFATAL:|gorm|QueuePool|typeorm"
    r"|sequelize|knex|database server|database credentials|ecto\.|sqlx|r2dbc",
    re.IGNORECASE,
)
_WORKSPACE = re.compile(
    r"databricks|lakebase|/oidc\b|/api/2\.[01]/|\bworkspace|bundle deploy"
    r"|oauth-m2m|request visitor|projects/[\w-]+/branches|cannot (?:update|create) resources\."
    r"|postgres_(?:role|project|branch|endpoint|database)"
    r"|expected non-default value|secret-scopes\.|permission to deploy app",
    re.IGNORECASE,
)
# On the line itself: another service is meant.
_ANOTHER = re.compile(
    r"\bredis|\bmysql|mariadb|mongo|kafka|rabbitmq|\bamqp|elasticsearch|opensearch|\bsmtp|openai"
    r"|anthropic|googleapis|pypi\.org|files\.pythonhosted|npmjs|registry\.|docker\.io|snowflake"
    r"|oracle|sqlite|memcache|\bldap|\bimap|sentry|slack\.com|stripe\.com|api\.github|sql server"
    r"|mssql|HY000|clickhouse|\bcurl: \(|docker: error|kubelet|hyper::|reqwest|api\.\w+\.\w+/"
    r"|:(?:6379|3306|27017|9092|5672|9200|587|11211|25|1433|6443)\b",
    re.IGNORECASE,
)
# Codes whose words many programs use: they need a text that is about a database, or a workspace.
_OF_A_DATABASE = frozenset(
    {"LP-305", "LP-404", "LP-408", "LP-409", "LP-502", "LP-505", "LP-506", "LP-507", "LP-509"}
    | {"LP-510", "LP-601", "LP-608", "LP-308", "LP-304", "LP-412", "LP-307", "LP-603", "LP-611"}
)
_OF_A_WORKSPACE = frozenset(
    {"LP-112", "LP-121", "LP-124", "LP-202", "LP-203", "LP-211", "LP-212", "LP-213", "LP-217"}
)
# Of these, a short text by itself is enough.
_PLAIN_ENOUGH = frozenset({"LP-112", "LP-121", "LP-211", "LP-217"})

_TERMINAL = re.compile(r"(?:\x1b|\\u001b|\\x1b|\\033)(?:\[[0-9;?]*[A-Za-z]|\][^\x07\n]{0,200}\x07)")


def without_markup(text: str) -> str:
    """The text without colours, and with the escapes of JSON undone; its lines stay as they are."""
    plain = _TERMINAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace('\\\\"', '"').replace('\\"', '"').replace("\\n", "  ").replace("\\t", "  ")


def is_about(code: str, lines: Sequence[str], line: int) -> bool | None:
    """Whether the words on a line count as this code: for certain, perhaps, or (None) not at all."""
    if code not in _OF_A_DATABASE | _OF_A_WORKSPACE:
        return True
    own = lines[line - 1]
    is_database = code in _OF_A_DATABASE
    wanted = _DATABASE if is_database else _WORKSPACE
    if wanted.search(own):
        return True
    if _ANOTHER.search(own):
        return None
    near = "\n".join(lines[max(0, line - 1 - _NEAR) : line + _NEAR])
    if wanted.search(near) or (is_database and _ANY_DATABASE.search(near)):
        return True
    is_short = len([one for one in lines if one.strip()]) <= _SHORT
    if is_short and _ANOTHER.search(near):
        return None
    return is_short and code in _OF_A_DATABASE | _PLAIN_ENOUGH
