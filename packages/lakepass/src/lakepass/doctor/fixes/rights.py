"""Fixes of privileges in the database, and of an app's resources: LP-6xx and LP-7xx."""

import shlex
from collections.abc import Mapping

from lakepass.commands.grants import Level, quoted
from lakepass.doctor.fixes.shell import export, fix, grant, psql, take_out
from lakepass.doctor.report import Finding, Fix
from lakepass.doctor.situation import Situation

_NOT_MINE = "If another role creates and alters the tables, nothing is missing"


def _create_the_schema(situation: Situation, finding: Finding) -> Fix:
    """LP-601."""
    if reset := finding.facts.get("reset"):
        is_owners = "ALTER DATABASE" in str(reset)
        return fix(
            "Create the schema, or take the setting back; names without a schema are not found now.",
            *(["# as the owner of the database:"] if is_owners else []),
            psql(situation, str(reset)),
        )
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
    if isinstance(statements := facts.get("statements"), dict):
        return _give(situation, facts, statements)
    owners = facts.get("owners") or "the owner of the database"
    command = grant(
        situation, str(situation.role), "--schema", str(facts["schema"]), f"--{facts['level']}"
    )
    advice = f"Have {_who_acts(facts) or owners} grant it."
    if finding.code == "LP-609":
        advice = (
            "If the app alters tables, as migrations do, let it own them. Nobody loses privileges: the "
            "former owners share the ownership."
        )
    if situation.level is Level.WRITE and facts["level"] in (Level.CREATE, Level.OWN):
        advice += f" {_NOT_MINE}{': ask with --no-migrations.' if situation.migrates else '.'}"
    each = list(_listed(facts, "each")) or [owners]
    if finding.code == "LP-609" and len(each) > 1:
        advice += " Each owner shares their own part; the run of the last one checks the whole."
    lines = _before_sharing(situation, facts, str(each[0]))
    for owner in map(str, each):
        if not (acting := _as_owner(situation, facts, owner)):
            return _take_over(situation, owner)
        lines += [*acting, command]
    return fix(advice, *lines)


def _give(
    situation: Situation, facts: Mapping[str, object], statements: Mapping[str, list[str]]
) -> Fix:
    """LP-606, if single objects are missing: the statements of each owner."""
    lines: list[str] = []
    for owner, theirs in statements.items():
        if not (acting := _as_owner(situation, facts, owner)):
            return _take_over(situation, owner)
        lines += [*acting, psql(situation, *theirs)]
    return fix(f"If this role is meant to, have {_who_acts(facts)} grant it.", *lines)


def _as_owner(situation: Situation, facts: Mapping[str, object], owner: str) -> list[str]:
    """The lines that say who runs the next one for an owner; empty if nobody can."""
    acts, joins = _acting_for(owner, facts)
    if not acts:
        return []
    joining = [psql(situation, f"GRANT {quoted(owner)} TO {quoted(acts)}")] if joins else []
    return [f"# as {acts}:", *joining]


def _acting_for(owner: str, facts: Mapping[str, object]) -> tuple[str, bool]:
    """Who runs what an owner has to, "" if nobody can, and whether that takes becoming a member."""
    stand_ins = facts.get("stand_ins")
    if isinstance(stand_ins, dict) and owner in stand_ins:
        acts, joins = stand_ins[owner]
        return str(acts), bool(joins)
    return owner, False


def _who_acts(facts: Mapping[str, object]) -> str:
    """The owners, or for each who cannot log in, who acts for it."""
    each = map(str, _listed(facts, "each"))
    acting = ((owner, _acting_for(owner, facts)[0]) for owner in each)
    return ", ".join(
        owner if acts in (owner, "") else f"{acts}, for {owner}," for owner, acts in acting
    )


def _listed(facts: Mapping[str, object], name: str) -> list[object]:
    found = facts.get(name)
    return found if isinstance(found, list) else []


def _before_sharing(situation: Situation, facts: Mapping[str, object], owner: str) -> list[str]:
    """What others do before an owner can share: make the shared role, and let it into the schema."""
    lines = []
    if creation := [str(one) for one in _listed(facts, "creation")]:
        who = "a role that may create roles and owns the database, such as the owner of the project"
        lines = [f"# as {who}:", psql(situation, *creation)]
    if first := [str(one) for one in _listed(facts, "first")]:
        lines += [f"# as {owner}:", psql(situation, *first)]
    if opening := [str(one) for one in _listed(facts, "opening")]:
        lines += [f"# as {facts.get('schema_owner')}:", psql(situation, *opening)]
    return lines


def _take_over(situation: Situation, owner: str) -> Fix:
    """Nobody can act for the owner: the service gives what it owns to another role."""
    return fix(
        f"{owner} cannot log in, and nobody may act for it. Have a manager of the project delete that "
        "role and have what it owns reassigned, to this role or to one that then grants the rights.",
        "# as a manager of the project (CAN MANAGE):",
        f"# databricks postgres list-roles {situation.branch or 'BRANCH'}    # shows their NAMEs",
        "# databricks postgres delete-role NAME_OF_THE_OWNER --reassign-owned-to NAME_OF_THE_OTHER",
    )


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


def _take_back(situation: Situation, finding: Finding) -> Fix:
    """LP-614: out of the variable, or where the default was set."""
    facts = finding.facts
    if variable := facts.get("variable"):
        lines = take_out(situation, str(variable), facts.get("settings"))
        return fix(f"Take the setting out of {variable}.", *lines)
    statement = str(facts.get("widened") or facts.get("reset"))
    heading = ["# as the owner of the database:"] if "ALTER DATABASE" in statement else []
    if facts.get("widened"):
        advice = (
            f"Add {facts['schema']} to the path, if the app writes table names without a schema."
        )
        return fix(advice, *heading, psql(situation, statement))
    # Sessions have the setting that is taken back; what a client asks for takes precedence.
    off = "role=none" if facts["setting"] == "role" else f"{facts['setting']}=0"
    advice = "Take the setting back."
    return fix(advice, *heading, f"PGOPTIONS='-c {off}' {psql(situation, statement)}")


def _attach(situation: Situation, _: Finding) -> Fix:
    """LP-701: in the bundle, so that later deployments do not remove it."""
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
    "LP-614": _take_back,
    "LP-701": _attach,
    "LP-702": _as_injected,
    "LP-703": _deploy,
}
