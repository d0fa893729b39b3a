"""The check that logs in, and what a refusal means for the password that was sent."""

from lakepass.commands.grants import IdentityType, guess_kind
from lakepass.doctor import session, variables
from lakepass.doctor.situation import Findings, Situation, Skipped
from lakepass.errors import LakepassError
from lakepass.lakebase import Lakebase
from lakepass.target.settings import only_these

# Refusals that come when role and password were accepted already.
BEHIND_THE_LOGIN = ("LP-401", "LP-310")
TRIAL_S = 8.0  # for each variable of libpq's that is tried on its own
# Of libpq's variables, those that demand a kind of login.
_OF_METHODS = ("PGCHANNELBINDING", "PGREQUIREAUTH")


def logs_in(situation: Situation, findings: Findings) -> None:
    """Log in as the library does: waiting while it wakes, and once more with a fresh credential.

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
        raise Skipped("the port does not answer")
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
        return ("LP-312" if code in ("LP-306", "LP-307", "LP-308") else code), ""
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
    """Find out whether one variable makes the login fail or the session read-only."""
    assert situation.lake is not None  # it has just logged in
    lake = situation.lake._variant(
        keeps=False, connect_deadline_s=TRIAL_S, workspace=situation.workspace
    )
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
        findings.fault(code, what, variable=name)
        return
    [(is_read_only,)] = trial.rows("select current_setting('transaction_read_only') = 'on'")
    trial.close()
    [(was_read_only,)] = situation.logged_in().rows(
        "select current_setting('transaction_read_only') = 'on'"
    )
    if is_read_only and not was_read_only:
        what = f"{shown} makes every session read-only."
        situation.is_known_to_be_read_only = True
        (findings.note if situation.only_reads else findings.fault)("LP-138", what, variable=name)
    else:
        findings.saw(f"with {shown} it works as well")
