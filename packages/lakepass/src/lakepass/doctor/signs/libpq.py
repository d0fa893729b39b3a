"""Signs of settings that only libpq reads: services, options of the session, ways to encrypt."""

from lakepass.doctor.signs.sign import Advice, Sign

_NO_GSS = Advice(
    title="The client requires GSSAPI encryption, which the server does not offer.",
    cause="PGGSSENCMODE or gssencmode is set to require. Lakebase encrypts with TLS.",
    fix="Unset it; leave sslmode as it is.",
    lines=("unset PGGSSENCMODE",),
)
_GSS_FAILED = Advice(
    title="libpq first tried to log in with a Kerberos ticket of this machine, and could not.",
    cause="Where tickets are found libpq tries GSSAPI before TLS, unless it is told not to; an expired "
    "or foreign ticket costs time or the whole attempt. Lakebase does not use it.",
    fix="Switch it off for this connection.",
    lines=("export PGGSSENCMODE=disable    # or gssencmode=disable in the URL",),
)
_DIRECT_TLS = Advice(
    title="The client starts TLS in a way that Lakebase does not support.",
    cause="sslnegotiation=direct, or PGSSLNEGOTIATION, leaves out the request that comes first. It is "
    "new in libpq 17, and the service refuses it.",
    fix="Take it out of the URL and unset the variable; sslmode stays as it is.",
    lines=("unset PGSSLNEGOTIATION",),
)
_NO_SERVICE = Advice(
    title="PGSERVICE, or service= in the URL, names a service that no file describes.",
    cause="libpq reads services from ~/.pg_service.conf, or from the file in PGSERVICEFILE, where the "
    "program runs.",
    fix="Unset it, or write the service into the file.",
    lines=("unset PGSERVICE", 'ls -l "${{PGSERVICEFILE:-$HOME/.pg_service.conf}}"'),
)
_UNKNOWN_SETTING = Advice(
    title="The session starts with a setting that the server does not know: {parameter}.",
    cause="It is in PGOPTIONS, in options= of the URL, or among the driver's own settings: misspelt, of "
    "another version of Postgres, or a parameter of the driver itself.",
    fix="Correct it or take it out.",
    lines=("printf '%s\\n' \"$PGOPTIONS\"",),
)

SIGNS = (
    Sign("LP-151", r"may not be used with sslnegotiation=direct|direct SSL connection was (?:requested|"
                   r"rejected)", advice=_DIRECT_TLS),
    Sign("LP-151", r"definition of service \"(?P<service>[^\"]+)\" not found|service file "
                   r"\"[^\"]+\" not found", advice=_NO_SERVICE),
    Sign("LP-151", r"connection to server at [^\n]{0,200}failed: (?:FATAL|ERROR): +unrecognized "
                   r"configuration parameter \"(?P<parameter>(?!sslmode|channel_binding)[^\"]+)\"",
         advice=_UNKNOWN_SETTING),
    Sign("LP-146", r"GSSAPI encryption required but|GSS encryption is not supported"
                   r"|gssencmode value \"\w+\" invalid when GSSAPI support", advice=_NO_GSS),
    Sign("LP-146", r"could not initiate GSSAPI security context", is_sure=False, advice=_GSS_FAILED),
)  # fmt: skip
