"""What is wrong with a data folder is said in a sentence that names the file; nothing is deleted."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakepass.emulator import EmulatorError, running_emulator
from tests.warm import command


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as an emulator leaves it, with a file of each kind."""
    folder = tmp_path_factory.mktemp("kept")
    with running_emulator(data=folder) as emulator:
        emulator.put_secret("scope", "key", "value")
        emulator.create_native_role("reporting")
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "lakebase"
    shutil.copytree(kept, copied)
    return copied


def refusal(folder: Path) -> str:
    """What the command says of this folder; it must say it without a traceback."""
    ran = subprocess.run(
        [*command("lakepass"), "emulator", "--data", str(folder)],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "pg_internal.init"  # a cache that Postgres rebuilds
    }


@pytest.mark.parametrize(
    "name",
    ["workspace.json", "secrets.json", "native-roles.json", "signing-key.pem", "ca.pem"],
)
@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_a_damaged_file_is_named_and_left_as_it_is(folder: Path, name: str, content: str) -> None:
    damaged = folder / name
    damaged.write_text(content)
    before = files_in(folder).keys()
    with (
        pytest.raises(EmulatorError, match=r"is damaged \(.*\); it was not changed\. ") as refused,
        running_emulator(data=folder),
    ):
        pass
    assert str(refused.value).startswith(str(damaged))
    assert damaged.read_text() == content
    assert files_in(folder).keys() >= before


def test_access_tokens_that_cannot_be_read_are_named(folder: Path) -> None:
    damaged = folder / "access-tokens.json"
    damaged.write_text('[{"id": 1}]')
    with (
        pytest.raises(EmulatorError, match=r"access-tokens\.json is damaged"),
        running_emulator(data=folder),
    ):
        pass


def test_a_workspace_without_its_names_is_damaged(folder: Path) -> None:
    """Generated again, its identities would not be those that the roles in the database belong to."""
    (folder / "workspace.json").write_text("{}")
    told = refusal(folder)
    assert f"{folder}/workspace.json is damaged (it does not name a workspace)" in told
    assert f"Restore a copy, or move {folder} away to start with an empty one." in told


def test_a_moved_signing_key_is_made_anew(folder: Path) -> None:
    (folder / "signing-key.pem").write_text("")
    assert "the next start creates a new key" in refusal(folder)
    (folder / "signing-key.pem").unlink()
    with running_emulator(data=folder):
        pass


def test_a_missing_version_file_is_named_and_nothing_is_deleted(folder: Path) -> None:
    version = folder / "postgres" / "PG_VERSION"
    version.unlink()
    before = files_in(folder)
    told = refusal(folder)
    assert told.startswith(
        f"lakepass: {version} is missing, so {folder}/postgres is not a Postgres"
    )
    assert "move it away to start with an empty database" in told
    assert files_in(folder).keys() >= before.keys()


def test_a_database_of_another_version_is_named(folder: Path) -> None:
    (folder / "postgres" / "PG_VERSION").write_text("16\n")
    told = refusal(folder)
    assert "PG_VERSION says '16', but this Postgres is version" in told
    assert "LAKEPASS_PG_BIN" in told


@pytest.mark.parametrize("below", [".", "further/down"])
def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path, below: str) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    told = refusal(file / below)
    assert f"{file}" in told
    assert "is in the way: it is a file where a folder is needed." in told
    assert file.read_text() == "mine"


def test_a_file_in_the_place_of_the_database_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "postgres")
    (folder / "postgres").write_text("mine")
    assert f"{folder}/postgres" in refusal(folder)


@pytest.fixture
def mounted(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A small file system of its own, with these options."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a file system, and not in every container")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("mounted", ["ro"], indirect=True)
def test_a_read_only_folder_is_named(mounted: Path) -> None:
    told = refusal(mounted)
    assert told == (
        f"lakepass: {mounted}/lock cannot be used (Read-only file system). Choose a --data folder "
        "that you can write to, or change the permissions of this one.\n"
    )


@pytest.mark.parametrize("mounted", ["size=16k", "size=1m", "size=20m"], indirect=True)
def test_a_full_disk_is_named(mounted: Path) -> None:
    told = refusal(mounted)
    assert told.startswith(f"lakepass: The disk is full: {mounted}")
    assert "Free some space and start again; nothing was deleted." in told
