"""Who signs in to the workspace, found from settings alone; it decides the Postgres role.

Neither the SDK nor the network is used: this is what can be explained before anything is tried. The
order and the variables are the SDK's (databricks-sdk, `config.py` and `credentials_provider.py`;
Databricks docs, "Databricks unified authentication").
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lakepass.errors import ConfigurationError
from lakepass.target.settings import Environment

SERVICE_PRINCIPAL = "service principal"
PERSONAL_ACCESS_TOKEN = "personal access token"  # noqa: S105 - the name of a kind of identity

# Variables that together make up one identity, with the SDK's name for the method.
_METHODS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (PERSONAL_ACCESS_TOKEN, "pat", ("DATABRICKS_TOKEN",)),
    (SERVICE_PRINCIPAL, "oauth-m2m", ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")),
    ("user name and password", "basic", ("DATABRICKS_USERNAME", "DATABRICKS_PASSWORD")),
    (
        "Azure service principal",
        "azure-client-secret",
        ("ARM_CLIENT_ID", "ARM_CLIENT_SECRET", "ARM_TENANT_ID"),
    ),
)
# Variables that let the SDK find an identity which the settings themselves do not show.
_SIGNS_OF_ANOTHER_METHOD = (
    "DATABRICKS_AUTH_TYPE",
    "DATABRICKS_METADATA_SERVICE_URL",
    "DATABRICKS_OIDC_TOKEN_ENV",
    "DATABRICKS_OIDC_TOKEN_FILEPATH",
    "DATABRICKS_GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_CREDENTIALS",
    "ARM_USE_MSI",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
)


@dataclass(frozen=True, slots=True)
class WorkspaceIdentity:
    """Who would sign in to the workspace.

    certainty: "known" from settings, "possible" where the SDK may find one, or "none".
    flaw: the code of what keeps the settings from making up an identity.
    method: the SDK's `auth_type`, None to let it choose. role: the Postgres role, if the settings
    show it; a service principal's is its application id (Databricks docs, "Postgres roles").
    """

    certainty: Literal["known", "possible", "none"]
    kind: str
    why: str
    host: str | None = None
    method: str | None = None
    role: str | None = None
    flaw: str = ""
    settings: Environment = field(default_factory=dict, repr=False)


def find_identity(environ: Environment) -> WorkspaceIdentity:
    """The identity the SDK would use with these variables.

    Raises ConfigurationError (LP-111) if there are two and the SDK would refuse to choose.
    """
    host = environ.get("DATABRICKS_HOST") or environ.get("DATABRICKS_AZURE_RESOURCE_ID")
    chosen = environ.get("DATABRICKS_AUTH_TYPE")
    profile = environ.get("DATABRICKS_CONFIG_PROFILE")
    complete = [
        (kind, method, names)
        for kind, method, names in _METHODS
        if all(environ.get(name) for name in names) and chosen in (None, "", method)
    ]
    if len(complete) > 1 and not profile:
        _refuse_two([names for _, _, names in complete])
    if profile:
        return _from_profile(environ, profile)
    if complete:
        kind, method, names = complete[0]
        if not host:
            missing = f"{' and '.join(names)} set, but DATABRICKS_HOST is not"
            return WorkspaceIdentity("none", kind, missing, flaw="LP-132")
        role = environ["DATABRICKS_CLIENT_ID"] if kind == SERVICE_PRINCIPAL else None
        return WorkspaceIdentity(
            "known", kind, f"{' and '.join(names)} set", host, method, role, settings=environ
        )
    signs = [name for name in _SIGNS_OF_ANOTHER_METHOD if environ.get(name)]
    if host and signs:
        return WorkspaceIdentity(
            "known", chosen or "found by the SDK", f"{signs[0]} is set", host, settings=environ
        )
    return _from_leftovers(environ, host)


def _from_leftovers(environ: Environment, host: str | None) -> WorkspaceIdentity:
    """Without a complete method: a profile, a Databricks runtime, or a signed-in CLI."""
    half = [
        f"{id_} is set, but {secret} is not"
        for id_, secret in (
            ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET"),
            ("DATABRICKS_CLIENT_SECRET", "DATABRICKS_CLIENT_ID"),
        )
        if environ.get(id_) and not environ.get(secret)
    ]
    if half:
        return WorkspaceIdentity("none", SERVICE_PRINCIPAL, half[0], host, flaw="LP-131")
    if host:
        return WorkspaceIdentity(
            "possible",
            "found by the SDK",
            "only DATABRICKS_HOST is set; the SDK looks for a sign-in of the Databricks CLI",
            host,
            settings=environ,
        )
    if environ.get("DATABRICKS_RUNTIME_VERSION"):
        return WorkspaceIdentity(
            "possible", "Databricks runtime", "DATABRICKS_RUNTIME_VERSION is set", settings=environ
        )
    return _from_profile(environ, None)


def _from_profile(environ: Environment, asked_for: str | None) -> WorkspaceIdentity:
    """The requested profile, or the default one of the profile file."""
    import configparser  # noqa: PLC0415 - an app with variables of its own reads no profile

    path = Path(environ.get("DATABRICKS_CONFIG_FILE") or "~/.databrickscfg").expanduser()
    # No default section: its keys would otherwise appear in every profile.
    profiles = configparser.ConfigParser(default_section="", interpolation=None)
    try:
        profiles.read(path, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return WorkspaceIdentity("none", "profile", f"{path} cannot be read as a profile file")
    default = profiles.get("__settings__", "default_profile", fallback="DEFAULT")
    name = asked_for or default
    if not profiles.has_section(name):
        if not asked_for:
            return WorkspaceIdentity("none", "none", "no Databricks variable and no profile is set")
        alike = [one for one in profiles.sections() if one.casefold() == name.casefold()]
        raise ConfigurationError(
            code="LP-112",
            facts={"DATABRICKS_CONFIG_PROFILE": asked_for, "file": str(path)}
            | ({"there": alike[0]} if alike else {}),
        )
    host = environ.get("DATABRICKS_HOST") or profiles.get(name, "host", fallback=None)
    client_id = profiles.get(name, "client_id", fallback=None)
    has_secret = profiles.has_option(name, "client_secret")
    return WorkspaceIdentity(
        "known",
        f"profile {name}",
        f"it is in {path}",
        host,
        role=client_id if has_secret else None,
        settings=environ,
    )


def _refuse_two(methods: list[tuple[str, ...]]) -> None:
    spelled = " and ".join(" with ".join(names) for names in methods)
    raise ConfigurationError(code="LP-111", facts={"set": spelled})
