"""Pages of products for staff: the range with filters, a product with its form, pictures and history."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from storefront.backoffice import catalog_changes, queries
from storefront.backoffice.acting import Click, make, new_key
from storefront.backoffice.product_forms import MAX_BODY, ProductForm
from storefront.backoffice.queries import AuditEntry
from storefront.catalog import bulk, media, sheets
from storefront.catalog import queries as catalog
from storefront.catalog import range as whole_range
from storefront.catalog.cells import AGE_GROUPS, STATUSES
from storefront.catalog.editing import EditedMeanwhile
from storefront.catalog.genders import GENDERS
from storefront.catalog.range import Filter
from storefront.catalog.seasons import SEASONS
from storefront.catalog.sheets import BadSheet, Sheet
from storefront.db import Database, ReadSession
from storefront.errors import StoreError, Unavailable
from storefront.paging import Page
from storefront.request_model import Id
from storefront.staff.current import MayEditProducts, MayRead
from storefront.web import forms, render
from storefront.web.deps import Reads
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/products", include_in_schema=False)


_PER_PAGE = 50
_MOST_ENTRIES = 20
_NEW = Sheet({"gender": "Women", "status": "hidden", "tax_class": "standard"}, ())


def filter_of(
    q: Annotated[str, Query(max_length=200)] = "",
    status: Annotated[str, Query(max_length=10)] = "",
    brand: Annotated[str, Query(max_length=300)] = "",
    category: Annotated[str, Query(max_length=300)] = "",
    gender: Annotated[str, Query(max_length=20)] = "",
) -> Filter:
    """The filter of an address; a value that is not known finds nothing."""
    return Filter(
        q.strip() or None,
        status if status in ("live", "hidden") else None,  # type: ignore[arg-type]
        brand.strip() or None,
        category.strip().strip("/") or None,
        gender or None,
    )


@router.get("", name="staff_products")
async def products_page(
    request: Request,
    _who: MayRead,
    session: Reads,
    which: Annotated[Filter, Depends(filter_of)],
    before: Id | None = None,
) -> Response:
    """The products that a filter finds, the newest numbers first. Two statements."""
    page = await whole_range.products(session, which, most=_PER_PAGE, before=before)
    return render.page(
        request,
        "backoffice/products.html",
        page=page,
        count=await whole_range.count(session, which),
        most=bulk.MOST_PRODUCTS,
        form=Form[Click](dict(request.query_params)),
        genders=[(one, one) for one in GENDERS],
    )


@router.get("/new", name="staff_new_product")
async def new_product(
    request: Request,
    _who: MayEditProducts,
    session: Reads,
    colour_of: Id | None = None,
) -> Response:
    """The form of a new product, or of another colour of a design. Three statements at most."""
    currency = request.state.settings.currency
    sheet = replace(_NEW, product={**_NEW.product, "currency": currency})
    if colour_of is not None:
        found = await sheets.sheet(session, colour_of)
        own = {"product_id": "", "colour": "", "published_at": "", "status": "hidden"}
        sizes = [{**size, "sku": "", "gtin": ""} for size in found.sizes]
        sheet = Sheet({**found.product, **own}, sizes)
    return await _show(request, session, _as_new(sheet), None)


@router.post("", name="staff_create_product", max_body_size=MAX_BODY)
async def create_product(request: Request, who: MayEditProducts) -> Response:
    """Create a product."""
    return await _save(request, who, None)


@router.get("/{product_id}", name="staff_product")
async def product_page(request: Request, _who: MayRead, session: Reads, product_id: Id) -> Response:
    """A product with its form, pictures and history. Seven statements."""
    shown = ProductForm.showing(await sheets.sheet(session, product_id))
    return await _show(request, session, shown, product_id)


@router.post("/{product_id}", name="staff_save_product", max_body_size=MAX_BODY)
async def save_product(request: Request, who: MayEditProducts, product_id: Id) -> Response:
    """Change a product."""
    return await _save(request, who, product_id)


@router.post("/{product_id}/status", name="staff_publish_product")
async def publish_product(request: Request, who: MayEditProducts, product_id: Id) -> Response:
    """Publish a product, or take it off the shop."""
    typed = await ProductForm.read(request)
    status = typed.form.value("status")
    database: Database = request.state.database
    async with database.reads() as session:
        stored = await sheets.sheet(session, product_id)
    sheet = replace(stored, product={**stored.product, "status": status})
    change = catalog_changes.save_product(
        sheet,
        version=typed.version,
        currency=request.state.settings.currency,
        actor=who,
    )
    message = "The product is published." if status == "live" else "The product is hidden."
    try:
        await make(request, change, actor=who, key=typed.key)
    except Unavailable:
        raise
    except StoreError as problem:
        message = problem.detail
    to = request.url_for("staff_product", product_id=product_id).path
    return forms.done(request, to=to, message=message)


async def _save(request: Request, who: str, product_id: int | None) -> Response:
    """product_id: None for a new product."""
    typed = await ProductForm.read(request)
    sheet = typed.sheet()
    if product_id is not None:
        sheet = replace(sheet, product={**sheet.product, "product_id": str(product_id)})
    change = catalog_changes.save_product(
        sheet,
        version=None if product_id is None else typed.version,
        currency=request.state.settings.currency,
        actor=who,
    )
    current: Sheet | None = None
    status = 422
    try:
        made = await make(request, change, actor=who, key=typed.key)
    except BadSheet as problem:
        typed.refuse(problem)
    except EditedMeanwhile as problem:
        current, status = problem.current, problem.status
        typed.form.values["version"] = current.version
        typed.form.refuse("", problem.detail)
    except Unavailable:
        raise
    except StoreError as problem:
        status = problem.status
        typed.form.refuse("", problem.detail)
    else:
        return _saved(request, int(made.entity_id) if made.is_first else product_id)
    database: Database = request.state.database
    async with database.reads() as session:
        return await _show(
            request, session, typed, product_id, typed=sheet, current=current, status=status
        )


def _saved(request: Request, number: int | None) -> Response:
    """number: None for a new product whose form was sent before."""
    if number is None:
        to = request.url_for("staff_products").path
    else:
        to = request.url_for("staff_product", product_id=number).path
    return forms.done(request, to=to, message="The product is saved.")


def _as_new(sheet: Sheet) -> ProductForm:
    """The form with a sheet that is not stored."""
    values = dict(sheet.product)
    for place, size in enumerate(sheet.sizes):
        values |= {f"{column}-{place}": size[column] for column in sheets.SIZE_COLUMNS}
    return ProductForm(values, len(sheet.sizes))


async def _show(
    request: Request,
    session: ReadSession,
    shown: ProductForm,
    product_id: int | None,
    *,
    typed: Sheet | None = None,
    current: Sheet | None = None,
    status: int = 200,
) -> Response:
    """typed, current: what was typed, and what is stored, where somebody else was quicker."""
    colours, pictures, files = [], [], []
    log: Page[AuditEntry] = Page((), None)
    if product_id is not None:
        every = await sheets.sheets(session, await sheets.of_designs(session, [product_id]))
        colours = [(number, one.product) for number, one in every.items() if number != product_id]
        pictures = list(await media.pictures(session, product_id))
        log = await queries.audit_log(
            session, most=_MOST_ENTRIES, entity="product", entity_id=str(product_id)
        )
        files = list(await bulk.changes_of(session, product_id, most=_MOST_ENTRIES))
    conflict = (
        [
            one
            for one in sheets.differences({0: current}, {0: replace(typed, unoffered=())})
            if one.column != "size_sort" or one.new
        ]
        if current is not None and typed is not None
        else []
    )
    return render.page(
        request,
        "backoffice/product.html",
        status=status,
        product_id=product_id,
        form=shown.form,
        sizes=shown.sizes,
        charts=[(one.key, one.name) for one in await catalog.size_charts(session)],
        choices={
            "gender": [(one, one) for one in GENDERS],
            "season": [(one, one) for one in SEASONS],
            "age_group": [(one, one) for one in AGE_GROUPS],
            "status": [(one, one) for one in STATUSES],
        },
        columns=sheets.PRODUCT_COLUMNS,
        shared=sheets.STYLE_COLUMNS,
        colours=colours,
        pictures=pictures,
        most_pictures=media.MOST_PICTURES,
        log=log,
        files=files,
        conflict=conflict,
        new_key=new_key,
    )
