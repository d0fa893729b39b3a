"""The page that says which size of a product fits, and stores body measures with consent."""

from typing import Any

from fastapi import APIRouter, Request, Response

from storefront.catalog import queries as catalog
from storefront.catalog.addresses import number_in
from storefront.catalog.queries import ProductPage
from storefront.customers.current import CurrentCustomer, SignedIn
from storefront.db import Database
from storefront.errors import NotFound
from storefront.fit import queries, service, wording
from storefront.fit.forms import BOUNDS_MM, MeasuresForm, millimetres
from storefront.texts import _
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, done

router = APIRouter(include_in_schema=False)


@router.get("/p/{slug}/size-advice", name="size_advice")
async def advice_page(request: Request, slug: str, customer_id: CurrentCustomer) -> Response:
    """Which size fits, by what is known; and the form for measures. Five statements at most."""
    found = await _product(request, slug)
    return await _show(request, found, customer_id, Form[MeasuresForm].showing(), status=200)


@router.post("/p/{slug}/size-advice", name="ask_size_advice")
async def ask(request: Request, slug: str, customer_id: CurrentCustomer) -> Response:
    """Which size fits these measures. They are stored only for a customer who agrees."""
    found = await _product(request, slug)
    form = await Form.read(request, MeasuresForm)
    is_agreed = form.data is not None and form.data.is_agreed
    measures = millimetres(form) if form.data is not None else {}
    if form.data is None:
        return await _show(request, found, customer_id, form, status=422)
    database: Database = request.state.database
    if customer_id is not None and is_agreed and measures:
        async with database.writes() as session:
            await service.store(session, customer_id, measures)
    return await _show(request, found, customer_id, form, measures=measures, status=200)


@router.get("/account/measures", name="my_measures")
async def my_measures(request: Request, session: Reads, customer_id: SignedIn) -> Response:
    """The body measures that are stored, and the button that deletes them."""
    known = await queries.measures(session, customer_id)
    return render.page(request, "fit/mine.html", known=known)


@router.post("/account/measures/delete", name="delete_measures")
async def delete(request: Request, session: Writes, customer_id: SignedIn) -> Response:
    """Delete the body measures that are stored."""
    await service.delete(session, customer_id)
    to = request.url_for("my_measures").path
    return done(request, to=to, message=_("Your measures are deleted."))


async def _product(request: Request, slug: str) -> ProductPage:
    found = await catalog.product_page(request.state.database, number_in(slug))
    if queries.scale_of(found) is None:
        raise NotFound(_("Its sizes are not those of a body: there is nothing to advise."))
    return found


async def _show(
    request: Request,
    found: ProductPage,
    customer_id: int | None,
    form: Form[Any],
    *,
    measures: dict[str, int] | None = None,
    status: int,
) -> Response:
    database: Database = request.state.database
    advised = await service.advice_for(database, found, customer_id=customer_id, measures=measures)
    assert advised is not None
    asked = [name for name in BOUNDS_MM if any(name in size for size in advised.scale.measures)]
    return render.view(
        request,
        "fit/page.html",
        fragment="fit/_dialog.html",
        status=status,
        card=found.card,
        form=form,
        asked=asked,
        sentences=wording.sentences(advised),
        is_advised=advised.advice is not None,
        is_signed_in=customer_id is not None,
    )
