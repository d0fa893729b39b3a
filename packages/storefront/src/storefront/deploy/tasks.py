"""Whether the jobs of a bundle run what the shop's wheel has."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from storefront.deploy.findings import Finding
from storefront.deploy.located import Located
from storefront.suggestions import suggestion


def entry_points_of(project: Mapping[str, Any]) -> set[str]:
    """The entry points of a project, of every group, with its commands."""
    groups = project.get("entry-points", {}).values()
    return {*project.get("scripts", {}), *(name for group in groups for name in group)}


def task_findings(jobs: Located, entry_points: Set[str], file: str) -> Iterator[Finding]:
    """Findings about the tasks of these jobs. entry_points: of the shop's wheel."""
    for name, job in jobs.items():
        environments = {
            one.get("environment_key").text for one in job.get("environments").elements()
        }
        for task in job.get("tasks").elements():
            key = f"resources.jobs.{name}.tasks {task.get('task_key').text}"
            for value, field, known in (
                (task.get("environment_key"), "environment_key", environments),
                (task.get("python_wheel_task", "entry_point"), "entry_point", entry_points),
            ):
                if value.content is not None and value.text not in known:
                    yield Finding(
                        file, value.line, f"{key}.{field}", value.text,
                        f"There is no {field.replace('_key', '').replace('_', ' ')} {value.text}.",
                        suggestion(value.text, sorted(known)),
                    )  # fmt: skip
