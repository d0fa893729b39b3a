"""Each method of `w.postgres` and `w.database` of the SDK: answered, or refused as not emulated.

The table must name every method that the installed SDK has, so a new one fails here first.
"""

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    AlreadyExists,
    BadRequest,
    InvalidParameterValue,
    NotFound,
    NotImplemented,
)
from databricks.sdk.service import database as older
from databricks.sdk.service import postgres as pg
from google.protobuf.field_mask_pb2 import (  # type: ignore[import-untyped] # no stubs here
    FieldMask,
)

from lakepass.emulator import Emulator, running_emulator
from packages.lakepass.tests.emulator.conftest import client_of

PROJECT = "projects/local"
BRANCH = f"{PROJECT}/branches/production"
ENDPOINT = f"{BRANCH}/endpoints/primary"
ROLE = f"{BRANCH}/roles/method-role"
DATABASE = f"{BRANCH}/databases/method-db"
WRITES = pg.EndpointType.ENDPOINT_TYPE_READ_WRITE
READS = pg.EndpointType.ENDPOINT_TYPE_READ_ONLY
ANOTHER = "projects/another"

Ask = Callable[[Any], Any]

# What answers, in an order in which one after the other succeeds.
ANSWERED: dict[str, Ask] = {
    "postgres.list_projects": lambda w: list(w.list_projects()),
    "postgres.get_project": lambda w: w.get_project(PROJECT),
    "postgres.update_project": lambda w: w.update_project(
        PROJECT,
        pg.Project(spec=pg.ProjectSpec(display_name="Shop")),
        FieldMask(paths=["spec.display_name"]),
    ).wait(),
    "postgres.list_branches": lambda w: list(w.list_branches(PROJECT)),
    "postgres.get_branch": lambda w: w.get_branch(BRANCH),
    "postgres.update_branch": lambda w: w.update_branch(
        BRANCH,
        pg.Branch(spec=pg.BranchSpec(is_protected=False)),
        FieldMask(paths=["spec.is_protected"]),
    ).wait(),
    "postgres.list_endpoints": lambda w: list(w.list_endpoints(BRANCH)),
    "postgres.get_endpoint": lambda w: w.get_endpoint(ENDPOINT),
    "postgres.update_endpoint": lambda w: w.update_endpoint(
        ENDPOINT,
        pg.Endpoint(spec=pg.EndpointSpec(endpoint_type=WRITES, autoscaling_limit_max_cu=2)),
        FieldMask(paths=["spec.autoscaling_limit_max_cu"]),
    ).wait(),
    "postgres.generate_database_credential": lambda w: w.generate_database_credential(ENDPOINT),
    "postgres.create_role": lambda w: w.create_role(
        BRANCH, pg.Role(spec=pg.RoleRoleSpec(postgres_role="method_role")), role_id="method-role"
    ).wait(),
    "postgres.list_roles": lambda w: list(w.list_roles(BRANCH)),
    "postgres.get_role": lambda w: w.get_role(ROLE),
    "postgres.update_role": lambda w: w.update_role(
        ROLE,
        pg.Role(spec=pg.RoleRoleSpec(attributes=pg.RoleAttributes(createdb=True))),
        FieldMask(paths=["spec.attributes.createdb"]),
    ).wait(),
    "postgres.reveal_role_password": lambda w: w.reveal_role_password(ROLE),
    "postgres.create_database": lambda w: w.create_database(
        BRANCH,
        pg.Database(spec=pg.DatabaseDatabaseSpec(role=ROLE, postgres_database="method_db")),
        database_id="method-db",
    ).wait(),
    "postgres.list_databases": lambda w: list(w.list_databases(BRANCH)),
    "postgres.get_database": lambda w: w.get_database(DATABASE),
    "postgres.update_database": lambda w: w.update_database(
        DATABASE,
        pg.Database(spec=pg.DatabaseDatabaseSpec(role=ROLE, postgres_database="method_db_2")),
        FieldMask(paths=["spec.postgres_database"]),
    ).wait(),
    "postgres.get_operation": lambda w: w.get_operation(
        w.update_database(
            DATABASE,
            pg.Database(spec=pg.DatabaseDatabaseSpec(role=ROLE)),
            FieldMask(paths=["spec.role"]),
        ).name()
    ),
    "postgres.delete_database": lambda w: w.delete_database(DATABASE).wait() or True,
    "postgres.delete_role": lambda w: w.delete_role(ROLE).wait() or True,
    "database.list_database_instances": lambda w: list(w.list_database_instances()),
    "database.get_database_instance": lambda w: w.get_database_instance("local"),
    "database.find_database_instance_by_uid": lambda w: w.find_database_instance_by_uid(
        uid=w.get_database_instance("local").uid
    ),
    "database.update_database_instance": lambda w: w.update_database_instance(
        "local", older.DatabaseInstance(name="local", capacity="CU_2"), "capacity"
    ),
    "database.wait_get_database_instance_database_available": lambda w: (
        w.wait_get_database_instance_database_available("local", timedelta(seconds=5))
    ),
    "database.generate_database_credential": lambda w: w.generate_database_credential(
        instance_names=["local"]
    ),
    "database.create_database_instance_role": lambda w: w.create_database_instance_role(
        "local",
        older.DatabaseInstanceRole(
            name="older_role", attributes=older.DatabaseInstanceRoleAttributes(createdb=True)
        ),
    ),
    "database.list_database_instance_roles": lambda w: list(
        w.list_database_instance_roles("local")
    ),
    "database.get_database_instance_role": lambda w: w.get_database_instance_role(
        "local", "older_role"
    ),
    "database.delete_database_instance_role": lambda w: (
        w.delete_database_instance_role("local", "older_role") or True
    ),
    "postgres.create_project": lambda w: w.create_project(pg.Project(), "another").wait(),
    "postgres.create_branch": lambda w: w.create_branch(
        ANOTHER, pg.Branch(spec=pg.BranchSpec(no_expiry=True)), "copy"
    ).wait(),
    "postgres.create_endpoint": lambda w: w.create_endpoint(
        f"{ANOTHER}/branches/copy",
        pg.Endpoint(spec=pg.EndpointSpec(endpoint_type=READS)),
        "replica",
    ).wait(),
    "postgres.delete_endpoint": lambda w: (
        w.delete_endpoint(f"{ANOTHER}/branches/copy/endpoints/replica").wait() or True
    ),
    "postgres.delete_branch": lambda w: w.delete_branch(f"{ANOTHER}/branches/copy").wait() or True,
    "postgres.delete_project": lambda w: w.delete_project(ANOTHER).wait() or True,
    "database.create_database_instance": lambda w: w.create_database_instance(
        older.DatabaseInstance(name="another")
    ).result(),
    "database.create_database_instance_and_wait": lambda w: w.create_database_instance_and_wait(
        older.DatabaseInstance(name="third")
    ),
    # The third is left, so that it is there when the emulator ends.
    "database.delete_database_instance": lambda w: w.delete_database_instance("another") or True,
}

SNAPSHOT = f"{PROJECT}/snapshots/one"
CDF, STATUS = f"{BRANCH}/cdf-configs/one", f"{BRANCH}/cdf-statuses/one"
DATA_API, SCHEDULE = f"{DATABASE}/data-api", f"{BRANCH}/snapshot-schedule"
TABLE = "synced_tables/main.shop.orders"
CATALOG = pg.Catalog(spec=pg.CatalogCatalogSpec(postgres_database="databricks_postgres"))
FEED = pg.CdfConfig(catalog="main", schema="shop", postgres_schema="public")
OLD_CATALOG = older.DatabaseCatalog("main", "local", "databricks_postgres")
OLD_TABLE = older.SyncedDatabaseTable("main.shop.orders")

NOT_EMULATED: dict[str, Ask] = {
    "postgres.create_catalog": lambda w: w.create_catalog(CATALOG, "main"),
    "postgres.get_catalog": lambda w: w.get_catalog("catalogs/main"),
    "postgres.delete_catalog": lambda w: w.delete_catalog("catalogs/main"),
    "postgres.create_synced_table": lambda w: w.create_synced_table(pg.SyncedTable(), TABLE),
    "postgres.get_synced_table": lambda w: w.get_synced_table(TABLE),
    "postgres.delete_synced_table": lambda w: w.delete_synced_table(TABLE),
    "postgres.create_cdf_config": lambda w: w.create_cdf_config(BRANCH, FEED),
    "postgres.get_cdf_config": lambda w: w.get_cdf_config(CDF),
    "postgres.list_cdf_configs": lambda w: list(w.list_cdf_configs(BRANCH)),
    "postgres.delete_cdf_config": lambda w: w.delete_cdf_config(CDF),
    "postgres.get_cdf_status": lambda w: w.get_cdf_status(STATUS),
    "postgres.list_cdf_statuses": lambda w: list(w.list_cdf_statuses(BRANCH)),
    "postgres.create_data_api": lambda w: w.create_data_api(DATABASE, pg.DataApi()),
    "postgres.get_data_api": lambda w: w.get_data_api(DATA_API),
    "postgres.update_data_api": lambda w: w.update_data_api(
        DATA_API, pg.DataApi(), FieldMask(paths=["spec"])
    ),
    "postgres.delete_data_api": lambda w: w.delete_data_api(DATA_API),
    "postgres.create_snapshot": lambda w: w.create_snapshot(PROJECT, pg.Snapshot(), "one"),
    "postgres.get_snapshot": lambda w: w.get_snapshot(SNAPSHOT),
    "postgres.list_snapshots": lambda w: list(w.list_snapshots(PROJECT)),
    "postgres.delete_snapshot": lambda w: w.delete_snapshot(SNAPSHOT),
    "postgres.get_snapshot_schedule": lambda w: w.get_snapshot_schedule(SCHEDULE),
    "postgres.update_snapshot_schedule": lambda w: w.update_snapshot_schedule(
        SCHEDULE, pg.SnapshotSchedule(), FieldMask(paths=["schedule"])
    ),
    "database.create_database_catalog": lambda w: w.create_database_catalog(OLD_CATALOG),
    "database.get_database_catalog": lambda w: w.get_database_catalog("main"),
    "database.list_database_catalogs": lambda w: list(w.list_database_catalogs("local")),
    "database.update_database_catalog": lambda w: w.update_database_catalog(
        "main", OLD_CATALOG, "*"
    ),
    "database.delete_database_catalog": lambda w: w.delete_database_catalog("main"),
    "database.create_database_table": lambda w: w.create_database_table(
        older.DatabaseTable("main.shop.orders")
    ),
    "database.get_database_table": lambda w: w.get_database_table("main.shop.orders"),
    "database.delete_database_table": lambda w: w.delete_database_table("main.shop.orders"),
    "database.create_synced_database_table": lambda w: w.create_synced_database_table(OLD_TABLE),
    "database.get_synced_database_table": lambda w: w.get_synced_database_table("a.b.c"),
    "database.list_synced_database_tables": lambda w: list(w.list_synced_database_tables("local")),
    "database.update_synced_database_table": lambda w: w.update_synced_database_table(
        "a.b.c", OLD_TABLE, "*"
    ),
    "database.delete_synced_database_table": lambda w: w.delete_synced_database_table("a.b.c"),
}

# Valid, and refused by a rule of the service.
REFUSED: dict[str, Ask] = {
    "postgres.undelete_project": lambda w: w.undelete_project(PROJECT),
    "postgres.undelete_branch": lambda w: w.undelete_branch(BRANCH),
}


@pytest.fixture(scope="module")
def fresh() -> Iterator[Emulator]:
    """An emulator that these methods change."""
    with running_emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def owner(fresh: Emulator) -> WorkspaceClient:
    return client_of(fresh, "developer@example.com")


def api_of(owner: WorkspaceClient, name: str) -> Any:
    return getattr(owner, name.partition(".")[0])


def test_the_tables_name_every_method_of_the_sdk() -> None:
    known = {
        f"{service}.{name}"
        for service, api in (("postgres", pg.PostgresAPI), ("database", older.DatabaseAPI))
        for name, _ in inspect.getmembers(api, inspect.isfunction)
        if not name.startswith("_")
    }
    named = [*ANSWERED, *NOT_EMULATED, *REFUSED]
    assert sorted(named) == sorted(set(named))
    assert known - set(named) == set()


def test_methods_are_answered_one_after_the_other(owner: WorkspaceClient) -> None:
    for name, ask in ANSWERED.items():
        assert ask(api_of(owner, name)), name


@pytest.mark.parametrize("name", NOT_EMULATED)
def test_methods_that_are_not_emulated_say_so(owner: WorkspaceClient, name: str) -> None:
    with pytest.raises(NotImplemented, match="The emulator"):
        NOT_EMULATED[name](api_of(owner, name))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_deleted_is_not_restored(owner: WorkspaceClient, name: str) -> None:
    with pytest.raises(BadRequest, match="it is not deleted"):
        REFUSED[name](api_of(owner, name))


@pytest.mark.parametrize(
    ("ask", "error", "text"),
    [
        (lambda w: w.create_project(pg.Project(), ""), BadRequest, "'project_id' is required"),
        (lambda w: w.create_project(pg.Project(), "Shop"), InvalidParameterValue, "must match"),
        (
            lambda w: w.create_project(pg.Project(), "local"),
            AlreadyExists,
            "^project with such id already exists in the workspace$",
        ),
        (
            lambda w: w.create_branch("projects/none", pg.Branch(), "b"),
            NotFound,
            "^project id not found",
        ),
        (
            lambda w: w.create_branch(PROJECT, pg.Branch(), "production"),
            AlreadyExists,
            "^branch with such id already exists$",
        ),
        (
            lambda w: w.create_endpoint(
                BRANCH, pg.Endpoint(spec=pg.EndpointSpec(endpoint_type=WRITES)), "primary"
            ),
            AlreadyExists,
            "^endpoint with such id already exists$",
        ),
        (
            lambda w: w.create_endpoint(BRANCH, pg.Endpoint(), "another"),
            InvalidParameterValue,
            "'endpoint.spec.endpoint_type' is required",
        ),
        (
            lambda w: w.create_project(
                pg.Project(spec=pg.ProjectSpec(display_name="x" * 257)), "another"
            ),
            InvalidParameterValue,
            "string of 1 to 256 characters",
        ),
        (lambda w: w.delete_project("projects/none"), NotFound, "^project id not found"),
        (lambda w: w.delete_branch(f"{PROJECT}/branches/none"), NotFound, "^branch id not found"),
        (
            lambda w: w.delete_endpoint(f"{BRANCH}/endpoints/none"),
            NotFound,
            "^endpoint id not found",
        ),
        (lambda w: list(w.list_snapshots("projects/none")), NotFound, "^project id not found"),
    ],
)
def test_requests_are_validated_before_they_are_refused(
    owner: WorkspaceClient, ask: Ask, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        ask(owner.postgres)


def test_a_protected_branch_is_not_deleted(owner: WorkspaceClient) -> None:
    for protected in (True, False):
        spec = pg.Branch(spec=pg.BranchSpec(is_protected=protected))
        mask = FieldMask(paths=["spec.is_protected"])
        owner.postgres.update_branch(BRANCH, spec, mask).wait()
        with pytest.raises(BadRequest, match="protected branch" if protected else "root branch"):
            owner.postgres.delete_branch(BRANCH)


def test_roles_of_an_instance_follow_its_rules(owner: WorkspaceClient) -> None:
    def create(name: str, **fields: Any) -> Any:
        return owner.database.create_database_instance_role(
            "local", older.DatabaseInstanceRole(name=name, **fields)
        )

    member = older.DatabaseInstanceRoleMembershipRole.DATABRICKS_SUPERUSER
    made = create("older_two", membership_role=member)
    assert made.membership_role is member
    with pytest.raises(AlreadyExists, match="Role older_two already exists"):
        create("older_two")
    kind = older.DatabaseInstanceRoleIdentityType.USER
    with pytest.raises(InvalidParameterValue, match="identity eve of type USER does not exist"):
        create("eve", identity_type=kind)
    with pytest.raises(NotFound, match="Database instance none does not exist"):
        owner.database.create_database_instance_role(
            "none", older.DatabaseInstanceRole(name="older_three")
        )
    owner.database.delete_database_instance_role("local", "older_two")
    owner.database.delete_database_instance_role("local", "older_two", allow_missing=True)
    with pytest.raises(NotFound, match="Role older_two does not exist"):
        owner.database.delete_database_instance_role("local", "older_two")


def test_answers_have_the_fields_of_the_sdk(owner: WorkspaceClient, fresh: Emulator) -> None:
    project = owner.postgres.get_project(PROJECT)
    assert project.project_id == "local"
    assert project.status is not None
    assert project.status.synthetic_storage_size_bytes
    assert project.status.compute_last_active_time is not None
    branch = owner.postgres.get_branch(BRANCH)
    assert branch.branch_id == "production"
    assert branch.status is not None
    assert branch.status.logical_size_bytes
    endpoint = owner.postgres.get_endpoint(ENDPOINT)
    assert endpoint.endpoint_id == "primary"
    assert endpoint.status is not None
    assert endpoint.status.settings == pg.EndpointSettings(pg_settings={})
    database = owner.postgres.get_database(f"{BRANCH}/databases/databricks-postgres")
    assert database.create_time is not None
    assert database.update_time is not None
    role = next(iter(owner.postgres.list_roles(BRANCH)))
    assert role.create_time is not None
    assert owner.postgres.get_role(str(role.name)).create_time == role.create_time
    instance = owner.database.get_database_instance("local")
    assert instance.effective_capacity == instance.capacity
    fresh.put_secret("scope", "key", "value")
    (secret,) = owner.secrets.list_secrets("scope")
    assert secret.last_updated_timestamp
