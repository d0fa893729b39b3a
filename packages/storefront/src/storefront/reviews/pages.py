"""Pages of reviews: of a product, of a buyer, helpful votes, reports, photographs."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from storefront.catalog import queries as catalog
from storefront.catalog.addresses import number_in
from storefront.customers import queries as customers
from storefront.customers import service as customer_service
from storefront.customers.current import CurrentCustomer, SignedIn
from storefront.customers.service import REVIEW_REQUESTS
from storefront.db import Database, ReadSession
from storefront.errors import NotFound, StoreError, Unavailable
from storefront.orders.access import KeyInQuery, NumberInPath
from storefront.rate_limits.limits import OPINIONS, PHOTOGRAPHS
from storefront.request_model import DIGITS, Id
from storefront.reviews import access, forms, links, paging, queries, service
from storefront.reviews.access import CurrentVoter, OwnLine, SkuInPath
from storefront.reviews.forms import ReportForm
from storefront.reviews.shapes import Filter, Fit, OwnReview, Sort
from storefront.texts import _
from storefront.vision.photograph_reader import PhotographReader
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, again, done

router = APIRouter(include_in_schema=False)

_PER_PAGE = 10
_MOST_OWN = 100

Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/p/{slug}/reviews", name="product_reviews")
async def product_reviews(
    request: Request,
    slug: str,
    sort: Sort = "newest",
    stars: Annotated[int | None, Query(ge=1, le=5), DIGITS] = None,
    size: Annotated[str | None, Query(max_length=60)] = None,
    fit: Fit | None = None,
    cursor: Cursor = None,
) -> Response:
    """Every review of a product, sorted and filtered. Two statements."""
    database: Database = request.state.database
    found = await catalog.product_page(database, number_in(slug))
    if slug != found.card.slug:  # renamed since: one product has one address
        to = request.url_for("product_reviews", slug=found.card.slug).path
        return RedirectResponse(
            to + render.query(request.query_params, cursor=None), status_code=301
        )
    which = Filter(sort, stars, size or None, fit)
    signer = request.state.signer
    after = paging.after_of(signer, found.card.id, which, cursor)
    shown = await queries.page(database, found.card.id, which, most=_PER_PAGE, after=after)
    return render.page(
        request,
        "reviews/list.html",
        card=found.card,
        shown=shown,
        which=which,
        is_first_page=cursor is None,
        next_cursor=paging.cursor_of(signer, found.card.id, which, shown.next_after),
    )


@router.get("/account/reviews", name="my_reviews")
async def my_reviews(
    request: Request, session: Reads, customer_id: SignedIn, before: Id | None = None
) -> Response:
    """The customer's delivered lines, each with its review or a link to write one."""
    page = await queries.of_customer(session, customer_id, most=_MOST_OWN, before=before)
    return render.page(request, "reviews/mine.html", page=page)


@router.get("/orders/{number}/lines/{sku:path}/review", name="review_form")
async def review_form(
    request: Request,
    session: Reads,
    found: OwnLine,
    customer_id: CurrentCustomer,
    key: KeyInQuery = None,
) -> Response:
    """The form for the review of a line, empty or with the current review."""
    form = forms.filled(found)
    if found.review is None and customer_id is not None:
        form.values["author"] = await _first_name(session, customer_id)
    return _form(request, found, form, key, status=200)


@router.post(
    "/orders/{number}/lines/{sku:path}/review",
    name="write_review",
    max_body_size=forms.MAX_BODY,
    dependencies=[PHOTOGRAPHS],
)
async def write_review(
    request: Request,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    sku: SkuInPath,
    key: KeyInQuery = None,
) -> Response:
    """Write the review of a line, or replace it."""
    database: Database = request.state.database
    reader: PhotographReader = request.state.photograph_reader
    async with database.reads() as session:
        found = await access.line_for(
            request, session, number, sku, key=key, customer_id=customer_id
        )
    form, draft, copies = await forms.read(request, reader)
    if form.data is None or draft is None:
        return _form(request, found, form, key, status=422)
    try:
        async with database.writes() as writing:
            state = await service.write(
                writing,
                found.line,
                draft,
                access.rules_of(request.state.settings),
                added=copies,
                removed=form.data.remove,
            )
    except Unavailable:
        raise
    except StoreError as problem:
        form.refuse("", problem.detail)
        return _form(request, found, form, key, status=problem.status)
    message = _("Thank you. Your review is published.")
    if state == "held":
        message = _("Thank you. We read your review before it is published.")
    return done(request, to=_back(request, found, key, customer_id), message=message)


@router.post("/orders/{number}/lines/{sku:path}/review/delete", name="delete_review")
async def delete_review(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    sku: SkuInPath,
    key: KeyInQuery = None,
) -> Response:
    """Delete the review of a line, with its photographs."""
    found = await access.line_for(request, session, number, sku, key=key, customer_id=customer_id)
    await service.delete(session, found.line)
    to = _back(request, found, key, customer_id)
    return done(request, to=to, message=_("Your review is deleted."))


@router.get(
    "/orders/{number}/lines/{sku:path}/review/photographs/{photograph}",
    name="own_review_photograph",
)
async def own_photograph(session: Reads, found: OwnLine, photograph: str) -> Response:
    """A photograph of the caller's own review, before it is published too."""
    content = await queries.photograph(
        session, photograph, is_thumbnail=True, line_id=found.line.line_id
    )
    return Response(content, media_type="image/jpeg")


@router.get("/reviews/photographs/{photograph}", name="review_photograph")
async def photograph(
    session: Reads, photograph: str, size: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    """A photograph of a published review."""
    content = await queries.photograph(session, photograph, is_thumbnail=size == "small")
    return Response(content, media_type="image/jpeg")


@router.post("/reviews/{review_id}/helpful", name="vote_for_review", dependencies=[OPINIONS])
async def vote(request: Request, session: Writes, voter: CurrentVoter, review_id: Id) -> Response:
    """Mark a review as helpful."""
    _review, slug = await queries.published(session, review_id)
    is_new = await service.vote(session, review_id, voter)
    message = _("Thank you.") if is_new else _("You have said so already.")
    return done(request, to=_at(request, slug, review_id), message=message)


@router.get("/reviews/{review_id}/report", name="report_form")
async def report_form(request: Request, session: Reads, review_id: Id) -> Response:
    """Why a review is reported."""
    review, slug = await queries.published(session, review_id)
    form = Form[ReportForm].showing()
    return render.page(request, "reviews/report.html", form=form, review=review, slug=slug)


@router.post("/reviews/{review_id}/report", name="report_review", dependencies=[OPINIONS])
async def report(request: Request, session: Writes, voter: CurrentVoter, review_id: Id) -> Response:
    """Ask staff to look at a review."""
    review, slug = await queries.published(session, review_id)
    form = await Form.read(request, ReportForm)
    if form.data is None:
        return again(request, "reviews/report.html", form, review=review, slug=slug)
    await service.report(session, review_id, voter, form.data.reason)
    to = request.url_for("product_reviews", slug=slug).path
    return done(request, to=to, message=_("Thank you. We will look at it."))


@router.get("/reviews/requests/{key}/stop", name="stopped_review_requests")
@router.post("/reviews/requests/{key}/stop", name="stop_review_requests")
async def stop_requests(request: Request, session: Writes, key: str) -> Response:
    """Send no more e-mails asking for reviews: by the link, or the mail program's own button (RFC 8058).

    It can be undone in the account.
    """
    customer_id = links.customer_of(request.state.signer, key)
    await customer_service.set_consent(session, customer_id, REVIEW_REQUESTS, is_granted=False)
    return render.page(request, "reviews/stopped.html")


async def _first_name(session: ReadSession, customer_id: int) -> str:
    """The name that a review is signed with, unless its writer chooses another."""
    try:
        name = (await customers.customer(session, customer_id)).name or ""
    except NotFound:
        return ""
    return name.split()[0][:60] if name.split() else ""


def _form(
    request: Request, found: OwnReview, form: Form[Any], key: str | None, *, status: int
) -> Response:
    return again(
        request,
        "reviews/form.html",
        form,
        status=status,
        found=found,
        line=found.line,
        key=key,
        most_photographs=service.MOST_PHOTOGRAPHS,
    )


def _back(request: Request, found: OwnReview, key: str | None, customer_id: int | None) -> str:
    """The page that the writer came from: their reviews or, with a link, the order."""
    if customer_id is not None and customer_id == found.line.customer_id:
        return request.url_for("my_reviews").path
    query = render.query_string([("key", key)] if key else [])
    return request.url_for("order", number=found.line.number).path + query


def _at(request: Request, slug: str, review_id: int) -> str:
    return f"{request.url_for('product_reviews', slug=slug).path}#review-{review_id}"
