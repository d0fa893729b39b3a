"""Products for staff as JSON: the range, a product to edit, its pictures.

Values are those of the shop's own format (packages/storefront/docs/catalogue.md), as text.
Each change is made once for each Idempotency-Key.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, Field

from storefront.backoffice import catalog_changes
from storefront.backoffice.acting import act_by_api
from storefront.backoffice.picture_pages import MAX_BODY, Alt, stored
from storefront.backoffice.product_forms import MAX_BODY as MAX_PRODUCT
from storefront.backoffice.product_pages import filter_of
from storefront.catalog import media, sheets
from storefront.catalog import range as whole_range
from storefront.catalog.range import Filter
from storefront.catalog.sheets import Sheet
from storefront.db import Database, ReadSession
from storefront.errors import InvalidInput
from storefront.orders.api import Key
from storefront.request_model import Id, RequestModel, Whole
from storefront.staff.current import MayEditProducts, MayRead
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads
from storefront.web.paging import Before, NewestFirst, StaffLimit, next_of

router = APIRouter(
    prefix="/api/v1/admin/products", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_CHANGED = problems.responses(400, 404, 409)

Cells = Annotated[dict[str, Annotated[str, Field(max_length=6_000)]], Field(max_length=40)]


class ListedProduct(BaseModel):
    """A product of the range. colours: products of its design, this one included."""

    product_id: str
    name: str
    brand: str | None
    colour: str | None
    category_path: str
    status: Literal["live", "hidden"]
    price: Amount
    picture: str | None
    colours: int


class ProductList(NewestFirst):
    """A page of the range, the highest numbers first. next_before: ``before`` of the page after."""

    count: int
    products: list[ListedProduct]


class StaffPicture(BaseModel):
    """A picture of a product. place: from 1; the first one is shown on tiles."""

    picture_id: str
    place: int
    key: str
    alt: str
    width: int | None
    height: int | None


class StaffProduct(BaseModel):
    """A product as it is edited. unoffered: sizes that are no longer sold.

    version: names this state; send it with an edit, which is refused where somebody else was quicker.
    """

    product: dict[str, str]
    sizes: list[dict[str, str]]
    unoffered: list[dict[str, str]]
    version: str
    pictures: list[StaffPicture]


class ProductWanted(RequestModel):
    """A product with all of its values; those that are left out are empty."""

    product: Cells
    sizes: Annotated[list[Cells], Field(min_length=1, max_length=200)]


class ProductEdit(ProductWanted):
    """The same for a product that is there. version: of the state that the edit began with."""

    version: Annotated[str, Field(max_length=16)]


class Created(BaseModel):
    """The number of the new product."""

    product_id: str


class PictureWanted(RequestModel):
    """What a picture shows, and its place, from 1."""

    alt: Alt
    place: Annotated[Whole, Field(ge=1, le=100)]


@router.get("", name="api_staff_products")
async def products(
    _who: MayRead,
    session: Reads,
    which: Annotated[Filter, Depends(filter_of)],
    limit: StaffLimit = 50,
    before: Before = None,
) -> ProductList:
    """Every product that a filter finds, hidden ones too."""
    page = await whole_range.products(session, which, most=limit, before=before)
    return ProductList(
        count=await whole_range.count(session, which),
        products=[
            ListedProduct(
                product_id=str(one.id),
                name=one.name,
                brand=one.brand,
                colour=one.colour,
                category_path=one.category_path,
                status=one.status,
                price=amount_of(one.price),
                picture=one.picture,
                colours=one.colours,
            )
            for one in page.rows
        ],
        next_before=next_of(page),
    )


@router.post(
    "",
    name="api_staff_create_product",
    status_code=201,
    max_body_size=MAX_PRODUCT,
    responses=problems.responses(400, 409, 413),
)
async def create(
    request: Request,
    response: Response,
    who: MayEditProducts,
    wanted: ProductWanted,
    key: Key = None,
) -> Created:
    """Create a product. Without a `product_id` it gets the next free number."""
    change = catalog_changes.save_product(
        Sheet(wanted.product, wanted.sizes),
        version=None,
        currency=request.state.settings.currency,
        actor=who,
    )
    product_id = await act_by_api(request, response, change, actor=who, key=key)
    return Created(product_id=product_id)


@router.get("/{product_id}", name="api_staff_product", responses=problems.responses(404))
async def product(_who: MayRead, session: Reads, product_id: Id) -> StaffProduct:
    """A product as it is edited."""
    return await _product(session, product_id)


@router.put(
    "/{product_id}",
    name="api_staff_save_product",
    max_body_size=MAX_PRODUCT,
    responses=_CHANGED | problems.responses(413),
)
async def save(
    request: Request,
    response: Response,
    who: MayEditProducts,
    product_id: Id,
    edit: ProductEdit,
    key: Key = None,
) -> StaffProduct:
    """Change a product. What its design shares changes its other colours, too."""
    if edit.product.get("product_id", "").strip() not in ("", str(product_id)):
        raise InvalidInput.of("product/product_id", f"This is the address of product {product_id}.")
    change = catalog_changes.save_product(
        Sheet(edit.product | {"product_id": str(product_id)}, edit.sizes),
        version=edit.version,
        currency=request.state.settings.currency,
        actor=who,
    )
    await act_by_api(request, response, change, actor=who, key=key)
    return await _stored(request, product_id)


@router.post(
    "/{product_id}/pictures",
    name="api_staff_add_picture",
    status_code=201,
    max_body_size=MAX_BODY,
    responses=_CHANGED | problems.responses(413),
)
async def add_picture(
    request: Request,
    response: Response,
    who: MayEditProducts,
    product_id: Id,
    image: Annotated[UploadFile, File(description="JPEG, PNG, WebP, GIF or AVIF; 20 MB at most.")],
    alt: Annotated[Alt, Form(description="What the picture shows.")],
    key: Key = None,
) -> StaffProduct:
    """Show one more picture, after the others. It is re-encoded, without metadata."""
    name, copy = await stored(request, await image.read(), product_id)
    change = catalog_changes.add_picture(product_id, name, copy, alt=alt)
    sent = f"{name} {alt}".encode()
    await act_by_api(request, response, change, actor=who, key=key, sent=sent)
    return await _stored(request, product_id)


@router.put(
    "/{product_id}/pictures/{picture_id}", name="api_staff_describe_picture", responses=_CHANGED
)
async def describe_picture(
    request: Request,
    response: Response,
    who: MayEditProducts,
    product_id: Id,
    picture_id: Id,
    wanted: PictureWanted,
    key: Key = None,
) -> StaffProduct:
    """Change what a picture shows, and its place."""
    change = catalog_changes.edit_picture(
        product_id, picture_id, alt=wanted.alt, place=wanted.place
    )
    await act_by_api(request, response, change, actor=who, key=key)
    return await _stored(request, product_id)


@router.delete(
    "/{product_id}/pictures/{picture_id}",
    name="api_staff_remove_picture",
    status_code=204,
    responses=_CHANGED,
)
async def remove_picture(
    request: Request,
    who: MayEditProducts,
    product_id: Id,
    picture_id: Id,
    key: Key = None,
) -> Response:
    """No longer show a picture."""
    response = Response(status_code=204)
    change = catalog_changes.remove_picture(product_id, picture_id)
    await act_by_api(request, response, change, actor=who, key=key)
    return response


async def _stored(request: Request, product_id: int) -> StaffProduct:
    database: Database = request.state.database
    async with database.reads() as session:
        return await _product(session, product_id)


async def _product(session: ReadSession, product_id: int) -> StaffProduct:
    """Three statements. Raises NotFound (404)."""
    sheet = await sheets.sheet(session, product_id)
    return StaffProduct(
        product=dict(sheet.product),
        sizes=_cells(sheet.sizes),
        unoffered=_cells(sheet.unoffered),
        version=sheet.version,
        pictures=[
            StaffPicture(
                picture_id=str(one.id),
                place=one.position + 1,
                key=one.key,
                alt=one.alt,
                width=one.width,
                height=one.height,
            )
            for one in await media.pictures(session, product_id)
        ],
    )


def _cells(sizes: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    return [dict(size) for size in sizes]
