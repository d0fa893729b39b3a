"""Every command and program of docs/lakebase-login.md runs as it stands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warm import programs

PAGE = (Path(__file__).parents[2] / "docs/lakebase-login.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", PAGE, re.DOTALL)


def questions() -> list[str]:
    return re.findall(r"^## (.*\?)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(
    ("language", "code"), BLOCKS, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(BLOCKS)]
)
def test_what_the_page_shows_runs(environ: dict[str, str], language: str, code: str) -> None:
    if "psql" in code and language == "sh" and shutil.which("psql") is None:
        pytest.skip("no psql on this machine: apt-get install postgresql-client")
    commands = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": ["python", "-c"]}
    path = f"{programs()}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [*commands[language], code],
        env={"PATH": path, "HOME": "/nowhere", "PYTHONUTF8": "1", **environ},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout


def test_each_answer_names_its_evidence() -> None:
    answers = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:-1]
    assert [answer.splitlines()[0] for answer in answers if "vidence" not in answer] == []


@pytest.mark.parametrize(
    "topic",
    [
        "Which credentials", "personal access token", "Lakebase password", "endpoint and which SDK",
        "service principal", "How long", "native login", "permissions", "IP access list",
        "connection strings", "engine's URL", "sslmode=require", "SQL warehouse", "scopes",
        "program start", "Databricks documentation",
    ],
)  # fmt: skip
def test_the_questions_that_people_ask_are_asked(topic: str) -> None:
    assert any(topic in question for question in questions())
