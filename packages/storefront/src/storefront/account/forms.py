"""The forms of the account: what is typed, and what is made of it."""

from typing import Annotated

from pydantic import BaseModel, Field

from storefront.customers.addresses import FIELDS, normalized, normalized_email, normalized_phone
from storefront.customers.service import NewAddress
from storefront.errors import InvalidInput
from storefront.web.forms import Form

_Text = Annotated[str | None, Field(max_length=200)]
_Phone = Annotated[str | None, Field(max_length=40)]


class EmailForm(BaseModel):
    """Who wants to sign in."""

    email: Annotated[str, Field(max_length=254)]


class CodeForm(BaseModel):
    """The code of the e-mail; blanks in it do not matter."""

    code: Annotated[str, Field(max_length=20)]


class ProfileForm(BaseModel):
    """Name and telephone number; left blank for none."""

    name: _Text = None
    phone: _Phone = None


class AddressForm(BaseModel):
    """An address. Which fields a country needs is checked by its own rules."""

    phone: _Phone = None
    name: _Text = None
    company_name: _Text = None
    street_address: _Text = None
    city_area: _Text = None
    city: _Text = None
    country_area: _Text = None
    postal_code: _Text = None
    sorting_code: _Text = None
    country_code: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    is_default: bool = False


def email_of(form: Form[EmailForm]) -> str | None:
    """The e-mail address, normalized; None where it is not one, which the form then says."""
    if form.data is not None:
        try:
            return normalized_email(form.data.email)
        except InvalidInput as problem:
            form.refuse_all(problem)
    return None


def code_of(typed: str) -> str:
    """The digits of what was typed: e-mail programs and people add blanks."""
    return "".join(typed.split())


def phone_of(form: Form[ProfileForm], country: str) -> str | None:
    """The telephone number, normalized; None for none, or where the form then says what is wrong."""
    if form.data is not None and form.data.phone:
        try:
            return normalized_phone(form.data.phone, country)
        except InvalidInput as problem:
            form.refuse_all(problem)
    return None


def address_of(form: Form[AddressForm]) -> NewAddress | None:
    """The address; None where a field is wrong, which the form then says."""
    typed = form.data
    if typed is None:
        return None
    fields: dict[str, str] = {}
    phone = None
    try:
        fields = normalized(typed.model_dump(include=set(FIELDS)))
    except InvalidInput as problem:
        form.refuse_all(problem)
    try:
        phone = normalized_phone(typed.phone, typed.country_code) if typed.phone else None
    except InvalidInput as problem:
        form.refuse_all(problem)
    return None if form.errors else NewAddress(fields, phone, typed.is_default)
