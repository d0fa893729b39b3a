"""Runs all checks in order, each with a time limit; a failure does not stop the others."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lakepass.commands.grants import Level
from lakepass.doctor import app, damaged, database, login, network, rights, settings, workspace
from lakepass.doctor.fixes import tailored
from lakepass.doctor.report import Report, Result
from lakepass.doctor.situation import Findings, Situation, Skipped
from lakepass.errors import LakepassError
from lakepass.lakebase import Lakebase, for_trials
from lakepass.target.settings import Environment, process_environment

# Short enough that all of them together end within about a minute.
REQUEST_S, PATIENCE_S, LOGIN_S, CHECK_S = 5, 5, 15.0, 25.0


@dataclass(frozen=True, slots=True)
class Check:
    """One check. late: the code to report if it does not finish within limit_s."""

    name: str
    title: str
    run: Callable[[Situation, Findings], None]
    late: str = "LP-506"
    limit_s: float = 25.0


CHECKS = (
    Check("environment", "Environment", settings.check),
    Check("workspace", "Workspace answers", workspace.answers, "LP-201"),
    Check("sign_in", "Sign-in to the workspace", workspace.signs_in, "LP-201"),
    Check("target", "Database in the workspace", workspace.finds_target, "LP-201"),
    Check("host", "Kind of host", workspace.kind_of_host),
    Check("name", "Host name resolves", network.name_resolves, "LP-505", 8.0),
    Check("port", "Port answers", network.port_answers, limit_s=8.0),
    Check("tls", "TLS", network.tls_is_good),
    Check("credential", "Credential", workspace.has_credential, "LP-201"),
    Check("claims", "Clock, and claims of the credential", workspace.clock_and_claims),
    Check("login", "Login", login.logs_in),
    Check("database", "Database", database.database_exists),
    Check("role", "Role and memberships", database.role_is_known),
    Check("rights", "Rights in schemas", rights.rights_are_there),
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
    level: Level | None = None,
    migrates: bool = True,
    connections: int | None = None,
) -> Report:
    """Try every step from the settings to the privileges in a schema, and report what is wrong.

    of: a Lakebase, or an environment (default: that of the process). as_app: check what a
    Databricks App has attached and injected (default: if DATABRICKS_APP_NAME is set). schemas:
    where to check privileges. level: the access to check (default: reading, or,
    if is_writing, writing); Level.READ means that only reading is intended, so that a read-only
    host is not a fault. migrates: with Level.WRITE, tables are created and altered as well, not only
    rows written. connections: how many the caller's pools may open in total. Blocks for seconds;
    raises nothing that is reported as a fault.
    """
    environ = process_environment() if of is None or isinstance(of, Lakebase) else of
    situation = Situation(
        environ=environ,
        schemas=tuple(schemas),
        level=level or (Level.WRITE if is_writing else Level.READ),
        only_reads=level is Level.READ,
        migrates=migrates,
        connections=connections,
        as_app=bool(environ.get("DATABRICKS_APP_NAME")) if as_app is None else as_app,
    )
    if isinstance(of, Lakebase):
        situation.lake, situation.target, situation.choice = of, of._target, of._choice
        situation.only_reads |= of._target.reads_only and not situation.is_writing
    try:
        results = [_result(check, situation) for check in CHECKS]
        results = damaged.explained(results, situation)
        return Report(tuple(_with_fixes(result, situation) for result in results))
    finally:
        if situation.session is not None:
            situation.session.close()


def _with_fixes(result: Result, situation: Situation) -> Result:
    return replace(
        result,
        faults=tuple(tailored(one, situation) for one in result.faults),
        notes=tuple(tailored(one, situation) for one in result.notes),
    )


def _result(check: Check, situation: Situation) -> Result:
    findings = Findings(situation)
    began = time.monotonic()
    skipped = _run(check, situation, findings)
    took_s = time.monotonic() - began
    if check.name == "environment":
        _prepare(situation)
    return Result(
        check=check.name,
        title=check.title,
        evidence=tuple(findings.evidence),
        took_s=took_s,
        faults=tuple(findings.faults),
        notes=tuple(findings.notes),
        skipped=skipped,
    )


def _run(check: Check, situation: Situation, findings: Findings) -> str:
    """Run it in a thread, abandoned if it hangs. Returns why the check was skipped, or ''."""
    outcome: list[str] = []

    def run() -> None:
        try:
            check.run(situation, findings)
            outcome.append("")
        except Skipped as skipped:
            outcome.append(str(skipped))
        except LakepassError as error:
            findings.fault_of(error)
            outcome.append("")
        except Exception as error:  # noqa: BLE001 - a driver's or the SDK's; the others go on
            findings.fault("LP-499", f"{check.title} failed with {type(error).__name__}: {error}")
            outcome.append("")

    thread = threading.Thread(target=run, name=f"lakepass-doctor-{check.name}", daemon=True)
    thread.start()
    limit_s = min(check.limit_s, CHECK_S)
    thread.join(limit_s)
    if thread.is_alive():
        findings.fault(check.late, f"{check.title}: no answer within {limit_s:.0f} s.")
    return outcome[0] if outcome else ""


def _prepare(situation: Situation) -> None:
    """Use copies of the workspace and the Lakebase with short time-outs, not the caller's own."""
    if situation.identity is not None and situation.identity.certainty != "none":
        from lakepass.databricks import Workspace  # noqa: PLC0415 - the SDK takes long to load

        situation.workspace = Workspace(
            situation.identity, timeout_s=REQUEST_S, patience_s=PATIENCE_S
        )
    if situation.lake is None:
        return
    situation.lake = for_trials(
        situation.lake, workspace=situation.workspace, connect_deadline_s=LOGIN_S
    )
