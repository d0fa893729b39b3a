"""A new user's walk through the pages on deploying, command by command, from a fresh start."""

import os
import re
import shutil
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
    """A workspace of one's own with the project of the pages, in which nothing has been done."""
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


@pytest.mark.timeout(240)
def test_deploy(workspace: Emulator, checkout: Path, laptop: dict[str, str]) -> None:
    deployed: list[str] = []

    def play(command: str) -> None:
        """The first deployment starts the app, which migrates its database."""
        if "bundle deploy" in command and not deployed:
            deployed.append(command)
            app = laptop | workspace.environment()
            del app["DATABRICKS_TOKEN"]
            with Shell(cwd=checkout, environ=app) as platform:
                code, printed = platform.run("storefront migrate")
                assert code == 0, printed

    with Shell(cwd=checkout, environ=laptop) as shell:
        walk(ROOT / "docs/deploy.md", shell, in_a_workspace=play)
    assert deployed


@pytest.mark.timeout(240)
def test_password_setup(workspace: Emulator, checkout: Path, laptop: dict[str, str]) -> None:
    with Shell(cwd=checkout, environ=laptop) as shell:
        walk(ROOT / "docs/password-setup.md", shell, in_a_workspace=lambda _: None)


def test_what_the_pages_start_is_what_they_need(checkout: Path, laptop: dict[str, str]) -> None:
    """`. docs/local.sh`, as both pages say, in a shell that has nothing set."""
    for page in PAGES:
        assert ". docs/local.sh" in page.read_text(encoding="utf-8")
    (checkout / "docs").mkdir()
    for name in ("local.sh", "local.toml"):
        shutil.copy(ROOT / "docs" / name, checkout / "docs" / name)
    shell = {name: laptop[name] for name in ("PATH", "HOME")}
    with Shell(cwd=checkout, environ=shell) as started:
        assert started.run(". docs/local.sh")[0] == 0
        started.run(
            "export LAKEBASE_ENDPOINT=projects/storefront/branches/production/endpoints/primary"
        )
        assert started.run('lakepass psql -- -Atc "select current_user"') == (
            0,
            "developer@example.com\n",
        )
        code, owner = started.run(
            "lakepass psql -- -Atc \"select nspowner::regrole from pg_namespace where nspname = 'shop'\""
        )
        assert (code, owner.strip().strip('"')) == (
            0,
            started.run("echo $APP_CLIENT_ID")[1].strip(),
        )


def test_the_lines_shown_for_the_bundle_are_those_of_the_bundle() -> None:
    page = (ROOT / "docs/password-setup.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    bundle = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))
    app = bundle["targets"]["password"]["resources"]["apps"]["storefront"]
    assert [entry for entry in yaml.safe_load(shown) if entry not in app["config"]["env"]] == []
