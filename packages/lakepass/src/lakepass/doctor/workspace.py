"""The checks of the workspace: reachability, sign-in, the database, a credential."""

import http.client
import json
import re
import ssl
import time
import urllib.error
import urllib.request
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from lakepass.credentials.sources import MINTED, NATIVE, REVEALED, SCOPED
from lakepass.doctor import tokens
from lakepass.doctor.situation import Findings, Situation, Skipped
from lakepass.errors import LakepassError
from lakepass.lakebase import new_credential, place_of
from lakepass.target.settings import Target, read_target

if TYPE_CHECKING:
    from lakepass.databricks import Workspace

ANSWER_S = 5.0
# Databricks signs tokens with a time; RFC 7519, section 4.1.4, allows a few minutes of leeway.
FORGIVEN_S = 300.0
_UNCLEAR = (
    "LP-203",
    "LP-204",
    "LP-121",
    "LP-214",
)  # what a server other than a workspace causes


def answers(situation: Situation, findings: Findings) -> None:
    """Request what a workspace returns to anyone (databricks-sdk, `config.py`), and read its time."""
    identity, _ = situation.signing_in()
    if not identity.host:
        raise Skipped(f"{identity.kind}: the host is known after sign-in only")
    host = identity.host.strip()
    host = host if "://" in host else f"https://{host}"
    url = f"{host.rstrip('/')}/.well-known/databricks-config"
    asked_at = time.time()
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:  # noqa: S310 - a setting
            status, date, body = answer.status, answer.headers["Date"], answer.read(100_000)
    except urllib.error.HTTPError as error:
        status, date, body = error.code, error.headers["Date"], b""
        error.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        situation.is_workspace = False
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            reason = reason.verify_message
        findings.saw(f"{host}: {reason}")
        findings.fault("LP-203", because=reason)
        return
    if date:
        situation.ahead_s = (asked_at + time.time()) / 2 - parsedate_to_datetime(date).timestamp()
    described = _described(body) if status == 200 else {}
    situation.is_workspace = "oidc_endpoint" in described
    situation.workspace_id = str(described.get("workspace_id") or "")
    findings.saw(
        f"{host} answers{'' if situation.is_workspace else f' {status}, but not as a workspace'}"
    )


def _described(body: bytes) -> dict[str, object]:
    """What a workspace reports about itself; empty for any other page."""
    try:
        described = json.loads(body)
    except ValueError:
        return {}
    return described if isinstance(described, dict) else {}


def signs_in(situation: Situation, findings: Findings) -> None:
    """Sign in, and look up the identity."""
    identity, workspace = situation.signing_in()
    if situation.is_workspace is False and situation.ahead_s is None:
        raise Skipped("the workspace does not respond")
    findings.saw(f"by {identity.kind}: {identity.why}")
    try:
        situation.identity_name = workspace.whoami()
    except LakepassError as error:
        other = situation.is_workspace is False and error.code in _UNCLEAR
        findings.fault_of(error, "LP-218" if other else "")
        return
    findings.saw(f"signed in as {situation.identity_name}")
    with suppress(LakepassError):
        situation.groups = workspace.groups()
        findings.saw(f"in the groups: {', '.join(sorted(situation.groups)) or 'none'}")


def finds_target(situation: Situation, findings: Findings) -> None:
    """Look up the database and its state, and check that PGHOST belongs to it."""
    target = situation.target
    if target is None:
        _list_databases(situation, findings)
        raise Skipped("the settings above name no database")
    findings.saw(f"{target.kind} {target.name}, database {target.database}")
    _, workspace = situation.signing_in()
    if situation.identity_name is None:
        raise Skipped("nobody is signed in to the workspace")
    failure = _find(situation, target, workspace)
    if failure is not None:
        situation.place = None  # a given name that the workspace does not have
        _list_databases(situation, findings)
        _not_found(failure, situation, findings)
        return
    state = situation.state
    if state is None:
        return
    findings.saw(f"{state.name}: {state.state}")
    findings.saw(f"host: {', '.join(state.hosts.values()) or 'none yet'}")
    if state.native_login is not None:
        findings.saw(f"native login: {'on' if state.native_login else 'off'}")
    if state.is_stopped:
        findings.fault("LP-411", f"{state.name} is stopped.")
    if target.host:
        _look_at_host(target.host, state.hosts, findings)


def _find(situation: Situation, target: Target, workspace: "Workspace") -> LakepassError | None:
    """Look up the target and its state. Returns why it was not found."""
    try:
        situation.place = place_of(situation.lake) if situation.lake else workspace.find(target)
        situation.state = workspace.state_of(situation.place)
    except LakepassError as error:
        return error
    return None


def _list_databases(situation: Situation, findings: Findings) -> None:
    """The databases that this identity can see, to choose from."""
    if situation.workspace is None or situation.identity_name is None:
        return
    situation.databases = situation.workspace.databases()
    findings.saw(f"this identity may see: {', '.join(situation.databases) or 'no database'}")


def _not_found(error: LakepassError, situation: Situation, findings: Findings) -> None:
    """Report the library's error, or that an instance name is the name of a project."""
    target = situation.target
    if target and target.kind == "instance" and error.code == "LP-121":
        prefix = f"projects/{target.name}/"
        if any(one.startswith(prefix) for one in situation.databases):
            findings.fault(
                "LP-121",
                f"There is no instance {target.name}; it is the name of a project.",
                project_named=target.name,
            )
            return
    findings.fault_of(error)


def _look_at_host(host: str, hosts: dict[str, str], findings: Findings) -> None:
    known = {one.lower(): kind for kind, one in hosts.items()}
    if not known or host.lower().rstrip(".") in known:
        return
    if re.fullmatch(r"\[?[0-9a-f:.]*:[0-9a-f:.]*\]?|[0-9.]+", host, re.IGNORECASE):
        what = f"PGHOST is the address {host}; the database is found by its host name."
        findings.fault("LP-104", what, PGHOST=host, hosts=", ".join(known))
        return
    findings.fault("LP-135", PGHOST=host, hosts=", ".join(known))


def kind_of_host(situation: Situation, findings: Findings) -> None:
    """Find out whether the host is a pooler or read-only, from the workspace or from its name."""
    host = situation.host
    label = host.partition(".")[0]
    state = situation.state
    kinds = {one.lower(): kind for kind, one in (state.hosts if state else {}).items()}
    kind = kinds.get(host.lower(), "")
    if "pooled" in kind or label.endswith("-pooler"):
        findings.saw(f"{host} is a pooler: native passwords only, transaction by transaction")
        if situation.choice and situation.choice.strategy == "oauth":
            findings.fault("LP-137")
    is_named_so = kind != "host" and label.removesuffix("-pooler").endswith("-ro")
    is_replica = bool(state and state.is_read_only)
    if is_replica or "read_only" in kind or is_named_so:
        findings.saw(f"{host} is read-only")
        what = ""
        if is_replica and state:
            _find_writable(situation)
            what = f"{state.name} is a read replica: every write fails."
        situation.is_known_to_be_read_only = True
        (findings.note if situation.only_reads else findings.fault)("LP-138", what)


def _find_writable(situation: Situation) -> None:
    """The read-write endpoint of the branch that the replica belongs to."""
    workspace = situation.workspace
    if situation.branch is None or workspace is None:
        return
    with suppress(LakepassError):
        situation.writable = workspace.find(read_target({}, resource=situation.branch))


def has_credential(situation: Situation, findings: Findings) -> None:
    """Get a password as the library does."""
    lake, choice = situation.lake, situation.choice
    if lake is None or choice is None:
        raise Skipped("the settings above name no source")
    if situation.needs_workspace and situation.place is None:
        raise Skipped("the database was not found")
    try:
        credential = new_credential(lake)
    except LakepassError as error:
        findings.fault_of(error)
        return
    situation.credential = credential
    origin = {
        MINTED: "minted by the workspace",
        NATIVE: "from the password variable",
        SCOPED: f"from the secret {'/'.join(choice.secret or ())}",
        REVEALED: "revealed by the workspace",
    }[choice.taken]
    findings.saw(f"{choice.taken}, {origin}, {len(credential.password)} characters")
    if not credential.password:
        situation.credential = None
        scope, key = choice.secret or ("", "")
        findings.fault("LP-134", f"The secret {scope}/{key} is empty.", scope=scope, key=key)


def clock_and_claims(situation: Situation, findings: Findings) -> None:
    """Check the clock, and report the claims of the token: its subject and its expiry."""
    if situation.ahead_s is not None:
        findings.saw(
            f"our clock is {situation.ahead_s:+.1f} s from the workspace's, with a resolution of 1 s"
        )
        if abs(situation.ahead_s) > FORGIVEN_S:
            way = "ahead of" if situation.ahead_s > 0 else "behind"
            findings.fault(
                "LP-216",
                f"This machine's clock is {abs(situation.ahead_s) / 60:.0f} minutes {way} the "
                "workspace's.",
            )
    if situation.credential is None:
        raise Skipped("there is no credential")
    claims = tokens.claims(situation.credential.password)
    if claims is None:
        findings.saw("a password without claims or an end")
        return
    for name in ("sub", "iss", "scope"):
        if name in claims:
            findings.saw(f"{name}: {claims[name]}")
    ends_in_s = tokens.ends_in_s(claims, now=time.time() - (situation.ahead_s or 0.0))
    if ends_in_s is None:
        return
    findings.saw(f"expires in {ends_in_s / 60:.0f} minutes")
    if ends_in_s <= 0 and situation.is_native:
        findings.fault(
            "LP-311",
            f"The token in the password variable expired {-ends_in_s / 60:.0f} minutes ago.",
        )
        situation.credential = None
