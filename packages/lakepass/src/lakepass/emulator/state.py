"""The state of a workspace beyond its configuration: who can sign in, and generated values.

Ids, uids and secrets are random, yet the same after a restart: they are stored in a file.
"""

import datetime as dt
import json
import secrets
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from lakepass.emulator.config import App, Config
from lakepass.emulator.files import damaged, read_json, write_secret
from lakepass.emulator.postgres.binaries import EmulatorError


class IdentityType(Enum):
    """The types of identity; the values are those of `databricks_create_role`."""

    USER = "USER"
    SERVICE_PRINCIPAL = "SERVICE_PRINCIPAL"
    GROUP = "GROUP"


@dataclass(frozen=True, slots=True)
class Identity:
    """A user, a service principal or a group. name: e-mail, client id or group name; also the role's.

    display_name: shown to people.
    secret: the personal access token of a user, the client secret of a service principal; a group
    has none, because it cannot sign in.
    """

    id: int
    type: IdentityType
    name: str
    display_name: str
    secret: str = field(repr=False)

    @property
    def label(self) -> str:
        """The security label that maps a Postgres role to it: `SECURITY LABEL FOR databricks_auth`."""
        return f"id={self.id},type={self.type.value}"


class GeneratedValues:
    """Values by name, generated on first use and stored in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        way_out = (
            "It names the identities whose roles are in the databases beside it. Restore a copy, or "
            f"move {path.parent} away to start with an empty one."
        )
        self._values = _renamed(read_json(path, way_out=way_out))
        are_strings = all(isinstance(value, str) for value in self._values.values())
        if path.exists() and not ("workspace" in self._values and are_strings):
            raise damaged(path, "it does not name a workspace", way_out)

    def value(self, name: str, make: Callable[[], str]) -> str:
        """The value with this name; generated with `make` if there is none."""
        with self._lock:
            if name not in self._values:
                self.put(name, make())
            return self._values[name]

    def known(self, name: str) -> str | None:
        """The value with this name, if there is one."""
        return self._values.get(name)

    def put(self, name: str, value: str | None) -> None:
        """Set the value of a name; None deletes it."""
        with self._lock:
            self._values.pop(name, None)
            if value is not None:
                self._values[name] = value
            write_secret(self._path, json.dumps(self._values, indent=1).encode())


class WorkspaceState:
    """A workspace: its configuration, its identities, and ids that survive a restart."""

    def __init__(self, config: Config, generated: GeneratedValues) -> None:
        self.config = config
        self.generated = generated
        self.workspace_id = generated.value("workspace", lambda: _digits(16))
        self.account_id = generated.value("account", _uuid)
        self.created_at = generated.value("created_at", _now)
        self.users = [
            self._identity(IdentityType.USER, name, name, "dapi") for name in config.users
        ]
        self._principals = {name: self._principal(name) for name in config.principals}
        self.groups = [
            self._identity(IdentityType.GROUP, one.name, one.name, "") for one in config.groups
        ]
        self.developer = self.users[0]
        self.app = self._principals[config.apps[0].name]
        self._members = {one.name: self._named(one.members) for one in config.groups}

    @property
    def identities(self) -> list[Identity]:
        """All users, service principals and groups."""
        return [*self.users, *self._principals.values(), *self.groups]

    def by_name(self, name: str) -> Identity | None:
        """The identity with this e-mail address, client id or group name."""
        return next((one for one in self.identities if one.name == name), None)

    def identity(self, name: str) -> Identity:
        """The identity with this name in the configuration. Raises EmulatorError if there is none."""
        found = self._principals.get(name) or self.by_name(name)
        if found is None:
            known = ", ".join(one.display_name for one in self.identities)
            raise EmulatorError(f"There is no identity {name}; known: {known}.")
        return found

    def app_of(self, identity: Identity) -> App | None:
        """The app that this service principal belongs to, if any."""
        for app in self.config.apps:
            if self._principals[app.name] == identity:
                return app
        return None

    def groups_of(self, identity: Identity) -> list[Identity]:
        """The groups that have it as a member."""
        return [one for one in self.groups if identity.name in self._members[one.name]]

    def members_of(self, group: Identity) -> list[Identity]:
        """The users and service principals in a group."""
        return [one for one in self.identities if one.name in self._members[group.name]]

    def has_workspace_access(self, identity: Identity) -> bool:
        """Whether it may call the workspace's APIs."""
        barred = [one for one in self.config.service_principals if not one.has_workspace_access]
        return identity not in [self._principals[one.name] for one in barred]

    def set_members(self, group: str, members: Iterable[str]) -> None:
        """Set the members of a group, by their names in the configuration."""
        self._members[self.identity(group).name] = self._named(members)

    def uid(self, name: str) -> str:
        """The uid of a project, branch, endpoint (resource names) or instance (its name)."""
        parts = name.split("/")
        prefix = {4: "br", 6: "ep"}.get(len(parts))
        if prefix is None:
            return self.generated.value(name, _uuid)
        return self.generated.value(name, lambda: f"{prefix}-{parts[1]}-{secrets.token_hex(4)}")

    def _named(self, names: Iterable[str]) -> set[str]:
        return {self.identity(name).name for name in names}

    def _principal(self, name: str) -> Identity:
        known = {one.name: one.client_id for one in self.config.service_principals}
        client_id = known.get(name) or self.generated.value(f"{name} client id", _uuid)
        return self._identity(IdentityType.SERVICE_PRINCIPAL, client_id, name, "dose")

    def _identity(self, type_: IdentityType, name: str, display_name: str, prefix: str) -> Identity:
        number = int(self.generated.value(f"{name} id", lambda: _digits(15)))
        secret = ""
        if type_ is not IdentityType.GROUP:
            secret = self.generated.value(
                f"{name} secret", lambda: f"{prefix}{secrets.token_hex(16)}"
            )
        return Identity(number, type_, name, display_name, secret)


def _renamed(kept: dict[str, Any]) -> dict[str, str]:
    """Values by their current names; version 0.1.0 used others."""
    if "project_uid" not in kept:
        return kept
    app, developer = kept["app"], kept["developer"]
    endpoint = "projects/local/branches/production/endpoints/primary"
    return {
        "workspace": kept["workspace_id"],
        "account": kept["account_id"],
        "created_at": kept["created_at"],
        "app client id": app["name"],
        f"{app['name']} id": str(app["id"]),
        f"{app['name']} secret": app["secret"],
        f"{developer['name']} id": str(developer["id"]),
        f"{developer['name']} secret": developer["secret"],
        "projects/local": kept["project_uid"],
        "projects/local/branches/production": kept["branch_uid"],
        endpoint: kept["endpoint_uid"],
        "local": kept["instance_uid"],
    }


def _uuid() -> str:
    return str(uuid.uuid4())


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _digits(count: int) -> str:
    """A random number with exactly this many digits."""
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))
