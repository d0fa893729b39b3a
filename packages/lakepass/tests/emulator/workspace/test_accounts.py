"""Who one is, and personal access tokens, as the SDK sees them."""

import time

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import (
    InvalidParameterValue,
    PermissionDenied,
    ResourceDoesNotExist,
    Unauthenticated,
)

from lakepass.emulator import Config as Contents
from lakepass.emulator import Emulator, Group, running_emulator


def with_token(emulator: Emulator, token: str) -> WorkspaceClient:
    return WorkspaceClient(config=Config(host=emulator.workspace_url, token=token, auth_type="pat"))


def test_token_is_made_used_listed_and_revoked(
    emulator: Emulator, developer: WorkspaceClient
) -> None:
    made = developer.tokens.create(comment="for a test", lifetime_seconds=600)
    assert made.token_value is not None
    assert made.token_value.startswith("dapi")
    assert made.token_info is not None
    (listed,) = [one for one in developer.tokens.list() if one.comment == "for a test"]
    assert listed == made.token_info
    assert listed.creation_time is not None
    assert listed.expiry_time == listed.creation_time + 600_000
    other = with_token(emulator, made.token_value)
    assert other.current_user.me().user_name == "developer@example.com"
    developer.tokens.delete(str(listed.token_id))
    assert list(developer.tokens.list()) == []
    with pytest.raises(Unauthenticated, match=r"^Invalid access token\."):
        other.current_user.me()
    with pytest.raises(ResourceDoesNotExist):
        developer.tokens.delete(str(listed.token_id))


def test_token_without_the_scope_mints_nothing(
    emulator: Emulator, developer: WorkspaceClient, endpoint: str
) -> None:
    made = developer.tokens.create(scopes=["sql"])
    assert made.token_info is not None
    narrow = with_token(emulator, str(made.token_value))
    text = "^Provided PAT token does not have required scopes: postgres"
    with pytest.raises(PermissionDenied, match=text):
        narrow.postgres.generate_database_credential(endpoint=endpoint)
    assert narrow.current_user.me().user_name == "developer@example.com"
    developer.tokens.delete(str(made.token_info.token_id))


def test_token_ends(emulator: Emulator, developer: WorkspaceClient) -> None:
    made = developer.tokens.create(lifetime_seconds=1)
    assert made.token_info is not None
    assert made.token_info.expiry_time is not None
    time.sleep(max(0, made.token_info.expiry_time / 1000 - time.time()))
    with pytest.raises(Unauthenticated):
        with_token(emulator, str(made.token_value)).current_user.me()
    assert list(developer.tokens.list()) == []


@pytest.mark.parametrize("seconds", [0, -5])
def test_life_of_a_token_is_positive(developer: WorkspaceClient, seconds: int) -> None:
    with pytest.raises(InvalidParameterValue):
        developer.tokens.create(lifetime_seconds=seconds)


def test_service_principal_has_tokens_of_its_own(
    emulator: Emulator, app: WorkspaceClient, developer: WorkspaceClient
) -> None:
    made = app.tokens.create(comment="of the app")
    assert made.token_info is not None
    assert [one.comment for one in developer.tokens.list()] == []
    me = with_token(emulator, str(made.token_value)).current_user.me()
    assert me.user_name == emulator.environment()["DATABRICKS_CLIENT_ID"]
    app.tokens.delete(str(made.token_info.token_id))


def test_who_is_told_of_groups(tmp_path_factory: pytest.TempPathFactory) -> None:
    config = Contents(groups=(Group(name="team", members=("developer@example.com",)),))
    folder = tmp_path_factory.mktemp("groups")
    with running_emulator(config, data=folder) as emulator:
        token = with_token(emulator, emulator.personal_access_token).tokens.create().token_value
        me = with_token(emulator, str(token)).current_user.me()
        assert me.groups is not None
        assert [(one.display, one.value) for one in me.groups] == [
            ("team", str(emulator.identity("team").id))
        ]
        emulator.set_members("team", [])
        assert not with_token(emulator, str(token)).current_user.me().groups
    with running_emulator(config, data=folder) as emulator:  # tokens survive a restart
        assert with_token(emulator, str(token)).current_user.me().groups
