"""What a workspace may answer, and what becomes of it. The SDK is the real one."""

import json
import logging
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lakepass import (
    ConfigurationError,
    Credential,
    CredentialDenied,
    CredentialUnavailable,
    LakepassError,
    databricks,
)
from lakepass.databricks import Workspace
from lakepass.target import lookup
from lakepass.target.identity import find_identity
from lakepass.target.settings import Location, read_target

PAT = "dapi0123456789abcdef0123456789abcdef"
SECRET = "a-client-secret-of-no-known-shape"
TOKEN = "eyJraWQiOiJhYmMifQ.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl"
MINT, MINT_OLDER = "/api/2.0/postgres/credentials", "/api/2.0/database/credentials"
SIGN_IN, ME = "/oidc/v1/token", "/api/2.0/preview/scim/v2/Me"
PROJECT = "projects/shop"
BRANCH = f"{PROJECT}/branches/production"
ENDPOINT = f"{BRANCH}/endpoints/primary"
AT_ENDPOINT, AT_INSTANCE = Location("h", endpoint=ENDPOINT), Location("h", instance="shop")


@dataclass
class SmallWorkspace:
    """Says what a test tells it to: for answers no healthy workspace would give.

    answers: by path, those to DELETE by "DELETE" and the path, a status, a body and headers.
    clock_s: what Date says; None for no Date.
    """

    url: str
    answers: dict[str, tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=dict)
    clock_s: float | None = None
    asked: list[str] = field(default_factory=list)

    def says(self, path: str, body: dict[str, Any], status: int = 200, **headers: str) -> None:
        self.answers[path] = (status, body, headers)


@contextmanager
def small_workspace() -> Iterator[SmallWorkspace]:
    class Answer(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

        def do_GET(self) -> None:
            self._answer(self.path.partition("?")[0])

        def do_DELETE(self) -> None:
            self._answer(f"DELETE {self.path}")

        def _answer(self, path: str) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.asked.append(path)
            missing = {"error_code": "NOT_FOUND", "message": f"no {path}"}
            status, body, headers = told.answers.get(path, (404, missing, {}))
            payload = json.dumps(body).encode()
            self.send_response_only(status)
            if told.clock_s is not None:
                self.send_header("Date", formatdate(told.clock_s, usegmt=True))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_POST = do_GET  # noqa: N815 - its name there

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    told = SmallWorkspace(f"http://127.0.0.1:{server.server_port}")
    told.says("/.well-known/databricks-config", {"oidc_endpoint": f"{told.url}/oidc"})
    told.says(
        "/oidc/.well-known/oauth-authorization-server",
        {
            "authorization_endpoint": f"{told.url}/oidc/v1/authorize",
            "token_endpoint": f"{told.url}/oidc/v1/token",
        },
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def impatient_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databricks, "PATIENCE_S", 1)


@pytest.fixture
def workspace() -> Iterator[SmallWorkspace]:
    with small_workspace() as running:
        yield running


def signed_in(workspace: SmallWorkspace, token: str = PAT) -> Workspace:
    environ = {"DATABRICKS_HOST": workspace.url, "DATABRICKS_TOKEN": token}
    return Workspace(find_identity(environ))


def principal(workspace: SmallWorkspace) -> Workspace:
    return Workspace(
        find_identity(
            {
                "DATABRICKS_HOST": workspace.url,
                "DATABRICKS_CLIENT_ID": "app",
                "DATABRICKS_CLIENT_SECRET": SECRET,
            }
        )
    )


def at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def minted(workspace: SmallWorkspace, ends_at: float) -> Credential:
    workspace.says(MINT, {"token": TOKEN, "expire_time": at(ends_at)})
    return signed_in(workspace).mint(AT_ENDPOINT)


@pytest.mark.parametrize("skew_s", [-300, 0, 300, 86_400])
def test_life_is_the_issuers_whatever_our_clock_says(
    workspace: SmallWorkspace, skew_s: float
) -> None:
    workspace.clock_s = time.time() + skew_s
    assert minted(workspace, workspace.clock_s + 1800).life_s == pytest.approx(1800, abs=60)


def test_without_a_date_life_is_counted_by_our_clock_and_cut_at_an_hour(
    workspace: SmallWorkspace,
) -> None:
    assert minted(workspace, time.time() + 1800).life_s == pytest.approx(1800, abs=60)
    assert minted(workspace, time.time() + 3900).life_s == 3600


def test_the_older_api_mints_too(workspace: SmallWorkspace) -> None:
    ends_at = int(time.time()) + 600
    workspace.says(MINT_OLDER, {"token": TOKEN, "expiration_time": at(ends_at)})
    credential = signed_in(workspace).mint(AT_INSTANCE)
    assert credential.password == TOKEN
    assert credential.expires_at == datetime.fromtimestamp(ends_at, UTC)


@pytest.mark.parametrize("body", [{}, {"token": TOKEN}, {"expire_time": "2030-01-01T00:00:00Z"}])
def test_half_a_credential_is_none(workspace: SmallWorkspace, body: dict[str, str]) -> None:
    workspace.says(MINT, body)
    with pytest.raises(CredentialUnavailable) as caught:
        signed_in(workspace).mint(AT_ENDPOINT)
    assert caught.value.code == "LP-206"


def test_a_credential_that_has_ended_already_is_none(workspace: SmallWorkspace) -> None:
    with pytest.raises(CredentialUnavailable) as caught:
        minted(workspace, time.time() - 10)
    assert caught.value.code == "LP-207"


@pytest.mark.parametrize(
    ("status", "error_code", "message", "kind", "code"),
    [
        (401, "UNAUTHENTICATED", "no", CredentialDenied, "LP-212"),
        (403, "PERMISSION_DENIED", "no", CredentialDenied, "LP-213"),
        (
            403,
            "PERMISSION_DENIED",
            "Provided OAuth token does not have required scopes: postgres",
            CredentialDenied,
            "LP-217",
        ),
        (
            403,
            "PERMISSION_DENIED",
            "Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for workspace: 1",
            CredentialDenied,
            "LP-215",
        ),
        (404, "NOT_FOUND", "endpoint id not found", ConfigurationError, "LP-121"),
        (404, "ENDPOINT_NOT_FOUND", "No API found for 'POST /x'", ConfigurationError, "LP-214"),
        (400, "INVALID_PARAMETER_VALUE", "Field 'endpoint'", ConfigurationError, "LP-124"),
        (500, "INTERNAL_ERROR", "oops", CredentialUnavailable, "LP-202"),
        (503, "TEMPORARILY_UNAVAILABLE", "oops", CredentialUnavailable, "LP-202"),
    ],
)
def test_answers_of_the_workspace_become_ours(
    workspace: SmallWorkspace,
    status: int,
    error_code: str,
    message: str,
    kind: type[LakepassError],
    code: str,
) -> None:
    body = {"error_code": error_code, "message": f"{message} {PAT} {TOKEN}"}
    workspace.says(MINT, body, status=status)
    with pytest.raises(kind) as caught:
        signed_in(workspace).mint(AT_ENDPOINT)
    assert (type(caught.value), caught.value.code) == (kind, code)
    printed = "".join(traceback.format_exception(caught.value))
    assert message in printed
    assert PAT not in printed
    assert TOKEN not in printed


def test_retry_after_is_passed_on(workspace: SmallWorkspace) -> None:
    body = {"error_code": "RESOURCE_EXHAUSTED", "message": "slow down"}
    workspace.says(MINT, body, status=429, Retry_After="3")
    with pytest.raises(CredentialUnavailable) as caught:
        signed_in(workspace).mint(AT_ENDPOINT)
    assert caught.value.retry_after_s == 3


def test_a_refused_client_secret_is_a_denial(workspace: SmallWorkspace) -> None:
    body = {"error": "invalid_client", "error_description": f"wrong secret {SECRET}"}
    workspace.says(SIGN_IN, body, status=401)
    with pytest.raises(CredentialDenied) as caught:
        principal(workspace).mint(AT_ENDPOINT)
    assert caught.value.code == "LP-211"
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_failing_sign_in_is_an_outage(workspace: SmallWorkspace) -> None:
    workspace.says(SIGN_IN, {"error": "oops"}, status=502)
    with pytest.raises(CredentialUnavailable) as caught:
        principal(workspace).mint(AT_ENDPOINT)
    assert caught.value.code == "LP-204"


@pytest.mark.parametrize("who", [signed_in, principal])
def test_an_unreachable_workspace_is_an_outage(who: type) -> None:
    with pytest.raises(CredentialUnavailable) as caught:
        who(SmallWorkspace("http://127.0.0.1:9")).mint(AT_ENDPOINT)
    assert caught.value.code == "LP-203"


def test_a_workspace_that_never_answers_is_given_up_once() -> None:
    """The SDK does not find where to sign in; the request itself is then not tried as well."""
    asked = []

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.connection.close()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environ = {"DATABRICKS_HOST": f"http://127.0.0.1:{server.server_port}", "DATABRICKS_TOKEN": PAT}
    try:
        with pytest.raises(CredentialUnavailable) as caught:
            Workspace(find_identity(environ), timeout_s=1, patience_s=1).branches(PROJECT)
    finally:
        server.shutdown()
        server.server_close()
    assert caught.value.code == "LP-203"
    assert set(asked) == {"/.well-known/databricks-config"}


def test_a_sign_in_that_ended_is_renewed_once(workspace: SmallWorkspace) -> None:
    workspace.says(SIGN_IN, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})
    workspace.says(MINT, {"error_code": "UNAUTHENTICATED", "message": "ended"}, status=401)
    with pytest.raises(CredentialDenied):
        principal(workspace).mint(AT_ENDPOINT)
    assert workspace.asked.count(SIGN_IN) == 2
    assert workspace.asked.count(MINT) == 2


def test_a_token_with_a_line_break_is_not_printed(workspace: SmallWorkspace) -> None:
    first_line = "not-a-known-" + "shape"  # joined: a traceback shows source lines, too
    with pytest.raises(ConfigurationError) as caught:
        signed_in(workspace, token=f"{first_line}\nsecond-line").mint(AT_ENDPOINT)
    assert caught.value.code == "LP-119"
    assert first_line not in "".join(traceback.format_exception(caught.value))


def test_an_identity_the_sdk_cannot_find_is_a_matter_of_configuration(
    workspace: SmallWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no command line tools to ask
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ConfigurationError) as caught:
        Workspace(find_identity({"DATABRICKS_HOST": workspace.url})).whoami()
    assert caught.value.code == "LP-118"


def test_the_sdks_debug_log_holds_no_token(
    workspace: SmallWorkspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    minted(workspace, time.time() + 600)
    assert MINT in caplog.text
    assert TOKEN[:12] not in caplog.text
    assert PAT not in caplog.text


def test_the_role_is_who_is_signed_in(workspace: SmallWorkspace) -> None:
    workspace.says(ME, {"userName": "me@example.com"})
    assert signed_in(workspace).whoami() == "me@example.com"
    workspace.says(ME, {})
    with pytest.raises(ConfigurationError) as caught:
        signed_in(workspace).whoami()
    assert caught.value.code == "LP-125"


def served(workspace: SmallWorkspace, host: str | None = "ep-x.example.com") -> None:
    """A project whose branch has a read-only endpoint first and a read-write one second."""
    hosts = {"host": host, "read_write_pooled_host": "ep-x-pooler.example.com"} if host else {}
    status = {"endpoint_type": "ENDPOINT_TYPE_READ_WRITE", "hosts": hosts}
    endpoint = {"name": ENDPOINT, "status": status}
    reader = {
        "name": f"{BRANCH}/endpoints/reader",
        "status": {"endpoint_type": "ENDPOINT_TYPE_READ_ONLY", "hosts": {"host": "ro.example.com"}},
    }
    project = {"name": PROJECT, "status": {"default_branch": BRANCH}}
    workspace.says("/api/2.0/postgres/projects", {"projects": [project]})
    workspace.says(f"/api/2.0/postgres/{PROJECT}", project)
    workspace.says(f"/api/2.0/postgres/{PROJECT}/branches", {"branches": [{"name": BRANCH}]})
    workspace.says(f"/api/2.0/postgres/{BRANCH}/endpoints", {"endpoints": [reader, endpoint]})
    workspace.says(f"/api/2.0/postgres/{ENDPOINT}", endpoint)


def test_an_operation_that_fails_says_why(workspace: SmallWorkspace) -> None:
    operation = {"name": f"{BRANCH}/operations/1", "done": False}
    error = {"error_code": "RESOURCE_EXHAUSTED", "message": "too many branches"}
    workspace.says(f"/api/2.0/postgres/{PROJECT}/branches", operation)
    workspace.says(
        f"/api/2.0/postgres/{BRANCH}/operations/1", operation | {"done": True, "error": error}
    )
    with pytest.raises(CredentialUnavailable) as caught:
        signed_in(workspace).create_branch(f"{PROJECT}/branches/new", None, None)
    assert caught.value.code == "LP-204"
    assert "too many branches" in str(caught.value)


def test_a_branch_that_is_gone_when_its_deletion_is_repeated_was_deleted(
    workspace: SmallWorkspace,
) -> None:
    """The SDK repeats a request whose response was lost or late."""
    workspace.says(f"/api/2.0/postgres/{BRANCH}", {"name": BRANCH, "status": {}})
    signed_in(workspace).delete_branch(BRANCH)  # 404, as for all that the workspace does not know
    assert f"DELETE /api/2.0/postgres/{BRANCH}" in workspace.asked
    with pytest.raises(ConfigurationError) as caught:
        signed_in(workspace).delete_branch(f"{PROJECT}/branches/never-there")
    assert caught.value.code == "LP-121"


@pytest.mark.parametrize("resource", [PROJECT, BRANCH, ENDPOINT])
def test_the_writable_endpoint_is_found(workspace: SmallWorkspace, resource: str) -> None:
    served(workspace)
    found = signed_in(workspace).find(read_target({}, resource=resource))
    assert found == Location("ep-x.example.com", endpoint=ENDPOINT)


def test_a_default_branch_may_be_told_by_its_id(workspace: SmallWorkspace) -> None:
    served(workspace)
    workspace.says(f"/api/2.0/postgres/{PROJECT}", {"status": {"default_branch": "production"}})
    assert signed_in(workspace).find(read_target({}, resource=PROJECT)).endpoint == ENDPOINT


def test_a_branch_without_a_writable_endpoint_is_named(workspace: SmallWorkspace) -> None:
    workspace.says(f"/api/2.0/postgres/{BRANCH}/endpoints", {"endpoints": []})
    with pytest.raises(ConfigurationError) as caught:
        signed_in(workspace).find(read_target({}, resource=BRANCH))
    assert caught.value.code == "LP-122"


def test_an_endpoint_without_a_host_is_not_there_yet(workspace: SmallWorkspace) -> None:
    served(workspace, host=None)
    with pytest.raises(CredentialUnavailable) as caught:
        signed_in(workspace).find(read_target({}, resource=ENDPOINT))
    assert caught.value.code == "LP-205"


@pytest.mark.parametrize("host", ["EP-X.example.com", "ep-x-pooler.example.com"])
def test_a_host_is_found_among_the_projects(workspace: SmallWorkspace, host: str) -> None:
    served(workspace)
    assert signed_in(workspace).find(read_target({}, host=host)) == Location(
        host, endpoint=ENDPOINT
    )


def test_a_host_is_found_among_the_instances_if_projects_are_closed_to_us(
    workspace: SmallWorkspace,
) -> None:
    body = {"error_code": "PERMISSION_DENIED", "message": "no"}
    workspace.says("/api/2.0/postgres/projects", body, status=403)
    instance = {"name": "shop", "read_write_dns": "instance-1.example.com"}
    workspace.says("/api/2.0/database/instances", {"database_instances": [instance]})
    found = signed_in(workspace).find(read_target({}, host="instance-1.example.com"))
    assert found == Location("instance-1.example.com", instance="shop")
    with pytest.raises(ConfigurationError) as caught:
        signed_in(workspace).find(read_target({}, host="nowhere.example.com"))
    assert caught.value.code == "LP-123"
    assert "LAKEBASE_ENDPOINT" in caught.value.next_step


def test_an_endless_search_for_a_host_is_given_up(
    workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(workspace)
    monkeypatch.setattr(lookup, "SEARCH_LIMIT_S", -1.0)
    with pytest.raises(ConfigurationError) as caught:
        signed_in(workspace).find(read_target({}, host="ep-x.example.com"))
    assert caught.value.facts["LP-130"]


def test_an_instance_is_looked_up_by_its_name(workspace: SmallWorkspace) -> None:
    workspace.says(
        "/api/2.0/database/instances/shop",
        {"name": "shop", "read_write_dns": "instance-1.example.com"},
    )
    found = signed_in(workspace).find(read_target({}, instance="shop"))
    assert found == Location("instance-1.example.com", instance="shop")
