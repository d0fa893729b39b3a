"""Connects Python to Databricks Lakebase Postgres, with a valid token for every connection.

    lake = lakepass.Lakebase.from_env()
    engine = lake.async_engine()

Importing this imports neither the Databricks SDK nor a driver. All public names are here, except for
`lakepass.drivers`, `lakepass.refusals` (why logins fail) and `lakepass.emulator`.
"""

from lakepass.credentials.cache import Credential
from lakepass.credentials.login import Login
from lakepass.credentials.sources import Source
from lakepass.errors import (
    ConfigurationError,
    ConnectError,
    CredentialDenied,
    CredentialError,
    CredentialUnavailable,
    DatabaseUnavailable,
    LakepassError,
    LoginRejected,
)
from lakepass.explanation import Explanation
from lakepass.lakebase import Lakebase

__version__ = "0.1.0"

__all__ = [
    "ConfigurationError",
    "ConnectError",
    "Credential",
    "CredentialDenied",
    "CredentialError",
    "CredentialUnavailable",
    "DatabaseUnavailable",
    "Explanation",
    "Lakebase",
    "LakepassError",
    "Login",
    "LoginRejected",
    "Source",
    "__version__",
]
