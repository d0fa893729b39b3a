"""The shop with its visitors, and a member of its staff."""

from packages.storefront.tests.merchandising.conftest import proxied_shop, staff

__all__ = ["proxied_shop", "staff"]
