"""The forms of the checkout: what is typed, by step."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from storefront.checkout.queries import CheckoutRow
from storefront.customers.addresses import FIELDS, normalized, normalized_email, normalized_phone
from storefront.customers.queries import AddressRow, CustomerRow
from storefront.errors import InvalidInput
from storefront.web.forms import Form

_Text = Annotated[str | None, Field(max_length=200)]


class AddressForm(BaseModel):
    """Who buys, and where it goes. Which fields a country needs is checked by its own rules."""

    email: Annotated[str, Field(max_length=254)]
    phone: Annotated[str | None, Field(max_length=40)] = None
    name: Annotated[str, Field(max_length=200)]
    company_name: _Text = None
    street_address: _Text = None
    city_area: _Text = None
    city: _Text = None
    country_area: _Text = None
    postal_code: _Text = None
    sorting_code: _Text = None
    country_code: Annotated[str, Field(pattern="^[A-Z]{2}$")]


class DeliveryForm(BaseModel):
    """The way of delivery."""

    delivery_method: Annotated[str, Field(max_length=40)]


class PaymentForm(BaseModel):
    """The means of payment, the total that was shown, and the key by which this is done once."""

    payment_token: Annotated[str, Field(min_length=1, max_length=200)]
    total_minor: Annotated[int, Field(ge=0)]
    key: Annotated[str, Field(min_length=8, max_length=200)]


def first_values(
    found: CheckoutRow, who: CustomerRow | None, saved: AddressRow | None
) -> dict[str, str | list[str]]:
    """What the address form begins with: what was entered, else what a customer's account holds.

    saved: the address to fill in, in place of what was entered.
    """
    address = saved.fields if saved is not None else found.delivery_address or {}
    phone = found.phone or (saved and saved.phone) or (who and who.phone)
    email = found.email or (who and who.email)
    values: dict[str, str | list[str]] = {**address, "email": email or "", "phone": phone or ""}
    if not address and who is not None and who.name:
        values["name"] = who.name
    return values


def entered(form: Form[AddressForm]) -> Mapping[str, object] | None:
    """What to keep of an address form; None where a field is wrong, which the form then says."""
    if form.data is None:
        return None
    found: dict[str, object] = {}
    typed = form.data
    try:
        found["email"] = normalized_email(typed.email)
    except InvalidInput as problem:
        form.refuse_all(problem)
    if typed.phone:
        try:
            found["phone"] = normalized_phone(typed.phone, typed.country_code)
        except InvalidInput as problem:
            form.refuse_all(problem)
    try:
        fields = typed.model_dump(include=set(FIELDS))
        found["delivery_address"] = normalized(fields)
    except InvalidInput as problem:
        form.refuse_all(problem)
    return None if form.errors else found
