"""The tables of the check agree with the SDK and with what our own code reads."""

import dataclasses
import enum
import re
from pathlib import Path
from typing import Any

import pytest
from databricks.sdk.service import apps, compute, database, jobs, postgres

from storefront.deploy import schema
from storefront.deploy.shape import Fields, Text

ROOT = Path(__file__).parents[4]


def kinds_of_the_sdk() -> dict[str, Any]:
    """The kinds of resources that the SDK knows, with their classes."""
    fields = {field.name: str(field.type) for field in dataclasses.fields(apps.AppResource)}
    return {
        name: getattr(apps, type_.removeprefix("Optional[").rstrip("]"))
        for name, type_ in fields.items()
        if "AppResource" in type_
    }


def test_kinds_of_resources_are_those_of_the_sdk() -> None:
    assert schema.APP_RESOURCE_KINDS.keys() == kinds_of_the_sdk().keys()


def test_fields_and_permissions_of_each_kind_are_those_of_the_sdk() -> None:
    for kind, described in kinds_of_the_sdk().items():
        ours = schema.APP_RESOURCE_KINDS[kind]
        fields = {field.name: str(field.type) for field in dataclasses.fields(described)}
        assert ours.known.keys() == fields.keys(), kind
        required = {name for name, type_ in fields.items() if not type_.startswith("Optional")}
        assert required <= ours.required, kind
        permission = ours.known["permission"]
        words = getattr(apps, fields["permission"].removeprefix("Optional[").rstrip("]"))
        assert issubclass(words, enum.Enum)
        assert isinstance(permission, Text)
        assert permission.choices == {word.value for word in words}, kind


def test_the_app_has_the_fields_that_the_sdk_sends() -> None:
    app = schema.RESOURCES.known["apps"].each.known  # type: ignore[union-attr]
    ours = app.keys() - {"config", "lifecycle", "permissions"}  # the bundle's own
    assert ours <= {field.name for field in dataclasses.fields(apps.App)}
    sizes = app["compute_size"]
    assert isinstance(sizes, Text)
    assert sizes.choices == {size.value for size in apps.ComputeSize}


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("postgres_projects", postgres.ProjectSpec),
        ("postgres_branches", postgres.BranchSpec),
        ("postgres_endpoints", postgres.EndpointSpec),
        ("postgres_roles", postgres.RoleRoleSpec),
        ("postgres_databases", postgres.DatabaseDatabaseSpec),
        ("database_instances", database.DatabaseInstance),
    ],
)
def test_databases_have_fields_that_the_sdk_sends(kind: str, spec: Any) -> None:
    ours = schema.RESOURCES.known[kind].each.known  # type: ignore[union-attr]
    # The bundle's own: where it is, and what becomes of it.
    own = {"lifecycle", "parent", "permissions", "purge_on_delete", "replace_existing"}
    ids = {field for field in ours if field.endswith("_id") and field != "budget_policy_id"}
    assert ours.keys() - own - ids <= {field.name for field in dataclasses.fields(spec)}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ((), jobs.JobSettings),
        (("schedule",), jobs.CronSchedule),
        (("tasks",), jobs.Task),
        (("tasks", "python_wheel_task"), jobs.PythonWheelTask),
        (("environments",), jobs.JobEnvironment),
        (("environments", "spec"), compute.Environment),
    ],
)
def test_jobs_have_fields_that_the_sdk_sends(path: tuple[str, ...], sent: Any) -> None:
    shape: Any = schema.RESOURCES.known["jobs"].each  # type: ignore[union-attr]
    for step in path:
        shape = shape.known[step]
        shape = getattr(shape, "each", shape)
    own = {"lifecycle", "permissions"}  # the bundle's own
    assert shape.known.keys() - own <= {field.name for field in dataclasses.fields(sent)}


def test_variables_of_lakepass_are_those_that_it_documents() -> None:
    page = (ROOT / "packages/lakepass/docs/lakepass.md").read_text(encoding="utf-8")
    table = page.partition("## Environment")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([A-Z]+_?[A-Z_]+)`", table))
    assert {n for n in named if not n.startswith("DATABRICKS_")} == schema.LAKEPASS


def test_every_kind_knows_a_lifecycle() -> None:
    for kind, shape in schema.RESOURCES.known.items():
        each = getattr(shape, "each", None)
        if isinstance(each, Fields):
            assert "lifecycle" in each.known, kind
