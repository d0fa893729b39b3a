"""All checks, put together: the files against their schema, each other and the code."""

from collections.abc import Iterator, Set
from pathlib import Path

from storefront.deploy.bundle import (
    FILE,
    Target,
    bundle_findings,
    environment_in,
    kinds_of,
    targets_of,
)
from storefront.deploy.command import command_findings
from storefront.deploy.environment import (
    Environment,
    environment_findings,
    environment_of,
    secret_lines,
)
from storefront.deploy.files import file_findings, project_of
from storefront.deploy.findings import Finding
from storefront.deploy.located import Located, read
from storefront.deploy.schema import APP_YAML
from storefront.deploy.shape import misfits
from storefront.deploy.tasks import entry_points_of

_APP_YAML = "app.yaml"


def check(root: Path) -> list[Finding]:
    """What prevents the shop in this folder from being deployed; errors first, each once.

    Raises NotADirectoryError if there is no such folder.
    """
    if not root.is_dir():
        raise NotADirectoryError(str(root))
    project = project_of(root)
    scripts = set(project.get("scripts", {}))
    app, findings = _document(root, _APP_YAML)
    bundle, more = _document(root, FILE)
    findings += more
    targets = targets_of(bundle)
    if app.content is not None:
        findings += _app_yaml_findings(app, _kinds_of_default(bundle, targets), scripts)
    if bundle.content is not None:
        findings += bundle_findings(bundle, scripts, entry_points_of(project))
        findings += _difference_findings(app, targets)
    findings += file_findings(root, bundle)
    unique = {(f.file, f.line, f.problem): f for f in findings}
    return sorted(unique.values(), key=lambda f: (f.severity, f.file, f.line))


def _document(root: Path, name: str) -> tuple[Located, list[Finding]]:
    """A file's values, empty where it cannot be read, and findings about the file as a whole."""
    file = root / name
    if not file.is_file():
        return Located(None, 0), [Finding(name, 0, "", "", "The file does not exist.", _DOCS)]
    text = file.read_text(encoding="utf-8", errors="replace")
    value, findings = read(text, name)
    return value, [*findings, *secret_lines(text, name)]


_DOCS = "See docs/deploy.md."


def _app_yaml_findings(
    app: Located, kinds: dict[str, str] | None, scripts: Set[str]
) -> Iterator[Finding]:
    yield from misfits(app, APP_YAML, _APP_YAML, "", whole=True)
    command = app.get("command")
    yield from command_findings(command, file=_APP_YAML, key="command", scripts=scripts)
    yield from environment_findings(_environment(app), kinds, {})


def _environment(app: Located) -> Environment:
    return environment_of(app.get("env"), file=_APP_YAML, key="env", source_key="valueFrom")


def _kinds_of_default(bundle: Located, targets: list[Target]) -> dict[str, str] | None:
    """The resources of the app in the target that is deployed when none is named."""
    for target in targets:
        is_default = bundle.get("targets", target.name, "default").content is True
        if is_default or len(targets) == 1:
            return next((kinds_of(app) for _, app in target.apps()), None)
    return None


def _difference_findings(app_yaml: Located, targets: list[Target]) -> Iterator[Finding]:
    """`config` of a bundle takes the place of app.yaml: what it leaves out, the app does not get."""
    ours = _environment(app_yaml)
    for target in targets:
        for key, app in target.apps():
            config = app.get("config")
            if config.get("command").content is not None:
                yield from _other_command(app_yaml, config.get("command"), f"resources.apps.{key}")
            if config.get("env").content is not None:
                theirs = environment_in(app, f"resources.apps.{key}")
                yield from _missing_variables(ours, theirs, kinds_of(app), target)


def _other_command(app_yaml: Located, command: Located, key: str) -> Iterator[Finding]:
    here, there = ([word.text for word in c.elements()] for c in (app_yaml.get("command"), command))
    if here and here != there:
        yield Finding(
            FILE, command.line, f"{key}.config.command", " ".join(there),
            f"app.yaml starts the app with another command: {' '.join(here)}", "Make both the same.",
        )  # fmt: skip


def _missing_variables(
    ours: Environment, theirs: Environment, kinds: dict[str, str], target: Target
) -> Iterator[Finding]:
    where = f" in the target {target.name}" if target.name else ""
    for variable in ours.variables:
        there = theirs.named(variable.name)
        source = variable.source.content
        if there is None and (source is None or variable.source.text in kinds):
            yield Finding(
                FILE, 0, f"{theirs.key} {variable.name}", variable.value.text,
                f"app.yaml sets {variable.name}; the env of the bundle replaces it and does not{where}.",
                f"Add {variable.name} to config.env as well.",
            )  # fmt: skip
        elif there and source != there.source.content:
            yield theirs.finding(
                there, f"app.yaml takes {variable.name} from another source.", "Make both the same."
            )
        elif there and "${" not in there.value.text and there.value.text != variable.value.text:
            yield theirs.finding(
                there, f"app.yaml sets {variable.name} to {variable.value.text}.",
                "Make both the same.",
            )  # fmt: skip
