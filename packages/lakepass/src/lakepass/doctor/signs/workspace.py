"""Signs of faults between the program and the workspace, and in the wiring of an app."""

from lakepass.doctor.signs.sign import ATTACHED_DATABASE, Advice, Sign

# A workspace's host, not a database's: that has ".database." in it.
_WORKSPACE_HOST = r"(?<![\w.@-])(?:https?://)?(?![\w.-]*\.database\.)[\w.-]+\.(?:azuredatabricks\.net|databricks\.com)"

_SCOPE_NAME = r"(?P<scope>\w[\w-]*(?:\.[\w-]+)*)"

_PROJECT_AS_INSTANCE = Advice(
    title="The workspace has no database instance {instance}.",
    cause="It may be the id of a project: projects are not database instances, and are found under "
    "their resource name only. Or it is deleted, spelt otherwise, or in another workspace.",
    fix="Check whether it is a project. If so, name its endpoint in LAKEBASE_ENDPOINT, and mint "
    "with w.postgres.generate_database_credential(endpoint=…).",
    lines=(
        "databricks postgres list-endpoints projects/{instance}/branches/production",
        "export LAKEBASE_ENDPOINT=projects/{instance}/branches/production/endpoints/primary",
        "unset LAKEBASE_INSTANCE",
        "# not a project? the instances that are there:",
        "databricks database list-database-instances",
    ),
)
_DATABASE_ID = Advice(
    title="The branch has no database with this id.",
    cause="The last part of the path is the id of the database, not its name in Postgres. A "
    "database that a catalog or SQL created has an id made by the service.",
    fix="Write the id that the list shows, or declare the database as a postgres_databases resource "
    "and refer to its id.",
    lines=("databricks postgres list-databases {branch}",),
)
_RULE_SET = Advice(
    title="The identity that deploys may not change the permissions of the project.",
    cause="Permissions of a project belong to its unique id (uid). With its project id in the "
    "path, or without CAN MANAGE on it, the workspace answers that rule sets may not be read.",
    fix="Have someone with CAN MANAGE on the project set the permissions, by its uid; and take them "
    "out of the bundle meanwhile.",
    lines=(
        "databricks postgres get-project projects/{project_id}    # shows the uid",
        "databricks permissions get database-projects UID",
    ),
)
_NO_CAN_USE = Advice(
    title="The identity has no access to the database instance.",
    cause="Minting a credential for an instance needs CAN USE on it. An app gets it when the "
    "database is attached to the app as a resource.",
    fix="Attach the database to the app and deploy it again, or give the identity CAN USE.",
    lines=(
        "# databricks.yml, under resources.apps.APP",
        "resources:",
        "  - name: database",
        "    database:",
        "      instance_name: {instance}",
        "      database_name: databricks_postgres",
        "      permission: CAN_CONNECT_AND_CREATE",
    ),
)
_NOT_A_MEMBER = Advice(
    title="The identity that the token belongs to is not in this workspace.",
    cause="A token is good for the workspaces that its identity was added to; here DATABRICKS_HOST, "
    "or the profile's host, is another one.",
    fix="Compare the host with the workspace that the token was made in. If the host is right, have "
    "an administrator add the identity to the workspace.",
    lines=("databricks auth describe    # which host, and who signs in",),
)
_NETWORK_POLICY = Advice(
    title="A network policy keeps this network out of Lakebase.",
    cause="Lakebase, and the request that mints its credentials, are guarded apart from the "
    "workspace's IP access list: by context-based ingress and, with private link, by an endpoint of "
    "their own (Service-Direct). The sign-in before it may succeed.",
    fix="Have an account administrator allow this network there, or register the Service-Direct "
    "endpoint. An entry in the workspace's IP access list alone does not help.",
    lines=(),
)
_NOT_THIS_OBJECT = Advice(
    title="The identity may not change this object of the workspace.",
    cause="Each object has permissions of its own: a secret scope, a folder, an app, a project. A new "
    "service principal has none.",
    fix="Have someone who manages the object give the identity the permission that the message "
    "names.",
    lines=(
        "databricks secrets put-acl SCOPE PRINCIPAL MANAGE    # for a secret scope",
        "databricks apps update-permissions APP --json "
        '\'{{"access_control_list": [{{"service_principal_name": "PRINCIPAL", '
        '"permission_level": "CAN_MANAGE"}}]}}\'',
    ),
)
_RAW_CALL = Advice(
    title="A raw call of the API for credentials was answered with Not Found.",
    cause="`databricks api post` does not know this path in every version and on every host, and "
    "prints text where the next program expects JSON.",
    fix="Use the command that is made for it.",
    lines=("databricks postgres generate-database-credential {endpoint}",),
)
_QUERY_IN_HOST = Advice(
    title="DATABRICKS_HOST, or the profile's host, has something after the host name.",
    cause="Everything from `?o=` on belongs to the browser's address bar, not to the host. The "
    "workspace then answers every request with its sign-in page.",
    fix="Keep only https:// and the host name.",
    lines=(
        'export DATABRICKS_HOST="${{DATABRICKS_HOST%%/?o=*}}"',
        "# or `host` in ~/.databrickscfg",
    ),
)
_PROXY = Advice(
    title="An HTTP proxy on the way does not let the request through to the workspace.",
    cause="HTTPS_PROXY (or https_proxy) names a proxy, and that refused or did not answer.",
    fix="Have the proxy allow the workspace, or bypass it where direct access is allowed.",
    lines=(
        "env | grep -i _proxy    # which proxy",
        'export NO_PROXY="{workspace_name},$NO_PROXY"    # only where a direct way is allowed',
    ),
)
_INTERCEPTED = Advice(
    title="Something answers in the workspace's place, and its certificate is not trusted.",
    cause="A proxy that opens TLS presents a certificate of its own authority.",
    fix="Name the file with that authority's certificate; leave verification on.",
    lines=("export REQUESTS_CA_BUNDLE=FILE    # the authority's certificate, PEM",),
)
_NO_OAUTH_THERE = Advice(
    title="What answers at DATABRICKS_HOST does not offer the workspace's sign-in.",
    cause="A workspace publishes where tokens are issued under /oidc. The host is misspelt or of "
    "something else, or a proxy or firewall answers in its place.",
    fix="Open the address below: it must answer with JSON. If it does not, correct the host, or have "
    "the network let the request through.",
    lines=("curl -sS {workspace}/oidc/.well-known/oauth-authorization-server",),
)
_SIGN_IN_ANEW = Advice(
    title="The sign-in stored by the Databricks CLI has expired.",
    cause="Its refresh token has expired or was revoked.",
    fix="Sign in again.",
    lines=("databricks auth login --host {workspace}",),
)
_NO_SUCH_ROLE_KIND = Advice(
    title="The service does not create roles of this kind.",
    cause="Its API makes roles that can log in; a role that only groups rights is made in SQL.",
    fix="Create it in SQL, with NOLOGIN, as a role that may create roles.",
    lines=(),
)
_FIELD_OF_RESOURCE = Advice(
    title="A field of the app's database resource was not given.",
    cause="The template asks for it, and without a terminal nobody can be asked.",
    fix="Give the branch and the database on the command line; if it asks for more, update the CLI.",
    lines=(
        "databricks apps init \\",
        "  --set lakebase.postgres.branch=projects/{project}/branches/production \\",
        "  --set lakebase.postgres.database="
        "projects/{project}/branches/production/databases/databricks-postgres",
    ),
)

_OTHER_DATABASE_OF_APP = Advice(
    title="The deployment may not exchange the database of an app that exists.",
    cause="Apps take a new list of all their resources, not a change of one field in it.",
    fix="Give the app its whole list of resources once, with the new database; then deploy.",
    lines=(
        "databricks apps get {app}    # its resources as they are",
        "databricks apps create-update {app} resources --json @app.json    # all, with the new one",
    ),
)

_NO_REASON = Advice(
    title="The workspace refused to issue a token, and the SDK does not say why.",
    cause="The answer had no error of OAuth in it. An IP access list that keeps this address out "
    "answers like this, and so does a proxy in between.",
    fix="Ask for the address below: its answer has the reason.",
    lines=("curl -sS -X POST {workspace}/oidc/v1/token -d grant_type=client_credentials",),
)

_WORKSPACE_ACCESS = Advice(
    title="The identity has no workspace access.",
    cause="Without the entitlement “Workspace access” no API of the workspace answers; CAN USE on a "
    "project does not include it.",
    fix="Have a workspace administrator give the identity this entitlement (settings, “Identity and "
    "access”).",
    lines=(
        "# as a workspace administrator, with the number that the workspace has for it:",
        "databricks service-principals list --filter 'applicationId eq \"{role}\"'",
        'databricks service-principals patch NUMBER --json \'{{"Operations": [{{"op": "add", '
        '"path": "entitlements", "value": [{{"value": "workspace-access"}}]}}]}}\'',
    ),
)
_SCOPE_OF_APP = Advice(
    title="The app's own identity lacks the scope {scope}: no database is attached to the app.",
    cause="A service principal of an app gets the scopes of the resources that the app has. "
    "user_api_scopes are those of users, and do not help here.",
    fix="Attach the database to the app, and deploy it again.",
    lines=ATTACHED_DATABASE,
)
_ALL_APIS = Advice(
    title="The token is not one for the APIs of the workspace.",
    cause="It was made for fewer purposes: a database credential logs in to Postgres and nowhere else, "
    "and a forwarded user token or a scoped personal access token has the scopes that it was given.",
    fix="Sign in to the workspace with a service principal, a profile or an unscoped token, and mint "
    "the database credential with that.",
    lines=(
        "databricks auth describe    # who signs in, and how",
        "env | grep -o '^DATABRICKS_[A-Z_]*'",
    ),
)
_SCOPE = Advice(
    lines=(
        "user_api_scopes: [{scope}]    # databricks.yml, under resources.apps.<app>: tokens of users",
        "# the app's own identity: attach the database to the app instead",
    ),
)
_NOT_SENT = Advice(
    title="No token that this API accepts was sent.",
    cause="DATABRICKS_TOKEN is empty, or holds something else than a token of the workspace: a database "
    "credential, a token of the cloud, a password. Or a proxy removed the header.",
    fix="Look at how the program signs in, and let it use a service principal or a profile.",
    lines=(
        "databricks auth describe    # who signs in, and how",
        "printf '%s' \"$DATABRICKS_TOKEN\" | cut -c 1-4    # dapi: a personal access token; eyJ: OAuth",
    ),
)
_ENTRA_SECRET = Advice(
    title="Microsoft Entra ID refuses the client secret.",
    cause="It is wrong, has expired, is the secret's id instead of its value, or belongs to another "
    "application or tenant.",
    fix="Make a new secret for the application in Entra ID, and set its value.",
    lines=("export ARM_CLIENT_SECRET=<the value of a new secret, not its id>",),
)
_MISSING_SCOPE = Advice(
    title="The workspace has no such secret scope.",
    fix="Name a scope that is there, or create it.",
    lines=("databricks secrets list-scopes",),
)
_MISSING_SECRET = Advice(
    title="The scope has no such secret.",
    fix="Name a key that is there, or store the secret.",
    lines=("databricks secrets list-secrets {scope}",),
)
_MISSING_APP = Advice(
    title="The workspace has no such app.",
    fix="Name an app that is there, and check that DATABRICKS_HOST is its workspace.",
    lines=("databricks apps list",),
)
_MISSING_ENDPOINT = Advice(
    title="The branch has no such endpoint.",
    fix="Name an endpoint that is there; the last part of the path is its id, often `primary`.",
    lines=("databricks postgres list-endpoints {branch}",),
)
_MISSING_BRANCH = Advice(
    title="The project has no such branch.",
    fix="Name a branch that is there; the first one of a project is `production`.",
    lines=("databricks postgres list-branches projects/{project}",),
)
_FAILING = Advice(
    title="The workspace failed (5xx).",
    cause="It is an internal error of the service, or of something between here and it, not of the "
    "request.",
    fix="Try again. If it lasts, look at status.databricks.com.",
    lines=(),
)
_NOT_DISCOVERED = Advice(
    title="The workspace did not say where tokens are issued: its host does not answer.",
    cause="The SDK asks the workspace for the address of its sign-in. The host name does not resolve, "
    "is misspelt, or nothing answers there; the SDK goes on without the address.",
    fix="Check DATABRICKS_HOST, or the profile's host: the address below must answer.",
    lines=("curl -sS {workspace}/.well-known/databricks-config",),
)
_REFUSED_VALUE = Advice(
    title="The workspace rejects a value in the request.",
    cause="The message says which value, and what is allowed: a lifetime from 300 to 3600 seconds, ids "
    "and names of lower-case letters, digits and hyphens.",
    fix="Correct the value that the message names.",
    lines=(),
)

SIGNS = (
    Sign("LP-121", r"database instance ['\"]?(?P<instance>[\w.-]+)['\"]? (?:does not exist|(?:was )?"
                   r"not found)|DatabaseInstance not found|Unable to resolve Lakebase (?:provisioned )?"
                   r"instance '(?!None')(?P<name>[^']+)'", advice=_PROJECT_AS_INSTANCE),
    Sign("LP-121", r"Database projects/\S+ does not exist in postgres branch (?P<branch>\S+)",
         advice=_DATABASE_ID),
    Sign("LP-121", r"\bendpoint id not found|endpoint ['\"]?projects/\S+ (?:does not exist|not found)",
         advice=_MISSING_ENDPOINT),
    Sign("LP-121", r"\bbranch id not found|branch ['\"]?projects/\S+ (?:does not exist|not found)",
         advice=_MISSING_BRANCH),
    Sign("LP-121", r"secret does not exist with scope:? ['\"]?(?P<scope>[\w.-]+)",
         advice=_MISSING_SECRET),
    Sign("LP-121", r"\b(?:project|branch|endpoint|role|database) id not found|secret does not exist"
                   r"|(?:project|branch|endpoint) ['\"]?projects/\S+ (?:does not exist|not found)"),
    Sign("LP-121", r"scope \S+ does not exist", advice=_MISSING_SCOPE),
    Sign("LP-121", r"App (?:with name )?['\"]?[\w-]+['\"]? does not exist or is deleted"
                   r"|App with name ['\"]?[\w -]+['\"]? does not exist", advice=_MISSING_APP),
    Sign("LP-124", r"Field '\w+' is required|INVALID_PARAMETER_VALUE", is_sure=False),
    Sign("LP-124", r"errors\.platform\.InvalidParameterValue: (?!Field )", advice=_REFUSED_VALUE),
    Sign("LP-124", r"Field '\w+' is required"),
    Sign("LP-124", r"Creating roles with auth_method \w+ is not currently supported",
         advice=_NO_SUCH_ROLE_KIND),
    Sign("LP-124", r"instance_names or claims must be"),
    Sign("LP-201", r"databricks/sdk/[\s\S]{0,600}?(?P<wait>Timed out after \d+:\d\d:\d\d)"),
    Sign("LP-201", r"DatabricksError: (?P<wait>Timed out after \d+:\d\d:\d\d)"),
    Sign("LP-201", rf"host='{_WORKSPACE_HOST}'[^\n]{{0,60}}Read timed out"),
    Sign("LP-201", rf"{_WORKSPACE_HOST}.{{0,120}}(?:exceeded while|timeout) awaiting "
                   r"(?:response )?headers"),
    Sign("LP-202", r"request rate exceeds|errors\.platform\.(?:TooManyRequests|ResourceExhausted"
                   r"|RequestLimitExceeded|TemporarilyUnavailable)"),
    Sign("LP-202", r"errors\.platform\.(?:InternalError|Unknown|DataLoss|DeadlineExceeded)\b",
         advice=_FAILING),
    Sign("LP-202", r"TEMPORARILY_UNAVAILABLE|RESOURCE_EXHAUSTED|too many requests"),
    Sign("LP-202", r"REQUEST_LIMIT_EXCEEDED|exceeded the concurrent limit of|too many 429 error"
                   r"|rate limit (?:has been )?exceeded"),
    Sign("LP-202", rf"429 Client Error: [^\n]{{0,60}}for url: {_WORKSPACE_HOST}"),
    Sign("LP-202", rf"50\d Server Error: [^\n]{{0,60}}for url: {_WORKSPACE_HOST}", advice=_FAILING),
    Sign("LP-202", r"\bthrottl(?:ed|ing)\b", is_sure=False),
    Sign("LP-203", r"ProxyError|Tunnel connection failed|unable to connect to proxy|proxyconnect tcp",
         advice=_PROXY),
    Sign("LP-203", r"max retries exceeded with url.{0,300}SSLCertVerificationError",
         advice=_INTERCEPTED),
    Sign("LP-203", rf"{_WORKSPACE_HOST}.{{0,200}}(?:x509: |failed to verify certificate"
                   r"|tls: |self[- ]signed|PKIX path"
                   r"|unable to (?:get local issuer|verify the first) certificate)",
         advice=_INTERCEPTED),
    Sign("LP-203", r"max retries exceeded with url(?![^\n]*too many \d+ error)"
                   r"|failed to establish a new connection"),
    Sign("LP-203", rf"{_WORKSPACE_HOST}.{{0,120}}(?:no such host|connection refused|i/o timeout"
                   r"|TLS handshake timeout|deadline exceeded(?!.{0,40}awaiting headers)"
                   r"|network is unreachable)"),
    Sign("LP-203", rf"(?:ENOTFOUND|EAI_AGAIN|UnknownHostException:) {_WORKSPACE_HOST}"),
    Sign("LP-203", rf"{_WORKSPACE_HOST}\S{{0,200}} failed, reason: [^\n]{{0,80}}"
                   r"(?:ETIMEDOUT|ECONNREFUSED|ECONNRESET|EHOSTUNREACH)"),
    Sign("LP-203", r"Invalid URL 'None': No scheme supplied", advice=_NOT_DISCOVERED),
    Sign("LP-206", r"NullPointerException: accessToken must be defined"),
    Sign("LP-211", r"invalid_client(?!\W[\s\S]{0,40}OAuth client was not found)|unauthorized_client"
                   r"|(?<!pq:\s)(?<!(?:FATAL|ERROR):\s)(?<!(?:FATAL|ERROR):\s\s)"
                   r"client authentication failed(?! ?\")"),
    Sign("LP-211", r"AADSTS7000(?:215|222)\b|AADSTS700016\b", advice=_ENTRA_SECRET),
    Sign("LP-218", r"databricks OAuth is not supported for this host", advice=_NO_OAUTH_THERE),
    Sign("LP-212", r"refresh token is invalid|refresh token .{0,30}expired|access token could not be "
                   r"retrieved", advice=_SIGN_IN_ANEW),
    Sign("LP-212", r"invalid access token|\bUNAUTHENTICATED\b|401 Unauthorized"
                   r"|\bInvalid Token\b|\bToken is expired\b|Token is expiring within \d+ seconds"),
    Sign("LP-212", r"Credential was not sent or was of an unsupported type", advice=_NOT_SENT),
    Sign("LP-212", rf"401 Client Error: Unauthorized for url:[\s\S]{{0,60}}?{_WORKSPACE_HOST}"),
    Sign("LP-213", r"does not have database-projects\.ruleSets/\w+ on \S+/database-projects/"
                   r"(?P<project_id>[\w-]+)", advice=_RULE_SET),
    Sign("LP-213", r"does not have CAN.USE (?:permission )?on database instance '(?P<instance>[^']+)'"
                   r"|Failed to obtain credential for Lakebase instance '(?P<name>[^']+)'",
         advice=_NO_CAN_USE),
    Sign("LP-213", r"does not have secret-scopes\.\S+ permission|does not have permission to deploy app",
         advice=_NOT_THIS_OBJECT),
    Sign("LP-213", r"Invalid access to Org: \d+", advice=_NOT_A_MEMBER),
    Sign("LP-213", r"users without workspace-access", advice=_WORKSPACE_ACCESS),
    Sign("LP-213", r"does not have (?:permission|CAN[_ ]\w+)[^\n]{0,60}"
                   r"(?:project|instance|database)"),
    Sign("LP-213", rf"403 Client Error: [^\n]{{0,60}}for url: {_WORKSPACE_HOST}"
                   r"/api/2\.0/(?:postgres|database)/"),
    Sign("LP-213", r"PERMISSION_DENIED|errors\.platform\.PermissionDenied", is_sure=False),
    Sign("LP-214", r"databricks api post /api/2\.0/(?:postgres|database)/credentials[\s\S]{0,400}?"
                   r"Error: Not Found", advice=_RAW_CALL),
    Sign("LP-214", r"No API found for '[^']*'|/api/2\.0/token/generate|ENDPOINT_NOT_FOUND"),
    Sign("LP-215", r"Unauthorized network access to workspace", advice=_NETWORK_POLICY),
    Sign("LP-215", r"(?:IP address: (?P<address>[\da-f.:]+) is )?blocked by Databricks IP ACL"),
    Sign("LP-215", r"ValueError: unknown: unknown", is_sure=False, advice=_NO_REASON),
    Sign("LP-216", r"token is not yet (?:ready|valid)"),
    Sign("LP-217", rf"required scopes: {_SCOPE_NAME}(?=[^\n]{{0,600}}\bauth_type=oauth-m2m)",
         advice=_SCOPE_OF_APP),
    Sign("LP-217", r"required scopes: all-apis\b", advice=_ALL_APIS),
    Sign("LP-217", rf"required scopes: {_SCOPE_NAME}", advice=_SCOPE),
    Sign("LP-217", r"does not have required scopes|required scopes:|insufficient_scope|missing the "
                   r"required scopes|Scopes '[^']+' are not assigned"),
    Sign("LP-218", r"GET /\?o=\d+|/\?o=\d+/api/2\.", advice=_QUERY_IN_HOST),
    Sign("LP-218", r"invalid character '<' looking for beginning of value"),
    Sign("LP-218", r"<title>(?:Databricks - Sign In|Databricks Login)"),
    Sign("LP-219", r"(?:project|branch|endpoint|role|database) with such id already exists"
                   r"|read_write endpoint already exists|(?:Database instance|instance name) [^\n]{0,60}"
                   r"(?:already exists|not unique)"),
    Sign("LP-704", r"incomplete resource \"(?P<resource>[\w-]+)\": missing fields",
         advice=_FIELD_OF_RESOURCE),
    Sign("LP-704", r"Invalid update mask[\s\S]{0,400}?resources\[\d+\]\.(?:database|postgres)\b",
         advice=_OTHER_DATABASE_OF_APP),
    Sign("LP-704", r"app\.yaml: resource \"(?P<resource>[\w-]+)\" referenced by [^\n]{0,80} not found"),
    Sign("LP-704", r"Error resolving resource (?P<resource>[\w-]+) specified in app\.yaml"),
    Sign("LP-704", r"(?:valueFrom|value_from)[^\n]{0,60}resource ['\"]?(?P<resource>[\w-]+)['\"]? "
                   r"(?:not found|does not exist|is not defined)"),
)  # fmt: skip
