"""The checks behind the login: database, role, rights, extensions, connections."""

import copy
import shlex
from dataclasses import replace

from lakepass.commands import grants
from lakepass.doctor import session
from lakepass.doctor.patient import MISTAKEN_DATABASES, Notebook, Patient, Skipped
from lakepass.errors import LakepassError
from lakepass.target.settings import DEFAULT_DATABASE

# Refusals that come when role and password were taken already.
_BEHIND_THE_LOGIN = ("LP-401", "LP-310")
_MOST_SHOWN = 5

_DATABASE = "select current_database(), current_setting('server_version'), pg_is_in_recovery()"
_OTHERS = """
    select datname from pg_database
    where datallowconn and not datistemplate and datname <> 'postgres' order by datname
"""
_ROLE = """
    select session_user, rolcreaterole, rolcreatedb, rolsuper,
        array(select g.rolname::text from pg_roles g
              where g.rolname <> r.rolname and pg_has_role(r.oid, g.oid, 'MEMBER') order by 1)
    from pg_roles r where rolname = current_user
"""
_HAS_AUTH = "select to_regclass('databricks_list_roles') is not null"
_KIND = "select identity_type from databricks_list_roles where role_name = session_user"
_EXTENSIONS = "select extname, extversion from pg_extension where extname <> 'plpgsql' order by 1"
_LIMITS = """
    select current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int,
        (select count(*) from pg_stat_activity where backend_type = 'client backend')
"""


def logs_in(patient: Patient, book: Notebook) -> None:
    """Log in as the library does: patient while it wakes, and once more with a fresh credential."""
    lake = patient.lake
    if lake is None or patient.credential is None:
        raise Skipped("there is no credential")
    if not patient.addresses:
        raise Skipped("the port does not answer")
    if patient.tls_failed:
        raise Skipped("TLS fails already")
    if patient.state is not None and patient.state.is_stopped:
        raise Skipped("it is stopped, and no login wakes it")
    driver = session.driver()
    if driver is None:
        book.fault("LP-142")
        return
    try:
        patient.session = session.open_session(lake)
    except LakepassError as error:
        patient.refusal = error
        if error.code not in _BEHIND_THE_LOGIN:
            code = _refined(error.code, patient)
            book.fault_of(error, code)
            return
        book.saw(f"role {error.facts.get('role')} and its credential are taken")
    else:
        book.saw(f"logged in by {driver} as {patient.role}")


def _refined(code: str, patient: Patient) -> str:
    """What a refusal means for a password that cannot be minted anew."""
    if not patient.choice or patient.choice.strategy != "password" or not patient.credential:
        return code
    if patient.credential.password.startswith("eyJ"):
        return "LP-312" if code in ("LP-306", "LP-307", "LP-308") else code
    if code == "LP-301":
        on = patient.state is not None and patient.state.native_login
        return "LP-314" if on else "LP-313"
    return "LP-314" if code == "LP-308" else code


def database_exists(patient: Patient, book: Notebook) -> None:
    """Where we are; or what databases there are, if ours is not."""
    if patient.refusal and patient.refusal.code == "LP-401":
        _tell_others(patient, book)
        return
    if patient.refusal and patient.refusal.code == "LP-310":
        name = patient.target.database if patient.target else ""
        book.saw(f"server: {patient.refusal.facts.get('server')}")
        book.fault("LP-310", database_quoted=grants.quoted(name))
        return
    if patient.target and patient.session is None:
        name = patient.target.database
        if name in MISTAKEN_DATABASES:
            doubted = f"A Lakebase seldom has a database named {name}."
            book.note("LP-401", doubted, there=DEFAULT_DATABASE)
    [(name, version, is_replica)] = patient.logged_in().rows(_DATABASE)
    book.saw(f"{name}, Postgres {version}")
    if is_replica:
        book.saw("a replica: it takes no writes")


def _tell_others(patient: Patient, book: Notebook) -> None:
    assert patient.target is not None  # a login was tried
    assert patient.lake is not None
    elsewhere = copy.copy(patient.lake)
    elsewhere._target = replace(patient.target, database=DEFAULT_DATABASE)
    there = DEFAULT_DATABASE
    try:
        other = session.open_session(elsewhere)
    except LakepassError as error:
        book.saw(f"nor can {DEFAULT_DATABASE} be entered: {error.code}")
    else:
        names = [str(name) for (name,) in other.rows(_OTHERS)]
        other.close()
        book.saw(f"there are: {', '.join(names)}")
        if names and DEFAULT_DATABASE not in names:
            there = names[0]
    book.fault("LP-401", f"There is no database named {patient.target.database}.", there=there)


def role_is_known(patient: Patient, book: Notebook) -> None:
    """Who we are in the database, and of what we are a member."""
    asking = patient.logged_in()
    [(name, creates_roles, creates_databases, is_superuser, memberships)] = asking.rows(_ROLE)
    kind = ""
    if asking.rows(_HAS_AUTH)[0][0]:
        kind = "".join(f", {identity}" for (identity,) in asking.rows(_KIND))
    book.saw(f"{name}{kind}")
    book.saw(f"member of: {', '.join(memberships) or 'nothing'}")
    rights = {"roles": creates_roles, "databases": creates_databases, "anything": is_superuser}
    may = ", ".join(what for what, is_so in rights.items() if is_so)
    book.saw(f"may create: {may or 'neither roles nor databases'}")


def rights_are_there(patient: Patient, book: Notebook) -> None:
    """On each schema that was named: what `lakepass grant` would still have to give."""
    asking = patient.logged_in()
    if not patient.schemas:
        raise Skipped("no schema was named (--schema)")
    for schema in patient.schemas:
        if asking.rows(grants.SCHEMA_EXISTS, schema)[0][0]:
            _look_at_rights(schema, patient, book)
        else:
            name = grants.quoted(schema)
            book.fault("LP-601", f"Schema {name} does not exist here.", schema_quoted=name)


def _look_at_rights(schema: str, patient: Patient, book: Notebook) -> None:
    asking = patient.logged_in()
    [(role, database)] = asking.rows("select current_user::text, current_database()::text")
    wanted = grants.Grant(role, schema, grants.guess_kind(role), is_writing=patient.is_writing)
    asked = (schema, role, wanted.table_privileges, wanted.sequence_privileges)
    missing = asking.rows(grants.STILL_MISSING, *asked)
    makers = [str(maker) for (maker,) in asking.rows(grants.MAKERS_TO_GRANT, *asked)]
    may = "write" if patient.is_writing else "read"
    is_default = database == DEFAULT_DATABASE
    facts: dict[str, str] = {
        "role_word": shlex.quote(role),
        "schema_word": shlex.quote(schema),
        "level": f"--{may}",
        "database_option": "" if is_default else f" --database {shlex.quote(database)}",
    }
    if missing:
        shown = ", ".join(f"{name} (of {owner})" for name, owner in missing[:_MOST_SHOWN])
        more = f" and {len(missing) - _MOST_SHOWN} more" if len(missing) > _MOST_SHOWN else ""
        book.saw(f"{schema}: may not {may}: {shown}{more}")
        facts["owners"] = ", ".join(sorted({owner for _, owner in missing}))
        book.fault("LP-606", f"{role} may not {may} all of schema {schema}.", **facts)
        return
    book.saw(f"{schema}: may {may} all that is there")
    if makers:
        facts["owners"] = ", ".join(makers)
        book.note("LP-607", f"{role} may not {may} what comes later in {schema}.", **facts)


def extensions_there(patient: Patient, book: Notebook) -> None:
    """What is installed in this database."""
    found = [f"{name} {version}" for name, version in patient.logged_in().rows(_EXTENSIONS)]
    book.saw(", ".join(found) or "none")


def connections_suffice(patient: Patient, book: Notebook) -> None:
    """How many connections there are, and whether the caller's pools fit in."""
    [(limit, taken)] = patient.logged_in().rows(_LIMITS)
    book.saw(f"{taken} of {limit} are taken")
    wanted = patient.connections
    if wanted is None:
        return
    book.saw(f"the pools may open {wanted}")
    if wanted > limit:
        book.fault(
            "LP-508",
            f"The pools may open {wanted} connections; the database has {limit}.",
            fitting=limit,
        )
