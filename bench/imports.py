"""`python -m bench.imports`: what importing costs, as a multiple of starting a bare Python.

Each round starts all programs in turn, so that a busy moment meets them all; told are the medians
of the rounds' ratios, and the fastest start in milliseconds.
"""

import statistics
import subprocess
import sys
import tempfile
import time

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


def rounds(folder: str) -> list[dict[str, float]]:
    """Seconds of each program, by round."""
    return [
        {name: _seconds(arguments, folder) for name, arguments in PROGRAMS.items()}
        for _ in range(ROUNDS)
    ]


def _seconds(arguments: tuple[str, ...], folder: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, check=False)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        took = rounds(folder)
    print("| started | ratio | fastest, ms |")
    print("| --- | --- | --- |")
    for name in PROGRAMS:
        ratio = statistics.median(one[name] / one[BARE] for one in took)
        print(f"| `{name}` | {ratio:.2f} | {min(one[name] for one in took) * 1000:.0f} |")


if __name__ == "__main__":
    main()
