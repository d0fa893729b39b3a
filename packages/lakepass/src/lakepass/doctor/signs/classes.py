"""Signs that are the same in every language: the classes that drivers raise, one for each SQLSTATE, and
the codes with which Windows refuses a connection.

The text of the message says more where it is recognised; then the class alone does not count.
"""

from lakepass.doctor.signs.settings import READ_ONLY
from lakepass.doctor.signs.sign import CATALOGUE_ADVICE, Advice, Sign

# Of psycopg 2 and 3, asyncpg, and Ruby's pg; Postgrex prints the condition's name in parentheses.
_OF_A_DRIVER = (
    r"(?:psycopg2?\.errors\.|asyncpg\.(?:exceptions\.)?(?:_base\.)?|\bPG::){}(?:Error)?\b"
)
_NOT_LOGGED_IN = " ".join(f"LP-{number}" for number in range(301, 320))
_NOT_ALLOWED = " ".join(f"LP-{number}" for number in (138, 302, 303, 304, 310, *range(601, 618)))


def _raised(
    code: str,
    name: str,
    *,
    unless: str = "",
    advice: Advice = CATALOGUE_ADVICE,
    is_sure: bool = True,
) -> Sign:
    """The sign of a class. name: in CamelCase, as psycopg spells it."""
    condition = "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")
    pattern = rf"{_OF_A_DRIVER.format(name)}|\b[0-9A-Z]{{5}} \({condition}\)"
    return Sign(code, pattern, is_sure, unless=f"{code} {unless}".strip(), advice=advice)


SIGNS = (
    _raised("LP-308", "InvalidPassword", unless=_NOT_LOGGED_IN),
    _raised("LP-401", "InvalidCatalogName"),
    _raised("LP-601", "InvalidSchemaName"),
    _raised("LP-608", "UndefinedTable"),
    _raised("LP-606", "InsufficientPrivilege", unless=_NOT_ALLOWED, is_sure=False),
    _raised("LP-502", "TooManyConnections"),
    _raised("LP-503", "AdminShutdown"),
    _raised("LP-503", "CrashShutdown"),
    _raised("LP-503", "CannotConnectNow"),
    _raised("LP-138", "ReadOnlySqlTransaction", advice=READ_ONLY),
    _raised("LP-611", "InFailedSqlTransaction"),
    _raised("LP-615", "DeadlockDetected"),
    _raised("LP-612", "LockNotAvailable"),
    _raised("LP-616", "OutOfMemory"),
    _raised("LP-616", "DiskFull"),
    _raised("LP-412", "InvalidSqlStatementName"),
    _raised("LP-412", "DuplicatePreparedStatement"),
    Sign("LP-507", r"\(0x0000274D/10061\)", unless="LP-507"),
    Sign("LP-506", r"\(0x0000274C/10060\)", unless="LP-506"),
    Sign("LP-505", r"\(0x00002AF9/11001\)", unless="LP-505"),
)  # fmt: skip
