"""Pages of stock alerts: the form on a sold-out size, and what the links of the e-mails lead to."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storefront.alerts import links, service
from storefront.catalog import queries as catalog
from storefront.catalog.queries import SkuOffer
from storefront.customers.addresses import normalized_email
from storefront.errors import InvalidInput, StoreError, Unavailable
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form

router = APIRouter(include_in_schema=False)

Sku = Annotated[str, Query(min_length=1, max_length=100)]


class AskForm(BaseModel):
    """Where to send the e-mail."""

    email: Annotated[str, Field(max_length=254)]


@router.get("/alerts", name="stock_alert")
async def form_page(request: Request, session: Reads, sku: Sku) -> Response:
    """The form for a size; with htmx a dialog over the product."""
    offer = await catalog.sku_of(session, sku)
    return _form(request, offer, Form[AskForm].showing(), status=200)


@router.post("/alerts", name="ask_for_alert")
async def ask(request: Request, session: Writes, sku: Sku) -> Response:
    """Send the e-mail that asks to confirm. The answer is the same whoever waits already."""
    form = await Form.read(request, AskForm)
    offer = await catalog.sku_of(session, sku)
    try:
        email = normalized_email(form.data.email) if form.data is not None else None
        if email is not None:
            await service.ask(session, sku, email=email)
            return _form(request, offer, form, status=200, asked=email)
    except Unavailable:
        raise  # nothing more can be asked in this transaction
    except InvalidInput as problem:
        form.refuse_all(problem)
    except StoreError as problem:
        form.refuse("", problem.detail)
    return _form(request, offer, form, status=422)


@router.get("/alerts/{key}/confirm", name="alert_to_confirm")
async def confirm_page(request: Request, key: str) -> Response:
    """One more press: programs that look at links in e-mails must not confirm anything."""
    links.alert_of(request.state.signer, key)
    return render.page(request, "alerts/link.html", state="asked", key=key)


@router.post("/alerts/{key}/confirm", name="confirm_alert")
async def confirm(request: Request, session: Writes, key: str) -> Response:
    """The person wants it."""
    await service.confirm(session, links.alert_of(request.state.signer, key))
    return render.page(request, "alerts/link.html", state="confirmed", key=key)


@router.get("/alerts/{key}/stop", name="stopped_alert")
@router.post("/alerts/{key}/stop", name="stop_alert")
async def stop(request: Request, session: Writes, key: str) -> Response:
    """Stop at once, by a link or by the mail program's own button (RFC 8058); it can be undone."""
    await service.stop(session, links.alert_of(request.state.signer, key))
    return render.page(request, "alerts/link.html", state="stopped", key=key)


def _form(
    request: Request, offer: SkuOffer, form: Form[AskForm], *, status: int, asked: str | None = None
) -> Response:
    return render.view(
        request,
        "alerts/form.html",
        fragment="alerts/_dialog.html",
        status=status,
        offer=offer,
        form=form,
        asked=asked,
    )
