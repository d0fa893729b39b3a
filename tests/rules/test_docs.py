"""Documents say what is so: paths exist, targets exist, generated pages are current."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lakepass.emulator import Emulator

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("packages/*/docs/**/*.md")]
# Made by commands, so absent from a fresh clone.
MADE = (".local", ".venv")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_named_in_a_page_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    code = re.findall(r"`([a-zA-Z0-9_.-]+(?:/[a-zA-Z0-9_.-]+)+/?)`", text)
    links = [
        link.split("#")[0]
        for link in re.findall(r"\]\(([^)]+)\)", text)
        if not link.startswith(("http", "#", "mailto", "/"))  # "/": an address of the shop
    ]
    ours = ("packages/", "tests/", "docs/", "bench/", "bin/", ".ci/")
    missing = [
        name
        for name in code
        if name.startswith(ours) and not name.startswith(MADE) and not (ROOT / name).exists()
    ] + [link for link in links if link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_named_in_a_page_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(_code(page))))
    assert named <= targets


def _code(page: Path) -> list[str]:
    """What a page shows as code: spans and blocks."""
    text = page.read_text(encoding="utf-8")
    return re.findall(r"```[\s\S]*?```|`[^`\n]+`|^ {4}.+$", text, re.MULTILINE)


def test_decisions_are_numbered_without_gaps() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        assert record.read_text(encoding="utf-8").startswith(f"# {record.name[:4]} · ")


def test_generated_pages_are_current(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "bin/docs.py", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    written = sorted(page.relative_to(tmp_path) for page in tmp_path.rglob("*.*"))
    names = [
        "diagnoses.md",
        "reference.md",
        "access.md",
        "openapi.json",
        "problems.md",
        "settings.md",
    ]
    assert [page.name for page in written] == names
    for page in written:
        assert (tmp_path / page).read_text() == (ROOT / page).read_text(), "run `make docs`"


def test_requirements_are_those_of_the_lock(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    if not uv.is_file():
        pytest.skip("uv is not in the environment: make setup")
    written = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    command = written.splitlines()[1].removeprefix("#").split()
    assert command[:2] == ["uv", "export"]
    assert {"--no-dev", "--package", "storefront"} <= set(command)
    made = subprocess.run(
        [uv, *command[1:-2], "--no-header"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert written.split("\n", 2)[2] == made.stdout, "run `make requirements`"


def test_changelog_ends_in_the_version_that_is_packaged() -> None:
    [version] = {
        tomllib.loads(page.read_text())["project"]["version"]
        for page in ROOT.glob("packages/*/pyproject.toml")
    }
    releases = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert releases[0] == version


def test_the_readmes_code_runs(emulator: Emulator) -> None:
    [block] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    environment = emulator.environment()
    done = subprocess.run(
        [sys.executable, "-c", block],
        env=dict(os.environ) | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, environment["PGUSER"] + "\n"), done.stderr


def test_pages_named_in_code_exist() -> None:
    folders = ("packages/*/src/**/*.py", "bench/*.py", "bin/*.py", "tools/**/*.py")
    code = [file for folder in folders for file in ROOT.glob(folder)]
    missing = {
        f"{page} in {file.relative_to(ROOT)}"
        for file in code
        for page in re.findall(r"(?<![\w/])(?:docs|packages)/[\w./-]+\.md", file.read_text("utf-8"))
        if not any((folder / page).exists() for folder in (ROOT, ROOT / "packages/lakepass"))
    }
    assert missing == set()
