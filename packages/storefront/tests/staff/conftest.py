"""The shop with its visitors."""

from packages.storefront.tests.account.conftest import proxied_shop

__all__ = ["proxied_shop"]
