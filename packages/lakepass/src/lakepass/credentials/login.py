"""What one connection needs: handed by a Lakebase to its drivers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakepass.credentials.cache import Credential

if TYPE_CHECKING:
    from ssl import SSLContext


@dataclass(frozen=True, slots=True)
class Login:
    """All that a driver needs for one connection. The password is hidden from repr."""

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
        """What a session begins with; `application_name` apart, as drivers have a place for it."""
        # A pooler hands a session on to whoever comes next, and takes no settings for it.
        if self.reads_only and not self.is_pooled:
            return {"default_transaction_read_only": "on"}
        return {}
