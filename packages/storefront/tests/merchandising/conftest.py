"""A shop behind a proxy, with staff and visitors."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from packages.storefront.tests.account.conftest import STAFF, Person, Shop, proxied_shop

__all__ = ["Statements", "proxied_shop"]

Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def staff(proxied_shop: Shop) -> Iterator[Person]:
    """A member of staff."""
    with Person(proxied_shop, **{"X-Forwarded-Email": STAFF}) as person:
        yield person


@pytest.fixture
def guest(proxied_shop: Shop) -> Iterator[Person]:
    """Somebody who is not signed in."""
    with Person(proxied_shop) as person:
        yield person
