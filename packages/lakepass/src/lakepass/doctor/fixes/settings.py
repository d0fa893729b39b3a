"""Fixes of settings: LP-1xx."""

import re
import shlex
from collections.abc import Callable

from lakepass.diagnoses.diagnosis import VERIFIED
from lakepass.doctor import variables
from lakepass.doctor.fixes.shell import (
    PASSWORDS,
    PRINCIPAL,
    ask,
    export,
    fix,
    is_client_id,
    mint_instead,
    psql,
    sign_in,
    take_out,
    unset,
)
from lakepass.doctor.report import Finding, Fix
from lakepass.doctor.situation import Situation

_IN_APP_YAML = (
    "# app.yaml, with the database attached to the app under the key `postgres`:",
    "#   env:",
    "#     - name: LAKEBASE_ENDPOINT",
    "#       valueFrom: postgres",
)


def _name_the_database(situation: Situation, _: Finding) -> Fix:
    """LP-101: from a variable that nothing reads, or from the workspace's databases."""
    if situation.as_app:
        return fix("Have app.yaml ask for the endpoint, and deploy the app again.", *_IN_APP_YAML)
    for name, read in variables.unread(situation.environ).items():
        if read in ("LAKEBASE_INSTANCE", "LAKEBASE_ENDPOINT"):
            prefix = "projects/" if read == "LAKEBASE_ENDPOINT" else ""
            value = situation.environ[name]
            line = export(read, value if value.startswith(prefix) else prefix + value)
            return fix(f"{name} is not read; set {read}.", line)
    return fix("Name the database by its endpoint.", *name_one_of(situation))


def name_one_of(situation: Situation) -> list[str]:
    """Lines that name a database of the workspace: the only one, or one of several."""
    if len(situation.databases) == 1:
        name = situation.databases[0]
        kind = "LAKEBASE_ENDPOINT" if name.startswith("projects/") else "LAKEBASE_INSTANCE"
        other = {"LAKEBASE_ENDPOINT", "LAKEBASE_INSTANCE"} - {kind}
        return [export(kind, name), *unset(situation, *other)]
    seen = [f"#   {name}" for name in situation.databases]
    there = ["# This identity may see:", *seen] if seen else []
    return [*there, ask("LAKEBASE_ENDPOINT", "endpoint")]


def _unset_the_second(situation: Situation, finding: Finding) -> Fix:
    """LP-102: the one that is not libpq's, or the instance rather than the endpoint."""
    named = re.findall(r"\b(?:PG|LAKEBASE_)[A-Z_]+\b", finding.title) or list(finding.facts)
    known = [name for name in named if name in situation.environ]
    second = next((name for name in known if name.startswith("LAKEBASE_")), "LAKEBASE_INSTANCE")
    if "LAKEBASE_INSTANCE" in finding.facts:
        second = "LAKEBASE_INSTANCE"
    others = ", ".join(name for name in known if name != second) or "LAKEBASE_ENDPOINT"
    return fix(
        f"Keep {others}, which is read first everywhere, or unset that one if {second} is right.",
        *unset(situation, second),
    )


def _write_the_resource_name(situation: Situation, _: Finding) -> Fix:
    """LP-103."""
    value = situation.environ.get("LAKEBASE_ENDPOINT", "")
    is_id = bool(re.match(r"(?:ep|br)-[a-z]+-[a-z]+-\w+$|[0-9a-f]{8}-[0-9a-f]{4}-", value))
    is_key = bool(value) and "/" not in value and "." not in value and not is_id
    yaml = _IN_APP_YAML if is_key else ()
    advice = "Set LAKEBASE_ENDPOINT to a resource name, projects/…/branches/…/endpoints/…"
    advice += f"; {value} is a unique id." if is_id else "."
    if is_key:
        advice = (
            f"{value!r} looks like the key of a resource: in app.yaml write valueFrom: {value}, not "
            "value:. Elsewhere set the resource name."
        )
    if situation.databases or not situation.environ.get("PGHOST"):
        return fix(advice, *yaml, *name_one_of(situation))
    return fix(
        f"{advice} Here PGHOST names the database already.", *yaml, "unset LAKEBASE_ENDPOINT"
    )


def _write_a_host_name(situation: Situation, _: Finding) -> Fix:
    """LP-104."""
    variable = "PGHOST" if situation.environ.get("PGHOST") else "LAKEBASE_HOST"
    if situation.are_set("LAKEBASE_ENDPOINT", "LAKEBASE_INSTANCE"):
        advice = f"Unset {variable}: the host is looked up by the name of the database."
        return fix(advice, *unset(situation, variable))
    advice = "Set it to the host name that the Connect dialog of the database shows."
    return fix(advice, ask(variable, "host"))


def _write_the_port(situation: Situation, _: Finding) -> Fix:
    digits = re.match(r"\D{0,3}(\d{1,5})(?!\d)", situation.environ.get("PGPORT", ""))
    if digits and 0 < int(digits[1]) < 65536:
        return fix("Set PGPORT to the number alone.", export("PGPORT", digits[1]))
    if situation.has_private_authority or "localhost" in situation.environ.get("PGHOST", ""):
        return fix("Set PGPORT to the port of the local Lakebase.", ask("PGPORT", "port"))
    return fix("Unset PGPORT: the service is at 5432.", "unset PGPORT")


def verify(situation: Situation) -> list[str]:
    """Lines that enable certificate verification, with the authority that is needed."""
    mode = export("PGSSLMODE", "verify-full")
    if situation.environ.get("PGSSLROOTCERT"):
        return [mode]
    host = situation.environ.get("PGHOST", "")
    is_private = situation.is_publicly_trusted is False or host.startswith(("localhost", "127."))
    return [mode, ask("PGSSLROOTCERT", "authority")] if is_private else list(VERIFIED)


def _verify(situation: Situation, finding: Finding) -> Fix:
    return fix(finding.diagnosis.fix, *verify(situation))


def _find_the_authority(situation: Situation, finding: Finding) -> Fix:
    """LP-108, LP-408: the system's authorities for the service, a file for a private one."""
    if "psql" in finding.title:
        bundle = "/etc/ssl/certs/ca-certificates.crt"
        advice = "Use psql 16 or newer, or `lakepass psql`, or name the file of the authorities."
        return fix(advice, export("PGSSLROOTCERT", bundle))
    host = situation.environ.get("PGHOST", "")
    if situation.has_private_authority or host.startswith(("localhost", "127.")):
        advice = "Name the file with the authority of the local Lakebase."
        return fix(advice, ask("PGSSLROOTCERT", "authority"))
    if situation.environ.get("PGSSLROOTCERT"):
        advice = "Unset PGSSLROOTCERT: the service's certificates are known to the system."
        return fix(advice, "unset PGSSLROOTCERT")
    if situation.environ.get("PGHOST") and situation.are_set("LAKEBASE_ENDPOINT"):
        return fix("PGHOST may be the wrong host: let it be looked up.", "unset PGHOST")
    advice = "Check PGHOST. If a proxy intercepts TLS, name its authority."
    return fix(advice, ask("PGSSLROOTCERT", "authority"))


def _keep_one_identity(situation: Situation, _: Finding) -> Fix:
    """LP-111: the one whose role PGUSER is; in an app, the app."""
    environ = situation.environ
    user = environ.get("PGUSER", "")
    token = unset(situation, "DATABRICKS_TOKEN")
    principal = unset(situation, *PRINCIPAL)
    wants_person = "@" in user and not situation.as_app
    if token and principal and not wants_person:
        who = environ.get("DATABRICKS_CLIENT_ID", "the service principal")
        forwarded = " A user's forwarded token belongs in Lakebase.for_user(token), not into the "
        return fix(
            f"Unset DATABRICKS_TOKEN: the program then acts as the service principal {who}."
            + (f"{forwarded}environment." if environ["DATABRICKS_TOKEN"].startswith("eyJ") else ""),
            *token,
        )
    if token and principal:
        return fix(f"PGUSER is {user}: keep the token, and act as that user.", *principal)
    others = unset(situation, "DATABRICKS_USERNAME", "DATABRICKS_PASSWORD", "ARM_CLIENT_SECRET")
    return fix("Keep the identity that is meant, and unset the other.", *(others or token))


def _name_a_profile(situation: Situation, finding: Finding) -> Fix:
    """LP-112."""
    environ = situation.environ
    name = environ.get("DATABRICKS_CONFIG_PROFILE", "")
    if environ.get("DATABRICKS_TOKEN") or all(environ.get(one) for one in PRINCIPAL):
        return fix("Unset the profile: other variables say who signs in.", *unset(
            situation, "DATABRICKS_CONFIG_PROFILE"
        ))  # fmt: skip
    if there := finding.facts.get("there"):
        return fix(
            f"Names of profiles are case-sensitive: the file has {there}.",
            export("DATABRICKS_CONFIG_PROFILE", str(there)),
        )
    host = environ.get("DATABRICKS_HOST")
    command = f"databricks auth login --host {shlex.quote(host or '<workspace>')}"
    return fix(
        "Sign in, which writes the profile; or name one that exists (databricks auth profiles).",
        f"{command} --profile {shlex.quote(name)}",
    )


def _token_is_no_password(situation: Situation, _: Finding) -> Fix:
    """LP-114: remove it if somebody signs in already; else sign in with it."""
    holders = [name for name in PASSWORDS if situation.environ.get(name, "").strip()[:4] == "dapi"]
    pinned = situation.environ.get("LAKEPASS_AUTH") == "password"
    removed = unset(situation, *holders, *(["LAKEPASS_AUTH"] if pinned else []))
    if not holders:
        return fix(
            "The secret holds it: put a native password there, or mint a credential instead.",
            *unset(situation, "LAKEBASE_PASSWORD_SECRET", "LAKEPASS_AUTH"),
        )
    identity = situation.identity
    by_others = identity is not None and identity.certainty == "known"
    if by_others and f"{holders[0]} holds" not in identity.why:  # type: ignore[union-attr]  # as above
        return fix("Remove it: somebody signs in already, and nothing uses it.", *removed)
    lines = (
        [] if situation.environ.get("DATABRICKS_HOST") else [ask("DATABRICKS_HOST", "workspace")]
    )
    return fix(
        "Sign in to the workspace with it, which then issues the database credential.",
        *lines,
        f'export DATABRICKS_TOKEN="${holders[0]}"',
        *removed,
    )


def _sign_in(situation: Situation, finding: Finding) -> Fix:
    """LP-115, LP-118, LP-131, LP-132."""
    environ = situation.environ
    lines = [] if environ.get("DATABRICKS_HOST") else [ask("DATABRICKS_HOST", "workspace")]
    chosen = environ.get("DATABRICKS_AUTH_TYPE")
    if chosen and (environ.get("DATABRICKS_TOKEN") or all(environ.get(one) for one in PRINCIPAL)):
        advice = f"Unset DATABRICKS_AUTH_TYPE={chosen}: it asks for variables that are not set."
        return fix(advice, *lines, *unset(situation, "DATABRICKS_AUTH_TYPE"))
    if finding.code == "LP-132":
        return fix("Say which workspace.", *lines)
    if (profile := situation.profile) and situation.identity:
        if environ.get("DATABRICKS_TOKEN") or all(environ.get(one) for one in PRINCIPAL):
            return _name_a_profile(situation, finding)
        if not situation.identity.host:
            return fix(f"The profile {profile} has no host: say which workspace it is for.", *lines)
        host = shlex.quote(situation.identity.host)
        command = f"databricks auth login --host {host} --profile {shlex.quote(profile)}"
        return fix(f"The profile {profile} does not say who signs in: sign in with it.", command)
    if finding.code == "LP-131" and not environ.get("DATABRICKS_CLIENT_ID"):
        user = environ.get("PGUSER", "")
        line = export("DATABRICKS_CLIENT_ID", user) if is_client_id(user) else ""
        return fix("Set the other half.", *lines, line or ask("DATABRICKS_CLIENT_ID", "client-id"))
    return fix("Say who signs in to the workspace.", *lines, *sign_in(situation))


def _remove_password(situation: Situation, finding: Finding) -> Fix:
    """LP-134, LP-140: mint a credential, or give the password a value."""
    scope, key = finding.facts.get("scope"), finding.facts.get("key")
    if scope and not (situation.can_sign_in and situation.role == situation.identity_name):
        secret = f"{shlex.quote(str(scope))} {shlex.quote(str(key))}"
        command = f"databricks secrets put-secret {secret} --string-value '<password>'"
        return fix("Give the secret a value.", command)
    if finding.code == "LP-134" and not situation.can_sign_in and not scope:
        holder = next(name for name in PASSWORDS if situation.environ.get(name) == "")
        return fix("Give the variable a value.", ask(holder, "password"))
    extra = unset(situation, "LAKEBASE_PASSWORD_SECRET") if scope else []
    return fix("Remove it, so that a credential is minted.", *mint_instead(situation), *extra)


def _name_the_secret(*_: object) -> Fix:
    """LP-127."""
    return fix("Write it as scope/key.", ask("LAKEBASE_PASSWORD_SECRET", "secret"))


def _look_up_the_host(situation: Situation, _: Finding) -> Fix:
    """LP-135."""
    named = situation.target.name if situation.target else "the database that is named"
    return fix(
        f"Unset PGHOST: the host of {named} is looked up. If PGHOST is the right one, unset the "
        "other variable instead.",
        *unset(situation, "PGHOST", "LAKEBASE_HOST"),
    )


def _go_to_the_writable_host(situation: Situation, finding: Finding) -> Fix:
    """LP-137, LP-138."""
    if variable := finding.facts.get("variable"):
        lines = take_out(situation, str(variable), finding.facts.get("settings"))
        return fix(f"Take the setting out of {variable}.", *lines)
    if reset := finding.facts.get("reset"):
        return fix(
            "Reset the setting, as the role that made it.",
            *(["# as the owner of the database:"] if "ALTER DATABASE" in str(reset) else []),
            psql(situation, "SET default_transaction_read_only = off", str(reset)),
        )
    lines = []
    if (
        situation.writable
        and situation.writable.endpoint
        and situation.are_set("LAKEBASE_ENDPOINT")
    ):
        lines.append(export("LAKEBASE_ENDPOINT", situation.writable.endpoint))
    variable = "LAKEBASE_HOST" if situation.are_set("LAKEBASE_HOST") else "PGHOST"
    direct = situation.direct_host
    if direct and direct != situation.host and situation.are_set("PGHOST", "LAKEBASE_HOST"):
        lines.append(export(variable, direct))
    advice = (
        "Connect to the read-write host. If you only read, use --read."
        if finding.code == "LP-138"
        else "Connect to the host itself, which accepts tokens."
    )
    return fix(advice, *(lines or [ask("PGHOST", "host")]))


def _encode_the_user(situation: Situation, finding: Finding) -> Fix:
    """LP-133: in a URL the first @ of two belongs to the user; in PGHOST only a host belongs."""
    name = str(finding.facts.get("variable") or "PGHOST")
    value = situation.environ.get(name, "")
    if "://" in value:
        encoding = r"sed 's|^\([^:]*://[^@]*\)@\(.*@\)|\1%40\2|'"
        line = f'export {name}="$(printf %s "${name}" | {encoding})"'
        return fix("Write %40 for the @ of the user name.", line)
    return fix("Set it to the host alone.", f'export {name}="${{{name}##*@}}"')


def _ask_for_the_password(_: Situation, finding: Finding) -> Fix:
    """LP-141."""
    if file := finding.facts.get("passfile"):
        return fix(
            "Remove the lines with tokens; `lakepass psql` and `lakepass env` give tools a fresh one.",
            f"sed -i '/:eyJ/d' {shlex.quote(str(file))}",
        )
    return fix(finding.diagnosis.fix)


def _unset_variable(situation: Situation, finding: Finding) -> Fix:
    """LP-146, LP-151."""
    variable = str(finding.facts.get("variable") or "PGCHANNELBINDING")
    settings = finding.facts.get("settings")
    advice = f"Take the setting out of {variable}." if settings else f"Unset {variable}."
    return fix(advice, *take_out(situation, variable, settings))


def _set_what_is_read(_: Situation, finding: Finding) -> Fix:
    """LP-152."""
    variable, read = str(finding.facts["variable"]), str(finding.facts["read"])
    return fix(f"Set {read} if that is meant; otherwise unset {variable}.", f"unset {variable}")


def _without_parameters(_: Situation, finding: Finding) -> Fix:
    """LP-144."""
    name = finding.facts["variable"]
    each = str(finding.facts["parameters"]).split("|")
    cuts = [rf"s/\([?&]\){one}=[^&]*&*/\1/" for one in each]
    filter_ = f"sed '{'; '.join([*cuts, 's/[?&]$//'])}'"
    return fix(
        "Take them out of the URL, and pass connect_args={'ssl': ssl.create_default_context()}.",
        f'export {name}="$(printf %s "${name}" | {filter_})"',
    )


def _known_scheme(_: Situation, finding: Finding) -> Fix:
    """LP-145."""
    name = finding.facts["variable"]
    return fix(
        "Begin it with postgresql://, and name the driver behind a plus sign if one is meant.",
        f'export {name}="postgresql${{{name}#postgres}}"',
    )


def _unset_strategy(situation: Situation, _: Finding) -> Fix:
    """LP-113."""
    advice = "Unset LAKEPASS_AUTH, or set it to oauth or password."
    return fix(advice, *unset(situation, "LAKEPASS_AUTH"))


FIXES: dict[str, Callable[[Situation, Finding], Fix]] = {
    "LP-101": _name_the_database,
    "LP-102": _unset_the_second,
    "LP-103": _write_the_resource_name,
    "LP-104": _write_a_host_name,
    "LP-105": _write_the_port,
    "LP-106": _verify,
    "LP-107": _verify,
    "LP-108": _find_the_authority,
    "LP-109": _verify,
    "LP-111": _keep_one_identity,
    "LP-112": _name_a_profile,
    "LP-113": _unset_strategy,
    "LP-114": _token_is_no_password,
    "LP-115": _sign_in,
    "LP-116": lambda _, finding: fix(finding.diagnosis.fix, ask("PGUSER", "role")),
    "LP-117": lambda _, finding: fix(finding.diagnosis.fix, ask("PGHOST", "host")),
    "LP-118": _sign_in,
    "LP-119": lambda _, finding: fix(finding.diagnosis.fix, ask("DATABRICKS_TOKEN", "token")),
    "LP-131": _sign_in,
    "LP-132": _sign_in,
    "LP-133": _encode_the_user,
    "LP-127": _name_the_secret,
    "LP-134": _remove_password,
    "LP-135": _look_up_the_host,
    "LP-137": _go_to_the_writable_host,
    "LP-138": _go_to_the_writable_host,
    "LP-139": _verify,
    "LP-140": _remove_password,
    "LP-141": _ask_for_the_password,
    "LP-144": _without_parameters,
    "LP-145": _known_scheme,
    "LP-146": _unset_variable,
    "LP-151": _unset_variable,
    "LP-152": _set_what_is_read,
    "LP-408": _find_the_authority,
}
