"""What damage of a value is: its kinds, and the variables that it is looked for in.

`repair` is a shell command that works without showing the value, so it can be printed for secrets too.
"""

from dataclasses import dataclass
from enum import StrEnum

WORKSPACE = frozenset({"DATABRICKS_HOST"})
HOSTS = frozenset({"PGHOST", "LAKEBASE_HOST"})
TOKENS = frozenset({"DATABRICKS_TOKEN", "DATABRICKS_CLIENT_SECRET"})
PASSWORDS = frozenset({"PGPASSWORD", "LAKEBASE_PASSWORD"})
SECRETS = TOKENS | PASSWORDS
_WHERE = {
    "DATABRICKS_HOST": "https:// and the host name in the browser's address bar, in the workspace",
    "DATABRICKS_TOKEN": "the whole token; a new one: workspace, Settings, Developer, Access tokens",
    "DATABRICKS_CLIENT_SECRET": "the whole secret; a new one: workspace, Settings, Identity and "
    "access, the service principal, Secrets",
    "LAKEBASE_ENDPOINT": "as printed by: databricks postgres list-endpoints "
    "projects/PROJECT/branches/BRANCH",
    "PGHOST": "the host name in the Connect dialog of the database",
}


class DamageKind(StrEnum):
    """How a value was damaged."""

    EMPTY = "empty"
    UNEXPANDED = "unexpanded"  # the text of a reference instead of its value
    PLACEHOLDER = "placeholder"  # an example was copied unchanged
    ASSIGNMENT = "assignment"  # NAME=value instead of value
    QUOTES = "quotes"
    INVISIBLE = "invisible characters"
    BLANKS = "blanks"
    LINE_BREAK = "line break"
    BEARER = "Bearer"
    CUT_OFF = "cut off"
    MIXED_UP = "mixed up"  # a token, a secret or an id in another one's place
    QUERY = "query"  # https://workspace/?o=123
    PATH = "path"
    URL = "URL"  # instead of a host name
    ADDRESS = "address"  # instead of a host name
    RESOURCE_NAME = "resource name"  # projects/… instead of an instance's name
    NOT_A_RESOURCE_NAME = "not a resource name"  # a bare id instead of projects/…
    HOME = "home directory"  # ~ instead of the directory
    TOO_LONG = "too long"  # for a name in Postgres


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with one value. happened: a sentence that names the variable, never a secret.

    repair: a shell command that repairs the variable in place; "" if the right value cannot be
    recovered from the damaged one.
    """

    variable: str
    kind: DamageKind
    happened: str
    repair: str = ""

    @property
    def fix(self) -> str:
        """The repair, or a command to complete that says where to find the value."""
        where = _WHERE.get(self.variable, "the bare value")
        return self.repair or f"export {self.variable}=<{where}>"
