"""What a workspace is made of: identities, one project, one database instance; kept in a file."""

import json
import secrets
import uuid
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path

from lakepass.emulator.tokens import write_secret

PROJECT = "local"
BRANCH = "production"  # what creating a project makes: github.com/databricks/cli, libs/testserver
ENDPOINT = "primary"
ENDPOINT_NAME = f"projects/{PROJECT}/branches/{BRANCH}/endpoints/{ENDPOINT}"
INSTANCE = "local"
# Databricks docs, "Connection strings" (oltp/projects/connection-strings), read 2026-11.
DATABASE = "databricks_postgres"
DEVELOPER = "developer@example.com"


class Kind(Enum):
    """The kinds of identity that can sign in; the values are those of `databricks_create_role`."""

    USER = "USER"
    SERVICE_PRINCIPAL = "SERVICE_PRINCIPAL"


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone who can sign in. name: e-mail or client id; it is also the name of the role.

    secret: the personal access token of a user, the client secret of a service principal.
    """

    id: int
    kind: Kind
    name: str
    secret: str = field(repr=False)

    @property
    def label(self) -> str:
        """What ties a Postgres role to this identity. Form: `SECURITY LABEL FOR databricks_auth`."""
        return f"id={self.id},type={self.kind.value}"


@dataclass(frozen=True, slots=True)
class State:
    """All that survives a restart, but for keys and the database itself."""

    workspace_id: str
    account_id: str
    project_uid: str
    branch_uid: str
    endpoint_uid: str
    instance_uid: str
    created_at: str
    app: Identity
    developer: Identity

    @property
    def identities(self) -> tuple[Identity, ...]:
        """All who can sign in."""
        return (self.app, self.developer)

    def by_name(self, name: str) -> Identity | None:
        """The identity that a token's subject names."""
        return next((one for one in self.identities if one.name == name), None)

    @classmethod
    def kept_in(cls, path: Path, *, now: str) -> "State":
        """The state in this file; new ids and secrets are drawn and written if there is none."""
        if path.exists():
            stored = json.loads(path.read_text())
            app, developer = (_identity(stored.pop(key)) for key in ("app", "developer"))
            return cls(**stored, app=app, developer=developer)
        state = cls(
            workspace_id=_digits(16),
            account_id=str(uuid.uuid4()),
            project_uid=str(uuid.uuid4()),
            branch_uid=f"br-local-{secrets.token_hex(4)}",
            endpoint_uid=f"ep-local-{secrets.token_hex(4)}",
            instance_uid=str(uuid.uuid4()),
            created_at=now,
            app=Identity(
                int(_digits(15)),
                Kind.SERVICE_PRINCIPAL,
                str(uuid.uuid4()),
                f"dose{secrets.token_hex(16)}",
            ),
            developer=Identity(
                int(_digits(15)), Kind.USER, DEVELOPER, f"dapi{secrets.token_hex(16)}"
            ),
        )
        write_secret(path, json.dumps(asdict(state), default=lambda kind: kind.value).encode())
        return state


def _identity(stored: dict[str, str]) -> Identity:
    return Identity(int(stored["id"]), Kind(stored["kind"]), stored["name"], stored["secret"])


def _digits(count: int) -> str:
    """A random number of exactly so many digits."""
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))
