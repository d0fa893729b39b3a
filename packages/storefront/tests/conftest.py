"""The shop under test: a migrated database with a small catalogue, served over real HTTP."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from functools import cache
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, event

from lakepass.emulator import (
    App,
    Attached,
    Config,
    Emulator,
    ServingEndpoint,
    running_emulator,
)
from storefront import migrations
from storefront.app import create_app
from storefront.catalog import service
from storefront.collections import service as collections
from storefront.collections.starting import to_install
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.demo.reviews import write_demo_reviews
from storefront.markets import Market
from storefront.pricing import service as pricing
from storefront.search.read_model import refresh as search_service
from storefront.settings import Settings
from storefront.web.connection import config
from tests.databases import Databases

log = logging.getLogger(__name__)

PRODUCTS = 300

# Of a product, wherever the API answers one.
FIELDS = {
    "product_id", "style_id", "product_display_name", "brand", "gender", "master_category",
    "sub_category", "article_type", "base_color", "color_family", "season", "year", "usage", "price",
    "price_minor", "list_price", "list_price_minor", "lowest_price", "lowest_price_minor", "currency",
    "category_path", "color_hex", "rating", "rating_count", "badges", "image_path", "image_url",
    "image_width", "image_height", "hover_image_url", "url",
    "ingested_at", "similarity_score", "personalization_reason", "similar_product_ids",
    "complete_the_set_ids", "recommendations_updated_at",
}  # fmt: skip


async def fill(database: Database, products: int) -> None:
    """Bring an empty database to the newest schema, with so many generated products, listed; unless
    they are few, with reviews and the orders behind these."""
    await migrations.migrate(database)
    async with database.writes() as session:
        await pricing.install_defaults(session, "USD")
        await collections.install(session, to_install("en_US"))
    await service.import_products(database, demo_products(products))
    if products >= PRODUCTS:
        await write_demo_reviews(database, seed=1, currency="USD")
    await search_service.refresh_all(database)


@pytest.fixture(scope="session")
def template_of(emulator: Emulator, databases: Databases) -> Callable[[int], str]:
    """Name of a migrated database with so many generated products, listed, that nobody is connected to:
    copy it. It is made once; a copy takes a tenth of the time."""

    @cache
    def template(products: int) -> str:
        name = databases.create(template=template(0)) if products else databases.create()

        async def make() -> None:
            database = Database(Settings(connect_deadline_s=60))
            if products:
                await fill(database, products)
                await service.refresh_statistics(database)
            else:
                await migrations.migrate(database)
            await database.aclose()

        # In a thread: the caller's may run an event loop.
        with environment(emulator, name), ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, make()).result()
        return name

    return template


@pytest.fixture(scope="session")
def template_database(template_of: Callable[[int], str]) -> str:
    """The template with 300 products."""
    return template_of(PRODUCTS)


@pytest.fixture(scope="session")
def filled_database(databases: Databases, template_database: str) -> str:
    """A copy of it to read, which all tests share."""
    return databases.create(template=template_database)


@contextmanager
def environment(emulator: Emulator, database: str) -> Iterator[pytest.MonkeyPatch]:
    """The process environment as a Databricks App has it, for this database."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (emulator.environment() | {"PGDATABASE": database}).items():
            patch.setenv(name, value)
        patch.setenv("STORE_EMBED_IN_BACKGROUND", "false")  # it would draw every picture
        # Whoever tests what is too slow sets it; nothing else is to depend on how busy the machine is.
        patch.setenv("STORE_CONNECT_DEADLINE_S", "60")
        patch.setenv("STORE_STATEMENT_TIMEOUT_S", "120")
        yield patch


@pytest.fixture(scope="session")
def extended(_clean_environment: None) -> Iterator[Emulator]:
    """A local Lakebase with what most tests need not: a standby, and a served picture model."""
    pictures = Attached(name="model", kind="serving_endpoint", fields={"name": "pictures"})
    [usual] = Config().apps
    config = Config(
        apps=(App(resources=(*usual.resources, pictures)),),
        serving_endpoints=(ServingEndpoint(name="pictures"), ServingEndpoint(name="private")),
    )
    with running_emulator(config, standby=True) as running:
        yield running


@pytest.fixture(scope="session")
def extended_databases(extended: Emulator) -> Databases:
    return Databases(extended)


class Server:
    """The shop on a free port of loopback, in a thread of its own."""

    def __init__(self, settings: Settings, app: FastAPI | None = None) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(config(app or create_app(settings), lifespan="on"))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> "Server":
        self._thread.start()
        # The socket listens already: this waits until the app answers.
        httpx.get(f"{self.url}/health", timeout=60).raise_for_status()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        while self._thread.is_alive():  # as long as it takes: the machine may be busy
            self._thread.join(20)
            if self._thread.is_alive():
                log.warning("The shop at %s is still shutting down.", self.url)
        self._socket.close()


@contextmanager
def running_shop(
    settings: Settings, emulator: Emulator, database: str, app: FastAPI | None = None
) -> Iterator[Server]:
    """The shop over this database. It reads its environment when it starts, and only then."""
    with ExitStack() as stack:
        with environment(emulator, database):
            server = stack.enter_context(Server(settings, app))
        yield server


@asynccontextmanager
async def sent(server: Server, data: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """What the server answers to exactly these bytes.

    The connection is closed at once, with what the server has not read: the rest would wait for it,
    longer than the test's event loop exists.
    """
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(data)
        yield reader
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):  # of a server that closed it first
            await writer.wait_closed()


def wait_for_menu(url: str) -> None:
    """Wait until the pages of a shop have their menu, which is read beside the first of them."""
    while 'class="department"' not in httpx.get(url, timeout=60).text:
        time.sleep(0.05)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        pictures_dir=tmp_path_factory.mktemp("pictures"),
        connect_deadline_s=60,
        embed_in_background=False,
        markets=(Market(country="DE", currency="EUR", url="https://shop.example.de"),),
    )


@pytest.fixture(scope="session")
def shop(emulator: Emulator, filled_database: str, settings: Settings) -> Iterator[Server]:
    """The shop over the filled database."""
    with running_shop(settings, emulator, filled_database) as server:
        wait_for_menu(server.url)
        yield server


@pytest.fixture(scope="module")
def selling_shop(
    emulator: Emulator, databases: Databases, template_database: str, settings: Settings
) -> Iterator[Server]:
    """The shop over a copy of its own, which the tests of a module may write."""
    with running_shop(settings, emulator, databases.create(template=template_database)) as server:
        yield server


@pytest.fixture
async def client(shop: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=shop.url, timeout=60, verify=False) as client:
        yield client


@pytest.fixture
def stocked_database(
    emulator: Emulator, databases: Databases, template_of: Callable[[int], str]
) -> Iterator[Callable[[int], Database]]:
    """Call it for a Database of its own with so many generated products, listed; the process environment
    then points there."""
    with ExitStack() as stack:

        def opened(products: int) -> Database:
            name = databases.create(template=template_of(products))
            stack.enter_context(environment(emulator, name))
            return Database(Settings())

        yield opened


@pytest.fixture
def fresh_database(
    emulator: Emulator, databases: Databases, template_of: Callable[[int], str]
) -> Iterator[Callable[[], Database]]:
    """The process environment points at a migrated database without content; call it for a Database
    on it."""
    with environment(emulator, databases.create(template=template_of(0))):
        yield lambda: Database(Settings())


@pytest.fixture
def empty_database(emulator: Emulator, databases: Databases) -> Iterator[Callable[[], Database]]:
    """The same before the first migration."""
    with environment(emulator, databases.create()):
        yield lambda: Database(Settings())


@pytest.fixture
def statements() -> Callable[..., AbstractContextManager[list[str]]]:
    """`with statements() as sent:` collects the SQL that requests send meanwhile.

    with_polls: and what the index of the process reads, at its start and whenever it looks for changes:
    any request may begin that, so a test that counts would depend on the time.
    """

    @contextmanager
    def collecting(*, with_polls: bool = False) -> Iterator[list[str]]:
        sent: list[str] = []
        polls = () if with_polls else ("Read model", "Texts", "Index snapshot")

        def note(statement: str) -> None:
            task = asyncio.current_task()
            is_beside = task is not None and (
                task.get_name().startswith(("job", *polls))
                or getattr(task.get_coro(), "__name__", "") in ("repeat", "_log_plan")
            )
            is_of_the_background = any(
                part in statement
                for part in ("product_changes", "search_log", "embeddings", "trend is not null")
            )
            if not is_beside and not is_of_the_background:
                sent.append(statement)

        class Fetches(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                note(record.getMessage().removeprefix("fetch "))

        def execute(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            note(statement)

        fetches, log = Fetches(), logging.getLogger("storefront.db")
        event.listen(Engine, "before_cursor_execute", execute)
        log.addHandler(fetches)
        log.setLevel(logging.DEBUG)
        try:
            yield sent
        finally:
            event.remove(Engine, "before_cursor_execute", execute)
            log.removeHandler(fetches)
            log.setLevel(logging.NOTSET)

    return collecting


CATALOG = Path(__file__).parents[4] / "shared" / "catalog"


@pytest.fixture(scope="session")
def real_catalog() -> Path:
    """The folder of the real catalogue; skips where it is absent."""
    if not (CATALOG / "styles.csv").is_file():
        pytest.skip(f"the real catalogue is not at {CATALOG}")
    return CATALOG
