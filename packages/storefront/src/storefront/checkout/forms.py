"""The forms of the checkout, one per step."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from storefront.checkout.queries import CheckoutRow
from storefront.customers.addresses import (
    FIELDS,
    TypedAddress,
    normalized,
    normalized_email,
    normalized_phone,
)
from storefront.customers.queries import AddressRow, CustomerRow
from storefront.errors import InvalidInput
from storefront.request_model import DIGITS
from storefront.web.forms import Form


class AddressForm(TypedAddress):
    """The customer, and the delivery address."""

    email: Annotated[str, Field(max_length=254)]


class DeliveryForm(BaseModel):
    """The delivery method."""

    delivery_method: Annotated[str, Field(max_length=40)]


class PaymentForm(BaseModel):
    """The payment method, the displayed amounts, and the idempotency key."""

    payment_token: Annotated[str, Field(min_length=1, max_length=200)]
    total_minor: Annotated[int, Field(ge=0), DIGITS]
    to_pay_minor: Annotated[int, Field(ge=0), DIGITS]
    key: Annotated[str, Field(min_length=8, max_length=200)]


def first_values(
    found: CheckoutRow,
    who: CustomerRow | None,
    saved: AddressRow | None,
    last: Mapping[str, str] | None = None,
) -> dict[str, str | list[str]]:
    """The initial values of the address form: what was entered, otherwise the customer's account.

    saved: the address to fill in instead of what was entered; last: that of the customer's last order.
    """
    address = saved.fields if saved is not None else found.delivery_address or last or {}
    phone = found.phone or (saved and saved.phone) or (who and who.phone)
    email = found.email or (who and who.email)
    values: dict[str, str | list[str]] = {**address, "email": email or "", "phone": phone or ""}
    if not address and who is not None and who.name:
        values["name"] = who.name
    return values


def entered(form: Form[AddressForm]) -> Mapping[str, object] | None:
    """The values of an address form; None if a field is invalid, which the form then shows."""
    if form.data is None:
        return None
    found: dict[str, object] = {}
    typed = form.data
    try:
        found["email"] = normalized_email(typed.email)
    except InvalidInput as problem:
        form.refuse_all(problem)
    found["phone"] = None
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
