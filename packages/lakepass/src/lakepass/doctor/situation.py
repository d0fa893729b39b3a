"""State shared by the checks, and the findings of one check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lakepass.commands.grants import Level, guess_kind, literal, quoted
from lakepass.credentials.cache import Credential
from lakepass.credentials.sources import NATIVE, Choice
from lakepass.doctor.report import Finding, clean
from lakepass.errors import LakepassError
from lakepass.lakebase import Lakebase
from lakepass.target.damage_kinds import Damage
from lakepass.target.identity import WorkspaceIdentity
from lakepass.target.settings import Environment, Location, Target

if TYPE_CHECKING:
    from lakepass.databricks import Workspace
    from lakepass.doctor.session import Session
    from lakepass.target.lookup import DatabaseStatus


def role_facts(role: str | None) -> dict[str, object]:
    """A role in the forms that fixes need: bare, as an identifier, as a literal, and its type."""
    if not role:
        return {}
    return {
        "role": role,
        "role_quoted": quoted(role),
        "role_literal": literal(role),
        "kind_literal": literal(guess_kind(role).value),
    }


class Skipped(Exception):
    """A check cannot be tried; the message says why not."""


@dataclass(slots=True)
class Situation:
    """One database and the identity that logs in, as far as they are known so far.

    schemas: where to check privileges; level: the access to check. only_reads: whether
    the caller only reads. migrates: whether writing includes creating and altering
    tables. connections: how many the caller's pools may open in total. as_app: whether this
    is a Databricks App.
    """

    environ: Environment
    schemas: tuple[str, ...]
    level: Level
    only_reads: bool
    migrates: bool
    connections: int | None
    as_app: bool
    damages: list[Damage] = field(default_factory=list)
    target: Target | None = None
    choice: Choice | None = None
    identity: WorkspaceIdentity | None = None  # who would sign in
    lake: Lakebase | None = None  # a copy of the caller's, with short time-outs
    workspace: "Workspace | None" = None
    is_workspace: bool | None = None  # whether DATABRICKS_HOST responds as one
    workspace_id: str = ""  # the id that it reports
    ahead_s: float | None = None  # how much our clock is ahead of the workspace's
    identity_name: str | None = None
    groups: frozenset[str] | None = None  # of this identity, by name; None: unknown
    databases: tuple[str, ...] = ()  # endpoints and instances that this identity may see
    place: Location | None = None
    state: "DatabaseStatus | None" = None
    writable: Location | None = None  # the read-write endpoint, if `place` is read-only
    addresses: list[tuple[str, int]] = field(default_factory=list)
    tls_failed: bool = False
    is_known_to_be_read_only: bool = False  # a setting or the host prevents writing
    is_publicly_trusted: bool | None = None  # whether the system's authorities trust the server
    credential: Credential | None = None
    session: "Session | None" = None
    refusal: LakepassError | None = None  # why there is no session

    @property
    def is_writing(self) -> bool:
        """Whether anything is to be written."""
        return self.level is not Level.READ

    @property
    def creates(self) -> bool:
        """Whether tables are to be created."""
        return self.is_writing and (self.migrates or self.as_app or self.level is not Level.WRITE)

    @property
    def alters(self) -> bool:
        """Whether existing tables are to be altered and indexed."""
        if self.level is Level.WRITE:
            return self.migrates or self.as_app
        return self.level is Level.OWN or (self.is_writing and self.as_app)

    @property
    def host(self) -> str:
        """Where to connect. Raises Skipped."""
        known = (self.place and self.place.host) or (self.target and self.target.host)
        if not known:
            raise Skipped("the host is not known")
        return known

    @property
    def has_private_authority(self) -> bool:
        """Whether the database is a local one, with its own authority."""
        host = (self.place and self.place.host) or (self.target and self.target.host) or ""
        return host == "localhost" or host.startswith(("127.", "::1"))

    @property
    def direct_host(self) -> str | None:
        """The host for writing, with a session per client. Before a look-up, judged by its name."""
        if self.writable:
            return self.writable.host
        if self.state:
            return self.state.hosts.get("host")
        if self.target is None or self.target.host is None:
            return None
        label, dot, domain = self.target.host.partition(".")
        return f"{label.removesuffix('-pooler').removesuffix('-ro')}{dot}{domain}"

    @property
    def branch(self) -> str | None:
        """The resource name of the branch, if the database belongs to a project."""
        endpoint = self.place and self.place.endpoint
        return endpoint.partition("/endpoints/")[0] if endpoint else None

    @property
    def role(self) -> str | None:
        """The Postgres role, as far as it is known."""
        if self.target and self.target.user:
            return self.target.user
        return self.identity_name or (self.identity.role if self.identity else None)

    @property
    def is_native(self) -> bool:
        """Whether a password from the environment is used as it is."""
        return bool(self.choice and self.choice.taken == NATIVE)

    @property
    def needs_workspace(self) -> bool:
        """Whether the workspace is needed at all."""
        return not (self.is_native and self.target and self.target.host)

    @property
    def can_sign_in(self) -> bool:
        """Whether settings name an identity that signs in to the workspace."""
        return bool(self.identity and self.identity.certainty != "none")

    @property
    def profile(self) -> str:
        """The profile of the Databricks CLI that selects the identity; "" if none does."""
        kind, _, name = (self.identity.kind if self.identity else "").partition(" ")
        return name if kind == "profile" else ""

    def signing_in(self) -> "tuple[WorkspaceIdentity, Workspace]":
        """The identity and the workspace. Raises Skipped."""
        if not self.needs_workspace:
            raise Skipped("a native password needs no workspace")
        if self.identity is None or self.workspace is None:
            raise Skipped("the settings above do not say who signs in")
        return self.identity, self.workspace

    def logged_in(self) -> "Session":
        """Raises Skipped."""
        if self.session is None:
            raise Skipped("there is no session")
        return self.session

    def are_set(self, *names: str) -> list[str]:
        """Of these variables, those that are set, empty or not."""
        return [name for name in names if name in self.environ]

    def facts(self) -> dict[str, object]:
        """Values for the lines of a fix."""
        target, identity = self.target, self.identity
        known = {
            "workspace": (identity and identity.host) or self.environ.get("DATABRICKS_HOST"),
            "client_id": self.environ.get("DATABRICKS_CLIENT_ID"),
            "profile": self.environ.get("DATABRICKS_CONFIG_PROFILE"),
            "app": self.environ.get("DATABRICKS_APP_NAME"),
            "identity": self.identity_name or (identity and identity.role),
            "host": (self.place and self.place.host) or (target and target.host),
            "port": target and target.port,
            "database": target and target.database,
            "target": target and target.name,
            "endpoint": self.place and self.place.endpoint,
            "instance": self.place and self.place.instance,
            "direct_host": self.direct_host,
            **role_facts(self.role),
        }
        if self.place and self.place.endpoint:
            known["project"] = project = self.place.endpoint.partition("/branches/")[0]
            known["project_id"] = project.removeprefix("projects/")
        return {name: fact for name, fact in known.items() if fact}


class Findings:
    """What one check found. Secrets are masked in all texts."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self.evidence: list[str] = []
        self.faults: list[Finding] = []
        self.notes: list[Finding] = []

    def saw(self, text: str) -> None:
        """Add a line of evidence."""
        self.evidence.append(clean(text))

    def fault(self, code: str, happened: str = "", **facts: object) -> None:
        """Report a fault."""
        self.faults.append(self._finding(code, happened, facts))

    def note(self, code: str, happened: str = "", **facts: object) -> None:
        """Report something that works for now."""
        self.notes.append(self._finding(code, happened, facts))

    def fault_of(self, error: LakepassError, code: str = "") -> None:
        """Report an error of the library. code: if the doctor knows a more specific one."""
        for name, fact in error.facts.items():
            self.saw(f"{name}: {fact}")
        happened = "" if code and code != error.code else error.happened
        self.faults.append(self._finding(code or error.code, happened, error.facts))

    def _finding(self, code: str, happened: str, facts: Mapping[str, object]) -> Finding:
        return Finding(code, {**self._situation.facts(), **facts}, clean(happened))
