"""The workspace and the gateway, on an event loop in a thread."""

import asyncio
import contextlib
import email.utils
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lakepass.emulator.config import Endpoint, Way
from lakepass.emulator.faults.conditions import AccessList, Compute, Requests
from lakepass.emulator.faults.routes import fault_routes
from lakepass.emulator.faults.switches import Faults
from lakepass.emulator.gateway.hosts import Listener, Listeners
from lakepass.emulator.gateway.refusals import Dialect
from lakepass.emulator.gateway.routes import Route, Server
from lakepass.emulator.gateway.server import Gateway
from lakepass.emulator.gateway.sessions import Sessions
from lakepass.emulator.growing import Growing, Running
from lakepass.emulator.identity.access_tokens import AccessTokens
from lakepass.emulator.identity.authority import server_context
from lakepass.emulator.identity.tokens import SigningKey, Tokens
from lakepass.emulator.identity.vault import Vault
from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.postgres.cluster import SUPERUSER, Cluster
from lakepass.emulator.postgres.databases import Databases
from lakepass.emulator.postgres.provision import provision
from lakepass.emulator.postgres.roles import Roles
from lakepass.emulator.postgres.standby import Standby
from lakepass.emulator.state import WorkspaceState
from lakepass.emulator.workspace.accounts import Accounts
from lakepass.emulator.workspace.api import Operations
from lakepass.emulator.workspace.app import workspace
from lakepass.emulator.workspace.apps import Apps
from lakepass.emulator.workspace.branch_databases import BranchDatabases
from lakepass.emulator.workspace.branch_roles import BranchRoles
from lakepass.emulator.workspace.credentials import Credentials
from lakepass.emulator.workspace.directory import Directory
from lakepass.emulator.workspace.instance_roles import InstanceRoles
from lakepass.emulator.workspace.instances import Instances
from lakepass.emulator.workspace.oauth import OAuth
from lakepass.emulator.workspace.permissions import Permissions
from lakepass.emulator.workspace.projects import Projects
from lakepass.emulator.workspace.resources import Resources
from lakepass.emulator.workspace.secret_scopes import SecretScopes
from lakepass.emulator.workspace.serving_endpoints import ServingEndpoints
from lakepass.emulator.workspace.settings import Settings
from lakepass.emulator.workspace.signin import SignIn
from lakepass.emulator.workspace.volume_files import VolumeFiles
from lakepass.emulator.workspace.volumes import Volumes
from lakepass.emulator.workspace.warehouses import Warehouses

log = logging.getLogger(__name__)


class Services:
    """The services, as a context manager; its public attributes are set after it is entered.

    clusters, standbys: by home. workspaces: where the workspace listens; clients get the last one.
    """

    def __init__(
        self,
        *,
        data: Path,
        state: WorkspaceState,
        clusters: dict[str, Cluster],
        standbys: Mapping[str, Standby],
        listeners: Listeners,
        workspaces: list[Listener],
        vault: Vault,
        native_login: bool,
        on_failure: Callable[[EmulatorError], None],
    ) -> None:
        self.faults: Faults
        self.tokens: Tokens
        self.loop: asyncio.AbstractEventLoop
        self._data = data
        self._state = state
        self._clusters = clusters
        self._standbys = standbys
        self._on_failure = on_failure
        self._listeners = listeners
        self._workspaces = workspaces
        self._vault = vault
        self._computes = _computes(state, native_login=native_login)
        self._running = Running(self._computes, clusters)
        self._ready: Future[None] = Future()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="lakepass-emulator", daemon=True)

    @property
    def roles(self) -> dict[str, Roles]:
        """The roles of each home."""
        return self._running.roles

    @property
    def databases(self) -> dict[str, Databases]:
        """The databases of each home."""
        return self._running.databases

    def __enter__(self) -> "Services":
        self._thread.start()
        self._ready.result()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            # What it gains: bench/results-gateway.md.
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._serve())
        except Exception as error:
            if self._ready.done():
                log.exception("the emulator failed")
            else:
                self._ready.set_exception(error)

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        key = SigningKey.kept_in(self._data / "signing-key.pem")
        self.tokens = Tokens(key, self._state.workspace_id)
        self.tokens.issuer = f"{self._workspaces[-1].url}/oidc"
        minting, serving, access, sessions = Requests(), Requests(), AccessList(), Sessions()
        async with AsyncExitStack() as stack:
            running = self._running
            await self._connect(stack)
            gateway = await self._open_gateway(access, sessions, stack)
            passwords = Vault(self._data / "native-roles.json")
            for home, server in running.servers.items():
                running.roles[home] = Roles(home, server, passwords)
                running.databases[home] = Databases(server.admin, self._state)
            for name in self._computes:
                running.behind[name] = self._clusters[self._state.config.home_of(name)]
            growing = Growing(
                self._data,
                self._state,
                running,
                self._listeners,
                gateway,
                sessions,
                passwords,
                self._server,
                lambda listener: self._listen(gateway, listener),
                self._on_failure,
            )
            stack.push_async_callback(growing.close)
            self.faults = Faults(
                tokens=self.tokens,
                computes=self._computes,
                minting=minting,
                serving=serving,
                access=access,
                sessions=sessions,
                clusters=running.behind,
                standby_of=lambda name: self._standbys.get(self._state.config.home_of(name)),
                loop=self.loop,
            )
            app = Starlette(
                routes=[
                    *fault_routes(self.faults),
                    Mount("/", self._application(minting, serving, access, sessions, growing)),
                ]
            )
            labelled = _labelled(app, self.tokens, self._state.workspace_id)
            for listener in self._workspaces:
                await stack.enter_async_context(_http(labelled, listener, self._data))
            self._ready.set_result(None)
            await self._stop.wait()

    async def _connect(self, stack: AsyncExitStack) -> None:
        """Connect to all clusters, which get their roles and databases, and to their standbys."""
        running = self._running
        for home, cluster in self._clusters.items():
            running.servers[home] = await self._server(home, cluster, stack)
        for home, standby in self._standbys.items():
            running.standbys[home] = await _connected(standby, stack)
            standby.admin = running.standbys[home].admin
            # It was copied before the roles and databases were created.
            await standby.catch_up(running.servers[home].admin)

    async def _server(self, home: str, cluster: Cluster, stack: AsyncExitStack) -> Server:
        """Set up the roles and databases of a cluster, and connect to it."""
        try:
            await provision(_admin(cluster), self._state, home, major=cluster.runner.binaries.major)
        except asyncpg.PostgresError as error:
            raise EmulatorError(
                f"Postgres refused to create roles and databases: {error}. Its log is {cluster.log}."
            ) from error
        return await _connected(cluster, stack)

    def _application(
        self,
        minting: Requests,
        serving: Requests,
        access: AccessList,
        sessions: Sessions,
        growing: Growing,
    ) -> Starlette:
        """The workspace's HTTP application."""
        access_tokens = AccessTokens(self._data / "access-tokens.json", self._state.users)
        credentials = Credentials(self.tokens, minting)
        pg_version = next(iter(self._clusters.values())).runner.binaries.major
        settings, operations = Settings(self._state.generated), Operations()
        hosts = self._listeners.hosts
        resources = Resources(self._state, self._computes, hosts, settings, pg_version=pg_version)
        roles = BranchRoles(self._state, self.roles, operations, settings)
        volumes = Volumes(self._data / "volumes", self._state)
        parts = [
            volumes.routes(),
            Accounts(self._state, access_tokens).routes(),
            Directory(self._state).routes(),
            SecretScopes(self._vault).routes(),
            Apps(self._state).routes(),
            Warehouses(self._state).routes(),
            ServingEndpoints(self._state, serving).routes(),
            Permissions(self._state).routes(),
            Instances(
                resources,
                self._computes,
                InstanceRoles(self._state, self.roles),
                credentials,
                settings,
                sessions.cut,
                growing,
            ).routes(),
            roles.routes(),
            BranchDatabases(self._state, self.databases, roles, operations, settings).routes(),
            Projects(
                resources,
                self._computes,
                self.databases,
                credentials,
                operations,
                settings,
                sessions.cut,
                growing,
            ).routes(),
        ]
        sign_in = SignIn(self._state, self.tokens, access_tokens, access)
        files = VolumeFiles(volumes, self._data / "uploads")
        return workspace(sign_in, OAuth(self._state, self.tokens), parts, files)

    async def _open_gateway(
        self,
        access: AccessList,
        sessions: Sessions,
        stack: AsyncExitStack,
    ) -> Gateway:
        hosts = self._listeners.hosts
        names = [host.name for ways in hosts.values() for host in ways.values()]
        gateway = Gateway(
            state=self._state,
            tokens=self.tokens,
            access=access,
            sessions=sessions,
            tls=server_context(self._data, names),
        )
        stack.push_async_callback(gateway.close)
        for listener in self._listeners.all:
            await self._listen(gateway, listener)
        return gateway

    async def _listen(self, gateway: Gateway, listener: Listener) -> None:
        routes = [self._route(name, way) for name, way in listener.ways]
        await gateway.listen(listener.sock, routes)

    def _route(self, name: str, way: Way) -> Route:
        config = self._state.config
        compute, home = config.computes[name], config.home_of(name)
        is_read_only = way.is_read_only or compute.is_read_only
        primary = self._running.servers[home]
        standby = self._running.standbys.get(home) if is_read_only else None
        usual = Dialect.PROXY if isinstance(compute, Endpoint) else Dialect.DIRECT
        return Route(
            host=self._listeners.hosts[name][way],
            compute=self._computes[name],
            server=standby or primary,
            primary=primary if standby else None,
            dialect=config.dialect or usual,
            is_read_only=is_read_only,
            is_pooled=way.is_pooled,
            endpoint_ids=(self._state.uid(config.endpoint_of(name)), name.rpartition("/")[2]),
        )


def _admin(cluster: Cluster) -> dict[str, Any]:
    """Arguments of asyncpg that reach a server as its superuser."""
    return {"host": str(cluster.socket_folder), "port": 5432, "ssl": False, "user": SUPERUSER}


async def _connected(cluster: Cluster, stack: AsyncExitStack) -> Server:
    """A running cluster with connections to it, until the stack is closed."""
    admin = asyncpg.create_pool(**_admin(cluster), database="postgres", min_size=0, max_size=2)
    await stack.enter_async_context(admin)
    return Server(cluster.socket, admin)


def _computes(state: WorkspaceState, *, native_login: bool) -> dict[str, Compute]:
    """One compute for each endpoint and instance, by name. Upgraded instances share their endpoint's."""
    config = state.config
    behind = {name: config.endpoint_of(name) for name in config.computes}
    stopped = {behind[name] for name, compute in config.computes.items() if compute.is_stopped}
    native = {behind[name] for name in config.computes if config.has_native_login(name)}
    made = {
        name: Compute(native_login=native_login or name in native, is_stopped=name in stopped)
        for name in behind.values()
    }
    return {name: made[endpoint] for name, endpoint in behind.items()}


def _labelled(app: ASGIApp, tokens: Tokens, workspace_id: str) -> ASGIApp:
    """Add the service's time and the workspace's id to every response.

    Clients calculate the life of a credential from the time; uvicorn updates its own header once a
    second, so it can be over a second old. The id is what AppKit reads at startup: npm
    package @databricks/appkit, `getWorkspaceId`.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_labelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = email.utils.formatdate(tokens.now(), usegmt=True).encode()
                own = [(b"date", now), (b"x-databricks-org-id", workspace_id.encode())]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        await app(scope, receive, send_labelled)

    return answer


@contextlib.asynccontextmanager
async def _http(app: ASGIApp, listener: Listener, data: Path) -> AsyncIterator[None]:
    """Serve an application on this socket; idle connections are closed at the end.

    data: the folder of the authority that signs the certificate, for HTTPS.
    """
    config = uvicorn.Config(
        app,
        date_header=False,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    config.load()
    if listener.is_https:
        config.ssl = server_context(data, [urlsplit(listener.url).hostname or ""])
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener.sock]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
