"""`make setup` runs with whatever Python there is, before anything is installed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[1] / "bin" / "setup.py"

AS_AN_OLD_PYTHON = """
import runpy, sys
sys.modules["tomllib"] = None  # new in Python 3.11
sys.version_info = (3, 9, 18, "final", 0)
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def test_a_python_that_is_too_old_is_reported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_AN_OLD_PYTHON, str(SETUP)], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "3.11 or newer is needed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("minor", [7, 8, 9, 10])
def test_an_old_python_can_read_the_program(minor: int) -> None:
    ast.parse(SETUP.read_text(encoding="utf-8"), feature_version=(3, minor))
