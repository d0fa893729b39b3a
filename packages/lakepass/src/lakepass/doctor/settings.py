"""The first check: what is set, what contradicts what, which password is taken. No network."""

import re
from importlib import metadata

from lakepass.credentials.sources import choose
from lakepass.doctor.patient import Notebook, Patient
from lakepass.errors import MASK, ConfigurationError
from lakepass.lakebase import Lakebase
from lakepass.target.identity import WorkspaceIdentity, find_identity
from lakepass.target.settings import read_target

_OURS = re.compile(r"(PG|DATABRICKS_|LAKEBASE_|LAKEPASS_|ARM_)[A-Z0-9_]+")
_SECRET = re.compile(r"PASSWORD$|SECRET$|TOKEN$|PASSFILE$|CREDENTIALS$")
_NAMES_A_SECRET = re.compile(r"LAKEBASE_PASSWORD_SECRET=[\w.@-]+/[\w.@-]+")
_PASSWORD_AND_HOST = re.compile(r":[^@/\s]+@")  # what is left of a URL that was taken apart
_URL = re.compile(r"(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?://(?P<authority>[^/?#\s]*)")


def check(patient: Patient, book: Notebook) -> None:
    """Put the settings together as the library does, and say what they come to."""
    for name, value in sorted(patient.environ.items()):
        if _OURS.fullmatch(name):
            book.saw(f"{name}: {shown(name, value)}")
        elif url := _URL.match(value):
            _look_at_url(name, url["authority"], book)
    _look_at_sdk(book)
    if patient.lake is None:
        _configure(patient, book)
    patient.identity = _who(patient)
    if patient.lake is None or patient.choice is None:
        return
    for name, fact in patient.lake.explain().facts():
        book.saw(f"{name.strip()}: {fact}")
    for caution in patient.choice.warnings:
        book.note(caution.code, caution.happened)


def shown(name: str, value: str) -> str:
    """A value to print; of a secret, its shape only."""
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
        ("eyJ", "a token that ends"),
    ):
        if secret.startswith(start):
            return f", looks like {likeness}"
    return ""


def _look_at_url(name: str, authority: str, book: Notebook) -> None:
    """A URL of a database in another variable: nothing here reads it, but an app may."""
    book.saw(f"{name}: a URL of a Postgres database, not read by lakepass")
    user, at, _ = authority.rpartition("@")
    if at and "@" in user:
        book.note("LP-133", f"The user name in {name} is not percent-encoded.")
    if re.search(r":(eyJ|dapi)", user):
        book.note("LP-141", f"{name} has a token in it.")


def _look_at_sdk(book: Notebook) -> None:
    """The version that this package asks for is the one that can do what it does."""
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
        book.fault("LP-136", f"databricks-sdk is {found}; Lakebase needs {wanted}.", wanted=wanted)


def _who(patient: Patient) -> WorkspaceIdentity | None:
    """Who would sign in, told also where no database is named or no password applies."""
    if patient.choice is not None:
        return patient.choice.identity
    try:
        return find_identity(patient.environ)
    except ConfigurationError:
        return None  # said by `_configure`, if a database is named


def _configure(patient: Patient, book: Notebook) -> None:
    """Target and source, each as far as the settings go."""
    try:
        patient.target = read_target(patient.environ)
        patient.choice = choose(patient.environ, patient.target)
        patient.lake = Lakebase.from_env(patient.environ)
    except ConfigurationError as error:
        book.fault_of(error)
