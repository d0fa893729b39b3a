"""Relates damaged values to the faults that they cause.

A damaged value can be harmless: the SDK strips blanks, and a password that is not needed is not sent.
So damage is reported as the fault if it explains something that failed, and as a note otherwise.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from lakepass.doctor.fixes.shell import WHERE, ask, fix, mint_instead
from lakepass.doctor.report import Finding, Result
from lakepass.doctor.situation import Situation
from lakepass.target.damage_kinds import HOSTS, PASSWORDS, Damage, DamageKind

DAMAGED = "LP-143"
_WORKSPACE = {
    "LP-118", "LP-119", "LP-121", "LP-201", "LP-202", "LP-203", "LP-204", "LP-211", "LP-212",
    "LP-213", "LP-218", "LP-499",
}  # fmt: skip
_HOST = {
    "LP-104", "LP-123", "LP-133", "LP-135", "LP-403", "LP-408", "LP-409", "LP-499", "LP-505",
    "LP-506", "LP-507",
}  # fmt: skip
_PASSWORD = {
    "LP-114", "LP-115", "LP-116", "LP-134", "LP-301", "LP-305", "LP-306", "LP-307", "LP-308",
    "LP-311", "LP-312", "LP-313", "LP-314", "LP-499",
}  # fmt: skip
_DATABASE = {"LP-310", "LP-401", "LP-499"}
_NAME = {"LP-102", "LP-103", "LP-117", "LP-121", "LP-122", "LP-123", "LP-124"}
# The codes that a damaged value can cause.
_EXPLAINED = {
    "DATABRICKS_HOST": _WORKSPACE | {"LP-132"},
    "DATABRICKS_TOKEN": _WORKSPACE | {"LP-115"},
    "DATABRICKS_CLIENT_ID": _WORKSPACE | {"LP-131", "LP-303", "LP-304", "LP-308"},
    "DATABRICKS_CLIENT_SECRET": _WORKSPACE | {"LP-131", "LP-115"},
    "DATABRICKS_CONFIG_PROFILE": {"LP-112"},
    "LAKEBASE_DATABASE": _DATABASE | {"LP-102"},
    "LAKEBASE_ENDPOINT": _NAME,
    "LAKEBASE_HOST": _HOST | {"LP-102"},
    "LAKEBASE_INSTANCE": _NAME | {"LP-202", "LP-214"},
    "LAKEBASE_PASSWORD": _PASSWORD | {"LP-102"},
    "LAKEBASE_PASSWORD_SECRET": {"LP-121", "LP-127"},
    "LAKEPASS_AUTH": {"LP-113"},
    "PGDATABASE": _DATABASE,
    "PGHOST": _HOST,
    "PGPASSWORD": _PASSWORD | {"LP-102"},
    "PGPORT": {"LP-105", "LP-409", "LP-506", "LP-507"},
    "PGSSLMODE": {"LP-106", "LP-107"},
    "PGSSLROOTCERT": {"LP-108", "LP-109", "LP-408"},
    "PGUSER": {"LP-128", "LP-302", "LP-303", "LP-304", "LP-308", "LP-309", "LP-314", "LP-499"},
}
# Codes whose message already says what is wrong with a value.
_OWN = {
    "LP-103", "LP-104", "LP-105", "LP-106", "LP-108", "LP-112", "LP-113", "LP-119", "LP-127",
    "LP-133", "LP-134", "LP-218", "LP-301",
}  # fmt: skip
_WITH_A_FIX_OF_THEIR_CODE = (
    DamageKind.EMPTY,
    DamageKind.ADDRESS,
    DamageKind.NOT_A_RESOURCE_NAME,
    DamageKind.TOO_LONG,
)
_REPLACED_BY = {
    "DATABRICKS_HOST": "workspace",
    "DATABRICKS_TOKEN": "token",
    "DATABRICKS_CLIENT_ID": "client-id",
    "DATABRICKS_CLIENT_SECRET": "client-secret",
    "LAKEBASE_ENDPOINT": "endpoint",
    "LAKEBASE_HOST": "host",
    "LAKEBASE_PASSWORD": "password",
    "LAKEBASE_PASSWORD_SECRET": "secret",
    "PGHOST": "host",
    "PGPASSWORD": "password",
    "PGPORT": "port",
    "PGUSER": "role",
}


def explained(results: Sequence[Result], situation: Situation) -> list[Result]:
    """The results, with each fault that a damaged value causes replaced by that damage."""
    done = list(results)
    faults = [fault for result in done for fault in result.faults]
    for damage in situation.damages:
        explains = _EXPLAINED.get(damage.variable, set())
        theirs = [fault for fault in faults if fault.code in explains]
        otherwise = _code_of(damage, situation) if theirs else DAMAGED
        code = next((fault.code for fault in theirs if fault.code in _OWN), otherwise)
        finding = _finding(code, damage, situation)
        if finding is None:
            continue
        if theirs:
            done = [_without(result, explains) for result in done]
            faults = [fault for fault in faults if fault.code not in explains]
            done[0] = replace(done[0], faults=(finding, *done[0].faults))
        elif code == DAMAGED and damage.kind is not DamageKind.EMPTY:
            done[0] = replace(done[0], notes=(*done[0].notes, finding))
    return done


def _code_of(damage: Damage, situation: Situation) -> str:
    """The code for damage that caused a fault whose own code does not mention values.

    How a server refuses a truncated token varies: some cannot be decoded, others only have a wrong
    signature. The cause is the same.
    """
    if damage.variable in HOSTS:
        return "LP-104"
    if damage.variable in PASSWORDS and "eyJ" in situation.environ[damage.variable]:
        return "LP-301"
    return DAMAGED


def _without(result: Result, codes: set[str]) -> Result:
    return replace(result, faults=tuple(one for one in result.faults if one.code not in codes))


def _finding(code: str, damage: Damage, situation: Situation) -> Finding | None:
    """The damage as a finding; None if the fix for its code is more specific."""
    variable = damage.variable
    what = _REPLACED_BY.get(variable)
    if damage.kind in _WITH_A_FIX_OF_THEIR_CODE:
        return None
    if variable in HOSTS and _names_the_workspace(situation.environ[variable], situation):
        return None
    if (
        damage.kind in (DamageKind.CUT_OFF, DamageKind.UNEXPANDED, DamageKind.PLACEHOLDER)
        or not damage.repair
    ):
        if variable in PASSWORDS:
            cure = fix("Remove it, so that a credential is minted.", *mint_instead(situation))
        elif damage.kind is DamageKind.MIXED_UP:
            cure = fix(f"Set {variable} to the right value.", ask(variable, str(what)))
        elif what in WHERE:
            cure = fix(f"Set {variable} to its whole value.", ask(variable, str(what)))
        else:
            cure = fix(f"Set {variable} to its whole value, or unset it.", f"unset {variable}")
    elif _is_expiring(variable, situation):
        cure = fix("Remove it, so that a credential is minted.", *mint_instead(situation))
    else:
        cure = fix(f"Repair the value where {variable} is set.", damage.repair)
    return Finding(code, {"variable": variable, "damage": damage.kind.value}, damage.happened, cure)


def _names_the_workspace(host: str, situation: Situation) -> bool:
    """Whether the workspace's address is set where a database host is expected."""
    workspace = urlsplit(situation.environ.get("DATABRICKS_HOST", "")).netloc
    return bool(workspace) and urlsplit(host).netloc == workspace


def _is_expiring(variable: str, situation: Situation) -> bool:
    """Whether the value is a token used as a password, which would expire within the hour."""
    holds_token = "eyJ" in situation.environ.get(variable, "")
    return variable in PASSWORDS and holds_token and situation.can_sign_in
