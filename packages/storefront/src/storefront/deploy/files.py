"""Whether the checkout has what the platform installs and what the app looks for when it runs."""

import os
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from storefront.deploy.findings import Finding
from storefront.deploy.located import Located

# Databricks docs: "Databricks Apps environment"; "Develop Databricks apps"; read 2026-11.
_PYTHON = "3.11"
_LARGEST_MB = 10

# What the app does not run without, wherever it was uploaded to.
_NEEDED = (
    "app.yaml",
    "requirements.txt",
    *(
        f"packages/{distribution}/{name}"
        for distribution in ("lakepass", "storefront")
        for name in ("pyproject.toml", "README.md", "LICENSE", "src")
    ),
)
_PROJECT = "packages/storefront/pyproject.toml"
_SOURCES = ("-e ./packages/lakepass", "-e ./packages/storefront")
_LEFT_BEHIND = ("__pycache__", "node_modules", "dist")


def project_of(root: Path) -> dict[str, Any]:
    """The table `project` of the shop's pyproject.toml; empty where there is none that can be read."""
    try:
        found: dict[str, Any] = tomllib.loads((root / _PROJECT).read_text("utf-8"))["project"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return {}
    return found


def file_findings(root: Path, bundle: Located) -> Iterator[Finding]:
    """Findings about the files of the checkout, and about those that the bundle leaves out."""
    for name in _NEEDED:
        if not (root / name).exists():
            yield Finding(name, 0, "", "", "The app does not run without it.", "Restore it.")
    yield from _python_findings(root)
    yield from _requirement_findings(root)
    yield from _large_files(root)
    for pattern in bundle.get("sync", "exclude").elements():
        for name in ("app.yaml", *_NEEDED):
            if fnmatch(name, pattern.text) or fnmatch(f"{name}/x", pattern.text):
                yield Finding(
                    "databricks.yml", pattern.line, "sync.exclude", pattern.text,
                    f"This keeps {name} from being uploaded.", "Remove the pattern.",
                )  # fmt: skip


def _python_findings(root: Path) -> Iterator[Finding]:
    wanted = str(project_of(root).get("requires-python", ""))
    try:
        fits = SpecifierSet(wanted).contains(f"{_PYTHON}.0")
    except InvalidSpecifier:
        fits = False
    if not fits:
        yield Finding(
            _PROJECT, 0, "project.requires-python", wanted,
            f"Apps that are installed from requirements.txt run Python {_PYTHON}.",
            f"Use a range that includes it, such as >={_PYTHON}.",
        )  # fmt: skip


def _requirement_findings(root: Path) -> Iterator[Finding]:
    """requirements.txt, where there is one, is all that the platform installs."""
    file = root / "requirements.txt"
    if not file.is_file():
        return
    lines = [line.split("#")[0].strip() for line in file.read_text("utf-8").splitlines()]
    again = "Regenerate it: make requirements."
    for source in _SOURCES:
        if source not in lines:
            yield Finding(
                file.name, 0, "", "",
                f"The line `{source}` is missing, so this part is not installed from its source.",
                again,
            )  # fmt: skip
    locked = _locked(root)
    for number, line in enumerate(lines, 1):
        pinned = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line)
        if pinned is None:
            continue
        name, version = canonicalize_name(pinned[1]), pinned[2]
        if version not in locked.get(name, {version} if not locked else set()):
            problem = f"uv.lock has {', '.join(sorted(locked.get(name, []))) or 'none'} of {name}."
            yield Finding(file.name, number, name, version, problem, again)


def _locked(root: Path) -> dict[str, set[str]]:
    """The versions in uv.lock, by name; empty where there is no lock."""
    file = root / "uv.lock"
    if not file.is_file():
        return {}
    versions: dict[str, set[str]] = {}
    for package in tomllib.loads(file.read_text("utf-8")).get("package", []):
        versions.setdefault(canonicalize_name(package["name"]), set()).add(
            package.get("version", "")
        )
    return versions


def _large_files(root: Path) -> Iterator[Finding]:
    """Files beyond what the platform takes; hidden folders are not uploaded."""
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _LEFT_BEHIND]
        for name in files:
            path = Path(folder, name)
            size_mb = path.stat(follow_symlinks=False).st_size / 1_000_000
            if size_mb > _LARGEST_MB:
                yield Finding(
                    str(path.relative_to(root)), 0, "", f"{size_mb:.1f} MB",
                    f"Files of an app are at most {_LARGEST_MB} MB.",
                    "Move it to a volume, or out of this folder.",
                )  # fmt: skip
