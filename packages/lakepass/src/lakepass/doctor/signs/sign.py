"""A wording that identifies a diagnosis in a text, and the advice for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """Replaces texts of the catalogue that are too general. Empty: the catalogue's own.

    lines: None for the catalogue's own; with {facts} in braces.
    """

    title: str = ""
    cause: str = ""
    fix: str = ""
    lines: tuple[str, ...] | None = None


CATALOGUE_ADVICE = Advice()

# What people mistake for the database's name: a catalog's, and the id of the resource.
MISTAKEN_DATABASES = ("main", "databricks-postgres")

# What follows `jdbc:postgresql:` in a URL that the driver of Postgres takes.
URL_OF_JDBC = r"//[\w.-]+(?::\d+)?/[^\s@]*(?=\s|$)"

ATTACHED_DATABASE = (
    "# databricks.yml, under resources.apps.{app}",
    "resources:",
    "  - name: postgres",
    "    postgres:",
    "      branch: projects/{project}/branches/production",
    "      database: projects/{project}/branches/production/databases/databricks-postgres",
    "      permission: CAN_CONNECT_AND_CREATE",
)
"""The lines that attach a database to an app."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A wording of a cause. Case is ignored, and a blank in the pattern matches a line break, too.

    Named groups become facts for the lines. is_sure: else there may be other reasons for it.
    only_with: a code that must be recognised as well, for certain; "any" for whichever. unless: codes
    that explain the wording, so that it does not count where one of them is certain.
    advice: of several signs of one code, the first in the text decides.
    """

    code: str
    pattern: str
    is_sure: bool = True
    only_with: str = ""
    unless: str = ""
    advice: Advice = CATALOGUE_ADVICE
