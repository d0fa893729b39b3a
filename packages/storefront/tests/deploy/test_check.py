"""What keeps the shop from being deployed is named: the line, the key, what is wrong, the fix."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from storefront.deploy.check import check
from storefront.deploy.findings import Finding
from tests.warm import command

Spoil = Callable[[str, str, str], int]
ACCESS_TOKEN = "dapi" + "0123456789abcdef" * 2


def errors(root: Path) -> list[Finding]:
    return [finding for finding in check(root) if finding.severity == "error"]


def test_what_is_here_can_be_deployed(checkout: Path) -> None:
    assert errors(checkout) == []


def test_what_one_should_know_of_it_is_no_error(checkout: Path) -> None:
    found = check(checkout)
    assert {(f.file, f.severity) for f in found} == {("databricks.yml", "warning")}
    assert [f.problem.split(" ")[0] for f in found] == ["Links", "The"]
    assert "start with localhost" in found[0].problem
    assert "The kind `database` is retired" in found[1].problem


APP, BUNDLE = "app.yaml", "databricks.yml"
# file, what stands there, what is written instead; then: on which line after that, what is told.
SPOILED = {
    "unknown key": (APP, "command:", "comand:", 0, "key comand is unknown", "Did you mean 'command'?"),
    "command is a string": (
        APP, "command:\n  - storefront\n", "command: storefront serve\nenv2:\n  - x\n", 0,
        "Expected a list", "one element per line",
    ),
    "yaml": (APP, "env:", "env: [", 2, "not valid YAML", "Fix the line"),
    "key of the bundle in app.yaml": (
        APP, "valueFrom: postgres", "value_from: postgres", 0,
        "key value_from is unknown", "Did you mean 'valueFrom'?",
    ),
    "key of app.yaml in the bundle": (
        BUNDLE, "value_from: postgres", "valueFrom: postgres", 0,
        "key valueFrom is unknown", "Did you mean 'value_from'?",
    ),
    "resource that is not there": (
        APP, "valueFrom: postgres", "valueFrom: postgress", -1,
        "no resource called postgress", "Did you mean 'postgres'?",
    ),
    "resource that is not there in a target": (
        BUNDLE, "value_from: lakebase-password", "value_from: password", -1,
        "no resource called password", "Did you mean 'lakebase-password'?",
    ),
    "password from a database": (
        BUNDLE, "value_from: lakebase-password", "value_from: postgres", -1,
        "comes from a resource of the kind postgres", "the kind secret",
    ),
    "cookie keys from a database": (
        APP, "valueFrom: secret-keys", "valueFrom: postgres", -1,
        "comes from a resource of the kind postgres", "the kind secret",
    ),
    "cookie keys written down": (
        APP, "valueFrom: secret-keys", f"value: {'k' * 40}", -1,
        "STORE_SECRET_KEYS is visible to everyone", "Store it in a secret scope",
    ),
    "cookie keys forgotten": (
        APP, "  - name: STORE_SECRET_KEYS\n    valueFrom: secret-keys\n", "", None,
        "STORE_SECRET_KEYS: it must be set behind a proxy", "Keys that sign cookies",
    ),
    "what only an app can do": (
        BUNDLE, "            prevent_destroy: true\n", "            started: true\n", 0,
        "key started is unknown", "",
    ),
    "engine that cannot start an app": (
        BUNDLE, "engine: direct", "engine: terraform", 0,
        "known to the engine `direct` alone", "Add engine: direct.",
    ),
    "setting that does not exist": (
        APP, "STORE_PICTURES_DIR", "STORE_PICTURE_DIR", 0,
        "STORE_PICTURE_DIR is not read by the shop", "Did you mean 'STORE_PICTURES_DIR'?",
    ),
    "setting that cannot be used": (
        APP, '"true"', '"perhaps"', -1, "STORE_BEHIND_PROXY is 'perhaps'; it must be true or false.",
        "Whether the shop is behind a proxy",
    ),
    "number without quotes": (APP, '"true"', "1", 0, "Expected a text", 'Put it in quotes: "1"'),
    "variable of the platform": (
        APP, "name: PGSSLMODE", "name: DATABRICKS_HOST", 0,
        "The platform sets DATABRICKS_HOST itself", "Remove the entry",
    ),
    "neither value nor source": (
        APP, "\n    valueFrom: postgres", "", 0, "neither value nor resource", "value or valueFrom",
    ),
    "both value and source": (
        APP, "    valueFrom: postgres", "    valueFrom: postgres\n    value: x", -1,
        "both a value and a resource", "value or valueFrom",
    ),
    "set twice": (APP, "name: PGSSLMODE", "name: LAKEBASE_ENDPOINT", 0, "set twice", "Keep one"),
    "host": (APP, "- 0.0.0.0", "- 127.0.0.1", 0, "listen on --host 127.0.0.1", "--host 0.0.0.0"),
    "port": (
        BUNDLE, "- $DATABRICKS_APP_PORT", '- "8000"', 0,
        "listen on --port 8000", "--port $DATABRICKS_APP_PORT",
    ),
    "no port": (
        APP, "  - --port\n  - $DATABRICKS_APP_PORT", "", -6,
        "Without --port", "Add --port $DATABRICKS_APP_PORT",
    ),
    "variable in the command": (
        APP, "- serve", "- $MODE", 0, "$MODE is not expanded", "Use the value itself",
    ),
    "no such command": (
        APP, "- storefront", "- storefrnt", 0, "installs the command storefrnt", "mean 'storefront'?",
    ),
    "permission of another kind": (
        BUNDLE, "permission: CAN_CONNECT_AND_CREATE", "permission: CAN_USE", 0,
        "CAN_USE is not allowed", "CAN_CONNECT_AND_CREATE",
    ),
    "kind that does not exist": (
        BUNDLE, "              secret:", "              secrets:", 0,
        "key secrets is unknown", "mean 'secret'?",
    ),
    "permission missing": (
        BUNDLE, "\n                permission: READ", "", -2,
        "key permission is missing", "Add permission",
    ),
    "database by its Postgres name": (
        BUNDLE, "/databases/databricks-postgres", "/databases/databricks_postgres", 0,
        "name of the database in Postgres", "with a hyphen",
    ),
    "branch that is none": (
        BUNDLE, "branch: ${resources.postgres_branches.production.name}", "branch: production", 0,
        "not the name of a branch", "projects/<id>/branches/<id>",
    ),
    "reference to nothing": (
        BUNDLE, "parent: ${resources.postgres_projects.shop.name}",
        "parent: ${resources.postgres_projects.shp.name}", 0,
        "no resource postgres_projects.shp in the target", "Did you mean 'shop'?",
    ),
    "reference to another target's": (
        BUNDLE, "instance_name: ${resources.database_instances.shop.name}",
        "instance_name: ${resources.postgres_projects.shop.name}", 0,
        "no resource postgres_projects.shop in the target instance", "There are no postgres_projects",
    ),
    "variable that is not declared": (
        BUNDLE, "value: ${var.staff}", "value: ${var.staf}", 0, "no variable staf", "mean 'staff'?",
    ),
    "branch made a second time": (
        BUNDLE, "no_expiry: true\n          replace_existing: true", "no_expiry: true", -3,
        "A new project already has production", "replace_existing: true",
    ),
    "branch that ends and does not": (
        BUNDLE, "          no_expiry: true", "          no_expiry: true\n          ttl: 86400s", -3,
        "ttl and no_expiry are mutually exclusive", "Keep one",
    ),
    "compute too small": (
        BUNDLE, "min_cu: 1", "min_cu: 0.25", 0, "Computes have 0.5 to 64 CU", "in this range",
    ),
    "computes too far apart": (
        BUNDLE, "max_cu: 4", "max_cu: 32", 0, "at most 16 CU more", "Adjust one of them",
    ),
    "sleep too short": (
        BUNDLE, "duration: 3600s", "duration: 30s", 0, "not a valid time after which", "60s to 604800s",
    ),
    "required field": (
        BUNDLE, "          endpoint_type: ENDPOINT_TYPE_READ_WRITE\n", "", -3,
        "key endpoint_type is missing", "Add endpoint_type",
    ),
    "kind of resource": (
        BUNDLE, "      postgres_projects:\n        shop: &", "      postgres_project:\n        x: &", 0,
        "key postgres_project is unknown", "Did you mean 'postgres_projects'?",
    ),
    "name of the app": (
        BUNDLE, "name: ${var.app_name}", "name: The Shop", 0, "not a valid name of an app", "lowercase",
    ),
    "variable lost on the way": (
        BUNDLE, "          - name: PGSSLMODE\n            value: verify-full\n", "", None,
        "app.yaml sets PGSSLMODE; the env of the bundle replaces it", "Add PGSSLMODE to config.env",
    ),
    "another value": (
        BUNDLE, "value: verify-full", "value: require", -1,
        "app.yaml sets PGSSLMODE to verify-full", "Make both the same",
    ),
    "another command": (
        BUNDLE, "          - --migrate\n", "", -3,
        "app.yaml starts the app with another command", "the same",
    ),
    "password that is not used": (
        BUNDLE, "- name: LAKEPASS_AUTH\n                value: password\n",
        "- name: LAKEPASS_AUTH\n                value: auto\n", None,
        "PGPASSWORD will not be used", "Set LAKEPASS_AUTH to password",
    ),
    "password of the wrong role": (
        BUNDLE, "              - name: PGUSER\n                value: ${var.native_role}\n", "", None,
        "for the role of the app's service principal", "Set PGUSER",
    ),
    "job in an environment that it has not": (
        BUNDLE, "environment_key: storefront", "environment_key: store", 0,
        "no environment store", "Did you mean 'storefront'?",
    ),
    "job that runs what the wheel has not": (
        BUNDLE, "entry_point: storefront_job", "entry_point: storefront_jab", 0,
        "no entry point storefront_jab", "Did you mean 'storefront_job'?",
    ),
    "job without a schedule that could be read": (
        BUNDLE, "timezone_id: UTC", "timezone: UTC", 0, "key timezone is unknown", "mean 'timezone_id'?",
    ),
    "key twice": (
        APP, "env:", "command:\n  - x\nenv:", 0, "repeated; it was first set on line 3", "Keep one",
    ),
    "left out of the upload": (
        BUNDLE, "- docs/**", "- packages/*/src/**", 0, "keeps packages/lakepass/src from",
        "Remove the pattern",
    ),
    "version that is not locked": (
        "requirements.txt", "asyncpg==", "asyncpg==0.1+", 0, "uv.lock has", "make requirements",
    ),
    "project that is not installed": (
        "requirements.txt", "-e ./packages/storefront", "", None, "is not installed",
        "make requirements",
    ),
    "newer Python": (
        "packages/storefront/pyproject.toml",
        'requires-python = ">=3.11"', 'requires-python = ">=3.12"', None,
        "run Python 3.11", "such as >=3.11",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILED, ids=str)
def test_a_mistake_is_named_on_its_line_with_the_mend(
    case: str, checkout: Path, spoil: Spoil
) -> None:
    name, old, new, offset, problem, fix = SPOILED[case]
    line = spoil(name, old, new)
    found = [f for f in errors(checkout) if problem in f.problem and f.file == name]
    assert found, [f.lines() for f in errors(checkout)]
    assert fix in found[0].fix
    if offset is not None:
        assert found[0].line == line + offset


def test_settings_of_whoever_checks_are_not_those_of_the_app(
    checkout: Path, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_SECRET_KEYS", "k" * 40)
    monkeypatch.setenv("STORE_POOL_SIZE", "many")
    assert errors(checkout) == []
    spoil(APP, "  - name: STORE_SECRET_KEYS\n    valueFrom: secret-keys\n", "")
    problems = [found.problem for found in errors(checkout)]
    assert any("STORE_SECRET_KEYS: it must be set" in problem for problem in problems)
    assert not any("STORE_POOL_SIZE" in problem for problem in problems)


def test_a_kind_of_resource_that_the_shop_does_not_use_is_none_of_its_business(
    checkout: Path, spoil: Spoil
) -> None:
    spoil(
        BUNDLE,
        "      postgres_projects:\n        shop: &shop\n",
        "      genie_spaces:\n        x: {title: x}\n      postgres_projects:\n        shop: &shop\n",
    )
    assert errors(checkout) == []


def test_a_secret_in_a_file_is_found_and_not_repeated(checkout: Path, spoil: Spoil) -> None:
    spoil(APP, "value: verify-full", f"value: verify-full # {ACCESS_TOKEN}")
    spoil(BUNDLE, "value_from: lakebase-password", "value: rather-long-and-secret")
    found = errors(checkout)
    problems = {f.problem for f in found}
    assert "The line contains a personal access token." in problems
    assert "PGPASSWORD is visible to everyone who can see the app." in problems
    everything = json.dumps([[*f.lines(), f.value] for f in found])
    assert ACCESS_TOKEN not in everything
    assert "rather-long-and-secret" not in everything


def test_the_name_of_a_secret_may_be_written_down(checkout: Path, spoil: Spoil) -> None:
    spoil(
        BUNDLE,
        "- name: PGPASSWORD\n                value_from: lakebase-password",
        "- name: LAKEBASE_PASSWORD_SECRET\n                value: storefront/lakebase-password",
    )
    assert errors(checkout) == []


@pytest.mark.parametrize(
    "secret",
    [
        ACCESS_TOKEN,
        "dose" + "0123456789abcdef" * 2,
        "eyJraWQiOiJ4In0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
        "postgresql://someone:hunter2@localhost/shop",
    ],
)
def test_every_shape_of_secret_is_known(secret: str, checkout: Path, spoil: Spoil) -> None:
    line = spoil(BUNDLE, "description: A fashion shop on Lakebase.", f'description: "{secret}"')
    assert [(f.line, f.value) for f in errors(checkout)] == [(line, "(not shown)")]


def test_a_bundle_in_several_files_is_judged_by_what_is_seen(checkout: Path, spoil: Spoil) -> None:
    line = spoil(BUNDLE, "sync:", "include:\n  - resources/*.yml\nsync:")
    spoil(
        BUNDLE,
        "value: ${resources.database_instances.shop.name}",
        "value: ${resources.volumes.x.name}",
    )
    assert errors(checkout) == []
    assert line in {f.line for f in check(checkout) if "not checked" in f.problem}


def test_a_file_too_large_for_the_platform_is_named(checkout: Path) -> None:
    with (checkout / "video.mp4").open("wb") as file:
        file.truncate(11_000_000)
    assert [(f.file, f.value) for f in errors(checkout)] == [("video.mp4", "11.0 MB")]


@pytest.mark.parametrize(
    "name", ["app.yaml", "databricks.yml", "requirements.txt", "packages/storefront/README.md"]
)
def test_a_file_that_is_missing_is_named(name: str, checkout: Path) -> None:
    (checkout / name).unlink()
    assert name in {f.file for f in errors(checkout)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "just text",
        "3",
        "&a [*a]",
        "env: [{name: !x y, valueFrom: {a: b}}]",
        "command: [=]",
        "{a: {b: [1, {c: d}]}}",
    ],
)
@pytest.mark.parametrize("name", [APP, BUNDLE])
def test_what_is_nothing_of_the_kind_is_told_without_a_traceback(
    name: str, text: str, checkout: Path
) -> None:
    (checkout / name).write_text(text)
    assert check(checkout)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*command("storefront"), "check-deploy", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command_tells_and_exits_by_what_it_found(checkout: Path, spoil: Spoil) -> None:
    done = run("--root", str(checkout))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        0, "Ready to deploy: 0 errors, 2 warnings.",
    )  # fmt: skip
    line = spoil(APP, "- 0.0.0.0", "- localhost")
    done = run("--root", str(checkout))
    assert done.returncode == 1
    assert f"✗ app.yaml:{line}  command" in done.stdout
    assert "    Use --host 0.0.0.0." in done.stdout


def test_the_command_tells_programs(checkout: Path, spoil: Spoil) -> None:
    line = spoil(APP, "- 0.0.0.0", "- localhost")
    done = run("--root", str(checkout), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (1, False)
    first = told["findings"][0]
    assert (first["file"], first["line"], first["value"]) == ("app.yaml", line, "localhost")
    assert first["fix"] == "Use --host 0.0.0.0."


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    done = run("--root", str(tmp_path / "absent"))
    assert done.returncode == 2
    assert "There is no folder" in done.stderr
