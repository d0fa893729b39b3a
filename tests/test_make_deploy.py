"""`make deploy` goes on or says why not. A program on PATH takes the place of the Databricks CLI.

That it deploys is shown by following docs/deploy.md (tests/docs/test_walks.py).
"""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lakepass.emulator import Emulator
from tools.deploy.__main__ import main

ROOT = Path(__file__).parents[1]

# Notes each call with its standard input, and answers as `answers.json` says: by the words that a call
# begins with, [exit code, standard output, standard error]; the longest match counts.
_STAND_IN = f"""#!{sys.executable} -S
import json, os, sys
folder = os.path.dirname(__file__)
words = " ".join(sys.argv[1:])
with open(os.path.join(folder, "calls.jsonl"), "a") as calls:
    print(json.dumps([words, sys.stdin.read()]), file=calls)
answers = json.load(open(os.path.join(folder, "answers.json")))
found = max((one for one in answers if words.startswith(one)), key=len, default=None)
code, out, err = answers[found] if found else (1, "", "Error: unexpected call: " + words)
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""

_BUNDLE = {
    "resources": {"apps": {"storefront": {"name": "storefront"}}},
    "variables": {"secret_scope": {"value": "storefront"}},
}
_ONE_PROFILE = {"profiles": [{"name": "shop", "host": "https://shop.example.com/"}]}
_TWO_PROFILES = {
    "profiles": [
        {"name": "test", "host": "https://test.example.com"},
        {"name": "live", "host": "https://live.example.com"},
        {"name": "account", "host": "https://accounts.example.com", "account_id": "1"},
    ]
}
_ME = [0, json.dumps({"userName": "ann@example.com"}), ""]
_NO_APP = [1, "", "Error: App with name storefront does not exist or is deleted.\n"]
_WELL: dict[str, list[object]] = {
    "--version": [0, "Databricks CLI v1.3.0\n", ""],
    "auth profiles": [0, json.dumps(_ONE_PROFILE), ""],
    "current-user me": _ME,
    "bundle validate": [0, json.dumps(_BUNDLE), ""],
    "bundle deploy": [0, "Deployment complete!\n", ""],
    "apps get": _NO_APP,
    "secrets list-scopes": [0, "null", ""],
    "secrets list-secrets": [0, "null", ""],
    "secrets create-scope": [0, "", ""],
    "secrets put-secret": [0, "", ""],
}
Cli = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, with no CLI in it; nobody is signed in."""
    for name in (
        "DATABRICKS_HOST",
        "DATABRICKS_TOKEN",
        "DATABRICKS_CONFIG_PROFILE",
        "BUNDLE_VAR_staff",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(tmp_path / "databrickscfg"))
    (tmp_path / "databrickscfg").write_text("[shop]\nhost = https://shop.example.com\ntoken = x\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def cli(folder: Path) -> Callable[..., None]:
    """Put a CLI on PATH that answers well but for what is named."""

    def install(answers: dict[str, list[object]] | None = None) -> None:
        program = folder / "databricks"
        program.write_text(_STAND_IN)
        program.chmod(0o755)
        (folder / "answers.json").write_text(json.dumps(_WELL | (answers or {})))

    return install


def calls(folder: Path) -> list[tuple[str, str]]:
    lines = (folder / "calls.jsonl").read_text().splitlines()
    return [(words, stdin) for words, stdin in map(json.loads, lines)]


def test_a_missing_cli_is_named_with_where_to_get_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert main([]) == 3
    said = capsys.readouterr().err
    assert "The Databricks CLI is not installed." in said
    assert "https://docs.databricks.com/dev-tools/cli/install" in said
    assert "Exit code 3." in said


@pytest.mark.parametrize(
    ("version", "code", "said"),
    [
        ("Databricks CLI v0.299.2\n", 4, "is version 0.299.2; >=1.3.0 is needed"),
        ("Version 0.18.0\n", 4, "pip uninstall databricks-cli"),
        ("databricks: loading shared libraries\n", 3, "is not a Databricks CLI that works"),
    ],
)
def test_a_cli_that_cannot_deploy_is_named(
    version: str, code: int, said: str, cli: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    cli({"--version": [0, version, ""]})
    assert main([]) == code
    assert said in capsys.readouterr().err


_REFUSED = [1, "", "Error: default auth: cannot configure default credentials\n"]
_MULTIPLE = [1, "", "Error: resolve: https://x: multiple profiles matched: a, b: please set\n"]


@pytest.mark.parametrize(
    ("answers", "environ", "arguments", "code", "said"),
    [
        ({"auth profiles": [0, '{"profiles": []}', ""]}, {}, [], 5, "has no profile"),
        ({"current-user me": _REFUSED}, {}, [], 5, "databricks auth login --profile shop"),
        ({"current-user me": _REFUSED}, {"DATABRICKS_HOST": "https://x.example.com"}, [], 5,
         "databricks auth login --host https://x.example.com"),
        ({}, {}, ["--profile", "shpo"], 5, "There is no profile shpo"),
        ({"auth profiles": [0, json.dumps(_TWO_PROFILES), ""]}, {}, [], 6, "PROFILE=live"),
        ({"auth profiles": _MULTIPLE}, {}, [], 5, "profiles of the Databricks CLI cannot be read"),
        ({"current-user me": _MULTIPLE}, {"DATABRICKS_HOST": "https://x"}, [], 6, "PROFILE="),
        ({"bundle validate": _MULTIPLE}, {}, [], 6, "which profile to deploy with"),
        ({}, {"DATABRICKS_HOST": "https://x.example.com"}, ["--profile", "shop"], 6,
         "DATABRICKS_HOST is https://x.example.com, the profile shop is for https://shop.example.com"),
        ({"bundle validate": [1, "", "Error: no such target\n"]}, {}, ["--target", "x"], 7,
         "does not validate for the target x"),
    ],
)  # fmt: skip
def test_where_it_cannot_go_on_it_says_why_and_what_next(
    answers: dict[str, list[object]],
    environ: dict[str, str],
    arguments: list[str],
    code: int,
    said: str,
    cli: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    folder: Path,
) -> None:
    cli(answers)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert main(arguments) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "Why:" in shown
    assert "Next:" in shown
    assert not [
        words for words, _ in calls(folder) if words.startswith(("bundle deploy", "secrets"))
    ]


def test_files_with_errors_are_not_deployed(
    tmp_path: Path, cli: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    cli()
    root = tmp_path / "checkout"
    root.mkdir()
    shutil.copy(ROOT / "databricks.yml", root)
    assert main(["--root", str(root)]) == 7
    assert "app.yaml" in capsys.readouterr().err


def test_a_dry_run_changes_nothing(
    folder: Path, cli: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    cli()
    assert main(["--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "would create storefront/secret-keys" in shown
    assert "would create the database and the app; staff: ann@example.com" in shown
    assert "Nothing was changed" in shown
    looks = ("--version", "auth", "current-user", "bundle validate", "apps get", "secrets list")
    assert [words for words, _ in calls(folder) if not words.startswith(looks)] == []


def test_staff_whom_the_shop_would_refuse_are_named_before_anything_is_changed(
    folder: Path, cli: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    cli()
    assert main(["--staff", "ann@example.com;bob@example.com"]) == 7
    assert "write a comma between two" in capsys.readouterr().err
    assert not [words for words, _ in calls(folder) if words.startswith(("bundle", "secrets"))]


def test_a_new_shop_gets_its_secret_by_standard_input(
    folder: Path, cli: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    cli({"bundle deploy": [1, "", "Error: quota exceeded\n"]})
    assert main([]) == 1
    assert "quota exceeded" in capsys.readouterr().err
    made = calls(folder)
    assert ("secrets create-scope storefront --profile shop", "") in made
    [secret] = [stdin for words, stdin in made if words.startswith("secrets put-secret")]
    assert len(secret) == 64
    assert not [words for words, _ in made if secret in words]


def test_a_shop_that_is_there_keeps_its_secret_and_is_deployed_once(
    folder: Path,
    cli: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    emulator: Emulator,
    closed_port: int,
) -> None:
    host, token = emulator.workspace_url, emulator.personal_access_token
    (folder / "databrickscfg").write_text(f"[shop]\nhost = {host}\ntoken = {token}\n")
    app = {"name": "storefront", "url": f"http://127.0.0.1:{closed_port}"}
    cli(
        {
            "auth profiles": [0, json.dumps({"profiles": [{"name": "shop", "host": host}]}), ""],
            "apps get": [0, json.dumps(app), ""],
            "secrets list-scopes": [0, '[{"name": "storefront"}]', ""],
            "secrets list-secrets": [0, '[{"key": "secret-keys"}]', ""],
        }
    )
    # Nobody listens at the address of this app: the deployment is reported as one that does not answer.
    assert main(["--wait-s", "0", "--staff", "bob@example.com"]) == 1
    shown = capsys.readouterr()
    assert "storefront/secret-keys is there, and stays" in shown.out
    assert "/ready did not answer 200" in shown.err
    assert "databricks apps logs storefront" in shown.err
    changing = [
        words for words, _ in calls(folder) if words.startswith(("bundle deploy", "secrets put"))
    ]
    assert changing == [
        "bundle deploy --target project --var staff=bob@example.com "
        f"--var public_url={app['url']} --profile shop"
    ]
