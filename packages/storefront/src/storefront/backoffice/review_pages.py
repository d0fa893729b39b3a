"""The queue of reviews: held by rules or reported by visitors, and what staff decide."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from storefront.backoffice import changes
from storefront.backoffice.acting import Click, act, new_key
from storefront.db import Database
from storefront.request_model import Id
from storefront.reviews import queries
from storefront.staff.current import MayModerateReviews, MayRead
from storefront.web import forms, render
from storefront.web.deps import Reads
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/reviews", include_in_schema=False)

_MOST = 50


class Reject(Click):
    """Why a review is taken off; its writer sees it."""

    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]


@router.get("", name="staff_reviews")
async def reviews_page(request: Request, _who: MayRead, after: Id | None = None) -> Response:
    """Reviews to decide on, those that wait longest first. Two statements."""
    return await _show(request, after=after)


@router.get("/photographs/{photograph}", name="staff_review_photograph")
async def photograph(_who: MayRead, session: Reads, photograph: str) -> Response:
    """A photograph of any review."""
    content = await queries.photograph_for_staff(session, photograph)
    return Response(content, media_type="image/jpeg")


@router.post("/{review_id}/approve", name="staff_approve_review")
async def approve(request: Request, who: MayModerateReviews, review_id: Id) -> Response:
    """Publish a review, or leave it published though it was reported."""
    form = await Form.read(request, Click)
    if form.data is None or not await act(
        request, form, changes.approve_review(review_id, actor=who), actor=who
    ):
        return await _show(request, form=form, review_id=review_id, after=review_id - 1, status=422)
    to = request.url_for("staff_reviews").path
    return forms.done(request, to=to, message="The review is published.")


@router.post("/{review_id}/reject", name="staff_reject_review")
async def reject(request: Request, who: MayModerateReviews, review_id: Id) -> Response:
    """Take a review off the shop."""
    form = await Form.read(request, Reject)
    if form.data is None or not await act(
        request,
        form,
        changes.reject_review(review_id, reason=form.data.reason, actor=who),
        actor=who,
    ):
        return await _show(request, form=form, review_id=review_id, after=review_id - 1, status=422)
    to = request.url_for("staff_reviews").path
    return forms.done(request, to=to, message="The review was rejected.")


async def _show(
    request: Request,
    *,
    form: Form[Any] | None = None,
    review_id: int | None = None,
    after: int | None = None,
    status: int = 200,
) -> Response:
    """form: the one that was refused, of this review. after: of the page before."""
    database: Database = request.state.database
    async with database.reads() as session:
        page = await queries.waiting(session, most=_MOST, after=after)
        count = await queries.count_waiting(session)
    return render.page(
        request,
        "backoffice/reviews.html",
        status=status,
        page=page,
        count=count,
        form=form,
        refused_id=review_id,
        empty=Form[Any].showing(),
        new_key=new_key,
    )
