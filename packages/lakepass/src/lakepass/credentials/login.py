"""What a driver needs for one connection."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakepass.credentials.cache import Credential

if TYPE_CHECKING:
    from ssl import SSLContext


@dataclass(frozen=True, slots=True)
class Login:
    """Everything that a driver needs for one connection. The password is hidden from repr."""

    host: str
    port: int
    database: str
    user: str
    credential: Credential
    tls: "SSLContext | None"
    sslmode: str
    sslrootcert: str
    application_name: str
    reads_only: bool = False
    is_pooled: bool = False

    @property
    def server_settings(self) -> dict[str, str]:
        """Settings of the session at its start, except `application_name`, which drivers take apart."""
        # A pooler passes a session on to other clients, so it takes no settings for it.
        if self.reads_only and not self.is_pooled:
            return {"default_transaction_read_only": "on"}
        return {}
