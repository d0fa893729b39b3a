-- Everything runs as the caller: whoever may not make roles is told so by the check or by Postgres,
-- and whoever makes one may comment on it. Assumed: the texts; the docs name the conditions only.
-- Assumed: a caller without the right to make roles learns nothing of identities, so that is first.
CREATE FUNCTION @extschema@.databricks_create_role(identity text, type text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    identity_id bigint;
    label text;
BEGIN
    IF NOT (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied to create role';
    END IF;
    IF type IS NULL OR type NOT IN ('USER', 'SERVICE_PRINCIPAL', 'GROUP') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('invalid identity type "%s"', type);
    END IF;
    SELECT known.id INTO identity_id
        FROM jsonb_to_recordset(current_setting('@identities@')::jsonb)
            AS known (id bigint, name text, type text)
        WHERE known.name = identity AND known.type = databricks_create_role.type;
    IF NOT FOUND THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('identity "%s" of type %s does not exist', identity, type);
    END IF;
    EXECUTE format('CREATE ROLE %I LOGIN', identity);
    label := format('id=%s,type=%s', identity_id, type);
    BEGIN
        EXECUTE format('SECURITY LABEL FOR databricks_auth ON ROLE %I IS %L', identity, label);
    EXCEPTION WHEN invalid_parameter_value THEN  -- the provider of labels is not loaded
        EXECUTE format('COMMENT ON ROLE %I IS %L', identity, '@prefix@' || label);
    END;
END
$function$;

CREATE VIEW @extschema@.databricks_list_roles AS
    SELECT rolname AS role_name, substring(label FROM 'type=(.*)$') AS identity_type
    FROM (
        SELECT rolname, coalesce(
            (
                SELECT label FROM pg_catalog.pg_shseclabel
                WHERE objoid = r.oid AND classoid = 'pg_authid'::regclass
                    AND provider = 'databricks_auth'
            ),
            substring(shobj_description(r.oid, 'pg_authid') FROM '^@prefix@(.*)$')
        ) AS label
        FROM pg_catalog.pg_roles AS r
    ) AS labelled
    WHERE label IS NOT NULL
    ORDER BY rolname;
GRANT SELECT ON @extschema@.databricks_list_roles TO PUBLIC;
