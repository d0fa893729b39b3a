"""The assembled emulator: starts its parts, says how to reach them, and stops them."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from lakepass.emulator import config_file
from lakepass.emulator.config import APP_PORT, DATABASE, Config, Way
from lakepass.emulator.faults.switches import Faults
from lakepass.emulator.files import data_folder, explained
from lakepass.emulator.gateway.hosts import (
    LOOPBACK,
    Host,
    Listeners,
    check_reach,
    opened,
    workspace_listeners,
)
from lakepass.emulator.gateway.refusals import Dialect
from lakepass.emulator.identity.authority import authority_file, trust_variables
from lakepass.emulator.identity.tokens import WORKSPACE_SCOPE
from lakepass.emulator.identity.vault import Vault
from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.postgres.cluster import SUPERUSER, Cluster
from lakepass.emulator.postgres.standby import Standby
from lakepass.emulator.postgres.supervisor import Supervisor
from lakepass.emulator.services import Services
from lakepass.emulator.state import GeneratedValues, Identity, WorkspaceState

_T = TypeVar("_T")


class Emulator:
    """A running local Lakebase. Created by `running_emulator`.

    hosts: by endpoint (resource name) or instance (name), all kinds of host that it has. left_out:
    hosts that this machine has no address for.
    """

    def __init__(
        self,
        *,
        data: Path,
        state: WorkspaceState,
        clusters: Mapping[str, Cluster],
        listeners: Listeners,
        workspace_url: str,
        trust: Mapping[str, str],
        vault: Vault,
        services: Services,
    ) -> None:
        self.data = data
        self.hosts = listeners.hosts
        self.left_out = listeners.left_out
        self.workspace_url = workspace_url
        self._trust = trust
        self._state = state
        self._clusters = clusters
        self._vault = vault
        self._services = services

    def __repr__(self) -> str:
        return f"<Emulator workspace={self.workspace_url} endpoint={self.host()} data={self.data}>"

    @property
    def faults(self) -> Faults:
        """Injects and clears faults."""
        return self._services.faults

    @property
    def endpoint(self) -> str:
        """The resource name of the first endpoint."""
        return next(iter(self._state.config.endpoints))

    @property
    def gateway_port(self) -> int:
        """The port of the first host, and so of all hosts that have an address of their own."""
        return self.host().port

    def host(self, compute: str | None = None, way: Way = Way.WRITE) -> Host:
        """A host of an endpoint or instance; by default, of the first endpoint.

        Raises EmulatorError if there is no such host.
        """
        name = compute or self.endpoint
        if name not in self.hosts:
            known = ", ".join(self.hosts)
            raise EmulatorError(f"There is no endpoint or instance {name}; known: {known}.")
        if way not in self.hosts[name]:
            raise EmulatorError(f"{name} has no {way.value} here.")
        return self.hosts[name][way]

    def identity(self, name: str) -> Identity:
        """A user, service principal, app or group, by its name in the configuration; with its secret.

        Raises EmulatorError if there is none.
        """
        return self._state.identity(name)

    def set_members(self, group: str, members: Iterable[str]) -> None:
        """Set the members of a group (users and service principals); open sessions stay."""
        self._state.set_members(group, members)

    @property
    def personal_access_token(self) -> str:
        """The token with which the first user signs in to the workspace."""
        return self._state.developer.secret

    def user_token(
        self, scopes: Iterable[str] = (WORKSPACE_SCOPE,), *, user: str | None = None
    ) -> str:
        """A workspace token of a user, as the proxy of Databricks Apps hands it to an app.

        user: an e-mail address; by default, that of the first user.

        It is sent in the header `X-Forwarded-Access-Token`, is valid for an hour, and grants its
        scopes; Lakebase requires `postgres`. Source: Databricks docs, "Configure authorization in a
        Databricks app" (dev-tools/databricks-apps/auth).
        """
        subject = self._state.identity(user) if user else self._state.developer
        return self._services.tokens.workspace_token(subject.name, scopes)

    def put_secret(self, scope: str, key: str, value: str | bytes) -> None:
        """Store a secret in the workspace, for `w.secrets.get_secret`; creates the scope if needed."""
        self._vault.put(scope, key, value.encode() if isinstance(value, str) else value)

    def create_native_role(self, name: str) -> str:
        """Create a Postgres role with a password, as the API does, and return the password.

        It is created in the branch of the first endpoint; the API reveals the password again. It can
        log in only where native login is on. Raises EmulatorError if a role of that name exists or is
        not allowed.
        """
        creating = self._services.roles[self._branch].create(name)
        return self._done(creating, f"The role {name} cannot be created")

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Create a database, empty or as a copy, in which the app may connect and create schemas.

        It is created in the branch of the first endpoint. Sessions in the template are ended. Raises
        EmulatorError if a database of that name exists, or the template does not.
        """
        creating = self._services.databases[self._branch].create(name, template=template)
        self._done(creating, f"The database {name} cannot be created")

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists; sessions in it are ended."""
        dropping = self._services.databases[self._branch].drop(name)
        self._done(dropping, f"The database {name} cannot be dropped")

    def _done(self, work: Coroutine[Any, Any, _T], otherwise: str) -> _T:
        """Run this on the emulator's event loop. Raises EmulatorError if Postgres refuses."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self._services.loop).result()
        except asyncpg.PostgresError as error:
            raise EmulatorError(f"{otherwise}: {error}.") from error

    @property
    def _branch(self) -> str:
        """The branch of the first endpoint."""
        return self._state.config.home_of(self.endpoint)

    @property
    def admin_dsn_kwargs(self) -> dict[str, Any]:
        """Arguments for `asyncpg.connect` that bypass the gateway, as superuser.

        They connect to the branch of the first endpoint. For test setups that the service itself
        does not allow.
        """
        return self.admin_of(self.endpoint)

    def admin_of(self, compute: str) -> dict[str, Any]:
        """As `admin_dsn_kwargs`, for the Postgres of this endpoint or instance."""
        return {
            "host": str(self._clusters[self._state.config.home_of(compute)].socket_folder),
            "port": 5432,
            "user": SUPERUSER,
            "database": DATABASE,
            "ssl": False,
        }

    def environment(
        self, compute: str | None = None, way: Way = Way.WRITE, *, app: str | None = None
    ) -> dict[str, str]:
        """Environment variables that connect a client here as the app's service principal.

        compute, way: an endpoint or instance, and which of its hosts; by default, the read-write host of
        the app's first database resource, or of the first endpoint. app: an app or another service
        principal, by name; by default, the first app. Raises EmulatorError if there is no such host
        or app.

        The service sets PGSSLMODE to `require`; here the authority is private, so the mode is
        `verify-full`, and PGSSLROOTCERT names the authority's file.
        """
        identity = self._state.identity(app) if app else self._state.app
        attached = self._attached(identity) or (self.endpoint, DATABASE)
        name, database = (compute, DATABASE) if compute else attached
        kind = "LAKEBASE_ENDPOINT" if name in self._state.config.endpoints else "LAKEBASE_INSTANCE"
        return {
            **self._sign_in(identity),
            kind: name,
            **self._connection(identity, self.host(name, way), database),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(authority_file(self.data)),
            **self._trust,
        }

    def app_environment(self, app: str | None = None) -> dict[str, str]:
        """The variables that Databricks injects into an app; by default, into the first one.

        PG* point to the app's first database resource, and are missing if it has none. Raises
        EmulatorError if there is no such app.

        Source: Databricks docs, "System environment" (dev-tools/databricks-apps/system-env) and "Add
        a Lakebase resource" (dev-tools/databricks-apps/lakebase), read 2026-11.
        """
        apps = [one.name for one in self._state.config.apps]
        if app is not None and app not in apps:
            raise EmulatorError(f"There is no app {app}; known: {', '.join(apps)}.")
        identity = self._state.identity(app or apps[0])
        attached = self._attached(identity)
        connection = {}
        if attached is not None:
            compute, database = attached
            connection = self._connection(identity, self.host(compute), database)
        return {
            **self._sign_in(identity),
            "DATABRICKS_APP_NAME": identity.display_name,
            "DATABRICKS_APP_PORT": str(APP_PORT),
            **connection,
            **self._trust,
        }

    def _sign_in(self, identity: Identity) -> dict[str, str]:
        """The variables of the workspace and of the identity that signs in to it."""
        return {
            "DATABRICKS_HOST": self.workspace_url,
            "DATABRICKS_WORKSPACE_ID": self._state.workspace_id,
            "DATABRICKS_CLIENT_ID": identity.name,
            "DATABRICKS_CLIENT_SECRET": identity.secret,
        }

    def _connection(self, identity: Identity, host: Host, database: str) -> dict[str, str]:
        """Assumed: PGAPPNAME is the name of the app."""
        return {
            "PGHOST": host.name,
            "PGPORT": str(host.port),
            "PGDATABASE": database,
            "PGUSER": identity.name,
            "PGSSLMODE": "require",
            "PGAPPNAME": identity.display_name,
        }

    def _attached(self, identity: Identity) -> tuple[str, str] | None:
        """The compute and the database of an app's first database resource, if it has one."""
        app = self._state.app_of(identity)
        for one in app.resources if app else ():
            if one.branch_or_instance is None:
                continue
            compute = self._state.config.compute_of(one.branch_or_instance)
            if compute is not None and one.database:
                return compute, one.database
        return None

    def described(self) -> dict[str, Any]:
        """Everything that scripts need: hosts by compute, identities with their secrets by name."""
        hosts = {
            name: {way.value: {"host": host.name, "port": host.port} for way, host in ways.items()}
            for name, ways in self.hosts.items()
        }
        identities = {
            one.display_name: {"name": one.name, "id": str(one.id), "type": one.type.value}
            | ({"secret": one.secret} if one.secret else {})
            for one in self._state.identities
        }
        return {"hosts": hosts, "identities": identities}


@contextlib.contextmanager
def running_emulator(
    config: Config | Path | str | None = None,
    *,
    data: Path | None = None,
    port: int = 0,
    workspace_port: int = 0,
    dialect: Dialect | str | None = None,
    native_login: bool = False,
    listen: str = LOOPBACK,
    open_to_network: bool = False,
    on_failure: Callable[[EmulatorError], None] = lambda _: None,
    https: bool = False,
    standby: bool = False,
) -> Iterator[Emulator]:
    """A local Lakebase for the duration of a `with` block.

    config: what it contains, or a TOML file with that; by default, one of each kind.
    data: a folder in which everything is stored; without it, everything is deleted at the end.
    port, workspace_port: of all hosts and of the workspace; 0 uses a free one.
    dialect: how logins are refused, on all hosts; by default as in the config.
    native_login: accept passwords of Postgres roles too, everywhere.
    listen: an address other than loopback; requires open_to_network too.
    on_failure: called, from a thread, if Postgres died and cannot be restarted.
    https: also serve the workspace with TLS at port 443 of a loopback address, and give clients
    that address and the authority.
    standby: let read-only hosts lead to a standby, a second Postgres for each branch and instance that
    has such a host; without it they lead to the same server.

    Runs in its own thread, so tests may be synchronous or use their own event loop.
    A Postgres that dies is restarted, with a warning in the log. Raises EmulatorError with
    advice if the file has an error, a port is in use, the folder is in use, not writable or
    damaged, or no Postgres is found.
    """
    check_reach(listen, open_to_network=open_to_network)
    config = _config(config, dialect)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(data_folder(data))
        with explained(folder):
            listeners = stack.enter_context(opened(config, listen, port))
            workspaces = stack.enter_context(
                workspace_listeners(listen, workspace_port, https=https)
            )
            state = WorkspaceState(config, GeneratedValues(folder / "workspace.json"))
            clusters = {
                home: Cluster(folder, state.identities, name=_folder(home), temporary=data is None)
                for home in config.homes
            }
            standbys = {
                home: Standby(clusters[home], state.identities)
                for home in (config.read_only_homes if standby else ())
            }
            stack.callback(_stop, clusters)
            stack.callback(_stop, standbys)
            _start(clusters)
            _start(standbys)
            vault = Vault(folder / "secrets.json")
            vault.put_all(config.secrets)
            services = Services(
                data=folder,
                state=state,
                clusters=clusters,
                standbys=standbys,
                listeners=listeners,
                workspaces=workspaces,
                vault=vault,
                native_login=native_login,
                on_failure=on_failure,
            )
            stack.enter_context(services)
        Supervisor([*clusters.values(), *standbys.values()], on_failure)
        yield Emulator(
            data=folder,
            state=state,
            clusters=clusters,
            listeners=listeners,
            workspace_url=workspaces[-1].url,
            trust=trust_variables(folder) if https else {},
            vault=vault,
            services=services,
        )


def _config(config: Config | Path | str | None, dialect: Dialect | str | None) -> Config:
    if isinstance(config, str | Path):
        config = config_file.read(Path(config))
    config = config or Config()
    return replace(config, dialect=Dialect(dialect)) if dialect else config


def _start(clusters: Mapping[str, Cluster]) -> None:
    """Start clusters at the same time: creating one takes a second or more."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(Cluster.start, clusters.values()))


def _stop(clusters: Mapping[str, Cluster]) -> None:
    """Stop all clusters that exist at the end; some were created in the meantime."""
    with contextlib.ExitStack() as stack:
        for cluster in clusters.values():
            stack.callback(cluster.stop)


def _folder(home: str) -> str:
    """The folder of a branch or an instance; the default branch is omitted from the name."""
    if home in Config().homes:
        return "postgres"
    return "postgres-" + home.removeprefix("projects/").replace("/branches/", ".")
