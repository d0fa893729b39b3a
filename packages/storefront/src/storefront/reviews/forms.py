"""What a buyer types into the form of a review, and the photographs that come with it."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from storefront.errors import InvalidInput
from storefront.request_model import DIGITS, Number
from storefront.reviews.service import MOST_PHOTOGRAPHS, Draft
from storefront.reviews.shapes import Fit, OwnReview, ReportReason
from storefront.texts import _
from storefront.vision.photograph import Copy
from storefront.vision.photograph_reader import PhotographReader
from storefront.web.forms import Form

MAX_BYTES = 12_000_000
"""Of one photograph of a review."""

MAX_BODY = MOST_PHOTOGRAPHS * MAX_BYTES + 100_000
SHORTEST_MM, TALLEST_MM = 400, 2_700

_MM = {"cm": Decimal(10), "in": Decimal("25.4")}


class ReviewForm(BaseModel):
    """The fields of a review. remove: keys of photographs to remove."""

    stars: Annotated[int, Field(ge=1, le=5), DIGITS]
    fit: Fit | None = None
    height: Annotated[Number | None, Field(gt=0, lt=1_000, decimal_places=1)] = None
    unit: Literal["cm", "in"] = "cm"
    title: Annotated[str | None, Field(max_length=120)] = None
    body: Annotated[str, Field(max_length=4_000)]
    author: Annotated[str | None, Field(max_length=60)] = None
    remove: list[str] = []


class ReportForm(BaseModel):
    """Why a review is reported."""

    reason: ReportReason


async def read(
    request: Request, reader: PhotographReader
) -> tuple[Form[ReviewForm], Draft | None, list[Copy]]:
    """The form that was sent, the draft it makes, and its photographs, re-encoded.

    The draft is None if anything is wrong: the form then has the errors. Photographs are read outside of
    any transaction. Raises Unavailable (503).
    """
    async with request.form(max_files=MOST_PHOTOGRAPHS + 1, max_fields=50) as sent:
        form = await Form.read(request, ReviewForm)
        height_mm = _height(form)
        copies: list[Copy] = []
        for file in sent.getlist("photographs"):
            if not isinstance(file, UploadFile) or not file.size:
                continue
            try:
                copies.append(await copy_of(reader, file))
            except InvalidInput as problem:
                form.refuse("photographs", problem.detail)
    if form.data is None:
        return form, None, []
    typed = form.data
    draft = Draft(typed.stars, typed.body, typed.title, typed.author, typed.fit, height_mm)
    return form, draft, copies


async def copy_of(reader: PhotographReader, file: UploadFile) -> Copy:
    """An uploaded file as a photograph to show. Raises InvalidInput (422), Unavailable (503)."""
    if (file.size or 0) > MAX_BYTES:
        detail = _("A photograph has %(most)s MB at most.", most=MAX_BYTES // 1_000_000)
        raise InvalidInput.of("image", detail)
    return await reader.copy(file.read)


def filled(found: OwnReview) -> Form[ReviewForm]:
    """The form with the current review; empty if there is none."""
    review = found.review
    if review is None:
        return Form.showing()
    height = None if review.height_mm is None else Decimal(review.height_mm) / 10
    return Form.showing(
        ReviewForm(
            stars=review.stars,
            fit=review.fit,
            height=height,
            title=review.title,
            body=review.body,
            author=review.author,
        )
    )


def _height(form: Form[ReviewForm]) -> int | None:
    """In mm; impossible heights are refused."""
    if form.data is None or form.data.height is None:
        return None
    height_mm = round(form.data.height * _MM[form.data.unit])
    if not SHORTEST_MM <= height_mm <= TALLEST_MM:
        form.refuse("height", _("Please check your height and its unit."))
        return None
    return height_mm
