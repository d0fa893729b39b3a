"""`python -m bench.mutation [MODULE…]`: changes of the code that no test notices.

Cosmic Ray makes one small change after the other to each module and runs the tests that should notice
it, in a copy of the sources. Writes the survivors to bench/mutation.md; the sections of other modules
stay. Some survivors are equivalent: no test could notice them. A change takes one to four seconds.
With WITHIN_S=200 it stops after that time, and the next run continues.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).parents[1]
_BIN = Path(sys.executable).parent
_REPORT = Path(__file__).parent / "mutation.md"
_SESSIONS = _ROOT / ".local" / "mutation"
_SHOP = "packages/storefront/src/storefront"
_TESTS = "packages/storefront/tests"


class Tests(NamedTuple):
    """The tests that should notice a change. which: those of them that need no database, for `-k`.

    options: of pytest; without the fixtures of the shop it starts in a third of the time.
    """

    files: str
    which: str = ""
    options: str = "--noconftest"


MODULES = {
    "money.py": Tests("test_money.py"),
    "catalog/spreadsheets.py": Tests("catalog/test_spreadsheets.py", "not catalogue", ""),
    "orders/refunds.py": Tests("orders/test_refunds.py"),
    "pricing/discounts.py": Tests("pricing/test_discounts.py pricing/test_laws.py"),
    "pricing/totals.py": Tests("pricing/test_totals.py pricing/test_laws.py"),
    "web/middleware/accepted_encoding.py": Tests("web/test_http_caching.py", "quality", ""),
    "web/middleware/cache_policy.py": Tests("web/test_cache_policy.py"),
}
_CONFIGURATION = """
[cosmic-ray]
module-path = "{module}"
timeout = 60.0
excluded-modules = []
test-command = "{python} -m pytest -xq -p no:cacheprovider -p no:randomly {options} -k '{which}' {tests}"
[cosmic-ray.distributor]
name = "local"
"""


class Outcome(NamedTuple):
    """How many changes there are, how many were tried, and those that no test noticed, as diffs."""

    changes: int
    tried: int
    survivors: list[str]


def mutate(module: str, tests: Tests, within_s: float | None) -> Outcome:
    """Try the changes of a module that were not tried yet."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        for part in ("packages", "tests"):
            shutil.copytree(_ROOT / part, copy / part)
        for file in ("conftest.py", "pyproject.toml"):
            shutil.copy(_ROOT / file, copy)
        files = [f"{_TESTS}/{name}" for name in tests.files.split()]
        configuration = copy / "session.toml"
        configuration.write_text(
            _CONFIGURATION.format(
                module=f"{_SHOP}/{module}",
                python=sys.executable,
                which=tests.which,
                options=tests.options,
                tests=" ".join(files),
            )
        )
        session = _session(copy, [f"{_SHOP}/{module}", *files])
        if not session.exists():
            _cosmic_ray(copy, "init", str(configuration), str(session))
        try:
            _cosmic_ray(copy, "exec", str(configuration), str(session), within_s=within_s)
        except subprocess.TimeoutExpired:
            print(f"{module}: stopped after {within_s:.0f} s; run it again for the rest")
        return _outcome(_cosmic_ray(copy, "dump", str(session)))


def _session(copy: Path, files: list[str]) -> Path:
    """Where the results for exactly these sources and tests are stored."""
    _SESSIONS.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(b"".join((copy / file).read_bytes() for file in files)).hexdigest()[:12]
    return _SESSIONS / f"{digest}.sqlite"


def _cosmic_ray(copy: Path, *arguments: str, within_s: float | None = None) -> str:
    """Run it in the copy, whose packages come before those that are installed."""
    sources = os.pathsep.join(str(path) for path in copy.glob("packages/*/src"))
    return subprocess.run(
        [str(_BIN / "cosmic-ray"), *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": sources},
        check=True,
        text=True,
        capture_output=True,
        timeout=within_s,
    ).stdout


def _outcome(dump: str) -> Outcome:
    results = [json.loads(line)[1] for line in dump.splitlines()]
    tried = [result for result in results if result is not None]
    alive = [result["diff"] for result in tried if result["test_outcome"] == "survived"]
    return Outcome(len(results), len(tried), alive)


def _changed_lines(diff: str) -> str:
    return "\n".join(
        line for line in diff.splitlines() if line[:1] in "+-@" and line[:3] not in ("+++", "---")
    )


def _section(outcome: Outcome) -> str:
    tried = "" if outcome.tried == outcome.changes else f", {outcome.tried} of them tried so far"
    lines = [f"{outcome.changes} changes{tried}, {len(outcome.survivors)} not noticed.\n"]
    lines += [f"```diff\n{_changed_lines(diff)}\n```\n" for diff in outcome.survivors]
    return "\n".join(lines)


def _stored_sections() -> Iterator[tuple[str, str]]:
    if _REPORT.exists():
        for part in _REPORT.read_text(encoding="utf-8").split("\n## ")[1:]:
            module, _, text = part.partition("\n\n")
            yield module, text


def main() -> None:
    """Update the report for the modules named, or for all of them."""
    within_s = float(os.environ["WITHIN_S"]) if "WITHIN_S" in os.environ else None
    sections = dict(_stored_sections())
    for module in sys.argv[1:] or list(MODULES):
        outcome = mutate(module, MODULES[module], within_s)
        print(
            f"{module}: {outcome.tried} of {outcome.changes} changes tried, "
            f"{len(outcome.survivors)} not noticed",
            flush=True,
        )
        sections[module] = _section(outcome)
    page = ["# Changes that no test noticed\n\nMade by `make mutation` (Cosmic Ray).\n"]
    page += [f"## {module}\n\n{sections[module]}" for module in MODULES if module in sections]
    _REPORT.write_text(re.sub(r"\n{3,}", "\n\n", "\n".join(page)).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
