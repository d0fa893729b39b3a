"""The shop with its visitors."""

from packages.storefront.tests.account.conftest import account_shop, someone

__all__ = ["account_shop", "someone"]
