CREATE FUNCTION @extschema@.digest(data bytea, type text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
BEGIN
    CASE lower(type)
        WHEN 'md5' THEN RETURN decode(md5(data), 'hex');
        WHEN 'sha1' THEN RETURN @extschema@.@sha1@(data);
        WHEN 'sha224' THEN RETURN sha224(data);
        WHEN 'sha256' THEN RETURN sha256(data);
        WHEN 'sha384' THEN RETURN sha384(data);
        WHEN 'sha512' THEN RETURN sha512(data);
        ELSE RAISE invalid_parameter_value
            USING MESSAGE = format('Cannot use "%s": No such hash algorithm', type);
    END CASE;
END
$function$;

CREATE FUNCTION @extschema@.digest(data text, type text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN @extschema@.digest(convert_to(data, 'UTF8'), type);

-- RFC 2104.
CREATE FUNCTION @extschema@.hmac(data bytea, key bytea, type text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
DECLARE
    size CONSTANT int := CASE WHEN lower(type) IN ('sha384', 'sha512') THEN 128 ELSE 64 END;
    inner_pad bytea;
    outer_pad bytea;
BEGIN
    IF length(key) > size THEN
        key := @extschema@.digest(key, type);
    END IF;
    inner_pad := key || decode(repeat('00', size - length(key)), 'hex');
    outer_pad := inner_pad;
    FOR i IN 0 .. size - 1 LOOP
        inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # 54);
        outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # 92);
    END LOOP;
    RETURN @extschema@.digest(outer_pad || @extschema@.digest(inner_pad || data, type), type);
END
$function$;

CREATE FUNCTION @extschema@.hmac(data text, key text, type text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN @extschema@.hmac(convert_to(data, 'UTF8'), convert_to(key, 'UTF8'), type);

CREATE FUNCTION @extschema@.gen_random_bytes(count int) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $function$
DECLARE
    bytes bytea := '';
BEGIN
    IF count NOT BETWEEN 1 AND 1024 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'Length not in range';
    END IF;
    WHILE length(bytes) < count LOOP
        bytes := bytes || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    END LOOP;
    RETURN substring(bytes FROM 1 FOR count);
END
$function$;

CREATE FUNCTION @extschema@.gen_random_uuid() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE RETURN pg_catalog.gen_random_uuid();

-- What needs a cipher is there by name, so that functions which use it can be made, and says so.
DO $block$
DECLARE
    one text;
    result text;
BEGIN
    FOREACH one IN ARRAY ARRAY[
        'crypt(text, text) text', 'gen_salt(text) text', 'gen_salt(text, int) text',
        'encrypt(bytea, bytea, text) bytea', 'decrypt(bytea, bytea, text) bytea',
        'encrypt_iv(bytea, bytea, bytea, text) bytea', 'decrypt_iv(bytea, bytea, bytea, text) bytea',
        'pgp_sym_encrypt(text, text) bytea', 'pgp_sym_encrypt(text, text, text) bytea',
        'pgp_sym_decrypt(bytea, text) text', 'pgp_sym_decrypt(bytea, text, text) text',
        'pgp_pub_encrypt(text, bytea) bytea', 'pgp_pub_decrypt(bytea, bytea) text'
    ] LOOP
        result := substring(one FROM '\w+$');
        EXECUTE format(
            'CREATE FUNCTION @extschema@.%s RETURNS %s LANGUAGE plpgsql AS %L',
            substring(one FROM '^.*\)'), result,
            format(
                'BEGIN RAISE feature_not_supported USING MESSAGE = %L, HINT = %L; END',
                split_part(one, '(', 1) || ' is left out of the pgcrypto of the local Lakebase',
                'Point LAKEPASS_PG_BIN at a Postgres that has pgcrypto.'
            )
        );
    END LOOP;
END
$block$;
