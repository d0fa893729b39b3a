"""People with a shop of their own: guests, and those who sign in by the code of an e-mail."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, environment
from storefront.account.signing_in import digest_of
from storefront.customers.codes import code_of
from storefront.db import Database
from storefront.settings import Settings
from storefront.web.signing import signer
from tests.databases import Databases

STAFF = "staff@example.com"


class Shop:
    """The shop at an address, and what tests ask of its database."""

    def __init__(self, emulator: Emulator, database: str, settings: Settings) -> None:
        self.settings = settings
        self._emulator, self._database = emulator, database
        self._digest = digest_of(signer(settings))
        self._server = Server(settings)
        self.url = self._server.url

    def __enter__(self) -> "Shop":
        with environment(self._emulator, self._database):
            self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        """The rows of a statement, committed."""

        async def run() -> list[tuple[Any, ...]]:
            database = Database(self.settings)
            try:
                async with database.writes() as session:
                    result: Any = await session.execute(text(statement), values)
                    return [tuple(row) for row in result] if result.returns_rows else []
            finally:
                await database.aclose()

        with environment(self._emulator, self._database):
            return asyncio.run(run())

    def code_for(self, email: str) -> str:
        """The newest code for an e-mail address, which then no longer counts for its network."""
        rows = self.rows(
            "update shop.sign_in_codes set address = 'elsewhere' where email = :email returning id",
            email=email,
        )
        return code_of(self._digest, max(code_id for (code_id,) in rows), email)


class Person(httpx.Client):
    """Somebody with a browser of their own."""

    def __init__(self, shop: Shop, **headers: str) -> None:
        super().__init__(base_url=shop.url, timeout=60, headers=headers)
        self.shop = shop

    def sign_in(self, email: str) -> None:
        """Ask for a code, and type it."""
        asked = self.post("/account/sign-in", data={"email": email})
        assert (asked.status_code, asked.headers.get("location")) == (303, "/account/code")
        used = self.post("/account/code", data={"code": self.shop.code_for(email)})
        assert (used.status_code, used.headers.get("location")) == (303, "/account")

    def put_into_bag(self) -> str:
        """Put one piece of something into the bag; returns its SKU."""
        product = self.get("/api/v1/products").json()["products"][0]
        sizes = self.get(f"/api/v1/products/{product['product_id']}").json()["sizes"]
        sku = next(size["sku"] for size in sizes if size["in_stock"])
        assert self.post("/api/v1/cart/lines", json={"sku": sku}).status_code == 201
        return str(sku)


def own_settings(tmp_path_factory: pytest.TempPathFactory, **values: Any) -> Settings:
    """Settings of a shop that shares no pictures and no e-mails with others."""
    return Settings(
        pictures_dir=tmp_path_factory.mktemp("pictures"),
        mail_dir=tmp_path_factory.mktemp("mail"),
        secret_keys=(SecretStr("k" * 32),),
        **values,
    )


@pytest.fixture(scope="module")
def account_shop(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    settings = own_settings(tmp_path_factory, staff=frozenset({STAFF}))
    with Shop(emulator, databases.create(template=template_database), settings) as shop:
        yield shop


@pytest.fixture(scope="module")
def proxied_shop(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    """The shop behind a proxy that says who people are."""
    staff = frozenset({STAFF})
    settings = own_settings(tmp_path_factory, behind_proxy=True, staff=staff)
    with Shop(emulator, databases.create(template=template_database), settings) as shop:
        yield shop


@pytest.fixture
def someone(account_shop: Shop) -> Iterator[Callable[[], Person]]:
    """Call it for somebody new."""
    people: list[Person] = []

    def new() -> Person:
        people.append(Person(account_shop))
        return people[-1]

    yield new
    for person in people:
        person.close()
