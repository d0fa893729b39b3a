"""Pages of alerts: forms for a size and a price, what the links of e-mails lead to, the list."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storefront.alerts import links, queries, service
from storefront.alerts.asking import asker, check_own, own_alerts, own_email
from storefront.alerts.queries import Alert
from storefront.catalog import bounds
from storefront.catalog import queries as catalog
from storefront.catalog.queries import ProductCard, SkuOffer
from storefront.customers.current import SignedIn
from storefront.db import ReadSession
from storefront.errors import NotFound, StoreError
from storefront.money import Money
from storefront.request_model import Id
from storefront.search.amounts import amount
from storefront.texts import _
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, done

router = APIRouter(include_in_schema=False)

Sku = Annotated[str, Query(min_length=1, max_length=bounds.MOST_CHARACTERS)]
ProductNumber = Annotated[Id, Query(alias="product")]


class AskForm(BaseModel):
    """Where to send the e-mail."""

    email: Annotated[str, Field(max_length=254)]


class PriceForm(AskForm):
    """And at which price."""

    price: Annotated[str, Field(max_length=40)]


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert in the customer's list. card: None for a saved search, and for what is no longer sold."""

    alert: Alert
    card: ProductCard | None
    offer: SkuOffer | None


@router.get("/alerts", name="stock_alert")
async def form_page(request: Request, session: Reads, sku: Sku) -> Response:
    """The form for a size; with htmx a dialog over the product."""
    offer = await catalog.sku_of(session, sku)
    form: Form[AskForm] = Form({"email": await own_email(request, session) or ""})
    return _form(request, form, offer.card, offer=offer)


@router.post("/alerts", name="ask_for_alert")
async def ask(request: Request, session: Writes, sku: Sku) -> Response:
    """Ask for a size. The response is the same for those who wait already."""
    form = await Form.read(request, AskForm)
    offer = await catalog.sku_of(session, sku)
    if form.data is not None:
        try:
            who = await asker(request, session, form.data.email)
            await service.ask_for_size(session, who, sku)
            return _form(request, form, offer.card, offer=offer, asked=who)
        except StoreError as problem:
            form.refuse_all(problem)
    return _form(request, form, offer.card, offer=offer, status=422)


@router.get("/alerts/price", name="price_alert")
async def price_page(request: Request, session: Reads, number: ProductNumber) -> Response:
    """The form for a price; with htmx a dialog over the product."""
    card = await _card(session, number)
    form: Form[PriceForm] = Form({"email": await own_email(request, session) or "", "price": ""})
    return _form(request, form, card)


@router.post("/alerts/price", name="ask_for_price_alert")
async def ask_for_price(request: Request, session: Writes, number: ProductNumber) -> Response:
    """Ask for a price. The response is the same for those who wait already."""
    form = await Form.read(request, PriceForm)
    card = await _card(session, number)
    if form.data is not None:
        try:
            at_most = _price(form.data.price, card.price.currency)
            who = await asker(request, session, form.data.email)
            await service.ask_for_price(session, who, number, at_most)
            return _form(request, form, card, asked=who)
        except ValueError as error:
            form.refuse("price", str(error))
        except service.PriceReached as problem:
            form.refuse("price", problem.detail)
        except StoreError as problem:
            form.refuse_all(problem)
    return _form(request, form, card, status=422)


@router.get("/alerts/{key}/confirm", name="alert_to_confirm")
async def confirm_page(request: Request, session: Reads, key: str) -> Response:
    """One more press: programs that look at links in e-mails must not confirm anything."""
    found = await queries.alerts(session, links.alerts_of(request.state.signer, key))
    return _linked(request, found, key=key, state="asked")


@router.post("/alerts/{key}/confirm", name="confirm_alert")
async def confirm(request: Request, session: Writes, key: str) -> Response:
    """Confirm the alert."""
    found = await service.confirm(session, links.alerts_of(request.state.signer, key))
    if not found:
        raise NotFound(_("There is no such alert. It may have been sent, or was never confirmed."))
    return _linked(request, found, key=key, state="confirmed")


@router.get("/alerts/{key}/again", name="alert_again")
async def again_page(request: Request, session: Reads, key: str) -> Response:
    """One more press, as for confirming."""
    found = await queries.alerts(session, links.alerts_of(request.state.signer, key))
    return _linked(request, found, key=key, state="again")


@router.post("/alerts/{key}/again", name="ask_again")
async def again(request: Request, session: Writes, key: str) -> Response:
    """Wait once more for what was sent."""
    [alert_id, *_others] = links.alerts_of(request.state.signer, key)
    return _linked(request, [await service.rearm(session, alert_id)], key=key, state="confirmed")


@router.get("/alerts/{key}/stop", name="stopped_alert")
@router.post("/alerts/{key}/stop", name="stop_alert")
async def stop(request: Request, session: Writes, key: str) -> Response:
    """Stop at once, by a link or by the mail program's own button (RFC 8058); it can be undone."""
    alert_ids = links.alerts_of(request.state.signer, key)
    await service.stop(session, alert_ids)
    found = await queries.alerts(session, alert_ids)
    return _linked(request, found, key=key, state="stopped")


@router.get("/account/alerts", name="my_alerts")
async def mine(request: Request, session: Reads, customer_id: SignedIn) -> Response:
    """The customer's alerts: those that wait, and those of the last month. Five statements."""
    found = await own_alerts(session, customer_id)
    cards = await catalog.cards_of(session, [one.product_id for one in found if one.product_id])
    offers = await catalog.sku_offers(session, [one.sku_id for one in found if one.sku_id])
    listed = []
    for one in found:
        offer = offers.get(one.sku_id) if one.sku_id else None
        card = offer.card if offer else cards.get(one.product_id or 0)
        listed.append(Listed(one, card, offer))
    return render.page(request, "alerts/mine.html", alerts=listed)


@router.post("/account/alerts/{alert_id}/stop", name="stop_my_alert")
async def stop_mine(
    request: Request, session: Writes, customer_id: SignedIn, alert_id: Id
) -> Response:
    """Stop one of the customer's alerts."""
    await check_own(session, customer_id, alert_id)
    await service.stop(session, [alert_id])
    return done(request, to=request.url_for("my_alerts").path, message=_("The alert is stopped."))


@router.post("/account/alerts/{alert_id}/again", name="ask_my_alert_again")
async def again_mine(
    request: Request, session: Writes, customer_id: SignedIn, alert_id: Id
) -> Response:
    """Wait once more for what one of the customer's alerts was about."""
    await check_own(session, customer_id, alert_id)
    message = _("We will tell you")
    try:
        await service.rearm(session, alert_id)
    except (service.InStock, service.PriceReached) as problem:
        message = problem.detail
    return done(request, to=request.url_for("my_alerts").path, message=message)


async def _card(session: ReadSession, product_id: int) -> ProductCard:
    card = (await catalog.cards_of(session, [product_id])).get(product_id)
    if card is None:
        raise NotFound(_("There is no product %(number)s.", number=product_id))
    return card


def _price(typed: str, currency: str) -> Money:
    """Raises ValueError with a sentence for people."""
    try:
        price = Money.of_major(amount(typed), currency)
    except ValueError as error:
        raise ValueError(_("Type an amount, such as 49.99.")) from error
    if not 0 < price.minor <= bounds.MOST_MINOR:
        raise ValueError(_("Type an amount above zero."))
    return price


def _linked(request: Request, found: list[Alert], *, key: str, state: str) -> Response:
    kind = found[0].kind if found else None
    return render.page(request, "alerts/link.html", state=state, kind=kind, key=key)


def _form(
    request: Request,
    form: Form[AskForm] | Form[PriceForm],
    card: ProductCard,
    *,
    offer: SkuOffer | None = None,
    status: int = 200,
    asked: service.Asker | None = None,
) -> Response:
    return render.view(
        request,
        "alerts/form.html",
        fragment="alerts/_dialog.html",
        status=status,
        card=card,
        offer=offer,
        form=form,
        asked=asked,
    )
