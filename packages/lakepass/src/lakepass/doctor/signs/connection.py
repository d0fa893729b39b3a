"""Signs of faults on the way to the database, as drivers report them.

What the server itself says is in `lakepass.refusals`.
"""

from lakepass.doctor.signs.sign import Advice, Sign

_DROPPED = (
    r"connection (?:was|has been) closed (?:in the middle of operation|unexpectedly)"
    r"|SSL SYSCALL error: EOF detected|consuming input failed|the connection is (?:lost|closed)"
    r"|connection terminated unexpectedly|Error: Connection terminated(?! (?:due|by|because))"
    r"|connection unexpectedly destroyed|CONNECTION_CLOSED"
    r"|failed to write startup message \(write failed: EOF"
    r"|(?:Error: This socket is closed|write after end)"
    r"(?=[\s\S]{0,600}?node_modules/(?:pg|postgres)\b)"
    r"|CONNECTION_ENDED|CONNECTION_DESTROYED|conn closed"
    r"|Error connecting to database: (?:fetch failed|ConnectionRefused)"
    r"(?![\s\S]{0,900}UND_ERR_CONNECT_TIMEOUT)"
    r"|Network connection lost|other side closed"
    r"|connection (?:unexpectedly closed|is close\. Cannot)|PQsocket\(\) can't get socket descriptor"
    r"|could not send (?:data to server|startup packet|SSL negotiation packet)"
    r"|Exception while writing to stream|SSL error: (?:Connection reset|Broken pipe)"
    r"|server closed the connection unexpectedly|connection (?:is|was) closed"
    r"|connection already closed|An I/O error occurred while sending to the backend"
    r"|This connection has been closed"
    r"|Exception while reading from stream(?![\s\S]{0,90}Timeout during reading)"
    r"|EndOfStreamException(?=[\s\S]{0,300}?\bNpgsql)"
    r"|unexpected EOF(?! while)|close_notify|Terminated idle connection"
    r"|terminating connection due to idle-session timeout|R2dbc\w+: Connection validation failed"
    r"|could not receive data from server|no connection to the server|driver: bad connection"
    r"|server conn crashed|Server has closed the connection"
    r"|Attempted to read past the end of the stream|connection_lost\(\) call"
    r"|encountered a connection error and is not queryable|failed to receive message"
    r"|use of closed network connection|Datasource '[^'\n]*': Connection has been closed"
    r"|JDBCConnectionException: (?:could not (?:execute|prepare|extract)|JDBC exception)"
    r"|\bkind: Closed\b|forcibly closed by the remote host|response from SSLRequest: 0x00"
    r"|\b(?:ssl|tcp) (?:send|recv)(?: \(idle\))?: (?:closed|timeout)"
)
# Drivers that name the attempt here, and the reason further on.
_NOT_REACHED = (
    r"(?:PSQLException: |for user '[^'\n]*': |Datasource '[^'\n]*': |database: |Message : )"
    r"The connection attempt failed\.?"
    r"(?![\s\S]{0,3000}?(?:UnknownHost|timed out|PKIX|SSLHandshake|refused))"
    r"|PostgresConnectionException: Cannot connect to \S+"
    r"|NpgsqlException \(0x\w+\): Failed to connect to "
    r"(?![\s\S]{0,400}?(?:timed out|No such host|not known))"
    r"|Can't create a connection to host \S+ and port \d+"
    r"(?![\s\S]{0,3000}?(?:timed out|gaierror|not known|refused))"
    r"|\bkind: (?:Connect|Io)\b(?![^\n]{0,200}(?:timed out|TimedOut|lookup|not known|refused))"
    r"|(?:failed|\(99\)): (?:cannot assign requested address|address not available)"
    r"|RS-DBI driver: \(could not connect"
)

_EACH_STEP = ("nc -vz {host} 5432", "lakepass doctor    # tries each step, and says which fails")

_SLOW_LOGIN = Advice(
    title="The login took longer than the server allows.",
    cause="The client connected, but sent its password too late: it minted the token in between, "
    "its event loop was blocked, or the network is slow.",
    fix="Have the token ready before connecting, and keep blocking calls out of the event loop.",
    lines=("lakepass doctor    # shows how long each step takes",),
)
_IDLE_CLOSED = Advice(
    title="An open connection was closed from the other side.",
    cause="The compute scaled to zero or was restarted, or something on the way ends connections "
    "that were idle for long. The connection that was in the pool was dead when it was used.",
    fix="Test connections before use, and drop those that were idle for long.",
    lines=(
        "# SQLAlchemy: create_engine(…, pool_pre_ping=True, pool_recycle=1800)",
        "# psycopg:    ConnectionPool(…, check=ConnectionPool.check_connection, max_idle=300)",
        "# Django:     CONN_HEALTH_CHECKS = True       Hikari: maxLifetime=1800000",
        "# node-postgres: idleTimeoutMillis: 30000, and pool.on('error', …)",
    ),
)
_IDLE_IN_TRANSACTION = Advice(
    title="The server ended a connection that sat idle in a transaction.",
    cause="A transaction was left open without a statement for longer than the server allows.",
    fix="Commit or roll back before slow work; do not keep a transaction open while you call "
    "other services.",
    lines=(),
)
_PRISMA_P1001 = Advice(
    title="Prisma could not reach the database in time.",
    cause="Prisma reports P1001 for a compute that is still waking (it waits 5 s), for a "
    "firewall, and for a host name that does not resolve.",
    fix="Give it more time for a compute that scales to zero; if that does not help, check "
    "whether the host answers.",
    lines=(
        "# in the URL: ?sslmode=require&connect_timeout=30&pool_timeout=30",
        "nc -vz {host} 5432",
    ),
)
_WAKING = Advice(
    cause="A compute that scaled to zero takes some seconds to wake, for which a short timeout leaves "
    "no time; otherwise a firewall drops the packets silently.",
    fix="Give it more time to connect, and try again. If it never connects, check whether the host "
    "answers.",
    lines=(
        "# asyncpg: connect(…, timeout=60), create_pool(…, timeout=60)    SQLAlchemy: connect_args=…",
        "nc -vz {host} 5432",
    ),
)
_OLD_LIBPQ = Advice(
    fix="Update the client library: libpq sends the name from version 14 on. And connect by the "
    "host name, not by an address or alias.",
    lines=(
        "psql --version    # below 14: install postgresql-client 14 or later",
        "python -c 'import psycopg2; print(psycopg2.__libpq_version__)'    # below 140000: update",
    ),
)
_CUT_OFF_IN_TLS = Advice(
    title="The other side ended the connection in the middle of the TLS handshake.",
    cause="Something on the way does not let this traffic through, such as a firewall that looks into "
    "TLS, or what answers at this host and port is no Postgres server with TLS.",
    fix="Check host and port. Try from another network; if that works, have this one let port 5432 "
    "through.",
    lines=_EACH_STEP,
)
_CLOSED_AT_LOGIN = Advice(
    title="The other side closed the connection during the login.",
    cause="It accepted the connection and ended it without saying why: the database was restarting, "
    "something on the way, such as a firewall or proxy, ends the traffic, or what listens at this host "
    "and port is not Postgres.",
    fix="Try again after a minute. If it still happens, check host and port, and try from another "
    "network.",
    lines=_EACH_STEP,
)
_NEON_DRIVER = Advice(
    title="The driver of Neon could not open a WebSocket to the database.",
    cause="@neondatabase/serverless reaches a database over WebSocket or HTTP, through a proxy that "
    "Neon runs for its own databases. Lakebase documents no such proxy.",
    fix="Use a driver that speaks the Postgres protocol: node-postgres (pg) or postgres.js.",
    lines=("npm install pg    # with Drizzle: drizzle-orm/node-postgres",),
)
_THIS_MACHINE = Advice(
    title="Nothing listens on this machine, where a driver looks when it is given no host.",
    cause="The program did not receive the address of the database, so its driver tried "
    "localhost; or it is meant to use a local server, which is not running.",
    fix="Give the program PGHOST, or a URL with the host. In an app, attach the database: it sets "
    "PGHOST.",
    lines=(
        "env | grep -E '^(PG|LAKEBASE_|DATABASE_URL)' | cut -d= -f1    # what is set",
        'eval "$(lakepass env)"    # PGHOST, PGPORT, PGDATABASE, PGUSER, PGSSLMODE',
    ),
)
_LOOK_FOR_THE_CAUSE = Advice(
    fix="Read on in the log: the line after “Caused by”, or the inner exception, says whether the "
    "name did not resolve, nothing answered, or the attempt was refused.",
    lines=_EACH_STEP,
)
_NO_WAY = Advice(
    title="This machine has no route to the address of the server.",
    cause="The name resolves to an IPv6 address and this network has only IPv4, to an address of a "
    "private link or VPN that is not connected, or the network as a whole is down.",
    fix="See to which addresses the name resolves, and whether this network reaches them. In a "
    "container without IPv6, enable it or have the name resolve to IPv4.",
    lines=("getent ahosts {host}", "nc -4 -vz {host} 5432    # over IPv4"),
)
_SHARED = Advice(
    title="One connection was used by two processes or threads at once.",
    cause="A connection that was open before a fork (gunicorn with --preload, Celery, "
    "multiprocessing) is used by parent and child, so the encrypted stream is mixed up.",
    fix="Open connections after the fork: dispose of the pool in each new process.",
    lines=(
        "# SQLAlchemy: engine.dispose(close=False) in the child, as in gunicorn's post_fork",
        "# Django:     connections.close_all() before forking",
    ),
)
_PRISMA_TLS = Advice(
    title="Prisma could not open a TLS connection.",
    cause="It does not trust the server's certificate, or cannot read a file that sslcert or "
    "sslidentity names in the URL.",
    fix="Connect by the host name of the Connect dialog, with sslmode=require, and take sslcert and "
    "sslidentity out of the URL unless an authority of your own is meant.",
    lines=("lakepass env    # the host name",),
)
_OLD_DRIVER = Advice(
    title="The driver is too old: it does not know SCRAM, which native passwords need.",
    cause="The server asks for a SCRAM login (authentication type 10), and this driver knows only "
    "older ones.",
    fix="Update the driver: pgjdbc 42.2 or later, libpq 10 or later, pg 7.10 or later.",
    lines=("psql --version",),
)
_POOLER_NOT_RESOLVED = Advice(
    title="PgBouncer could not look up the host name of the database.",
    cause="The name in its [databases] section is misspelt, its database was deleted, or the "
    "machine that PgBouncer runs on cannot resolve it.",
    fix="Look the name up where PgBouncer runs, and correct it in pgbouncer.ini. PgBouncer asks "
    "again by itself once the name resolves.",
    lines=("getent hosts {host}    # where PgBouncer runs",),
)
_MISUNDERSTOOD = Advice(
    fix="Update the driver. If that does not help, look at what stands between here and the "
    "database, and whether PGHOST and PGPORT are those of the database.",
    lines=("nc -vz {host} 5432",),
)

_NO_READABLE_SECONDARIES = Advice(
    title="The read-only host refuses the connection: the endpoint may have no readable secondaries.",
    cause="A host with -ro in its name serves secondaries, which exist only if they were enabled. "
    "Otherwise the instance is stopped, or an access list or private link keeps this network out.",
    fix="Connect to the read-write host, or have a manager of the project enable readable secondaries.",
    lines=(
        "export PGHOST={direct}",
        "databricks postgres get-endpoint {endpoint}    # group.enable_readable_secondaries",
    ),
)
_ALIAS = Advice(
    title="The certificate is not for the name {alias}, which was connected to.",
    cause="An alias in DNS, an address or a tunnel leads to the database under another name than its "
    "own; the service also finds the database by that name.",
    fix="Connect by the host name in the Connect dialog of the database; no certificate for another "
    "name helps.",
    lines=("export PGHOST={host}",),
)
_ENDED = Advice(
    title="The server ended an open connection: a restart, a fail-over, or scaling to zero.",
    cause="Connections that are open then are lost at once, and those in a pool fail when they are used "
    "next.",
    fix="Test connections before use, drop those that were idle for long, and repeat what was cut off.",
    lines=_IDLE_CLOSED.lines,
)
_HANDSHAKE = Advice(
    title="The service waited for the client's first message, and ended the connection.",
    cause="The client, or a proxy, load balancer or health check on the way, opened a connection and "
    "sent nothing, or something else than Postgres sends.",
    fix="Check what connects: a plain TCP health check needs no fix. Otherwise update the driver, "
    "connect without a proxy, and keep its event loop free while it connects.",
    lines=_EACH_STEP,
)
_STARTUP_PACKET = Advice(
    title="The service rejects the client's first message: its length is wrong.",
    cause="It must be shorter than 10,000 bytes: a token or long settings in `options` or in the "
    "application's name exceed that. Or what connects does not speak the Postgres protocol.",
    fix="Send the token as the password, and set settings after connecting (SET, or ALTER ROLE … SET).",
    lines=('printf %s "$PGOPTIONS$PGAPPNAME" | wc -c    # how long they are',),
)

SIGNS = (
    Sign("LP-506", r"canceling authentication due to timeout|\bclient_login_timeout\b(?!\s*=)",
         advice=_SLOW_LOGIN),
    Sign("LP-402", r"built without TLS support|\bNoTlsError\b|no TLS implementation configured"
                   r"|`:ssl` application is not started"),
    Sign("LP-402", r"The server requires (?:SSL|TLS)|SSL required|requires SSL"),
    Sign("LP-403", r"upgrade the postgres client library \(libpq\) for SNI support",
         advice=_OLD_LIBPQ),
    Sign("LP-405", r"requested endpoint could not be found"),
    Sign("LP-406", r"authentication type 10 is not supported|SCRAM authentication requires libpq"
                   r"|SCRAM authentication is not supported by this driver"
                   r"|none of the server's SASL authentication mechanisms are supported"
                   r"|authentication method 10 not supported|unknown authentication \w+:? 10"
                   r"|Auth type \w+ not implemented|AUTH_TYPE_NOT_IMPLEMENTED",
         advice=_OLD_DRIVER),
    Sign("LP-407", r"Unexpected server response: 101|attempts to open a WebSocket to connect to the "
                   r"database failed"
                   r"|Supabase instances through a websocket(?=[\s\S]{0,900}?ErrorEvent)",
         advice=_NEON_DRIVER),
    Sign("LP-407", r"invalid (?:frontend|backend) message type \d"),
    Sign("LP-407", r"Malformed password message|Protocol error\. +Session setup failed"
                   r"|expected authentication request from server, but received"
                   r"|unexpected authentication response|selected an invalid SASL authentication"
                   r"|received unexpected response to SSL request|Received unexpected backend message"
                   r"|received invalid (?:authentication request|error message|protocol negotiation"
                   r" message|BackendKeyData)|unexpected response from server; first received"
                   r"|AuthenticationSASLFinal received from server, but"
                   r"|unexpected message (?:type|from server)|lost synchronization with server"
                   r"|unknown response (?:for startup|\w for SSLRequest)",
         advice=_MISUNDERSTOOD),
    Sign("LP-408", r"\bP1011\b|Error opening a TLS connection", advice=_PRISMA_TLS),
    Sign("LP-408", r"PKIX path validation failed|certificate's CN name does not match"
                   r"|failed to verify certificate|invalid peer certificate"
                   r"|failed to parse server certificates"
                   # As the systems' own TLS says it: of macOS, and of Windows.
                   r"|certificate (?:is|was) not (?:trusted|standards compliant)"
                   r"|root certificate which is not trusted|target principal name is incorrect"
                   r"|RemoteCertificate(?:NameMismatch|ChainErrors)"
                   r"|\bInvalidD(?:NS|ns)Name\w*|(?:handshake failure[\s\S]{0,80}?)?\bbad_cert\b"
                   r"|\bunknown[_ ]ca\b|\bUnknownIssuer\b|hostname_check_failed"),
    Sign("LP-409", r"There was an error establishing an SSL connection|without ALPN"
                   r"|Server support for SSL connection is disabled|could not initiate SSL connection"
                   r"|with unexpected ALPN protocol"),
    Sign("LP-409", r"\bkind: Tls\b"),
    Sign("LP-404", r"address not in tenant allow_list"),
    Sign("LP-409", r"No SSL enabled connection from this host|\) ssl not available"
                   r"|Could not initialize SSL connection"),
    Sign("LP-409", r"Exception while performing SSL handshake|remote party (?:has )?sent a TLS alert"
                   r"|SSL Handshake failed with OpenSSL error"),
    Sign("LP-409", r"received fatal alert|handshake[ _]?failure|error performing TLS handshake"
                   r"|establish a TLS connection"),
    Sign("LP-501", r"\b(?P<direct>[\w-]+)-ro\.[\s\S]{0,200}?(?P<said>External authorization failed)",
         advice=_NO_READABLE_SECONDARIES),
    Sign("LP-407", r"Client handshake timeout", advice=_HANDSHAKE),
    Sign("LP-407", r"Invalid length of startup packet|Invalid SSL request message length",
         advice=_STARTUP_PACKET),
    Sign("LP-408", r"Hostname mismatch, certificate is not valid for '(?P<alias>[^'\n]+)'",
         advice=_ALIAS),
    Sign("LP-408", r"for \"(?P<alias>[^\"\n]+)\"[^\n]{0,40} does not match host name", advice=_ALIAS),
    Sign("LP-503", r"terminating connection due to administrator command", advice=_ENDED),
    Sign("LP-503", r"endpoint is temporar(?:il)?y unavailable|establish connection to pageserver"),
    Sign("LP-505", r"server DNS lookup failed|\bWARNING (?:DNS )?lookup failed: \S+: result=",
         advice=_POOLER_NOT_RESOLVED),
    Sign("LP-505", r"non-existing domain|\bnxdomain\b|Dns\.GetHost(?:Entry|Addresses)"),
    Sign("LP-506", r"\bP1001\b|Can't reach database server at", advice=_PRISMA_P1001),
    Sign("LP-506", r"timeout occurred while creating a new object"
                   r"|connected party did not properly respond|UND_ERR_CONNECT_TIMEOUT"),
    Sign("LP-506", r"\bP1002\b|database server .{0,80} was reached but timed out"),
    Sign("LP-506", r"SocketTimeoutException: Read timed out(?=[\s\S]{0,900}?org\.postgresql)"),
    Sign("LP-506", r"asyncpg[/\\](?:connection|connect_utils)\.py\"?, line \d+, in \w*connect\w*"
                   r"[\s\S]{0,3000}?(?P<said>\b(?:asyncio\.(?:exceptions\.)?)?TimeoutError\b)",
         advice=_WAKING),
    Sign("LP-507", r"asyncpg[/\\]connect_utils\.py\"?, line \d+[\s\S]{0,3000}?"
                   r"(?P<said>(?:ConnectionRefused|OS)Error: [^\n]{0,40}Connect call failed)"),
    Sign("LP-506", r"NpgsqlException[^\n]{0,40}: The operation has timed out|SSL error: Read timed out"
                   r"|\bP1008\b|tcp connect[^\n]{0,80}: (?:connection timed out|timeout) - :"),
    Sign("LP-506", r"TimeoutException[\s\S]{0,400}?Npgsql\.(?:Internal\.)?NpgsqlConnector\."
                   r"(?:Connect|Raw)"
                   r"|Exception while connecting[\s\S]{0,120}?TimeoutException"),
    Sign("LP-506", r"Failed to connect to [\s\S]{0,200}?operation has timed out"),
    Sign("LP-506", r"dial error \(timeout|Connection attempt timed out|connect_timeout"
                   r" expired|could not connect to server: (?:connection|operation) timed out"),
    Sign("LP-507", r"terminating connection due to idle-in-transaction timeout",
         advice=_IDLE_IN_TRANSACTION),
    Sign("LP-507", r"PQconsumeInput\(\) SSL error|decryption failed or bad record mac"
                   r"|SYSCALL error: (?:Socket operation on non-socket|Bad file descriptor)",
         advice=_SHARED),
    Sign("LP-507", r"(?:port \d+|connection) failed: (?:connection to server[^\n]{0,200}? failed: )?"
                   r"server closed the connection unexpectedly"
                   r"|EndOfStreamException(?=[\s\S]{0,2500}?NpgsqlConnector\.(?:Authenticate|RawOpen))"
                   r"|connect_utils\.py[\s\S]{0,2500}?connection was closed in the middle of operation"
                   r"|EOFException(?=[\s\S]{0,120}?\bat org\.postgresql\.core\.PGStream(?![\s\S]{0,300}?"
                   r"enableSSL))",
         advice=_CLOSED_AT_LOGIN),
    Sign("LP-507", r"EOFException(?=[\s\S]{0,120}?\bat org\.postgresql\.core\.PGStream[\s\S]{0,300}?"
                   r"enableSSL)"
                   r"|Remote host terminated the handshake|SSL_ERROR_SYSCALL"
                   r"|disconnected before secure TLS connection", advice=_CUT_OFF_IN_TLS),
    Sign("LP-507", r"(?:ECONNREFUSED|connect call failed|connection refused)[^\n]{0,40}"
                   r"(?:127\.0\.0\.1|::1|localhost)[^\n]{0,20}\b5432\b|connection to server at \""
                   r"(?:127\.0\.0\.1|::1|localhost)\"[^\n]{0,30}port 5432 failed: (?:Connection refused"
                   r"|could not connect)|dial tcp (?:127\.0\.0\.1|\[::1\]):5432: connect: "
                   r"connection refused", advice=_THIS_MACHINE),
    Sign("LP-507", r"network is unreachable|no route to host|\bENETUNREACH\b|\bEHOSTUNREACH\b",
         advice=_NO_WAY),
    Sign("LP-507", r"pg8000\S*InterfaceError: network error", advice=_IDLE_CLOSED),
    Sign("LP-507", _DROPPED, advice=_IDLE_CLOSED),
    Sign("LP-507", _NOT_REACHED, unless="LP-408 LP-505 LP-506", advice=_LOOK_FOR_THE_CAUSE),
    Sign("LP-507", r"The connection attempt failed\.", is_sure=False,
         unless="LP-408 LP-505 LP-506", advice=_LOOK_FOR_THE_CAUSE),
    Sign("LP-411", r"(?:database|lakebase) instance [\"']?(?P<instance>[\w-]+)[\"']? is (?:stopped"
                   r"|not (?:running|in (?:the )?AVAILABLE state))"),
    Sign("LP-411", r"instance [\"']?(?P<instance>[\w-]+)[\"']? is not in (?:the )?AVAILABLE state"),
    Sign("LP-411", r"database instance (?P<instance>[\w-]+) is not in a valid state"
                   r"[\s\S]{0,80}?STOPPED"),
    Sign("LP-510", r"project has exceeded|exceeded the (?:compute time|data transfer|storage)"
                   r"|compute time quota|project size limit|limit of concurrently active"
                   r"|active endpoints limit exceeded"),
)  # fmt: skip
