"""Volumes and their files, as the SDK creates, lists, sends and receives them."""

import io
import os

import pytest
import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import AlreadyExists, BadRequest, NotFound
from databricks.sdk.service.catalog import VolumeType

from lakepass.emulator import Emulator

FOLDER = "/Volumes/main/default/files"


@pytest.fixture
def folder(app: WorkspaceClient, request: pytest.FixtureRequest) -> str:
    folder = f"{FOLDER}/{abs(hash(request.node.name)):x}"
    app.files.create_directory(folder)
    return folder


def received(client: WorkspaceClient, path: str) -> bytes:
    contents = client.files.download(path).contents
    assert contents is not None
    return contents.read()


def sent(client: WorkspaceClient, path: str, content: bytes, **more: bool) -> None:
    client.files.upload(path, io.BytesIO(content), **more)


def test_file_is_sent_and_received(app: WorkspaceClient, folder: str) -> None:
    path = f"{folder}/a b/größe 50%.jpg"  # directories on the way are made
    sent(app, path, b"picture")
    assert received(app, path) == b"picture"
    found = app.files.get_metadata(path)
    assert (found.content_length, found.content_type) == (7, "image/jpeg")
    assert found.last_modified is not None
    app.files.delete(path)
    with pytest.raises(NotFound):
        app.files.get_metadata(path)
    with pytest.raises(NotFound, match=r"^The file being accessed is not found\.$"):
        app.files.download(path)


def test_file_is_replaced_unless_that_is_refused(app: WorkspaceClient, folder: str) -> None:
    path = f"{folder}/one.txt"
    sent(app, path, b"first")
    with pytest.raises(AlreadyExists):
        sent(app, path, b"second", overwrite=False)
    assert received(app, path) == b"first"
    sent(app, path, b"second", overwrite=True)
    assert received(app, path) == b"second"


def test_directories_are_listed_page_by_page(app: WorkspaceClient, folder: str) -> None:
    for name in ("c", "a", "b"):
        sent(app, f"{folder}/{name}", b"1")
    app.files.create_directory(f"{folder}/d/e")
    found = list(app.files.list_directory_contents(folder, page_size=2))
    assert [(one.name, one.is_directory, one.file_size) for one in found] == [
        ("a", False, 1), ("b", False, 1), ("c", False, 1), ("d", True, None),
    ]  # fmt: skip
    assert found[0].path == f"{folder}/a"
    app.files.get_directory_metadata(f"{folder}/d/e")
    with pytest.raises(BadRequest, match="not empty"):
        app.files.delete_directory(f"{folder}/d")
    app.files.delete_directory(f"{folder}/d/e")
    with pytest.raises(NotFound):
        app.files.get_directory_metadata(f"{folder}/d/e")


@pytest.mark.parametrize(
    "path", ["/Volumes/main/default", "/Workspace/a", f"{FOLDER}/../../../../etc/passwd", "/"]
)
def test_path_outside_of_a_volume_is_refused(app: WorkspaceClient, path: str) -> None:
    with pytest.raises(BadRequest, match="path must be /Volumes/"):
        app.files.upload(path, io.BytesIO(b"x"))


def test_volume_that_is_not_there(app: WorkspaceClient) -> None:
    with pytest.raises(NotFound, match=r"^Volume 'main\.shop\.none' does not exist\.$"):
        sent(app, "/Volumes/main/shop/none/a", b"x")


def test_volumes_are_created_and_deleted(app: WorkspaceClient) -> None:
    made = app.volumes.create("main", "shop", "pictures", VolumeType.MANAGED)
    assert made.full_name == "main.shop.pictures"
    with pytest.raises(AlreadyExists):
        app.volumes.create("main", "shop", "pictures", VolumeType.MANAGED)
    assert [one.name for one in app.volumes.list("main", "shop")] == ["pictures"]
    sent(app, "/Volumes/main/shop/pictures/a", b"x")
    app.volumes.delete("main.shop.pictures")
    with pytest.raises(NotFound):
        app.volumes.read("main.shop.pictures")


@pytest.fixture
def large(emulator: Emulator) -> WorkspaceClient:
    """A client for which files of a megabyte are large, so that it sends them in parts."""
    identity = emulator.identity("app")
    config = Config(
        host=emulator.workspace_url,
        client_id=identity.name,
        client_secret=identity.secret,
        auth_type="oauth-m2m",
        retry_timeout_seconds=2,
    )
    config.files_ext_multipart_upload_min_stream_size = 1_000_000
    config.files_ext_parallel_download_min_file_size = 1_000_000
    return WorkspaceClient(config=config)


@pytest.mark.parametrize("is_parallel", [True, False])
def test_large_file_is_sent_in_parts_by_addresses_without_a_token(
    large: WorkspaceClient, folder: str, *, is_parallel: bool
) -> None:
    content = os.urandom(2_500_000)
    path = f"{folder}/large"
    large.files.upload(
        path, io.BytesIO(content), part_size=1_000_000, use_parallel=is_parallel, overwrite=True
    )
    assert received(large, path) == content
    with pytest.raises(AlreadyExists):
        large.files.upload(path, io.BytesIO(content), part_size=1_000_000, overwrite=False)


def test_address_without_a_token_ends_with_its_time(app: WorkspaceClient, folder: str) -> None:
    sent(app, f"{folder}/one", b"0123456789")
    host = app.config.host
    ask = {"path": f"{folder}/one"}
    url = app.api_client.do("POST", "/api/2.0/fs/create-download-url", query=ask)["url"]
    assert url.startswith(f"{host}/presigned/")
    assert requests.get(url, headers={"Range": "bytes=2-4"}, timeout=10).content == b"234"
    ended = ask | {"expire_time": "2026-01-01T00:00:00Z"}
    url = app.api_client.do("POST", "/api/2.0/fs/create-download-url", query=ended)["url"]
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, "Request has expired" in answer.text) == (403, True)


def test_without_a_token_there_are_no_files(emulator: Emulator) -> None:
    answer = requests.get(f"{emulator.workspace_url}/api/2.0/fs/files{FOLDER}/a", timeout=10)
    assert answer.status_code == 401
