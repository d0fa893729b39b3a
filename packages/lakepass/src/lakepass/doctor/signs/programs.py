"""Signs of faults in how a program is put together: packages that are missing, and its event loops."""

from lakepass.doctor.signs.sign import URL_OF_JDBC, Advice, Sign

_NEAR_A_DRIVER = r"(?:asyncpg|psycopg|sqlalchemy)"

_NO_GREENLET = Advice(
    title="The package greenlet, which SQLAlchemy's asyncio support needs, is not installed.",
    cause="SQLAlchemy installs it by itself on some platforms only, and from 2.1 on none.",
    fix="Install SQLAlchemy with its extra for asyncio.",
    lines=('pip install "sqlalchemy[asyncio]"',),
)
_OUTSIDE_OF_ASYNC = Advice(
    title="SQLAlchemy had to query the database where nothing can be awaited.",
    cause="An attribute that was not loaded, or had expired, was read outside of an awaited call of "
    "AsyncSession; or an async driver is used with create_engine() instead of create_async_engine().",
    fix="Load in the query what is used later, and do not let commits expire it.",
    lines=(
        "async_sessionmaker(engine, expire_on_commit=False)",
        "select(Order).options(selectinload(Order.lines))    # loads the lines with the orders",
    ),
)
_NO_SQLALCHEMY = Advice(
    title="SQLAlchemy is not installed.",
    cause="Lakepass installs neither it nor a driver by itself, so that you can choose.",
    fix="Install lakepass with the extra, which brings SQLAlchemy and asyncpg.",
    lines=('pip install "lakepass[sqlalchemy]"',),
)
_ANOTHER_LOOP = Advice(
    title="A connection was used in another event loop than the one it was opened in.",
    cause="A pool or engine was made when the module was imported, or by an earlier asyncio.run() or "
    "test, and its connections belong to that loop, which may be closed.",
    fix="Make the pool in the loop that uses it: in the application's start-up, or once for each test.",
    lines=(
        "# FastAPI: make the engine in the lifespan, and await engine.dispose() at its end",
        "# pytest:  a fixture that makes the engine, of the same loop scope as the tests",
    ),
)
_LOOP_OF_WINDOWS = Advice(
    title="psycopg cannot use the event loop that asyncio takes on Windows.",
    cause="Windows' default, ProactorEventLoop, does not tell when a socket is ready.",
    fix="Run the program in a SelectorEventLoop.",
    lines=(
        "asyncio.run(main(), loop_factory=asyncio.SelectorEventLoop)    # Python 3.12 or later",
    ),
)
_NO_ODBC_DRIVER = Advice(
    title="The ODBC driver for Postgres is not installed where the driver manager looks.",
    cause="odbcinst.ini names a file that is not there, or there is no entry for Postgres.",
    fix="Install psqlODBC, and compare the path in odbcinst.ini with the file.",
    lines=(
        "sudo apt-get install odbc-postgresql    # Debian and Ubuntu; elsewhere: psqlodbc",
        "odbcinst -q -d                          # the drivers that are registered",
    ),
)
_NO_GO_DRIVER = Advice(
    title="The program was built without a driver for Postgres.",
    cause="In Go a driver is there only if a package of the program imports it; command line tools "
    "leave out those that were not asked for at build time.",
    fix="Import the driver, or build the tool with it.",
    lines=(
        '_ "github.com/jackc/pgx/v5/stdlib"    // or _ "github.com/lib/pq"',
        "go install -tags 'postgres' github.com/golang-migrate/migrate/v4/cmd/migrate@latest",
    ),
)
_NO_JDBC_DRIVER = Advice(
    title="The JDBC driver of Postgres is not on the class path.",
    cause="The URL has its form, but the program was started without the driver's jar.",
    fix="Add the driver where the program's other packages come from.",
    lines=(
        "org.postgresql:postgresql    # as a dependency of Maven or Gradle, scope runtime",
        "spark-submit --packages org.postgresql:postgresql:42.7.4 …",
    ),
)
_NO_SCRAM_OF_JDBC = Advice(
    title="The JDBC driver of Postgres lacks a part of its own, com.ongres.scram.",
    cause="The driver's jar was copied without the packages that it needs, or is a jar for Java 6 or 7.",
    fix="Use the complete jar of the driver, for the Java that runs it.",
    lines=("org.postgresql:postgresql    # as a dependency of Maven or Gradle, not as a file",),
)
_NO_FLYWAY_MODULE = Advice(
    title="Flyway has no module for this Postgres.",
    cause="From version 10 on the support of each database is a package of its own, and an older Flyway "
    "does not know newer versions of Postgres.",
    fix="Add the package beside flyway-core, in the same version, and update both.",
    lines=("org.flywaydb:flyway-database-postgresql    # as a dependency of Maven or Gradle",),
)
_FOR_ANOTHER_PYTHON = Advice(
    title="The driver was installed for another version of Python or another system.",
    cause="Its Python files are there, and the compiled part for this interpreter is not: the folder "
    "was copied from another machine or image, or Python was updated.",
    fix="Install it again where the program runs.",
    lines=("python -m pip install --force-reinstall PACKAGE    # psycopg2-binary, asyncpg, …",),
)
_NO_LIBPQ = Advice(
    title="psycopg does not find libpq, the client library of Postgres.",
    cause="psycopg2 and psycopg are built against libpq, and this machine or image does not have it.",
    fix="Install the packages that bring it along, or libpq itself.",
    lines=(
        'pip install "psycopg[binary]"    # or psycopg2-binary',
        "apt-get install libpq5           # or libpq-dev, to build it",
    ),
)

SIGNS = (
    Sign("LP-142", r"could not find driver \(Connection: pgsql"),
    Sign("LP-142", r"Can't open lib '[^'\n]*(?:psqlodbc|PostgreSQL)[^'\n]*'"
                   r"|Specified driver could not be loaded[^\n]{0,120}psqlodbc", advice=_NO_ODBC_DRIVER),
    Sign("LP-142", r"driver '(?:postgres|pgx)\w*' not found", advice=_NO_GO_DRIVER),
    Sign("LP-142", r"unknown driver \"?(?:postgres|pgx)\w*\"? \(forgotten import\?\)",
         advice=_NO_GO_DRIVER),
    Sign("LP-147", r"unrecognized configuration parameter \"transaction_timeout\""),
    Sign("LP-147", r"aborting because of server version mismatch|invalid command \\\\?restrict\b"
                   r"|pg_dump version: \d|unsupported version \(1\.\d+\) in file header"),
    Sign("LP-142", r"libpq\.so\.5: cannot open shared object|Library not loaded: [^\n]*libpq"
                   r"|pg_config executable not found", advice=_NO_LIBPQ),
    Sign("LP-142", r"ClassNotFoundException: org\.postgresql\.Driver|No suitable driver found for "
                   rf"jdbc:postgresql:{URL_OF_JDBC}"
                   r"|(?:load|find) (?:JDBC )?driver class:? '?org\.postgresql", advice=_NO_JDBC_DRIVER),
    Sign("LP-142", r"(?:ClassNotFoundException|NoClassDefFoundError): com[./]ongres[./]scram",
         advice=_NO_SCRAM_OF_JDBC),
    Sign("LP-142", r"No module named '(?:psycopg2\._psycopg|asyncpg\.p\w+(?:\.\w+)*)'",
         advice=_FOR_ANOTHER_PYTHON),
    Sign("LP-142", r"No database found to handle jdbc:postgresql|Unsupported Database: PostgreSQL",
         advice=_NO_FLYWAY_MODULE),
    Sign("LP-142", r"pg is not part of the bundle"),
    Sign("LP-142", r"No module named '(?:asyncpg|psycopg2?)'|Cannot find module 'pg'|no pq wrapper "
                   r"available|Error loading psycopg2 or psycopg module"),
    Sign("LP-142", r"greenlet(?:'|\")? library is required|requires that the Python 'greenlet' library"
                   r"|No module named '?greenlet", advice=_NO_GREENLET),
    Sign("LP-142", r"\bMissingGreenlet\b|greenlet_spawn has not been called", advice=_OUTSIDE_OF_ASYNC),
    Sign("LP-142", r"lakepass[/\\][\s\S]{0,3000}?(?P<said>No module named '?sqlalchemy)",
         advice=_NO_SQLALCHEMY),
    Sign("LP-144", r"cannot use the 'ProactorEventLoop'", advice=_LOOP_OF_WINDOWS),
    Sign("LP-511", r"(?:attached to a different loop|Event loop is closed|is bound to a different event "
                   rf"loop)(?=[\s\S]{{0,2000}}?{_NEAR_A_DRIVER})"
                   rf"|{_NEAR_A_DRIVER}[\s\S]{{0,2000}}?(?P<said>attached to a different loop"
                   r"|Event loop is closed|is bound to a different event loop)", advice=_ANOTHER_LOOP),
)  # fmt: skip
