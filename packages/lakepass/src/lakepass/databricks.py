"""The workspace: finds a database, mints a credential for it, reports who is signed in.

The only module that imports the Databricks SDK. Every call blocks, for seconds when the workspace is
slow: never call it on an event loop. Every error of the SDK is raised as a LakepassError, with the
cause chained and without secrets.
"""

import base64
import contextlib
import logging
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

import requests.exceptions
from databricks.sdk import WorkspaceClient
from databricks.sdk.common.lro import LroOptions
from databricks.sdk.config import Config
from databricks.sdk.errors import (
    AlreadyExists,
    BadRequest,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)
from databricks.sdk.errors.base import DatabricksError
from databricks.sdk.service.database import DatabaseAPI
from databricks.sdk.service.postgres import Branch, BranchSpec, PostgresAPI

from lakepass.credentials.cache import PATIENCE_S, Credential
from lakepass.errors import (
    ConfigurationError,
    CredentialDenied,
    CredentialError,
    CredentialUnavailable,
    LakepassError,
    harmless,
    redact,
)
from lakepass.forks import reset_in_children
from lakepass.target import branching, lookup
from lakepass.target.identity import WorkspaceIdentity
from lakepass.target.settings import Location, Target

# With PATIENCE_S, in place of the SDK's own 60 s and 300 s: too long for a visitor of a page.
HTTP_TIMEOUT_S = 10
# Databricks docs, "Authenticate to a database instance": a credential lives one hour at most.
LONGEST_LIFE_S = 3600.0
MOST_LISTED = 20
_PATIENT = LroOptions(timeout=timedelta(minutes=10))  # for what takes the workspace long
SIGN_IN_ENDED = "LP-212"
_SECRET_SETTINGS = ("DATABRICKS_TOKEN", "DATABRICKS_CLIENT_SECRET", "DATABRICKS_PASSWORD")
_UNREACHABLE = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    # The SDK could not discover where to sign in, and used the address None.
    requests.exceptions.MissingSchema,
    TimeoutError,
)
# RFC 6749 5.2, 4.1.2.1: errors of a sign-in that a retry does not fix.
_REJECTED_SIGN_IN = re.compile(
    "invalid_client|unauthorized_client|invalid_grant|invalid_scope|access_denied"
)

# The SDK ends its errors with all of its settings (databricks-sdk, `config.py`: `debug_string`).
_SETTINGS_IN_ERROR = re.compile(r"\. (?:Config|Env): .*", re.DOTALL)


class Workspace:
    """One workspace, signed in to as one identity. Safe in threads and after a fork.

    timeout_s: of one request. patience_s: of all attempts of one. By default as above.
    """

    def __init__(
        self,
        identity: WorkspaceIdentity,
        *,
        timeout_s: int | None = None,
        patience_s: int | None = None,
    ) -> None:
        self._identity = identity
        self._timeout_s = timeout_s or HTTP_TIMEOUT_S
        self._patience_s = patience_s or PATIENCE_S
        self._secrets = [identity.settings.get(name, "") for name in _SECRET_SETTINGS]
        self.reset_after_fork()
        reset_in_children(self)

    def reset_after_fork(self) -> None:
        """In a forked child: the locks and sockets of the SDK are unusable, so sign in again."""
        self._lock = threading.Lock()
        self._client: WorkspaceClient | None = None

    def whoami(self) -> str:
        """The Postgres role of this identity: an e-mail, or a service principal's application id.

        Raises CredentialDenied, CredentialUnavailable, ConfigurationError.
        """
        with self._asking("ask who is signed in"):
            name = self._signed_in().current_user.me().user_name
        if not name:
            raise ConfigurationError(code="LP-125")
        return str(name)

    def groups(self) -> frozenset[str]:
        """The workspace groups of this identity, by name. Raises as `whoami`."""
        with self._asking("ask for the groups of the identity that is signed in"):
            found = self._signed_in().current_user.me().groups or []
        return frozenset(str(group.display) for group in found if group.display)

    def databases(self) -> tuple[str, ...]:
        """The databases that this identity can see, by name: endpoints, or else instances.

        At most twenty; none where the workspace denies access.
        """
        for names in (lookup.endpoints, lookup.instances):
            with suppress(LakepassError), self._asking("list the databases"):
                if found := tuple(islice(names(self._signed_in()), MOST_LISTED)):
                    return found
        return ()

    def find(self, target: Target) -> Location:
        """The host of the target, and what mints credentials for it. Looks up only what is not given.

        Raises ConfigurationError (LP-121 to LP-124) if it does not exist, CredentialError.
        """
        if target.kind == "host":
            return self._by_host(target.name)
        if target.kind == "instance" and target.host:
            return Location(host=target.host, instance=target.name)
        if target.kind == "endpoint" and target.host:
            return Location(host=target.host, endpoint=target.name)
        with self._asking("look up the database", target=target.name):
            client = self._signed_in()
            by_name = lookup.instance if target.kind == "instance" else lookup.endpoint
            return by_name(client, target)

    def state_of(self, location: Location) -> lookup.DatabaseStatus | None:
        """The state of a database that was found. Raises as `find`."""
        with self._asking("look at the database", target=location.endpoint or location.instance):
            return lookup.state_of(self._signed_in(), location)

    def branches(self, project: str) -> list[branching.BranchInfo]:
        """The branches of a project (its resource name). Raises as `find`."""
        with self._asking("list the branches", project=project):
            return branching.branches(self._signed_in(), project)

    def create_branch(
        self, name: str, source: str | None, life_s: int | None
    ) -> branching.BranchInfo:
        """Create a branch, and wait for it. source: what to copy; None: the default branch.

        life_s: None: forever. Raises ConfigurationError (LP-219 if it exists), CredentialError.
        """
        life = {"ttl": f"{life_s}s"} if life_s else {"no_expiry": True}
        spec = BranchSpec.from_dict({"source_branch": source, **life})
        with self._asking("create the branch", branch=name):
            client = self._signed_in()
            return branching.create(client, name, Branch(spec=spec), _PATIENT, source=source)

    def delete_branch(self, name: str) -> None:
        """Delete a branch, and wait for it. Raises as `find`, and for one that has to stay (LP-124)."""
        with self._asking("delete the branch", branch=name):
            client = self._signed_in()
            branching.check_deletable(client, name)
            with contextlib.suppress(NotFound):  # the SDK repeats a request whose response was lost
                branching.delete(client, name, _PATIENT)

    def app(self, name: str) -> lookup.App:
        """The Databricks App of this name, as far as databases go. Raises as `find`."""
        with self._asking("look up the app", app=name):
            return lookup.app(self._signed_in(), name)

    def secret(self, scope: str, key: str) -> str:
        """A native password that is stored in a secret scope (Databricks docs, "Secret management").

        Raises ConfigurationError (LP-121) where there is no such secret, CredentialError.
        """
        with self._asking("read the secret", scope=scope, key=key):
            secret = self._signed_in().secrets.get_secret(scope, key)
            return base64.b64decode(secret.value or "").decode()

    def reveal(self, location: Location, role: str) -> str:
        """The native password of a role of the branch, as the workspace generated it.

        Raises ConfigurationError (LP-121, LP-128) where the branch has no such role or the role no
        password, CredentialError.
        """
        branch = (location.endpoint or "").partition("/endpoints/")[0]
        with self._asking("reveal the password of the role", role=role, branch=branch):
            postgres = self._signed_in().postgres
            for found in postgres.list_roles(branch):
                if found.name and found.status and found.status.postgres_role == role:
                    return self._password_of(found.name, role)
        raise ConfigurationError(code="LP-128", facts={"PGUSER": role, "branch": branch})

    def _password_of(self, name: str, role: str) -> str:
        try:
            return str(self._signed_in().postgres.reveal_role_password(name).password)
        except BadRequest as error:  # a role of an identity, or a password that was set in SQL
            raise ConfigurationError(
                f"The role {role} has no password that the workspace could reveal.",
                code="LP-128",
                facts={"PGUSER": role},
            ) from error

    def mint(self, location: Location) -> Credential:
        """A new database credential.

        Its lifetime is its expiry minus the Date header of the response, so that a wrong local clock
        does not matter. Without a Date the local clock is used, and the lifetime limited to an hour,
        the maximum: a clock that is wrong by five minutes then costs at most a refresh five minutes
        early, or one rejected login that is retried with a fresh credential.
        If the workspace no longer accepts the sign-in, it signs in again, once.
        Raises CredentialDenied, CredentialUnavailable, ConfigurationError.
        """
        try:
            return self._mint(location)
        except CredentialDenied as error:
            if error.code != SIGN_IN_ENDED:
                raise
        self.close()
        return self._mint(location)

    def _mint(self, location: Location) -> Credential:
        asked_at = datetime.fromtimestamp(time.time(), UTC)
        with self._asking(
            "mint a database credential", target=location.endpoint or location.instance
        ):
            dated = lookup.Dated(self._signed_in().api_client)
            if location.endpoint:
                postgres = PostgresAPI(dated)  # type: ignore[no-untyped-call]  # the SDK's gap
                minted = postgres.generate_database_credential(endpoint=location.endpoint)
                token, end = minted.token, lookup.instant(minted.expire_time)
            else:
                database = DatabaseAPI(dated)  # type: ignore[no-untyped-call]  # the SDK's gap
                older = database.generate_database_credential(
                    instance_names=[location.instance or ""], request_id=str(uuid.uuid4())
                )
                token, end = older.token, lookup.instant(older.expiration_time)
            issued_at = parsedate_to_datetime(dated.date) if dated.date else None
        if not token or end is None:
            raise CredentialUnavailable(code="LP-206")
        if issued_at is not None:
            life_s = (end - issued_at).total_seconds()
        else:
            life_s = min(LONGEST_LIFE_S, (end - asked_at).total_seconds())
        if life_s <= 0:
            raise CredentialUnavailable(code="LP-207", facts={"expires_at": end.isoformat()})
        return Credential(token, end, life_s)

    def close(self) -> None:
        """Forget the sign-in; the next call signs in again."""
        self._client = None  # without the lock, which a running sign-in may hold for long

    def _signed_in(self) -> WorkspaceClient:
        with self._lock:
            if self._client is None:
                began = time.monotonic()
                config = self._config()
                # The SDK asks the workspace where to sign in, and only logs that nobody answered:
                # the request itself would then wait as long again.
                if time.monotonic() - began >= self._patience_s:
                    raise TimeoutError(f"Timed out after {self._patience_s} s")
                self._client = WorkspaceClient(config=config)
            return self._client

    def _config(self) -> Config:
        """The settings for the SDK, which also reads the process environment for those not set."""
        settings: dict[str, Any] = {
            attribute.name: value.strip()
            for attribute in Config.attributes()
            if attribute.env and (value := self._identity.settings.get(attribute.env))
        }
        if self._identity.method:
            settings["auth_type"] = self._identity.method
        return Config(
            http_timeout_seconds=self._timeout_s,
            retry_timeout_seconds=self._patience_s,
            product="lakepass",
            **settings,
        )

    def _by_host(self, host: str) -> Location:
        """Search the projects, then the instances, for the one with this host."""
        refusals: list[LakepassError] = []
        for search in (lookup.endpoint_at, lookup.instance_at):
            try:
                with self._asking("search for the database of this host", host=host):
                    location = search(self._signed_in(), host)
            except (ConfigurationError, CredentialDenied) as error:
                refusals.append(error)  # one of the two APIs may be denied
                continue
            if location is not None:
                return location
        raise ConfigurationError(
            code="LP-123",
            facts={"PGHOST": host, **{error.code: error.happened for error in refusals}},
        ) from (refusals[0] if refusals else None)

    @contextmanager
    def _asking(self, what: str, **facts: object) -> Iterator[None]:
        """Translate errors of the SDK."""
        try:
            yield
        except (OSError, ValueError, LookupError, NotImplementedError, RuntimeError) as error:
            # DatabricksError is an OSError; a failed sign-in is a ValueError.
            cause = next((e for e in _chain(error) if isinstance(e, DatabricksError)), error)
            facts["because"] = redact(_SETTINGS_IN_ERROR.sub("", str(cause)), self._secrets)
            raise _translate(cause, f"Cannot {what}", facts) from harmless(error, self._secrets)


def _translate(error: BaseException, cannot: str, facts: dict[str, object]) -> LakepassError:
    """The LakepassError for an error: the most specific one of its chain."""
    if isinstance(error, DatabricksError):
        return _of_response(error, cannot, facts)
    if any(isinstance(link, _UNREACHABLE) for link in _chain(error)):
        return CredentialUnavailable(
            f"{cannot}: the workspace cannot be reached.",
            code="LP-203",
            facts=facts,
        )
    text = str(error)
    if _REJECTED_SIGN_IN.search(text):
        return CredentialDenied(
            f"{cannot}: the workspace refused the sign-in.",
            code="LP-211",
            facts=facts,
        )
    if "cannot configure default credentials" in text or "more than one authorization" in text:
        return ConfigurationError(
            f"{cannot}: the SDK does not find exactly one identity to sign in with.",
            code="LP-118",
            facts=facts,
        )
    if "header value" in text:
        return ConfigurationError(
            f"{cannot}: the workspace token contains invalid characters.", code="LP-119"
        )
    return CredentialUnavailable(f"{cannot}: the workspace failed.", code="LP-204", facts=facts)


def _of_response(error: DatabricksError, cannot: str, facts: dict[str, object]) -> LakepassError:
    """The LakepassError for an error response (Databricks docs, "REST API error codes")."""
    kind: type[CredentialError | ConfigurationError]
    match error:
        case Unauthenticated():
            kind, code = CredentialDenied, SIGN_IN_ENDED
        case PermissionDenied():
            kind, code = CredentialDenied, _why_denied(str(error))
        case NotFound():
            kind = ConfigurationError
            code = "LP-214" if "No API found" in str(error) else "LP-121"
        case AlreadyExists():
            kind, code = ConfigurationError, "LP-219"
        case BadRequest():
            kind, code = ConfigurationError, "LP-124"
        case _:
            kind, code = CredentialUnavailable, "LP-202"
    return kind(
        f"{cannot}: the workspace responded with {type(error).__name__}.",
        code=code,
        facts=facts,
        retry_after_s=error.retry_after_secs,
    )


def _why_denied(text: str) -> str:
    """The code for a 403."""
    if "required scopes" in text:
        return "LP-217"
    return "LP-215" if re.search(r"\bIP\b|network", text) else "LP-213"


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(20):  # chains can be circular
        if link is None:
            return
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


class _Masking(logging.Filter):
    """At level DEBUG the SDK logs responses, including tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        return True


logging.getLogger("databricks.sdk").addFilter(_Masking())
