"""Fixes of the connection to the workspace: LP-12x and LP-2xx."""

import shlex
from urllib.parse import urlsplit

from lakepass.doctor import variables
from lakepass.doctor.fixes.settings import name_one_of
from lakepass.doctor.fixes.shell import PRINCIPAL, ask, export, fix, is_client_id, unset
from lakepass.doctor.report import Finding, Fix
from lakepass.doctor.situation import Situation

_CLOUDS = (".azuredatabricks.net", ".databricks.com")


def _name_what_is_there(situation: Situation, finding: Finding) -> Fix:
    """LP-121: a project instead of an instance, a secret, an app, a misspelt database."""
    if finding.facts.get("app_name"):
        return fix(
            "Set DATABRICKS_APP_NAME to the app's name, or unset it where no app runs.",
            "# databricks apps list",
            "unset DATABRICKS_APP_NAME",
        )
    if "scope" in finding.facts and "key" in finding.facts:
        words = f"{finding.facts['scope']} {finding.facts['key']}"
        lines = [f"databricks secrets put-secret {words} --string-value '<password>'"]
        if situation.can_sign_in and situation.role == situation.identity_name:
            lines = unset(situation, "LAKEBASE_PASSWORD_SECRET", "LAKEPASS_AUTH")
            return fix("Without the secret a database credential is minted.", *lines)
        return fix("Create the secret, or name another one.", *lines)
    if project := finding.facts.get("project_named"):
        return fix(
            f"{project} is a project: name it in LAKEBASE_ENDPOINT.",
            "unset LAKEBASE_INSTANCE",
            export("LAKEBASE_ENDPOINT", f"projects/{project}"),
        )
    workspace = situation.facts().get("workspace", "the workspace")
    return fix(
        f"Name a database that {workspace} has, or set DATABRICKS_HOST to the workspace that has it.",
        *name_one_of(situation),
    )


def _name_the_endpoint(situation: Situation, finding: Finding) -> Fix:
    """LP-122, LP-123, LP-130: PGHOST alone does not identify what mints."""
    host = situation.environ.get("PGHOST")
    advice = "Name the database by its endpoint; its host is then looked up."
    if finding.code == "LP-123":
        advice = (
            f"If {host} is in another workspace, set DATABRICKS_HOST to it. Else name the endpoint."
        )
    lines = name_one_of(situation)
    return fix(advice, *lines, *unset(situation, "PGHOST"))


def _set_the_role(_: Situation, finding: Finding) -> Fix:
    return fix(finding.diagnosis.fix, ask("PGUSER", "role"))


def _another_role(situation: Situation, finding: Finding) -> Fix:
    """LP-128."""
    if situation.identity_name:
        return fix(
            "Log in as the identity that signs in, or set PGUSER to a role with a password.",
            export("PGUSER", situation.identity_name),
            *unset(situation, "LAKEPASS_AUTH"),
        )
    return _set_the_role(situation, finding)


def _reach_the_workspace(situation: Situation, finding: Finding) -> Fix:
    """LP-201, LP-203: a configured proxy is the most likely cause."""
    if finding.code == "LP-201" and situation.is_workspace:
        return fix(
            "The workspace responds, but not to this request in time: it is busy, or limits how often "
            "credentials are minted. Wait a minute and run this again.",
            "# https://status.databricks.com    does the service have a problem?",
        )
    host = str(situation.facts().get("workspace", ""))
    name = urlsplit(host if "://" in host else f"//{host}").hostname or host
    used = [one for one in variables.proxies(situation.environ) if one.upper() != "NO_PROXY"]
    if used:
        excepted = ",".join(filter(None, [situation.environ.get("NO_PROXY"), name]))
        return fix(
            f"{' and '.join(used)} {'send' if len(used) > 1 else 'sends'} requests through a proxy, "
            "which blocks them or does not respond: bypass it for the workspace, or correct the proxy.",
            export("NO_PROXY", excepted),
            export("no_proxy", excepted),
        )
    database = situation.environ.get("PGHOST", "").lower()
    is_databases = ".database." in name or (name == database and name not in ("", "localhost"))
    if is_databases:
        return fix(
            f"{name} is the host of a database. Set DATABRICKS_HOST to that of the workspace.",
            ask("DATABRICKS_HOST", "workspace"),
        )
    if name.startswith(("accounts.", "accounts-dod.")):  # databricks-sdk, `config.py`
        return fix(
            f"{name} is the account console. Set DATABRICKS_HOST to the address of the workspace.",
            ask("DATABRICKS_HOST", "workspace"),
        )
    if "://" not in host and name in ("localhost", "127.0.0.1"):
        return fix(
            "DATABRICKS_HOST has no scheme, so https:// is used; a local Lakebase responds to http://.",
            export("DATABRICKS_HOST", f"http://{host}"),
        )
    address = host if "://" in host else f"https://{host}"
    return fix(
        "Set DATABRICKS_HOST to the workspace's address; check with curl what responds there.",
        f"# curl -sS {shlex.quote(f'{address}/.well-known/databricks-config')}",
        ask("DATABRICKS_HOST", "workspace"),
    )


def _renew_the_secret(situation: Situation, _: Finding) -> Fix:
    """LP-211: a wrong workspace and a wrong secret cause the same error."""
    facts = situation.facts()
    client_id, host = facts.get("client_id", "the service principal"), facts.get("workspace")
    named = situation.environ.get("DATABRICKS_CLIENT_ID", "")
    if named and not is_client_id(named):
        user = situation.environ.get("PGUSER", "")
        return fix(
            f"Set DATABRICKS_CLIENT_ID to the application ID of the service principal, a UUID: {named} "
            "is not one, but perhaps its name or number.",
            export("DATABRICKS_CLIENT_ID", user)
            if is_client_id(user)
            else ask("DATABRICKS_CLIENT_ID", "client-id"),
        )
    if another := _another_workspace(situation):
        advice = f"{another}: set DATABRICKS_HOST to the workspace that {client_id} belongs to."
        return fix(advice, ask("DATABRICKS_HOST", "workspace"))
    return fix(
        f"Check that {host} is the workspace of {client_id}: another one refuses it with the same "
        "message. If it is, its secret is wrong or has expired: set a new one.",
        ask("DATABRICKS_HOST", "workspace"),
        ask("DATABRICKS_CLIENT_SECRET", "client-secret"),
    )


def _another_workspace(situation: Situation) -> str:
    """Evidence, without a sign-in, that DATABRICKS_HOST is the wrong workspace."""
    environ, host = situation.environ, str(situation.facts().get("workspace"))
    wanted = environ.get("DATABRICKS_WORKSPACE_ID", "")
    if wanted and situation.workspace_id not in ("", wanted):
        number = situation.workspace_id
        return f"{host} is workspace {number}, and DATABRICKS_WORKSPACE_ID is {wanted}"
    database = environ.get("PGHOST", "").lower()
    for domain in _CLOUDS:  # AWS and Google share one
        others = [one for one in _CLOUDS if one != domain]
        if database.endswith(domain) and urlsplit(host).netloc.endswith(tuple(others)):
            return f"{host} is in another cloud than the database {database}"
    return ""


def _renew_the_token(situation: Situation, _: Finding) -> Fix:
    """LP-212."""
    if profile := situation.profile:
        command = f"databricks auth login --profile {shlex.quote(profile)}"
        return fix("Sign in again with this profile.", command)
    if situation.are_set("DATABRICKS_TOKEN"):
        advice = f"Set a token of {situation.facts().get('workspace')} that has not expired."
        return fix(advice, ask("DATABRICKS_TOKEN", "token"))
    host = shlex.quote(str(situation.facts().get("workspace", "<workspace>")))
    return fix("Sign in again.", f"databricks auth login --host {host}")


def _give_access(situation: Situation, finding: Finding) -> Fix:
    """LP-213: workspace access, or CAN USE; only an administrator can grant either."""
    who = situation.identity_name or situation.role or "this identity"
    if "workspace-access" in str(finding.facts.get("because", "")):
        return fix(
            f"Have a workspace administrator give {who} the entitlement “Workspace access” "
            "(settings, “Identity and access”). CAN USE on a project does not include it.",
            "# as a workspace administrator, with the number that the workspace has for it:",
            f"# databricks service-principals list --filter 'applicationId eq \"{who}\"'",
            '# databricks service-principals patch NUMBER --json \'{"Operations": [{"op": "add", '
            '"path": "entitlements", "value": [{"value": "workspace-access"}]}]}\'',
        )
    place, kind = situation.place, "service_principal_name"
    if "@" in who:
        kind = "user_name"
    name = str(situation.facts().get("project_id") or (place and place.instance) or "PROJECT")
    what = "database-instances" if place and place.instance else "database-projects"
    entry = f'{{"access_control_list": [{{"{kind}": "{who}", "permission_level": "CAN_USE"}}]}}'
    return fix(
        f"Have a manager of the database give {who} CAN USE on it; for an app, attach the database "
        "to the app.",
        "# as its manager:",
        f"# databricks permissions update {what} {name} --json '{entry}'",
    )


def _ask_for_the_scope(situation: Situation, _: Finding) -> Fix:
    """LP-217: a token that was made for a user of an app, in place of the app's own sign-in."""
    if all(situation.environ.get(name) for name in PRINCIPAL):
        return fix("Use the app's own sign-in.", *unset(situation, "DATABRICKS_TOKEN"))
    return fix(
        "Use a token with the scope `postgres`; in an app, ask for it in the bundle and deploy again. "
        "A database credential will not do: it logs in to Postgres and nowhere else.",
        "# databricks.yml, under resources.apps.<app>: user_api_scopes: [postgres]",
        ask("DATABRICKS_TOKEN", "token"),
    )


def _name_the_workspace(*_: object) -> Fix:
    """LP-218."""
    return fix(
        "Set DATABRICKS_HOST to the address of the workspace: the host name, without what follows.",
        ask("DATABRICKS_HOST", "workspace"),
    )


def _set_the_clock(_: Situation, finding: Finding) -> Fix:
    """LP-207, LP-216."""
    return fix(finding.diagnosis.fix, "sudo timedatectl set-ntp true")


def _list_addresses(_: Situation, finding: Finding) -> Fix:
    """LP-215, LP-404."""
    if "Unauthorized network access" in str(finding.facts.get("because", "")):
        return fix(
            "Have an account administrator allow this network in the ingress policy of Lakebase, or, "
            "with private link, register the Service-Direct endpoint. The IP access list of the "
            "workspace is another one."
        )
    return fix(finding.diagnosis.fix, "# databricks ip-access-lists list")


FIXES = {
    "LP-121": _name_what_is_there,
    "LP-122": _name_the_endpoint,
    "LP-123": _name_the_endpoint,
    "LP-125": _set_the_role,
    "LP-128": _another_role,
    "LP-130": _name_the_endpoint,
    "LP-201": _reach_the_workspace,
    "LP-203": _reach_the_workspace,
    "LP-207": _set_the_clock,
    "LP-211": _renew_the_secret,
    "LP-212": _renew_the_token,
    "LP-213": _give_access,
    "LP-215": _list_addresses,
    "LP-216": _set_the_clock,
    "LP-217": _ask_for_the_scope,
    "LP-218": _name_the_workspace,
    "LP-404": _list_addresses,
}
