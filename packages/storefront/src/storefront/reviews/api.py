"""Reviews as JSON: of a product for everybody, of an order's line for its buyer."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from pydantic import BaseModel, Field

from storefront.catalog import queries as catalog
from storefront.catalog.api import ProductId
from storefront.customers.current import CurrentCustomer, SignedIn
from storefront.db import Database
from storefront.orders.access import KeyInQuery, NumberInPath
from storefront.rate_limits.limits import OPINIONS, PHOTOGRAPHS
from storefront.request_model import DIGITS, Id, RequestModel, Whole
from storefront.reviews import access, forms, paging, queries, service, shapes
from storefront.reviews.access import CurrentVoter, OwnLine, SkuInPath
from storefront.reviews.service import Draft
from storefront.vision.photograph_reader import PhotographReader
from storefront.web import problems
from storefront.web.deps import Reads, Writes
from storefront.web.paging import Before, Limit, NewestFirst, next_of

router = APIRouter(prefix="/api/v1", tags=["reviews"], responses=problems.responses(404, 422, 503))


class Photograph(BaseModel):
    """A photograph of a review, at most 1,200 px wide and high."""

    key: str
    width: int
    height: int


class Review(BaseModel):
    """A review by somebody who bought the product here."""

    review_id: str
    author: str | None
    stars: int
    fit: Annotated[shapes.Fit | None, Field(description="How the size bought turned out.")]
    size: Annotated[str, Field(description="The size that was bought.")]
    height_mm: int | None
    title: str | None
    body: str
    language: Annotated[str, Field(description="Of the page that it was written on.")]
    helpful_count: int
    created_at: datetime
    edited_at: datetime | None
    photographs: list[Photograph]
    verified: Literal[True] = True


class ReviewSummary(BaseModel):
    """What all published reviews of a product say. stars, fit: how many said so."""

    average: float | None
    count: int
    stars: dict[int, int]
    fit: dict[shapes.Fit, int]


class ReviewList(BaseModel):
    """A page of reviews. The summary covers all reviews, not only the filtered ones. next_cursor: null
    at the end."""

    summary: ReviewSummary
    reviews: list[Review]
    next_cursor: str | None


class WrittenReview(RequestModel):
    """What a buyer writes. Sent again, it replaces the review, and the rules check it again."""

    stars: Annotated[Whole, Field(ge=1, le=5)]
    body: Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"\S")]
    title: Annotated[str | None, Field(min_length=1, max_length=120)] = None
    author: Annotated[
        str | None, Field(min_length=1, max_length=60, description="The name that is shown.")
    ] = None
    fit: shapes.Fit | None = None
    height_mm: Annotated[
        Whole | None, Field(ge=forms.SHORTEST_MM, le=forms.TALLEST_MM, description="The writer's.")
    ] = None


class OwnReview(BaseModel):
    """A delivered line, and the review of it as its writer sees it; null where none is written.

    state: ``held`` until staff have read it. rejected_reason: what staff wrote.
    """

    order: str
    sku: str
    product_id: str
    review: Review | None
    state: shapes.State | None
    rejected_reason: str | None


class OwnReviews(NewestFirst):
    """A page of a customer's delivered lines, the latest first.

    next_before: send it as ``before`` for the page after.
    """

    lines: list[OwnReview]


class Report(RequestModel):
    """Why a review is reported."""

    reason: shapes.ReportReason


@router.get("/products/{product_id}/reviews", name="api_product_reviews")
async def product_reviews(
    request: Request,
    product_id: ProductId,
    sort: shapes.Sort = "newest",
    stars: Annotated[int | None, Query(ge=1, le=5), DIGITS] = None,
    size: Annotated[str | None, Query(max_length=60)] = None,
    fit: shapes.Fit | None = None,
    limit: Annotated[int, Query(ge=1, le=100), DIGITS] = 20,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> ReviewList:
    """Published reviews of a product. Two statements."""
    database: Database = request.state.database
    await catalog.product_page(database, product_id)
    which = shapes.Filter(sort, stars, size or None, fit)
    after = paging.after_of(request.state.signer, product_id, which, cursor)
    shown = await queries.page(database, product_id, which, most=limit, after=after)
    return ReviewList(
        summary=ReviewSummary(
            average=shown.summary.average,
            count=shown.summary.count,
            stars=dict(shown.summary.stars),
            fit=dict(shown.summary.fit),
        ),
        reviews=[review_json(one) for one in shown.reviews],
        next_cursor=paging.cursor_of(request.state.signer, product_id, which, shown.next_after),
    )


@router.get("/account/reviews", name="api_my_reviews", responses=problems.responses(401))
async def my_reviews(
    session: Reads,
    customer_id: SignedIn,
    limit: Limit = 100,
    before: Before = None,
) -> OwnReviews:
    """The customer's delivered lines, with their reviews."""
    page = await queries.of_customer(session, customer_id, most=limit, before=before)
    return OwnReviews(lines=[_own(one) for one in page.rows], next_before=next_of(page))


@router.get("/orders/{number}/lines/{sku:path}/review", name="api_review")
async def review(found: OwnLine) -> OwnReview:
    """The review of a line, for its buyer."""
    return _own(found)


@router.put(
    "/orders/{number}/lines/{sku:path}/review",
    name="api_write_review",
    responses=problems.responses(409),
)
async def write(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    sku: SkuInPath,
    written: WrittenReview,
    key: KeyInQuery = None,
) -> OwnReview:
    """Write the review of a delivered line, or replace it."""
    found = await access.line_for(request, session, number, sku, key=key, customer_id=customer_id)
    draft = Draft(**written.model_dump())
    await service.write(session, found.line, draft, access.rules_of(request.state.settings))
    return _own(await queries.bought_line(session, number, sku))


@router.delete(
    "/orders/{number}/lines/{sku:path}/review", name="api_delete_review", status_code=204
)
async def delete(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    sku: SkuInPath,
    key: KeyInQuery = None,
) -> Response:
    """Delete the review of a line, if there is one."""
    found = await access.line_for(request, session, number, sku, key=key, customer_id=customer_id)
    await service.delete(session, found.line)
    return Response(status_code=204)


@router.post(
    "/orders/{number}/lines/{sku:path}/review/photographs",
    name="api_add_review_photograph",
    status_code=201,
    max_body_size=forms.MAX_BYTES + 10_000,
    dependencies=[PHOTOGRAPHS],
    responses=problems.responses(409, 413, 429),
)
async def add_photograph(
    request: Request,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    sku: SkuInPath,
    image: Annotated[UploadFile, File(description="JPEG, PNG, WebP, GIF or AVIF; 12 MB at most.")],
    key: KeyInQuery = None,
) -> OwnReview:
    """Add a photograph to a review. It is re-encoded, without metadata, and held for staff."""
    database: Database = request.state.database
    reader: PhotographReader = request.state.photograph_reader
    async with database.reads() as session:
        found = await access.line_for(
            request, session, number, sku, key=key, customer_id=customer_id
        )
    copy = await forms.copy_of(reader, image)
    async with database.writes() as writing:
        found = await queries.bought_line(writing, number, sku)
        draft = service.draft_of(found)
        rules = access.rules_of(request.state.settings)
        await service.write(writing, found.line, draft, rules, added=[copy])
        return _own(await queries.bought_line(writing, number, sku))


@router.delete(
    "/orders/{number}/lines/{sku:path}/review/photographs/{photograph}",
    name="api_remove_review_photograph",
    status_code=204,
)
async def remove_photograph(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    sku: SkuInPath,
    photograph: str,
    key: KeyInQuery = None,
) -> Response:
    """Remove a photograph of a review."""
    found = await access.line_for(request, session, number, sku, key=key, customer_id=customer_id)
    rules = access.rules_of(request.state.settings)
    draft = service.draft_of(found)
    await service.write(session, found.line, draft, rules, removed=[photograph])
    return Response(status_code=204)


@router.put(
    "/reviews/{review_id}/helpful",
    name="api_vote_for_review",
    status_code=204,
    dependencies=[OPINIONS],
    responses=problems.responses(429),
)
async def vote(session: Writes, voter: CurrentVoter, review_id: Id) -> Response:
    """Mark a review as helpful; a repetition changes nothing."""
    await service.vote(session, review_id, voter)
    return Response(status_code=204)


@router.delete("/reviews/{review_id}/helpful", name="api_unvote_review", status_code=204)
async def unvote(session: Writes, voter: CurrentVoter, review_id: Id) -> Response:
    """Withdraw that."""
    await service.unvote(session, review_id, voter)
    return Response(status_code=204)


@router.post(
    "/reviews/{review_id}/reports",
    name="api_report_review",
    status_code=202,
    response_class=Response,
    dependencies=[OPINIONS],
    responses=problems.responses(429),
)
async def report(session: Writes, voter: CurrentVoter, review_id: Id, sent: Report) -> Response:
    """Ask staff to look at a review: once for each visitor."""
    await service.report(session, review_id, voter, sent.reason)
    return Response(status_code=202)


def review_json(one: shapes.Review) -> Review:
    """A review as the API shows it."""
    return Review(
        review_id=str(one.id),
        author=one.author,
        stars=one.stars,
        fit=one.fit,
        size=one.size_label,
        height_mm=one.height_mm,
        title=one.title,
        body=one.body,
        language=one.language,
        helpful_count=one.helpful_count,
        created_at=one.created_at,
        edited_at=one.edited_at,
        photographs=[
            Photograph(key=photo.key, width=photo.width, height=photo.height)
            for photo in one.photographs
        ],
    )


def _own(found: shapes.OwnReview) -> OwnReview:
    return OwnReview(
        order=found.line.number,
        sku=found.line.sku,
        product_id=str(found.line.product_id),
        review=review_json(found.review) if found.review is not None else None,
        state=found.state,
        rejected_reason=found.rejected_reason,
    )
