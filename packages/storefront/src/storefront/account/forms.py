"""The forms of the account, and how their values are read."""

from typing import Annotated

from pydantic import BaseModel, Field

from storefront.customers.addresses import (
    FIELDS,
    TypedAddress,
    normalized,
    normalized_email,
    normalized_phone,
)
from storefront.customers.service import NewAddress
from storefront.errors import InvalidInput
from storefront.web.forms import Form

_Text = Annotated[str | None, Field(max_length=200)]
_Phone = Annotated[str | None, Field(max_length=40)]


class EmailForm(BaseModel):
    """The e-mail address to sign in with."""

    email: Annotated[str, Field(max_length=254)]


class CodeForm(BaseModel):
    """The code of the e-mail; blanks in it do not matter."""

    code: Annotated[str, Field(max_length=20)]


class ProfileForm(BaseModel):
    """Name and telephone number; left blank for none."""

    name: _Text = None
    phone: _Phone = None


class AddressForm(TypedAddress):
    """An address of the account."""

    is_default: bool = False


def email_of(form: Form[EmailForm]) -> str | None:
    """The e-mail address, normalized; None if it is not one: the form then has the error."""
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
    """The telephone number, normalized; None for none or a wrong one: the form then has the error."""
    if form.data is not None and form.data.phone:
        try:
            return normalized_phone(form.data.phone, country)
        except InvalidInput as problem:
            form.refuse_all(problem)
    return None


def address_of(form: Form[AddressForm]) -> NewAddress | None:
    """The address; None if a field is wrong: the form then has the error."""
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
