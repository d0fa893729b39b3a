"""Signs of faults of pools: those of programs, and poolers on the way to the database."""

from lakepass.doctor.signs.sign import Advice, Sign

_OWN_POOL_DEFAULTS = Advice(
    fix="First find out why connections are not given back or cannot be made: errors above this "
    "line, long transactions, leaks. Only then make the pool larger.",
)
_POOL_DID_NOT_START = Advice(
    title="The pool could not make its first connections in time.",
    cause="Connecting failed or takes too long; the pool says only that it waited.",
    fix="Look for the error of a single connection: the pool logs it as a warning (logger "
    "psycopg.pool), or connect once without the pool.",
    lines=("lakepass doctor",),
)
_LIMIT_OF_THE_ROLE = Advice(
    title="The role {role} has a connection limit of its own, which is reached.",
    cause="The role was given a limit; the database itself has connections left.",
    fix="Close connections, or have the creator of the role raise the limit (-1: none).",
    lines=("ALTER ROLE {role_quoted} CONNECTION LIMIT -1;    -- as the role that created it",),
)
_LIMIT_OF_THE_DATABASE = Advice(
    title="The database {database} has a connection limit of its own, which is reached.",
    cause="A database may be given a limit; the compute itself has connections left.",
    fix="Close connections, or have its owner raise the limit (-1: none), from another database.",
    lines=("ALTER DATABASE {database_quoted} CONNECTION LIMIT -1;    -- as its owner",),
)
_TWO_AT_ONCE = Advice(
    title="One connection was used by two tasks or threads at once.",
    cause="A connection runs one statement at a time; a second one was sent before the first was done.",
    fix="Let each task take its own connection from the pool, and await each statement.",
    lines=(
        "# asyncpg: async with pool.acquire() as connection: …",
        "# SQLAlchemy: one AsyncSession for each task, never shared by asyncio.gather",
    ),
)
_POOLER_NOT_CONNECTED = Advice(
    title="PgBouncer could not open a connection to the database.",
    cause="It tells its clients only that. Its own log says why, in a line about the server (S-0x…).",
    fix="Read the log of PgBouncer above this line. For Lakebase it needs the real host name, TLS and "
    "a role with a native password: it cannot renew tokens.",
    lines=(
        "server_tls_sslmode = verify-full    ; pgbouncer.ini",
        "server_tls_ca_file = /etc/ssl/certs/ca-certificates.crt    ; on Debian and Ubuntu",
    ),
)
_POOLER_PASSWORD = Advice(
    title="PgBouncer could not log in: its user list does not hold what the server asks for.",
    cause="With SCRAM it needs the password itself in auth_file, or the server's own SCRAM secret; an "
    "md5 hash does not do.",
    fix="Put the password of a native role into auth_file, as text or as its SCRAM secret. "
    "PgBouncer cannot renew tokens.",
    lines=(),
)

SIGNS = (
    Sign("LP-504", r"cannot do SCRAM authentication|server login failed: wrong password type",
         advice=_POOLER_PASSWORD),
    Sign("LP-504", r"pgbouncer cannot connect to server|server_login_retry",
         advice=_POOLER_NOT_CONNECTED),
    Sign("LP-412", r"bind message supplies \d+ parameters, but prepared statement"),
    Sign("LP-412", r"prepared statement [\"']\w+[\"'] (?:already exists|does not exist)"
                   r"|unnamed prepared statement does not exist|DuplicatePreparedStatementError"
                   r"|pool_mode set to \"transaction\""),
    Sign("LP-502", r"too many connections for role [\"'](?P<role>[^\"'\n]+)[\"']",
         advice=_LIMIT_OF_THE_ROLE),
    Sign("LP-502", r"too many connections for database [\"'](?P<database>[^\"'\n]+)[\"']",
         advice=_LIMIT_OF_THE_DATABASE),
    Sign("LP-502", r"\bP2037\b|Too many database connections opened"),
    Sign("LP-509", r"connection not available and request was dropped from queue",
         advice=_OWN_POOL_DEFAULTS),
    Sign("LP-511", r"the pool '[^'\n]*' is (?:not open yet|already closed|closed)"
                   r"|pool is clos(?:ed|ing)\b|Cannot use a pool after calling end"
                   r"|HikariDataSource \S{0,80} ?has been closed"
                   r"|Client was closed and is not queryable|\bPoolClosed\b|\bclosed pool\b"
                   r"|Called end on pool more than once|sql: database is closed"),
    Sign("LP-511", r"another (?:operation|command) is (?:already )?in progress|\bconn busy\b"
                   r"|attempted to use an already-used connection", advice=_TWO_AT_ONCE),
    Sign("LP-509", r"psycopg2\.pool\.PoolError: connection pool exhausted|has already (?:at "
                   r"least )?\d+ requests waiting|psycopg_pool\.TooManyRequests",
         advice=_OWN_POOL_DEFAULTS),
    Sign("LP-509", r"QueuePool limit of size|couldn't get a connection after|pool is exhausted"
                   r"|Connection is not available, request timed out|The connection pool has been "
                   r"exhausted|Timed out fetching a new connection from the connection pool"
                   r"|Connection acquisition timed out|Acquisition timeout while waiting for new"
                   r"|pool timed out\b|Timed out in bb8|while waiting for a slot to become"
                   r"|timeout exceeded when trying to connect"
                   r"|ResourceRequest timed out|timeout acquiring a connection"
                   r"|could not obtain a connection from the pool|\bPoolTimedOut\b"
                   r"|ConnectionAcquireTimeoutError|\bP2024\b|remaining connection pool slots",
         advice=_OWN_POOL_DEFAULTS),
    Sign("LP-509", r"acquir\w+ (?:a )?pgxpool connection", advice=_OWN_POOL_DEFAULTS),
    # Without frames of a connection that is being made: then it is that which takes too long.
    Sign("LP-509", r"asyncpg[/\\]pool\.py\"?, line \d+, in _acquire\b"
                   r"(?:(?!connect_utils)[\s\S]){0,1500}?(?<!raise[ ])"
                   r"(?P<said>\b(?:asyncio\.(?:exceptions\.)?)?TimeoutError\b(?! from))",
         unless="LP-506", advice=_OWN_POOL_DEFAULTS),
    Sign("LP-509", r"pool initialization incomplete after", advice=_POOL_DID_NOT_START),
)  # fmt: skip
