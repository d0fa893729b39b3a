"""What all APIs share: pages, paths that are none, bodies that are none."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    BadRequest,
    InvalidParameterValue,
    NotFound,
    NotImplemented,
)

from lakepass.emulator import Branch, Emulator, Instance, Project, running_emulator
from lakepass.emulator import Config as Contents
from packages.lakepass.tests.emulator.conftest import client_of

NAMES = ["local", *(f"number-{number}" for number in range(4))]


@pytest.fixture(scope="module")
def victim() -> Iterator[Emulator]:
    """An emulator that nothing else is asked of: two projects, five instances of one endpoint."""
    endpoint = next(iter(Contents().endpoints))
    config = Contents(
        projects=(Project(), Project(id="second", branches=(Branch(endpoints=()),))),
        instances=tuple(Instance(name=name, upgraded_to=endpoint) for name in NAMES),
    )
    with running_emulator(config) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def many(victim: Emulator) -> WorkspaceClient:
    return client_of(victim, "developer@example.com")


@pytest.mark.parametrize("size", [1, 2, 5, 100, None])
def test_lists_come_in_pages(many: WorkspaceClient, size: int | None) -> None:
    names = [one.name for one in many.database.list_database_instances(page_size=size)]
    assert names == NAMES


def test_a_page_holds_what_was_asked_for_and_names_the_next(many: WorkspaceClient) -> None:
    def listed(**query: Any) -> Any:
        return many.api_client.do("GET", "/api/2.0/database/instances", query=query)

    first = listed(page_size=3)
    assert len(first["database_instances"]) == 3
    last = listed(page_size=3, page_token=first["next_page_token"])
    assert len(last["database_instances"]) == 2
    assert "next_page_token" not in last


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"page_size": "101"}, "page_size must be between 0 and 100, got 101."),
        ({"page_size": "many"}, "page_size must be between 0 and 100, got many."),
        ({"page_token": "nonsense"}, "page_token is invalid."),
        ({"page_token": "bm9uc2Vuc2U="}, "page_token is invalid."),
    ],
)
def test_other_pages_are_refused(app: WorkspaceClient, query: dict[str, str], text: str) -> None:
    for path in ("postgres/projects", "database/instances", "apps"):
        with pytest.raises(InvalidParameterValue) as refused:
            app.api_client.do("GET", f"/api/2.0/{path}", query=query)
        assert str(refused.value) == text


def test_projects_come_in_pages_too(many: WorkspaceClient) -> None:
    names = [one.name for one in many.postgres.list_projects(page_size=1)]
    assert names == ["projects/local", "projects/second"]
    assert not list(many.postgres.list_endpoints("projects/second/branches/production"))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/api/2.0/token/generate", "/token/generate"),
        ("/api/2.0/nonsense/x", "/nonsense/x"),
        ("/api/2.0/database/instances/projects/local", "/database/instances/projects/local"),
        ("/elsewhere", "/elsewhere"),
    ],
)
def test_no_api_is_found_with_any_method(
    app: WorkspaceClient, method: str, path: str, named: str
) -> None:
    with pytest.raises(NotFound) as refused:
        app.api_client.do(method, path)
    assert str(refused.value) == f"No API found for '{method} {named}'"
    assert refused.value.error_code == "ENDPOINT_NOT_FOUND"


def test_a_method_that_a_path_does_not_have(app: WorkspaceClient) -> None:
    with pytest.raises(NotFound, match=r"^No API found for 'DELETE /token/list'$"):
        app.api_client.do("DELETE", "/api/2.0/token/list")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/2.0/postgres/nonsense",
        "/api/2.1/unity-catalog/tables/x",
        "/api/2.1/jobs/list",
        "/api/2.1/clusters/list",
        "/api/2.0/preview/scim/v2/Schemas",
    ],
)
def test_what_is_not_emulated_is_never_told_to_be_absent(
    app: WorkspaceClient, method: str, path: str
) -> None:
    with pytest.raises(NotImplemented) as refused:
        app.api_client.do(method, path)
    assert str(refused.value) == f"The emulator does not emulate '{method} {path}'."


@pytest.fixture
def posted(emulator: Emulator) -> Callable[[bytes], Any]:
    def posted(body: bytes) -> Any:
        request = urllib.request.Request(
            f"{emulator.workspace_url}/api/2.0/postgres/credentials",
            body,
            {"Authorization": f"Bearer {emulator.personal_access_token}"},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        with refused.value as response:
            return response.code, json.load(response)

    return posted


@pytest.mark.parametrize("body", [b"[]", b"{", b'"text"', b"\xff\xfe", b"3"])
def test_a_body_that_is_no_object(posted: Callable[[bytes], Any], body: bytes) -> None:
    code, answer = posted(body)
    assert (code, answer["error_code"]) == (400, "MALFORMED_REQUEST")


@pytest.mark.parametrize(
    "claims", [[{"permission_set": "ALL", "resources": []}], [{"permission_set": "READ_ONLY"}]]
)
def test_claims_that_say_nothing(
    app: WorkspaceClient, endpoint: str, claims: list[dict[str, Any]]
) -> None:
    with pytest.raises(BadRequest):
        app.api_client.do(
            "POST", "/api/2.0/postgres/credentials", body={"endpoint": endpoint, "claims": claims}
        )


JUNK: list[Any] = [3, "text", [], [3], {"x": 3}, None, True, "a\0b", "x" * 100, -1, 1.5]
FIELDS = (
    "attributes",
    "bytes_value",
    "claims",
    "disabled",
    "enable_pg_native_login",
    "endpoint",
    "expire_time",
    "group",
    "identity_type",
    "instance_names",
    "key",
    "lifetime_seconds",
    "membership_roles",
    "permission_set",
    "postgres_database",
    "postgres_role",
    "resources",
    "role",
    "scope",
    "scopes",
    "spec",
    "stopped",
    "string_value",
    "token_id",
    "ttl",
)
BRANCH = "postgres/projects/local/branches/production"


@pytest.mark.parametrize(
    ("method", "path", "shape"),
    [
        ("POST", "postgres/credentials", "{}"),
        ("POST", "postgres/credentials", '{"endpoint": "ENDPOINT", "claims": [{}]}'),
        ("POST", "postgres/credentials", '{"endpoint": "ENDPOINT"}'),
        ("POST", "database/credentials", "{}"),
        ("POST", "database/credentials", '{"instance_names": ["local"]}'),
        ("POST", f"{BRANCH}/roles", '{"spec": {}}'),
        ("POST", f"{BRANCH}/roles", '{"spec": {"postgres_role": "junk"}}'),
        ("PATCH", f"{BRANCH}/roles/junk", '{"spec": {}}'),
        ("POST", f"{BRANCH}/databases", '{"spec": {"role": "ROLE"}}'),
        ("PATCH", f"{BRANCH}/databases/junk", '{"spec": {}}'),
        ("PATCH", "postgres/projects/local", '{"spec": {}}'),
        ("PATCH", "ENDPOINT", '{"spec": {}}'),
        ("PATCH", "ENDPOINT", '{"spec": {"group": {}}}'),
        ("PATCH", "database/instances/local", "{}"),
        ("POST", "token/create", "{}"),
        ("POST", "token/delete", "{}"),
        ("POST", "secrets/put", '{"scope": "junk", "key": "k"}'),
        ("POST", "secrets/scopes/create", "{}"),
    ],
)
def test_no_body_breaks_it(victim: Emulator, method: str, path: str, shape: str) -> None:
    """Whatever stands in a field, it is taken or refused; the innermost table gets the junk."""
    victim.put_secret("junk", "k", "v")
    shape = shape.replace("ENDPOINT", victim.endpoint).replace("ROLE", "roles/none")
    path = path.replace("ENDPOINT", f"postgres/{victim.endpoint}")
    for field in FIELDS:
        for value in JUNK:
            body = json.loads(shape)
            inner = body
            while any(isinstance(one, dict | list) and one != ["local"] for one in inner.values()):
                inner = next(one for one in inner.values() if isinstance(one, dict | list))
                inner = inner[0] if isinstance(inner, list) else inner
            inner[field] = value
            status, answer = _asked(victim, method, path, body)
            assert status in (200, 400, 404, 501), (field, value, answer)
            assert (status == 200) or {"error_code", "message"} == set(answer)


@pytest.mark.parametrize("junk", ["%00", "x" * 100, "..", "%2e%2e", "%F0%9F%98%80", "a%20b"])
def test_no_path_breaks_it(victim: Emulator, junk: str) -> None:
    for path in (
        f"postgres/{junk}",
        f"postgres/projects/{junk}/branches/{junk}",
        f"{BRANCH}/roles/{junk}",
        f"{BRANCH}/databases/{junk}",
        f"database/instances/{junk}",
        f"database/instances/local/roles/{junk}",
        f"database/instances:findByUid?uid={junk}",
        f"secrets/get?scope={junk}&key={junk}",
        f"apps/{junk}",
        f"permissions/database-projects/{junk}",
        f"{BRANCH}/roles?page_token={junk}",
        f"{BRANCH}/roles?page_size={junk}",
        junk,
    ):
        status, answer = _asked(victim, "GET", path)
        assert status in (400, 404, 501), path
        assert {"error_code", "message"} == set(answer)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_other_methods_find_no_api_either(victim: Emulator, method: str) -> None:
    assert _asked(victim, method, "token/generate")[0] == 404


def _asked(emulator: Emulator, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{emulator.workspace_url}/api/2.0/{path}",
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {emulator.personal_access_token}"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refused:
        with refused:
            content = refused.read()
        return refused.code, json.loads(content) if content else None
