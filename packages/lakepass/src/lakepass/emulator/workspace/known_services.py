"""Services of a Databricks workspace, most of which are not emulated.

A request to such a service gets a 501 if the emulator does not have it: SDKs and installers take
a 404 to mean that an object does not exist. Source: the first parts of all paths in `databricks-sdk`
0.156 (service/*.py).
"""

import re

_SERVICE = re.compile(r"/api/\d+\.\d+/([a-z0-9-]+)(?=[/:]|$)")
# `token` and `database` are left out: for all of their paths there are routes. What is not among them
# does not exist in the service, whose 404 people report: `/api/2.0/token/generate`, or the resource
# name of a project where `/api/2.0/database/instances/` expects the name of an instance.
_SERVICES = frozenset(
    (
        "access-control",
        "accounts",
        "agents",
        "ai-functions",
        "ai-search",
        "alerts",
        "app-spaces",
        "apps",
        "apps-settings",
        "automl",
        "bundle",
        "clean-rooms",
        "clusters",
        "commands",
        "contexts",
        "credentials-manager",
        "custom-llms",
        "data-sharing",
        "dbfs",
        "domains",
        "entity-tag-assignments",
        "external-function",
        "feature-engineering",
        "feature-store",
        "fs",
        "genie",
        "git-credentials",
        "global-init-scripts",
        "identity",
        "instance-pools",
        "instance-profiles",
        "ip-access-lists",
        "jobs",
        "knowledge-assistants",
        "lakeview",
        "libraries",
        "lineage-tracking",
        "marketplace-consumer",
        "marketplace-exchange",
        "marketplace-provider",
        "mlflow",
        "notification-destinations",
        "online-tables",
        "permissionmigration",
        "permissions",
        "pipelines",
        "policies",
        "policy-families",
        "postgres",
        "preview",
        "quality-monitoring",
        "quality-monitors",
        "redash-v2",
        "repos",
        "rfa",
        "sandbox-exec",
        "sandbox-files",
        "sandboxes",
        "secrets",
        "serving-endpoints",
        "settings",
        "settings-metadata",
        "sql",
        "supervisor-agents",
        "tag-policies",
        "token-management",
        "unity-catalog",
        "vector-search",
        "workspace",
        "workspace-conf",
    )
)


def is_known_service(path: str) -> bool:
    """Whether a path belongs to a service of the workspace."""
    found = _SERVICE.match(path)
    return found is not None and found[1] in _SERVICES
