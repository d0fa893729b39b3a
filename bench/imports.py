"""`python -m bench.imports`: what importing costs, as a multiple of starting a bare Python.

Counted is the processor time of programs whose bytecode is there, so that neither other work on the
machine nor a compiler decides. Each round starts all programs in turn; told are the medians of the
rounds' ratios, and the least milliseconds.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 20
BARE = "python -c pass"
PROGRAMS = {
    BARE: ("-c", "pass"),
    "import lakepass": ("-c", "import lakepass"),
    "… of it, what Python brings": (
        "-c",
        "import concurrent.futures, contextlib, dataclasses, datetime, ipaddress, logging, pathlib, "
        "random, urllib.parse",
    ),
    "import lakepass.cli": ("-c", "import lakepass.cli"),
    "import databricks.sdk": ("-c", "import databricks.sdk"),
    "pytest, nothing to run": ("-m", "pytest", "-q", "-p", "no:lakepass"),
    "… with lakepass.testing": ("-m", "pytest", "-q"),
}


def one_round(folder: str) -> dict[str, float]:
    """Seconds of each program."""
    return {name: _seconds(arguments, folder) for name, arguments in PROGRAMS.items()}


def _seconds(arguments: tuple[str, ...], folder: str) -> float:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = _spent()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    return _spent() - before


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        one_round(folder)  # compiles
        took = [one_round(folder) for _ in range(ROUNDS)]
    print("| started | ratio | least, ms |")
    print("| --- | --- | --- |")
    for name in PROGRAMS:
        ratio = statistics.median(one[name] / one[BARE] for one in took)
        print(f"| `{name}` | {ratio:.2f} | {min(one[name] for one in took) * 1000:.0f} |")


if __name__ == "__main__":
    main()
