"""The list of the app's parts is complete, and a secret in the checkout is found."""

import json
import re
from pathlib import Path

from tools import audit

ROOT = Path(__file__).parents[2]


def test_the_bill_names_every_package_of_the_app_and_every_copy() -> None:
    parts = {(one["name"], one.get("version")) for one in audit.bill_of_materials()["components"]}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([\w.-]+)==([^\s;]+)", lines, re.MULTILINE))
    assert len(pinned) > 50
    assert pinned - parts == set()
    names = {name for name, _ in parts}
    assert {"htmx.org", "cormorant", "instrument-sans", "el-messiri", "DejaVuSans"} <= names


def test_a_secret_is_found_and_what_the_baseline_lists_is_not(tmp_path: Path) -> None:
    leaked = tmp_path / "settings.py"
    leaked.write_text("KEY = 'AKIA" + "IOSFODNN7EXAMPLE'\n")
    known = "packages/lakepass/tests/test_errors.py"
    assert audit.secrets_found([str(leaked), known]) == [f"{leaked}:1: AWS Access Key"]


def test_what_the_baseline_lists_may_move_within_its_file(tmp_path: Path) -> None:
    known = "packages/lakepass/tests/test_errors.py"
    listed = json.loads((ROOT / ".secrets.baseline").read_text(encoding="utf-8"))
    for secret in listed["results"][known]:
        secret["line_number"] += 7
    baseline = tmp_path / "baseline.json"
    text = json.dumps(listed)
    baseline.write_text(text)
    assert audit.secrets_found([known], baseline) == []
    assert baseline.read_text() == text
