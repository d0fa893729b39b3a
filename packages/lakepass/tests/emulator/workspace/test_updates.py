"""PATCH: a mask is applied leaf by leaf, and what cannot be applied is refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InvalidParameterValue, NotFound, NotImplemented

from lakepass.emulator import Branch, Emulator, Project, running_emulator
from lakepass.emulator import Config as Contents
from packages.lakepass.tests.emulator.conftest import client_of

PROJECT = "projects/local"
BRANCH = f"{PROJECT}/branches/production"
ENDPOINT = f"{BRANCH}/endpoints/primary"

Update = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def changed() -> Iterator[Emulator]:
    """An emulator whose settings these tests change: a project with two branches."""
    branches = (Branch(), Branch(id="staging"))
    with running_emulator(Contents(projects=(Project(branches=branches),))) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def owner(changed: Emulator) -> WorkspaceClient:
    return client_of(changed, "developer@example.com")


@pytest.fixture(scope="module")
def update(owner: WorkspaceClient) -> Update:
    """PATCH a resource of the Postgres API and return it."""

    def update(name: str, mask: str | None, **spec: Any) -> dict[str, Any]:
        query = {} if mask is None else {"update_mask": mask}
        path = f"/api/2.0/postgres/{name}"
        operation = owner.api_client.do("PATCH", path, query=query, body={"spec": spec})
        assert isinstance(operation, dict)
        found = owner.api_client.do("GET", path)
        assert isinstance(found, dict)
        response = {key: value for key, value in operation["response"].items() if key != "@type"}
        assert response == found
        return found

    return update


@pytest.fixture
def role(owner: WorkspaceClient) -> Iterator[str]:
    body = {"spec": {"postgres_role": "masked", "attributes": {"createrole": True}}}
    path = f"/api/2.0/postgres/{BRANCH}/roles"
    owner.api_client.do("POST", path, query={"role_id": "masked"}, body=body)
    yield f"{BRANCH}/roles/masked"
    owner.api_client.do("DELETE", f"/api/2.0/postgres/{BRANCH}/roles/masked")


def test_one_attribute_leaves_its_neighbours_as_they_are(update: Update, role: str) -> None:
    found = update(role, "spec.attributes.createdb", attributes={"createdb": True})
    assert found["status"]["attributes"] == {
        "bypassrls": False,
        "createdb": True,
        "createrole": True,
    }
    found = update(role, "spec.attributes.createdb", attributes={"createdb": False})
    assert found["status"]["attributes"]["createdb"] is False
    assert found["status"]["attributes"]["createrole"] is True


def test_an_object_in_the_mask_stands_for_all_of_its_fields(update: Update, role: str) -> None:
    found = update(role, "spec.attributes", attributes={"bypassrls": True})
    assert found["status"]["attributes"] == {
        "bypassrls": True,
        "createdb": False,
        "createrole": False,
    }


@pytest.mark.parametrize("mask", ["spec", None])
def test_the_whole_spec_stands_for_the_fields_that_are_sent(
    update: Update, role: str, mask: str | None
) -> None:
    found = update(role, mask, attributes={"createdb": True})
    assert found["status"]["attributes"]["createrole"] is True
    assert found["status"]["attributes"]["createdb"] is True


@pytest.mark.parametrize(
    ("name", "mask", "spec", "missing"),
    [
        (PROJECT, "spec.history_retention_duration", {}, "history_retention_duration"),
        (ENDPOINT, "spec.suspension", {"autoscaling_limit_max_cu": 2}, "suspension"),
        (BRANCH, "spec.expiration", {}, "expiration"),
        (
            PROJECT,
            "spec.default_endpoint_settings,spec.default_endpoint_settings.autoscaling_limit_max_cu",
            {"default_endpoint_settings": {"autoscaling_limit_max_cu": 4}},
            "default_endpoint_settings.suspension",
        ),
        (PROJECT, "spec.default_endpoint_settings", {}, "default_endpoint_settings"),
        (PROJECT, "*", {"display_name": "The shop"}, "enable_pg_native_login"),
    ],
)
def test_what_the_mask_names_must_be_in_the_body(
    update: Update, name: str, mask: str, spec: dict[str, Any], missing: str
) -> None:
    text = f"Field 'spec.{missing}' is in update_mask but not provided in request"
    with pytest.raises(InvalidParameterValue, match=text):
        update(name, mask, **spec)


def test_fields_that_exclude_each_other_are_named_by_their_group(update: Update) -> None:
    settings = {"autoscaling_limit_max_cu": 2, "suspend_timeout_duration": "900s"}
    found = update(PROJECT, "spec.default_endpoint_settings", default_endpoint_settings=settings)[
        "status"
    ]["default_endpoint_settings"]
    assert found == {"autoscaling_limit_min_cu": 1.0, "autoscaling_limit_max_cu": 2.0,
                     "suspend_timeout_duration": "900s"}  # fmt: skip
    mask = "spec.default_endpoint_settings.suspension"
    found = update(PROJECT, mask, default_endpoint_settings={"suspend_timeout_duration": "86400s"})
    assert found["status"]["default_endpoint_settings"]["autoscaling_limit_max_cu"] == 2.0
    assert found["status"]["default_endpoint_settings"]["suspend_timeout_duration"] == "86400s"


def test_specs_of_what_a_project_began_with_have_no_effect(update: Update) -> None:
    # As the provider for Terraform sends it.
    mask = "spec,initial_branch_spec,initial_endpoint_spec"
    assert update(PROJECT, mask, display_name="Named")["status"]["display_name"] == "Named"


def test_an_object_that_is_missing_changes_nothing(update: Update) -> None:
    mask = "spec.default_endpoint_settings.autoscaling_limit_max_cu"
    before = update(PROJECT, "spec.display_name", display_name="Same")
    after = update(PROJECT, mask)
    assert after["status"] == before["status"]


def test_names_of_fields_may_be_as_the_sdk_writes_them(update: Update, role: str) -> None:
    found = update(role, "spec.authMethod", auth_method="NO_LOGIN")
    assert found["status"]["auth_method"] == "NO_LOGIN"
    found = update(role, "spec.membershipRoles", membership_roles=["DATABRICKS_SUPERUSER"])
    assert found["status"]["membership_roles"] == ["DATABRICKS_SUPERUSER"]
    assert found["status"]["auth_method"] == "NO_LOGIN"


@pytest.mark.parametrize(
    ("name", "mask", "spec", "path", "expected"),
    [
        (PROJECT, "spec.display_name", {"display_name": "The shop"}, "display_name", "The shop"),
        (
            PROJECT,
            "spec.custom_tags",
            {"custom_tags": [{"key": "team", "value": "shop"}]},
            "custom_tags",
            [{"key": "team", "value": "shop"}],
        ),
        (
            PROJECT,
            "spec.history_retention_duration",
            {"history_retention_duration": "172800s"},
            "history_retention_duration",
            "172800s",
        ),
        (
            PROJECT,
            "spec.default_endpoint_settings.autoscaling_limit_max_cu",
            {"default_endpoint_settings": {"autoscaling_limit_max_cu": 4}},
            "default_endpoint_settings",
            {
                "autoscaling_limit_min_cu": 1,
                "autoscaling_limit_max_cu": 4.0,
                "suspend_timeout_duration": "86400s",
            },
        ),
        (BRANCH, "spec.is_protected", {"is_protected": True}, "is_protected", True),
        (
            BRANCH,
            "spec.expiration",
            {"expire_time": "2030-01-01T00:00:00Z"},
            "expire_time",
            "2030-01-01T00:00:00Z",
        ),
        (
            ENDPOINT,
            "spec.suspension",
            {"suspend_timeout_duration": "300s"},
            "suspend_timeout_duration",
            "300s",
        ),
        (ENDPOINT, "spec.autoscaling_limit_max_cu", {"autoscaling_limit_max_cu": 8},
         "autoscaling_limit_max_cu", 8.0),
    ],
)  # fmt: skip
def test_settings_are_stored_and_shown(
    update: Update, name: str, mask: str, spec: dict[str, Any], path: str, expected: Any
) -> None:
    before = update(name, mask, **spec)
    assert before["status"][path] == expected
    assert before["update_time"] >= before["create_time"]


def test_the_default_branch_moves(update: Update, owner: WorkspaceClient) -> None:
    staging = f"{PROJECT}/branches/staging"
    update(PROJECT, "spec.default_branch", default_branch=staging)
    shown = {
        one.name: one.status and one.status.default for one in owner.postgres.list_branches(PROJECT)
    }
    assert shown == {BRANCH: False, staging: True}
    with pytest.raises(NotFound, match="branch id not found"):
        update(PROJECT, "spec.default_branch", default_branch=f"{PROJECT}/branches/none")
    update(PROJECT, "spec.default_branch", default_branch=BRANCH)


def test_never_to_suspend_removes_the_timeout(update: Update) -> None:
    found = update(ENDPOINT, "spec.suspension", no_suspension=True)
    assert "suspend_timeout_duration" not in found["status"]
    both = {"no_suspension": True, "suspend_timeout_duration": "300s"}
    with pytest.raises(InvalidParameterValue, match="exclude each other"):
        update(ENDPOINT, "spec", **both)
    found = update(ENDPOINT, "spec.suspension", suspend_timeout_duration="600s")
    assert found["status"]["suspend_timeout_duration"] == "600s"


@pytest.mark.parametrize(
    ("name", "mask", "spec", "text"),
    [
        (PROJECT, "spec.nonsense", {}, "Unknown field path in update_mask: 'spec.nonsense'"),
        (PROJECT, "display_name", {}, "Unknown field path in update_mask: 'display_name'"),
        (PROJECT, "status.owner", {}, "Unknown field path in update_mask: 'status.owner'"),
        (PROJECT, "spec.pg_version", {"pg_version": 16}, "update_mask: 'spec.pg_version'"),
        (ENDPOINT, "spec.no_suspension", {}, "update_mask: 'spec.no_suspension'"),
        (PROJECT, "spec", {"colour": "red"}, "Field 'spec.colour' is not a field of Project"),
        (PROJECT, "spec", {"pg_version": 16}, "'spec.pg_version' of Project cannot be updated"),
        (PROJECT, "spec.display_name", {"display_name": ""}, "string of 1 to 256 characters"),
        (
            PROJECT,
            "spec.history_retention_duration",
            {"history_retention_duration": "60s"},
            "must be a duration from 172800s to 3024000s",
        ),
        (BRANCH, "spec.expiration", {"no_expiry": False}, "no_expiry must be true"),
        (BRANCH, "spec", {"source_branch": "x"}, "'spec.source_branch' of Branch"),
        (
            ENDPOINT,
            "spec",
            {"endpoint_type": "ENDPOINT_TYPE_READ_ONLY"},
            "Field 'spec.endpoint_type' of Endpoint cannot be updated",
        ),
        (
            ENDPOINT,
            "spec.autoscaling_limit_max_cu",
            {"autoscaling_limit_max_cu": 32},
            "at most 16 above it, got 1 and 32",
        ),
        (ENDPOINT, "spec.group", {"group": {"min": 3, "max": 2}}, "must not be larger"),
        (ENDPOINT, "spec.group.size", {}, "Unknown field path in update_mask: 'spec.group.size'"),
    ],
)
def test_what_cannot_be_applied_is_refused(
    update: Update, name: str, mask: str, spec: dict[str, Any], text: str
) -> None:
    with pytest.raises(InvalidParameterValue, match=text):
        update(name, mask, **spec)


@pytest.mark.parametrize("name", [PROJECT, ENDPOINT])
def test_what_is_not_emulated_is_told_to_be_so(update: Update, name: str) -> None:
    settings = {"pg_settings": {"work_mem": "8MB"}}
    field = "default_endpoint_settings" if name == PROJECT else "settings"
    text = f"does not emulate updates of spec.{field}.pg_settings"
    with pytest.raises(NotImplemented, match=text):
        update(name, f"spec.{field}.pg_settings", **{field: settings})


@pytest.mark.parametrize("spec", [{"identity_type": "USER"}, {"postgres_role": "other"}])
def test_a_role_stays_whose_it_is(update: Update, role: str, spec: dict[str, str]) -> None:
    with pytest.raises(InvalidParameterValue, match="of Role cannot be updated"):
        update(role, "spec", **spec)
    with pytest.raises(InvalidParameterValue, match="needs an identity_type"):
        update(role, "spec.auth_method", auth_method="LAKEBASE_OAUTH_V1")


def test_an_instance_changes_field_by_field(owner: WorkspaceClient) -> None:
    def changed_by(mask: str, **fields: Any) -> Any:
        path = "/api/2.0/database/instances/local"
        return owner.api_client.do("PATCH", path, query={"update_mask": mask}, body=fields)

    found = changed_by("capacity", name="local", capacity="CU_2", retention_window_in_days=3)
    assert (found["capacity"], found["effective_capacity"]) == ("CU_2", "CU_2")
    assert found["retention_window_in_days"] == 7
    for mask, fields, text in (
        ("colour", {}, "'colour' is not a field of DatabaseInstance"),
        ("*", {"colour": "red"}, "'colour' is not a field of DatabaseInstance"),
        ("uid", {"uid": "1"}, "'uid' of DatabaseInstance cannot be updated"),
        ("capacity", {"capacity": "CU_3"}, "must be one of CU_1, CU_2, CU_4, CU_8"),
        ("retention_window_in_days", {"retention_window_in_days": 1}, "integer from 2 to 35"),
    ):
        with pytest.raises(InvalidParameterValue, match=text):
            changed_by(mask, **fields)


def test_changes_survive_a_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("settings")
    body = {"spec": {"display_name": "The shop"}}
    times = []
    for _ in range(2):
        with running_emulator(data=folder) as emulator:
            workspace = client_of(emulator, "developer@example.com")
            found = workspace.postgres.get_project(PROJECT)
            assert found.status is not None
            times.append(found.update_time)
            if len(times) == 1:
                assert found.status.display_name == "local"
                query = {"update_mask": "spec.display_name"}
                path = f"/api/2.0/postgres/{PROJECT}"
                workspace.api_client.do("PATCH", path, query=query, body=body)
            else:
                assert found.status.display_name == "The shop"
