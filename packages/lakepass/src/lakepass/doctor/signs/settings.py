"""Signs of faults in settings, URLs and installed packages."""

from lakepass.diagnoses.diagnosis import FRESH_CREDENTIAL, PER_CONNECTION, VERIFIED
from lakepass.doctor.signs.sign import (
    ATTACHED_DATABASE,
    MISTAKEN_DATABASES,
    URL_OF_JDBC,
    Advice,
    Sign,
)

_MISTAKEN = "|".join(MISTAKEN_DATABASES)
_URL = r"postgres(?:ql)?(?:\+\w+)?://"

_PAT_WITH_PRINCIPAL = Advice(
    fix="Remove it. The service principal that is already there signs in, and a database "
    "credential is minted with it; a personal access token beside it would be a second identity.",
    lines=(
        "unset PGPASSWORD LAKEBASE_PASSWORD LAKEPASS_AUTH DATABRICKS_TOKEN",
        FRESH_CREDENTIAL,
        *PER_CONNECTION,
    ),
)
_ID_WITHOUT_PATH = Advice(
    title="The name of the database is not a resource name.",
    cause="A postgres resource of an app takes the full path of the database; only its id, or its "
    "name in Postgres, stands there.",
    fix="Write the full path; the last part is the id of the database, with hyphens.",
    lines=(
        "# databricks.yml, under the app's postgres resource",
        "database: projects/{project}/branches/production/databases/databricks-postgres",
        "# the ids that are there:",
        "databricks postgres list-databases projects/{project}/branches/production",
    ),
)
_JDBC_FORM = Advice(
    title="The URL has the user or the password in a form that the driver does not read.",
    cause="The JDBC driver knows no user:password@ before the host, and elsewhere a character such "
    "as @, / or # ends a part of the URL unless it is percent-encoded.",
    fix="JDBC: put user and password behind the question mark. Others: encode them.",
    lines=(
        "lakepass jdbc    # prints a URL that works",
        "jdbc:postgresql://{host}:5432/{database}?sslmode=verify-full"
        "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory&user=USER&password=PASSWORD",
    ),
)
_NO_URL = Advice(
    title="The value given as the connection URL is not a URL.",
    cause="The variable is empty, holds the text of a reference such as $DATABASE_URL, or holds "
    "quotes.",
    fix="Look at what the program receives, and set the bare URL.",
    lines=(
        "printf '%s\\n' \"$DATABASE_URL\" | sed 's#://[^@]*@#://…@#'    # without the password",
    ),
)
_OTHER_FORM = Advice(
    title="The connection string has the form of another driver.",
    cause="JDBC wants jdbc:postgresql://host:5432/database?…, Npgsql wants Host=…;Username=…; "
    "neither reads the URLs that consoles show.",
    fix="Write it in the driver's own form.",
    lines=("lakepass jdbc    # prints a JDBC URL that works", "lakepass env     # names the parts"),
)
_UNEXPANDED = Advice(
    fix="Look at what the program receives, and give it the bare value: a .env file, app.yaml and "
    "single quotes expand nothing.",
    lines=(
        "printf '%s\\n' \"$PGPASSWORD\" | cut -c 1-8    # eyJ… is a token; ${{… is not expanded",
    ),
)
_UNEXPANDED_URL = Advice(
    title="The password in the URL is the text of a reference, which was not expanded.",
    cause="Consoles print ${PGPASSWORD} where the token belongs; only a shell replaces it, and only "
    "outside single quotes.",
    fix="Take the password out of the URL and give it apart, fresh for each connection.",
    lines=('export PGPASSWORD="$(lakepass token)"    # for one session; good for an hour',),
)
_BLANK_IN_HOST = Advice(
    title="The host contains a character that is invalid in host names.",
    cause="A blank, a line break or quotes came along when the value was copied into a variable or a "
    "secret; neither is trimmed.",
    fix="Set the value again, without what is around it, and look at the values that were set with it.",
    lines=("printf '%s' \"$DATABRICKS_HOST\" | od -c | tail -n 3    # shows what is at its end",),
)
_LIBPQ_TOO_OLD = Advice(
    title="libpq is too old for the parameter {parameter}.",
    cause="Consoles write channel_binding=require into their URLs; libpq knows it from version 13 on.",
    fix="Update psycopg2-binary or libpq, or take the parameter out of the URL: sslmode keeps TLS on.",
    lines=("python -c 'import psycopg2; print(psycopg2.__libpq_version__)'    # 130000 or more",),
)
_NOT_LIBPQ = Advice(
    title="libpq does not support a parameter of the connection URL.",
    cause="It belongs to another driver (ssl to asyncpg, pgbouncer and schema to Prisma, "
    "prepareThreshold to JDBC), or to the program itself, which passes it on. The name of the database "
    "is dbname, to psycopg 3 in every case.",
    fix="Take it out of the URL, or out of the arguments of connect(). For a schema: "
    "options=-csearch_path%3DNAME.",
    lines=(),
)
_GRAFANA_DATABASE = Advice(
    title="Grafana's data source names no database.",
    cause="Since Grafana 12 the name is read from jsonData.database; an older provisioning file has it "
    "one level higher.",
    fix="Write the database into jsonData of the data source.",
    lines=("jsonData:", "  database: databricks_postgres", "  sslmode: verify-full"),
)
_NO_HOST = Advice(
    title="The program was given no host, so its driver looked for a server on this machine.",
    cause="Neither PGHOST nor a URL with a host reached the program; the driver then tries a socket "
    "file. A Databricks App gets PGHOST only from a database that is attached to it.",
    fix="Give the program the address: attach the database to the app, or set PGHOST or the URL "
    "under the name that the program reads.",
    lines=(
        "env | grep -E '^(PG|LAKEBASE_|DATABASE_URL)' | cut -d= -f1    # what is set",
        'eval "$(lakepass env)"    # PGHOST, PGPORT, PGDATABASE, PGUSER, PGSSLMODE',
    ),
)
_MODE_OF_ANOTHER = Advice(
    title="The driver does not have this TLS mode.",
    cause="The modes are those of libpq, and some drivers know a part of them.",
    fix="Use verify-full; where the driver lacks that too, give it a TLS configuration of its own "
    "that checks the certificate and the name.",
    lines=VERIFIED,
)
_NOT_NPGSQL = Advice(
    title="Npgsql does not know a keyword of the connection string.",
    cause="Its keywords are its own: Host, Username, SSL Mode; channel_binding is Channel Binding.",
    fix="Write it with Npgsql's keywords.",
    lines=("Host=…;Port=5432;Database=…;Username=…;SSL Mode=VerifyFull",),
)
_DOUBLE_THE_PERCENT = Advice(
    title="A percent sign in Alembic's URL was read as a placeholder.",
    cause="Alembic reads sqlalchemy.url with configparser, to which % begins a reference.",
    fix="Double every percent sign where set_main_option() or alembic.ini gets the URL; or let "
    "env.py use an engine that lakepass makes, and write no URL at all.",
    lines=("config.set_main_option('sqlalchemy.url', url.replace('%', '%%'))",),
)
READ_ONLY = Advice(
    title="The session may only read.",
    cause="The host is of a read replica or secondary (-ro in its name), or the session was made "
    "read-only: default_transaction_read_only, target_session_attrs, or BEGIN READ ONLY.",
    fix="Connect to the read-write host. If it is that one already, find out what makes the "
    "session read-only.",
    lines=(
        "psql -c 'SELECT pg_is_in_recovery()'                # t: it is a replica",
        "psql -c 'SHOW default_transaction_read_only'        # on: a setting, see PGOPTIONS",
    ),
)
_STREAMLIT = Advice(
    title="Streamlit's connection has no settings.",
    cause="st.connection(NAME) reads the section [connections.NAME] of secrets.toml. It is missing, is "
    "named differently, or the file is not where the app runs.",
    fix="Pass the engine's URL, or write the section under exactly that name; with tokens let lakepass "
    "make the engine, since a password in secrets.toml is not renewed.",
    lines=(
        "engine = lakepass.Lakebase.from_env().engine()    # kept by @st.cache_resource",
        "[connections.NAME]    # .streamlit/secrets.toml, for a native password",
    ),
)
_NO_OAUTH_WITH_PAT = Advice(
    title="With a personal access token there is no OAuth token to send as the password.",
    cause="config.oauth_token() works only where the SDK signs in by OAuth. The token itself opens no "
    "database either, but the workspace mints a database credential for it.",
    fix="Replace config.oauth_token() by generate_database_credential(), which works with every "
    "sign-in; or let lakepass do it.",
    lines=(
        "w.postgres.generate_database_credential(endpoint='{endpoint}').token",
        "lakepass.Lakebase.from_env()    # mints for each connection",
    ),
)
_TOKEN_AT_POOLER = Advice(
    title="A token was sent to the pooler, which accepts only native passwords.",
    fix="Connect to the host without -pooler, or use a role with a native password.",
    lines=("export PGHOST={direct}",),
)
_NO_SUCH_DATABASE = Advice(title="There is no database named {database}.")
_READS_PG_VARIABLES = Advice(
    title="The program reads variables of the database that are not set.",
    cause="A Databricks App gets PGHOST, PGPORT, PGDATABASE, PGUSER and PGSSLMODE from the first "
    "database that is attached to it, when it is deployed. Elsewhere nothing sets them.",
    fix="Attach the database to the app (its page, “Edit”, “App resources”), and deploy it again.",
    lines=(
        *ATTACHED_DATABASE,
        'eval "$(lakepass env)"    # elsewhere, in a shell: sets them',
    ),
)
_UNENCODED = Advice(
    cause="The driver took another part of the URL for the host or the port: an @, /, ? or # in the "
    "user name or the password ended the part that it is in.",
)
_NO_CLEAR_TEXT = Advice(
    title="The driver does not know the method of login that a token uses.",
    cause="The server asks for the token as it is, within TLS; this version of the driver knows only "
    "hashed passwords.",
    fix="Update the driver.",
    lines=("pip install --upgrade pg8000",),
)
_NOT_QUOTED = Advice(
    title="A value with a blank in it is not quoted in the connection string.",
    cause="In name=value form a blank ends a value, and what follows it, such as the rest of a "
    "password, is taken for the next name.",
    fix="Put the value in single quotes, with a backslash before quotes and backslashes in it; or pass "
    "the password as an argument of its own.",
    lines=("host={host} dbname={database} user=USER password='…'",),
)
_PORT = r"(?:[\d -]|[^\"]*[${}:/]|(?:None|null|undefined)?\")"  # rather than a part of a password

SIGNS = (
    # Not where the socket was found: a local server, or the proxy of Cloud SQL, answered there.
    Sign("LP-101", r"on (?:Unix domain )?socket \"[^\"\n]{0,80}\.s\.PGSQL\.\d+\""
                   r"(?! failed: (?:FATAL|ERROR))|dial unix [^\s:]{0,80}\.s\.PGSQL\.\d+",
         advice=_NO_HOST),
    Sign("LP-101", r"Failed to configure a DataSource: 'url' attribute is not specified"
                   r"|Host can't be null|ConnectionString property has not been initialized"
                   r"|ActiveRecord::AdapterNotSpecified"),
    Sign("LP-101", r"Configure the url, user and password!|missing the :(?:database|hostname) key in "
                   r"options|Database (?:connection )?\[(?:pgsql|postgres\w*)\] not configured"),
    Sign("LP-101", r"Missing SQL DB connection configuration", advice=_STREAMLIT),
    Sign("LP-101", r"default database configured for this data source|no default database configured",
         advice=_GRAFANA_DATABASE),
    Sign("LP-101", r"settings\.DATABASES is improperly configured\. Please supply the"),
    Sign("LP-101", r"missing (?:required )?(?:environment variables?|env vars?)[^\n]{0,60}?\b"
                   r"(?:LAKEBASE_ENDPOINT|LAKEBASE_INSTANCE(?:_NAME)?|PGHOST)\b"),
    Sign("LP-101", r"Lakebase provisioned instance 'None'|Lakebase (?:instance|project) 'None'"),
    Sign("LP-101", r"Must provide either 'instance_name'|Must provide (?:one of|either).{0,80}"
                   r"(?:autoscaling_endpoint|lakebase_instance)"),
    Sign("LP-101", r"(?:LAKEBASE_(?:ENDPOINT|INSTANCE(?:_NAME)?)|PGHOST)['\"`]? (?:is not set|is "
                   r"required|environment variable (?:is )?(?:not set|missing|required)|must be set)"),
    Sign("LP-101", r"KeyError: '(?:PGHOST|PGUSER|PGDATABASE)'|missing (?:required )?(?:environment "
                   r"variables?|env vars?)[^\n]{0,60}?\bPGHOST\b"
                   r"|\bPG(?:HOST|USER|DATABASE)\s[^\n\v]{0,60}?\s{1,4}Field required",
         advice=_READS_PG_VARIABLES),
    Sign("LP-101", r"The \"options\.host\" property must be of type string\. Received undefined",
         advice=_NO_HOST),
    Sign("LP-101", r"No such file or directory: '[^'\n]*\.s\.PGSQL\.\d+", advice=_NO_HOST),
    Sign("LP-101", r"Expected string or URL object, got None|Failed to determine a suitable driver "
                   r"class", advice=_NO_HOST),
    Sign("LP-101", r"endpoint is not configured[^\n]{0,40}LAKEBASE_ENDPOINT"),
    Sign("LP-101", r"KeyError: '(?:LAKEBASE_ENDPOINT|LAKEBASE_INSTANCE(?:_NAME)?)'"),
    Sign("LP-101", r"\"database\" are required for database connection"),
    Sign("LP-101", r"No database connection string was provided|Environment variable not found: "
                   r"DATABASE_URL|DATABASE_URL['\"`]? (?:is not set|is required|must be set)"),
    Sign("LP-101", r"Missing required resources:[\s\S]{0,300}?(?:postgres:|lakebase|PGHOST)"),
    Sign("LP-101", r"Env var required but not provided: '(?:PG|LAKEBASE|DATABRICKS)\w+'"),
    Sign("LP-103", r"Field '\w+' expects 'projects/\S+ format, got '(?P<given>[^']*)'",
         advice=_ID_WITHOUT_PATH),
    Sign("LP-105", r"invalid port number: \"(?![^\"\n]*@)|invalid integer "
                   rf"value \"(?={_PORT})[^\"@]*\" for connection option \"port\""),
    Sign("LP-106", r"unsupported sslmode|sslmode '[\w-]+' is not supported", advice=_MODE_OF_ANOTHER),
    Sign("LP-106", r"sslmode is invalid|invalid sslmode value|`sslmode` parameter must be one of"),
    Sign("LP-114", r"PASSWORD\W{1,3}dapi|password\W{1,3}dapi|://[^\s:/@]*:dapi"),
    Sign("LP-114", r"\bPAT\b|personal access token|\bdapi", only_with="LP-301 and a principal",
         advice=_PAT_WITH_PRINCIPAL),
    Sign("LP-114", r"\bPAT\b|personal access token|\bdapi", only_with="LP-301"),
    Sign("LP-114", r"OAuth tokens are not available for pat", advice=_NO_OAUTH_WITH_PAT),
    Sign("LP-133", r"(?:translate host name \"|ENOTFOUND |UnknownHostException: |database server at "
                   r"`|lookup |resolve (?:host )?['\"]|not known: ['\"])[^\s\"'`/]*@"),
    Sign("LP-133", r"invalid port number: \"[^\"\n]*@|failed to resolve host '[^']*':[^\n]{0,20}"
                   r"Servname not supported|\bConfiguration\(InvalidPort\)"
                   rf"|invalid integer value \"(?!{_PORT})[^\"]+\" for connection option \"port\"",
         advice=_UNENCODED),
    Sign("LP-133", r"invalid connection option \"[^\"\n]*[@:][^\"\n]*\"|unexpected spaces found in \""),
    Sign("LP-133", r"missing \"=\" after \"(?!postgres|[$'])[^\"@/:\n]+\"", advice=_NOT_QUOTED),
    Sign("LP-133", r"sqlalchemy[/\\]engine[/\\]url\.py[\s\S]{0,1500}?"
                   r"(?P<said>invalid literal for int\(\))"
                   r"|invalid literal for int\(\)(?=[^\n]*[\n\v][^\n]*sqlalchemy[/\\]engine[/\\]url\.py)"
                   r"|parse \"?postgres[^\n]*: invalid URL escape|\bP1013\b(?![^\n]*scheme is not)"),
    Sign("LP-105", r"asyncpg[/\\]connect_utils\.py[\s\S]{0,1500}?(?P<said>invalid literal for int\(\))"
                   r"|invalid literal for int\(\)(?=[^\n]*[\n\v][^\n]*asyncpg[/\\]connect_utils\.py)"),
    Sign("LP-133", r"invalid interpolation syntax in '?postgres", advice=_DOUBLE_THE_PERCENT),
    # node-postgres reads a URL that it cannot take apart against the host name "base".
    Sign("LP-133", r"ENOTFOUND base\b|EAI_AGAIN base\b"),
    Sign("LP-133", r"ERR_INVALID_URL[\s\S]{0,200}?postgres(?:ql)?://"),
    Sign("LP-133", _URL + r"[^\s/@]*@[^\s/@]*@"),
    Sign("LP-133", r"invalid port number in database URL|invalid domain character in database URL"),
    Sign("LP-133", r"invalid literal for int\(\) with base 10: '[^'\n]*@|Port could not be cast to "
                   r"integer value as|invalid integer value \"[^\"]*@[^\"]*\" for connection option "
                   r"\"port\"|invalid percent-encoded token"),
    Sign("LP-133", r"jdbc:postgresql://[^\s/?]*@|JDBC URL port: \S*@|net/url: invalid userinfo"
                   r"|invalid port \"[^\"]*\" after host", advice=_JDBC_FORM),
    Sign("LP-134", r"PASSWORD is set, but empty"),
    Sign("LP-137", r":eyJ[^\s@]*@(?P<direct>[\w-]+)-pooler(?=\.)", only_with="LP-301",
         advice=_TOKEN_AT_POOLER),
    Sign("LP-137", r":eyJ[^\s@]*@(?P<direct>[\w-]+)-pooler(?=\.)", only_with="LP-308",
         advice=_TOKEN_AT_POOLER),
    Sign("LP-137", r"\b(?P<direct>[\w-]+)-pooler\.[^\n]{0,300}SASL authentication failed",
         advice=_TOKEN_AT_POOLER),
    Sign("LP-137", r"[\w-]+-pooler\.", is_sure=False, only_with="LP-301"),
    Sign("LP-137", r"[\w-]+-pooler\.", is_sure=False, only_with="LP-308"),
    Sign("LP-138", r"\bsession is read-only|server is in hot standby mode", advice=READ_ONLY),
    Sign("LP-138", r"cannot execute [\w ]+ in a read-only transaction", advice=READ_ONLY),
    Sign("LP-139", r"(?<!`)\bssl(?:mode)?\W{1,4}require\b(?!\S* may not be used)", is_sure=False,
         only_with="any"),
    Sign("LP-141", r"://[^\s:/@]*:eyJ"),
    Sign("LP-143", r"://[^\s:/@]*:\$[{(]\w", only_with="LP-308", advice=_UNEXPANDED_URL),
    Sign("LP-143", r"://[^\s:/@]*:\$[{(]\w", only_with="LP-301", advice=_UNEXPANDED_URL),
    Sign("LP-143", r"invalid character \"[^\"]+\" in host name", advice=_BLANK_IN_HOST),
    Sign("LP-143", r"URL can't contain control characters\. '?https?:", advice=_BLANK_IN_HOST),
    Sign("LP-143", r"password\W{1,4}(?:\$[{(]|bearer )", is_sure=False, only_with="any",
         advice=_UNEXPANDED),
    Sign("LP-144", r"unexpected keyword argument '(?P<parameter>sslmode|channel_binding|sslrootcert"
                   r"|target_session_attrs|pgbouncer)'"),
    Sign("LP-144", r"connect\(\) got an unexpected keyword argument '(?P<parameter>options|schema"
                   r"|application_name|connect_timeout)'"),
    Sign("LP-144", r"invalid connection option \"(?P<parameter>channel_binding)\"",
         advice=_LIBPQ_TOO_OLD),
    Sign("LP-144", r"invalid connection option \"(?P<parameter>\w+)\"|invalid URI query parameter: "
                   r"\"(?P<name>\w+)\"", advice=_NOT_LIBPQ),
    Sign("LP-144", r"(?:Unrecognized|unrecognized|unknown) (?:configuration|connection|startup) "
                   r"parameter:? \"(?P<parameter>sslmode|channel_binding)\""),
    Sign("LP-144", r"(?:Keyword not supported: |Couldn't set )'?(?P<parameter>[\w ]+?)'?(?: \(|\b[^\n]*"
                   r"npgsql)", advice=_NOT_NPGSQL),
    Sign("LP-145", r"Can't load plugin: sqlalchemy\.dialects:postgres[\w.]*"),
    Sign("LP-145", r"the URL must start with the protocol `postgresql://`|requires an async driver to "
                   r"be used"),
    Sign("LP-145", r"The scheme is not recognized in database URL", advice=_NO_URL),
    Sign("LP-145", r"\berror: no scheme\b|\bUnknownSchemeError: Scheme", advice=_NO_URL),
    Sign("LP-145", r"Could not parse (?:rfc1738 URL|SQLAlchemy URL) from|missing \"=\" (?:after "
                   r"\"(?:postgres|[$']|[^\"\n]*[@/:])|in connection)"
                   r"|cannot parse `[^`\n]*`: failed to parse as|\bRelativeUrlWithoutBase\b",
         advice=_NO_URL),
    Sign("LP-145", r"No suitable driver found for (?:postgres|jdbc:postgresql:"
                   rf"(?!{URL_OF_JDBC}))|claims to not accept jdbcUrl"
                   r"|Format of the initialization string does not conform"
                   r"|URL must start with 'jdbc'|Unable to parse URL jdbc:postgres", advice=_OTHER_FORM),
    Sign("LP-145", r"invalid DSN: scheme is expected to be either \"postgresql\" or \"postgres\""),
    Sign("LP-146", r"channel binding check failed|'Require Auth' is set to \w+, but server requested"),
    Sign("LP-146", r"Authentication method \d+ not recognized by pg8000", advice=_NO_CLEAR_TEXT),
    Sign("LP-401", r"(?:FATAL|ERROR): +no such database: (?P<database>[\w-]+)",
         advice=_NO_SUCH_DATABASE),
    Sign("LP-401", r"could not find your database: (?P<database>[\w-]+)", advice=_NO_SUCH_DATABASE),
    Sign("LP-401", r"database [\"“«„] ?(?P<database>[^\"”»“\n]{1,63}?) ?[\"”»“] does not exist",
         advice=_NO_SUCH_DATABASE),
    Sign("LP-401", r"database ['`](?P<database>[^'`\n]{1,63})['`] does not exist",
         advice=_NO_SUCH_DATABASE),
    Sign("LP-401", r"\b3D000\b[^\n]{0,200}\bInitPostgres\b"),
    Sign("LP-401", rf"\b(?:database|dbname)\W{{1,4}}(?:{_MISTAKEN})\b", is_sure=False,
         only_with="any"),
    Sign("LP-401", rf"{_URL}\S+/(?:{_MISTAKEN})\b", is_sure=False, only_with="any"),
)  # fmt: skip
