"""The first check: what is set, what contradicts what, and which password is used. No network."""

import re
from importlib import metadata

from lakepass.credentials.sources import choose
from lakepass.doctor import variables
from lakepass.doctor.situation import Findings, Situation
from lakepass.errors import MASK, ConfigurationError
from lakepass.lakebase import Lakebase
from lakepass.target.damage import damages
from lakepass.target.identity import WorkspaceIdentity, find_identity
from lakepass.target.settings import read_target

_OURS = re.compile(r"(PG|DATABRICKS_|LAKEBASE_|LAKEPASS_|ARM_)[A-Z0-9_]+")
_SECRET = re.compile(r"PASSWORD$|SECRET$|TOKEN$|PASSFILE$|CREDENTIALS$")
_NAMES_A_SECRET = re.compile(r"LAKEBASE_PASSWORD_SECRET=[\w.@-]+/[\w.@-]+")
_PASSWORD_AND_HOST = re.compile(r":[^@/\s]+@")  # what remains of a URL that was split up


def check(situation: Situation, findings: Findings) -> None:
    """Combine the settings as the library does, and report the result."""
    for name, value in sorted(situation.environ.items()):
        if _OURS.fullmatch(name):
            findings.saw(f"{name}: {shown(name, value)}")
    variables.look(situation, findings)
    situation.damages = damages(situation.environ)
    for one in situation.damages:
        findings.saw(one.happened)
    _look_at_sdk(findings)
    if situation.lake is None:
        _configure(situation, findings)
    situation.identity = _who(situation)
    if situation.lake is None or situation.choice is None:
        return
    for name, fact in situation.lake.explain().facts():
        findings.saw(f"{name.strip()}: {fact}")
    for caution in situation.choice.warnings:
        findings.note(caution.code, caution.happened)


def shown(name: str, value: str) -> str:
    """A value to print; for a secret, only its length and likely kind."""
    if value == "":
        return "set, but empty"
    if _NAMES_A_SECRET.fullmatch(f"{name}={value}") or not _SECRET.search(name):
        return _PASSWORD_AND_HOST.sub(f":{MASK}@", value)
    return f"set, {len(value)} characters{_likeness(value)}"


def _likeness(secret: str) -> str:
    if secret != secret.strip():
        return ", with blanks around it"
    for start, likeness in (
        ("dapi", "a personal access token"),
        ("dose", "a service principal's OAuth secret"),
        ("eyJ", "a token that expires"),
    ):
        if secret.startswith(start):
            return f", looks like {likeness}"
    return ""


def _look_at_sdk(findings: Findings) -> None:
    """Check that the SDK is a version that this package supports."""
    [wanted] = [
        requirement.partition(">=")[2]
        for requirement in metadata.requires("lakepass") or []
        if requirement.startswith("databricks-sdk>=")
    ]
    try:
        found = metadata.version("databricks-sdk")
    except metadata.PackageNotFoundError:
        found = "not installed"
    numbers = [int(number) for number in re.findall(r"\d+", found)[:2]]
    if numbers < [int(number) for number in wanted.split(".")[:2]]:
        findings.fault(
            "LP-136", f"databricks-sdk is {found}; Lakebase needs {wanted}.", wanted=wanted
        )


def _who(situation: Situation) -> WorkspaceIdentity | None:
    """Who would sign in, reported even if no database is named or no password applies."""
    if situation.choice is not None:
        return situation.choice.identity
    try:
        return find_identity(situation.environ)
    except ConfigurationError:
        return None  # reported by `_configure`, if a database is named


def _configure(situation: Situation, findings: Findings) -> None:
    """Target and source, each as far as the settings go."""
    try:
        situation.target = read_target(situation.environ)
        situation.choice = choose(situation.environ, situation.target)
        situation.lake = Lakebase.from_env(situation.environ)
    except ConfigurationError as error:
        findings.fault_of(error)
