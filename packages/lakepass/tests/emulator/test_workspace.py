"""The workspace as the real SDK sees it."""

import datetime as dt
import json
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import (
    InvalidParameterValue,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)
from google.protobuf.duration_pb2 import Duration  # type: ignore[import-untyped] # no stubs here
from google.protobuf.timestamp_pb2 import (  # type: ignore[import-untyped] # as above
    Timestamp,
)

from lakepass.emulator import Emulator


def test_service_principal_signs_in_and_is_its_client_id(
    app: WorkspaceClient, emulator: Emulator
) -> None:
    assert app.current_user.me().user_name == emulator.environment()["DATABRICKS_CLIENT_ID"]


def test_user_signs_in_with_a_personal_access_token(developer: WorkspaceClient) -> None:
    me = developer.current_user.me()
    assert me.user_name == "developer@example.com"
    assert me.emails is not None
    assert me.emails[0].value == "developer@example.com"


def test_well_known_configuration_names_the_workspace(
    app: WorkspaceClient, emulator: Emulator
) -> None:
    assert app.config.workspace_id is not None
    assert len(app.config.workspace_id) == 16
    assert app.config.discovery_url == (
        f"{emulator.workspace_url}/oidc/.well-known/oauth-authorization-server"
    )


def test_wrong_client_secret_is_an_oauth_error(emulator: Emulator) -> None:
    config = Config(
        host=emulator.workspace_url,
        client_id=emulator.environment()["DATABRICKS_CLIENT_ID"],
        client_secret="wrong",
        auth_type="oauth-m2m",
    )
    with pytest.raises(ValueError, match="invalid_client: Client authentication failed"):
        WorkspaceClient(config=config).current_user.me()


def test_client_secret_may_come_in_the_form(emulator: Emulator) -> None:
    variables = emulator.environment()
    form = (
        f"grant_type=client_credentials&scope=all-apis"
        f"&client_id={variables['DATABRICKS_CLIENT_ID']}"
        f"&client_secret={variables['DATABRICKS_CLIENT_SECRET']}"
    )
    request = urllib.request.Request(f"{emulator.workspace_url}/oidc/v1/token", form.encode())
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    assert answer.pop("access_token").startswith("eyJraWQi")
    assert answer == {"token_type": "Bearer", "expires_in": 3600, "scope": "all-apis"}


def test_project_branch_and_endpoint_are_found(app: WorkspaceClient) -> None:
    (project,) = app.postgres.list_projects()
    assert project.name == "projects/local"
    (branch,) = app.postgres.list_branches(project.name)
    assert branch.name == "projects/local/branches/production"
    (endpoint,) = app.postgres.list_endpoints(branch.name)
    assert endpoint.name == "projects/local/branches/production/endpoints/primary"
    assert app.postgres.get_project(project.name) == project
    assert app.postgres.get_branch(branch.name) == branch
    found = app.postgres.get_endpoint(endpoint.name)
    assert found.status is not None
    assert found.status.hosts is not None
    assert found.status.hosts.host == "localhost"
    assert found.status.current_state is not None
    assert found.status.current_state.value == "ACTIVE"


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("projects/other/branches/production/endpoints/primary", "project"),
        ("projects/local/branches/other/endpoints/primary", "branch"),
        ("projects/local/branches/production/endpoints/other", "endpoint"),
    ],
)
def test_what_does_not_exist_is_named(app: WorkspaceClient, name: str, missing: str) -> None:
    with pytest.raises(NotFound, match=rf"^{missing} id not found \[TraceId: [0-9a-f]{{32}}\]$"):
        app.postgres.get_endpoint(name)
    with pytest.raises(NotFound, match=rf"^{missing} id not found"):
        app.postgres.generate_database_credential(endpoint=name)


def test_instance_is_found_by_list_name_and_uid(app: WorkspaceClient, emulator: Emulator) -> None:
    (instance,) = app.database.list_database_instances()
    assert instance.name == "local"
    assert instance.read_write_dns == emulator.host("local").name
    assert app.database.get_database_instance("local") == instance
    assert app.database.find_database_instance_by_uid(uid=instance.uid) == instance
    with pytest.raises(NotFound, match=r"^Database instance other does not exist$"):
        app.database.get_database_instance("other")


def test_endpoint_credential_lives_an_hour(app: WorkspaceClient, endpoint: str) -> None:
    before = _now()
    credential = app.postgres.generate_database_credential(endpoint=endpoint)
    assert credential.token is not None
    assert credential.token.startswith("eyJraWQi")
    assert credential.expire_time is not None
    life = credential.expire_time.ToDatetime(tzinfo=dt.UTC) - before
    assert dt.timedelta(seconds=3590) < life < dt.timedelta(seconds=3610)


def test_instance_credential_lives_an_hour(app: WorkspaceClient) -> None:
    before = _now()
    credential = app.database.generate_database_credential(instance_names=["local"])
    assert credential.token is not None
    assert credential.token.startswith("eyJraWQi")
    assert credential.expiration_time is not None
    life = dt.datetime.fromisoformat(credential.expiration_time) - before
    assert dt.timedelta(seconds=3590) < life < dt.timedelta(seconds=3610)


def test_shorter_life_may_be_asked_for(app: WorkspaceClient, endpoint: str) -> None:
    until = Timestamp()
    until.FromDatetime(_now() + dt.timedelta(seconds=400))
    asked: list[dict[str, Any]] = [{"ttl": Duration(seconds=400)}, {"expire_time": until}]
    for life in asked:
        credential = app.postgres.generate_database_credential(endpoint=endpoint, **life)
        assert credential.expire_time is not None
        assert abs(credential.expire_time.seconds - until.seconds) < 10


@pytest.mark.parametrize("seconds", [299, 3601])
def test_life_out_of_bounds_is_refused(app: WorkspaceClient, endpoint: str, seconds: int) -> None:
    with pytest.raises(InvalidParameterValue, match="between 300 and 3600 seconds"):
        app.postgres.generate_database_credential(endpoint=endpoint, ttl=Duration(seconds=seconds))


def test_endpoint_is_required(app: WorkspaceClient) -> None:
    with pytest.raises(InvalidParameterValue) as refused:
        app.postgres.generate_database_credential(endpoint="")
    expected = "Field 'endpoint' is required, expected non-default value (not \"\")!"
    assert str(refused.value) == expected


def test_answers_tell_the_time_once_and_to_the_second(emulator: Emulator) -> None:
    url = f"{emulator.workspace_url}/.well-known/databricks-config"
    for _ in range(12):
        before = int(time.time())
        with urllib.request.urlopen(url) as response:
            (date,) = response.headers.get_all("date")
        assert before <= parsedate_to_datetime(date).timestamp() <= time.time()
        time.sleep(0.1)


def test_unknown_path_is_named_without_its_version(app: WorkspaceClient) -> None:
    with pytest.raises(NotFound) as refused:
        app.api_client.do("POST", "/api/2.0/token/generate", body={})
    assert str(refused.value) == "No API found for 'POST /token/generate'"
    assert refused.value.error_code == "ENDPOINT_NOT_FOUND"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_without_a_good_token_nothing_is_reported(
    emulator: Emulator, headers: dict[str, str]
) -> None:
    request = urllib.request.Request(
        f"{emulator.workspace_url}/api/2.0/preview/scim/v2/Me", headers=headers
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as response:
        assert response.code == 401
        assert json.load(response)["error_code"] == "UNAUTHENTICATED"


def test_sdk_reports_a_bad_access_token(emulator: Emulator) -> None:
    config = Config(host=emulator.workspace_url, token="dapi" + "0" * 32, auth_type="pat")
    with pytest.raises(Unauthenticated, match=r"^Invalid access token\."):
        WorkspaceClient(config=config).current_user.me()


def test_database_credential_opens_no_api(emulator: Emulator, password: str) -> None:
    config = Config(host=emulator.workspace_url, token=password, auth_type="pat")
    with pytest.raises(PermissionDenied, match="does not have required scopes: all-apis"):
        WorkspaceClient(config=config).current_user.me()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
