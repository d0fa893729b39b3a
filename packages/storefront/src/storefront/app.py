"""Wires the shop together: database, routers, error responses, middleware. The only place that does."""

import logging
import platform
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import TypedDict, TypeVar

from fastapi import Depends, FastAPI, Request

from storefront import __version__, health
from storefront.account import address_pages, second_factor_api, second_factor_pages, session_pages
from storefront.account import api as account_api
from storefront.account import pages as account_pages
from storefront.alerts import api as alerts_api
from storefront.alerts import pages as alerts_pages
from storefront.background import Recent
from storefront.backoffice import routes as backoffice
from storefront.cart import api as cart_api
from storefront.cart import pages as cart_pages
from storefront.catalog import api as catalog_api
from storefront.catalog import queries as catalog_queries
from storefront.catalog.drawings import drawing_of
from storefront.checkout import api as checkout_api
from storefront.checkout import bank_pages
from storefront.checkout import pages as checkout_pages
from storefront.checkout.pages import deliver
from storefront.collections import api as collections_api
from storefront.collections import pages as collections_pages
from storefront.collections import queries as collection_queries
from storefront.collections.queries import Collection
from storefront.content import queries as content_queries
from storefront.content.queries import Written
from storefront.customers.current import SignInNeeded
from storefront.customers.envelopes import lines_of, on_one_line
from storefront.customers.second_factor import SecondFactorNeeded
from storefront.db import Database
from storefront.errors import Gone, NotFound
from storefront.fit import api as fit_api
from storefront.fit import pages as fit_pages
from storefront.help import api as help_api
from storefront.help import pages as help_pages
from storefront.home import pages as home_pages
from storefront.home import styleguide, web_app
from storefront.insight import queries as insight_queries
from storefront.job_handlers import job_handlers
from storefront.jobs.worker import working
from storefront.mail import pages as mail_pages
from storefront.merchandising import routes as merchandising
from storefront.middleware import add_middleware
from storefront.orders import api as orders_api
from storefront.orders import pages as orders_pages
from storefront.payments.provider import PaymentProvider
from storefront.payments.providers import payment_provider
from storefront.personas import api as personas_api
from storefront.photo import api as photo_api
from storefront.photo import pages as photo_pages
from storefront.photo.service import PhotoSearch
from storefront.pictures import pages as pictures_pages
from storefront.pictures.renditions import Renditions
from storefront.pictures.store import PictureStore, widths_for
from storefront.pictures.stores import picture_store
from storefront.product import api as product_api
from storefront.product import pages as product_pages
from storefront.product.delivery import DeliveryPromises
from storefront.recommend import api as recommend_api
from storefront.recommend import pages as recommend_pages
from storefront.redirects import pages as redirects
from storefront.returns import api as returns_api
from storefront.returns import pages as returns_pages
from storefront.reviews import api as reviews_api
from storefront.reviews import pages as reviews_pages
from storefront.saved_searches import api as saved_searches_api
from storefront.saved_searches import pages as saved_searches_pages
from storefront.search import api as search_api
from storefront.search import pages as search_pages
from storefront.search import search_api as query_api
from storefront.search import sitemap
from storefront.search.completions import Completer
from storefront.search.engine import Search
from storefront.search.log import SearchLog, running_log
from storefront.search.navigation import Navigation
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader
from storefront.search.read_model.worker import keep_fresh
from storefront.search.value_labels import choices_of, chosen_in, label_of_value
from storefront.service_levels.service import recording
from storefront.settings import Settings
from storefront.staff.rights import Right
from storefront.telemetry.tally import Tally
from storefront.vision.encoder import Encoder
from storefront.vision.encoders import picture_encoder
from storefront.vision.photograph_reader import PhotographReader
from storefront.vision.vector_reader import VectorReader
from storefront.vision.worker import keep_embedded
from storefront.web import problems, render, static_files
from storefront.web.body_kinds import DescribedApp, check_body_kind
from storefront.web.query_parameters import check_names
from storefront.web.signing import Signer, signer
from storefront.wishlist import api as wishlist_api
from storefront.wishlist import pages as wishlist_pages

log = logging.getLogger(__name__)

_T = TypeVar("_T")

# The demo catalogue and its drawn pictures, by name: nothing else in the shop knows or imports them.
DEMO_PRODUCTS = "storefront.demo.products:demo_products"
DEMO_PAST = "storefront.demo.past:write_past"
DEMO_DRAWING = "storefront.demo.drawing:draw_png"


class State(TypedDict):
    """What the app makes at its start and routes find in ``request.state``."""

    settings: Settings
    signer: Signer
    database: Database
    read_model: ReadModel
    search: Search
    completer: Completer
    navigation: Navigation
    trending: Recent[list[int]]
    delivery_promises: DeliveryPromises
    search_log: SearchLog
    pictures: PictureStore
    renditions: Renditions
    payment_provider: PaymentProvider
    vectors: VectorReader
    photograph_reader: PhotographReader
    photo_search: PhotoSearch
    collections: Recent[list[Collection]]
    written: Written


def create_app(settings: Settings) -> FastAPI:
    """The shop as an ASGI application. Touches neither network nor disk until it is started."""
    tally = Tally()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        async with AsyncExitStack() as closing:
            yield await _start(settings, tally, closing)

    app = DescribedApp(
        title=settings.name,
        version=__version__,
        summary="A fashion shop on Databricks Lakebase.",
        lifespan=lifespan,
        dependencies=[Depends(_check_request)],
        docs_url=None,  # its viewer comes from a public network; the document itself is /openapi.json
        redoc_url=None,
        redirect_slashes=False,  # such a redirect would carry whatever Host the client sent
    )
    render.offer(
        address_lines=lines_of,
        address_on_one_line=on_one_line,
        picture_widths=widths_for,
        drawing_of=drawing_of,
        has_drawings=drawing() is not None,
        label_of_value=label_of_value,
        choices_of=choices_of,
        chosen_in=chosen_in,
        Right=Right,
    )
    _add_error_handlers(app)
    add_middleware(app, settings, tally)
    _add_routers(app)
    static_files.mount(app)
    return app


async def _check_request(request: Request) -> None:
    """A dependency of every route; a single one, since each takes time of every request."""
    check_body_kind(request)
    await check_names(request)


async def _start(settings: Settings, tally: Tally, closing: AsyncExitStack) -> State:
    """Start what routes use and the background work. `closing` ends each, the last one first."""
    database = _database(settings, closing)
    demand, encoder = Demand(), picture_encoder(settings)
    search_log = await closing.enter_async_context(running_log(database))
    state = _state(settings, database, search_log, demand, encoder, closing)
    for work in _background_work(state, tally, demand, encoder):
        await closing.enter_async_context(work)
    state["read_model"].start()
    state["navigation"].start()
    return state


def _database(settings: Settings, closing: AsyncExitStack) -> Database:
    database = Database(settings)
    closing.push_async_callback(database.aclose)
    level = logging.ERROR if database.problem else logging.INFO
    for line in start_report(database):
        log.log(level, line)
    return database


def _state(
    settings: Settings,
    database: Database,
    search_log: SearchLog,
    demand: Demand,
    encoder: Encoder,
    closing: AsyncExitStack,
) -> State:
    pictures = picture_store(settings, drawing=drawing())
    renditions = Renditions(
        pictures,
        partial(catalog_queries.is_shown, database),
        max_bytes=settings.pictures_max_mb * 1_000_000,
    )
    closing.callback(renditions.close)
    read_model = ReadModel(database, demand, currency=settings.currency)
    closing.callback(read_model.stop)
    vocabulary_reader = VocabularyReader(database, read_model)
    closing.callback(vocabulary_reader.stop)
    navigation = Navigation(read_model)
    closing.callback(navigation.stop)
    vectors = VectorReader(database, encoder)
    photograph_reader = PhotographReader()
    closing.callback(photograph_reader.close)
    signing = signer(settings)
    return State(
        settings=settings,
        signer=signing,
        database=database,
        read_model=read_model,
        search=Search(read_model, vocabulary_reader),
        completer=Completer(read_model, vocabulary_reader),
        navigation=navigation,
        trending=_recent(
            "Trending products", partial(insight_queries.trending, database), closing, every_s=60.0
        ),
        delivery_promises=DeliveryPromises(
            database, country=settings.country, currency=settings.currency
        ),
        search_log=search_log,
        pictures=pictures,
        renditions=renditions,
        payment_provider=payment_provider(
            settings, database, signing, deliver=partial(deliver, database)
        ),
        vectors=vectors,
        photograph_reader=photograph_reader,
        photo_search=PhotoSearch(encoder, photograph_reader, vectors, read_model),
        collections=_recent(
            "Collections", partial(collection_queries.collections, database), closing
        ),
        written=_recent("Pages", partial(content_queries.to_show, database), closing),
    )


def _recent(
    name: str,
    read: Callable[[], Awaitable[_T]],
    closing: AsyncExitStack,
    *,
    every_s: float = 10.0,
) -> Recent[_T]:
    value = Recent(name, read, every_s=every_s)
    closing.callback(value.stop)
    return value


def _background_work(
    state: State, tally: Tally, demand: Demand, encoder: Encoder
) -> list[AbstractAsyncContextManager[None]]:
    settings, database, read_model = state["settings"], state["database"], state["read_model"]
    handlers = job_handlers(
        database,
        state["payment_provider"],
        settings,
        state["signer"],
        read_model=read_model,
        search=state["search"],
    )
    return [
        keep_fresh(database, demand),
        recording(database, tally),
        working(database, handlers),
        keep_embedded(
            database,
            encoder,
            state["renditions"].file,
            lambda: read_model.version,
            is_on=settings.embed_in_background,
        ),
    ]


def _add_error_handlers(app: FastAPI) -> None:
    problems.install(app)
    app.add_exception_handler(SignInNeeded, account_pages.sign_in_first)
    app.add_exception_handler(SecondFactorNeeded, second_factor_pages.second_factor_first)
    for missing in (NotFound, Gone, 404):
        app.add_exception_handler(missing, redirects.not_found)


def _add_routers(app: FastAPI) -> None:
    """If two routes match a path, the one that was added first is used."""
    for each in (
        health.router,
        search_pages.router,  # what is asked for most is found first
        search_api.router,
        query_api.router,
        photo_api.router,
        personas_api.router,
        recommend_api.router,  # /products/trending before /products/{product_id}
        catalog_api.router,
        cart_api.router,
        cart_pages.router,
        checkout_api.router,
        checkout_pages.router,
        bank_pages.router,
        account_api.router,
        account_pages.router,
        address_pages.router,
        session_pages.router,
        second_factor_api.router,
        second_factor_pages.router,
        orders_api.router,
        orders_pages.router,
        returns_api.router,
        returns_pages.router,
        mail_pages.router,
        pictures_pages.router,
        photo_pages.router,
        collections_api.router,
        collections_pages.router,  # /sitemaps/collections.xml before /sitemaps/{part}.xml
        sitemap.router,
        product_api.router,
        product_pages.router,
        fit_api.router,
        fit_pages.router,
        reviews_api.router,
        reviews_pages.router,
        saved_searches_api.router,
        saved_searches_pages.router,
        wishlist_api.router,
        alerts_api.router,
        alerts_pages.router,
        wishlist_pages.router,
        home_pages.router,
        styleguide.router,
        web_app.router,
        help_api.router,
        help_pages.router,
        recommend_pages.router,
        *backoffice.ROUTERS,
        *merchandising.ROUTERS,
    ):
        app.include_router(each)


def drawing() -> str | None:
    """What draws the demo's pictures; nothing where ``storefront[demo]`` is not installed."""
    return DEMO_DRAWING if find_spec("resvg_py") else None


def start_report(database: Database) -> list[str]:
    """What will be used to reach the database, and versions: for the log, without any secret."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "uvicorn"))
    return [
        f"storefront {__version__} on Python {platform.python_version()} ({versions})",
        *database.report(),
    ]
