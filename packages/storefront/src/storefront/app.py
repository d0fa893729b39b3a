"""Wires the shop together: database, routers, error answers, middleware. The only place that does."""

import logging
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import TypedDict

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel
from starlette.middleware.gzip import GZipMiddleware

from storefront import __version__, migrations
from storefront.account import address_pages
from storefront.account import api as account_api
from storefront.account import pages as account_pages
from storefront.account.work import Work as AccountWork
from storefront.alerts import api as alerts_api
from storefront.alerts import pages as alerts_pages
from storefront.alerts.work import Work as AlertWork
from storefront.backoffice import api as backoffice_api
from storefront.backoffice import (
    metrics_api,
    offer_api,
    offer_pages,
    order_api,
    order_pages,
    return_api,
    return_pages,
    review_api,
    review_pages,
    stock_api,
    stock_pages,
)
from storefront.backoffice import pages as backoffice_pages
from storefront.cart import api as cart_api
from storefront.cart import pages as cart_pages
from storefront.catalog import api as catalog_api
from storefront.catalog import queries as catalog_queries
from storefront.catalog.drawings import drawing_of
from storefront.checkout import api as checkout_api
from storefront.checkout import pages as checkout_pages
from storefront.checkout import work as checkout_work
from storefront.checkout.pages import deliver
from storefront.customers.current import SignInNeeded
from storefront.db import Database, schema_revision
from storefront.errors import Unavailable
from storefront.fit import api as fit_api
from storefront.fit import pages as fit_pages
from storefront.help import pages as help_pages
from storefront.home import pages as home_pages
from storefront.home import styleguide, web_app
from storefront.jobs.worker import Handler, working
from storefront.mail import pages as mail_pages
from storefront.mail.outbox import outbox
from storefront.orders import api as orders_api
from storefront.orders import pages as orders_pages
from storefront.orders.work import Work as OrderWork
from storefront.payments.provider import PaymentProvider
from storefront.payments.providers import payment_provider, provider_jobs
from storefront.personas import api as personas_api
from storefront.photo import api as photo_api
from storefront.photo import pages as photo_pages
from storefront.photo.service import PhotoSearch
from storefront.pictures import pages as pictures_pages
from storefront.pictures.renditions import Renditions
from storefront.pictures.store import widths_for
from storefront.pictures.stores import picture_store
from storefront.product import pages as product_pages
from storefront.product.delivery import DeliveryPromises
from storefront.recommend import api as recommend_api
from storefront.recommend import pages as recommend_pages
from storefront.returns import api as returns_api
from storefront.returns import pages as returns_pages
from storefront.returns.work import Work as ReturnWork
from storefront.reviews import api as reviews_api
from storefront.reviews import pages as reviews_pages
from storefront.reviews.work import Work as ReviewWork
from storefront.search import api as search_api
from storefront.search import pages as search_pages
from storefront.search import search_api as query_api
from storefront.search import sitemap
from storefront.search.criteria import Criteria
from storefront.search.engine import Search
from storefront.search.log import SearchLog, running_log
from storefront.search.navigation import Navigation
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.response_cache import ResponseCache
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader
from storefront.search.read_model.worker import keep_fresh
from storefront.service_levels.service import recording
from storefront.settings import Settings
from storefront.telemetry.tally import Tally
from storefront.vision.encoders import picture_encoder
from storefront.vision.photograph_reader import PhotographReader
from storefront.vision.vector_reader import VectorReader
from storefront.vision.worker import keep_embedded
from storefront.web import problems, render, static_files
from storefront.web.cookies import Cookies
from storefront.web.language import SpeakLanguage
from storefront.web.middleware.accepted_encoding import AcceptedEncoding
from storefront.web.middleware.cache_policy import CacheHeaders, ConditionalRequests
from storefront.web.middleware.head_as_get import HeadAsGet
from storefront.web.middleware.nul_characters import RefuseNulCharacters
from storefront.web.middleware.request_limits import RequestLimits
from storefront.web.middleware.request_telemetry import RequestTelemetry
from storefront.web.middleware.security_headers import SecurityHeaders
from storefront.web.same_origin import SameOrigin
from storefront.web.signing import Signer, signer
from storefront.wishlist import api as wishlist_api
from storefront.wishlist import pages as wishlist_pages

log = logging.getLogger(__name__)

# The demo catalogue and its drawn pictures, by name: nothing else in the shop knows or imports them.
DEMO_PRODUCTS = "storefront.demo.products:demo_products"
DEMO_ORDERS = "storefront.demo.orders:place_demo_orders"
DEMO_REVIEWS = "storefront.demo.reviews:write_demo_reviews"
DEMO_DRAWING = "storefront.demo.drawing:draw_png"

router = APIRouter(tags=["health"])


class State(TypedDict):
    """What the app makes at its start and routes find in ``request.state``."""

    settings: Settings
    signer: Signer
    database: Database
    read_model: ReadModel
    search: Search
    navigation: Navigation
    delivery_promises: DeliveryPromises
    search_log: SearchLog
    renditions: Renditions
    payment_provider: PaymentProvider
    vectors: VectorReader
    photograph_reader: PhotographReader
    photo_search: PhotoSearch


class Health(BaseModel):
    """How the shop is: alive; or ready, with the schema that its database has."""

    status: str
    schema_revision: str | None = None


def create_app(settings: Settings) -> FastAPI:
    """The shop as an ASGI application. Touches neither network nor disk until it is started."""

    tally = Tally()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        database = Database(settings)
        level = logging.ERROR if database.problem else logging.INFO
        for line in start_report(database):
            log.log(level, line)
        renditions = Renditions(
            picture_store(settings, drawing=drawing()),
            partial(catalog_queries.is_shown, database),
            max_bytes=settings.pictures_max_mb * 1_000_000,
        )
        demand = Demand()
        read_model = ReadModel(database, demand, currency=settings.currency)
        vocabulary_reader = VocabularyReader(database, read_model)
        navigation = Navigation(read_model)
        encoder = picture_encoder(settings)
        vectors = VectorReader(database, encoder)
        photograph_reader = PhotographReader()
        photo_search = PhotoSearch(encoder, photograph_reader, vectors, read_model)
        signing = signer(settings)
        provider = payment_provider(settings, database, signing, deliver=partial(deliver, database))
        async with (
            keep_fresh(database, demand),
            running_log(database) as search_log,
            recording(database, tally),
            working(database, job_handlers(database, provider, settings, signing)),
            keep_embedded(
                database,
                encoder,
                renditions.file,
                lambda: read_model.version,
                is_on=settings.embed_in_background,
            ),
        ):
            read_model.start()
            navigation.start()
            yield State(
                settings=settings,
                signer=signing,
                database=database,
                read_model=read_model,
                search=Search(read_model, vocabulary_reader),
                navigation=navigation,
                delivery_promises=DeliveryPromises(
                    database, country=settings.country, currency=settings.currency
                ),
                search_log=search_log,
                renditions=renditions,
                payment_provider=provider,
                vectors=vectors,
                photograph_reader=photograph_reader,
                photo_search=photo_search,
            )
        photograph_reader.close()
        vocabulary_reader.stop()
        navigation.stop()
        read_model.stop()
        renditions.close()
        await database.aclose()

    app = FastAPI(
        title=settings.name,
        version=__version__,
        summary="A fashion shop on Databricks Lakebase.",
        lifespan=lifespan,
        docs_url=None,  # its viewer comes from a public network; the document itself is /openapi.json
        redoc_url=None,
        redirect_slashes=False,  # such a redirect would carry whatever Host the client sent
    )
    render.offer(
        picture_widths=widths_for,
        drawing_of=drawing_of,
        has_drawings=drawing() is not None,
    )
    problems.install(app)
    app.add_exception_handler(SignInNeeded, account_pages.sign_in_first)
    _add_middleware(app, settings, tally)
    _add_routers(app)
    static_files.mount(app)
    return app


def _add_routers(app: FastAPI) -> None:
    """Where two routes fit a path the first that is added answers."""
    for each in (
        router,
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
        account_api.router,
        account_pages.router,
        address_pages.router,
        orders_api.router,
        orders_pages.router,
        returns_api.router,
        returns_pages.router,
        mail_pages.router,
        pictures_pages.router,
        photo_pages.router,
        search_pages.router,
        sitemap.router,
        product_pages.router,
        fit_api.router,
        fit_pages.router,
        reviews_api.router,
        reviews_pages.router,
        wishlist_api.router,
        alerts_api.router,
        alerts_pages.router,
        wishlist_pages.router,
        home_pages.router,
        styleguide.router,
        web_app.router,
        help_pages.router,
        recommend_pages.router,
        metrics_api.router,
        backoffice_api.router,
        order_api.router,
        return_api.router,
        stock_api.router,
        review_api.router,
        offer_api.router,
        backoffice_pages.router,
        order_pages.router,
        return_pages.router,
        stock_pages.router,
        review_pages.router,
        offer_pages.router,
    ):
        app.include_router(each)


def drawing() -> str | None:
    """What draws the demo's pictures; nothing where ``storefront[demo]`` is not installed."""
    return DEMO_DRAWING if find_spec("resvg_py") else None


def job_handlers(
    database: Database, provider: PaymentProvider, settings: Settings, signing: Signer
) -> dict[str, Handler]:
    """What each kind of job does. A feature's handlers are named here, with what they need."""
    orders = OrderWork(database, provider, outbox(settings), settings, signing)
    returns = ReturnWork(database, outbox(settings), settings, signing)
    account = AccountWork(database, outbox(settings), settings, signing)
    alerts = AlertWork(database, outbox(settings), settings, signing)
    reviews = ReviewWork(database, outbox(settings), settings, signing)
    return (
        checkout_work.handlers(database, provider)
        | orders.handlers()
        | returns.handlers()
        | account.handlers()
        | alerts.handlers()
        | reviews.handlers()
        | provider_jobs(provider)
    )


def _add_middleware(app: FastAPI, settings: Settings, tally: Tally) -> None:
    """From the innermost to the outermost: the last one that is added sees a request first."""
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.add_middleware(RequestLimits, settings=settings)
    app.add_middleware(SameOrigin)
    app.add_middleware(RefuseNulCharacters)
    app.add_middleware(Cookies)
    app.add_middleware(CacheHeaders)  # outside: it must see the cookies that are set
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ResponseCache)
    app.add_middleware(AcceptedEncoding)
    app.add_middleware(ConditionalRequests)
    app.add_middleware(SpeakLanguage)
    app.add_middleware(RequestTelemetry, settings=settings, tally=tally)


def start_report(database: Database) -> list[str]:
    """What will be used to reach the database, and versions: for the log, without any secret."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "uvicorn"))
    return [
        f"storefront {__version__} on Python {platform.python_version()} ({versions})",
        *database.report(),
    ]


@router.get("/health", response_model_exclude_none=True)
async def health() -> Health:
    """200 as long as the process lives; touches nothing else."""
    return Health(status="alive")


def _check_revision(found: str | None) -> None:
    """Raises Unavailable where migrations are missing. A newer schema serves this code, too."""
    known = migrations.revisions()
    if found == known[0] or migrations.is_newer(found):
        return
    reason = (
        f"The schema is at {found or 'nothing'}, this code needs {known[0]}: "
        "run `storefront migrate`."
    )
    raise Unavailable("The database has another schema.", reason=reason)


async def _check_listings(read_model: ReadModel) -> None:
    """Raises Unavailable where a listing cannot be answered, whatever the cause."""
    try:
        await read_model.listing(Criteria())
    except Unavailable:
        raise
    except Exception as error:
        reason = f"Listings cannot be answered: {error!r}. The log says where."
        raise Unavailable("Listings cannot be answered.", reason=reason) from error


@router.get("/ready", response_model=Health, responses=problems.responses(503))
async def ready(request: Request) -> Response:
    """200 when the database answers, has the newest schema, and listings can be answered; else 503."""
    database: Database = request.state.database
    try:
        async with database.reads() as session:
            found = await schema_revision(session)
            _check_revision(found)
        await catalog_queries.readable(database)
        await _check_listings(request.state.read_model)
    except Unavailable as error:
        return problems.answer(
            request,
            status=error.status,
            title=error.title,
            detail=error.reason,
            headers={"Retry-After": str(error.retry_after_s)},
        )
    return Response(
        Health(status="ready", schema_revision=found).model_dump_json(),
        media_type="application/json",
    )
