"""Builds shell lines for a situation: variables to export or unset, and commands."""

import re
import shlex
from dataclasses import replace

from lakepass.doctor.defaults import without_option
from lakepass.doctor.report import Fix
from lakepass.doctor.situation import Situation
from lakepass.target.settings import DEFAULT_DATABASE

# Where users find the values that only they can fill in; a line has <name> instead.
WHERE = {
    "workspace": "the first part of the workspace's address in the browser, up to the end of the "
    "host name: https://….cloud.databricks.com, https://adb-….azuredatabricks.net",
    "client-id": "the application id of the service principal: workspace settings, “Identity and "
    "access”, “Service principals”; of an app, on its page under “Authorization”",
    "client-secret": "an OAuth secret of the service principal; a new one is generated in workspace "
    "settings, “Identity and access”, “Service principals”, tab “Secrets”",
    "token": "a new personal access token: user settings, “Developer”, “Access tokens”",
    "endpoint": "the endpoint's resource name: `databricks postgres list-endpoints "
    "projects/<project>/branches/production`, or the Connect dialog of the database",
    "host": "the host name in the Connect dialog of the database",
    "role": "the Postgres role that the password belongs to: page of the branch, “Roles & Databases”",
    "password": "the role's password: page of the branch, “Roles & Databases”, “Reset password”",
    "authority": "a PEM file with the certificate of the authority; of a local Lakebase, the file "
    "that `lakepass emulator` prints as PGSSLROOTCERT",
    "port": "the port in the Connect dialog of the database; 5432, unless it is a local Lakebase",
    "secret": "scope/key of the secret that holds the password: `databricks secrets list-scopes`",
}
PRINCIPAL = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
PASSWORDS = ("PGPASSWORD", "LAKEBASE_PASSWORD")


def export(name: str, value: str) -> str:
    """The line that sets a variable, quoted as needed."""
    return f"export {name}={shlex.quote(value)}"


def ask(name: str, what: str) -> str:
    """The line that sets a variable to a placeholder for the user to fill in."""
    return f"export {name}='<{what}>'"


def unset(situation: Situation, *names: str) -> list[str]:
    """The line that unsets those of the variables that are set; empty if none is."""
    found = situation.are_set(*names)
    return [f"unset {' '.join(found)}"] if found else []


def take_out(situation: Situation, variable: str, settings: object) -> list[str]:
    """The line that takes settings out of PGOPTIONS and keeps the others, or unsets a variable."""
    kept = ""
    if variable == "PGOPTIONS" and isinstance(settings, list) and settings:
        kept = without_option(situation.environ[variable], settings)
    return [export(variable, kept)] if kept else unset(situation, variable)


def fix(advice: str, *lines: str) -> Fix:
    """A fix, with explanations for the placeholders in its lines."""
    fill_in = {name: where for name, where in WHERE.items() if f"<{name}>" in " ".join(lines)}
    return Fix(advice, lines, fill_in)


def options(situation: Situation, database: str = "") -> str:
    """Options that select this database, or another one, for a lakepass command in any shell."""
    words = []
    if situation.place and situation.place.endpoint:
        words += ["--endpoint", situation.place.endpoint]
    elif situation.place and situation.place.instance:
        words += ["--instance", situation.place.instance]
    database = database or (situation.target.database if situation.target else DEFAULT_DATABASE)
    if database != DEFAULT_DATABASE:
        words += ["--database", database]
    return "".join(f" {shlex.quote(word)}" for word in words)


def grant(situation: Situation, role: str, *more: str) -> str:
    """The `lakepass grant` command for this role."""
    words = " ".join(shlex.quote(word) for word in ("lakepass", "grant", role, *more))
    return words + options(situation)


def psql(situation: Situation, *statements: str, database: str = "") -> str:
    """Statements, run here or in another database by `lakepass psql`."""
    each = "".join(f" -c {shlex.quote(one)}" for one in statements)
    return f"lakepass psql{options(situation, database)} --{each}"


def mint_instead(situation: Situation) -> list[str]:
    """Lines after which a database credential is minted, for any identity.

    Without a sign-in, the role's name shows the type: a service principal or a user.
    """
    environ = situation.environ
    lines = []
    if not environ.get("DATABRICKS_HOST") and not _has_profile(situation):
        lines.append(ask("DATABRICKS_HOST", "workspace"))
    if not situation.can_sign_in:
        lines += sign_in(situation)
    pinned = environ.get("LAKEPASS_AUTH") == "password"
    lines += unset(situation, *PASSWORDS, *(["LAKEPASS_AUTH"] if pinned else []))
    if situation.identity and situation.identity.certainty == "possible":
        lines.append("export LAKEPASS_AUTH=oauth")
    return lines


def sign_in(situation: Situation) -> list[str]:
    """Lines that name the identity if none is set: from the role's name, if possible."""
    environ, role = situation.environ, situation.environ.get("PGUSER", "")
    if environ.get("DATABRICKS_CLIENT_ID"):
        return [ask("DATABRICKS_CLIENT_SECRET", "client-secret")]
    if "@" in role:
        return [ask("DATABRICKS_TOKEN", "token")]
    client_id = export("DATABRICKS_CLIENT_ID", role) if is_client_id(role) else ""
    return [
        client_id or ask("DATABRICKS_CLIENT_ID", "client-id"),
        ask("DATABRICKS_CLIENT_SECRET", "client-secret"),
    ]


def in_profile(fix_: Fix, situation: Situation) -> Fix:
    """The same fix for an identity whose settings come from a profile, where they are changed.

    A variable beside a profile can make the SDK read no profile at all (databricks-sdk, `config.py`).
    """
    name = situation.profile
    if not name:
        return fix_
    lines = tuple(_line_in_profile(line, name, situation) for line in fix_.lines)
    advice = fix_.advice
    if lines != fix_.lines:
        advice = advice.replace("DATABRICKS_HOST", f"host of the profile {name}")
    return replace(fix_, advice=advice, lines=lines)


def _line_in_profile(line: str, name: str, situation: Situation) -> str:
    """The line that writes a setting to the file, if this line exports it and it is not set."""
    found = re.fullmatch(
        r"export DATABRICKS_(HOST|TOKEN|CLIENT_ID|CLIENT_SECRET)='?([^']*)'?", line
    )
    if not found or situation.are_set(f"DATABRICKS_{found[1]}"):
        return line
    key, section = found[1].lower(), rf"^\[{re.escape(name)}\]"
    file = situation.environ.get("DATABRICKS_CONFIG_FILE") or "~/.databrickscfg"
    where = file if file.startswith("~/") else shlex.quote(file)
    return f"sed -i -e '/{section}/,/^\\[/{{/^{key} *=/d}}' -e '/{section}/a {key} = {found[2]}' {where}"


def is_client_id(name: str) -> bool:
    """Whether a name is a service principal's client id."""
    from lakepass.commands.grants import IdentityType, guess_kind  # noqa: PLC0415

    return guess_kind(name) is IdentityType.SERVICE_PRINCIPAL


def _has_profile(situation: Situation) -> bool:
    return bool(situation.identity and situation.identity.host)
