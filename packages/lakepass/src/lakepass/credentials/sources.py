"""Which password to use: an ordered list of sources, each with the reason why it applies or not.

1. A database credential: minted by the workspace for any identity the SDK finds, valid for an hour.
2. A native Postgres password: PGPASSWORD or LAKEBASE_PASSWORD, used as it is.
3. The same, stored in a secret scope: LAKEBASE_PASSWORD_SECRET=scope/key, read when first needed.
4. The same, revealed by the workspace for our role, if LAKEPASS_AUTH=password asks for it.

A personal access token is not one of these, though often set as a password; it is never sent to Postgres
(Databricks docs, "Authenticate to a database instance": OAuth tokens and native passwords only).
"""

from dataclasses import dataclass, field
from typing import Literal

from lakepass.errors import ConfigurationError
from lakepass.target.identity import PERSONAL_ACCESS_TOKEN, WorkspaceIdentity, find_identity
from lakepass.target.settings import Environment, Target, one_of

Strategy = Literal["oauth", "password"]
MINTED, NATIVE = "database credential", "native password"
SCOPED = "secret scope"
REVEALED = "revealed password"
PASSWORDS = ("PGPASSWORD", "LAKEBASE_PASSWORD")


@dataclass(frozen=True, slots=True)
class Source:
    """A source of passwords, and why it applies or not."""

    name: str
    applies: bool
    why: str


@dataclass(frozen=True, slots=True)
class Caution:
    """A warning. code: in the catalogue. happened: the specific case."""

    code: str
    happened: str = ""

    @property
    def text(self) -> str:
        """The warning as text, for a log line."""
        from lakepass.diagnoses import CATALOGUE  # noqa: PLC0415 - many words, for warnings only

        row = CATALOGUE[self.code]
        return self.happened or f"{row.title} {row.cause} {row.fix}"


@dataclass(frozen=True, slots=True)
class Choice:
    """The source that was chosen, and why."""

    strategy: Strategy
    sources: tuple[Source, ...]
    identity: WorkspaceIdentity
    password: str | None = field(repr=False)
    warnings: tuple[Caution, ...]
    secret: tuple[str, str] | None = None  # scope and key

    @property
    def taken(self) -> str:
        """The name of the source that was chosen."""
        return next(source.name for source in self.sources if source.applies)


def choose(environ: Environment, target: Target, auth: str | None = None) -> Choice:
    """Choose the first source that applies, or the one that `auth` or LAKEPASS_AUTH selects.

    Raises ConfigurationError (LP-102, LP-107, LP-111 to LP-117, LP-127, LP-131 to LP-134).
    """
    auth = auth or environ.get("LAKEPASS_AUTH") or "auto"
    if auth not in ("auto", "oauth", "password"):
        raise ConfigurationError(code="LP-113", facts={"LAKEPASS_AUTH": auth})
    warnings: list[Caution] = []
    secret = one_of(environ, "PGPASSWORD", "LAKEBASE_PASSWORD", secret=True)
    identity = find_identity(environ)
    if secret and is_access_token(secret):
        variable = "PGPASSWORD" if environ.get("PGPASSWORD") else "LAKEBASE_PASSWORD"
        identity = _move_access_token(environ, variable, identity, auth, warnings)
        secret, no_password = None, f"{variable} holds a personal access token"
    else:
        no_password = _why_no_password(environ)
    scope_and_key = _scope_and_key(environ)
    sources = (
        _minted(auth, target, identity, has_password=bool(secret)),
        _native(auth, secret, no_password),
        _scoped(auth, scope_and_key, identity),
        _revealed(auth, target, identity, no_password),
    )
    strategy = _first(auth, sources, environ, target, identity)
    if strategy == "password":
        _check_password_login(target, identity)
    _warn(warnings, strategy, secret, target)
    _check_clear_text(strategy, target)
    return Choice(
        strategy=strategy,
        sources=sources,
        identity=identity,
        password=secret if strategy == "password" else None,
        warnings=tuple(warnings),
        secret=scope_and_key,
    )


def is_access_token(secret: str) -> bool:
    """Whether this is a personal access token, which is never sent to Postgres."""
    return secret.strip().startswith("dapi")


def checked_secret(password: str, scope: str, key: str) -> str:
    """The password that a secret holds. Raises ConfigurationError (LP-114) for an access token."""
    if not is_access_token(password):
        return password
    raise ConfigurationError(
        f"The secret {scope}/{key} holds a personal access token (dapi…), which Postgres does not "
        "accept.",
        code="LP-114",
        next_step="Put a native Postgres password into it, or unset LAKEBASE_PASSWORD_SECRET and "
        "LAKEPASS_AUTH so that a credential is minted.",
    )


def signed_in_user(access_token: str, host: str, target: Target) -> Choice:
    """A database credential for the person whose workspace token this is.

    Raises ConfigurationError (LP-107, LP-137) where only a native password can be used.
    """
    if target.is_pooled:
        raise ConfigurationError(code="LP-137")
    _check_clear_text("oauth", target)
    identity = WorkspaceIdentity(
        certainty="known",
        kind="signed-in user",
        why="an access token was forwarded",
        host=host,
        method="pat",  # the SDK's name for any bearer token that it is given
        settings={"DATABRICKS_HOST": host, "DATABRICKS_TOKEN": access_token},
    )
    sources = (
        Source(MINTED, applies=True, why=f"{identity.kind}: {identity.why}"),
        Source(NATIVE, applies=False, why="it belongs to another role than this person's"),
    )
    return Choice(strategy="oauth", sources=sources, identity=identity, password=None, warnings=())


def _move_access_token(
    environ: Environment,
    variable: str,
    identity: WorkspaceIdentity,
    auth: str,
    warnings: list[Caution],
) -> WorkspaceIdentity:
    """Sign in to the workspace with the token that was meant as a password, if nothing else can."""
    host = environ.get("DATABRICKS_HOST")
    if auth == "password" or (identity.certainty != "known" and not host):
        raise ConfigurationError(
            f"{variable} holds a personal access token (dapi…), which Postgres does not accept.",
            code="LP-114",
            next_step="Unset LAKEPASS_AUTH so that a database credential is minted instead, "
            "or set PGPASSWORD to a native Postgres password."
            if auth == "password"
            else "",
            facts={"LAKEPASS_AUTH": auth},
        )
    if identity.certainty == "known":
        ignored = (
            f"{variable} holds a personal access token; it is ignored, "
            f"because the workspace identity is known ({identity.kind}). Remove it."
        )
        warnings.append(Caution("LP-114", ignored))
        return identity
    used = (
        f"{variable} holds a personal access token, which Postgres does not accept. "
        "It is used to sign in to the workspace instead; move it to DATABRICKS_TOKEN."
    )
    warnings.append(Caution("LP-114", used))
    return WorkspaceIdentity(
        certainty="known",
        kind=PERSONAL_ACCESS_TOKEN,
        why=f"{variable} holds a personal access token",
        host=host,
        method="pat",
        settings={"DATABRICKS_HOST": host or "", "DATABRICKS_TOKEN": environ[variable].strip()},
    )


def _why_no_password(environ: Environment) -> str:
    for name in PASSWORDS:
        if environ.get(name) == "":
            return f"{name} is set, but empty"
    return "neither PGPASSWORD nor LAKEBASE_PASSWORD is set"


def _minted(
    auth: str, target: Target, identity: WorkspaceIdentity, *, has_password: bool
) -> Source:
    if auth == "password":
        return Source(MINTED, applies=False, why="LAKEPASS_AUTH=password rules it out")
    if target.is_pooled:
        return Source(MINTED, applies=False, why="the host is a pooler, which takes no token")
    if identity.certainty == "possible" and has_password and auth == "auto":
        return Source(MINTED, applies=False, why=f"{identity.why}; a native password is set")
    applies = identity.certainty != "none"
    return Source(MINTED, applies=applies, why=f"{identity.kind}: {identity.why}")


def _native(auth: str, secret: str | None, no_password: str) -> Source:
    if auth == "oauth":
        return Source(NATIVE, applies=False, why="LAKEPASS_AUTH=oauth rules it out")
    if secret:
        return Source(NATIVE, applies=True, why="a password variable is set")
    return Source(NATIVE, applies=False, why=no_password)


def _scope_and_key(environ: Environment) -> tuple[str, str] | None:
    named = environ.get("LAKEBASE_PASSWORD_SECRET")
    if not named:
        return None
    scope, slash, key = named.partition("/")
    if not (scope and slash and key) or "/" in key:
        raise ConfigurationError(code="LP-127")  # its value may be the password itself
    return scope, key


def _scoped(auth: str, named: tuple[str, str] | None, identity: WorkspaceIdentity) -> Source:
    if auth == "oauth":
        return Source(SCOPED, applies=False, why="LAKEPASS_AUTH=oauth rules it out")
    if named is None:
        return Source(SCOPED, applies=False, why="LAKEBASE_PASSWORD_SECRET is not set")
    if identity.certainty == "none":
        return Source(SCOPED, applies=False, why=f"it cannot be read: {identity.why}")
    return Source(SCOPED, applies=True, why="LAKEBASE_PASSWORD_SECRET is set")


def _revealed(auth: str, target: Target, identity: WorkspaceIdentity, no_password: str) -> Source:
    if auth != "password":
        return Source(REVEALED, applies=False, why="only LAKEPASS_AUTH=password asks for it")
    if no_password.endswith("empty"):
        return Source(REVEALED, applies=False, why=no_password)
    if target.kind == "instance":
        return Source(REVEALED, applies=False, why="only projects reveal the passwords of roles")
    if identity.certainty == "none":
        return Source(REVEALED, applies=False, why=f"it cannot be requested: {identity.why}")
    return Source(REVEALED, applies=True, why="the workspace can reveal the role's password")


def _first(
    auth: str,
    sources: tuple[Source, ...],
    environ: Environment,
    target: Target,
    identity: WorkspaceIdentity,
) -> Strategy:
    taken = next((source.name for source in sources if source.applies), None)
    if taken is not None:
        return "oauth" if taken == MINTED else "password"
    raise ConfigurationError(
        code=_why_none(environ, target, identity),
        facts={**{source.name: source.why for source in sources}, "LAKEPASS_AUTH": auth},
    )


def _why_none(environ: Environment, target: Target, identity: WorkspaceIdentity) -> str:
    """The code of the first obstacle."""
    if target.is_pooled and identity.certainty != "none":
        return "LP-137"
    if identity.flaw:
        return identity.flaw
    is_empty = any(environ.get(name) == "" for name in PASSWORDS)
    return "LP-134" if is_empty else "LP-115"


def _check_password_login(target: Target, identity: WorkspaceIdentity) -> None:
    if target.user is None:
        raise ConfigurationError(code="LP-116")
    if target.host is None and identity.certainty == "none":
        raise ConfigurationError(code="LP-117", facts={target.kind: target.name})


def _check_clear_text(strategy: Strategy, target: Target) -> None:
    if target.sslmode == "disable" and strategy == "oauth":
        raise ConfigurationError(
            "A token never travels in clear text.",
            code="LP-107",
            facts={"PGSSLMODE": target.sslmode},
        )


def _warn(warnings: list[Caution], strategy: Strategy, secret: str | None, target: Target) -> None:
    codes = []
    if target.sslmode == "require" and not target.sslrootcert:
        codes.append("LP-139")
    if target.sslmode == "disable":
        codes.append("LP-107")
    if strategy == "password" and secret and secret.startswith("eyJ"):
        codes.append("LP-140")
    warnings.extend(Caution(code) for code in codes)
