"""The queue of reviews as JSON. Each decision is made once for each Idempotency-Key."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice import changes
from storefront.backoffice.acting import act_by_api
from storefront.backoffice.changes import Change
from storefront.orders.api import Key
from storefront.request_model import Id, RequestModel
from storefront.reviews import queries, shapes
from storefront.reviews.api import Review, review_json
from storefront.staff.current import MayModerateReviews, MayRead
from storefront.web import problems
from storefront.web.deps import Reads
from storefront.web.paging import StaffLimit, next_of

router = APIRouter(
    prefix="/api/v1/admin/reviews", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_CHANGED = problems.responses(400, 404)


class WaitingReview(BaseModel):
    """A review to decide on. held_for: the rules that held it; reports: how many, by reason."""

    review: Review
    product_id: str
    product: str
    state: shapes.State
    held_for: list[str]
    reports: dict[shapes.ReportReason, int]


class ReviewQueue(BaseModel):
    """A page of the reviews that wait for a decision, those that wait longest first.

    count: of all of them. next_after: send it as ``after`` for the page after.
    """

    count: int
    reviews: list[WaitingReview]
    next_after: str | None


class Rejection(RequestModel):
    """Why a review is taken off; its writer sees it."""

    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]


@router.get("", name="api_staff_reviews")
async def queue(
    _who: MayRead,
    session: Reads,
    limit: StaffLimit = 50,
    after: Annotated[Id | None, Query(description="`next_after` of the page before.")] = None,
) -> ReviewQueue:
    """Reviews to decide on: held by rules, or published and reported."""
    page = await queries.waiting(session, most=limit, after=after)
    return ReviewQueue(
        count=await queries.count_waiting(session),
        reviews=[
            WaitingReview(
                review=review_json(one.review),
                product_id=str(one.product_id),
                product=one.name,
                state=one.state,
                held_for=list(one.held_for),
                reports=dict(one.reports),
            )
            for one in page.rows
        ],
        next_after=next_of(page),
    )


@router.post(
    "/{review_id}/approve",
    name="api_staff_approve_review",
    status_code=204,
    responses=_CHANGED,
)
async def approve(
    request: Request, who: MayModerateReviews, review_id: Id, key: Key = None
) -> Response:
    """Publish a review, or leave it published though it was reported."""
    return await _decide(request, changes.approve_review(review_id, actor=who), who, key)


@router.post(
    "/{review_id}/reject", name="api_staff_reject_review", status_code=204, responses=_CHANGED
)
async def reject(
    request: Request,
    who: MayModerateReviews,
    review_id: Id,
    rejection: Rejection,
    key: Key = None,
) -> Response:
    """Take a review off the shop; its writer sees the reason."""
    change = changes.reject_review(review_id, reason=rejection.reason, actor=who)
    return await _decide(request, change, who, key)


async def _decide(request: Request, change: Change, who: str, key: str | None) -> Response:
    response = Response(status_code=204)
    await act_by_api(request, response, change, actor=who, key=key)
    return response
