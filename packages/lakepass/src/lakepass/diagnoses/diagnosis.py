"""One fault in words: the entries of the catalogue."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A fault: its symptom, its cause and its fix.

    code: stable, such as "LP-101". title: what is wrong, one sentence. symptom: the messages of
    servers and drivers; empty if Lakepass itself reports the title. fix: the next
    step, one or two sentences. lines: commands or settings, with {facts} in braces. source: where
    this is documented.
    """

    code: str
    title: str
    cause: str
    fix: str
    lines: tuple[str, ...] = ()
    symptom: str = ""
    source: str = "Lakepass"

    def lines_for(self, facts: Mapping[str, object]) -> list[str]:
        """The lines with facts filled in; the reader fills in unknown ones."""
        return filled(self.lines, facts)


# libpq looks for a file of authorities with verify-full, unless it is told otherwise.
VERIFIED = (
    "export PGSSLMODE=verify-full PGSSLROOTCERT=system    # libpq 16 or later",
    "# older libpq, on Debian and Ubuntu: PGSSLROOTCERT=/etc/ssl/certs/ca-certificates.crt",
)
FRESH_CREDENTIAL = 'export PGPASSWORD="$(lakepass token)"    # a fresh credential, good for an hour'
PER_CONNECTION = (
    "# in a program, for each connection: asyncpg password=FUNCTION   pgx BeforeConnect",
    "# node-postgres password: async () => …   Npgsql UsePeriodicPasswordProvider   JDBC a DataSource",
)

# Where the reader finds facts that are unknown.
_WHERE = {
    "ADDRESS": "the address that the message names",
    "APP": "the name of the app, as in: databricks apps list",
    "BRANCH": "projects/PROJECT/branches/BRANCH, as in: databricks postgres list-branches",
    "CLIENT_ID": "the application id of the service principal",
    "DATABASE": "the database, as in: psql -l",
    "DIRECT": "the host name in the Connect dialog of the database, without -pooler or -ro",
    "DIRECT_HOST": "the host name in the Connect dialog of the database, without -pooler or -ro",
    "ENDPOINT": "as in: databricks postgres list-endpoints projects/PROJECT/branches/BRANCH",
    "HOST": "the host name in the Connect dialog of the database",
    "IDENTITY": "who signs in, as in: databricks current-user me",
    "INSTANCE": "as in: databricks database list-database-instances",
    "KEY": "the key of the secret, as in: databricks secrets list-secrets SCOPE",
    "KIND": "'GROUP', 'USER' or 'SERVICE_PRINCIPAL'; with a native password: CREATE ROLE … PASSWORD",
    "PROFILE": "as in: databricks auth profiles",
    "PROJECT": "as in: databricks postgres list-projects",
    "PROJECT_ID": "as in: databricks postgres list-projects",
    "ROLE": "the Postgres role: an app's DATABRICKS_CLIENT_ID, or a user's e-mail",
    "SCHEMA": "the schema, as in: psql -c '\\dn'",
    "SCOPE": "as in: databricks secrets list-scopes",
    "WORKSPACE": "https:// and the host name in the browser's address bar, in the workspace",
}
_OPTIONAL = frozenset({"level", "database_option"})  # words that a line can do without
_SQL = re.compile(r"\s*(--|[A-Z]{4,} )")


def filled(lines: Iterable[str], facts: Mapping[str, object]) -> list[str]:
    """Lines with {facts} filled in. An unknown one stays as its NAME, and a comment below says
    where to find it."""
    known = _Known(facts)
    done = [line.format_map(known).rstrip() for line in lines]
    comment = "--" if any(_SQL.match(line) for line in done) else "#"
    return done + [f"{comment} {name}: {_WHERE[name]}" for name in known.missing if name in _WHERE]


class _Known(dict[str, object]):
    def __init__(self, facts: Mapping[str, object]) -> None:
        super().__init__(facts)
        self.missing: list[str] = []

    def __missing__(self, name: str) -> str:
        if name in _OPTIONAL:
            return ""
        shown = re.sub("_(word|quoted|literal|url)$", "", name).upper()
        if shown not in self.missing:
            self.missing.append(shown)
        return shown
