"""Projects, branches, endpoints and instances created and deleted while the emulator runs.

They last until the emulator stops: after a restart it has those of its configuration. Each branch and
each instance has a separate Postgres. A branch with another one's data is a base backup of its server
(PostgreSQL documentation, "pg_basebackup"): all databases, roles and labels as of now.
"""

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from lakepass.emulator.config import Branch, Config, Endpoint, Instance, Project
from lakepass.emulator.faults.conditions import Compute
from lakepass.emulator.gateway.hosts import Listener, Listeners, further
from lakepass.emulator.gateway.routes import Server
from lakepass.emulator.gateway.server import Gateway
from lakepass.emulator.gateway.sessions import Sessions
from lakepass.emulator.identity.authority import server_context
from lakepass.emulator.identity.vault import Vault
from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.postgres.cluster import Cluster
from lakepass.emulator.postgres.databases import Databases
from lakepass.emulator.postgres.roles import Roles
from lakepass.emulator.postgres.supervisor import Supervisor
from lakepass.emulator.state import WorkspaceState

StartServer = Callable[[str, Cluster, AsyncExitStack], Awaitable[Server]]


@dataclass(frozen=True, slots=True)
class Running:
    """What is running, by the name of the compute or of the home (a branch or an instance).

    All parts of the emulator share these mappings. behind: the cluster of each compute.
    """

    computes: dict[str, Compute]
    clusters: dict[str, Cluster]
    servers: dict[str, Server] = field(default_factory=dict)
    roles: dict[str, Roles] = field(default_factory=dict)
    databases: dict[str, Databases] = field(default_factory=dict)
    standbys: dict[str, Server] = field(default_factory=dict)
    behind: dict[str, Cluster] = field(default_factory=dict)


class Growing:
    """Creates and deletes what a configuration has. All methods run on the emulator's event loop."""

    def __init__(
        self,
        data: Path,
        state: WorkspaceState,
        running: Running,
        listeners: Listeners,
        gateway: Gateway,
        sessions: Sessions,
        passwords: Vault,
        start_server: StartServer,
        listen: Callable[[Listener], Awaitable[None]],
        on_failure: Callable[[EmulatorError], None],
    ) -> None:
        self._data = data
        self._state = state
        self._running = running
        self._listeners = listeners
        self._gateway = gateway
        self._sessions = sessions
        self._passwords = passwords
        self._start_server = start_server
        self._listen = listen
        self._on_failure = on_failure
        self._changing = asyncio.Lock()
        self._open: dict[str, AsyncExitStack] = {}

    async def close(self) -> None:
        """Close the connections to servers created here; the servers are stopped by their owner."""
        while self._open:
            _, stack = self._open.popitem()
            await stack.aclose()

    async def add_project(self, project: Project) -> None:
        """Create a project with its branches, which are empty."""
        await self._add(lambda config: replace(config, projects=(*config.projects, project)))

    async def add_branch(self, project: str, branch: Branch, source: str) -> None:
        """Create a branch of a project with the data of another branch (its resource name)."""

        def with_branch(config: Config) -> Config:
            projects = tuple(
                replace(one, branches=(*one.branches, branch)) if one.id == project else one
                for one in config.projects
            )
            return replace(config, projects=projects)

        await self._add(with_branch, source)

    async def add_endpoint(self, branch: str, endpoint: Endpoint) -> None:
        """Add an endpoint to a branch (its resource name)."""
        await self._add(
            lambda config: _with_endpoints(config, branch, lambda all_: (*all_, endpoint))
        )

    async def add_instance(self, instance: Instance) -> None:
        """Create an instance with an empty Postgres of its own."""
        await self._add(lambda config: replace(config, instances=(*config.instances, instance)))

    async def remove(self, name: str) -> None:
        """Delete a project, branch, endpoint (resource names) or instance (its name).

        Raises EmulatorError if an app or an instance needs it, or if it is the last one.
        """
        async with self._changing:
            try:
                fewer = _without(self._state.config, name)
            except EmulatorError as error:
                raise EmulatorError(f"{name} cannot be deleted here: {error}") from error
            gone = self._state.config.computes.keys() - fewer.computes.keys()
            homes = self._state.config.homes.keys() - fewer.homes.keys()
            cut = {self._running.computes[one] for one in gone}
            # At once: ending the sessions may take longer than the response.
            self._state.config = fewer
            for compute in gone:
                await self._close(compute)
            await self._sessions.cut(cut)
            for home in homes:
                await self._stop(home)

    async def _add(self, change: Callable[[Config], Config], source: str = "") -> None:
        async with self._changing:
            before = self._state.config
            self._state.config = config = change(before)
            new = config.computes.keys() - before.computes.keys()
            homes = config.homes.keys() - before.homes.keys()
            try:
                for home in homes:
                    await self._start(home, source)
                for compute in sorted(new):
                    await self._open_hosts(compute)
            except BaseException:
                self._state.config = before
                for compute in new:
                    await self._close(compute)
                for home in homes:
                    await self._stop(home)
                raise

    async def _start(self, home: str, source: str) -> None:
        running = self._running
        folder = self._data / f"created-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
        cluster = Cluster(
            folder,
            self._state.identities,
            name="postgres",
            temporary=True,
            copy_of=running.clusters[source] if source else None,
        )
        running.clusters[home] = cluster
        await asyncio.to_thread(cluster.start)
        stack = self._open[home] = AsyncExitStack()
        server = await self._start_server(home, cluster, stack)
        Supervisor([cluster], self._on_failure)
        running.servers[home] = server
        running.roles[home] = Roles(home, server, self._passwords)
        running.databases[home] = Databases(server.admin, self._state)
        for role, stored in self._passwords.secrets(source).items():
            self._passwords.put(home, role, base64.b64decode(stored.value))

    async def _stop(self, home: str) -> None:
        running = self._running
        for mapping in (running.roles, running.databases, running.servers):
            mapping.pop(home, None)
        if stack := self._open.pop(home, None):
            await stack.aclose()
        if cluster := running.clusters.pop(home, None):
            await asyncio.to_thread(cluster.stop)
        self._passwords.delete(home)
        self._state.generated.put(home, None)

    async def _open_hosts(self, compute: str) -> None:
        config, running = self._state.config, self._running
        home = config.home_of(compute)
        siblings = [one for one in config.computes if config.home_of(one) == home]
        known = [running.computes[one] for one in siblings if one in running.computes]
        native = config.has_native_login(compute) or any(one.native_login for one in known)
        running.computes[compute] = Compute(native_login=native)
        running.behind[compute] = running.clusters[home]
        listeners = further(self._listeners, compute, config.computes[compute].hosts)
        names = [host.name for ways in self._listeners.hosts.values() for host in ways.values()]
        self._gateway.certify(server_context(self._data, names))
        for listener in listeners:
            await self._listen(listener)

    async def _close(self, compute: str) -> None:
        self._running.computes.pop(compute, None)
        self._running.behind.pop(compute, None)
        self._listeners.hosts.pop(compute, None)
        for listener in [one for one in self._listeners.all if _is_of(one, compute)]:
            self._listeners.all.remove(listener)
            self._gateway.leave(listener.sock)
        self._state.generated.put(compute, None)


def _is_of(listener: Listener, compute: str) -> bool:
    """Whether a listener serves only this compute."""
    return all(name == compute for name, _ in listener.ways)


def _with_endpoints(
    config: Config, branch: str, change: Callable[[tuple[Endpoint, ...]], tuple[Endpoint, ...]]
) -> Config:
    """The configuration with other endpoints in a branch."""
    projects = tuple(
        replace(
            project,
            branches=tuple(
                replace(one, endpoints=change(one.endpoints))
                if f"projects/{project.id}/branches/{one.id}" == branch
                else one
                for one in project.branches
            ),
        )
        for project in config.projects
    )
    return replace(config, projects=projects)


def _without(config: Config, name: str) -> Config:
    """The configuration without a project, branch, endpoint or instance."""
    parts = name.split("/")
    if len(parts) == 1:
        return replace(config, instances=tuple(one for one in config.instances if one.name != name))
    if len(parts) == 6:
        branch = "/".join(parts[:4])
        return _with_endpoints(
            config, branch, lambda all_: tuple(one for one in all_ if one.id != parts[5])
        )
    if len(parts) == 2:
        return replace(config, projects=tuple(one for one in config.projects if one.id != parts[1]))
    projects = tuple(
        replace(one, branches=tuple(each for each in one.branches if each.id != parts[3]))
        if one.id == parts[1]
        else one
        for one in config.projects
    )
    return replace(config, projects=projects)
