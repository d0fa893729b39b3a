"""The checks after login: database, role, extensions, connections."""

from lakepass.commands import grants, privileges
from lakepass.doctor import defaults, objects, session
from lakepass.doctor.signs.sign import MISTAKEN_DATABASES
from lakepass.doctor.situation import Findings, Situation
from lakepass.errors import LakepassError
from lakepass.lakebase import for_trials
from lakepass.target.settings import DEFAULT_DATABASE

_DATABASE = """
    select current_database(), current_setting('server_version'), pg_is_in_recovery(),
        setting = 'on', source
    from pg_settings where name = 'default_transaction_read_only'
"""
_OTHERS = """
    select datname from pg_database
    where datallowconn and not datistemplate and datname <> 'postgres' order by datname
"""
_ROLE = """
    select session_user, current_user, rolcreaterole, rolcreatedb, rolsuper,
        array(select g.rolname::text from pg_roles g
              where g.rolname <> r.rolname and pg_has_role(r.oid, g.oid, 'MEMBER') order by 1)
    from pg_roles r where rolname = current_user
"""
_SEARCH_PATH = """
    select current_setting('search_path'), source, current_schemas(false) <@ '{pg_catalog}',
        current_schemas(false)::text[]
    from pg_settings where name = 'search_path'
"""
# The schemas of search_path that exist, with their owners.
_ON_THE_PATH = """
    select nspname::text, pg_get_userbyid(nspowner)::text from pg_namespace
    where nspname in (select btrim(name, ' "') from unnest(
        string_to_array(current_setting('search_path'), ',')) as name)
"""
_HAS_AUTH = "select to_regclass('databricks_list_roles') is not null"
_KIND = "select identity_type from databricks_list_roles where role_name = session_user"
_EXTENSIONS = "select extname, extversion from pg_extension where extname <> 'plpgsql' order by 1"
_CLOSED = "is not currently accepting connections"
_LIMITS = """
    select current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int,
        (select count(*) from pg_stat_activity where backend_type = 'client backend')
"""


def database_exists(situation: Situation, findings: Findings) -> None:
    """Report the current database, or list the others if this one does not exist."""
    if situation.refusal and situation.refusal.code == "LP-401":
        _tell_others(situation, findings)
        return
    if situation.refusal and situation.refusal.code == "LP-310":
        name = situation.target.database if situation.target else ""
        findings.saw(f"server: {situation.refusal.facts.get('server')}")
        is_closed = _CLOSED in str(situation.refusal.facts.get("server"))
        what = f"The database {name} takes no connections." if is_closed else ""
        findings.fault("LP-310", what, database_quoted=grants.quoted(name), is_closed=is_closed)
        return
    if situation.target and situation.session is None:
        name = situation.target.database
        if name in MISTAKEN_DATABASES:
            doubted = f"A Lakebase seldom has a database named {name}."
            findings.note("LP-401", doubted, there=DEFAULT_DATABASE)
    [row] = situation.logged_in().rows(_DATABASE)
    name, version, is_replica, is_read_only, source = row
    findings.saw(f"{name}, Postgres {version}")
    if is_replica:
        findings.saw("a replica: it rejects writes")
    elif is_read_only and defaults.is_a_default(source):
        reset = defaults.changed(source, "RESET default_transaction_read_only", situation)
        what = f"A setting of this {source} makes every session read-only."
        (findings.note if situation.only_reads else findings.fault)("LP-138", what, reset=reset)
    elif is_read_only and situation.is_writing and not situation.is_known_to_be_read_only:
        findings.fault("LP-138", "The server makes every session at this host read-only.")


def _tell_others(situation: Situation, findings: Findings) -> None:
    assert situation.target is not None  # a login was tried
    assert situation.lake is not None
    elsewhere = for_trials(situation.lake, workspace=situation.workspace, database=DEFAULT_DATABASE)
    there = DEFAULT_DATABASE
    try:
        other = session.open_session(elsewhere)
    except LakepassError as error:
        findings.saw(f"nor can {DEFAULT_DATABASE} be entered: {error.code}")
    else:
        names = [str(name) for (name,) in other.rows(_OTHERS)]
        other.close()
        findings.saw(f"there are: {', '.join(names)}")
        if names and DEFAULT_DATABASE not in names:
            there = names[0]
    findings.fault(
        "LP-401", f"There is no database named {situation.target.database}.", there=there
    )


def role_is_known(situation: Situation, findings: Findings) -> None:
    """Report the current role and its memberships."""
    asking = situation.logged_in()
    [(name, acts_as, creates_roles, creates_databases, is_superuser, memberships)] = asking.rows(
        _ROLE
    )
    kind = ""
    if asking.rows(_HAS_AUTH)[0][0]:
        kind = "".join(f", {identity}" for (identity,) in asking.rows(_KIND))
    findings.saw(f"{name}{kind}")
    if acts_as != name:
        findings.saw(f"acts as {acts_as}, whose rights are meant below")
    findings.saw(f"member of: {', '.join(memberships) or 'nothing'}")
    rights = {"roles": creates_roles, "databases": creates_databases, "anything": is_superuser}
    may = ", ".join(what for what, is_so in rights.items() if is_so)
    findings.saw(f"may create: {may or 'neither roles nor databases'}")
    defaults.look(situation, findings)
    _look_at_path(str(acts_as), situation, findings)


def _look_at_path(name: str, situation: Situation, findings: Findings) -> None:
    """Whether a search_path that was set for the role or the database leads to what it needs."""
    asking = situation.logged_in()
    [(path, source, leads_nowhere, shown)] = asking.rows(_SEARCH_PATH)
    findings.saw(f"search_path: {path}")
    if not defaults.is_a_default(source):
        return
    if not leads_nowhere:
        _look_for_the_schemas(path, source, shown, situation, findings)
        return
    if closed := asking.rows(_ON_THE_PATH):
        schema, owner = map(str, closed[0])
        findings.note(
            "LP-606",
            f"search_path is {path} for this {source}, and {name} may not use schema {schema}.",
            schema=schema,
            level=situation.level,
            owners=owner,
            each=[owner],
            stand_ins=objects.stand_ins([owner], situation),
        )
        return
    reset = defaults.changed(source, "RESET search_path", situation)
    what = f"search_path is {path} for this {source}, and no such schema exists."
    findings.note("LP-601", what, reset=reset)


def _look_for_the_schemas(
    path: str, source: str, shown: list[str], situation: Situation, findings: Findings
) -> None:
    """The schemas that the caller named and that this path does not show."""
    asking = situation.logged_in()
    for schema in situation.schemas:
        if schema not in shown and asking.rows(privileges.SCHEMA_EXISTS, schema)[0][0]:
            name = grants.quoted(schema)
            widened = defaults.changed(source, f"SET search_path = {name}, {path}", situation)
            what = f"search_path is {path} for this {source}: it does not show what is in {schema}."
            findings.note("LP-614", what, widened=widened, schema=schema)


def extensions_there(situation: Situation, findings: Findings) -> None:
    """What is installed in this database."""
    found = [f"{name} {version}" for name, version in situation.logged_in().rows(_EXTENSIONS)]
    findings.saw(", ".join(found) or "none")


def connections_suffice(situation: Situation, findings: Findings) -> None:
    """Report the connection limit, and whether the caller's pools fit within it."""
    [(limit, taken)] = situation.logged_in().rows(_LIMITS)
    findings.saw(f"{taken} of {limit} are taken")
    wanted = situation.connections
    if wanted is None:
        return
    findings.saw(f"the pools may open {wanted}")
    if wanted > limit:
        findings.fault(
            "LP-508",
            f"The pools may open {wanted} connections; the database has {limit}.",
            fitting=limit,
        )
