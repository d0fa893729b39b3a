"""`python -m bench.mutation [MODULE…]`: changes of the code that no test notices.

Cosmic Ray makes one small change after the other to each module and runs the tests that should notice
it, in a copy of the sources. Writes the survivors to bench/mutation.md. Some are equivalent: no test
could notice them. Takes some seconds a change.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_BIN = Path(sys.executable).parent
_REPORT = Path(__file__).parent / "mutation.md"
_SHOP = "packages/storefront/src/storefront"
_TESTS = "packages/storefront/tests"
# By module: the tests that should notice, and which of them need no database.
MODULES = {
    "catalog/spreadsheets.py": ("catalog/test_spreadsheets.py", "not catalogue"),
    "web/middleware/accepted_encoding.py": ("web/test_http_caching.py", "quality"),
    "web/middleware/cache_policy.py": ("web/test_http_caching.py", "document or only_what"),
}
_CONFIGURATION = """
[cosmic-ray]
module-path = "{module}"
timeout = 120.0
excluded-modules = []
test-command = "{python} -m pytest -x -q -p no:cacheprovider -k '{which}' {tests}"
[cosmic-ray.distributor]
name = "local"
"""


def survivors(module: str, tests: str, which: str) -> tuple[int, list[str]]:
    """How many changes were made, and those that no test noticed, as diffs."""
    with tempfile.TemporaryDirectory() as folder:
        copy, session = Path(folder, "copy"), Path(folder, "session.sqlite")
        for part in ("packages", "tests"):
            shutil.copytree(_ROOT / part, copy / part)
        for file in ("conftest.py", "pyproject.toml"):
            shutil.copy(_ROOT / file, copy)
        configuration = copy / "session.toml"
        configuration.write_text(
            _CONFIGURATION.format(
                module=f"{_SHOP}/{module}",
                python=sys.executable,
                which=which,
                tests=f"{_TESTS}/{tests}",
            )
        )
        for command in ("init", "exec"):
            _cosmic_ray(copy, command, str(configuration), str(session))
        done = [*_results(_cosmic_ray(copy, "dump", str(session)))]
    return len(done), [diff for outcome, diff in done if outcome == "survived"]


def _cosmic_ray(copy: Path, *arguments: str) -> str:
    """Run it in the copy, whose packages come before those that are installed."""
    sources = os.pathsep.join(str(path) for path in copy.glob("packages/*/src"))
    return subprocess.run(
        [str(_BIN / "cosmic-ray"), *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": sources},
        check=True,
        text=True,
        capture_output=True,
    ).stdout


def _results(dump: str) -> Iterator[tuple[str, str]]:
    for line in dump.splitlines():
        _, result = json.loads(line)
        if result is not None:
            yield result["test_outcome"], result["diff"]


def _changed_lines(diff: str) -> str:
    return "\n".join(
        line for line in diff.splitlines() if line[:1] in "+-@" and line[:3] not in ("+++", "---")
    )


def main() -> None:
    """Write the report for the modules named, or for all of them."""
    chosen = sys.argv[1:] or list(MODULES)
    report = ["# Changes that no test noticed\n", "Made by `make mutation` (Cosmic Ray).\n"]
    for module in chosen:
        made, alive = survivors(module, *MODULES[module])
        print(f"{module}: {made} changes, {len(alive)} not noticed", flush=True)
        report.append(f"## {module}\n\n{made} changes, {len(alive)} not noticed.\n")
        report += [f"```diff\n{_changed_lines(diff)}\n```\n" for diff in alive]
    _REPORT.write_text("\n".join(report), encoding="utf-8")


if __name__ == "__main__":
    main()
