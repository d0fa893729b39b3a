"""Extensions put in front of Postgres's own: `vector` as Lakebase trusts it, and `databricks_auth`.

Only from Postgres 18 on is there a search path for them (`extension_control_path`).
Source: Databricks docs, "Postgres roles" (oltp/projects/postgres-roles), for `databricks_auth`;
PostgreSQL docs, "Packaging Related Objects into an Extension", for the files.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from lakepass.emulator.state import Identity

# A setting of the server, by which `databricks_create_role` knows whom there is to make roles for.
IDENTITIES = "databricks.identities"
# The service keeps the mapping from roles to identities in security labels. Those need a provider
# written in C and loaded by the server; a comment on the role carries the same text, and like a
# label it is stored once for all databases (`pg_shdescription`), so a login need not know the
# database to find it.
LABEL_PREFIX = "databricks_auth: "

_CONTROL = """\
comment = 'Databricks identities as Postgres roles (local stand-in)'
default_version = '1.0'
relocatable = false
trusted = true
"""

# Everything runs as the caller: whoever may not make roles is told so by the check or by Postgres,
# and whoever makes one may comment on it. Assumed: the texts; the docs name the conditions only.
# Assumed: a caller without the right to make roles learns nothing of identities, so that is first.
_SCRIPT = """\
CREATE FUNCTION @extschema@.databricks_create_role(identity text, type text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    identity_id bigint;
BEGIN
    IF NOT (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied to create role';
    END IF;
    IF type IS NULL OR type NOT IN ('USER', 'SERVICE_PRINCIPAL', 'GROUP') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('invalid identity type "%s"', type);
    END IF;
    SELECT known.id INTO identity_id
        FROM jsonb_to_recordset(current_setting('{identities}')::jsonb)
            AS known (id bigint, name text, type text)
        WHERE known.name = identity AND known.type = databricks_create_role.type;
    IF NOT FOUND THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('identity "%s" of type %s does not exist', identity, type);
    END IF;
    EXECUTE format('CREATE ROLE %I LOGIN', identity);
    EXECUTE format(
        'COMMENT ON ROLE %I IS %L', identity, format('{prefix}id=%s,type=%s', identity_id, type)
    );
END
$function$;

CREATE VIEW @extschema@.databricks_list_roles AS
    SELECT rolname AS role_name, substring(comment FROM 'type=(.*)$') AS identity_type
    FROM (
        SELECT rolname, shobj_description(oid, 'pg_authid') AS comment FROM pg_catalog.pg_roles
    ) AS labelled
    WHERE starts_with(comment, '{prefix}')
    ORDER BY rolname;
GRANT SELECT ON @extschema@.databricks_list_roles TO PUBLIC;
"""


def put_in_front(folder: Path, *, original: Path) -> None:
    """Write the files into a new folder. original: where Postgres's own extensions are.

    pgvector does not mark itself trusted, so upstream only superusers can create it. A second
    control file, identical but for that mark, lets whoever may create in a database do so.
    """
    folder.mkdir(exist_ok=True)  # it is there when the server is started again
    vector = (original / "vector.control").read_text()
    (folder / "vector.control").write_text(f"{vector}\ntrusted = true\ndirectory = '{original}'\n")
    (folder / "databricks_auth.control").write_text(_CONTROL)
    script = _SCRIPT.format(identities=IDENTITIES, prefix=LABEL_PREFIX)
    (folder / "databricks_auth--1.0.sql").write_text(script)


def setting(identities: Iterable[Identity]) -> str:
    """The value of IDENTITIES."""
    known = [{"id": one.id, "name": one.name, "type": one.kind.value} for one in identities]
    return json.dumps(known)
