"""All checks in order, each for a limited time, none stopping those that can still be tried."""

import copy
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lakepass.doctor import app, database, network, settings, workspace
from lakepass.doctor.patient import Notebook, Patient, Skipped
from lakepass.doctor.report import Report, Result
from lakepass.errors import LakepassError
from lakepass.lakebase import Lakebase
from lakepass.target.settings import Environment, process_environment

# Short enough that all of them together end within a minute or so.
REQUEST_S, PATIENCE_S, LOGIN_S, CHECK_S = 5, 5, 15.0, 25.0


@dataclass(frozen=True, slots=True)
class Check:
    """One step on the way in. late: the code for one that does not come back."""

    name: str
    title: str
    run: Callable[[Patient, Notebook], None]
    late: str = "LP-506"


CHECKS = (
    Check("environment", "Environment", settings.check),
    Check("workspace", "Workspace answers", workspace.answers, "LP-201"),
    Check("sign_in", "Sign-in to the workspace", workspace.signs_in, "LP-201"),
    Check("target", "Database in the workspace", workspace.finds_target, "LP-201"),
    Check("host", "Kind of host", workspace.kind_of_host),
    Check("name", "Host name resolves", network.name_resolves, "LP-505"),
    Check("port", "Port answers", network.port_answers),
    Check("tls", "TLS", network.tls_is_good),
    Check("credential", "Credential", workspace.has_credential, "LP-201"),
    Check("claims", "Clock, and claims of the credential", workspace.clock_and_claims),
    Check("login", "Login", database.logs_in),
    Check("database", "Database", database.database_exists),
    Check("role", "Role and memberships", database.role_is_known),
    Check("rights", "Rights in schemas", database.rights_are_there),
    Check("extensions", "Extensions", database.extensions_there),
    Check("connections", "Connections", database.connections_suffice),
    Check("app", "Databricks App", app.is_wired, "LP-201"),
)


def examine(
    of: Lakebase | Environment | None = None,
    *,
    as_app: bool | None = None,
    schemas: Iterable[str] = (),
    is_writing: bool = False,
    connections: int | None = None,
) -> Report:
    """Try every step from the settings to the rights in a schema, and say what is wrong.

    of: a Lakebase, or an environment (default: that of the process). as_app: look at what a
    Databricks App has attached and injected (default: if DATABRICKS_APP_NAME is set). schemas:
    where to look at rights, to read or, if is_writing, to write. connections: how many the caller's
    pools may open in all. Blocks for seconds; raises nothing that a fault would explain.
    """
    environ = process_environment() if of is None or isinstance(of, Lakebase) else of
    patient = Patient(
        environ=environ,
        schemas=tuple(schemas),
        is_writing=is_writing,
        connections=connections,
        as_app=bool(environ.get("DATABRICKS_APP_NAME")) if as_app is None else as_app,
    )
    if isinstance(of, Lakebase):
        patient.lake, patient.target, patient.choice = of, of._target, of._choice
    try:
        return Report(tuple(_result(check, patient) for check in CHECKS))
    finally:
        if patient.session is not None:
            patient.session.close()


def _result(check: Check, patient: Patient) -> Result:
    book = Notebook(patient)
    began = time.monotonic()
    skipped = _run(check, patient, book)
    took_s = time.monotonic() - began
    if check.name == "environment":
        _prepare(patient)
    return Result(
        check=check.name,
        title=check.title,
        evidence=tuple(book.evidence),
        took_s=took_s,
        faults=tuple(book.faults),
        notes=tuple(book.notes),
        skipped=skipped,
    )


def _run(check: Check, patient: Patient, book: Notebook) -> str:
    """Run it in a thread, which is left behind if it hangs. Returns why it was not tried, or ''."""
    outcome: list[str] = []

    def run() -> None:
        try:
            check.run(patient, book)
            outcome.append("")
        except Skipped as skipped:
            outcome.append(str(skipped))
        except LakepassError as error:
            book.fault_of(error)
            outcome.append("")
        except Exception as error:  # noqa: BLE001 - a driver's or the SDK's; the others go on
            book.fault("LP-499", f"{check.title} failed with {type(error).__name__}: {error}")
            outcome.append("")

    thread = threading.Thread(target=run, name=f"lakepass-doctor-{check.name}", daemon=True)
    thread.start()
    thread.join(CHECK_S)
    if thread.is_alive():
        book.fault(check.late, f"{check.title}: no answer within {CHECK_S:.0f} s.")
    return outcome[0] if outcome else ""


def _prepare(patient: Patient) -> None:
    """A sign-in and a Lakebase that give up soon, so that the caller's own is left as it is."""
    if patient.identity is not None and patient.identity.certainty != "none":
        from lakepass.databricks import Workspace  # noqa: PLC0415 - the SDK takes long to load

        patient.workspace = Workspace(patient.identity, timeout_s=REQUEST_S, patience_s=PATIENCE_S)
    if patient.lake is None:
        return
    lake = copy.copy(patient.lake)
    lake._begin(keeps=False)
    lake.connect_deadline_s, lake._workspace = LOGIN_S, patient.workspace
    patient.lake = lake
