"""Checks privileges in schemas: what the role may do with existing objects, and what it may create."""

from lakepass.commands import grants, owning, privileges
from lakepass.commands.grants import Level, quoted
from lakepass.doctor import defaults, objects
from lakepass.doctor.situation import Findings, Situation, Skipped

_WHO = "select current_user::text, current_database()::text"
_ALIKE = "select nspname::text from pg_namespace where lower(nspname) = lower($1) order by 1"
_MAY_CREATE = "select has_database_privilege(current_database(), 'CREATE')"
_TRIAL = "lakepass_doctor_trial"  # a table that is created and rolled back immediately


def rights_are_there(situation: Situation, findings: Findings) -> None:
    """Report missing privileges in each named schema, as `lakepass grant` would grant them."""
    asking = situation.logged_in()
    if not situation.schemas:
        raise Skipped("no schema was named (--schema)")
    for schema in situation.schemas:
        if schema == "information_schema" or schema.startswith("pg_"):
            findings.saw(f"{schema}: a schema of Postgres itself")
        elif asking.rows(privileges.SCHEMA_EXISTS, schema)[0][0]:
            _look_at_schema(schema, situation, findings)
        else:
            _look_for(schema, situation, findings)


def _look_for(schema: str, situation: Situation, findings: Findings) -> None:
    """A schema that does not exist: misspelt or not created yet; and whether the role may create it."""
    asking = situation.logged_in()
    name = quoted(schema)
    missing = f"Schema {name} does not exist here."
    alike = [str(found) for (found,) in asking.rows(_ALIKE, schema)]
    if alike:
        what = f"{missing} There is {quoted(alike[0])}: Postgres distinguishes the case of quoted names."
        findings.fault("LP-601", what, schema=schema, schema_quoted=name, there=alike[0])
        return
    refusal = asking.refusal(f"CREATE SCHEMA {name}", f"CREATE TABLE {name}.{_TRIAL} ()")
    if asking.rows(_MAY_CREATE)[0][0]:
        findings.saw(f"{schema}: does not exist; creating it: {refusal or 'allowed'}")
        findings.fault("LP-601", missing, schema=schema, schema_quoted=name)
        return
    findings.saw(f"creating {schema}: {refusal}")
    [(role, database)] = asking.rows(_WHO)
    what = f"{missing} {role} may not create it: it lacks CREATE on database {quoted(database)}."
    findings.fault(
        "LP-610", what, schema=schema, schema_quoted=name, database_quoted=quoted(database)
    )


def _look_at_schema(schema: str, situation: Situation, findings: Findings) -> None:
    asking = situation.logged_in()
    [(role, _)] = asking.rows(_WHO)
    rows = _level_of_rows(situation)
    asked = _asked(role, schema, rows)
    if missing := asking.rows(privileges.STILL_MISSING, *asked):
        findings.saw(f"{schema}: may not {rows}: {objects.shown(missing)}")
        if acting := defaults.defaults(asking).get("role"):
            what = (
                f"Every session of this {acting.source} acts as {role}, who may not {rows} "
                f"all of {schema}."
            )
            reset = defaults.changed(acting.source, "RESET role", situation)
            findings.fault("LP-614", what, reset=reset, setting="role")
            return
        findings.fault(
            "LP-606",
            f"{role} may not {rows} all of schema {schema}.",
            schema=schema,
            level=_level_to_grant(schema, role, situation),
            **_who_grants(missing, situation),
        )
        return
    findings.saw(f"{schema}: may {rows} all that is there")
    objects.look_at(schema, role, situation, findings)
    if makers := [str(maker) for (maker,) in asking.rows(privileges.MAKERS_TO_GRANT, *asked)]:
        findings.note(
            "LP-607",
            f"{role} may not {rows} what comes later in {schema}.",
            schema=schema,
            level=situation.level,
            owners=", ".join(makers),
        )
    if situation.is_writing:
        _look_at_creating(schema, role, situation, findings)


def lacks(role: str, schema: str, situation: Situation) -> bool:
    """Whether a role lacks what is checked in a schema that exists."""
    asked = _asked(role, schema, _level_of_rows(situation))
    return bool(situation.logged_in().rows(privileges.STILL_MISSING, *asked))


def _level_of_rows(situation: Situation) -> Level:
    """What is checked of the rows of tables."""
    return Level.WRITE if situation.is_writing else Level.READ


def _asked(role: str, schema: str, level: Level) -> tuple[object, ...]:
    """The parameters of queries about what this level grants."""
    wanted = grants.Grant(role, schema, grants.guess_kind(role), level)
    return schema, role, wanted.table_privileges, wanted.sequence_privileges


def _level_to_grant(schema: str, role: str, situation: Situation) -> Level:
    """The level to grant: the requested one, or a higher one if tables are to be created or altered."""
    asking = situation.logged_in()
    if situation.alters and _tables(asking.rows(privileges.NOT_OWNED, schema, role)):
        return Level.OWN
    [(has_tables,)] = asking.rows(privileges.HAS_TABLES, schema)
    wants_to_create = situation.creates or (situation.is_writing and not has_tables)
    if wants_to_create and asking.refusal(f"CREATE TABLE {quoted(schema)}.{_TRIAL} ()"):
        return max(situation.level, Level.CREATE, key=lambda level: level.rank)
    return situation.level


def _look_at_creating(schema: str, role: str, situation: Situation, findings: Findings) -> None:
    """What an app does at startup: create a table, then alter what earlier versions created.

    A failure is a fault if this was requested; otherwise rows can be written, and it is a note.
    """
    asking = situation.logged_in()
    creates, alters = situation.creates, situation.alters
    refusal = asking.refusal(f"CREATE TABLE {quoted(schema)}.{_TRIAL} ()")
    owned = asking.rows(privileges.NOT_OWNED, schema, role)
    tables = _tables(owned)
    if refusal:
        findings.saw(f"{schema}: creating a table: {refusal}")
    else:
        findings.saw(f"{schema}: may create tables")
    if tables:
        findings.saw(f"{schema}: may not alter or index {objects.shown(tables)}")
    if tables and (alters or not (refusal and creates)):
        can = "" if not refusal else " Nor may it create tables."
        (findings.fault if alters else findings.note)(
            "LP-609",
            f"{role} may read and write rows in {schema}, but not alter or index what belongs to "
            f"{objects.owners_of(tables)}.{can}",
            schema=schema,
            **_sharing(schema, role, owned, situation),
        )
    elif situation.level is Level.OWN and owned:
        findings.fault(
            "LP-609",
            f"{role} does not own schema {schema}.",
            schema=schema,
            **_sharing(schema, role, owned, situation),
        )
    elif refusal:
        (findings.fault if creates else findings.note)(
            "LP-606",
            f"{role} may not create tables in schema {schema}.",
            schema=schema,
            level=Level.CREATE,
            **_who_grants(asking.rows(privileges.NOT_OWNED, schema, role), situation),
        )
    elif alters and (code := asking.rows(privileges.CODE_NOT_OWNED, schema, role)):
        findings.note(
            "LP-609",
            f"{role} owns the tables in {schema}, but may not alter or replace {objects.shown(code)}.",
            schema=schema,
            **_sharing(schema, role, code, situation),
        )
    _look_at_start(schema, situation, findings)


def _sharing(
    schema: str, role: str, owned: list[tuple[object, ...]], situation: Situation
) -> dict[str, object]:
    """What the role needs in order to own the schema too: facts of LP-609."""
    owners = list(dict.fromkeys(str(owner) for _, owner in owned))  # of the schema itself first
    name = owning.shared_name(schema)
    members = sorted({*owners, role})
    [row] = situation.logged_in().rows(privileges.SHARING, name, owners[0], members, schema)
    gives_schema = _tables(owned) != owned
    ours, creation = owning.prepared(name, owners[0], row, gives_schema=gives_schema)
    opening = owning.opened(schema, name, row)
    return {
        "level": Level.OWN,
        "owners": ", ".join(owners),
        "each": owners,
        "stand_ins": objects.stand_ins(owners, situation),
        "creation": creation,
        "first": ours if opening else [],
        "opening": opening,
        "schema_owner": row[-1],
    }


def _who_grants(missing: list[tuple[object, ...]], situation: Situation) -> dict[str, object]:
    """Who owns what is missing: facts of LP-606."""
    each = sorted({str(owner) for _, owner in missing})
    return {
        "owners": ", ".join(each),
        "each": each,
        "stand_ins": objects.stand_ins(each, situation),
    }


def _look_at_start(schema: str, situation: Situation, findings: Findings) -> None:
    """Postgres refuses CREATE SCHEMA IF NOT EXISTS without the privilege, even if it exists."""
    if refusal := situation.logged_in().refusal(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}"):
        findings.saw(f"CREATE SCHEMA IF NOT EXISTS {schema}: {refusal}")


def _tables(owned: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The objects of others in the schema: all except the schema itself."""
    return [one for one in owned if not str(one[0]).startswith("schema ")]
