"""`python -m bench.diagnoses`: provoke each fault of the doctor's tests, and record what it says.

Written to bench/results-diagnoses.md: what was changed in the environment of a healthy app, the
steps that were not good, and the verdict. Ids, ports and folders, which differ each time, are named.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from lakepass.doctor.examination import examine
from lakepass.doctor.report import Mark, Report
from lakepass.doctor.settings import shown
from lakepass.emulator import Emulator, running_emulator
from packages.lakepass.tests.doctor.test_provoked import PROVOKED, Provoke, Scene

RESULTS = Path(__file__).with_name("results-diagnoses.md")


def main() -> None:
    """Record all, in the order of their codes."""
    began = time.monotonic()
    with running_emulator() as emulator:
        names = _names(emulator)
        runs = [_masked(_record(emulator, code, provoke), names) for code, provoke in PROVOKED]
    took_s = time.monotonic() - began
    head = (
        "# What the doctor says of each fault\n\nRecorded by `python -m bench.diagnoses`: "
        f"{len(runs)} faults, provoked one after the other against one local Lakebase in "
        f"{took_s:.0f} s. Each block begins with what was changed in the environment of an app that "
        "works, or nothing, where the fault is elsewhere."
    )
    RESULTS.write_text("\n\n".join([head, *runs]) + "\n", encoding="utf-8")
    print(f"{RESULTS}: {len(runs)} runs")


def _record(emulator: Emulator, code: str, provoke: Provoke) -> str:
    """One fault, and what the doctor makes of it."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as later:
        healthy = emulator.environment() | {"DATABRICKS_CONFIG_FILE": f"{folder}/none"}
        environ = provoke(Scene(emulator, healthy, Path(folder), later))
        report = examine(environ)
        emulator.faults.clear()
        lines = [*_changes(healthy, environ), "$ lakepass doctor", *_told(report)]
        return f"## {code}\n\n```text\n" + "\n".join(lines).replace(folder, "/tmp/x") + "\n```"


def _changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for name in sorted(before | after):
        if name not in after:
            yield f"$ unset {name}"
        elif before.get(name) != after[name]:
            yield f"$ export {name}={shown(name, after[name])!r}"


def _told(report: Report) -> Iterator[str]:
    """The steps that were not good, and the verdict."""
    worse = [result for result in report.results if result.mark in (Mark.BAD, Mark.NOTE)]
    yield from Report(tuple(worse)).lines()


def _names(emulator: Emulator) -> dict[str, str]:
    """What differs from run to run, and what to call it."""
    environ = emulator.environment()
    return {
        emulator.workspace_url: "https://workspace.example.com",
        environ["DATABRICKS_CLIENT_ID"]: "<client id>",
        environ["PGPORT"]: "5432",
        str(emulator.data): "/tmp/lakebase",
    }


def _masked(text: str, names: dict[str, str]) -> str:
    for found, name in names.items():
        text = text.replace(found, name)
    return re.sub(r" +\d+ ms$", "", text, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
