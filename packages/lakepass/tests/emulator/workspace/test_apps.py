"""Apps, what is attached to them, and who may use a project, as the SDK looks them up."""

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import ResourceDoesNotExist
from databricks.sdk.service.apps import AppResourcePostgresPostgresPermission
from databricks.sdk.service.iam import PermissionLevel

from lakepass.emulator import Emulator


def test_app_tells_its_service_principal_and_resources(
    app: WorkspaceClient, emulator: Emulator
) -> None:
    found = app.apps.get("app")
    assert found.service_principal_client_id == emulator.environment()["DATABRICKS_CLIENT_ID"]
    assert found.service_principal_id == emulator.identity("app").id
    assert found.creator == "developer@example.com"
    assert found.app_status is not None
    assert found.app_status.state is not None
    assert found.app_status.state.value == "RUNNING"
    assert found.resources is not None
    (resource,) = found.resources
    assert resource.postgres is not None
    branch = "projects/local/branches/production"
    assert resource.postgres.branch == branch
    assert resource.postgres.database == f"{branch}/databases/databricks-postgres"
    expected = AppResourcePostgresPostgresPermission.CAN_CONNECT_AND_CREATE
    assert resource.postgres.permission is expected
    assert app.postgres.get_database(resource.postgres.database).name == resource.postgres.database
    assert [one.name for one in app.apps.list()] == ["app"]


def test_app_that_is_not_there(app: WorkspaceClient) -> None:
    with pytest.raises(ResourceDoesNotExist, match=r"^App with name none does not exist"):
        app.apps.get("none")


@pytest.mark.parametrize("kind", ["database-projects", "database-instances"])
def test_creator_manages_and_attached_app_uses(
    app: WorkspaceClient, emulator: Emulator, kind: str
) -> None:
    found = app.permissions.get(kind, "local")
    assert found.object_id == f"/{kind}/local"
    levels = {
        one.user_name or one.service_principal_name: [
            each.permission_level for each in one.all_permissions or []
        ]
        for one in found.access_control_list or []
    }
    assert levels == {
        "developer@example.com": [PermissionLevel.CAN_MANAGE],
        emulator.environment()["PGUSER"]: [PermissionLevel.CAN_USE],
    }
    with pytest.raises(ResourceDoesNotExist, match=f"^{kind} none does not exist"):
        app.permissions.get(kind, "none")
