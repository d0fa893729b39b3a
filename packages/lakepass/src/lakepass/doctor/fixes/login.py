"""Fixes of what Postgres refuses at the login: LP-3xx."""

import re

from lakepass.commands.grants import IdentityType, guess_kind, literal, quoted
from lakepass.doctor.fixes.shell import (
    PASSWORDS,
    ask,
    export,
    fix,
    grant,
    mint_instead,
    psql,
    unset,
)
from lakepass.doctor.report import Finding, Fix
from lakepass.doctor.situation import Situation
from lakepass.doctor.tokens import claims
from lakepass.target.damage import differs_in_case
from lakepass.target.settings import DEFAULT_DATABASE

_AS_ADMIN = "# as a member of databricks_superuser, such as the creator of the database:"
_OF_THE_SERVER = ("postgres", "template0", "template1")  # databases
_SYSTEM_ROLES = ("postgres", "pg_", "databricks_", "cloud_admin", "neon_")  # their prefixes
# From Postgres 16 on, CREATEROLE alone is not enough: PostgreSQL documentation, "Role Attributes".
_AS_CREATOR = "# as the role that created it, and so has the ADMIN option on it:"


def _send_a_credential(situation: Situation, _: Finding) -> Fix:
    """LP-301, LP-311, LP-312: the password that was sent prevents a credential from being minted."""
    sent = unset(situation, *PASSWORDS)
    if not sent:
        return fix("Look at the server's message: the credential was minted for this login.")
    return fix(
        "Remove it, so that a credential is minted for each login.", *mint_instead(situation)
    )


def _make_the_role_again(situation: Situation, _: Finding) -> Fix:
    """LP-302: a name other than that of the identity, or a role created without its identity."""
    role = situation.role or ""
    if other := _another_identity(role, situation):
        return other
    return fix(
        f"Have the creator of {role} drop it and create it for its identity. A role that owns "
        "objects cannot be dropped: reassign them first (REASSIGN OWNED).",
        _AS_CREATOR,
        psql(situation, f"DROP ROLE {quoted(role)}"),
        grant(situation, role),
        *_by_the_api(situation, "delete-role NAME"),
    )


def _by_the_api(situation: Situation, command: str) -> list[str]:
    """The same through the API, for managers of the project: it works for roles of every creator."""
    branch = situation.branch
    if not branch:
        return []
    return [
        "# or, instead of the line with ROLE in it, as a manager of the project (CAN MANAGE):",
        f"# databricks postgres list-roles {branch}    # shows the role's NAME",
        f"# databricks postgres {command}",
    ]


def _log_in_as_who_signs_in(situation: Situation, _: Finding) -> Fix:
    """LP-303."""
    name = situation.identity_name
    if situation.is_native and situation.credential:
        owner = (claims(situation.credential.password) or {}).get("sub")
        if isinstance(owner, str) and owner:
            return fix(
                f"The token in the password variable is that of {owner}: log in as it. Or remove the "
                "token, so that a credential of your own is minted.",
                export("PGUSER", owner),
            )
    if not name:
        return fix("Log in as the identity that signs in.", *unset(situation, "PGUSER"))
    return fix(f"The credential is that of {name}: log in as it.", export("PGUSER", name))


def _create_the_role(situation: Situation, _: Finding) -> Fix:
    """LP-304, LP-308: a name other than that of the identity, or a role that does not exist."""
    role = situation.role or ""
    if other := _another_identity(role, situation):
        return other
    if not role:
        return fix("Name the role to log in as.", ask("PGUSER", "role"))
    kind = guess_kind(role).value.lower().replace("_", "-")
    return fix(
        f"Have an administrator create the role of {role}, a {kind.replace('-', ' ')}; for an app, "
        "attaching the database does it.",
        _AS_ADMIN,
        grant(situation, role, f"--as-{kind}"),
    )


def _another_identity(role: str, situation: Situation) -> Fix | None:
    """The fix for a role that the identity cannot log in as, whatever is granted."""
    name = situation.identity_name
    if not name or role == name:
        return None
    if differs_in_case(role, name):
        advice = f"Names of roles are case-sensitive: {role} is not {name}."
        return fix(advice, export("PGUSER", name))
    if _is_group_of(role, situation):
        return None
    if _has_password_of(role, situation):
        return fix(
            f"The password variable may hold the password of {role}, but while somebody signs in to "
            "the workspace, a credential is minted. To use the password, set LAKEPASS_AUTH; or set "
            f"PGUSER={name} to log in as the identity that signs in.",
            export("LAKEPASS_AUTH", "password"),
        )
    return fix(
        f"{role} is not the identity that signs in, nor a group that it is in: log in as {name}.",
        export("PGUSER", name),
    )


def _has_password_of(role: str, situation: Situation) -> bool:
    """Whether a variable may hold the native password of a role that may have one."""
    if guess_kind(role) is not IdentityType.GROUP or role.startswith(_SYSTEM_ROLES):
        return False
    if situation.state is not None and situation.state.native_login is False:
        return False
    values = [situation.environ.get(name, "") for name in PASSWORDS]
    return any(value and not value.startswith(("eyJ", "dapi", "dose")) for value in values)


def _is_group_of(role: str, situation: Situation) -> bool:
    """Whether a role can be that of a group. If groups are unknown, judged by its name."""
    if guess_kind(role) is not IdentityType.GROUP:
        return False
    if situation.groups is None:
        return not role.startswith(_SYSTEM_ROLES)
    return role in situation.groups


def _allow_login(situation: Situation, _: Finding) -> Fix:
    """LP-309."""
    role = situation.role or ""
    method = "PG_PASSWORD_SCRAM_SHA_256" if situation.is_native else "LAKEBASE_OAUTH_V1"
    spec = f'{{"spec": {{"auth_method": "{method}"}}}}'
    return fix(
        f"Have the creator of {role} allow it to log in.",
        _AS_CREATOR,
        psql(situation, f"ALTER ROLE {quoted(role)} LOGIN"),
        *_by_the_api(situation, f"update-role NAME spec.auth_method --json '{spec}'"),
    )


def _let_connect(situation: Situation, finding: Finding) -> Fix:
    """LP-310: the default database of the server is mistaken for that of the app."""
    if situation.target and situation.target.database in _OF_THE_SERVER:
        return fix(
            f"{situation.target.database} is the server's own database: connect to "
            f"{DEFAULT_DATABASE}.",
            export("PGDATABASE", DEFAULT_DATABASE),
            *unset(situation, "LAKEBASE_DATABASE"),
        )
    if finding.facts.get("is_closed"):
        name = quoted(situation.target.database if situation.target else "")
        return fix(
            "Have its owner let it take connections again, or connect to another one.",
            "# as the owner of the database:",
            psql(
                situation,
                f"ALTER DATABASE {name} ALLOW_CONNECTIONS true",
                database=DEFAULT_DATABASE,
            ),
        )
    return fix(
        "Have the owner of the database grant CONNECT; for an app, attaching the database does it.",
        "# as the owner of the database:",
        grant(situation, situation.role or ""),
    )


def _fill_the_password(situation: Situation, _: Finding) -> Fix:
    """LP-305."""
    holder = next((name for name in PASSWORDS if name in situation.environ), "PGPASSWORD")
    if situation.can_sign_in:
        return fix("Remove it, so that a credential is minted.", *mint_instead(situation))
    return fix("Give the variable a value.", ask(holder, "password"))


def _another_workspace(situation: Situation, _: Finding) -> Fix:
    """LP-306, LP-307: for a credential that was just minted."""
    if unset(situation, *PASSWORDS) and situation.is_native:
        return _send_a_credential(situation, _)
    return fix(
        f"Set DATABRICKS_HOST to the workspace that owns {situation.facts().get('host')}.",
        ask("DATABRICKS_HOST", "workspace"),
    )


def _native_login(situation: Situation, _: Finding) -> Fix:
    """LP-313: prefer a credential to enabling native login."""
    place = situation.place
    switch = []
    if place and place.endpoint:
        project = place.endpoint.partition("/branches/")[0]
        switch = [
            f"# databricks postgres update-project {project} spec.enable_pg_native_login \\",
            '#   --json \'{"spec": {"enable_pg_native_login": true}}\'',
        ]
    elif place and place.instance:
        switch = [
            f"# databricks database update-database-instance {place.instance} "
            "enable_pg_native_login \\",
            "#   --json '{\"enable_pg_native_login\": true}'",
        ]
    role = situation.environ.get("PGUSER", "")
    named = unset(situation, "PGUSER") if guess_kind(role) is IdentityType.GROUP else []
    return fix(
        "Let a database credential be minted. Or have a manager of the project enable native login: "
        "passwords that do not expire then give access to the whole project.",
        *mint_instead(situation),
        *named,
        *(["# or, instead of these:", *switch] if switch else []),
    )


def _looks_swapped(role: str, password: str) -> bool:
    """Whether the role looks like a generated password, and the password like the name of a role."""
    is_generated = len(role) >= 16 and all(
        re.search(kind, role) for kind in ("[a-z]", "[A-Z]", "[0-9]")
    )
    return is_generated and "@" not in role and bool(re.fullmatch("[a-z_][a-z0-9_]*", password))


def _set_the_password(situation: Situation, _: Finding) -> Fix:
    """LP-314."""
    holder = next((name for name in PASSWORDS if situation.environ.get(name)), "PGPASSWORD")
    role = situation.role or ""
    if _looks_swapped(role, situation.environ.get(holder, "")):
        return fix(
            f"PGUSER holds what looks like a password, and {holder} what looks like a role: give each "
            "the value of the other.",
            f'export PGUSER="${holder}" {holder}="$PGUSER"',
        )
    return fix(
        f"Set the password of {role}. If nobody knows it, have a new one set.",
        "# if it is unknown, or VALID UNTIL has passed, the creator of the role sets a new one: "
        f"ALTER ROLE {quoted(role)} PASSWORD {literal('…')} VALID UNTIL 'infinity'",
        ask(holder, "password"),
    )


FIXES = {
    "LP-301": _send_a_credential,
    "LP-302": _make_the_role_again,
    "LP-303": _log_in_as_who_signs_in,
    "LP-304": _create_the_role,
    "LP-305": _fill_the_password,
    "LP-306": _another_workspace,
    "LP-307": _another_workspace,
    "LP-308": _create_the_role,
    "LP-309": _allow_login,
    "LP-310": _let_connect,
    "LP-311": _send_a_credential,
    "LP-312": _send_a_credential,
    "LP-313": _native_login,
    "LP-314": _set_the_password,
}
