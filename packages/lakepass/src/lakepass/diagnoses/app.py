"""Faults of a Databricks App: the resources attached to it, and the variables injected for them."""

from lakepass.diagnoses.diagnosis import Diagnosis

_APPS = "Databricks docs, “Add a Lakebase resource to a Databricks app”"
_RESOURCE = (
    "# databricks.yml, under resources.apps.{app}",
    "resources:",
    "  - name: postgres",
    "    postgres:",
    "      branch: projects/<project>/branches/production",
    "      database: projects/<project>/branches/production/databases/databricks-postgres",
    "      permission: CAN_CONNECT_AND_CREATE",
)

ROWS = (
    Diagnosis(
        "LP-701",
        "No database is attached to the app.",
        "Without a Lakebase resource the app gets no PGHOST, and its service principal neither a "
        "Postgres role nor the privilege to connect.",
        "Attach the database to the app, and deploy it again.",
        _RESOURCE,
        source=_APPS,
    ),
    Diagnosis(
        "LP-702",
        "A variable differs from what the platform injects.",
        "app.yaml, or a shell, overwrites it: the app logs in as someone else or somewhere else.",
        "Take the variable out of app.yaml, and deploy the app again.",
        ("unset {variable}    # injected: {injected}",),
        source=_APPS,
    ),
    Diagnosis(
        "LP-703",
        "A database is attached to the app, but its variables are missing.",
        "They are injected when an app is deployed, for the first Lakebase resource only.",
        "Deploy the app again.",
        ("databricks apps deploy {app}",),
        source=_APPS,
    ),
    Diagnosis(
        "LP-704",
        "app.yaml asks for a resource that the app does not have.",
        "valueFrom names the key of a resource, and the app has no resource with this key.",
        "Add the resource to the app under this key, or correct valueFrom, and deploy again.",
        (
            "# databricks.yml, under resources.apps.{app}",
            "resources:",
            "  - name: {resource}    # what valueFrom in app.yaml names",
            "    postgres:",
            "      branch: projects/<project>/branches/production",
            "      database: projects/<project>/branches/production/databases/databricks-postgres",
            "      permission: CAN_CONNECT_AND_CREATE",
        ),
        symptom="Error resolving resource … specified in app.yaml",
        source="github.com/databricks/app-templates; Databricks docs, “Define environment variables "
        "in a Databricks app”",
    ),
)
