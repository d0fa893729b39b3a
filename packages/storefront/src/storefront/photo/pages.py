"""The page of search by photograph: an upload, then a listing that is sorted by likeness."""

from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from storefront.catalog.tiles import tile, tiles
from storefront.errors import InvalidInput, NotFound
from storefront.photo import address
from storefront.photo.service import PhotoSearch
from storefront.photo.uploads import first_photograph, is_declared_too_large, too_large
from storefront.rate_limits.limits import PHOTOGRAPHS
from storefront.search import page_query
from storefront.search.engine import Search
from storefront.search.paging import Paging
from storefront.texts import _
from storefront.vision.photograph_reader import MAX_BYTES
from storefront.web import render

router = APIRouter(include_in_schema=False)

_MAX_BODY = 100_000_000  # beyond, there is no form again, only a page that says so


@router.get("/search/photo", name="photo")
async def photo_page(request: Request) -> Response:
    """The upload; with ``like``, what looks like it, narrowed by filters. Four statements at most."""
    photos: PhotoSearch = request.state.photo_search
    search: Search = request.state.search
    await photos.check()
    like = request.query_params.get("like")
    if not like:
        return _upload(request)
    try:
        vector = address.vector_of(like, await photos.picture_model(), await photos.numbers())
    except InvalidInput as error:
        return _upload(request, error.detail)
    form = page_query.parse_form(request.query_params)
    query = form.query
    criteria = query.criteria(search.currency)
    found, hints = await photos.nearest_and_hints(
        vector, criteria, Paging(query.page, query.page_size)
    )
    if not found.page.cards and query.page > 1:
        raise NotFound(
            _(
                "There is no page %(page)s; the last one is %(last)s.",
                page=query.page,
                last=found.page.pages,
            )
        )
    hints = [one for one in hints if not getattr(query, one.parameter)]
    return render.page(
        request,
        "photo/results.html",
        query=query,
        form=form,
        listing=found.page,
        hints=hints,
        here=request.url_for("photo").path,
        heading=_("Like your photograph") if found.is_alike else _("Closest to your photograph"),
        is_alike=found.is_alike,
        has_order=False,
        interpretation=None,
        query_without={},
        popular=[],
        max_bytes=MAX_BYTES,
        too_large=too_large(),
        tiles=partial(tiles, found.page.cards, {}),
        exact_tiles=None,
        tile=tile,
    )


@router.post("/search/photo", max_body_size=_MAX_BODY, dependencies=[PHOTOGRAPHS])
async def photo_upload(request: Request) -> Response:
    """Look at a photograph and go on to what is like it; kind and colour, where clear, are filters."""
    photos: PhotoSearch = request.state.photo_search
    if is_declared_too_large(request):
        return _upload(request, too_large(), status=413)
    async with request.form(max_files=2, max_fields=10) as form:
        # One field lets a phone choose, the other opens its camera; the unused one comes empty.
        photograph = first_photograph(form)
        if photograph is None:
            return _upload(request, _("Choose a photograph first."))
        if (photograph.size or 0) > MAX_BYTES:
            return _upload(request, too_large(), status=413)
        try:
            vector = await photos.vector(photograph.read)
        except InvalidInput as error:
            return _upload(request, error.detail)
    hints = await photos.filters(vector)
    value = address.like(vector, await photos.picture_model())
    pairs = [("like", value), *((hint.parameter, hint.value) for hint in hints)]
    return RedirectResponse(
        request.url_for("photo").path + render.query_string(pairs), status_code=303
    )


def _upload(request: Request, trouble: str = "", *, status: int = 422) -> Response:
    return render.page(
        request,
        "photo/upload.html",
        status=status if trouble else 200,
        trouble=trouble,
        max_bytes=MAX_BYTES,
        too_large=too_large(),
    )
