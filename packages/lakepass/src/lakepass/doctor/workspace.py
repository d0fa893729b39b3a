"""The checks that ask the workspace: does it answer, who are we, where is the database, a password."""

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime

from lakepass.credentials.sources import MINTED, NATIVE, REVEALED, SCOPED
from lakepass.doctor import tokens
from lakepass.doctor.patient import Notebook, Patient, Skipped
from lakepass.errors import LakepassError

ANSWER_S = 5.0
# Databricks signs tokens with a time; RFC 7519, section 4.1.4, calls a few minutes leeway usual.
FORGIVEN_S = 300.0
_UNCLEAR = (
    "LP-203",
    "LP-204",
    "LP-121",
    "LP-214",
)  # what another server than a workspace brings about


def answers(patient: Patient, book: Notebook) -> None:
    """Ask what everyone may ask of a workspace (databricks-sdk, `config.py`), and for its time."""
    identity, _ = patient.signing_in()
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
        patient.is_workspace = False
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            reason = reason.verify_message
        book.saw(f"{host}: {reason}")
        book.fault("LP-203", because=reason)
        return
    if date:
        patient.ahead_s = (asked_at + time.time()) / 2 - parsedate_to_datetime(date).timestamp()
    patient.is_workspace = _is_workspace(status, body)
    book.saw(
        f"{host} answers{'' if patient.is_workspace else f' {status}, but not as a workspace'}"
    )


def _is_workspace(status: int, body: bytes) -> bool:
    try:
        return status == 200 and "oidc_endpoint" in json.loads(body)
    except (ValueError, TypeError):
        return False


def signs_in(patient: Patient, book: Notebook) -> None:
    """Sign in, and ask who that makes us."""
    identity, workspace = patient.signing_in()
    if patient.is_workspace is False and patient.ahead_s is None:
        raise Skipped("the workspace does not answer")
    book.saw(f"by {identity.kind}: {identity.why}")
    try:
        patient.identity_name = workspace.whoami()
    except LakepassError as error:
        other = patient.is_workspace is False and error.code in _UNCLEAR
        book.fault_of(error, "LP-218" if other else "")
        return
    book.saw(f"signed in as {patient.identity_name}")


def finds_target(patient: Patient, book: Notebook) -> None:
    """Look up what is named, how it is doing, and whether PGHOST belongs to it."""
    target = patient.target
    if target is None:
        raise Skipped("the settings above name no database")
    book.saw(f"{target.kind} {target.name}, database {target.database}")
    _, workspace = patient.signing_in()
    if patient.identity_name is None:
        raise Skipped("nobody is signed in to the workspace")
    try:
        patient.place = patient.lake._find()[0] if patient.lake else workspace.find(target)
        patient.state = workspace.state_of(patient.place)
    except LakepassError as error:
        book.fault_of(error)
        return
    state = patient.state
    if state is None:
        return
    book.saw(f"{state.name}: {state.state}")
    book.saw(f"host: {', '.join(state.hosts.values()) or 'none yet'}")
    if state.native_login is not None:
        book.saw(f"native login: {'on' if state.native_login else 'off'}")
    if state.is_stopped:
        book.fault("LP-411", f"{state.name} is stopped.")
    if target.host:
        _look_at_host(target.host, state.hosts, book)


def _look_at_host(host: str, hosts: dict[str, str], book: Notebook) -> None:
    known = {one.lower(): kind for kind, one in hosts.items()}
    if known and host.lower().rstrip(".") not in known:
        book.fault("LP-135", PGHOST=host, hosts=", ".join(known))


def kind_of_host(patient: Patient, book: Notebook) -> None:
    """What the host name itself tells: a pooler, or read-only (Databricks docs, see catalogue)."""
    host = patient.host
    label = host.partition(".")[0]
    kinds = {
        one.lower(): kind for kind, one in (patient.state.hosts if patient.state else {}).items()
    }
    kind = kinds.get(host.lower(), "")
    if "pooled" in kind or label.endswith("-pooler"):
        book.saw(f"{host} is a pooler: native passwords only, transaction by transaction")
    if kind != "host" and ("read_only" in kind or label.removesuffix("-pooler").endswith("-ro")):
        book.saw(f"{host} is read-only")
        (book.fault if patient.is_writing else book.note)("LP-138")


def has_credential(patient: Patient, book: Notebook) -> None:
    """Get a password the way the library does."""
    lake, choice = patient.lake, patient.choice
    if lake is None or choice is None:
        raise Skipped("the settings above name no source")
    if patient.needs_workspace and patient.place is None:
        raise Skipped("the database was not found")
    try:
        credential = lake._issue()
    except LakepassError as error:
        book.fault_of(error)
        return
    patient.credential = credential
    origin = {
        MINTED: "minted by the workspace",
        NATIVE: "from the password variable",
        SCOPED: f"from the secret {'/'.join(choice.secret or ())}",
        REVEALED: "revealed by the workspace",
    }[choice.taken]
    book.saw(f"{choice.taken}, {origin}, {len(credential.password)} characters")
    if not credential.password:
        patient.credential = None
        scope, key = choice.secret or ("", "")
        book.fault("LP-134", f"The secret {scope}/{key} is empty.", scope=scope, key=key)


def clock_and_claims(patient: Patient, book: Notebook) -> None:
    """Whether our clock is right, and what the token says of itself: whose it is and until when."""
    if patient.ahead_s is not None:
        book.saw(
            f"our clock is {patient.ahead_s:+.1f} s from the workspace's, which is to the second"
        )
        if abs(patient.ahead_s) > FORGIVEN_S:
            way = "ahead of" if patient.ahead_s > 0 else "behind"
            book.fault(
                "LP-216",
                f"This machine's clock is {abs(patient.ahead_s) / 60:.0f} minutes {way} the "
                "workspace's.",
            )
    if patient.credential is None:
        raise Skipped("there is no credential")
    claims = tokens.claims(patient.credential.password)
    if claims is None:
        book.saw("a password without claims or an end")
        return
    for name in ("sub", "iss", "scope"):
        if name in claims:
            book.saw(f"{name}: {claims[name]}")
    ends_in_s = tokens.ends_in_s(claims, now=time.time() - (patient.ahead_s or 0.0))
    if ends_in_s is None:
        return
    book.saw(f"ends in {ends_in_s / 60:.0f} minutes")
    if ends_in_s <= 0 and patient.is_native:
        book.fault(
            "LP-311", f"The token in the password variable ended {-ends_in_s / 60:.0f} minutes ago."
        )
        patient.credential = None
