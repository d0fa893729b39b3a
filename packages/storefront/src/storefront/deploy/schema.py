"""What the platform reads of the two files, as its documentation and its command line have it.

Sources, read 2026-11: Databricks docs, "Configure Databricks app execution with app.yaml" and "Add
resources to a Databricks app"; databricks-sdk, service/apps.py (AppResource); github.com/databricks/cli,
bundle/schema/jsonschema.json.
"""

from collections.abc import Mapping

from storefront.deploy.shape import Anything, Fields, Flag, ListOf, MapOf, Number, Shape, Text

_TEXT, _FLAG, _NUMBER, _TEXTS = Text(), Flag(), Number(), ListOf(Text())


def _fields(required: str, **known: Shape) -> Fields:
    """required: the keys that must be there, separated by spaces."""
    return Fields(known, frozenset(required.split()))


def _choice(*words: str) -> Text:
    return Text(frozenset(words))


def _texts(names: str) -> dict[str, Shape]:
    return dict.fromkeys(names.split(), _TEXT)


def _env(source: str) -> ListOf:
    return ListOf(_fields("name", name=_TEXT, value=_TEXT, **{source: _TEXT}))


APP_YAML = _fields("", command=_TEXTS, env=_env("valueFrom"))

# What an app may be given, with the permissions of each kind (SDK, AppResource…Permission).
APP_RESOURCE_KINDS: Mapping[str, Fields] = {
    "app": _fields("", name=_TEXT, permission=_choice("CAN_USE")),
    "database": _fields(
        "instance_name database_name permission",
        instance_name=_TEXT,
        database_name=_TEXT,
        permission=_choice("CAN_CONNECT_AND_CREATE"),
    ),
    "experiment": _fields(
        "experiment_id permission",
        experiment_id=_TEXT,
        permission=_choice("CAN_EDIT", "CAN_MANAGE", "CAN_READ"),
    ),
    "genie_space": _fields(
        "name space_id permission",
        name=_TEXT,
        space_id=_TEXT,
        permission=_choice("CAN_EDIT", "CAN_MANAGE", "CAN_RUN", "CAN_VIEW"),
    ),
    "job": _fields(
        "id permission",
        id=_TEXT,
        permission=_choice("CAN_MANAGE", "CAN_MANAGE_RUN", "CAN_VIEW", "IS_OWNER"),
    ),
    # The API asks for none of these three; without them the resource leads nowhere.
    "postgres": _fields(
        "branch database permission",
        branch=_TEXT,
        database=_TEXT,
        permission=_choice("CAN_CONNECT_AND_CREATE"),
    ),
    "secret": _fields(
        "scope key permission",
        scope=_TEXT,
        key=_TEXT,
        permission=_choice("MANAGE", "READ", "WRITE"),
    ),
    "serving_endpoint": _fields(
        "name permission",
        name=_TEXT,
        permission=_choice("CAN_MANAGE", "CAN_QUERY", "CAN_VIEW"),
    ),
    "sql_warehouse": _fields(
        "id permission", id=_TEXT, permission=_choice("CAN_MANAGE", "CAN_USE", "IS_OWNER")
    ),
    "uc_securable": _fields(
        "securable_full_name securable_type permission",
        securable_full_name=_TEXT,
        securable_type=_choice("CONNECTION", "FUNCTION", "MODEL_SERVICE", "TABLE", "VOLUME"),
        securable_kind=_TEXT,
        permission=_choice(
            "EXECUTE", "MODIFY", "READ_VOLUME", "SELECT", "USE_CONNECTION", "WRITE_VOLUME"
        ),
    ),
}

_APP_RESOURCE = _fields("name", name=_TEXT, description=_TEXT, **APP_RESOURCE_KINDS)


def _permissions(*levels: str) -> ListOf:
    who = _texts("group_name service_principal_name user_name")
    return ListOf(_fields("level", level=_choice(*levels), **who))


_DATABASE_PERMISSIONS = _permissions("CAN_CREATE", "CAN_MANAGE", "CAN_USE")


_LIFECYCLE = _fields("", prevent_destroy=_FLAG)


def _resource(required: str, **known: Shape) -> MapOf:
    """A kind of resource: a map by any key to these fields and a lifecycle."""
    return MapOf(_fields(required, **({"lifecycle": _LIFECYCLE} | known)))


# A job of the shop: one that runs a command of its wheel on serverless compute.
_TASK = _fields(
    "task_key environment_key python_wheel_task",
    python_wheel_task=_fields(
        "package_name entry_point",
        package_name=_TEXT,
        entry_point=_TEXT,
        parameters=_TEXTS,
        named_parameters=MapOf(_TEXT),
    ),
    depends_on=Anything(),
    disabled=_FLAG,
    email_notifications=Anything(),
    max_retries=_NUMBER,
    min_retry_interval_millis=_NUMBER,
    retry_on_timeout=_FLAG,
    timeout_seconds=_NUMBER,
    **_texts("task_key description environment_key run_if"),
)
_ENVIRONMENT = _fields(
    "environment_key spec",
    environment_key=_TEXT,
    spec=_fields(
        "environment_version dependencies", environment_version=_TEXT, dependencies=_TEXTS
    ),
)

_RESOURCES: dict[str, Shape] = {
    "jobs": _resource(
        "name tasks environments",
        tasks=ListOf(_TASK),
        environments=ListOf(_ENVIRONMENT),
        schedule=_fields(
            "quartz_cron_expression timezone_id",
            pause_status=_choice("PAUSED", "UNPAUSED"),
            **_texts("quartz_cron_expression timezone_id"),
        ),
        max_concurrent_runs=_NUMBER,
        timeout_seconds=_NUMBER,
        email_notifications=Anything(),
        permissions=_permissions("CAN_MANAGE", "CAN_MANAGE_RUN", "CAN_VIEW", "IS_OWNER"),
        run_as=Anything(),
        tags=Anything(),
        **_texts("name description budget_policy_id usage_policy_id"),
    ),
    "apps": _resource(
        "name source_code_path",
        lifecycle=_fields("", started=_FLAG, prevent_destroy=_FLAG),
        config=_fields("", command=_TEXTS, env=_env("value_from")),
        resources=ListOf(_APP_RESOURCE),
        permissions=_permissions("CAN_MANAGE", "CAN_USE"),
        user_api_scopes=_TEXTS,
        forward_user_access_token=_FLAG,
        compute_size=_choice("MEDIUM", "LARGE", "XLARGE"),
        compute_min_instances=_NUMBER,
        compute_max_instances=_NUMBER,
        git_repository=Anything(),
        git_source=Anything(),
        telemetry_export_destinations=Anything(),
        **_texts("name source_code_path description budget_policy_id usage_policy_id space"),
    ),
    "postgres_projects": _resource(
        "project_id",
        pg_version=_NUMBER,
        default_endpoint_settings=Anything(),
        enable_pg_native_login=_FLAG,
        custom_tags=Anything(),
        permissions=_DATABASE_PERMISSIONS,
        purge_on_delete=_FLAG,
        **_texts(
            "project_id display_name history_retention_duration default_branch budget_policy_id"
        ),
    ),
    "postgres_branches": _resource(
        "branch_id parent",
        no_expiry=_FLAG,
        is_protected=_FLAG,
        replace_existing=_FLAG,
        purge_on_delete=_FLAG,
        **_texts(
            "branch_id parent source_branch source_branch_lsn source_branch_time ttl expire_time"
        ),
    ),
    "postgres_endpoints": _resource(
        "endpoint_id parent endpoint_type",
        endpoint_type=_choice("ENDPOINT_TYPE_READ_WRITE", "ENDPOINT_TYPE_READ_ONLY"),
        autoscaling_limit_min_cu=_NUMBER,
        autoscaling_limit_max_cu=_NUMBER,
        no_suspension=_FLAG,
        disabled=_FLAG,
        group=Anything(),
        settings=Anything(),
        replace_existing=_FLAG,
        **_texts("endpoint_id parent suspend_timeout_duration"),
    ),
    "postgres_roles": _resource(
        "role_id parent",
        identity_type=_choice("USER", "SERVICE_PRINCIPAL", "GROUP"),
        auth_method=_choice("LAKEBASE_OAUTH_V1", "PG_PASSWORD_SCRAM_SHA_256", "NO_LOGIN"),
        membership_roles=ListOf(_choice("DATABRICKS_SUPERUSER")),
        attributes=Anything(),
        replace_existing=_FLAG,
        **_texts("role_id parent postgres_role"),
    ),
    "postgres_databases": _resource(
        "database_id parent role",
        replace_existing=_FLAG,
        **_texts("database_id parent role postgres_database"),
    ),
    "database_instances": _resource(
        "name",
        capacity=_choice("CU_1", "CU_2", "CU_4", "CU_8"),
        node_count=_NUMBER,
        stopped=_FLAG,
        enable_pg_native_login=_FLAG,
        enable_readable_secondaries=_FLAG,
        retention_window_in_days=_NUMBER,
        parent_instance_ref=Anything(),
        custom_tags=Anything(),
        permissions=_DATABASE_PERMISSIONS,
        **_texts("name usage_policy_id"),
    ),
    "secret_scopes": _resource(
        "name",
        backend_type=_choice("DATABRICKS", "AZURE_KEYVAULT"),
        keyvault_metadata=Anything(),
        permissions=_permissions("MANAGE", "READ", "WRITE"),
        name=_TEXT,
    ),
    # Kinds that this shop has no use for: their names are known, their fields are not looked into.
    **{
        kind: Anything()
        for kind in (
            "alerts",
            "catalogs",
            "clusters",
            "dashboards",
            "database_catalogs",
            "experiments",
            "external_locations",
            "genie_spaces",
            "instance_pools",
            "job_runs",
            "model_serving_endpoints",
            "models",
            "pipelines",
            "postgres_catalogs",
            "postgres_synced_tables",
            "quality_monitors",
            "registered_models",
            "schemas",
            "secrets",
            "sql_warehouses",
            "synced_database_tables",
            "vector_search_endpoints",
            "vector_search_indexes",
            "volumes",
        )
    },
}

_SHARED: dict[str, Shape] = {
    "artifacts": Anything(),
    "bundle": _fields(
        "",
        deployment=Anything(),
        git=Anything(),
        **_texts("name cluster_id compute_id databricks_cli_version engine uuid"),
    ),
    "permissions": _permissions("CAN_MANAGE", "CAN_RUN", "CAN_VIEW"),
    "presets": Anything(),
    "resources": Fields(_RESOURCES),
    "run_as": Anything(),
    "sync": _fields("", include=_TEXTS, exclude=_TEXTS, paths=_TEXTS),
    "workspace": Anything(),
}

_TARGET = _fields(
    "",
    default=_FLAG,
    git=Anything(),
    mode=_choice("development", "production"),
    variables=Anything(),
    **_texts("cluster_id compute_id"),
    **_SHARED,
)

BUNDLE = _fields(
    "bundle",
    experimental=Anything(),
    include=_TEXTS,
    python=Anything(),
    scripts=Anything(),
    targets=MapOf(_TARGET),
    environments=MapOf(_TARGET),  # as targets were called before
    variables=MapOf(
        _fields("", description=_TEXT, type=_TEXT, default=Anything(), lookup=Anything())
    ),
    **_SHARED,
)

RESOURCES = Fields(_RESOURCES)

# Every app finds these (Databricks docs, "Databricks Apps environment").
INJECTED = frozenset(
    {
        "DATABRICKS_APP_NAME",
        "DATABRICKS_APP_PORT",
        "DATABRICKS_CLIENT_ID",
        "DATABRICKS_CLIENT_SECRET",
        "DATABRICKS_HOST",
        "DATABRICKS_WORKSPACE_ID",
    }
)
# What lakepass reads beside the SDK's own (packages/lakepass/docs/lakepass.md, "Environment").
LAKEPASS = frozenset(
    {
        "LAKEBASE_DATABASE",
        "LAKEBASE_ENDPOINT",
        "LAKEBASE_HOST",
        "LAKEBASE_INSTANCE",
        "LAKEBASE_PASSWORD",
        "LAKEBASE_PASSWORD_SECRET",
        "LAKEPASS_AUTH",
        "PGAPPNAME",
        "PGDATABASE",
        "PGHOST",
        "PGPASSWORD",
        "PGPORT",
        "PGSSLMODE",
        "PGSSLROOTCERT",
        "PGUSER",
    }
)
# Read by the SDK, by Python or by OpenTelemetry, too many to name.
FOREIGN_PREFIXES = ("DATABRICKS_", "ARM_", "OTEL_", "PYTHON", "SSL_CERT_")
