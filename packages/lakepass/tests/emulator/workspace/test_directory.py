"""What an installer looks up: users, service principals, groups, warehouses, permission levels."""

from collections.abc import Iterator
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    BadRequest,
    InvalidParameterValue,
    NotFound,
    NotImplemented,
    ResourceAlreadyExists,
)
from databricks.sdk.service.apps import App
from databricks.sdk.service.iam import AccessControlRequest, PermissionLevel

from lakepass.emulator import App as Deployed
from lakepass.emulator import Attached, Emulator, Group, running_emulator
from lakepass.emulator import Config as Contents
from packages.lakepass.tests.emulator.conftest import client_of

ANA, BEN = "ana@example.com", "ben@example.com"


@pytest.fixture(scope="module")
def company() -> Iterator[Emulator]:
    warehouse = Attached(name="sql", kind="sql_warehouse", fields={"id": "abc123"})
    config = Contents(
        users=(ANA, BEN),
        groups=(Group(name="analysts", members=(BEN,)),),
        apps=(Deployed(name="shop", resources=(warehouse,)),),
    )
    with running_emulator(config) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def owner(company: Emulator) -> WorkspaceClient:
    return client_of(company, ANA)


def test_users_are_listed_found_and_filtered(owner: WorkspaceClient, company: Emulator) -> None:
    assert [one.user_name for one in owner.users.list()] == [ANA, BEN]
    (ben,) = owner.users.list(filter=f'userName eq "{BEN}"')
    assert ben.id == str(company.identity(BEN).id)
    assert [one.display for one in ben.groups or []] == ["analysts"]
    assert owner.users.get(str(ben.id)).user_name == BEN
    assert list(owner.users.list(filter='userName eq "eve@example.com"')) == []
    assert [one.user_name for one in owner.users.list(filter='userName sw "ana"')] == [ANA]


def test_service_principals_are_found_by_application_id_and_name(
    owner: WorkspaceClient, company: Emulator
) -> None:
    client_id = company.identity("shop").name
    (found,) = owner.service_principals.list(
        filter=f"applicationId eq '{client_id}'".replace("'", '"')
    )
    assert found.application_id == client_id
    assert found.display_name == "shop"
    (same,) = owner.service_principals.list(filter='displayName eq "shop"')
    assert same == found
    assert owner.service_principals.get(str(found.id)) == found


def test_groups_have_their_members(owner: WorkspaceClient, company: Emulator) -> None:
    (group,) = owner.groups.list(filter='displayName eq "analysts"')
    assert [one.value for one in group.members or []] == [str(company.identity(BEN).id)]
    assert owner.groups.get(str(group.id)) == group


def test_pages_of_a_list_begin_at_one(owner: WorkspaceClient) -> None:
    def listed(**query: int) -> Any:
        return owner.api_client.do("GET", "/api/2.0/preview/scim/v2/Users", query=query)

    first = listed(startIndex=1, count=1)
    assert [one["userName"] for one in first["Resources"]] == [ANA]
    assert (first["totalResults"], first["itemsPerPage"], first["startIndex"]) == (2, 1, 1)
    assert [one["userName"] for one in listed(startIndex=2, count=1)["Resources"]] == [BEN]
    assert [one.user_name for one in owner.users.list(count=1)] == [ANA, BEN]
    with pytest.raises(InvalidParameterValue, match="count must be a number"):
        listed(count=-1)


@pytest.mark.parametrize(
    "expression", ["userName", "userName like x", 'userName eq "a" or id eq "1"']
)
def test_other_filters_are_refused(owner: WorkspaceClient, expression: str) -> None:
    with pytest.raises(InvalidParameterValue, match="is not supported"):
        list(owner.users.list(filter=expression))


@pytest.mark.parametrize("kind", ["users", "groups", "service_principals"])
def test_who_is_not_there_is_not_found(owner: WorkspaceClient, kind: str) -> None:
    with pytest.raises(NotFound, match="1 not found"):
        getattr(owner, kind).get("1")
    with pytest.raises(NotFound, match="1 not found"):
        getattr(owner, kind).delete("1")
    one = next(iter(getattr(owner, kind).list()))
    with pytest.raises(NotImplemented, match="are those of its configuration"):
        getattr(owner, kind).delete(one.id)
    with pytest.raises(NotImplemented, match="are those of its configuration"):
        getattr(owner, kind).create(display_name="new")


def test_warehouses_are_looked_up_and_do_not_run(owner: WorkspaceClient) -> None:
    names = [one.name for one in owner.warehouses.list()]
    assert names == ["Serverless Starter Warehouse", "abc123"]
    assert owner.warehouses.get("abc123").id == "abc123"
    with pytest.raises(NotFound, match="warehouse none does not exist"):
        owner.warehouses.get("none")
    with pytest.raises(NotImplemented, match="can be looked up but not run"):
        owner.warehouses.start("abc123")
    with pytest.raises(NotImplemented, match="does not emulate"):
        owner.statement_execution.execute_statement("select 1", "abc123")


LEVELS = {
    "database-projects": ("local", ["CAN_USE", "CAN_MANAGE"]),
    "database-instances": ("local", ["CAN_USE", "CAN_MANAGE"]),
    "apps": ("shop", ["CAN_USE", "CAN_MANAGE"]),
    "sql/warehouses": ("abc123", ["CAN_USE", "CAN_MONITOR", "CAN_VIEW", "CAN_MANAGE", "IS_OWNER"]),
}


@pytest.mark.parametrize("kind", LEVELS)
def test_permission_levels_are_reported(owner: WorkspaceClient, kind: str) -> None:
    name, levels = LEVELS[kind]
    found = owner.permissions.get_permission_levels(kind, name).permission_levels or []
    assert [one.permission_level and one.permission_level.value for one in found] == levels
    with pytest.raises(NotFound, match=f"{kind} none does not exist"):
        owner.permissions.get_permission_levels(kind, "none")


@pytest.mark.parametrize("kind", LEVELS)
def test_permissions_are_granted_and_replaced(
    owner: WorkspaceClient, company: Emulator, kind: str
) -> None:
    name, _ = LEVELS[kind]
    shop = company.identity("shop").name

    def levels(found: Any) -> dict[str, str]:
        return {
            one.user_name or one.service_principal_name or one.group_name: one.all_permissions[
                0
            ].permission_level.value
            for one in found.access_control_list
        }

    use, manage = PermissionLevel.CAN_USE, PermissionLevel.CAN_MANAGE
    to_shop = AccessControlRequest(service_principal_name=shop, permission_level=use)
    to_group = AccessControlRequest(group_name="analysts", permission_level=manage)
    owner.permissions.update(kind, name, access_control_list=[to_shop])
    found = owner.permissions.update(kind, name, access_control_list=[to_group])
    top = "IS_OWNER" if kind == "sql/warehouses" else "CAN_MANAGE"
    assert levels(found) == {ANA: top, shop: "CAN_USE", "analysts": "CAN_MANAGE"}
    assert owner.permissions.get(kind, name) == found
    found = owner.permissions.set(kind, name, access_control_list=[to_group])
    assert levels(found) == {ANA: top, "analysts": "CAN_MANAGE"}


def test_grants_name_a_known_principal_and_level(owner: WorkspaceClient) -> None:
    def grant(**entry: Any) -> None:
        request = AccessControlRequest(**entry)
        owner.permissions.update("database-projects", "local", access_control_list=[request])

    with pytest.raises(NotFound, match=r"Principal: USER\(eve@example.com\) does not exist"):
        grant(user_name="eve@example.com", permission_level=PermissionLevel.CAN_USE)
    with pytest.raises(BadRequest, match="permission_level must be one of CAN_USE, CAN_MANAGE"):
        grant(user_name=BEN, permission_level=PermissionLevel.CAN_RUN)
    with pytest.raises(BadRequest, match="Name one of user_name"):
        grant(permission_level=PermissionLevel.CAN_USE)


def test_apps_are_those_of_the_configuration(owner: WorkspaceClient) -> None:
    assert owner.apps.get("shop").url == "http://localhost:8000"
    with pytest.raises(ResourceAlreadyExists, match="already exists: shop"):
        owner.apps.create(App(name="shop"))
    with pytest.raises(NotImplemented, match="are those of its configuration"):
        owner.apps.create(App(name="another"))
    with pytest.raises(NotImplemented, match="are those of its configuration"):
        owner.apps.delete("shop")
    with pytest.raises(NotFound, match="App with name none"):
        owner.apps.delete("none")
