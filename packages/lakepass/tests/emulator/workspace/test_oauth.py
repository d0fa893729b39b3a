"""The token endpoint and the authorize address, as the OAuth standard has them."""

import base64
import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import PermissionDenied

from lakepass.emulator import Emulator

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def response_to(
    emulator: Emulator,
    method: str,
    path: str,
    body: str | None = None,
    headers: Mapping[str, str] = FORM,
) -> tuple[int, dict[str, str], Any]:
    """The status, the headers and the JSON of an answer; redirects are not followed."""
    address = urlsplit(emulator.workspace_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, found, json.loads(content) if content else None


@pytest.fixture
def secrets(emulator: Emulator) -> dict[str, str]:
    variables = emulator.environment()
    return {
        "client_id": variables["DATABRICKS_CLIENT_ID"],
        "client_secret": variables["DATABRICKS_CLIENT_SECRET"],
    }


def basic(secrets: Mapping[str, str]) -> dict[str, str]:
    pair = ":".join(quote_plus(secrets[name]) for name in ("client_id", "client_secret"))
    return FORM | {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def signed_in(emulator: Emulator, scope: str, secrets: Mapping[str, str]) -> WorkspaceClient:
    form = urlencode({"grant_type": "client_credentials", "scope": scope})
    status, _, answer = response_to(emulator, "POST", "/oidc/v1/token", form, basic(secrets))
    assert (status, answer["scope"]) == (200, scope)
    host = emulator.workspace_url
    return WorkspaceClient(config=Config(host=host, token=answer["access_token"], auth_type="pat"))


def test_token_opens_what_it_was_asked_for_and_nothing_else(
    emulator: Emulator, secrets: dict[str, str], endpoint: str
) -> None:
    narrow = signed_in(emulator, "sql", secrets)
    text = "^Provided OAuth token does not have required scopes: postgres"
    with pytest.raises(PermissionDenied, match=text):
        narrow.postgres.generate_database_credential(endpoint=endpoint)
    with pytest.raises(PermissionDenied, match=text):
        narrow.database.generate_database_credential(instance_names=["local"])
    with pytest.raises(PermissionDenied, match="required scopes: secrets"):
        list(narrow.secrets.list_scopes())
    with pytest.raises(PermissionDenied, match="required scopes: authentication"):
        narrow.tokens.create()  # or it could make itself a token that opens everything
    assert list(narrow.warehouses.list())
    assert narrow.current_user.me().user_name == secrets["client_id"]


@pytest.mark.parametrize("scope", ["postgres", "sql postgres", "all-apis"])
def test_token_with_the_scope_mints(
    emulator: Emulator, secrets: dict[str, str], endpoint: str, scope: str
) -> None:
    wide = signed_in(emulator, scope, secrets)
    assert wide.postgres.generate_database_credential(endpoint=endpoint).token


def test_scope_is_everything_where_none_is_asked_for(
    emulator: Emulator, secrets: dict[str, str]
) -> None:
    form = urlencode({"grant_type": "client_credentials", **secrets})
    status, headers, answer = response_to(emulator, "POST", "/oidc/v1/token", form)
    assert (status, answer["scope"]) == (200, "all-apis")
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "error", "description"),
    [
        ({}, "invalid_request", "grant_type is required"),
        ({"grant_type": ""}, "invalid_request", "grant_type is required"),
        ({"grant_type": "password"}, "unsupported_grant_type", "must be client_credentials"),
        ({"scope": "two  blanks"}, "invalid_scope", "separated by one space"),
        ({"scope": 'a"b'}, "invalid_scope", "separated by one space"),
        ({"assume_group": "7"}, "invalid_request", "does not support assume_group"),
        ({"authorization_details": "[]"}, "invalid_request", "support authorization_details"),
        ({"client_secret": "twice"}, "invalid_request", "not in both"),
    ],
)
def test_bad_requests_are_told_by_the_codes_of_the_standard(
    emulator: Emulator, secrets: dict[str, str], form: dict[str, str], error: str, description: str
) -> None:
    usual = {} if "grant_type" in form or not form else {"grant_type": "client_credentials"}
    body = urlencode(usual | form)
    status, _, answer = response_to(emulator, "POST", "/oidc/v1/token", body, basic(secrets))
    assert (status, answer["error"]) == (400, error)
    assert description in answer["error_description"]


def test_a_parameter_may_not_be_repeated(emulator: Emulator, secrets: dict[str, str]) -> None:
    body = "grant_type=client_credentials&scope=sql&scope=all-apis"
    status, _, answer = response_to(emulator, "POST", "/oidc/v1/token", body, basic(secrets))
    assert (status, answer["error"]) == (400, "invalid_request")


def test_other_bodies_than_forms_are_refused(emulator: Emulator) -> None:
    headers = {"Content-Type": "application/json"}
    status, _, answer = response_to(emulator, "POST", "/oidc/v1/token", "{}", headers)
    assert (status, answer["error"]) == (400, "invalid_request")


def test_wrong_secret_names_the_scheme_where_it_came_in_the_header(
    emulator: Emulator, secrets: dict[str, str]
) -> None:
    body = "grant_type=client_credentials"
    wrong = basic(secrets | {"client_secret": "wrong"})
    status, headers, answer = response_to(emulator, "POST", "/oidc/v1/token", body, wrong)
    assert (status, answer["error"]) == (401, "invalid_client")
    assert headers["www-authenticate"] == 'Basic realm="workspace"'
    status, headers, answer = response_to(emulator, "POST", "/oidc/v1/token", body)
    assert (status, answer["error"]) == (401, "invalid_client")
    assert "www-authenticate" not in headers


OWN = "http://localhost:8020"


@pytest.mark.parametrize(
    ("asked_for", "error"),
    [
        ({}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code"}, "unauthorized_client"),
    ],
)
def test_authorize_tells_the_client_at_its_own_address(
    emulator: Emulator, asked_for: dict[str, str], error: str
) -> None:
    query = {"client_id": "databricks-cli", "redirect_uri": OWN, "state": "s1", **asked_for}
    status, headers, _ = response_to(emulator, "GET", f"/oidc/v1/authorize?{urlencode(query)}")
    assert status == 302
    assert headers["location"].startswith(f"{OWN}?")
    told = parse_qs(urlsplit(headers["location"]).query)
    assert (told["error"], told["state"]) == ([error], ["s1"])


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"client_id": "someone", "redirect_uri": OWN},
        {"client_id": "databricks-cli"},
        {"client_id": "databricks-cli", "redirect_uri": "https://elsewhere.example.com"},
        {"client_id": "databricks-cli", "redirect_uri": "http://localhost:8020/#fragment"},
        {"client_id": "databricks-cli", "redirect_uri": "http://localhost:port"},
        {"client_id": "databricks-cli", "redirect_uri": "http://localhost@elsewhere.example.com"},
    ],
)
def test_authorize_redirects_to_no_other_address(emulator: Emulator, query: dict[str, str]) -> None:
    full = query | {"response_type": "code"}
    status, headers, answer = response_to(emulator, "GET", f"/oidc/v1/authorize?{urlencode(full)}")
    assert status == 400
    assert "location" not in headers
    assert set(answer) == {"error", "error_description"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/.well-known/databricks-config"),
        ("POST", "/oidc/v1/token"),
        ("GET", "/api/2.0/preview/scim/v2/Me"),
        ("GET", "/api/2.0/nonsense"),
        ("GET", "/lakepass/faults"),
    ],
)
def test_every_answer_names_the_workspace(emulator: Emulator, method: str, path: str) -> None:
    _, headers, _ = response_to(emulator, method, path)
    assert headers["x-databricks-org-id"] == emulator.environment()["DATABRICKS_WORKSPACE_ID"]
