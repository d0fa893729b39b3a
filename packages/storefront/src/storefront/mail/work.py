"""What jobs that send e-mails need."""

from dataclasses import dataclass

from storefront.db import Database
from storefront.mail.outbox import Outbox
from storefront.settings import Settings
from storefront.web.signing import Signer


@dataclass(frozen=True, slots=True)
class MailWork:
    """The dependencies of the jobs of a feature; the feature adds its own, and the handlers."""

    database: Database
    outbox: Outbox
    settings: Settings
    signer: Signer
