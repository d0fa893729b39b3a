"""The check that logs in, and what a refusal means for the password that was sent."""

import re

from lakepass.commands.grants import IdentityType, guess_kind
from lakepass.doctor import defaults, rights, session, tokens, variables
from lakepass.doctor.situation import Findings, Situation, Skipped
from lakepass.errors import LakepassError
from lakepass.lakebase import Lakebase, for_trials
from lakepass.target.settings import only_these

# Refusals that are sent after role and password were accepted.
BEHIND_THE_LOGIN = ("LP-401", "LP-310")
TRIAL_S = 8.0  # for each libpq variable that is tried on its own
_OF_THE_SESSION = """
    select current_setting('transaction_read_only') = 'on', current_setting('search_path'),
        current_schemas(false) <@ '{pg_catalog}', current_schemas(false)::text[], current_user::text
"""
# The libpq variables that require a method of login.
_OF_METHODS = ("PGCHANNELBINDING", "PGREQUIREAUTH")


def logs_in(situation: Situation, findings: Findings) -> None:
    """Log in as the library does: waiting while it wakes, and again with a fresh credential.

    First without the variables that only libpq reads; then, if that works, with each of them.
    """
    lake = _ready(situation)
    driver = session.driver()
    if driver is None:
        findings.fault("LP-142")
        return
    try:
        with only_these(variables.OF_LIBPQ, {}):
            situation.session = session.open_session(lake)
    except LakepassError as error:
        situation.refusal = error
        if error.code not in BEHIND_THE_LOGIN:
            _refuse(error, situation, findings)
            return
        findings.saw(f"role {error.facts.get('role')} and its credential are accepted")
    else:
        findings.saw(f"logged in by {driver} as {situation.role}")
    if driver == "psycopg" and situation.session is not None:
        for name in variables.libpq_variables(situation.environ):
            _try_with(name, situation, findings)


def _ready(situation: Situation) -> Lakebase:
    """The Lakebase to log in with. Raises Skipped if no login can succeed."""
    lake = situation.lake
    if lake is None or situation.credential is None:
        raise Skipped("there is no credential")
    if not situation.addresses:
        raise Skipped("the port does not respond")
    if situation.tls_failed:
        raise Skipped("TLS fails already")
    if situation.state is not None and situation.state.is_stopped:
        raise Skipped("it is stopped, and no login wakes it")
    return lake


def _refuse(error: LakepassError, situation: Situation, findings: Findings) -> None:
    code, happened = _refined(error.code, situation)
    findings.fault_of(error, code)
    if happened:
        findings.faults.pop()
        findings.fault(code, happened, **error.facts)


def _refined(code: str, situation: Situation) -> tuple[str, str]:
    """The code for a refused password that cannot be minted again, with a description if known."""
    if not situation.choice or situation.choice.strategy != "password" or not situation.credential:
        return code, ""
    if situation.credential.password.startswith("eyJ"):
        if code not in ("LP-306", "LP-307", "LP-308"):
            return code, ""
        claims = tokens.claims(situation.credential.password) or {}
        return "LP-312", tokens.why_refused(claims, situation.environ.get("DATABRICKS_HOST", ""))
    if code == "LP-308":
        return "LP-314", ""
    if code != "LP-301":
        return code, ""
    role, is_on = situation.role or "", situation.state and situation.state.native_login
    if guess_kind(role) is not IdentityType.GROUP:
        what = (
            f"{role} is the role of a Databricks identity: it logs in with a token, and what was "
        )
        return "LP-301", f"{what}sent is a password."
    if is_on is False:
        return "LP-313", ""
    if is_on is None:
        return "LP-313", "Passwords of Postgres roles are not accepted here; native login is off."
    return "LP-314", ""


def _try_with(name: str, situation: Situation, findings: Findings) -> None:
    """Find out whether this variable makes the login fail, or what it does to a session."""
    assert situation.lake is not None  # it has just logged in
    lake = for_trials(situation.lake, workspace=situation.workspace, connect_deadline_s=TRIAL_S)
    value = situation.environ[name]
    shown = f"{name}={value}"
    try:
        with only_these(variables.OF_LIBPQ, {name: value}):
            trial = session.try_libpq(lake, value if name == "PGOPTIONS" else "")
    except Exception as error:  # noqa: BLE001 - a driver's: about a file, a word, a server
        findings.saw(f"with {shown}: {error}")
        code = "LP-146" if name in _OF_METHODS else "LP-151"
        does = variables.OF_LIBPQ[name]
        what = f"{shown} {does}. With it the login fails, and without it works."
        refused = re.search(r"parameter \"(\w+)\"|to set (role)\b", str(error))
        settings = [refused[1] or refused[2]] if refused else []
        findings.fault(code, what, variable=name, settings=settings)
        return
    try:
        limits = defaults.too_short(trial)
        [after] = trial.rows(_OF_THE_SESSION)
    except Exception as error:  # noqa: BLE001 - a driver's: what the variable did to the question
        findings.saw(f"with {shown}: {error}")
        what = f"With {shown} the login works, but not the first statement: {error}"
        findings.fault("LP-614", what, variable=name, settings=defaults.TIME_LIMITS)
        return
    finally:
        trial.close()
    [before] = situation.logged_in().rows(_OF_THE_SESSION)
    for setting, does in limits:
        findings.fault("LP-614", f"{shown}: it {does}.", variable=name, settings=[setting])
    if not (_tell_changes(name, before, after, situation, findings) or limits):
        findings.saw(f"with {shown} it works as well")


def _tell_changes(
    name: str, before: session.Row, after: session.Row, situation: Situation, findings: Findings
) -> bool:
    """Report what a variable changes for the worse in sessions; whether it is anything."""
    shown = f"{name}={situation.environ[name]}"
    was_read_only, _, led_nowhere, was_found, was = before
    is_read_only, path, leads_nowhere, found, acts_as = after
    is_worse = False
    if is_read_only and not was_read_only:
        is_worse = situation.is_known_to_be_read_only = True
        what = f"{shown} makes every session read-only."
        tell = findings.note if situation.only_reads else findings.fault
        tell("LP-138", what, variable=name, settings=["default_transaction_read_only"])
    hidden = [one for one in situation.schemas if one in was_found and one not in found]
    if (leads_nowhere and not led_nowhere) or hidden:
        is_worse = True
        lacks = (
            f"it does not show what is in {', '.join(hidden)}"
            if hidden
            else "none of these schemas exists or may be used"
        )
        what = f"{shown} sets search_path to {path}: {lacks}."
        findings.note("LP-151", what, variable=name, settings=["search_path"])
    if acts_as != was:
        is_worse = True
        lacking = [one for one in situation.schemas if rights.lacks(str(acts_as), one, situation)]
        where = f", who lacks rights in {', '.join(lacking)}" if lacking else ""
        what = f"{shown} makes every session act as {acts_as}{where}; new tables will belong to it."
        (findings.fault if lacking else findings.note)(
            "LP-614", what, variable=name, settings=["role"]
        )
    return is_worse
