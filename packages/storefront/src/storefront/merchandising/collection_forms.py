"""The form of a collection: flat fields for what the API takes as one nested object."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError

from storefront.backoffice.acting import Click
from storefront.collections.queries import Collection
from storefront.collections.rules import Rule
from storefront.collections.service import Wanted
from storefront.errors import InvalidInput
from storefront.moments import Moment
from storefront.request_model import DIGITS, Id, Number
from storefront.web.forms import Form, sentence

LANGUAGES = ("en", "de", "ar")
_RULE = tuple(Rule.model_fields)
_SEPARATED = (
    "category", "master_category", "sub_category", "article_type", "base_color", "brand", "size",
)  # fmt: skip
_BOOSTS = {
    "brand": "boost_brand", "category": "boost_category", "is_new": "boost_new",
    "is_reduced": "boost_reduced",
}  # fmt: skip

Line = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]


class Edit(Click):
    """The fields of a collection. action: preview shows its products without storing anything.

    version: of the state that the edit began with.
    """

    action: str = "save"
    version: Annotated[str, Field(max_length=20)] = ""
    slug: str
    chosen_by: str
    gender: list[str] = Field(default_factory=list)
    category: Line = ""
    master_category: Line = ""
    sub_category: Line = ""
    article_type: Line = ""
    size: Line = ""
    base_color: Line = ""
    color_family: list[str] = Field(default_factory=list)
    season: list[str] = Field(default_factory=list)
    usage: list[str] = Field(default_factory=list)
    brand: Line = ""
    min_price: Number | None = None
    max_price: Number | None = None
    min_rating: Annotated[int | None, DIGITS] = None
    words: str | None = None
    is_reduced: bool = False
    new_days: Annotated[int | None, DIGITS] = None
    product_ids: Annotated[str, Field(max_length=20_000)] = ""
    boost_brand: Line = ""
    boost_category: Line = ""
    boost_new: bool = False
    boost_reduced: bool = False
    title_en: str | None = None
    title_de: str | None = None
    title_ar: str | None = None
    description_en: str | None = None
    description_de: str | None = None
    description_ar: str | None = None
    picture_product_id: Id | None = None
    is_shown: bool = False
    starts_at: Moment | None = None
    ends_at: Moment | None = None


def wanted_of(form: Form[Edit]) -> Wanted | None:
    """The collection of a form; None where something is wrong, which the form then says."""
    typed = form.data
    if typed is None:
        return None
    values = typed.model_dump()
    rule = {
        name: _separated(values[name]) if name in _SEPARATED else values[name] for name in _RULE
    }
    boosts = {
        name: _separated(values[field]) if name in ("brand", "category") else values[field]
        for name, field in _BOOSTS.items()
    }
    nested: dict[str, Any] = {
        "slug": typed.slug,
        "chosen_by": typed.chosen_by,
        "rule": rule,
        "boosts": boosts,
        "product_ids": _numbers(typed.product_ids),
        "texts": {
            code: {"title": title, "description": values[f"description_{code}"] or ""}
            for code in LANGUAGES
            if (title := values[f"title_{code}"] or "") or values[f"description_{code}"]
        },
        **{name: values[name] for name in _AS_THEY_ARE},
    }
    try:
        return Wanted.model_validate(nested)
    except ValidationError as error:
        for mistake in error.errors():
            form.refuse(_field_of([*map(str, mistake["loc"])]), sentence(mistake))
        return None


def refuse(form: Form[Edit], problem: InvalidInput) -> None:
    """Say what is wrong beside each field."""
    errors = problem.facts["errors"]
    assert isinstance(errors, list)
    for error in errors:
        form.refuse(_field_of(error["pointer"].removeprefix("#/").split("/")), error["detail"])


def filled(one: Collection) -> Form[Edit]:
    """The form of a collection as it is."""
    rule, boosts = one.choice.rule, one.choice.boosts
    values: dict[str, str | list[str]] = {
        "version": one.version,
        "slug": one.slug,
        "chosen_by": "hand" if rule is None else "rule",
        "product_ids": ", ".join(map(str, one.choice.product_ids)),
        "picture_product_id": str(one.picture_product_id or ""),
        "is_shown": "true" if one.is_shown else "",
        "starts_at": _typed(one.starts_at),
        "ends_at": _typed(one.ends_at),
    }
    for name in _RULE if rule is not None else ():
        values[name] = _typed(getattr(rule, name), is_line=name in _SEPARATED)
    for name, field in _BOOSTS.items():
        values[field] = _typed(getattr(boosts, name), is_line=True)
    for code, words in one.texts.items():
        values |= {f"title_{code}": words.title, f"description_{code}": words.description}
    return Form(values)


_AS_THEY_ARE = ("picture_product_id", "is_shown", "starts_at", "ends_at")


def _field_of(steps: list[str]) -> str:
    """The field of a pointer: ``rule/brand/0`` is ``brand``, ``texts/de/title`` is ``title_de``."""
    match steps:
        case ["texts", code, name, *_]:
            return f"{name}_{code}"
        case ["texts", code] if code in LANGUAGES:
            return f"title_{code}"
        case ["boosts", name, *_]:
            return _BOOSTS.get(name, "")
        case ["rule", name, *_]:
            return name
        case ["rule"]:
            return "max_price"
        case [name, *_] if name in Edit.model_fields:
            return name
        case _:
            return ""


def _typed(value: object, *, is_line: bool = False) -> str | list[str]:
    match value:
        case None | False:
            return ""
        case True:
            return "true"
        case list():
            return ", ".join(value) if is_line else value
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M")
        case _:
            return str(value)


def _separated(typed: str) -> list[str]:
    return [one.strip() for one in typed.split(",") if one.strip()]


def _numbers(typed: str) -> list[str]:
    """Product numbers; of an address, the number at its end. The model refuses anything else."""
    return [one.rpartition("-")[2] for one in re.split(r"[,\s]+", typed) if one]
