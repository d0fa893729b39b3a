CREATE FUNCTION @extschema@.uuid_nil() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '00000000-0000-0000-0000-000000000000'::uuid;

-- RFC 9562, section 6.6.
CREATE FUNCTION @extschema@.uuid_ns_dns() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION @extschema@.uuid_ns_url() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION @extschema@.uuid_ns_oid() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION @extschema@.uuid_ns_x500() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION @extschema@.uuid_generate_v4() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN gen_random_uuid();

-- By time, with a random node that is marked as one (RFC 9562, sections 5.1 and 6.10).
CREATE FUNCTION @extschema@.uuid_generate_v1mc() RETURNS uuid
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $function$
DECLARE
    -- In units of 100 ns since 15 October 1582.
    time CONSTANT text := lpad(to_hex(
        (extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 122192928000000000), 15, '0');
    chance CONSTANT bytea := uuid_send(gen_random_uuid());
    node CONSTANT bytea := substring(chance FROM 11);
BEGIN
    RETURN (substring(time FROM 8) || substring(time FROM 4 FOR 4) || '1' || substring(time FOR 3)
        || encode(substring(chance FROM 9 FOR 2), 'hex')
        || encode(set_byte(node, 0, get_byte(node, 0) | 1), 'hex'))::uuid;
END
$function$;

CREATE FUNCTION @extschema@.uuid_generate_v1() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN @extschema@.uuid_generate_v1mc();

CREATE FUNCTION @extschema@.lakepass_uuid_of(hash bytea, version int) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN encode(
    set_byte(
        set_byte(substring(hash FOR 16), 6, (get_byte(hash, 6) & 15) | (version << 4)),
        8, (get_byte(hash, 8) & 63) | 128),
    'hex')::uuid;

CREATE FUNCTION @extschema@.uuid_generate_v3(namespace uuid, name text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN @extschema@.lakepass_uuid_of(
    decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex'), 3);

CREATE FUNCTION @extschema@.uuid_generate_v5(namespace uuid, name text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN @extschema@.lakepass_uuid_of(
    @extschema@.@sha1@(uuid_send(namespace) || convert_to(name, 'UTF8')), 5);
