"""Secrets of the workspace, as the SDK reads them."""

import base64
import re
import stat
from pathlib import Path

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import (
    InvalidParameterValue,
    PermissionDenied,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)

from lakepass.emulator import Emulator, running_emulator

# What a client makes of bytes and of line breaks is where base64 goes wrong.
VALUE = b"line\nn\xc3\xb6\xff\x00="


def read(workspace: WorkspaceClient, scope: str, key: str) -> bytes:
    found = workspace.secrets.get_secret(scope, key)
    assert found.key == key
    assert found.value is not None
    return base64.b64decode(found.value, validate=True)


def signed_in(emulator: Emulator, token: str) -> WorkspaceClient:
    return WorkspaceClient(config=Config(host=emulator.workspace_url, token=token, auth_type="pat"))


def test_app_and_developer_read_what_was_put(
    emulator: Emulator, app: WorkspaceClient, developer: WorkspaceClient
) -> None:
    emulator.put_secret("shop", "payments", VALUE)
    emulator.put_secret("shop", "text", "schön")
    assert read(app, "shop", "payments") == read(developer, "shop", "payments") == VALUE
    assert read(app, "shop", "text") == "schön".encode()
    emulator.put_secret("shop", "text", "")
    assert read(app, "shop", "text") == b""


def test_what_is_missing_is_named(emulator: Emulator, app: WorkspaceClient) -> None:
    emulator.put_secret("half", "here", "x")
    for scope, text in (
        ("half", "Secret does not exist with scope: half and key: gone"),
        ("none", "Scope none does not exist!"),
    ):
        with pytest.raises(ResourceDoesNotExist, match=f"^{re.escape(text)}") as missing:
            app.secrets.get_secret(scope, "gone")
        assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_user_token_needs_the_scope(emulator: Emulator) -> None:
    emulator.put_secret("scoped", "key", "x")
    assert read(signed_in(emulator, emulator.user_token(["secrets"])), "scoped", "key") == b"x"
    with pytest.raises(PermissionDenied, match="does not have required scopes: secrets"):
        read(signed_in(emulator, emulator.user_token(["postgres"])), "scoped", "key")


def test_secrets_survive_a_restart_in_a_closed_file(tmp_path: Path) -> None:
    with running_emulator(data=tmp_path) as first:
        first.put_secret("kept", "key", VALUE)
        assert "key" not in repr(first)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    with running_emulator(data=tmp_path) as second:
        assert read(signed_in(second, second.personal_access_token), "kept", "key") == VALUE


def test_scopes_and_secrets_are_made_listed_and_deleted(developer: WorkspaceClient) -> None:
    secrets = developer.secrets
    secrets.create_scope("made")
    assert "made" in [scope.name for scope in secrets.list_scopes()]
    with pytest.raises(ResourceAlreadyExists, match=r"^Scope made already exists!") as refused:
        secrets.create_scope("made")
    assert refused.value.error_code == "RESOURCE_ALREADY_EXISTS"
    secrets.put_secret("made", "bytes", bytes_value=base64.b64encode(VALUE).decode())
    secrets.put_secret("made", "text", string_value="schön")
    assert [one.key for one in secrets.list_secrets("made")] == ["bytes", "text"]
    assert read(developer, "made", "bytes") == VALUE
    assert read(developer, "made", "text") == "schön".encode()
    secrets.delete_secret("made", "text")
    with pytest.raises(ResourceDoesNotExist, match=r"^Secret does not exist with scope: made"):
        secrets.delete_secret("made", "text")
    secrets.delete_scope("made")
    with pytest.raises(ResourceDoesNotExist, match=r"^Scope made does not exist!"):
        secrets.list_secrets("made")
    secrets.create_scope("made")
    with pytest.raises(InvalidParameterValue, match=r"^bytes_value must be base64"):
        secrets.put_secret("made", "bytes", bytes_value="no base64!")
    with pytest.raises(InvalidParameterValue, match=r"^Field 'string_value' is required"):
        secrets.put_secret("made", "nothing")
    secrets.delete_scope("made")
