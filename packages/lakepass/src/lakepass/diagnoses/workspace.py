"""Faults between us and the workspace: finding the database, signing in, minting."""

from lakepass.diagnoses.diagnosis import Diagnosis

_ERRORS = "Databricks docs, “REST API error codes”"
_OAUTH = "RFC 6749, section 5.2; Databricks docs, “Authorize service principals with OAuth”"
_EXTERNAL = "Databricks docs, “Connect external apps with the API”"
_CREDENTIALS = "databricks-sdk, `service/postgres.py` and `service/database.py`"

ROWS = (
    Diagnosis(
        "LP-121",
        "The workspace has nothing with this name.",
        "The database, branch, secret or app does not exist: it was deleted, is misspelt, or is "
        "in another workspace. Instances created before June 2026 are now projects.",
        "Check its name, and that DATABRICKS_HOST is its workspace.",
        (
            "databricks postgres list-projects",
            "databricks database list-database-instances    # the older API",
        ),
        symptom="project id not found; Database instance … does not exist",
        source=_ERRORS,
    ),
    Diagnosis(
        "LP-122",
        "The branch has no read-write endpoint.",
        "It was created without one, or the endpoint was deleted.",
        "Create one, or name another branch.",
        ("databricks postgres list-endpoints {target}",),
        source=_CREDENTIALS,
    ),
    Diagnosis(
        "LP-123",
        "No database that this identity can see in the workspace has this host.",
        "The host belongs to another workspace, or this identity may not look up the database.",
        "Set LAKEBASE_ENDPOINT (in app.yaml: valueFrom: postgres) or LAKEBASE_INSTANCE, and check "
        "that DATABRICKS_HOST is the database's workspace.",
        (
            "export LAKEBASE_ENDPOINT=projects/<project>/branches/production/endpoints/primary",
            "export DATABRICKS_HOST=https://<workspace that owns {host}>",
        ),
        source=_EXTERNAL,
    ),
    Diagnosis(
        "LP-124",
        "The workspace does not understand the request.",
        "The name of the database is malformed, or a field is missing.",
        "Check the name of the database in LAKEBASE_ENDPOINT or LAKEBASE_INSTANCE.",
        symptom="INVALID_PARAMETER_VALUE; Field 'endpoint' is required",
        source=_ERRORS,
    ),
    Diagnosis(
        "LP-125",
        "The workspace does not return who is signed in.",
        "Its response has no user name.",
        "Set PGUSER to the Postgres role.",
        ("export PGUSER=<e-mail, or application id of the service principal>",),
        source="databricks-sdk, `service/iam.py`",
    ),
    Diagnosis(
        "LP-128",
        "The branch has no such role.",
        "Roles belong to a branch; PGUSER names one that this branch does not have.",
        "Set PGUSER to a role with a native password.",
        ("export PGUSER=<role>",),
        source=_CREDENTIALS,
    ),
    Diagnosis(
        "LP-130",
        "The workspace has too many projects to search them all for this host.",
        "With PGHOST alone, the endpoints of every branch are listed until one has this host.",
        "Set LAKEBASE_ENDPOINT (in app.yaml: valueFrom: postgres).",
        ("export LAKEBASE_ENDPOINT=projects/<project>/branches/production/endpoints/primary",),
    ),
    Diagnosis(
        "LP-201",
        "The workspace did not respond in time.",
        "It is slow or down, or something on the way delays the request.",
        "Check that DATABRICKS_HOST can be reached.",
        ("curl -sS {workspace}/.well-known/databricks-config",),
        source=_ERRORS,
    ),
    Diagnosis(
        "LP-202",
        "The workspace is busy or failing.",
        "It throttles this identity (429) or has an internal error (5xx). Programs that mint a "
        "credential for every connection are throttled.",
        "Try again later; and share one credential among connections until it is nearly expired, as "
        "lakepass does, instead of minting one for each.",
        source=_ERRORS,
    ),
    Diagnosis(
        "LP-203",
        "The workspace cannot be reached.",
        "DATABRICKS_HOST does not resolve, does not respond, or is not a workspace.",
        "Check that DATABRICKS_HOST is a workspace, and the network.",
        ("curl -sS {workspace}/.well-known/databricks-config",),
        source="databricks-sdk, `_base_client.py`",
    ),
    Diagnosis(
        "LP-204",
        "The workspace failed.",
        "It sent a response that the SDK does not understand.",
        "Try again; if it happens again, read the message above.",
    ),
    Diagnosis(
        "LP-205",
        "The database has no host name yet.",
        "It is being created or started.",
        "Wait until it has started.",
        source=_CREDENTIALS,
    ),
    Diagnosis(
        "LP-206",
        "The workspace responded without a token, or without its expiry.",
        "The SDK and the workspace are not compatible.",
        "Update databricks-sdk, or set LAKEBASE_ENDPOINT.",
        ("pip install --upgrade databricks-sdk",),
        source=_CREDENTIALS,
    ),
    Diagnosis(
        "LP-207",
        "The credential had expired before it arrived.",
        "By this machine's clock it was already expired.",
        "Set this machine's clock.",
        ("timedatectl set-ntp true",),
    ),
    Diagnosis(
        "LP-211",
        "The workspace refused the sign-in.",
        "The client secret is wrong, has ended (after two years at most, or 90 days unused) or "
        "belongs to another service principal; or the service principal is not in this workspace.",
        "Check DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET; secrets end.",
        ("export DATABRICKS_CLIENT_SECRET=<a new OAuth secret of {client_id}>",),
        symptom="invalid_client: Client authentication failed",
        source=_OAUTH,
    ),
    Diagnosis(
        "LP-212",
        "The workspace no longer accepts the token.",
        "The personal access token has expired, was revoked, or belongs to another workspace.",
        "Renew the workspace token.",
        (
            "export DATABRICKS_TOKEN=<a new token of {workspace}>",
            "databricks auth login --host {workspace}    # or, with a profile: sign in again",
        ),
        symptom="401 UNAUTHENTICATED: Invalid access token",
        source=_ERRORS,
    ),
    Diagnosis(
        "LP-213",
        "The workspace denies access to this identity.",
        "The identity lacks workspace access, or CAN USE on the project of the database.",
        "Give the identity workspace access and CAN USE on the database's project.",
        (
            "databricks permissions update database-projects {project_id} --json '",
            '  {{"access_control_list": [{{"{principal_kind}": "{role}",',
            '    "permission_level": "CAN_USE"}}]}}\'',
        ),
        symptom="403 PERMISSION_DENIED",
        source=_EXTERNAL,
    ),
    Diagnosis(
        "LP-214",
        "The workspace has no such API.",
        "There is no POST /api/2.0/token/generate. Credentials for Postgres are minted by "
        "POST /api/2.0/postgres/credentials (projects) or POST /api/2.0/database/credentials "
        "(database instances); personal access tokens come from /api/2.0/token/create and open no "
        "database.",
        "Call w.postgres.generate_database_credential(endpoint=…), or let Lakepass do it.",
        (
            "lakepass token | head -c 20    # a database credential: it begins with eyJ",
            "databricks postgres generate-database-credential {endpoint}",
        ),
        symptom="No API found for 'POST /token/generate'",
        source=f"{_CREDENTIALS}; {_EXTERNAL}",
    ),
    Diagnosis(
        "LP-215",
        "The workspace's IP access list keeps this address out.",
        "Access lists apply to the REST API too: no token gets past them.",
        "Add this network to the workspace's IP access list.",
        (
            "databricks ip-access-lists create --json \\",
            '  \'{{"label": "app", "list_type": "ALLOW", "ip_addresses": ["{address}"]}}\'',
        ),
        symptom="Source IP address: … is blocked by Databricks IP ACL for workspace: …",
        source="github.com/databricks/cli, `libs/lakebase`",
    ),
    Diagnosis(
        "LP-216",
        "This machine's clock is wrong.",
        "It disagrees with the workspace's by more than five minutes. Tokens are valid from one "
        "moment to another; with a wrong clock they seem expired, or not valid yet.",
        "Set this machine's clock.",
        ("timedatectl set-ntp true",),
        symptom="JWT token has expired; JWT token is not yet ready to use",
        source="RFC 7519, section 4.1",
    ),
    Diagnosis(
        "LP-217",
        "The workspace token lacks a scope.",
        "Lakebase's API asks for the scope `postgres`. A forwarded user token has only what the app "
        "was given, an app's own token only what its resources grant, and a scoped personal access "
        "token only what it was made with.",
        "Attach the database to the app, or give the token the scope that the message names.",
        ("user_api_scopes: [postgres]    # databricks.yml, under resources.apps.<app>",),
        symptom="Provided OAuth token does not have required scopes: postgres",
        source="Databricks docs, “Configure authorization in a Databricks app”",
    ),
    Diagnosis(
        "LP-218",
        "DATABRICKS_HOST answers, but not as a workspace.",
        "It is the address of something else: the account console, a proxy, an app, a database.",
        "Set DATABRICKS_HOST to the address in the browser's bar when you are in the workspace.",
        ("export DATABRICKS_HOST=https://<workspace>",),
        source="databricks-sdk, `oauth.py`",
    ),
    Diagnosis(
        "LP-219",
        "The workspace already has something with this name.",
        "A deployment wants to create a project, branch, endpoint or instance that exists "
        "already: made by hand or by an earlier deployment. A new project comes with a branch "
        "`production` and an endpoint `primary`, which need not be created.",
        "Use or delete what is there, or choose another name. A bundle takes it over with `bind`.",
        ("databricks bundle deployment bind KEY ID    # KEY: under resources; ID: its name",),
        symptom="project with such id already exists; read_write endpoint already exists",
        source="github.com/databricks/cli/issues/5003 and /4123",
    ),
)
