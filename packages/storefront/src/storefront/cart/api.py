"""The bag as JSON. Every change answers the whole bag, priced now."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, Field

from storefront.cart import queries, service
from storefront.cart.models import MOST_PER_LINE
from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.queries import CartView, Line
from storefront.cart.service import Owner
from storefront.catalog import bounds
from storefront.db import ReadSession
from storefront.idempotency import service as idempotency
from storefront.idempotency.service import REPLAYED, KeyedRequest, StoredResponse
from storefront.money import Money
from storefront.pricing.totals import Totals
from storefront.rate_limits.limits import CODES
from storefront.request_model import Flag, Id, RequestModel, Whole
from storefront.settings import Settings
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads, Writes

router = APIRouter(
    prefix="/api/v1/cart", tags=["cart"], responses=problems.responses(404, 409, 422, 503)
)

Sku = Annotated[
    str, Field(min_length=1, max_length=bounds.MOST_CHARACTERS, examples=["15970-ALPHA-M"])
]
SkuInPath = Annotated[
    str, Path(min_length=1, max_length=bounds.MOST_CHARACTERS, description="The SKU's code.")
]
Code = Annotated[str, Field(min_length=1, max_length=40, examples=["SPRING10"])]

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A value of your own for this request, such as a UUID; the same when you send it "
        "again after an answer that was lost.",
    ),
]


class CartLine(BaseModel):
    """A line of the bag. Where its product has gone, name and price are those last seen, or null."""

    sku: str
    product_id: str | None
    name: str | None
    brand: str | None
    color: str | None
    size_system: str | None
    size: str | None
    url: str | None
    image_url: str | None
    quantity: int
    left: Annotated[int, Field(description="Pieces that this bag can have now.")]
    is_for_sale: Annotated[bool, Field(description="Whether all pieces of the line can be bought.")]
    price: Amount
    seen_price: Annotated[
        Amount, Field(description="What the shopper last saw; differs after a change of price.")
    ]
    list_price: Amount | None
    amount: Annotated[Amount, Field(description="Of all pieces, before reductions.")]
    discount: Amount
    total: Annotated[Amount, Field(description="What is paid for the line, tax included.")]


class Discount(BaseModel):
    """A promotion that takes something off. code: of the coupon that switched it on, or null."""

    label: str
    code: str | None
    amount: Amount


class GiftCard(BaseModel):
    """A gift card that pays a part."""

    gift_card_id: str
    balance: Amount
    pays: Amount


class CartTotals(BaseModel):
    """What the bag costs in all: items - discount + delivery, plus tax where it is not included."""

    items: Amount
    discount: Amount
    delivery: Amount
    tax: Amount
    is_tax_included: bool
    total: Amount
    gift_card: Amount
    to_pay: Amount


class Cart(BaseModel):
    """A bag. version: grows with every change. country: whose tax and delivery the totals have."""

    version: int
    pieces: int
    lines: list[CartLine]
    saved_for_later: list[CartLine]
    coupon: str | None
    coupon_problem: str | None
    discounts: list[Discount]
    gift_cards: list[GiftCard]
    country: str
    delivery_method: str | None
    totals: CartTotals
    can_be_ordered: bool


class NewLine(RequestModel):
    """Pieces to put into the bag, beside those that are there."""

    sku: Sku
    quantity: Annotated[Whole, Field(ge=1, le=MOST_PER_LINE)] = 1


class LineChange(RequestModel):
    """What to change of a line; what is left out stays. sku: another size of the same product."""

    quantity: Annotated[Whole | None, Field(ge=0, le=MOST_PER_LINE)] = None
    sku: Sku | None = None
    is_saved: Flag | None = None


class CouponCode(RequestModel):
    """A code, as it was given to the shopper; capitals, blanks and hyphens do not matter."""

    code: Code


@router.get("", name="api_cart")
async def cart(request: Request, session: Reads, owner: ReadingOwner) -> Cart:
    """The visitor's bag; an empty one where there is none yet."""
    return await _answer(request, session, owner)


@router.post("/lines", name="api_add_line", status_code=201)
async def add_line(
    request: Request,
    response: Response,
    session: Writes,
    owner: WritingOwner,
    line: NewLine,
    key: Key = None,
) -> Cart:
    """Put pieces of a SKU into the bag, beside those that are there.

    Repeated with the same Idempotency-Key nothing is added again; the answer is the bag as it is then.
    """
    currency = request.state.settings.currency
    keyed = None
    if key is not None:
        whose = (
            f"customer {owner.customer_id}" if owner.customer_id else f"guest {owner.visitor_id}"
        )
        keyed = KeyedRequest(f"bag of {whose}", key, line.model_dump_json().encode())
    if keyed is not None and await idempotency.begin(session, keyed) is not None:
        response.headers[REPLAYED] = "true"
        return await _answer(request, session, owner)
    await service.add_line(session, owner, sku=line.sku, quantity=line.quantity, currency=currency)
    if keyed is not None:
        await idempotency.finish(session, keyed, StoredResponse(201, b""))
    return await _answer(request, session, owner)


@router.patch("/lines/{sku:path}", name="api_change_line")
async def change_line(
    request: Request, session: Writes, owner: WritingOwner, sku: SkuInPath, change: LineChange
) -> Cart:
    """Change a line's quantity or size, or keep it for later. A quantity of 0 takes it out."""
    if change.sku is not None and change.sku != sku:
        await service.change_size(session, owner, sku=sku, to=change.sku)
        sku = change.sku
    if change.quantity is not None:
        await service.set_quantity(session, owner, sku=sku, quantity=change.quantity)
    if change.is_saved is True:
        await service.save_for_later(session, owner, sku=sku)
    elif change.is_saved is False:
        await service.move_to_bag(session, owner, sku=sku)
    return await _answer(request, session, owner)


@router.delete("/lines/{sku:path}", name="api_remove_line")
async def remove_line(
    request: Request, session: Writes, owner: WritingOwner, sku: SkuInPath
) -> Cart:
    """Take a line out of the bag."""
    await service.remove_line(session, owner, sku=sku)
    return await _answer(request, session, owner)


@router.post(
    "/coupon",
    name="api_apply_coupon",
    dependencies=[CODES],
    responses=problems.responses(429),
)
async def apply_coupon(
    request: Request, session: Writes, owner: WritingOwner, coupon: CouponCode
) -> Cart:
    """Use a coupon for the bag, in place of another."""
    await service.apply_coupon(session, owner, code=coupon.code, now=datetime.now(UTC))
    return await _answer(request, session, owner)


@router.delete("/coupon", name="api_remove_coupon")
async def remove_coupon(request: Request, session: Writes, owner: WritingOwner) -> Cart:
    """Use no coupon for the bag."""
    await service.remove_coupon(session, owner)
    return await _answer(request, session, owner)


@router.post(
    "/gift-cards",
    name="api_add_gift_card",
    dependencies=[CODES],
    responses=problems.responses(429),
)
async def add_gift_card(
    request: Request, session: Writes, owner: WritingOwner, gift_card: CouponCode
) -> Cart:
    """Pay with a gift card; several pay in the order in which they were added."""
    await service.add_gift_card(session, owner, code=gift_card.code, now=datetime.now(UTC))
    return await _answer(request, session, owner)


@router.delete("/gift-cards/{gift_card_id}", name="api_remove_gift_card")
async def remove_gift_card(
    request: Request,
    session: Writes,
    owner: WritingOwner,
    gift_card_id: Annotated[Id, Path(description="From the bag.")],
) -> Cart:
    """Do not pay with a gift card after all."""
    await service.remove_gift_card(session, owner, gift_card_id=gift_card_id)
    return await _answer(request, session, owner)


def totals_json(totals: Totals) -> CartTotals:
    """Totals as the API writes them."""
    return CartTotals(
        items=amount_of(totals.items),
        discount=amount_of(totals.discount),
        delivery=amount_of(totals.delivery),
        tax=amount_of(totals.tax),
        is_tax_included=totals.is_tax_included,
        total=amount_of(totals.total),
        gift_card=amount_of(totals.gift_card),
        to_pay=amount_of(totals.to_pay),
    )


async def _answer(request: Request, session: ReadSession, owner: Owner) -> Cart:
    settings: Settings = request.state.settings
    view = await queries.cart_view(
        session,
        owner,
        currency=settings.currency,
        country=settings.country,
        now=datetime.now(UTC),
    )
    return _cart(request, view)


def _cart(request: Request, view: CartView) -> Cart:
    totals = view.totals
    return Cart(
        version=view.version,
        pieces=view.pieces,
        lines=[_line(request, line, view) for line in view.lines],
        saved_for_later=[_line(request, line, view) for line in view.saved],
        coupon=view.coupon.code if view.coupon else None,
        coupon_problem=view.coupon_problem,
        discounts=[
            Discount(label=one.label, code=one.code, amount=amount_of(one.amount))
            for one in totals.discounts
        ],
        gift_cards=[
            GiftCard(
                gift_card_id=str(one.gift_card_id),
                balance=amount_of(one.balance),
                pays=amount_of(one.pays),
            )
            for one in view.gift_cards
        ],
        country=view.country,
        delivery_method=view.method.code if view.method else None,
        totals=totals_json(totals),
        can_be_ordered=view.can_be_ordered,
    )


def _line(request: Request, line: Line, view: CartView) -> CartLine:
    offer = line.offer
    card = offer.card if offer else None
    counted = next((one for one in view.totals.lines if one.sku_id == line.sku_id), None)
    nothing = Money.zero(line.price.currency)
    return CartLine(
        sku=line.sku,
        product_id=str(card.id) if card else None,
        name=card.name if card else None,
        brand=card.brand if card else None,
        color=card.colour_name if card else None,
        size_system=offer.size_system if offer else None,
        size=offer.size_label if offer else None,
        url=request.url_for("product", slug=card.slug).path if card else None,
        image_url=(
            request.url_for("picture", key=card.picture).path if card and card.picture else None
        ),
        quantity=line.quantity,
        left=line.left,
        is_for_sale=line.is_for_sale,
        price=amount_of(line.price),
        seen_price=amount_of(line.seen_price),
        list_price=amount_of(card.list_price) if card else None,
        amount=amount_of(line.amount),
        discount=amount_of(counted.discount if counted else nothing),
        total=amount_of(counted.total if counted else nothing),
    )
