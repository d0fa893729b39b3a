"""Signs of a server and a client that do not agree on how to log in, or on the protocol."""

from lakepass.doctor.signs.sign import Advice, Sign

_WHICH_SERVER = (
    "env | grep -E '^(PG|LAKEBASE_|DATABASE_URL)' | cut -d= -f1    # what is set",
    'eval "$(lakepass env)"    # PGHOST, PGPORT, PGDATABASE, PGUSER, PGSSLMODE',
)
_ANOTHER_METHOD = Advice(
    title="The server asked for another proof than a password, so it is not Lakebase.",
    cause="Lakebase accepts passwords only: tokens, and those of native roles. A server that compares "
    "the user of the operating system (peer, ident), or wants a certificate or a ticket, is another "
    "one, often one on this machine.",
    fix="Look at which server the program reaches, and give it the host of the database.",
    lines=_WHICH_SERVER,
)
_OAUTH_OF_POSTGRES = Advice(
    title="The server asks for the OAuth login of Postgres 18, so it is not Lakebase.",
    cause="Lakebase takes a token as the password. In Postgres 18 OAuth is a method of its own, which "
    "the administrator of another server has set up, and for which libpq needs oauth_issuer.",
    fix="Look at which server the program reaches, and give it the host of the database.",
    lines=_WHICH_SERVER,
)
_NEWER_PROTOCOL = Advice(
    title="The client asks for a newer version of the protocol than something on the way knows.",
    cause="min_protocol_version or PGMINPROTOCOLVERSION is set, or a pooler rejects version 3.2, which "
    "libpq knows from 18 on, instead of agreeing on 3.0.",
    fix="Unset it, and let libpq ask for 3.0; update the pooler.",
    lines=("unset PGMINPROTOCOLVERSION", "export PGMAXPROTOCOLVERSION=3.0"),
)
_VALUE_OF_LIBPQ = Advice(
    title="libpq does not know this value of {parameter}.",
    cause="It is misspelt, of a newer libpq, or contradicts another one; it comes from the URL or from "
    "a variable.",
    fix="Take it out of the URL and unset the variable; none of these parameters is needed.",
    lines=("env | grep '^PG' | cut -d= -f1    # what is set",),
)
_NOT_BUILT_IN = Advice(
    title="This libpq was built without what {parameter} needs.",
    cause="It is a libpq without TLS, or with a version of OpenSSL that is too old for the parameter.",
    fix="Use one that was built with OpenSSL: Lakebase accepts connections with TLS only.",
    lines=('pip install "psycopg[binary]"    # brings its own',),
)
_OTHERS = r"Peer|Ident|GSSAPI|SSPI|BSD|certificate|Kerberos \d|\"trust\"|OAuth bearer"
_PARAMETERS = (
    r"channel_binding|sslnegotiation|sslcertmode|gssencmode|require_auth|target_session_attrs"
    r"|load_balance_hosts|(?:ssl_)?(?:min|max)_protocol_version"
)

SIGNS = (
    Sign("LP-308", rf"(?:{_OTHERS}) authentication failed for user"
                   r"|(?:FATAL|ERROR): +authentication failed for user \"[^\"]*\": "
                   r"|connection requires a valid client certificate",
         is_sure=False, advice=_ANOTHER_METHOD),
    Sign("LP-146", r"server requires OAuth authentication|no OAuth flows are available",
         advice=_OAUTH_OF_POSTGRES),
    Sign("LP-146", r"(?:GSSAPI|SSPI|Kerberos \d|Crypt) authentication not supported",
         advice=_ANOTHER_METHOD),
    Sign("LP-406", r"protocol version not supported by server: client uses", advice=_NEWER_PROTOCOL),
    Sign("LP-151", rf"invalid \"?(?P<parameter>{_PARAMETERS})\"? value: \""
                   r"|negative (?P<given>require_auth) method", advice=_VALUE_OF_LIBPQ),
    Sign("LP-402", r"\b(?P<parameter>ssl\w+) value \"[\w-]+\" (?:invalid when SSL support is not "
                   r"compiled in|is not supported \(check OpenSSL)", advice=_NOT_BUILT_IN),
)  # fmt: skip
