"""docs/testing.md as a reader follows it: an empty folder, a new environment, files and commands."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UV = ROOT / ".venv" / "bin" / "uv"
_OFFLINE = re.compile(
    r"dns error|error sending request|Failed to fetch|Connection refused|timed out"
)


def run(folder: Path, *command: str | Path) -> str:
    """What a command prints. Skips the test where there is no registry to install from."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if "uv" in Path(command[0]).name and _OFFLINE.search(done.stderr):
        pytest.skip(f"needs a package registry: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_runs_in_a_new_environment(tmp_path: Path) -> None:
    page = (ROOT / "packages/lakepass/docs" / "testing.md").read_text(encoding="utf-8")
    example = page.split("## A complete example")[1].split("\n## ")[0]
    fenced = re.findall(r"```(\w*)\n(.*?)```", example, re.DOTALL)
    install, *commands = [line for kind, text in fenced if not kind for line in text.splitlines()]
    assert commands == ["pytest", "pytest -n 2"]
    files = re.findall(r"`(\w+\.py)`[^\n]*\n\n```python\n(.*?)```", example, re.DOTALL)
    folder = tmp_path / "project"
    folder.mkdir()
    for name, code in files:
        (folder / name).write_text(code)

    run(ROOT, UV, "build", "--quiet", "--package", "lakepass", "--wheel", "--out-dir", tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    run(tmp_path, UV, "venv", "--quiet", "--python", sys.executable, "new")
    python = tmp_path / "new" / "bin" / "python"
    # The wheel that was just made, instead of the one on the registry.
    packages = [re.sub(r"^lakepass(\[.*\])$", rf"lakepass\1 @ {wheel.as_uri()}", word)
                for word in shlex.split(install)[2:]]  # fmt: skip
    assert any(package.endswith(".whl") for package in packages)
    install_here = ("pip", "install", "--quiet", "--compile-bytecode", "--python", python)
    run(tmp_path, UV, *install_here, *packages)

    for command in commands:
        said = run(folder, python, "-m", *command.split(), "-p", "no:cacheprovider")
        assert re.search(r"\b7 passed\b", said), said
