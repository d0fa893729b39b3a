"""Faults of the connection to the database: TLS, names, networks, computes."""

from lakepass.diagnoses.diagnosis import VERIFIED, Diagnosis

_GATEWAY = "github.com/agrawroh/envoy, `contrib/databricks_sql_proxy`"
_PROXY = "github.com/neondatabase/neon, `proxy/src`"
_POSTGRES = "PostgreSQL's source, postinit.c"
_STRINGS = "Databricks docs, “Connection strings”"
_ZERO = "Databricks docs, “Scale to zero”"

ROWS = (
    Diagnosis(
        "LP-401",
        "There is no database with this name.",
        "A new Lakebase has one database, databricks_postgres. `main` is the name of a catalog, "
        "and `databricks-postgres` (with a hyphen) the id of the resource.",
        "Set PGDATABASE; a new Lakebase has one database, databricks_postgres.",
        ("export PGDATABASE={there}",),
        symptom='database "…" does not exist',
        source=f"{_STRINGS}; {_POSTGRES}",
    ),
    Diagnosis(
        "LP-402",
        "Client and server did not agree on TLS.",
        "The service accepts only TLS, negotiated as Postgres does; a client with "
        "PGSSLMODE=disable, or a proxy on the way, does not offer it.",
        "Set PGSSLMODE=verify-full, and check what stands between here and the database.",
        VERIFIED,
        symptom="Insecure connection. Ensure that connection is using SSL.; Invalid protocol "
        "version.",
        source=_GATEWAY,
    ),
    Diagnosis(
        "LP-403",
        "The TLS handshake did not say which database is wanted.",
        "The service finds the database by the host name in the handshake (SNI). A client that "
        "connects to an address or an alias, or an old libpq, does not send it.",
        "Connect by the host name of the database, not by an address or alias.",
        ("export PGHOST=ep-<words>.database.<region>.cloud.databricks.com",),
        symptom="Connection does not have SNI.; Endpoint ID is not specified.",
        source=f"{_GATEWAY}; {_PROXY}",
    ),
    Diagnosis(
        "LP-404",
        "An IP access list blocks this address.",
        "It is checked before the role and the password, so no credential helps.",
        "Add this network to the workspace's or the project's IP access list.",
        ("databricks ip-access-lists list",),
        symptom="This IP address … is not allowed to connect to this endpoint",
        source=_PROXY,
    ),
    Diagnosis(
        "LP-405",
        "The endpoint is disabled or no longer exists.",
        "It was disabled or deleted, or the host name is that of a deleted branch.",
        "Enable it, or point LAKEBASE_ENDPOINT at one that exists.",
        ("databricks postgres get-endpoint {endpoint}",),
        symptom="endpoint is disabled; endpoint cannot be found",
        source=_PROXY,
    ),
    Diagnosis(
        "LP-406",
        "The driver uses a version of the Postgres protocol that the service does not support.",
        "The service supports 3.0; libpq 18 can be configured to request a newer one.",
        "Use protocol 3.0 (libpq: max_protocol_version=3.0).",
        ("unset PGMINPROTOCOLVERSION PGMAXPROTOCOLVERSION",),
        symptom="Unsupported frontend protocol 3.2. Server supports 3.0 to 3.0",
        source=_GATEWAY,
    ),
    Diagnosis(
        "LP-407",
        "The server and the driver did not understand each other.",
        "Something on the way changes or cuts off the traffic, or PGHOST is not a Postgres server.",
        "Check what stands between here and the database.",
        source="PostgreSQL documentation, “Error Codes”, class 08",
    ),
    Diagnosis(
        "LP-408",
        "The server's certificate is not trusted for this host name.",
        "It is for another name, from an authority that this machine does not know, or it has "
        "expired. A proxy that intercepts TLS looks the same.",
        "Check PGHOST; behind a private authority set PGSSLROOTCERT to its certificate.",
        ("export PGSSLROOTCERT=<file with the authority's certificate, PEM>",),
        symptom="certificate verify failed; PKIX path building failed",
        source="PostgreSQL documentation, “SSL Support”",
    ),
    Diagnosis(
        "LP-409",
        "The TLS handshake failed.",
        "Whatever responds at this host and port does not support TLS as Postgres uses it.",
        "Check PGHOST and PGPORT, and what stands between here and the database.",
        symptom="SSL error; server does not support SSL",
        source="PostgreSQL documentation, “SSL Session Encryption”",
    ),
    Diagnosis(
        "LP-411",
        "The database is stopped.",
        "It was stopped or disabled manually; no login wakes it.",
        "Start it.",
        (
            "# an endpoint of a project, or an instance of the older API",
            "databricks postgres update-endpoint {endpoint} spec.disabled \\",
            '  --json \'{{"spec": {{"disabled": false}}}}\'',
            "databricks database update-database-instance {instance} stopped \\",
            "  --json '{{\"stopped\": false}}'",
        ),
        symptom="External authorization failed.",
        source=f"databricks-sdk, `service/database.py`; {_GATEWAY}",
    ),
    Diagnosis(
        "LP-412",
        "A pooler on the way does not support prepared statements.",
        "In transaction mode each transaction may run on another server connection, which does not have "
        "the statements that the driver prepared on the last one.",
        "Connect to the host without -pooler, or disable the driver's statement cache.",
        (
            "# asyncpg:    asyncpg.create_pool(…, statement_cache_size=0)",
            "# SQLAlchemy: connect_args={{'statement_cache_size': 0,",
            "#              'prepared_statement_name_func': lambda: f'__asyncpg_{{uuid4()}}__'}}",
            "# psycopg:    prepare_threshold=None      JDBC: prepareThreshold=0",
            "# Prisma:     ?pgbouncer=true             postgres.js: prepare: false",
        ),
        symptom='prepared statement "…" already exists; prepared statement "…" does not exist',
        source="asyncpg documentation, “Frequently Asked Questions”; SQLAlchemy documentation, "
        "“PostgreSQL”",
    ),
    Diagnosis(
        "LP-413",
        "The pooler rejects a parameter that the client sends at startup.",
        "A pooled server connection is shared, so the pooler passes on only a few of the settings "
        "that a client may request when it connects.",
        "Connect to the host without -pooler, or set it after connecting: SET, or ALTER ROLE … SET.",
        ("ALTER ROLE {role_quoted} SET {parameter} = '…';    -- as its owner, once",),
        symptom="unsupported startup parameter: search_path; unsupported startup parameter in "
        "options: statement_timeout",
        source="github.com/pgbouncer/pgbouncer, `src/client.c`; Neon documentation, “Connection "
        "errors”",
    ),
    Diagnosis(
        "LP-499",
        "The login failed for a reason unknown to Lakepass.",
        "Lakepass does not recognise the server's message.",
        "Read the server's message above.",
    ),
    Diagnosis(
        "LP-501",
        "The service refuses the connection: a stopped instance, an access list or private link; "
        "for some seconds also after a branch or project was created.",
        "The service sends the same message for all of them.",
        "Start the instance, and check the IP access list and private link.",
        ("lakepass doctor    # shows which", "databricks ip-access-lists list"),
        symptom="External authorization failed.",
        source=_GATEWAY,
    ),
    Diagnosis(
        "LP-502",
        "The database has no connections left.",
        "Every process has its own pool, so there can be processes × (pool_size + max_overflow) "
        "connections. The limit depends on the size of the compute.",
        "Lower the pool size: connections are processes times (pool_size + max_overflow).",
        ("engine = lake.async_engine(pool_size=5, max_overflow=5)",),
        symptom="sorry, too many clients already; remaining connection slots are reserved",
        source="Databricks docs, “Manage computes”",
    ),
    Diagnosis(
        "LP-503",
        "The database is waking up, restarting or failing over.",
        "Computes that scale to zero take some seconds to wake; so does a restart or a fail-over.",
        "Look at its state in the workspace, or raise connect_deadline_s.",
        symptom="the database system is starting up; terminating connection due to administrator "
        "command; Couldn't connect to compute node",
        source=f"{_ZERO}; {_PROXY}",
    ),
    Diagnosis(
        "LP-504",
        "The connection broke before the login was complete.",
        "Server or network ended it (SQLSTATE class 08).",
        "Check the network, or raise connect_deadline_s.",
        source="PostgreSQL documentation, “Error Codes”, class 08",
    ),
    Diagnosis(
        "LP-505",
        "The host name does not resolve.",
        "It is misspelt, its database was deleted, or this name server does not know it: with "
        "private link the name is in a private DNS zone.",
        "Check PGHOST, and the DNS server (with private link: its private zone).",
        ("getent hosts {host}",),
        symptom="could not translate host name; Name or service not known; getaddrinfo ENOTFOUND; "
        "UnknownHostException",
        source=_STRINGS,
    ),
    Diagnosis(
        "LP-506",
        "The server did not answer in time.",
        "A compute that scaled to zero is still waking, a firewall drops the packets silently, or the "
        "network is slow.",
        "Try again with more time (connect_deadline_s; libpq: PGCONNECT_TIMEOUT), and check that the "
        "firewall allows outgoing traffic on port 5432.",
        ("nc -vz {host} {port}",),
        symptom="timeout expired; connection timed out; ETIMEDOUT",
        source=_STRINGS,
    ),
    Diagnosis(
        "LP-507",
        "The server refused or dropped the connection.",
        "Nothing listens at this host and port, or something on the way cuts connections off.",
        "Check PGHOST and PGPORT and that the database is running.",
        ("nc -vz {host} {port}",),
        symptom="connection refused; connection reset by peer; ECONNREFUSED; server closed the "
        "connection unexpectedly",
        source=_STRINGS,
    ),
    Diagnosis(
        "LP-508",
        "The pools may open more connections than the database has.",
        "When all of them are open, the next one is refused; other programs need some too.",
        "Lower pool_size or the number of processes, or use a larger compute.",
        ("engine = lake.async_engine(pool_size={fitting}, max_overflow=0)",),
        source="Databricks docs, “Manage computes”",
    ),
    Diagnosis(
        "LP-509",
        "All connections of the program's own pool are in use.",
        "A request waited too long for one: connections are held during slow work or never "
        "returned, or the program needs more of them.",
        "Return connections before slow work begins; only then make the pool larger.",
        ("engine = lake.async_engine(pool_size=10, max_overflow=10, pool_timeout=10)",),
        symptom="QueuePool limit of size … overflow … reached; couldn't get a connection after …",
        source="SQLAlchemy documentation, “Error Messages” (3o7r); psycopg documentation, "
        "“Connection pools”",
    ),
    Diagnosis(
        "LP-510",
        "The quota of the account or project is used up.",
        "The service stops computes when a limit on compute time, storage or transfer is "
        "reached. Retrying does not help.",
        "Raise the limit or the plan, or wait until the period ends.",
        symptom="Your account or project has exceeded the compute time quota.",
        source="github.com/neondatabase/neon, `proxy/src`; github.com/PeerDB-io/peerdb/issues/3780",
    ),
    Diagnosis(
        "LP-511",
        "The program used a pool or connection that it had already closed, or not opened yet.",
        "The pool was closed at shutdown, or by a block that ended, while something still used it; or "
        "it was used before it was opened, or in a process that was forked after it was opened.",
        "Open the pool once when each process starts, and close it when all that use it have ended.",
        ("async with pool: ...    # psycopg; in FastAPI: in the lifespan",),
        symptom="the pool 'pool-1' is not open yet; pool is closed; Cannot use a pool after calling "
        "end on the pool",
        source="psycopg documentation, “Connection pools”; node-postgres documentation, “pg.Pool”",
    ),
)
