"""Signs of faults in who signs in to the workspace: profiles, clients, pipelines, the SDK itself."""

from lakepass.doctor.signs.sign import Advice, Sign

_TOKEN_BESIDE_PRINCIPAL = Advice(
    title="A client in the program was given a token in addition to the service principal of "
    "the environment.",
    cause="The SDK refuses to choose between the two. The environment is right: it holds the "
    "service principal that the platform injects, so the second identity is one that the program "
    "itself passes, such as a user's forwarded token.",
    fix="Where the program makes this client, say that the token it passes is meant. Leave the "
    "environment as it is: DATABRICKS_AUTH_TYPE would change who every other client acts as.",
    lines=("WorkspaceClient(host=host, token=user_token, auth_type='pat')",),
)
_NO_PROFILE = Advice(
    fix="Sign in under this name, or name a profile that the file has.",
    lines=(
        "databricks auth login --profile {profile}",
        "databricks auth profiles    # those that are there",
    ),
)
_PROFILE_NOT_READ = Advice(
    title="The SDK found nothing under the profile {profile}.",
    cause="It was given the profile's name alone: the profile file, ~/.databrickscfg or what "
    "DATABRICKS_CONFIG_FILE names, is not where the program runs, or that section has no host.",
    fix="Sign in under this name on the machine that runs the program; in an app or a pipeline, which "
    "has no such file, unset the profile and set a service principal.",
    lines=(
        "databricks auth login --profile {profile}",
        "unset DATABRICKS_CONFIG_PROFILE    # instead: where variables say who signs in",
    ),
)
_CLI_NOT_SIGNED_IN = Advice(
    title="The Databricks CLI is not signed in to this workspace.",
    cause="The SDK asked the CLI for a token, and the CLI has none for this host.",
    fix="Sign in to the host that DATABRICKS_HOST or the profile names.",
    lines=("databricks auth login --host {workspace}",),
)
_OLD_SDK = Advice(
    fix="Update it in the environment that runs the program. A path in the message that begins "
    "with /usr/lib belongs to the system's Python, not to a virtual environment.",
    lines=("python -m pip install --upgrade databricks-sdk",),
)
_AZ_LOGIN = Advice(
    title="The Azure CLI is not signed in.",
    cause="Without other settings the SDK asks the Azure CLI for a token of the workspace.",
    fix="Sign in with it, or set a service principal or a profile.",
    lines=("az login", "databricks auth login --host {workspace}    # instead: a profile"),
)
_METHOD_OF_THE_OTHER_API = Advice(
    title="The call is made to the other of the two Lakebase APIs.",
    cause="w.database mints for database instances (instance_names=…), w.postgres for the endpoints "
    "of projects (endpoint=…).",
    fix="Call the one that the database belongs to.",
    lines=(
        "w.postgres.generate_database_credential(endpoint='projects/…/branches/…/endpoints/…')",
        "w.database.generate_database_credential(instance_names=['…'])",
    ),
)
_PIPELINE = Advice(
    title="The variables of the pipeline, from which the SDK takes its identity, did not reach it.",
    cause="This sign-in asks the pipeline for a token: Azure DevOps with its SYSTEM_ variables, GitHub "
    "with ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN. One is missing: the step does not map it, the job "
    "may not request tokens, or a child process, such as Terraform under an older CLI, does not get it.",
    fix="Map SYSTEM_ACCESSTOKEN into the step (Azure DevOps), or give the job the permission id-token: "
    "write (GitHub), and update the CLI. On another machine use another way to sign in.",
    lines=(
        "env | grep -oE '^(SYSTEM|ACTIONS)_[A-Z_]+' | sort    # what the step has",
        "databricks --version",
    ),
)
_OLD_CLI = Advice(
    title="The Databricks CLI is too old for Lakebase projects.",
    cause="It does not know the resource, and leaves it out of the deployment.",
    fix="Update the CLI, and run the command again.",
    lines=("databricks --version", "databricks bundle validate"),
)

SIGNS = (
    Sign("LP-111", r"more than one authorization method configured(?![^\n]*Env: [^\n]*"
                   r"DATABRICKS_TOKEN)[^\n]*token=[^\n]*Env: ", advice=_TOKEN_BESIDE_PRINCIPAL),
    Sign("LP-111", r"more than one authorization method configured"),
    Sign("LP-112", r"has no (?P<profile>\S+) profile configured", advice=_NO_PROFILE),
    Sign("LP-112", r"profile (?P<profile>[\w-]+) (?:was )?not found in", advice=_NO_PROFILE),
    Sign("LP-118", r"azure-cli: cannot get access token", advice=_AZ_LOGIN),
    Sign("LP-118", r"\b(?:data)?bricks-cli: cannot get access token(?![\s\S]{0,120}refresh)",
         advice=_CLI_NOT_SIGNED_IN),
    Sign("LP-118", r"cannot configure default credentials|DatabricksError: No auth configured"
                   r"|Authentication is not configured for provider"),
    Sign("LP-132", r"host is empty, but is required by"),
    Sign("LP-132", r"cannot configure default credentials(?![^\n]*\bhost=)[^\n]*Config: [^\n]*\b"
                   r"(?:client_secret|token|azure_client_secret)="),
    Sign("LP-112", r"cannot configure default credentials(?![^\n]*\b(?:host|token|client_secret)=)"
                   r"[^\n]*Config: (?:[^\n]*, )?profile=(?P<profile>[\w.-]+)", advice=_PROFILE_NOT_READ),
    Sign("LP-118", r"databricks OAuth is not configured for this host|OAuth not configured or not "
                   r"available: cannot get access token|\bcache: token not found|\bcache: load: parse",
         advice=_CLI_NOT_SIGNED_IN),
    Sign("LP-118", r"-oidc auth: (?:not calling from|missing)|not calling from (?:Azure DevOps|GitHub)"
                   r"|missing env var (?:SYSTEM_|ACTIONS_ID)|missing ActionsIDTokenRequest",
         advice=_PIPELINE),
    Sign("LP-118", r"Please run 'az login'", advice=_AZ_LOGIN),
    Sign("LP-118", r"oauth-m2m: (?:oidc: )?(?:fetch|unable)|Databricks CLI not found"),
    Sign("LP-131", r"DATABRICKS_CLIENT_(?:ID is set, but|SECRET is set, but)"),
    Sign("LP-136", r"'WorkspaceClient' object has no attribute '(?:postgres|database)'"
                   r"|No module named 'databricks\.sdk\.service\.(?:postgres|database)'"
                   r"|cannot import name '\w+' from 'databricks\.sdk\.service\."
                   r"(?:postgres|database)'", advice=_OLD_SDK),
    Sign("LP-136", r"'(?:PostgresAPI|DatabaseAPI)' object has no attribute|unknown command "
                   r"\"?postgres\"? for \"?databricks", advice=_OLD_SDK),
    Sign("LP-136", r"cannot import name '(?:postgres|database)' from 'databricks\.sdk\.service'"
                   r"|module 'databricks\.sdk\.service' has no attribute '(?:postgres|database)'",
         advice=_OLD_SDK),
    Sign("LP-136", r"generate_database_credential\(\) got an unexpected keyword argument '(?:ttl"
                   r"|expire_time|claims)'", advice=_OLD_SDK),
    Sign("LP-136", r"generate_database_credential\(\) got an unexpected keyword argument '(?:endpoint"
                   r"|instance_names|request_id)'", advice=_METHOD_OF_THE_OTHER_API),
    Sign("LP-136", r"unknown field:? postgres_(?:projects|branches|endpoints|roles|databases|catalogs)",
         advice=_OLD_CLI),
)  # fmt: skip
