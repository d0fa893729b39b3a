"""The customer's addresses as pages: added, changed, deleted, made the default."""

from fastapi import APIRouter, Request, Response

from storefront.account.forms import AddressForm, address_of
from storefront.customers import queries
from storefront.customers import service as customers
from storefront.customers.addresses import AUTOCOMPLETE, country_names, form_of
from storefront.customers.current import SignedIn
from storefront.markets import COUNTRIES
from storefront.request_model import Id
from storefront.settings import Settings
from storefront.texts import _, current
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, again, changes_country, done

router = APIRouter(include_in_schema=False)


@router.get("/account/addresses/new", name="new_address")
async def new_page(request: Request, _customer_id: SignedIn) -> Response:
    """A form for another address."""
    settings: Settings = request.state.settings
    form: Form[AddressForm] = Form({"country_code": settings.country})
    return _form(request, form, None, status=200)


@router.post("/account/addresses", name="add_address")
async def add(request: Request, customer_id: SignedIn, session: Writes) -> Response:
    """Add an address."""
    form = await Form.read(request, AddressForm)
    if await changes_country(request):
        return _form(request, form.unchecked(), None, status=200)
    typed = address_of(form)
    if typed is None:
        return _form(request, form, None, status=422)
    try:
        await customers.add_address(session, customer_id, typed)
    except customers.TooManyAddresses as problem:
        form.refuse("", problem.detail)
        return _form(request, form, None, status=problem.status)
    return _done(request, _("The address is saved."))


@router.get("/account/addresses/{address_id}", name="address")
async def page(
    request: Request,
    customer_id: SignedIn,
    session: Reads,
    address_id: Id,
) -> Response:
    """A form to change an address."""
    found = await queries.address(session, customer_id, address_id)
    typed: dict[str, str | list[str]] = {**found.fields, "phone": found.phone or ""}
    typed["is_default"] = "true" if found.is_default else ""
    return _form(request, Form(typed), address_id, status=200)


@router.post("/account/addresses/{address_id}", name="change_address")
async def change(
    request: Request, customer_id: SignedIn, session: Writes, address_id: Id
) -> Response:
    """Change an address."""
    form = await Form.read(request, AddressForm)
    if await changes_country(request):
        await queries.address(session, customer_id, address_id)
        return _form(request, form.unchecked(), address_id, status=200)
    typed = address_of(form)
    if typed is None:
        await queries.address(session, customer_id, address_id)
        return _form(request, form, address_id, status=422)
    await customers.change_address(session, customer_id, address_id, typed)
    return _done(request, _("The address is saved."))


@router.post("/account/addresses/{address_id}/default", name="make_default_address")
async def make_default(
    request: Request, customer_id: SignedIn, session: Writes, address_id: Id
) -> Response:
    """Make an address the default of forms."""
    await customers.make_default(session, customer_id, address_id)
    return _done(request, _("This is your default address now."))


@router.post("/account/addresses/{address_id}/delete", name="delete_address")
async def delete(
    request: Request, customer_id: SignedIn, session: Writes, address_id: Id
) -> Response:
    """Delete an address. Orders delivered there still show it."""
    await customers.delete_address(session, customer_id, address_id)
    return _done(request, _("The address is deleted."))


def _done(request: Request, message: str) -> Response:
    return done(request, to=request.url_for("account").path, message=message)


def _form(
    request: Request, form: Form[AddressForm], address_id: int | None, *, status: int
) -> Response:
    settings: Settings = request.state.settings
    country = form.value("country_code")
    if country not in COUNTRIES:
        country = settings.country
    fields, regions = form_of(country)
    return again(
        request,
        "account/address.html",
        form,
        status=status,
        address_id=address_id,
        countries=country_names(current().locale),
        fields=fields,
        regions=regions,
        autocomplete=AUTOCOMPLETE,
    )
