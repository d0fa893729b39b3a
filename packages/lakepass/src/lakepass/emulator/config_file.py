"""Reads a configuration from TOML. `docs/emulator.md` has a complete example.

What a file omits gets its default. Every error names the file, the key, the value and the allowed
values.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from lakepass.emulator.config import (
    ALL_WAYS,
    EMBEDDINGS,
    REPLICA_WAYS,
    App,
    Attached,
    Branch,
    Config,
    Endpoint,
    Group,
    Instance,
    Project,
    ServicePrincipal,
    ServingEndpoint,
    Way,
    attached,
    branches_of,
    endpoints_of,
)
from lakepass.emulator.gateway.refusals import Dialect
from lakepass.emulator.postgres.binaries import EmulatorError

# databricks-sdk, PostgresAPI: ids of projects, branches and endpoints.
_ID = (re.compile(r"[a-z][a-z0-9-]{0,62}"), "1 to 63 of a-z, 0-9 and -, starting with a letter")
_HOST = (re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"), "a host name in lower case")
_EMAIL = (re.compile(r"[^@\s]+@[^@\s]+"), "an e-mail address")
_VOLUME = (re.compile(r"[^\s./]+(\.[^\s./]+){2}"), "catalog.schema.volume")
_NAME = (re.compile(r"\S(.*\S)?"), "a name")

# The fields of each kind of resource: databricks-sdk, service/apps.py. An app here may have resources
# of other kinds too; they are shown and have no effect.
_RESOURCES = {
    "postgres": ("branch", "database"),
    "database": ("instance_name", "database_name"),
    "secret": ("scope", "key"),
    "serving_endpoint": ("name",),
    "sql_warehouse": ("id",),
    "uc_securable": ("securable_full_name",),
}
_INSTANCE_HOSTS = {"read_write_dns": Way.WRITE, "read_only_dns": Way.READ}

_MOST_DIMENSIONS = 4_096

_T = TypeVar("_T")


def read(path: Path) -> Config:
    """The configuration in a file. Raises EmulatorError: missing file, invalid TOML or invalid value."""
    try:
        values = tomllib.loads(path.read_text())
    except OSError as error:
        raise EmulatorError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EmulatorError(f"{path} is not valid TOML: {error}.") from error
    try:
        return _config(_Table("", values))
    except EmulatorError as error:
        raise EmulatorError(f"{path}: {error}") from error


class _Table:
    """A table of the file. Each key that is read is removed, so that unknown ones remain at the end."""

    def __init__(self, key: str, values: Any) -> None:
        self._key = key
        if not isinstance(values, dict):
            raise EmulatorError(f"{key} is {_shown(values)}; it must be a table.")
        self._values: dict[str, Any] = dict(values)
        self._known: dict[str, None] = {}  # in the order in which they were read

    def __contains__(self, name: str) -> bool:
        self._known[name] = None
        return name in self._values

    def take(self, name: str, default: Any) -> Any:
        """The value, of any type."""
        self._known[name] = None
        return self._values.pop(name, default)

    def text(self, name: str, form: tuple[re.Pattern[str], str], default: str | None = None) -> str:
        """A string of this form. Required if there is no default."""
        value = self.take(name, default)
        pattern, meaning = form
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.wrong(name, value, meaning)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        value = self.take(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, value, "true or false")
        return value

    def one_of(self, name: str, choices: tuple[str, ...]) -> str | None:
        """One of these strings, if it is set."""
        value = self.take(name, None)
        if value is None or value in choices:
            return str(value) if value else None
        raise self.wrong(name, value, " or ".join(choices))

    def texts(self, name: str, form: tuple[re.Pattern[str], str]) -> tuple[str, ...]:
        """A list of strings."""
        values = self.take(name, [])
        pattern, meaning = form
        if not isinstance(values, list):
            raise self.wrong(name, values, f"a list, each {meaning}")
        for value in values:
            if not isinstance(value, str) or not pattern.fullmatch(value):
                raise self.wrong(name, value, meaning)
        return tuple(values)

    def tables(self, name: str, made: Callable[["_Table"], _T]) -> tuple[_T, ...]:
        """A list of tables, each converted with `made`."""
        values = self.take(name, [])
        if not isinstance(values, list):
            raise self.wrong(name, values, f"a list of tables: [[{self._path(name)}]]")
        found = []
        for index, value in enumerate(values):
            table = _Table(f"{self._path(name)}[{index}]", value)
            found.append(made(table))
            table.check_nothing_left()
        return tuple(found)

    def table(self, name: str) -> "_Table":
        """A table; empty if it is missing."""
        return _Table(self._path(name), self.take(name, {}))

    def the_one(self, names: Iterable[str]) -> str:
        """The only one of these keys that is set."""
        found = [name for name in names if name in self]
        if len(found) != 1:
            names = ", ".join(names)
            raise EmulatorError(f"{self._key} must have one of {names}; it has {len(found)}.")
        return found[0]

    def rest(self) -> dict[str, Any]:
        """All keys that have not been read."""
        rest, self._values = self._values, {}
        return rest

    def check_nothing_left(self) -> None:
        """Raise EmulatorError if there are unknown keys."""
        for name in self._values:
            known = ", ".join(self._known)
            raise EmulatorError(f"{self._path(name)} is unknown; allowed here: {known}.")

    def wrong(self, name: str, value: Any, meaning: str) -> EmulatorError:
        """The error for an invalid value."""
        if value is None:
            return EmulatorError(f"{self._path(name)} is missing; it must be {meaning}.")
        return EmulatorError(f"{self._path(name)} is {_shown(value)}; it must be {meaning}.")

    def _path(self, name: str) -> str:
        return f"{self._key}.{name}" if self._key else name


def _config(top: _Table) -> Config:
    usual = Config()
    projects = top.tables("projects", _project) if "projects" in top else usual.projects
    # The default instance and app belong to the first endpoint and branch.
    usual_instances = tuple(Instance(upgraded_to=one) for one in [*endpoints_of(projects)][:1])
    usual_apps = (App(resources=tuple(attached(one) for one in [*branches_of(projects)][:1])),)
    dialect = top.one_of("dialect", tuple(one.value for one in Dialect))
    config = Config(
        projects=projects,
        instances=top.tables("instances", _instance) if "instances" in top else usual_instances,
        users=top.texts("users", _EMAIL) if "users" in top else usual.users,
        service_principals=top.tables("service_principals", _principal),
        groups=top.tables("groups", _group),
        apps=top.tables("apps", _app) if "apps" in top else usual_apps,
        secrets=_secrets(top.table("secrets")),
        volumes=top.texts("volumes", _VOLUME) if "volumes" in top else usual.volumes,
        serving_endpoints=top.tables("serving_endpoints", _serving_endpoint),
        dialect=Dialect(dialect) if dialect else None,
    )
    top.check_nothing_left()
    return config


def _project(table: _Table) -> Project:
    return Project(
        id=table.text("id", _ID),
        has_native_login=table.flag("native_login"),
        branches=table.tables("branches", _branch) if "branches" in table else (Branch(),),
    )


def _branch(table: _Table) -> Branch:
    usual = Branch()
    endpoints = table.tables("endpoints", _endpoint) if "endpoints" in table else usual.endpoints
    return Branch(id=table.text("id", _ID), endpoints=endpoints, roles=table.texts("roles", _NAME))


def _endpoint(table: _Table) -> Endpoint:
    is_read_only = table.flag("read_only")
    usual = REPLICA_WAYS if is_read_only else ALL_WAYS
    return Endpoint(
        id=table.text("id", _ID),
        is_read_only=is_read_only,
        is_stopped=table.flag("stopped"),
        hosts=_hosts(table, {way.value: way for way in usual}, usual),
    )


def _instance(table: _Table) -> Instance:
    return Instance(
        name=table.text("name", _ID),
        upgraded_to=table.text("upgraded_to", _NAME) if "upgraded_to" in table else None,
        is_stopped=table.flag("stopped"),
        has_native_login=table.flag("native_login"),
        hosts=_hosts(table, _INSTANCE_HOSTS, Instance().hosts),
        roles=table.texts("roles", _NAME),
    )


def _hosts(
    table: _Table, ways: Mapping[str, Way], usual: Mapping[Way, str | None]
) -> dict[Way, str | None]:
    """true: it gets an address; false: it is not offered; a string: its name."""
    table = table.table("hosts")
    hosts: dict[Way, str | None] = {}
    for name, way in ways.items():
        value = table.take(name, way in usual)
        if isinstance(value, str) and _HOST[0].fullmatch(value):
            hosts[way] = value
        elif value is True:
            hosts[way] = None
        elif value is not False or way is Way.WRITE:
            raise table.wrong(name, value, f"true, {_HOST[1]}" + (", or false" if hosts else ""))
    table.check_nothing_left()
    return hosts


def _principal(table: _Table) -> ServicePrincipal:
    client_id = table.text("client_id", _NAME) if "client_id" in table else None
    return ServicePrincipal(
        name=table.text("name", _NAME),
        client_id=client_id,
        has_workspace_access=table.flag("workspace_access", default=True),
    )


def _group(table: _Table) -> Group:
    return Group(name=table.text("name", _NAME), members=table.texts("members", _NAME))


def _app(table: _Table) -> App:
    return App(name=table.text("name", _ID), resources=table.tables("resources", _attached))


def _serving_endpoint(table: _Table) -> ServingEndpoint:
    usual = ServingEndpoint(name="")
    dimensions = table.take("dimensions", usual.dimensions)
    if not isinstance(dimensions, int) or not 1 <= dimensions <= _MOST_DIMENSIONS:
        raise table.wrong("dimensions", dimensions, f"a number from 1 to {_MOST_DIMENSIONS}")
    return ServingEndpoint(
        name=table.text("name", _NAME),
        entity=table.text("entity", _NAME, usual.entity),
        version=table.text("version", _NAME, usual.version),
        task=table.one_of("task", (EMBEDDINGS,)),
        dimensions=dimensions,
    )


def _attached(table: _Table) -> Attached:
    name = table.text("name", _NAME)
    kind = table.the_one(_RESOURCES)
    within = table.table(kind)
    fields = {field: within.text(field, _NAME) for field in _RESOURCES[kind]}
    within.check_nothing_left()
    return Attached(name=name, kind=kind, fields=fields)


def _secrets(table: _Table) -> dict[str, dict[str, str]]:
    """Secrets by scope and key. Errors never show a value."""
    found: dict[str, dict[str, str]] = {}
    for scope, values in table.rest().items():
        if not isinstance(values, dict):
            raise EmulatorError(f"secrets.{scope} must be a table of keys and values.")
        for key, value in values.items():
            if not isinstance(value, str):
                raise EmulatorError(f"secrets.{scope}.{key} must be a string.")
        found[scope] = values
    return found


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str) else str(value).lower()
