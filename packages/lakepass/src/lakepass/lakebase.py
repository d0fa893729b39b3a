"""A Lakebase database, from settings to valid passwords: the main object of the library.

Creating one only reads settings; the workspace is contacted when a password is first needed.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from lakepass.credentials.cache import Credential, CredentialCache
from lakepass.credentials.login import Login
from lakepass.credentials.recent import Recent
from lakepass.credentials.sources import (
    NATIVE,
    REVEALED,
    SCOPED,
    Choice,
    checked_secret,
    choose,
    signed_in_user,
)
from lakepass.drivers.methods import DriverMethods
from lakepass.errors import ConfigurationError
from lakepass.explanation import Explanation, explain
from lakepass.target import addresses, arguments, lookup
from lakepass.target.settings import (
    Environment,
    Location,
    Target,
    process_environment,
    read_target,
    tls_context,
)

if TYPE_CHECKING:
    from ssl import SSLContext

    from lakepass.databricks import Workspace

log = logging.getLogger(__name__)

MOST_USERS = 100


class Lakebase(DriverMethods):
    """One Lakebase database, with valid passwords for it.

        lake = Lakebase.from_env()
        lake = Lakebase("projects/shop/branches/production/endpoints/primary")
        lake = Lakebase("projects/shop")                    # its default branch
        lake = Lakebase(instance="retail")                  # the older database-instance API
        lake = Lakebase(host="ep-….database.….cloud.databricks.com")

    Share one among all threads, tasks and event loops; it survives a fork. Settings that are not given
    are read from `environ` (default: the process environment): LAKEBASE_ENDPOINT or LAKEBASE_INSTANCE,
    PGHOST, PGDATABASE, PGPORT, PGUSER, PGSSLMODE, PGSSLROOTCERT, PGAPPNAME, LAKEPASS_AUTH,
    PGPASSWORD, and what the Databricks SDK reads.

    auth: "oauth", "password" or "auto". connect_deadline_s: how long connecting may take in all,
    including the wait for a credential and for a compute that wakes.
    Raises ConfigurationError for what is missing, malformed or contradictory.
    """

    def __init__(
        self,
        resource: str | None = None,
        *,
        instance: str | None = None,
        host: str | None = None,
        database: str | None = None,
        port: int | None = None,
        user: str | None = None,
        sslmode: str | None = None,
        sslrootcert: str | None = None,
        auth: str | None = None,
        connect_deadline_s: float = 60.0,
        environ: Environment | None = None,
    ) -> None:
        arguments.check_texts(
            resource=resource,
            instance=instance,
            host=host,
            database=database,
            user=user,
            sslmode=sslmode,
            sslrootcert=sslrootcert,
            auth=auth,
        )
        environ = process_environment() if environ is None else arguments.checked_environ(environ)
        self.connect_deadline_s = arguments.checked_deadline_s(connect_deadline_s)
        self._target = read_target(
            environ,
            resource=resource,
            instance=instance,
            host=host,
            database=database,
            port=port,
            user=user,
            sslmode=sslmode,
            sslrootcert=sslrootcert,
        )
        self._choice = choose(environ, self._target, auth)
        self._begin()
        for warning in self._choice.warnings:
            log.warning("%s", warning.text)

    def _begin(self, *, keeps: bool = True) -> None:
        """Reset everything that is looked up. keeps: as for CredentialCache."""
        self._keeps = keeps
        self._location: Location | None = None
        self._role = self._target.user
        if self._choice.strategy == "oauth":
            self._role = self._role or self._choice.identity.role
        self._tls: SSLContext | None = None
        self._workspace: Workspace | None = None
        self._issuing: threading.Thread | None = None
        has_all = self._choice.password is not None and self._target.known_host and self._role
        self._credentials = CredentialCache(self._issue, keeps=keeps, is_local=bool(has_all))
        self._users = Recent(self._log_in_as, MOST_USERS)
        self._by_other_hosts: dict[Target, Lakebase] = {}

    def _variant(
        self,
        *,
        keeps: bool,
        target: Target | None = None,
        choice: Choice | None = None,
        connect_deadline_s: float | None = None,
        workspace: "Workspace | None" = None,
    ) -> "Lakebase":
        """A copy with other settings, with nothing looked up or minted yet.

        keeps: as for CredentialCache. workspace: another client for it.
        """
        lake = object.__new__(type(self))
        vars(lake).update(vars(self))
        lake._target = target or self._target
        lake._choice = choice or self._choice
        lake.connect_deadline_s = connect_deadline_s or self.connect_deadline_s
        lake._begin(keeps=keeps)
        lake._workspace = workspace
        return lake

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Lakebase":
        """The database of the environment, as it is injected into a Databricks App."""
        return cls(environ=environ)

    def __repr__(self) -> str:
        target = self._target
        return f"<Lakebase {target.kind} {target.name}, database {target.database}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A Lakebase holds passwords, so it is not pickled or copied. Share it among threads and "
            "forked processes; in others create one, as with Lakebase.from_env()."
        )

    def password(self) -> str:
        """A valid password. Blocks only if none is cached.

        Raises CredentialDenied, CredentialUnavailable, ConfigurationError.
        """
        return self._credentials.credential(self.connect_deadline_s).password

    async def password_async(self) -> str:
        """As `password`, without blocking the event loop."""
        return (await self._credentials.credential_async(self.connect_deadline_s)).password

    def login(self, within_s: float | None = None) -> Login:
        """Everything for one new connection; drivers call it each time. Raises as `password`."""
        within_s = self.connect_deadline_s if within_s is None else within_s
        return self._login(self._credentials.credential(within_s))

    async def login_async(self, within_s: float | None = None) -> Login:
        """As `login`, without blocking the event loop."""
        within_s = self.connect_deadline_s if within_s is None else within_s
        return self._login(await self._credentials.credential_async(within_s))

    def accept(self, credential: Credential) -> None:
        """For drivers: a server accepted this credential."""
        arguments.check_is("credential", credential, Credential)
        self._credentials.accept(credential)

    def invalidate(self, credential: Credential) -> bool:
        """For drivers: a server rejected this credential. True if another may be requested."""
        arguments.check_is("credential", credential, Credential)
        # There is no other than a password from the environment; a stored one may have been changed.
        return self._choice.password is None and self._credentials.invalidate(credential)

    def for_user(self, access_token: str) -> "Lakebase":
        """The same database, logged in as the person whose workspace token this is.

        access_token: from the header X-Forwarded-Access-Token of a Databricks App, if user
        authorization with the scope `postgres` is enabled (Databricks docs, "Configure authorization in
        a Databricks app"). The person needs their own Postgres role. The same token returns
        the same object, so that requests share a credential; the hundred most recent are cached.
        Raises ConfigurationError: LP-126 for a missing token and where no workspace is known; LP-119
        for what is no token; LP-107 without TLS; LP-137 through the pooler.
        """
        host = self._choice.identity.host
        token = arguments.checked_token(access_token)
        if not token or not host:
            raise ConfigurationError(code="LP-126", facts={"DATABRICKS_HOST": host or "unknown"})
        return self._users.get(token)

    def read_only(self) -> "Lakebase":
        """The same database on its read-only host, if it has one: for reports, separate from writers.

        Otherwise on the host itself; sessions are read-only either way, so that accidental writes
        also fail on a laptop. A replica may lag behind. Further calls return the same object, so that
        the credential is shared.
        Raises ConfigurationError (LP-117) where the workspace cannot be asked for the host.
        """
        return self._by_another_host(reads_only=True)

    def pooled(self) -> "Lakebase":
        """The same database through the service's pooler, for very many short connections.

        It accepts native passwords only (LAKEPASS_AUTH=password), in transaction mode: no session
        settings, PREPARE, LISTEN, temporary tables or advisory locks of a
        session (Databricks docs, "Connection pooling").
        Raises ConfigurationError: LP-137 for a token, LP-117 as `read_only`; when connecting,
        LP-129 where there is no pooler.
        """
        if self._choice.strategy == "oauth":
            raise ConfigurationError(code="LP-137")
        return self._by_another_host(is_pooled=True)

    def display(self) -> dict[str, Any]:
        """Parts of a URL for display: what is known without a look-up, and no password."""
        return {
            "username": self._role,
            "host": self._location.host if self._location else self._target.known_host,
            "port": self._target.port,
            "database": self._target.database,
        }

    def explain(self) -> Explanation:
        """How it would connect and why, without the network and without secrets."""
        host = self._location.host if self._location else self._target.known_host
        return explain(self._target, self._choice, host=host, role=self._role)

    def dsn(self) -> str:
        """A libpq URL without a password. Asks the workspace for host or role if unknown."""
        return addresses.libpq_url(self._target, *self._find())

    def jdbc_url(self) -> str:
        """A JDBC URL without a password, the role percent-encoded. Asks as `dsn` does."""
        return addresses.jdbc_url(self._target, *self._find())

    def libpq_env(self) -> dict[str, str]:
        """PG* variables for psql and other libpq programs, without PGPASSWORD. Asks as `dsn` does."""
        return addresses.libpq_variables(self._target, *self._find())

    def close(self) -> None:
        """Drop credential and sign-in, including those of `for_user`, `read_only` and `pooled`.

        Open connections stay open; a later use signs in again.
        """
        self._users.close()
        for lake in list(self._by_other_hosts.values()):  # another thread may add one
            lake.close()
        self._credentials.clear()
        if self._workspace is not None:
            self._workspace.close()

    async def aclose(self) -> None:
        """As `close`, which does not block."""
        self.close()

    @property
    def is_pooled(self) -> bool:
        """Whether connections go through the service's pooler."""
        return self._target.is_pooled

    def _by_another_host(self, *, reads_only: bool = False, is_pooled: bool = False) -> "Lakebase":
        if self._choice.identity.certainty == "none":
            raise ConfigurationError(code="LP-117", facts={self._target.kind: self._target.name})
        target = replace(
            self._target,
            reads_only=self._target.reads_only or reads_only,
            is_pooled=self._target.is_pooled or is_pooled,
        )
        if target == self._target:
            return self
        if target not in self._by_other_hosts:
            lake = self._variant(target=target, keeps=self._keeps)
            self._by_other_hosts.setdefault(target, lake)  # another thread may have been faster
        return self._by_other_hosts[target]

    def _log_in_as(self, access_token: str) -> "Lakebase":
        return self._variant(
            target=replace(self._target, user=None),
            choice=signed_in_user(access_token, self._choice.identity.host or "", self._target),
            keeps=False,  # not refreshed after the person has left
        )

    def _issue(self) -> Credential:
        """Mint or read a password. Called by the cache, in a thread, one call at a time."""
        lost, self._issuing = self._issuing, threading.current_thread()
        if lost and lost.is_alive() and self._workspace:
            # The previous call hangs. In the SDK all calls wait for a hanging sign-in, so sign in again.
            self._workspace.close()
        location, role = self._find()
        if self._tls is None:
            self._tls = tls_context(self._target)
        if self._choice.password is not None:
            return Credential(self._choice.password)
        if self._choice.taken == SCOPED and self._choice.secret is not None:
            secret = self._signed_in().secret(*self._choice.secret)
            return Credential(checked_secret(secret, *self._choice.secret))
        if self._choice.taken == REVEALED:
            return Credential(self._signed_in().reveal(location, role))
        return self._signed_in().mint(location)

    def _find(self) -> tuple[Location, str]:
        """Host and role; looked up once if they are not in the settings. Blocks."""
        if self._location is None:
            native = self._choice.taken in (NATIVE, SCOPED) and self._target.known_host
            location = Location(host=native) if native else self._signed_in().find(self._target)
            if self._target.looks_up_host:
                status = self._signed_in().state_of(location)
                location = replace(
                    location, host=lookup.chosen_host(self._target, location, status)
                )
            self._location = location
        if self._role is None:
            self._role = self._signed_in().whoami()
        return self._location, self._role

    def _login(self, credential: Credential) -> Login:
        assert self._location is not None  # set before a credential is minted
        assert self._role is not None
        target = self._target
        return Login(
            host=self._location.host,
            port=target.port,
            database=target.database,
            user=self._role,
            credential=credential,
            tls=self._tls,
            sslmode=target.sslmode,
            sslrootcert=addresses.rootcert_for_libpq(target),
            application_name=target.application_name,
            reads_only=target.reads_only,
            is_pooled=target.is_pooled,
        )

    def _signed_in(self) -> "Workspace":
        from lakepass.databricks import Workspace  # noqa: PLC0415 - the SDK takes long to load

        if self._workspace is None:  # concurrent calls only cost a second sign-in
            self._workspace = Workspace(self._choice.identity)
        return self._workspace


# For the doctor, which takes the steps of a login one at a time.


def for_trials(
    lake: Lakebase,
    *,
    workspace: "Workspace | None",
    connect_deadline_s: float | None = None,
    database: str | None = None,
) -> Lakebase:
    """A copy with a client of the workspace of its own, which refreshes nothing in the background.

    connect_deadline_s, database: as they are, unless others are given.
    """
    target = lake._target if database is None else replace(lake._target, database=database)
    return lake._variant(
        keeps=False, target=target, connect_deadline_s=connect_deadline_s, workspace=workspace
    )


def place_of(lake: Lakebase) -> Location:
    """Where the database is. Raises what the look-up raises."""
    return lake._find()[0]


def new_credential(lake: Lakebase) -> Credential:
    """A credential that is minted or read now, past the cache. Raises as `Lakebase.password`."""
    return lake._issue()
