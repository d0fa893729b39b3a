"""The command: what it prints, what it leaves, how it fails."""

import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront import commands, schema
from storefront.catalog import dataset
from storefront.cli import main
from storefront.commands import database as commands_database
from storefront.settings import Settings
from tests.databases import Databases
from tests.warm import command


@pytest.fixture
def environ(emulator: Emulator, databases: Databases, tmp_path: Path) -> dict[str, str]:
    """The environment of a shop with an empty database."""
    return (
        dict(os.environ)
        | emulator.environment()
        | {"PGDATABASE": databases.create(), "STORE_PICTURES_DIR": str(tmp_path / "pictures")}
    )


@pytest.fixture
def migrated(
    environ: dict[str, str], databases: Databases, template_of: Callable[[int], str]
) -> dict[str, str]:
    """The same with a migrated database."""
    return environ | {"PGDATABASE": databases.create(template=template_of(0))}


def storefront(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command("storefront"), *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def styles_csv(tmp_path: Path) -> Path:
    file = tmp_path / "styles.csv"
    file.write_text(
        ",".join(dataset.COLUMNS) + "\n"
        "1,Men,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Fine Men Shirt\n"
        "2,Dogs,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Bad\n"
    )
    return file


def test_migrate_then_import_then_import_again(environ: dict[str, str], styles_csv: Path) -> None:
    migrated = storefront(environ, "migrate")
    newest = schema.revisions()[0]
    assert (migrated.returncode, migrated.stderr) == (0, f"The schema is at {newest}.\n")
    imported = storefront(environ, "import", str(styles_csv))
    assert imported.returncode == 0
    assert "line 3: gender 'Dogs' is not one of" in imported.stderr
    assert "2 rows read: 1 added, 0 changed, 0 unchanged, 1 rejected." in imported.stderr
    again = storefront(environ, "import", str(styles_csv), "--json")
    assert json.loads(again.stdout)["unchanged"] == 1
    assert [rejected["line"] for rejected in json.loads(again.stdout)["rejected"]] == [3]


def test_a_command_waits_longer_for_its_connection_than_a_page_may(
    emulator: Emulator, migrated: dict[str, str], styles_csv: Path
) -> None:
    emulator.faults.slow_credentials(2)
    try:
        impatient = migrated | {"STORE_CONNECT_DEADLINE_S": "1"}
        imported = storefront(impatient, "import", str(styles_csv))
    finally:
        emulator.faults.clear("slow-credentials")
    assert imported.returncode == 0, imported.stderr


def test_a_dry_run_writes_only_the_rejected_rows_and_an_export_holds_what_was_imported(
    migrated: dict[str, str], styles_csv: Path, tmp_path: Path
) -> None:
    rejected, saved = tmp_path / "rejected.csv", tmp_path / "saved.csv"
    trial = storefront(
        migrated, "import", str(styles_csv), "--dry-run", "--rejected", str(rejected)
    )
    assert "1 added" in trial.stderr
    assert "Nothing was written" in trial.stderr
    assert rejected.read_text().splitlines() == [
        "line,reason",
        "3,\"gender 'Dogs' is not one of Men, Women, Unisex, Boys, Girls\"",
    ]
    assert "1 added" in storefront(migrated, "import", str(styles_csv)).stderr
    assert storefront(migrated, "export", str(saved)).returncode == 0
    assert saved.read_text().count("Fine Men Shirt") == 6  # its sizes
    assert storefront(migrated, "rebuild").stderr == "Every listing was rebuilt.\n"


@pytest.mark.parametrize("option", ["--rejected", "--doubtful"])
def test_a_report_that_cannot_be_written_is_refused_before_the_import(
    migrated: dict[str, str], styles_csv: Path, option: str
) -> None:
    link = styles_csv.with_name("link.csv")
    link.symlink_to(styles_csv)
    before = styles_csv.read_text()
    for target, reason in (
        (styles_csv, "is the file that is imported. Give another path."),
        (link, "is the file that is imported. Give another path."),
        (styles_csv.parent, "cannot be written: Is a directory. Nothing was done."),
        (styles_csv.parent / "a/b.csv", "cannot be written: No such file or directory."),
    ):
        refused = storefront(migrated, "import", str(styles_csv), option, str(target))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert f"{option} {target} {reason}" in " ".join(refused.stderr.split())
    assert styles_csv.read_text() == before
    one = str(styles_csv.with_name("report.csv"))
    twice = ("--rejected", one, "--doubtful", one)
    refused = storefront(migrated, "import", str(styles_csv), *twice)
    assert f"--doubtful {one} is --rejected." in " ".join(refused.stderr.split())
    assert not Path(one).exists()
    refused = storefront(migrated, "export", str(styles_csv.parent / "a/b.csv"))
    assert refused.returncode == 1
    assert "cannot be written: No such file or directory." in " ".join(refused.stderr.split())
    assert "1 added" in storefront(migrated, "import", str(styles_csv)).stderr


def test_size_charts_come_and_go_as_files_of_their_own(
    migrated: dict[str, str], tmp_path: Path
) -> None:
    saved = tmp_path / "charts.csv"
    assert storefront(migrated, "export", "--size-charts", str(saved)).returncode == 0
    saved.write_text(saved.read_text().replace("940-1020", "950-1030"))
    changed = storefront(migrated, "import", str(saved), "--json")
    report = json.loads(changed.stdout)
    assert (report["added"], report["changed"], report["rejected"]) == (0, 2, [])


def test_prices_come_and_go_as_files_of_their_own(
    migrated: dict[str, str], styles_csv: Path, tmp_path: Path
) -> None:
    sale, saved = tmp_path / "sale.csv", tmp_path / "saved.csv"
    sale.write_text(
        "product_id,currency,price,valid_from,valid_until\n"
        "1,USD,5.50,2026-11-27T18:00+01:00,2026-11-29\n"
        "9,USD,5.50,2026-11-27,\n"
    )
    storefront(migrated, "import", str(styles_csv))
    imported = storefront(migrated, "import", str(sale))
    assert "line 3: there is no product 9" in imported.stderr
    assert "1 added, 0 changed, 0 unchanged, 1 rejected." in imported.stderr
    assert storefront(migrated, "export", "--prices", str(saved)).returncode == 0
    assert saved.read_text().splitlines()[1:] == [
        "1,USD,5.50,,2026-11-27T17:00:00.000000Z,2026-11-29T00:00:00.000000Z"
    ]


def test_importing_before_migrating_says_what_to_do(
    environ: dict[str, str], styles_csv: Path
) -> None:
    done = storefront(environ, "import", str(styles_csv))
    assert done.returncode == 1
    assert "storefront migrate" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told", "code"),
    [
        (["import", "absent.csv"], "There is no file absent.csv", 1),
        (["demo", "--products", "7"], "'7' is not between 100 and 1000000", 2),
        (["demo", "--seed", "0"], "'0' is not between 1 and 99", 2),
        (["serve", "--port", "0"], "'0' is not a port number", 2),
        (["serve", "--host", "192.0.2.1"], "Cannot listen on 192.0.2.1", 2),
        (["fly"], "invalid choice: 'fly'", 2),
        ([], "required", 2),
    ],
)
def test_wrong_use_is_told_plainly(
    environ: dict[str, str], arguments: list[str], told: str, code: int
) -> None:
    done = storefront(environ, *arguments)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORE_POOL_SIZE", "many"),
        ("STORE_LOG_LEVEL", "[/x]"),
        ("STORE_STATEMENT_TIMEOUT_S", "0"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    environ: dict[str, str], name: str, value: str
) -> None:
    done = storefront(environ | {name: value}, "migrate")
    assert done.returncode == 2
    assert f"{name} is {value!r}; it must be" in done.stderr
    assert "Traceback" not in done.stderr


def test_odd_files_among_the_pictures_are_told_and_left_out(
    migrated: dict[str, str], styles_csv: Path, tmp_path: Path
) -> None:
    images = tmp_path / "images [/x]"
    images.mkdir(parents=True)
    (images / "1.jpg").write_text("no picture")
    (images / "5").mkdir()
    (images / "6.jpg").symlink_to("nowhere")
    (images / "١٧.jpg").write_text("another script's digits")
    done = storefront(migrated, "import", str(styles_csv), "--images", str(images))
    assert done.returncode == 0
    assert "1.jpg cannot be read as a picture" in done.stderr
    assert "1 added" in done.stderr


@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_taken_port_is_named_with_a_way_out(environ: dict[str, str], command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = storefront(environ, command, "--port", str(port))
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stderr
    assert f"make run PORT={port + 1}" in done.stderr


def test_a_database_that_cannot_be_reached_is_told_without_a_traceback(
    emulator: Emulator,
    closed_port: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        commands_database, "_CONNECT_DEADLINE_S", 1.0
    )  # a minute, for everybody else
    with environment(emulator, "databricks_postgres") as patch:
        patch.setenv("PGPORT", str(closed_port))
        patch.setenv("STORE_CONNECT_DEADLINE_S", "1")
        assert main(["migrate"]) == 1
    printed = capsys.readouterr().err
    assert "LP-" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    "arguments", [[], ["run"], ["import"], ["demo"], ["serve"], ["migrate"], ["check-deploy"]]
)
def test_help_teaches(environ: dict[str, str], arguments: list[str]) -> None:
    done = storefront(environ, *arguments, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: storefront")


def test_slow_statements_are_logged_by_servers_and_where_asked_for() -> None:
    assert commands.for_command("import", Settings()).slow_statement_ms == 0
    assert commands.for_command("serve", Settings()).slow_statement_ms == 500
    assert commands.for_command("import", Settings(slow_statement_ms=9)).slow_statement_ms == 9
