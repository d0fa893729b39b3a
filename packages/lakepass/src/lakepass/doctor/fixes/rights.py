"""Fixes of rights in the database, and of what is attached to an app: LP-6xx and LP-7xx."""

import shlex

from lakepass.commands.grants import Level
from lakepass.doctor.fixes.shell import export, fix, grant, psql
from lakepass.doctor.report import Finding, Fix
from lakepass.doctor.situation import Situation

_NOT_MINE = "If another role creates and alters the tables, nothing is missing"


def _create_the_schema(situation: Situation, finding: Finding) -> Fix:
    """LP-601."""
    if there := finding.facts.get("there"):
        level = "" if situation.level.value == "read" else f" --{situation.level}"
        return fix(
            f"Name the schema {there}, here and in the app.",
            f"lakepass doctor --schema {shlex.quote(str(there))}{level}",
        )
    return fix(
        "Create it; an app that creates its schema does so when it starts. Or name another --schema "
        "or --database.",
        psql(situation, f"CREATE SCHEMA {finding.facts['schema_quoted']}"),
    )


def _grant(situation: Situation, finding: Finding) -> Fix:
    """LP-606, LP-607, LP-609."""
    facts = finding.facts
    owners = facts.get("owners") or "the owner of the database"
    command = grant(
        situation, str(situation.role), "--schema", str(facts["schema"]), f"--{facts['level']}"
    )
    advice = f"Have {owners} grant it."
    if finding.code == "LP-609":
        advice = (
            "If the app alters tables, as migrations do, let it own them. Nobody loses a right: the "
            "former owners share the ownership."
        )
    if situation.level is Level.WRITE and facts["level"] in (Level.CREATE, Level.OWN):
        advice += f" {_NOT_MINE}{': ask with --no-migrations.' if situation.migrates else '.'}"
    lines = []
    creation, each = facts.get("creation"), facts.get("each")
    if isinstance(creation, list) and creation:
        who = "who may create roles and owns the database, such as the owner of the project"
        lines = [f"# as {who}:", psql(situation, *creation)]
    if isinstance(each, list) and len(each) > 1:
        advice += " Each owner shares their own part; the run of the last one checks the whole."
    for owner in each if isinstance(each, list) else [owners]:
        lines += [f"# as {owner}:", command]
    return fix(advice, *lines)


def _let_create_schemas(situation: Situation, finding: Finding) -> Fix:
    """LP-610."""
    role, name = str(situation.role), str(finding.facts["schema_quoted"])
    return fix(
        "Have the owner of the database grant CREATE; for an app, give its database resource the "
        "permission CAN_CONNECT_AND_CREATE. Then create the schema, or let the app do it.",
        "# as the owner of the database:",
        grant(situation, role, "--create"),
        f"# as {role}:",
        psql(situation, f"CREATE SCHEMA {name}"),
    )


def _attach(situation: Situation, _: Finding) -> Fix:
    """LP-701: in the bundle, so that it stays."""
    app = situation.environ.get("DATABRICKS_APP_NAME", "")
    branch = next((one for one in situation.databases if one.startswith("projects/")), "")
    branch = branch.partition("/endpoints/")[0] or "projects/<project>/branches/production"
    return fix(
        "Attach the database to the app (its page, “Edit”, “App resources”), and deploy it again.",
        f"# databricks.yml, under resources.apps.{app}:",
        "#   resources:",
        "#     - name: postgres",
        "#       postgres:",
        f"#         branch: {branch}",
        f"#         database: {branch}/databases/databricks-postgres",
        "#         permission: CAN_CONNECT_AND_CREATE",
    )


def _as_injected(_: Situation, finding: Finding) -> Fix:
    """LP-702."""
    variable, injected = str(finding.facts["variable"]), str(finding.facts["injected"])
    return fix(
        "Take the variable out of app.yaml, and deploy the app again. In a shell, set what the "
        "platform injects.",
        export(variable, injected),
    )


def _deploy(situation: Situation, _: Finding) -> Fix:
    """LP-703."""
    app = shlex.quote(situation.environ.get("DATABRICKS_APP_NAME", ""))
    return fix("Deploy the app again.", f"databricks apps deploy {app}")


FIXES = {
    "LP-601": _create_the_schema,
    "LP-606": _grant,
    "LP-607": _grant,
    "LP-609": _grant,
    "LP-610": _let_create_schemas,
    "LP-701": _attach,
    "LP-702": _as_injected,
    "LP-703": _deploy,
}
