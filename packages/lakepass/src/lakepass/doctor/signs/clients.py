"""How each client is told to check the certificate, and how it gets a fresh password.

The variables of libpq do nothing for JDBC, Prisma and Npgsql's TLS, and Go checks with the system's
authorities without being asked to. Sources: the documentation of each driver.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from lakepass.diagnoses import CATALOGUE
from lakepass.diagnoses.diagnosis import FRESH_CREDENTIAL, PER_CONNECTION
from lakepass.doctor.signs.sign import Advice

_DOES_TLS = frozenset({"LP-106", "LP-107", "LP-109", "LP-139", "LP-402"})
_AUTHORITY = CATALOGUE["LP-408"].lines[0]  # as libpq is told of it
_NEAR = (0, 3, 12)  # lines before and after, and then the whole text


@dataclass(frozen=True, slots=True)
class Client:
    """A kind of driver or tool. pattern: what its messages contain.

    fresh: the line that hands it a fresh credential, instead of PGPASSWORD. each: the line that says
    how it gets one for each connection. tls: lines that have it check the certificate, instead of
    libpq's variables. authority: lines that name a private authority, instead of PGSSLROOTCERT.
    Empty: as libpq.
    """

    name: str
    pattern: str
    each: str
    tls: tuple[str, ...] = ()
    fresh: str = ""
    authority: tuple[str, ...] = ()


_CLIENTS = (
    Client(
        "Prisma",
        r"\bprisma\b|\bP10\d\d:",
        "// in a program: @prisma/adapter-pg with password: async () => …",
        (
            'export DATABASE_URL="…?sslmode=require&sslaccept=strict"    # the URL that Prisma reads',
        ),
        'export DATABASE_URL="postgresql://{role_url}:$(lakepass token)@{host}:5432/{database}'
        '?sslmode=require"    # Prisma reads no PG variables; good for an hour',
    ),
    Client(
        "JDBC",
        r"\bjdbc:|org\.postgresql|\bjava\.(?:lang|sql|net)|hikari|PSQLException|dbeaver|datagrip",
        "// in a program: a DataSource that asks for the password for each connection",
        (
            "lakepass jdbc    # prints a URL that does:",
            "jdbc:postgresql://…?sslmode=verify-full"
            "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
        ),
        "lakepass jdbc --with-password    # JDBC reads no PG variables; good for an hour",
        ("jdbc:postgresql://…?sslmode=verify-full&sslrootcert=<file with the certificate, PEM>",),
    ),
    Client(
        "Npgsql",
        r"npgsql",
        "// in a program: NpgsqlDataSourceBuilder.UsePeriodicPasswordProvider(…)",
        ("SSL Mode=VerifyFull    # in the connection string",),
        authority=("SSL Mode=VerifyFull;Root Certificate=<file with the certificate, PEM>",),
    ),
    Client(
        "libpq",
        r"psycopg|\bpsql\b|pg_dump|pg_restore|libpq|\bPG::|\bPDO|pgsql\b|peewee|django",
        "# in a program: lakepass.Lakebase.from_env(), or psycopg_pool with kwargs=FUNCTION",
    ),
    Client(
        "asyncpg",
        r"asyncpg",
        "# in a program: create_pool(…, password=FUNCTION), which is called for each connection",
        (
            "# asyncpg:    connect(…, ssl=ssl.create_default_context())",
            "# SQLAlchemy: create_async_engine(…, "
            "connect_args={{'ssl': ssl.create_default_context()}})",
        ),
        authority=(
            "context = ssl.create_default_context(cafile='authority.pem')    # connect(ssl=context)",
        ),
    ),
    Client(
        "Node",
        r"node_modules|\bnode:|node-postgres|pg-pool|process\.env|SASL: SCRAM-SERVER|\bdrizzle|\bknex"
        r"|typeorm|sequelize|postgres\.js|getaddrinfo E|\bconnect E[A-Z]+ |SELF_SIGNED_CERT|\bnpm\b",
        "// in a program: new Pool({{ …, password: async () => … }}), called for each connection",
        (
            "new Pool({{ …, ssl: {{ rejectUnauthorized: true }} }})    // node-postgres",
            "postgres({{ …, ssl: 'verify-full' }})                   // postgres.js",
        ),
        authority=(
            "export NODE_EXTRA_CA_CERTS=<file with the authority's certificate, PEM>",
            "new Pool({{ …, ssl: {{ ca: fs.readFileSync('authority.pem', 'utf8') }} }})    // instead",
        ),
    ),
    Client(
        "Go",
        r"\bpgx\b|pgconn|\bpq: |lib/pq|\.go:\d+|\bgorm\b|\bgoose\b",
        "// in a program: pgxpool.Config.BeforeConnect sets the password for each connection",
        ("export PGSSLMODE=verify-full    # or sslmode=verify-full in the URL",),
    ),
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def client_of(lines: Sequence[str], line: int) -> Client | None:
    """The client that the text around a line, from 1, is of; None if it does not say."""
    for distance in (*_NEAR, len(lines)):
        around = "\n".join(lines[max(0, line - 1 - distance) : line + distance])
        for client in _CLIENTS:
            if _compiled(client.pattern).search(around):
                return client
    return None


def in_terms_of(client: Client, code: str, advice: Advice, lines: tuple[str, ...]) -> Advice:
    """The advice with the client's own settings in place of variables of libpq that it does not read.

    lines: those of the advice, or else of the catalogue.
    """
    if client.tls and code in _DOES_TLS:
        fix = f"Have {client.name} use TLS and check the certificate, by its own setting."
        return replace(advice, fix=fix, lines=client.tls)
    if client.authority and code == "LP-408" and _AUTHORITY in lines:
        fix = f"Check the host; behind a private authority give {client.name} its certificate."
        return replace(advice, fix=fix, lines=client.authority)
    if FRESH_CREDENTIAL in lines:
        others = tuple(line for line in lines if line not in PER_CONNECTION)
        at = others.index(FRESH_CREDENTIAL)
        own = (client.fresh or FRESH_CREDENTIAL, client.each)
        return replace(advice, lines=(*others[:at], *own, *others[at + 1 :]))
    return advice
