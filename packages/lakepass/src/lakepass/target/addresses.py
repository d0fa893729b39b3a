"""The address of a database for libpq and JDBC; never with a password.

Source of the parameters: PostgreSQL documentation, "Parameter Key Words" and "Environment
Variables"; pgJDBC documentation, "Connecting to the database".
"""

from urllib.parse import quote, urlencode

from lakepass.target.settings import SYSTEM_AUTHORITIES, Location, Target


def libpq_url(target: Target, location: Location, role: str) -> str:
    """A URL for libpq; role and database percent-encoded."""
    query = {"sslmode": target.sslmode, "application_name": target.application_name}
    if rootcert := rootcert_for_libpq(target):
        query["sslrootcert"] = rootcert
    address = f"{quote(role, safe='')}@{location.host}:{target.port}"
    return f"postgresql://{address}/{quote(target.database, safe='')}?{urlencode(query)}"


def jdbc_url(target: Target, location: Location, role: str) -> str:
    """A URL for JDBC; role and database percent-encoded."""
    query = {
        "user": role,
        "sslmode": target.sslmode,
        "ApplicationName": target.application_name,
        "gssEncMode": "disable",  # the service's gateway refuses to negotiate it
    }
    if target.sslrootcert and target.sslrootcert != SYSTEM_AUTHORITIES:
        query["sslrootcert"] = target.sslrootcert
    elif target.sslmode == "verify-full":
        # The authorities of the Java runtime; pgJDBC would otherwise look in ~/.postgresql.
        query["sslfactory"] = "org.postgresql.ssl.DefaultJavaSSLFactory"
    address = f"{location.host}:{target.port}/{quote(target.database, safe='')}"
    return f"jdbc:postgresql://{address}?{urlencode(query, quote_via=quote)}"


def libpq_variables(target: Target, location: Location, role: str) -> dict[str, str]:
    """PG* variables for psql and other programs that use libpq."""
    variables = {
        "PGHOST": location.host,
        "PGPORT": str(target.port),
        "PGDATABASE": target.database,
        "PGUSER": role,
        "PGSSLMODE": target.sslmode,
        "PGAPPNAME": target.application_name,
        "PGGSSENCMODE": "disable",  # the service's gateway refuses to negotiate it
    }
    if rootcert := rootcert_for_libpq(target):
        variables["PGSSLROOTCERT"] = rootcert
    return variables


def rootcert_for_libpq(target: Target) -> str:
    """The sslrootcert for libpq: by default the system's authorities, not the file in ~/.postgresql."""
    if target.sslrootcert or target.sslmode != "verify-full":
        return target.sslrootcert
    return SYSTEM_AUTHORITIES
