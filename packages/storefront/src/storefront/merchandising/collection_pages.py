"""Pages on which staff make, edit, preview and order collections."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from storefront.backoffice.acting import Click, act, click, new_key
from storefront.backoffice.changes import Change
from storefront.catalog.tiles import tile
from storefront.collections import queries, service
from storefront.collections.queries import Collection
from storefront.collections.rules import Choice, scope_of
from storefront.collections.service import Checked, Wanted
from storefront.errors import InvalidInput, NotFound
from storefront.merchandising import collection_forms
from storefront.merchandising.collection_changes import (
    create_collection,
    delete_collection,
    reorder_collections,
    update_collection,
)
from storefront.merchandising.collection_forms import LANGUAGES, Edit, wanted_of
from storefront.request_model import Id
from storefront.search.criteria import Criteria
from storefront.search.read_model.store import ReadModel
from storefront.staff.current import MayEditCollections, MayRead
from storefront.texts import languages
from storefront.web import forms, render
from storefront.web.forms import Form
from storefront.web.markdown import html_of

router = APIRouter(prefix="/admin/collections", include_in_schema=False)

_PREVIEWED = 12


class Move(Click):
    """Which way to move a collection: before the one above it, or after the one below."""

    is_up: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a collection would show: its first products, and how many there are."""

    tiles: list[Markup]
    total: int
    description: Markup


@router.get("", name="staff_collections")
async def collections_page(request: Request, _who: MayRead) -> Response:
    """Every collection, in order. One statement."""
    return render.page(
        request,
        "merchandising/collections.html",
        every=await queries.collections(request.state.database),
        own=languages(request.state.settings.locale)[0].code,
        new_key=new_key,
    )


@router.get("/new", name="staff_new_collection")
async def new_page(request: Request, _who: MayRead) -> Response:
    """The form for a new collection."""
    form = Form[Edit]({"chosen_by": "rule", "is_shown": "true"})
    return await _show(request, form, None)


@router.post("/new", name="staff_create_collection")
async def create(request: Request, who: MayEditCollections) -> Response:
    """Create a collection, or show what it would be."""
    return await _save(request, who, None)


@router.get("/{id}", name="staff_collection")
async def collection_page(request: Request, _who: MayRead, id: Id) -> Response:
    """The form of a collection. One statement."""
    one = await _collection(request, id)
    return await _show(request, collection_forms.filled(one), one)


@router.post("/{id}", name="staff_update_collection")
async def update(request: Request, who: MayEditCollections, id: Id) -> Response:
    """Change a collection, or show what it would be."""
    return await _save(request, who, await _collection(request, id))


@router.post("/{id}/delete", name="staff_delete_collection")
async def delete(request: Request, who: MayEditCollections, id: Id) -> Response:
    """Delete a collection; visitors of its address read that it is gone."""
    return await _act(request, delete_collection(id), who, "The collection was deleted.")


@router.post("/{id}/move", name="staff_move_collection")
async def move(request: Request, who: MayEditCollections, id: Id) -> Response:
    """Move a collection one place up or down."""
    form = await Form.read(request, Move)
    ids = [one.id for one in await queries.collections(request.state.database)]
    if id in ids:
        at = ids.index(id)
        to = max(at - 1, 0) if form.has("is_up", "true") else at + 1
        ids.insert(to, ids.pop(at))
    return await _act(request, reorder_collections(ids), who, "The order was changed.")


async def checked_of(request: Request, wanted: Wanted) -> Checked:
    """A collection as the shop spells it. Raises InvalidInput (422)."""
    model: ReadModel = request.state.read_model
    locale = request.state.settings.locale
    return service.checked(wanted, await model.facet_values(), locale=locale)


async def _save(request: Request, who: str, one: Collection | None) -> Response:
    form = await Form.read(request, Edit)
    wanted = wanted_of(form)
    if wanted is None:
        return await _show(request, form, one, status=422)
    try:
        collection = await checked_of(request, wanted)
    except InvalidInput as problem:
        collection_forms.refuse(form, problem)
        return await _show(request, form, one, status=422)
    if form.has("action", "preview"):
        return await _show(request, form, one, preview=await _preview(request, collection))
    change = (
        create_collection(collection)
        if one is None
        else update_collection(one.id, collection, version=form.value("version") or None)
    )
    if not await act(request, form, change, actor=who):
        return await _show(request, form, one, status=422)
    request.state.collections.invalidate()
    to = request.url_for("staff_collections").path
    return forms.done(request, to=to, message="The collection was saved.")


async def _act(request: Request, change: Change, who: str, message: str) -> Response:
    message = await click(request, change, actor=who, message=message)
    request.state.collections.invalidate()
    return forms.done(request, to=request.url_for("staff_collections").path, message=message)


async def _preview(request: Request, collection: Checked) -> Preview:
    """Two statements at most."""
    wanted, model = collection.wanted, request.state.read_model
    rule = wanted.rule if wanted.chosen_by == "rule" else None
    choice = Choice(rule, tuple(wanted.product_ids), wanted.boosts)
    criteria = Criteria(scope=await scope_of(choice, request.state.search))
    [cards] = await model.first_cards([criteria], limit=_PREVIEWED)
    own = languages(request.state.settings.locale)[0].code
    return Preview(
        tiles=[tile(card) for card in cards],
        total=(await model.facets(criteria)).total,
        description=html_of(wanted.texts[own].description),
    )


async def _collection(request: Request, collection_id: int) -> Collection:
    for one in await queries.collections(request.state.database):
        if one.id == collection_id:
            return one
    raise NotFound(f"There is no collection {collection_id}.")


async def _show(
    request: Request,
    form: Form[Any],
    one: Collection | None,
    *,
    preview: Preview | None = None,
    status: int = 200,
) -> Response:
    model: ReadModel = request.state.read_model
    known = (await model.facet_values()).by_facet
    own = languages(request.state.settings.locale)[0].code
    return render.page(
        request,
        "merchandising/collection.html",
        status=status,
        form=form,
        one=one,
        preview=preview,
        known={name: [value.value for value in values] for name, values in known.items()},
        codes=[own, *(code for code in LANGUAGES if code != own)],
        new_key=new_key,
    )
