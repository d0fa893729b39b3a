"""HTML forms: read into a Pydantic model, or shown again with what was typed and what is wrong with it.

    form = await Form.read(request, Address)
    if form.data is None:
        return forms.again(request, "account/address.html", form)
    await service.save(session, form.data)
    return forms.done(request, to="account", message="Your address is saved.")

``forms.html`` has the macros that show a form's fields.
"""

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar, get_origin

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from storefront.db_errors import NUL, InvalidText
from storefront.errors import InvalidInput, StoreError, Unavailable
from storefront.texts import N_, _
from storefront.web import render
from storefront.web.flash import flash
from storefront.web.mistakes import Mistake

Model = TypeVar("Model", bound=BaseModel)

_MOST_FIELDS = 200
_MOST_DIGITS = 20


class Form(Generic[Model]):
    """What a visitor typed, the model made of it, and what is wrong by field.

    values: text by field, as typed; several where the model wants a list. data: None where something is
    wrong. errors: a sentence by field; that of the form as a whole under "".
    """

    def __init__(
        self,
        values: Mapping[str, str | list[str]],
        data: Model | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> None:
        self.values = dict(values)
        self.data = data
        self.errors = dict(errors or {})

    @classmethod
    def showing(cls, given: Model | None = None) -> Self:
        """A form that was not submitted yet: empty, or filled with the current values."""
        known = given.model_dump(mode="json", exclude_none=True) if given is not None else {}
        return cls({name: _as_typed(value) for name, value in known.items()})

    @classmethod
    async def read(cls, request: Request, model: type[Model]) -> Self:
        """The form that was sent. Fields left blank count as absent; files are refused (400).

        Raises InvalidText (422).
        """
        sent = await fields_of(request)
        typed: dict[str, str | list[str]] = {}
        for name, field in model.model_fields.items():
            texts = [text for text in sent.getlist(name) if isinstance(text, str)]
            if get_origin(field.annotation) in (list, set, tuple, frozenset):
                typed[name] = texts
            elif texts:
                typed[name] = texts[-1]
        try:
            return cls(typed, model.model_validate(_filled(typed)))
        except ValidationError as error:
            return cls(typed, None, _sentences(error))

    def unchecked(self) -> "Form[Model]":
        """What was typed, without errors."""
        return Form(self.values)

    def value(self, name: str) -> str:
        """The text of a field; empty if there is none."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ", ".join(value)

    def has(self, name: str, choice: str) -> bool:
        """Whether this choice, or this value, was selected."""
        value = self.values.get(name, "")
        return choice in value if isinstance(value, list) else choice == value

    def refuse(self, name: str, sentence: str) -> None:
        """Add an error that only the service could find, to a field, or to the whole form ("")."""
        self.errors.setdefault(name, sentence)
        self.data = None

    def refuse_all(self, problem: StoreError) -> None:
        """Add the errors of a problem to the fields that it names; any other problem to the whole form.

        Raises Unavailable again: this transaction cannot be used any more.
        """
        if isinstance(problem, Unavailable):
            raise problem
        errors = problem.facts.get("errors") if isinstance(problem, InvalidInput) else None
        if not isinstance(errors, list) or not errors:
            self.refuse("", problem.detail)
            return
        for error in errors:
            self.refuse(error["pointer"].removeprefix("#/"), error["detail"])


async def fields_of(request: Request) -> FormData:
    """The fields that were sent; files are refused (400). Raises InvalidText (422)."""
    try:
        sent = await request.form(max_files=0, max_fields=_MOST_FIELDS)
        for _, value in sent.multi_items():
            if NUL.encode() in str(value).encode():
                raise InvalidText("A field holds a NUL character. Remove it.", errors=[])
    except UnicodeError as error:  # of a charset that no browser sends (RFC 7578, 5.1.2)
        raise InvalidText("The form is not UTF-8 text.", errors=[]) from error
    return sent


def whole(typed: str, *, most: int) -> int | None:
    """The number that was typed, in digits alone; None for anything else, and above the most."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < _MOST_DIGITS
    return number if is_number and (number := int(typed)) <= most else None


async def changes_country(request: Request) -> bool:
    """Whether an address form was submitted to show the fields of another country, not to be saved."""
    return (await fields_of(request)).get("change") == "country"


def again(
    request: Request,
    template: str,
    form: Form[Any],
    *,
    fragment: str | None = None,
    status: int = 422,
    **context: Any,
) -> Response:
    """The page of a form that could not be used, with what was typed and what is wrong.

    fragment: the template of the form alone, with which htmx replaces the submitted form.
    """
    return render.view(
        request, template, fragment=fragment or template, status=status, form=form, **context
    )


def done(request: Request, *, to: str, message: str | None = None) -> Response:
    """The response to a form that was used: another page, so that reloading does not send it again.

    to: address of the page. message: what it says at its top, once.
    """
    if message is not None:
        flash(request, message)
    if render.is_htmx(request):
        return Response(status_code=204, headers={"HX-Redirect": to, "Vary": "HX-Request"})
    return RedirectResponse(to, status_code=303, headers={"Vary": "HX-Request"})


def _filled(typed: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """The fields that are not blank."""
    filled: dict[str, str | list[str]] = {}
    for name, value in typed.items():
        if isinstance(value, list):
            filled[name] = [text.strip() for text in value if text.strip()]
        elif value.strip():
            filled[name] = value.strip()
    return filled


def _as_typed(value: object) -> str | list[str]:
    return [str(one) for one in value] if isinstance(value, list) else str(value)


def _sentences(error: ValidationError) -> dict[str, str]:
    """One sentence by field: the first thing that is wrong with it."""
    sentences: dict[str, str] = {}
    for mistake in error.errors():
        sentences.setdefault(str(mistake["loc"][0]) if mistake["loc"] else "", sentence(mistake))
    return sentences


def sentence(mistake: Mistake) -> str:
    """A mistake as a shop assistant would put it."""
    facts = mistake.get("ctx", {})
    known = _SENTENCES.get(mistake["type"])
    if known is not None:
        return _(known, **facts)
    said = str(mistake["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."


# By Pydantic's kinds of errors (Pydantic docs, "Validation errors").
_SENTENCES = {
    "missing": N_("Please fill this in."),
    "string_too_short": N_("Please use at least %(min_length)s characters."),
    "string_too_long": N_("Please use at most %(max_length)s characters."),
    "string_pattern_mismatch": N_("Please check how this is written."),
    "int_parsing": N_("Please enter a whole number."),
    "int_from_float": N_("Please enter a whole number."),
    "decimal_parsing": N_("Please enter a number."),
    "float_parsing": N_("Please enter a number."),
    "bool_parsing": N_("Please choose yes or no."),
    "date_from_datetime_parsing": N_("Please enter a date, such as 2026-11-28."),
    "date_parsing": N_("Please enter a date, such as 2026-11-28."),
    "finite_number": N_("Please enter a number."),
    "datetime_parsing": N_("Please enter a date and a time."),
    "datetime_from_date_parsing": N_("Please enter a date and a time."),
    "datetime_object_invalid": N_("Please enter a date and a time."),
    "url_parsing": N_("Please enter an address that begins with https://."),
    "url_scheme": N_("Please enter an address that begins with https://."),
    "id_parsing": N_("Please enter a whole number."),
    "literal_error": N_("Please choose one of %(expected)s."),
    "enum": N_("Please choose one of %(expected)s."),
    "greater_than": N_("Please enter more than %(gt)s."),
    "greater_than_equal": N_("Please enter at least %(ge)s."),
    "less_than": N_("Please enter less than %(lt)s."),
    "less_than_equal": N_("Please enter at most %(le)s."),
    "too_short": N_("Please choose at least %(min_length)s."),
    "too_long": N_("Please choose at most %(max_length)s."),
}
