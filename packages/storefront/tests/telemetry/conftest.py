"""The shop behind a proxy, with everything that it can report switched on."""

from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import running_shop
from storefront.settings import Settings
from tests.databases import Databases

STAFF = {"X-Forwarded-Email": "staff@example.com"}
TOKEN = "a-token-of-a-monitoring-system-0123"


@pytest.fixture(scope="module")
def observed(
    emulator: Emulator, databases: Databases, template_database: str, settings: Settings
) -> Iterator[httpx.Client]:
    reporting = settings.model_copy(
        update={
            "behind_proxy": True,
            "staff": frozenset({"staff@example.com"}),
            "metrics_token": SecretStr(TOKEN),
            "access_log": True,
        }
    )
    database = databases.create(template=template_database)
    with (
        running_shop(reporting, emulator, database) as server,
        httpx.Client(base_url=server.url, timeout=60) as client,
    ):
        yield client
