"""A new user's walk through the pages on deploying, command by command, from a fresh start."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lakepass.emulator import Emulator, running_emulator
from packages.storefront.tests.deploy.conftest import copy_checkout
from tests.docs.walk import Shell, steps_of, walk

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("deploy.md", "password-setup.md")]


@pytest.fixture
def workspace() -> Iterator[Emulator]:
    """A separate workspace with the project of the pages, in which nothing has been done."""
    with running_emulator(ROOT / "docs/local.toml") as emulator:
        yield emulator


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """This repository as it is cloned, as far as deploying goes."""
    return copy_checkout(tmp_path)


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with a psql: the one that is installed, or a stand-in."""
    folder = tmp_path / "tools"
    folder.mkdir()
    if installed := shutil.which("psql"):
        (folder / "psql").symlink_to(installed)
    else:
        stand_in = Path(__file__).with_name("psql.py")
        (folder / "psql").write_text(f'#!/bin/sh\nexec {sys.executable} {stand_in} "$@"\n')
        (folder / "psql").chmod(0o755)
    return folder


@pytest.fixture
def laptop(workspace: Emulator, checkout: Path, tools: Path) -> dict[str, str]:
    """The environment of somebody who has signed in; port and authority are the local Lakebase's."""
    local = workspace.environment()
    return {
        "PATH": os.pathsep.join([str(tools), str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "HOME": str(checkout),
        "DATABRICKS_HOST": local["DATABRICKS_HOST"],
        "DATABRICKS_TOKEN": workspace.personal_access_token,
        "PGPORT": local["PGPORT"],
        "PGSSLROOTCERT": local["PGSSLROOTCERT"],
        "APP_CLIENT_ID": local["DATABRICKS_CLIENT_ID"],
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_run_or_needs_a_workspace(page: Path) -> None:
    steps = list(steps_of(page))
    text = page.read_text(encoding="utf-8")
    assert text.count("```") % 2 == 0
    for step in steps:
        asks_a_workspace = re.match(r"(openssl [^|]*\| )?databricks ", step.command)
        assert step.in_a_workspace == bool(asks_a_workspace), step.command
    assert sum(not step.in_a_workspace for step in steps) >= 5
    assert ". docs/local.sh" in text


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """This repository as it is cloned: the files that git has, with what was changed since."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("this is no clone of the repository")
    folder = tmp_path / "clone"
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.mark.timeout(900)
def test_a_fresh_clone_is_deployed_by_following_the_page(clone: Path, tools: Path) -> None:
    """`make setup` and all else that the page says, in a shell that has nothing set."""
    page = clone / "docs/deploy.md"
    [begin] = re.findall(r"^```sh\n(make setup.*?)```$", page.read_text("utf-8"), re.M | re.S)
    nothing = (
        "DATABRICKS_", "LAKE", "PG", "STORE_", "BUNDLE_", "VIRTUAL_ENV", "PYTHON", "PYTEST",
        "MAKE", "MFLAGS",  # as `make test` sets them: a make within a make prints its folder
    )  # fmt: skip
    environ = {name: os.environ[name] for name in os.environ if not name.startswith(nothing)} | {
        "PATH": os.pathsep.join([str(tools), "/usr/bin", "/bin"]),
        "PYTHON": sys.executable,
        "UV_COMPILE_BYTECODE": "0",  # only what is imported, which is quicker here
    }
    with Shell(cwd=clone, environ=environ) as shell:
        for command in begin.splitlines():
            code, printed = shell.run(command)
            assert code == 0, printed
        left_out: list[str] = []
        count = walk(page, shell, in_a_workspace=left_out.append)
        assert count >= 10
        assert [command.split()[:3] for command in left_out] == [["databricks", "auth", "login"]]
        # Deploying again goes on from what is there.
        code, printed = shell.run("make deploy")
        assert code == 0, printed
        assert "storefront/secret-keys is there, and stays" in printed
        assert "the app storefront is there" in printed


def test_password_setup(workspace: Emulator, checkout: Path, laptop: dict[str, str]) -> None:
    with Shell(cwd=checkout, environ=laptop) as shell:
        walk(ROOT / "docs/password-setup.md", shell, in_a_workspace=lambda _: None)


def test_the_lines_shown_for_the_bundle_are_those_of_the_bundle() -> None:
    page = (ROOT / "docs/password-setup.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    bundle = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))
    app = bundle["targets"]["password"]["resources"]["apps"]["storefront"]
    assert [entry for entry in yaml.safe_load(shown) if entry not in app["config"]["env"]] == []
