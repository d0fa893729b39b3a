"""Pictures of a product for staff: uploaded, described, put into order, removed."""

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.datastructures import UploadFile

from storefront.backoffice import catalog_changes
from storefront.backoffice.acting import Click, act
from storefront.backoffice.changes import Change
from storefront.errors import InvalidInput
from storefront.pictures.store import PictureStore
from storefront.request_model import DIGITS, Id
from storefront.staff.current import MayEditProducts
from storefront.vision.photograph import Copy
from storefront.vision.photograph_reader import MAX_BYTES, PhotographReader
from storefront.web import forms
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/products/{product_id}/pictures", include_in_schema=False)

MAX_BODY = MAX_BYTES + 10_000
_COLLECTION = "shop"

Alt = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]


class Upload(Click):
    """A picture with what it shows. The file is in the field ``image``."""

    alt: Alt


class Description(Click):
    """What a picture shows, and its place, from 1."""

    alt: Alt
    place: Annotated[int, Field(ge=1, le=100), DIGITS]


@router.post("", name="staff_add_picture", max_body_size=MAX_BODY)
async def add_picture(request: Request, who: MayEditProducts, product_id: Id) -> Response:
    """Upload a picture; it is re-encoded, without metadata, and shown after the others."""
    async with request.form(max_files=1, max_fields=20) as sent:
        form = await Form.read(request, Upload)
        file = sent.get("image")
        try:
            if not isinstance(file, UploadFile) or not file.size:
                raise InvalidInput("Choose a picture to upload.")
            key, copy = await stored(request, await file.read(), product_id)
        except InvalidInput as problem:
            return _back(request, product_id, problem.detail)
    if form.data is None:
        return _back(request, product_id, "Say in a sentence what the picture shows.")
    change = catalog_changes.add_picture(product_id, key, copy, alt=form.data.alt)
    return await _do(request, form, change, who, "The picture is added.", product_id)


@router.post("/{picture_id}", name="staff_describe_picture")
async def describe_picture(
    request: Request, who: MayEditProducts, product_id: Id, picture_id: Id
) -> Response:
    """Change what a picture shows, and its place."""
    form = await Form.read(request, Description)
    if form.data is None:
        return _back(request, product_id, "Say what the picture shows, and its place from 1.")
    change = catalog_changes.edit_picture(
        product_id, picture_id, alt=form.data.alt, place=form.data.place
    )
    return await _do(request, form, change, who, "The picture is saved.", product_id)


@router.post("/{picture_id}/remove", name="staff_remove_picture")
async def remove_picture(
    request: Request, who: MayEditProducts, product_id: Id, picture_id: Id
) -> Response:
    """No longer show a picture."""
    form = await Form.read(request, Click)
    change = catalog_changes.remove_picture(product_id, picture_id)
    return await _do(request, form, change, who, "The picture is removed.", product_id)


async def stored(request: Request, content: bytes, product_id: int) -> tuple[str, Copy]:
    """Store an uploaded picture, read in a process with limits; returns its key, and the copy.

    Raises InvalidInput (422), Unavailable (503).
    """
    reader: PhotographReader = request.state.photograph_reader
    pictures: PictureStore = request.state.pictures
    copy = await reader.copy(content)
    put = partial(pictures.put, copy.content, name=str(product_id), collection=_COLLECTION)
    original = await asyncio.to_thread(put)
    return original.key, copy


async def _do(
    request: Request,
    form: Form[Any],
    change: Change,
    who: str,
    message: str,
    product_id: int,
) -> Response:
    if form.data is None or not await act(request, form, change, actor=who):
        message = form.errors.get("", "Please send the form again.")
    return _back(request, product_id, message)


def _back(request: Request, product_id: int, message: str) -> Response:
    to = request.url_for("staff_product", product_id=product_id).path
    return forms.done(request, to=f"{to}#pictures", message=message)
