"""The parts put together: start them, say how to reach them, stop them."""

import asyncio
import contextlib
import datetime as dt
import email.utils
import logging
import shutil
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lakepass.emulator.authority import authority_file, server_context
from lakepass.emulator.binaries import EmulatorError
from lakepass.emulator.cluster import SUPERUSER, Cluster
from lakepass.emulator.databases import Databases
from lakepass.emulator.faults import Compute, Faults, Minting
from lakepass.emulator.gateway import Gateway
from lakepass.emulator.provision import provision
from lakepass.emulator.refusals import Dialect
from lakepass.emulator.resources import HOST
from lakepass.emulator.roles import Roles
from lakepass.emulator.state import DATABASE, ENDPOINT_NAME, State
from lakepass.emulator.tokens import WORKSPACE_SCOPE, SigningKey, Tokens
from lakepass.emulator.vault import Vault
from lakepass.emulator.workspace import Workspace

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"

_T = TypeVar("_T")


class Emulator:
    """A running local Lakebase. Made by `running_emulator`."""

    def __init__(self, *, data: Path, cluster: Cluster, state: State, ports: list[int]) -> None:
        self.faults: Faults
        self._tokens: Tokens
        self._roles: Roles
        self._databases: Databases
        self._loop: asyncio.AbstractEventLoop
        self.gateway_port, self.instance_port, workspace_port = ports
        self.workspace_url = f"http://{LOOPBACK}:{workspace_port}"
        self.data = data
        self._cluster = cluster
        self._state = state
        self._vault = Vault(data / "secrets.json")

    def __repr__(self) -> str:
        return (
            f"<Emulator workspace={self.workspace_url} endpoint={HOST}:{self.gateway_port} "
            f"instance={HOST}:{self.instance_port} data={self.data}>"
        )

    @property
    def personal_access_token(self) -> str:
        """The token by which the developer, a user, signs in to the workspace."""
        return self._state.developer.secret

    def user_token(self, scopes: Iterable[str] = (WORKSPACE_SCOPE,)) -> str:
        """A workspace token of the developer, as the proxy of Databricks Apps hands it to an app.

        It comes in the header `X-Forwarded-Access-Token`, lives an hour, and opens what its scopes
        say; Lakebase asks for `postgres`. Source: Databricks docs, "Configure authorization in a
        Databricks app" (dev-tools/databricks-apps/auth).
        """
        return self._tokens.workspace_token(self._state.developer.name, scopes)

    def put_secret(self, scope: str, key: str, value: str | bytes) -> None:
        """Keep a secret in the workspace, for `w.secrets.get_secret`; the scope is made as needed."""
        self._vault.put(scope, key, value.encode() if isinstance(value, str) else value)

    def create_native_role(self, name: str) -> str:
        """Make a Postgres role with a password, as the API does, and return the password.

        The API reveals it again. It opens the door only where native login is on. Raises
        EmulatorError if there is a role of that name, or may not be.
        """
        return self._done(self._roles.create(name), f"The role {name} cannot be made")

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Make a database, empty or a copy of another, in which the app may connect and create.

        Sessions in the other one are ended. Raises EmulatorError if there is a database of that
        name, or none to copy.
        """
        creating = self._databases.create(name, template=template)
        self._done(creating, f"The database {name} cannot be made")

    def drop_database(self, name: str) -> None:
        """Drop a database, if it is there; sessions in it are ended."""
        self._done(self._databases.drop(name), f"The database {name} cannot be dropped")

    def _done(self, work: Coroutine[Any, Any, _T], otherwise: str) -> _T:
        """What the work comes to on the emulator's loop. Raises EmulatorError if Postgres refuses."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()
        except asyncpg.PostgresError as error:
            raise EmulatorError(f"{otherwise}: {error}.") from error

    @property
    def admin_dsn_kwargs(self) -> dict[str, Any]:
        """Arguments for `asyncpg.connect` that go past the gateway, as superuser.

        For tests that must set something up behind the service's back; no such door is real.
        """
        return {
            "host": str(self._cluster.socket_folder),
            "port": 5432,
            "user": SUPERUSER,
            "database": DATABASE,
            "ssl": False,
        }

    def environment(self) -> dict[str, str]:
        """The variables an app finds, and those that lead it here.

        Source: Databricks docs, "Add a Lakebase resource" (dev-tools/databricks-apps/lakebase) and
        "System environment" (dev-tools/databricks-apps/system-env). The service sets PGSSLMODE to
        `require`; here the authority is private, so the mode is the strict one and names its file.
        """
        return {
            "DATABRICKS_HOST": self.workspace_url,
            "DATABRICKS_CLIENT_ID": self._state.app.name,
            "DATABRICKS_CLIENT_SECRET": self._state.app.secret,
            "LAKEBASE_ENDPOINT": ENDPOINT_NAME,
            "PGHOST": HOST,
            "PGPORT": str(self.gateway_port),
            "PGDATABASE": DATABASE,
            "PGUSER": self._state.app.name,
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(authority_file(self.data)),
            "PGAPPNAME": "lakepass-emulator",
        }


@contextlib.contextmanager
def running_emulator(
    *,
    data: Path | None = None,
    port: int = 0,
    workspace_port: int = 0,
    dialect: Dialect | str | None = None,
    native_login: bool = False,
) -> Iterator[Emulator]:
    """A local Lakebase for the length of a `with` block; on loopback only.

    data: a folder that keeps everything across restarts; without it all is gone at the end.
    port, workspace_port: of the project's endpoint and of the workspace; 0 takes a free one.
    dialect: how logins are refused, on both hosts; by default endpoints say it as the proxy does,
    instances as Postgres does.
    native_login: take passwords of Postgres roles too. Off by default, as for new projects since
    2026-05-21: Databricks, Lakebase release notes, read 2026-11.

    Runs in a thread of its own, so tests may be synchronous or bring their own event loop.
    Raises EmulatorError with advice if a port is taken, the folder is in use, or there is no
    Postgres to be found.
    """
    with contextlib.ExitStack() as stack:
        if data is None:
            folder = Path(tempfile.mkdtemp(prefix="lakepass-data-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        else:
            folder = data.expanduser().resolve()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        listeners = [stack.enter_context(_listener(number)) for number in (port, 0, workspace_port)]
        cluster = Cluster(folder, temporary=data is None)
        cluster.start()
        stack.callback(cluster.stop)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        state = State.kept_in(folder / "workspace.json", now=now)
        cluster.offer_extensions(state.identities)
        ports = [listener.getsockname()[1] for listener in listeners]
        emulator = Emulator(data=folder, cluster=cluster, state=state, ports=ports)
        dialects = [Dialect(dialect)] * 2 if dialect else [Dialect.PROXY, Dialect.DIRECT]
        compute = Compute(native_login=native_login)
        stack.enter_context(_Services(emulator, cluster, state, compute, listeners, dialects))
        yield emulator


def _listener(port: int) -> socket.socket:
    """A bound socket, so that the port is ours before anything else is begun."""
    # The protocol is named: asyncio switches Nagle's delay off only for sockets that name it.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(128)  # else a second emulator could bind the same port
    except OSError as error:
        listener.close()
        raise EmulatorError(
            f"Port {port} cannot be used ({error.strerror}). Stop the program that listens there, "
            "choose another port, or leave it out to take any free one."
        ) from error
    return listener


class _Services:
    """Workspace and gateway on an event loop in a thread, as a context manager."""

    def __init__(
        self,
        emulator: Emulator,
        cluster: Cluster,
        state: State,
        compute: Compute,
        listeners: list[socket.socket],
        dialects: list[Dialect],
    ) -> None:
        self._emulator = emulator
        self._cluster = cluster
        self._state = state
        self._compute = compute
        self._listeners = listeners
        self._dialects = dialects
        self._ready: Future[None] = Future()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="lakepass-emulator", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()
        self._ready.result()

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            if self._ready.done():
                log.exception("the emulator broke down")
            else:
                self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = {"host": str(self._cluster.socket_folder), "port": 5432, "ssl": False}
        server |= {"user": SUPERUSER}
        await provision(server, self._state, major=self._cluster.runner.binaries.major)
        tokens = Tokens(
            SigningKey.kept_in(self._emulator.data / "signing-key.pem"), self._state.workspace_id
        )
        tokens.issuer = f"{self._emulator.workspace_url}/oidc"
        compute, minting = self._compute, Minting()
        async with AsyncExitStack() as stack:
            admin = asyncpg.create_pool(**server, database="postgres", min_size=0, max_size=2)
            await stack.enter_async_context(admin)
            gateway = Gateway(
                backend=self._cluster.socket,
                admin=admin,
                state=self._state,
                tokens=tokens,
                compute=compute,
                tls=server_context(self._emulator.data),
            )
            stack.push_async_callback(gateway.close)
            for listener, dialect in zip(self._listeners, self._dialects, strict=False):
                await gateway.listen(listener, dialect)
            roles = Roles(admin, Vault(self._emulator.data / "native-roles.json"))
            workspace = Workspace(
                host=self._emulator.workspace_url,
                state=self._state,
                tokens=tokens,
                vault=self._emulator._vault,
                roles=roles,
                compute=compute,
                minting=minting,
            )
            await stack.enter_async_context(_http(workspace.app(), self._listeners[-1]))
            self._emulator._tokens, self._emulator._roles = tokens, roles
            self._emulator._databases = Databases(admin, self._state)
            self._emulator._loop = self._loop
            self._emulator.faults = Faults(
                tokens=tokens, compute=compute, minting=minting, cut=gateway.cut, loop=self._loop
            )
            self._ready.set_result(None)
            await self._stop.wait()


def _dated(app: Starlette) -> ASGIApp:
    """Answers tell the time of answering: clients count the life of a credential from it.

    uvicorn's own header can be a second and more behind, as it is renewed once a second.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = email.utils.formatdate(usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", now)]
            await send(message)

        await app(scope, receive, send_dated)

    return answer


@contextlib.asynccontextmanager
async def _http(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """Serve an application on this socket; its idle connections are closed at the end."""
    config = uvicorn.Config(
        _dated(app),
        date_header=False,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
