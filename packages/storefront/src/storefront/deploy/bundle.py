"""Whether databricks.yml, seen as each of its targets, says something that can be deployed."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from storefront.deploy.command import command_findings
from storefront.deploy.databases import database_findings
from storefront.deploy.environment import (
    Environment,
    environment_findings,
    environment_of,
)
from storefront.deploy.findings import Finding
from storefront.deploy.located import Located, merged
from storefront.deploy.schema import APP_RESOURCE_KINDS, BUNDLE, RESOURCES
from storefront.deploy.shape import misfits
from storefront.deploy.tasks import task_findings
from storefront.suggestions import suggestion

FILE = "databricks.yml"
_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_ROOTS = frozenset({"artifacts", "bundle", "resources", "var", "variables", "workspace"})
_BRANCH = re.compile(r"projects/[a-z][a-z0-9-]*/branches/[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Target:
    """The bundle as one target deploys it. constants: its variables that have a plain value."""

    name: str
    resources: Located
    constants: Mapping[str, str]
    variables: Set[str]

    def apps(self) -> list[tuple[str, Located]]:
        """The apps, by their keys."""
        return self.resources.get("apps").items()


def targets_of(bundle: Located) -> list[Target]:
    """Each target of a bundle; one without a name where it has none."""
    named = bundle.get("targets").items() or [("", Located(None, bundle.line))]
    return [_target(bundle, name, over) for name, over in named]


def _target(bundle: Located, name: str, over: Located) -> Target:
    resources = merged(bundle.get("resources"), over.get("resources"))
    apps = {key: _with_resources_by_name(app) for key, app in resources.get("apps").items()}
    if apps and isinstance(resources.content, dict):
        content = resources.content | {"apps": replace(resources.get("apps"), content=apps)}
        resources = replace(resources, content=content)
    constants: dict[str, str] = {}
    for variable, declared in bundle.get("variables").items():
        if not isinstance(declared.get("default").content, dict | list | None):
            constants[variable] = declared.get("default").text
    for variable, set_to in over.get("variables").items():
        value = set_to.get("default") if isinstance(set_to.content, dict) else set_to
        constants[variable] = value.text
    variables = {key for key, _ in bundle.get("variables").items()} | constants.keys()
    return Target(name, resources, constants, variables)


def _with_resources_by_name(app: Located) -> Located:
    """Resources of one name are one resource, the later being laid over the earlier.

    Source: github.com/databricks/cli, bundle/config/mutator/resourcemutator/merge_apps.go.
    """
    if not isinstance(app.content, dict) or not app.get("resources").elements():
        return app
    united: dict[str, Located] = {}
    for resource in app.get("resources").elements():
        name = resource.get("name").text
        united[name] = merged(united[name], resource) if name in united else resource
    listed = replace(app.get("resources"), content=list(united.values()))
    return replace(app, content=app.content | {"resources": listed})


def kinds_of(app: Located) -> dict[str, str]:
    """The resources that an app is given: key to kind."""
    return {
        resource.get("name").text: kind
        for resource in app.get("resources").elements()
        for kind, _ in resource.items()
        if kind in APP_RESOURCE_KINDS
    }


def environment_in(app: Located, key: str) -> Environment:
    """The `config.env` of an app."""
    env = app.get("config", "env")
    return environment_of(env, file=FILE, key=f"{key}.config.env", source_key="value_from")


def bundle_findings(
    bundle: Located, scripts: Set[str], entry_points: Set[str]
) -> Iterator[Finding]:
    """All findings about the bundle that do not need app.yaml. entry_points: of the shop's wheel."""
    yield from misfits(bundle, BUNDLE, FILE, "", whole=False)
    if bundle.get("bundle", "name").content is None:
        yield Finding(
            FILE, bundle.line, "bundle", "", "The bundle has no name.", "Add bundle.name."
        )
    yield from _engine_findings(bundle)
    included = bundle.get("include")
    if is_in_parts := bool(included.elements()):
        yield Finding(
            FILE, included.line, "include", "", "Other files of the bundle are not checked.",
            "Move their content to databricks.yml to have it checked.", "warning",
        )  # fmt: skip
    for target in targets_of(bundle):
        yield from misfits(target.resources, RESOURCES, FILE, "resources", whole=not is_in_parts)
        if not is_in_parts:
            yield from _reference_findings(target)
        yield from database_findings(target.resources, FILE)
        yield from task_findings(target.resources.get("jobs"), entry_points, FILE)
        for key, app in target.apps():
            yield from _app_findings(target, f"resources.apps.{key}", app, scripts)


def _engine_findings(bundle: Located) -> Iterator[Finding]:
    """Whether the engine that deploys it knows what the bundle uses.

    Source: github.com/databricks/cli, acceptance tests of apps, `lifecycle-started-terraform-error`.
    Without the setting, versions before 1.3 take Terraform.
    """
    apps = [app for target in targets_of(bundle) for _, app in target.apps()]
    engine = bundle.get("bundle", "engine")
    if engine.text != "direct" and any(app.get("lifecycle", "started").content for app in apps):
        yield Finding(
            FILE, engine.line, "bundle.engine", "" if engine.content is None else engine.text,
            "lifecycle.started is known to the engine `direct` alone.",
            "Add engine: direct.",
            "error" if engine.text == "terraform" else "warning",
        )  # fmt: skip


def _app_findings(target: Target, key: str, app: Located, scripts: Set[str]) -> Iterator[Finding]:
    name = app.get("name")
    known = _REFERENCE.sub(
        lambda m: target.constants.get(m[1].removeprefix("var."), "x"), name.text
    )
    if name.content is not None and not re.fullmatch(r"[a-z0-9-]{2,30}", known):
        yield Finding(
            FILE, name.line, f"{key}.name", name.text, "This is not a valid name of an app.",
            "Use 2 to 30 lowercase letters, digits and hyphens.",
        )  # fmt: skip
    if app.get("lifecycle", "started").content is not True:
        yield Finding(
            FILE, app.line, f"{key}.lifecycle", "", "The app would be stopped after a deployment.",
            "Add lifecycle: started: true, or start it with `databricks bundle run`.", "warning",
        )  # fmt: skip
    for resource in app.get("resources").elements():
        yield from _app_resource_findings(key, resource)
    yield from command_findings(
        app.get("config", "command"), file=FILE, key=f"{key}.config.command", scripts=scripts
    )
    env = environment_in(app, key)
    yield from environment_findings(env, kinds_of(app), target.constants)


def _app_resource_findings(app_key: str, resource: Located) -> Iterator[Finding]:
    name = resource.get("name").text
    key = f"{app_key}.resources {name}"
    kinds = [(kind, below) for kind, below in resource.items() if kind in APP_RESOURCE_KINDS]
    if len(kinds) != 1:
        yield Finding(
            FILE, resource.line, key, "", "A resource must be of exactly one kind.",
            f"Use one of: {', '.join(sorted(APP_RESOURCE_KINDS))}.",
        )  # fmt: skip
    for kind, below in kinds:
        if kind == "database":
            yield Finding(
                FILE, below.line, key, kind,
                "The kind `database` is retired; it finds instances of the older API only, and fails "
                "with `Database instance … does not exist` where there is none.",
                "Where the database is a project, write `postgres` with branch and database.",
                "warning",
            )  # fmt: skip
        if kind == "postgres":
            yield from _postgres_findings(key, below)


def _postgres_findings(key: str, postgres: Located) -> Iterator[Finding]:
    branch, database = postgres.get("branch"), postgres.get("database")
    for value, field, form in (
        (branch, "branch", _BRANCH),
        (database, "database", re.compile(_BRANCH.pattern + r"/databases/[a-z][a-z0-9-]*")),
    ):
        written = value.text
        if value.content is None or (written.startswith("${") and "/" not in written):
            continue
        if written.endswith("/databases/databricks_postgres"):
            yield Finding(
                FILE, value.line, f"{key}.{field}", written,
                "This is the name of the database in Postgres, not the id of the resource.",
                "Write databases/databricks-postgres, with a hyphen.",
            )  # fmt: skip
        elif not form.fullmatch(_REFERENCE.sub("projects/x/branches/x", written)):
            yield Finding(
                FILE, value.line, f"{key}.{field}", written, f"This is not the name of a {field}.",
                "Write projects/<id>/branches/<id>"
                + ("/databases/<id>." if field == "database" else "."),
            )  # fmt: skip


def _reference_findings(target: Target) -> Iterator[Finding]:
    for path, value in target.resources.scalars("resources"):
        if not isinstance(value.content, str):
            continue
        for reference in _REFERENCE.findall(value.content):
            if problem := _dangling(reference, target):
                yield Finding(FILE, value.line, path, value.content, *problem)


def _dangling(reference: str, target: Target) -> tuple[str, str] | None:
    """Problem and fix of a reference that refers to nothing in this target."""
    root, *steps = reference.split(".")
    where = f" in the target {target.name}" if target.name else ""
    if root not in _ROOTS:
        return f"${{{reference}}} refers to nothing.", suggestion(root, sorted(_ROOTS))
    if root == "var" and steps and steps[0] not in target.variables:
        return f"There is no variable {steps[0]}.", suggestion(steps[0], sorted(target.variables))
    if root == "resources" and len(steps) >= 2:
        kind, key = steps[:2]
        known = {name for name, _ in target.resources.get(kind).items()}
        if key not in known:
            fix = suggestion(key, sorted(known)) if known else f"There are no {kind}{where}."
            return f"There is no resource {kind}.{key}{where}.", fix
    return None
