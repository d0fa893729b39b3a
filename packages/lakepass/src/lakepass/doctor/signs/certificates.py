"""Signs of faults in the files of certificates and keys that a client is told to read."""

from lakepass.doctor.signs.sign import Advice, Sign

_NO_ROOT_FILE = Advice(
    title="libpq looks for a file of authorities that does not exist.",
    cause="With sslmode=verify-full libpq reads ~/.postgresql/root.crt unless it is told otherwise; "
    "the word system is known from libpq 16 on, and older ones take it for a file's name.",
    fix="Name the system's authorities; leave the check on.",
    lines=(
        "export PGSSLROOTCERT=system    # libpq 16 or later",
        "# older libpq, on Debian and Ubuntu: PGSSLROOTCERT=/etc/ssl/certs/ca-certificates.crt",
    ),
)
_OPEN_KEY = Advice(
    title="libpq refuses a private key that others may read.",
    cause="sslkey, or ~/.postgresql/postgresql.key, names a key with open permissions. Lakebase "
    "asks for no client certificate.",
    fix="Leave sslcert and sslkey out of the connection; for another server, close the file.",
    lines=("chmod 600 ~/.postgresql/postgresql.key",),
)
_CLIENT_CERTIFICATE = Advice(
    title="libpq may not read the client certificate that it looks for.",
    cause="It looks for postgresql.crt in the home directory, here that of another user: HOME was kept "
    "when the process changed its user. Lakebase asks for no client certificate.",
    fix="Let libpq look nowhere, or set HOME to the directory of the user that the process runs as.",
    lines=("export PGSSLCERT=/nowhere/postgresql.crt",),
)
_NOT_PEM = Advice(
    title="What was given as a certificate or key is not one in PEM.",
    cause="It does not begin with a line -----BEGIN …: it is a path where the content is expected, its "
    "line breaks were lost in a variable, or it is in another format.",
    fix="Give the content of the file, with its line breaks. Lakebase needs none: its certificates are "
    "of a public authority.",
    lines=("head -n 1 FILE    # -----BEGIN CERTIFICATE-----",),
)
_CLIENT_KEY = Advice(
    title="libpq cannot use the key of the client certificate.",
    cause="sslkey, or ~/.postgresql/postgresql.key, is missing, a directory, or no key that OpenSSL "
    "reads. Lakebase asks for no client certificate.",
    fix="Leave sslcert and sslkey out of the connection, and let libpq look nowhere.",
    lines=("unset PGSSLKEY", "export PGSSLCERT=/nowhere/postgresql.crt"),
)
_JDBC_KEY = Advice(
    title="The JDBC driver cannot read the key of a client certificate.",
    cause="sslkey, or postgresql.pk8 in its default folder, is missing or not in a format that it "
    "reads: PKCS-8 in DER, or PKCS-12. Lakebase asks for no client certificate.",
    fix="Leave sslcert and sslkey out of the connection; for another server, convert the key.",
    lines=(
        "openssl pkcs8 -topk8 -outform DER -in KEY -out KEY.pk8 -nocrypt    # for another server",
    ),
)

SIGNS = (
    Sign("LP-108", r"root certificate file \"?[^\"\n]{1,200}\"? does not exist|could not read root "
                   r"certificate file|Could not open SSL root certificate file"
                   r"|could not (?:get home directory to locate root certificate file"
                   r"|load system root certificate paths)", advice=_NO_ROOT_FILE),
    Sign("LP-108", r"failed to configure TLS|unable to (?:read|add) CA"
                   r"|Trust options must be specified under verify-"),
    Sign("LP-108", r"private key file \"[^\"\n]{1,200}\" has group or world access", advice=_OPEN_KEY),
    Sign("LP-108", r"private key file \"[^\"\n]{1,200}\" is not a regular file"
                   r"|could not load private key file \"|certificate present, but not private key file",
         advice=_CLIENT_KEY),
    Sign("LP-108", r"\bcacerts(?:,|: :)undefined"),
    Sign("LP-108", r"PEM routines:[^\n]{0,80}no start line", advice=_NOT_PEM),
    Sign("LP-108", r"could not read SSL key file", advice=_JDBC_KEY),
    Sign("LP-108", r"could not open certificate file \"[^\"\n]{1,200}postgresql\.crt\"",
         advice=_CLIENT_CERTIFICATE),
    Sign("LP-109", r"weak sslmode \"[\w-]+\" may not be used with sslrootcert=system"),
)  # fmt: skip
