"""Checks a Databricks App: compares the resources attached to it with its environment variables."""

from collections.abc import Iterator

from lakepass.doctor.login import BEHIND_THE_LOGIN
from lakepass.doctor.situation import Findings, Situation, Skipped
from lakepass.errors import LakepassError
from lakepass.target.lookup import App

# Databricks docs, “Add a Lakebase resource to a Databricks app”.
_INJECTED = ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER")


def is_wired(situation: Situation, findings: Findings) -> None:
    """Look up the app, and compare."""
    if not situation.as_app:
        raise Skipped("this is not a Databricks App (DATABRICKS_APP_NAME is not set)")
    missing = [name for name in _INJECTED if not situation.environ.get(name)]
    findings.saw(f"injected: {', '.join(n for n in _INJECTED if n not in missing) or 'nothing'}")
    name = situation.environ.get("DATABRICKS_APP_NAME")
    if not name:
        raise Skipped("DATABRICKS_APP_NAME is not set, so there is no app to look up")
    _, workspace = situation.signing_in()
    if situation.identity_name is None:
        raise Skipped("nobody is signed in to the workspace")
    try:
        app = workspace.app(name)
    except LakepassError as error:
        if error.code == "LP-121":
            what = f"The workspace has no app {name}."
            findings.fault("LP-121", what, app_name=name)
            return
        findings.saw(f"the app cannot be looked up: {error.facts.get('because', error.happened)}")
        raise Skipped("this identity may not look up the app") from error
    attached = app.branch or app.instance
    findings.saw(f"attached: {attached or 'no database'}")
    if attached is None:
        findings.fault("LP-701")
        return
    if missing:
        findings.fault("LP-703", f"These were not injected: {', '.join(missing)}.")
    for variable, injected in _expected(app, situation):
        found = situation.environ.get(variable)
        if found and found != injected:
            findings.fault(
                "LP-702",
                f"{variable} is {found}; the platform injects {injected}.",
                variable=variable,
                injected=injected,
            )


def _expected(app: App, situation: Situation) -> Iterator[tuple[str, str]]:
    """The variables that the app's resources determine, with their values."""
    if app.client_id:
        yield "PGUSER", app.client_id
        yield "DATABRICKS_CLIENT_ID", app.client_id
    # An app may have created another database in its project.
    is_refused = bool(situation.refusal and situation.refusal.code in BEHIND_THE_LOGIN)
    if app.database and (app.instance or is_refused):
        yield "PGDATABASE", app.database
    state = situation.state
    if state and app.branch and state.name.startswith(f"{app.branch}/") and "host" in state.hosts:
        yield "PGHOST", state.hosts["host"]
