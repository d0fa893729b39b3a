"""Settings that sessions start with, and under which ordinary statements fail.

They come from PGOPTIONS, or from ALTER ROLE … SET and ALTER DATABASE … SET (PostgreSQL
documentation, “Setting Parameters”).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lakepass.commands import grants
from lakepass.doctor.session import Session
from lakepass.doctor.situation import Findings, Situation

# Time limits: below so many milliseconds an ordinary app fails, and how.
_LEAST_MS: Mapping[str, tuple[int, str]] = {
    "statement_timeout": (100, "cancels every statement that takes longer"),
    "transaction_timeout": (100, "ends the session of every transaction that takes longer"),
    "idle_in_transaction_session_timeout": (
        100,
        "ends every session that waits longer for the next statement of a transaction",
    ),
    "idle_session_timeout": (1000, "ends every session that is idle for longer, as in a pool"),
    "lock_timeout": (20, "cancels every statement that waits longer for a lock"),
}
TIME_LIMITS = list(_LEAST_MS)
_UNITS_MS = {"us": 0.001, "": 1.0, "ms": 1.0, "s": 1e3, "min": 60e3, "h": 3600e3, "d": 86400e3}
# As Postgres applies them: the first of a name takes precedence (`postinit.c`, process_settings).
_SET_HERE = """
    select split_part(one, '=', 1), substr(one, strpos(one, '=') + 1),
        case when setrole = 0 then 'database'
            when setdatabase = 0 then 'user' else 'database user' end
    from pg_db_role_setting, unnest(setconfig) as one
    where (setrole, setdatabase) <> (0, 0)
        and setdatabase in (0, (select oid from pg_database where datname = current_database()))
        and setrole in (0, (select oid from pg_roles where rolname = session_user))
    order by setrole = 0, setdatabase = 0
"""
_NOW = "select name, setting from pg_settings where name = any($1)"
# Where a default comes from, by Postgres's name for its source; what changes it.
_CHANGES = {
    "user": "ALTER ROLE {role} {change}",
    "database user": "ALTER ROLE {role} IN DATABASE {database} {change}",
    "database": "ALTER DATABASE {database} {change}",
}


@dataclass(frozen=True, slots=True)
class Default:
    """A setting that was made for the role or the database. source: as in `pg_settings`."""

    name: str
    value: str
    source: str


def is_a_default(source: str) -> bool:
    """Whether a setting with this source was made for the role or the database."""
    return source in _CHANGES


def changed(source: str, change: str, situation: Situation) -> str:
    """The statement that changes a default where it was made, such as with RESET search_path."""
    [(role, database)] = situation.logged_in().rows("select session_user, current_database()")
    return _CHANGES[source].format(
        role=grants.quoted(role), database=grants.quoted(database), change=change
    )


def defaults(session: Session) -> dict[str, Default]:
    """What was set for the role, for the database, or for both."""
    found: dict[str, Default] = {}
    for name, value, source in session.rows(_SET_HERE):
        found.setdefault(str(name).lower(), Default(str(name), str(value), str(source)))
    return found


def look(situation: Situation, findings: Findings) -> None:
    """Report the defaults of this role in this database, and time limits that are too short."""
    found = defaults(situation.logged_in())
    for one in found.values():
        findings.saw(f"set for this {one.source}: {one.name} = {one.value}")
    values = {name: _milliseconds(one.value) for name, one in found.items()}
    for name, does in _too_short(values):
        one = found[name]
        what = f"{one.name} is {one.value} for this {one.source}: it {does}."
        reset = changed(one.source, f"RESET {one.name}", situation)
        findings.fault("LP-614", what, reset=reset, setting=name)


def too_short(trial: Session) -> list[tuple[str, str]]:
    """The time limits of a session that are too short, and what each does."""
    return _too_short({str(name): float(ms) for name, ms in trial.rows(_NOW, list(_LEAST_MS))})


def _too_short(values: Mapping[str, float]) -> list[tuple[str, str]]:
    return [
        (name, does)
        for name, (least, does) in _LEAST_MS.items()
        if 0 < values.get(name, 0.0) < least
    ]


def _milliseconds(value: str) -> float:
    """0 if it is not a time."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d|)\s*", value)
    return float(found[1]) * _UNITS_MS[found[2]] if found else 0.0


def without_option(options: str, settings: Iterable[str]) -> str:
    """A value of PGOPTIONS without these settings, given as -c name=value or as --name=value."""
    for setting in settings:
        name = setting.replace("_", "[-_]")
        options = re.sub(
            rf"(?:^|(?<=\s))(?:-c\s*|--){name}\s*=(?:\\.|\S)*", "", options, flags=re.IGNORECASE
        )
    return " ".join(options.split())
