"""The login in front of Postgres: TLS, a token as password, a check of the role, then a pipe.

The steps and their order are those of the service. Source: github.com/agrawroh/envoy
(contrib/postgres_inspector, contrib/databricks_sql_proxy) up to the startup packet;
github.com/neondatabase/postgres (src/backend/libpq/auth.c) for the password;
Databricks docs, "Authentication" (oltp/projects/authentication) for identities and roles.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import weakref
from collections.abc import Collection, Mapping

import asyncpg

from lakepass.emulator.faults.conditions import AccessList
from lakepass.emulator.gateway import native, refusals, wire
from lakepass.emulator.gateway.link import Link
from lakepass.emulator.gateway.readers import restricted
from lakepass.emulator.gateway.refusals import Dialect, Refusal, Refused
from lakepass.emulator.gateway.routes import Route
from lakepass.emulator.gateway.sessions import Session, Sessions
from lakepass.emulator.identity.tokens import LAKEBASE_SCOPE, Claims, Flaw, TokenRefused, Tokens
from lakepass.emulator.postgres.provision import Role, role_named
from lakepass.emulator.state import WorkspaceState

# The three limits: the filter and the fork named above.
HANDSHAKE_S = 15.0
STARTUP_LIMIT = 10_000
PASSWORD_LIMIT = 65_535
_HOLD_STEP_S = 0.02  # how often a held login checks whether the compute is awake

_FLAWS = {
    Flaw.UNREADABLE: refusals.NOT_A_TOKEN,
    Flaw.UNKNOWN_KEY: refusals.UNKNOWN_KEY,
    Flaw.BAD_SIGNATURE: refusals.BAD_SIGNATURE,
    Flaw.EXPIRED: refusals.AUTHENTICATION_FAILED,
    Flaw.OTHER_WORKSPACE: refusals.OTHER_WORKSPACE,
}


class Gateway:
    """Serves logins at every host; each host has a route. All methods run on one event loop."""

    def __init__(
        self,
        *,
        state: WorkspaceState,
        tokens: Tokens,
        access: AccessList,
        sessions: Sessions,
        tls: ssl.SSLContext,
    ) -> None:
        self._state = state
        self._tokens = tokens
        self._access = access
        self._sessions = sessions
        self._names: weakref.WeakKeyDictionary[ssl.SSLObject, str] = weakref.WeakKeyDictionary()
        self.certify(tls)
        self._servers: dict[socket.socket, asyncio.Server] = {}
        self._tasks: dict[asyncio.Task[None], Link] = {}

    async def listen(self, listener: socket.socket, routes: list[Route]) -> None:
        """Accept logins on this socket. SNI selects the route; a client without SNI gets the first."""

        def connected(link: Link) -> None:
            task = asyncio.get_running_loop().create_task(self._serve(link, routes))
            self._tasks[task] = link
            task.add_done_callback(self._tasks.pop)

        server = await asyncio.get_running_loop().create_server(
            lambda: Link(connected), sock=listener
        )
        self._servers[listener] = server

    def leave(self, listener: socket.socket) -> None:
        """Accept no more logins on this socket; open sessions stay."""
        if server := self._servers.pop(listener, None):
            server.close()

    def certify(self, tls: ssl.SSLContext) -> None:
        """Present this certificate to new connections."""
        self._tls = tls
        self._tls.sni_callback = self._note_name

    async def close(self) -> None:
        """Stop listening and end all sessions."""
        for server in self._servers.values():
            server.close()
        for task, link in list(self._tasks.items()):
            link.transport.abort()
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, link: Link, routes: list[Route]) -> None:
        """One connection from its first byte to its last."""
        try:
            async with asyncio.timeout(HANDSHAKE_S) as deadline:
                session = await self._log_in(link, routes, deadline)
            if session is not None:
                await self._see_through(session)
        except Refused as refused:
            link.transport.write(refused.packet)
        except TimeoutError:
            link.transport.write(refusals.TIMEOUT.encoded(Dialect.DIRECT))
        except OSError:
            pass  # the client left, or TLS could not be negotiated
        finally:
            link.close()

    async def _see_through(self, session: Session) -> None:
        """Return once the session has ended and is removed."""
        try:
            await session.ended()
        finally:
            self._sessions.remove(session)
            session.backend.close()

    async def _log_in(
        self, link: Link, routes: list[Route], deadline: asyncio.Timeout
    ) -> Session | None:
        """All steps up to the pipe. Returns None for a CancelRequest, which opens no session."""
        if not await self._encrypt(link, routes[0].dialect):
            return None
        name = self._names.get(link.transport.get_extra_info("ssl_object"))
        route = _route_of(name, routes)
        dialect = (route or routes[0]).dialect
        parameters = await self._startup(link, dialect)
        if parameters is None:
            return None
        if route is None:
            raise Refused(refusals.UNKNOWN_HOST.encoded(dialect, name=name))
        if route.host.needs_sni and name is None and not _is_java(parameters):
            raise Refused(refusals.NO_SNI.encoded(dialect))
        parameters, option = wire.without_endpoint(parameters)
        if option is not None and option not in route.endpoint_ids:
            endpoint = route.endpoint_ids[0]
            raise Refused(
                refusals.OTHER_ENDPOINT.encoded(dialect, endpoint=endpoint, option=option)
            )
        await self._admit(link, route, deadline)
        parameters = wire.truncated(parameters)
        role = parameters.get("user", "")
        password = await self._password(link, route.dialect)
        claims = await self._check(password, role, route)
        if route.is_read_only and route.primary is None:  # a standby is read-only by itself
            # A startup parameter overrides the settings of role and database and `options`. A session
            # could still begin a transaction as READ WRITE, which a standby refuses.
            parameters["default_transaction_read_only"] = "on"
        if claims is not None and claims.tables is not None:
            parameters |= await self._restricted(claims.tables, parameters, route)
        session, greeting = await self._enter(link, parameters, route)
        if not self._sessions.has_room_at(route.compute):
            session.backend.close()
            raise Refused(refusals.TOO_MANY.encoded(route.dialect))
        self._sessions.add(session)  # before the client receives its cancel key
        link.transport.write(greeting)
        link.join(session.backend)
        return session

    async def _admit(self, link: Link, route: Route, deadline: asyncio.Timeout) -> None:
        """Let a login proceed once the compute is awake. Raises Refused.

        The client cannot speed this up, so its handshake deadline restarts afterwards.
        """
        address = link.transport.get_extra_info("peername")[0]
        refusal = self._access.refusal(address)
        while refusal is None and route.compute.holds_login() and not link.closed.is_set():
            deadline.reschedule(None)
            await asyncio.sleep(_HOLD_STEP_S)
        deadline.reschedule(asyncio.get_running_loop().time() + HANDSHAKE_S)
        refusal = refusal or route.knock()
        if refusal is not None:
            raise Refused(refusal.encoded(route.dialect, address=address))

    async def _encrypt(self, link: Link, dialect: Dialect) -> bool:
        """From the first packet to TLS. Returns False for a CancelRequest, which ends here."""
        length, code = struct.unpack("!II", await link.read(8))
        if code == wire.CANCEL_REQUEST and length == wire.CANCEL_REQUEST_LENGTH:
            await self._cancel(wire.CancelKey(await link.read(8)))
            return False
        # Direct TLS ends here too: the first bytes of its ClientHello read as an impossible length.
        if not 8 <= length < STARTUP_LIMIT:
            raise Refused(refusals.STARTUP_LENGTH.encoded(dialect))
        if code != wire.SSL_REQUEST:
            raise Refused(refusals.PLAINTEXT.encoded(dialect, version=code))
        if length != 8:
            raise Refused(refusals.SSL_REQUEST_LENGTH.encoded(dialect))
        if link.waiting:  # otherwise someone in the middle could inject a first query
            raise Refused(refusals.EARLY_DATA.encoded(dialect))
        link.transport.write(wire.ACCEPT_TLS)
        await link.encrypt(self._tls, HANDSHAKE_S)
        return True

    def _note_name(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        """Record the host that this connection named; called during the TLS handshake."""
        if name:
            self._names[connection] = name

    async def _startup(self, link: Link, dialect: Dialect) -> dict[str, str] | None:
        """The parameters of the startup packet; None if it was a CancelRequest instead."""
        length = wire.integer(await link.read(4))
        if not 8 <= length < STARTUP_LIMIT:
            raise Refused(refusals.STARTUP_LENGTH.encoded(dialect))
        body = await link.read(length - 4)
        version = wire.integer(body[:4])
        if version == wire.CANCEL_REQUEST and length == wire.CANCEL_REQUEST_LENGTH:
            await self._cancel(wire.CancelKey(body[4:]))
            return None
        if version != wire.PROTOCOL_3_0:
            major, minor = divmod(version, 1 << 16)
            raise Refused(refusals.VERSION.encoded(dialect, major=major, minor=minor))
        try:
            return wire.startup_parameters(body[4:])
        except ValueError as error:
            raise Refused(refusals.STARTUP_LAYOUT.encoded(dialect)) from error

    async def _password(self, link: Link, dialect: Dialect) -> str:
        """Request a cleartext password (inside TLS), also for SCRAM roles."""
        link.transport.write(wire.PASSWORD_REQUEST)
        kind = await link.read(1)
        if kind != wire.PASSWORD:
            raise Refused(refusals.NO_PASSWORD_MESSAGE.encoded(dialect, kind=kind[0]))
        length = wire.integer(await link.read(4))
        if not 4 < length <= PASSWORD_LIMIT:
            raise Refused(refusals.PASSWORD_LENGTH.encoded(dialect))
        password, *more = (await link.read(length - 4)).split(b"\0")
        if more != [b""]:
            raise Refused(refusals.PASSWORD_LENGTH.encoded(dialect))
        return password.decode(errors="replace")

    async def _check(self, password: str, role: str, route: Route) -> Claims | None:
        """The claims of the password if it is a token. Raises Refused if they do not match the role.

        Tokens are checked only here: a session outlives the token that opened it.
        """
        dialect = route.dialect

        def refuse(refusal: Refusal, **known: object) -> Refused:
            return Refused(refusal.encoded(dialect, role=role, **known))

        if not password:
            raise refuse(refusals.EMPTY_PASSWORD)
        try:
            claims = self._tokens.verify(password)
        except TokenRefused as refused:
            if refused.flaw is not Flaw.UNREADABLE or not route.compute.native_login:
                raise refuse(_FLAWS[refused.flaw]) from refused
            await self._check_native(password, role, route)
            return None
        if route.is_pooled:
            # Assumed: the text. The docs say only that pooled hosts reject tokens ("Connection pooling",
            # oltp/projects/connection-pooling); PgBouncer compares stored passwords, and the role
            # of an identity has none.
            raise refuse(refusals.AUTHENTICATION_FAILED)
        # Hosts of instances accept a plain workspace token too, as the vendor's older app templates
        # rely on (github.com/databricks/app-templates). Assumed: hosts of endpoints do not.
        is_taken = claims.is_credential or (
            dialect is Dialect.DIRECT and claims.opens(LAKEBASE_SCOPE)
        )
        identity = self._state.by_name(claims.subject) if is_taken else None
        if identity is None:
            raise refuse(refusals.WRONG_KIND_OF_TOKEN)
        found = await self._role(role, route)
        if found is None:
            raise refuse(refusals.NO_ROLE)
        if found.label is None:
            raise refuse(refusals.NO_LABEL)
        # Members of a group log in with their own tokens; membership is not checked again later.
        # Source: Databricks docs, "Postgres roles" (oltp/projects/postgres-roles).
        groups = self._state.groups_of(identity)
        if found.label not in {one.label for one in [identity, *groups]}:
            raise refuse(refusals.OTHER_IDENTITY, identity=identity.id)
        return claims

    async def _restricted(
        self, tables: Collection[str], parameters: dict[str, str], route: Route
    ) -> dict[str, str]:
        """See `readers`. Raises Refused if that database cannot be reached."""
        role = parameters.get("user", "")
        database = parameters.get("database", role)
        try:
            return await restricted(route.primary or route.server, role, database, tables)
        except asyncpg.InvalidCatalogNameError:
            return {}  # Postgres is about to report that itself
        except (OSError, asyncpg.PostgresError) as error:
            reason = type(error).__name__
            raise Refused(refusals.UNREACHABLE.encoded(route.dialect, reason=reason)) from error

    async def _check_native(self, password: str, role: str, route: Route) -> None:
        """Check that this is the role's own password. Raises Refused.

        An unknown role is refused like a wrong password, as in Postgres. Source: PostgreSQL,
        src/backend/libpq/auth-scram.c, which completes the exchange for unknown roles.
        """
        found = await self._role(role, route)
        if found is not None and found.label is not None:
            # Assumed: for roles of identities no native login is attempted.
            raise Refused(refusals.NOT_A_TOKEN.encoded(route.dialect, role=role))
        if found is None or not await native.fits(password, found.verifier):
            raise Refused(refusals.AUTHENTICATION_FAILED.encoded(route.dialect, role=role))

    async def _role(self, name: str, route: Route) -> Role | None:
        try:
            return await role_named(route.server.admin, name)
        except asyncpg.DataError:
            return None  # a role name is always valid UTF-8
        except (OSError, asyncpg.PostgresError) as error:
            reason = type(error).__name__
            raise Refused(refusals.UNREACHABLE.encoded(route.dialect, reason=reason)) from error

    async def _enter(
        self, link: Link, parameters: dict[str, str], route: Route
    ) -> tuple[Session, bytes]:
        """Open the session in Postgres as that role. Returns it and the messages that start it.

        Raises Refused with the reason that Postgres gives: database, connection limit.
        """
        try:
            _, backend = await asyncio.get_running_loop().create_unix_connection(
                Link, str(route.server.socket)
            )
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Refused(refusals.UNREACHABLE.encoded(route.dialect, reason=reason)) from error
        try:
            backend.transport.write(wire.startup_packet(parameters))
            greeting = bytearray()
            key = public_key = wire.CancelKey(b"")
            while True:
                kind = await backend.read(1)
                body = await backend.read(wire.integer(await backend.read(4)) - 4)
                if kind == wire.ERROR:
                    raise Refused(refusals.relayed(body, route.dialect))
                if kind == wire.BACKEND_KEY:  # the service hides its own too
                    key, public_key = wire.CancelKey(body), wire.CancelKey.random()
                    body = public_key.value
                greeting += wire.Message(kind, body).encoded()
                if kind == wire.READY:
                    return Session(route, link, backend, key, public_key), bytes(greeting)
        except BaseException:
            backend.transport.abort()
            raise

    async def _cancel(self, public_key: wire.CancelKey) -> None:
        """Pass a CancelRequest to the session it names; as in Postgres, there is no response."""
        session = self._sessions.known_by(public_key)
        if session is None:
            return
        reader, writer = await asyncio.open_unix_connection(str(session.route.server.socket))
        writer.write(session.key.request())
        with contextlib.suppress(OSError):
            await reader.read()  # Postgres closes once it has sent the signal
        writer.close()
        await writer.wait_closed()


def _route_of(name: str | None, routes: list[Route]) -> Route | None:
    """The route of the host that SNI named; of the first host if it named none."""
    if name is None:
        return routes[0]
    return next((one for one in routes if one.host.name == name.lower()), None)


def _is_java(parameters: Mapping[str, str]) -> bool:
    """Whether the client is a Java driver: others do not send a DateStyle with the login.

    Java names no host without a dot in TLS, so never `localhost`; the service's hosts have dots.
    Source: OpenJDK, `sun.security.ssl.Utilities`; pgJDBC, `ConnectionFactoryImpl`.
    """
    return "DateStyle" in parameters
