"""The Databricks CLI: whether it is here and new enough, and how its commands are run."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tools.deploy.problems import Exit, Problem

_INSTALL = "https://docs.databricks.com/dev-tools/cli/install"
_VERSION = re.compile(r"(\d+\.\d+\.\d+)")
_LONGEST_S = 1800


class CommandFailed(Exception):
    """A command of the CLI ended with an error. said: what it printed."""

    def __init__(self, command: Sequence[str], said: str) -> None:
        super().__init__(f"`{' '.join(command)}` failed: {said}")
        self.command = " ".join(command)
        self.said = said


class DatabricksCli:
    """The CLI in one folder, signed in as the environment says. profile: passed with each command."""

    def __init__(self, program: str, root: Path, environ: Mapping[str, str]) -> None:
        self.program = program
        self.profile: str | None = None
        self._root = root
        self._environ = environ

    def run(self, *arguments: str, stdin: str = "") -> str:
        """What a command prints. Raises CommandFailed."""
        command, done = self._done(arguments, stdin)
        if done.returncode:
            raise CommandFailed(command, (done.stderr or done.stdout).strip())
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """What a command prints as JSON. Raises CommandFailed."""
        printed = self.run(*arguments, "--output", "json")
        try:
            return json.loads(printed or "null")
        except ValueError:
            command = ["databricks", *arguments]
            raise CommandFailed(command, f"its output is not JSON: {printed[:200]}") from None

    def show(self, *arguments: str) -> None:
        """Run a command that shows its progress itself. Raises CommandFailed with its last lines."""
        command = ["databricks", *arguments, *self._profile()]
        last: list[str] = []
        with subprocess.Popen(
            [self.program, *command[1:]], cwd=self._root, env=dict(self._environ), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                print(f"       {line}", end="", flush=True)
                last = [*last[-9:], line]
        if process.returncode:
            raise CommandFailed(command, "".join(last).strip())

    def _done(
        self, arguments: Sequence[str], stdin: str
    ) -> tuple[list[str], "subprocess.CompletedProcess[str]"]:
        command = ["databricks", *arguments, *self._profile()]
        done = subprocess.run(
            [self.program, *command[1:]], cwd=self._root, env=dict(self._environ), text=True,
            input=stdin, capture_output=True, timeout=_LONGEST_S, check=False,
        )  # fmt: skip
        return command, done

    def _profile(self) -> list[str]:
        return ["--profile", self.profile] if self.profile else []


def installed_cli(root: Path, environ: Mapping[str, str]) -> tuple[DatabricksCli, str]:
    """The CLI on PATH, and its version.

    Raises Problem where it is missing or older than the bundle needs.
    """
    needed = _needed(root)
    program = shutil.which("databricks", path=environ.get("PATH", os.defpath))
    if program is None:
        raise Problem(
            "The Databricks CLI is not installed.",
            "`make deploy` creates the database and the app through its command `databricks`, which is "
            "not on PATH.",
            f"Install version {needed} ({_INSTALL}), then run `make deploy` again.",
            Exit.CLI_MISSING,
        )
    cli = DatabricksCli(program, root, environ)
    try:
        printed = cli.run("--version")
    except (CommandFailed, OSError, subprocess.TimeoutExpired) as error:
        printed = str(error)
    found = _VERSION.search(printed)
    if found is None:
        raise Problem(
            f"{program} is not a Databricks CLI that works.",
            f"`databricks --version` printed: {printed.strip()[:200] or 'nothing'}",
            f"Install version {needed} ({_INSTALL}), or put its folder first on PATH.",
            Exit.CLI_MISSING,
        )
    if Version(found[1]) not in needed:
        is_python_cli = Version(found[1]) < Version("0.100")
        raise Problem(
            f"The Databricks CLI at {program} is version {found[1]}; {needed} is needed.",
            "This is the former CLI, written in Python, which cannot deploy bundles."
            if is_python_cli
            else "Older versions do not know Lakebase projects in a bundle (databricks.yml).",
            f"pip uninstall databricks-cli, then install the current one: {_INSTALL}"
            if is_python_cli
            else f"Upgrade it: {_INSTALL}",
            Exit.CLI_TOO_OLD,
        )
    return cli, found[1]


def _needed(root: Path) -> SpecifierSet:
    """The versions that the bundle works with."""
    bundle = yaml.safe_load((root / "databricks.yml").read_text(encoding="utf-8"))
    return SpecifierSet(str(bundle["bundle"]["databricks_cli_version"]))
