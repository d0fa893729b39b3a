"""The payment provider of a command."""

from functools import partial

from storefront.checkout.pages import deliver
from storefront.db import Database
from storefront.payments.provider import PaymentProvider
from storefront.payments.providers import payment_provider
from storefront.settings import Settings
from storefront.web.signing import signer


def provider_of(database: Database, settings: Settings) -> PaymentProvider:
    """The provider that these settings name."""
    return payment_provider(
        settings, database, signer(settings), deliver=partial(deliver, database)
    )
