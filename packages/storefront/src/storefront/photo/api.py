"""Search by photograph as JSON, under the paths of the first version of this shop."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from pydantic import BaseModel, Field

from storefront.catalog.api import Product
from storefront.errors import InvalidInput
from storefront.photo.hints import Hint
from storefront.photo.service import PhotoSearch
from storefront.photo.uploads import first_photograph
from storefront.rate_limits.limits import PHOTOGRAPHS
from storefront.request_model import DIGITS
from storefront.search.engine import Search
from storefront.search.paging import Paging
from storefront.search.parameters import ListingFilters, SearchText, UserId, ranked_for
from storefront.search.search_api import SearchAnswer
from storefront.vision.photograph_reader import MAX_BYTES
from storefront.web import problems

router = APIRouter(
    prefix="/api/v1/search", tags=["search"], responses=problems.responses(413, 422, 501, 503)
)

_MAX_BODY = MAX_BYTES + 100_000  # the other fields of the form

Limit = Annotated[int, Form(ge=1, le=100), DIGITS]
_IMAGE = File(description="JPEG, PNG, WebP, GIF or AVIF; 20 MB at most. It is not stored.")
_ONLY_RETURNED = "Only returned: what looks most alike comes first, whoever searches."
_WITHOUT_IMAGE = "A demo shopper, whose preferences rank first where there is no image."


class PhotoHint(BaseModel):
    """A filter that the photograph suggests, as a listing parameter."""

    parameter: str
    value: str
    label: str
    share: Annotated[float, Field(description="How clearly it shows it, 0 to 1.")]


class PhotoAnswer(SearchAnswer):
    """The products that look most like a photograph; similarity_score is the cosine, 1 for the same."""

    hints: list[PhotoHint]


@router.post(
    "/image", max_body_size=_MAX_BODY, dependencies=[PHOTOGRAPHS], responses=problems.responses(429)
)
async def search_by_image(
    request: Request,
    image: Annotated[UploadFile, _IMAGE],
    filters: Annotated[ListingFilters, Query()],
    limit: Limit = 20,
    user_id: Annotated[UserId | None, Form(description=_ONLY_RETURNED)] = None,
) -> PhotoAnswer:
    """Products that look like a photograph, most similar first. Filters are query parameters."""
    return await _by_image(request, image, filters, limit, user_id, query=None)


@router.post(
    "/cross-modal",
    max_body_size=_MAX_BODY,
    dependencies=[PHOTOGRAPHS],
    responses=problems.responses(429),
)
async def search_across(
    request: Request,
    filters: Annotated[ListingFilters, Query()],
    query: Annotated[SearchText | None, Form()] = None,
    image: Annotated[UploadFile | None, _IMAGE] = None,
    limit: Limit = 20,
    user_id: Annotated[UserId | None, Form(description=_WITHOUT_IMAGE)] = None,
) -> PhotoAnswer | SearchAnswer:
    """Products for words, a photograph, or both: then what the words match, most similar first.

    With a photograph the response has its hints, as that of /image.
    """
    if image is not None:
        return await _by_image(request, image, filters, limit, user_id, query)
    if query is None:
        raise InvalidInput(
            "Send words in query, a photograph in image, or both.",
            errors=[{"pointer": "#/query", "detail": "query or image is required"}],
        )
    search: Search = request.state.search
    criteria = ranked_for(filters.criteria(search.currency), user_id, search.currency)
    answer = await search.answer(query, criteria, Paging(page_size=limit))
    products = [Product.model_validate(one) for one in answer.page.products]
    return SearchAnswer(products=products, query=query, search_type="cross_modal", user_id=user_id)


async def _by_image(
    request: Request,
    image: UploadFile,
    filters: ListingFilters,
    limit: int,
    user_id: str | None,
    query: str | None,
) -> PhotoAnswer:
    photos: PhotoSearch = request.state.photo_search
    # FastAPI passes the last of several.
    photograph = first_photograph(await request.form()) or image
    vector = await photos.vector(photograph.read)
    search: Search = request.state.search
    criteria = ranked_for(filters.criteria(search.currency), user_id, search.currency)
    matches = None if query is None else await search.matches(query, criteria)
    found, hints = await photos.nearest_and_hints(
        vector, criteria, Paging(page_size=limit), among=matches, counts_facets=False
    )
    return PhotoAnswer(
        products=[Product.model_validate(one) for one in found.products],
        query=query,
        search_type="image" if query is None else "cross_modal",
        user_id=user_id,
        hints=[_hint(one) for one in hints],
    )


def _hint(hint: Hint) -> PhotoHint:
    return PhotoHint(
        parameter=hint.parameter,
        value=hint.value,
        label=hint.label,
        share=round(hint.share, 3),
    )
