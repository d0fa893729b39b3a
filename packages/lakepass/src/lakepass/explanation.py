"""Explains how it would connect and why, without the network: for logs, tickets and the doctor."""

import sys
from dataclasses import asdict, dataclass

from lakepass.credentials.sources import Choice, Source
from lakepass.target.settings import Target

LOOKED_UP = "known after a look-up in the workspace"
_DISTRIBUTIONS = ("lakepass", "databricks-sdk", "asyncpg", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a Lakebase is configured, without secrets; also names what only the workspace knows."""

    target: str
    host: str
    port: int
    database: str
    role: str
    tls: str
    strategy: str
    sources: tuple[Source, ...]
    identity: str
    workspace: str
    warnings: tuple[str, ...]
    versions: dict[str, str]

    def facts(self) -> list[tuple[str, str]]:
        """Pairs of name and value, in order of display."""
        return [
            ("database", f"{self.database} on {self.host}:{self.port}"),
            ("target", self.target),
            ("role", self.role),
            ("TLS", self.tls),
            ("password", self.strategy),
            *(
                (f"  {source.name}", f"{'applies' if source.applies else 'no'}: {source.why}")
                for source in self.sources
            ),
            ("workspace", f"{self.workspace}, signed in as {self.identity}"),
            ("versions", ", ".join(f"{name} {found}" for name, found in self.versions.items())),
        ]

    def lines(self) -> list[str]:
        """A readable report, one fact per line."""
        facts = [*self.facts(), *(("warning", warning) for warning in self.warnings)]
        return [f"{name + ':':<23}{fact}" for name, fact in facts]

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return asdict(self)


def explain(target: Target, choice: Choice, *, host: str | None, role: str | None) -> Explanation:
    """Explain a choice. host, role: None if only the workspace knows them."""
    identity = choice.identity
    return Explanation(
        target=f"{target.kind} {target.name}{_by_which_host(target)}",
        host=host or LOOKED_UP,
        port=target.port,
        database=target.database,
        role=role or LOOKED_UP,
        tls=_tls(target),
        strategy=choice.taken,
        sources=choice.sources,
        identity=identity.kind,
        workspace=identity.host or ("as its settings say" if identity.settings else "none"),
        warnings=tuple(caution.text for caution in choice.warnings),
        versions=_versions(),
    )


def _by_which_host(target: Target) -> str:
    pooled = ", through its pooler" if target.is_pooled else ""
    return f"{', read-only' if target.reads_only else ''}{pooled}"


def _tls(target: Target) -> str:
    if target.sslmode in ("disable", "require") and not target.sslrootcert:
        return target.sslmode
    return f"{target.sslmode}, authorities: {target.sslrootcert or 'system'}"


def _versions() -> dict[str, str]:
    from importlib import metadata  # noqa: PLC0415 - slow to load, and rarely needed

    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in _DISTRIBUTIONS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions
