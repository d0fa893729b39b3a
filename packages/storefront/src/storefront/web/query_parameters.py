"""Which names a route knows: the API rejects unknown and repeated parameters (decision 0005), and
unknown fields of forms (decision 0067); bodies of JSON reject theirs by their models.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from storefront.web.mistakes import Mistake
from storefront.web.query_model import Reader, is_list, repeated

_API = "/api/"


async def check_names(request: Request) -> None:
    """Raises RequestValidationError (422) for parameters and fields of forms that a route of the API
    does not have, and for several values of a parameter that has one.

    Pages ignore what they do not know: newsletters and advertisements add parameters to links.
    """
    route = request.scope.get("route")
    if not request.scope["path"].startswith(_API) or not isinstance(route, APIRoute):
        return
    found = await _unknown_fields(request, route) if reads_form(route) else []
    if request.scope["query_string"] and not _reads_its_own(route):
        found += _unknown_parameters(request, route)
    if found:
        raise RequestValidationError(found)


def reads_form(route: APIRoute) -> bool:
    """Whether the body of a route is a form, with files or without."""
    return route.body_field is not None and isinstance(route.body_field.field_info, params.Form)


def _reads_its_own(route: APIRoute) -> bool:
    """Whether a reader of the route rejects parameters itself, together with invalid values."""
    return any(isinstance(one.call, Reader) for one in _dependants(route.dependant))


def _unknown_parameters(request: Request, route: APIRoute) -> list[Mistake]:
    sent, known = request.query_params, _parameters(route)
    unknown: list[Mistake] = [
        {"type": "extra_forbidden", "loc": ("query", name), "msg": "", "input": sent[name]}
        for name in sent
        if name not in known
    ]
    return unknown + repeated(sent, {name for name, kind in known.items() if not is_list(kind)})


async def _unknown_fields(request: Request, route: APIRoute) -> list[Mistake]:
    known = {one.alias for each in _dependants(route.dependant) for one in each.body_params}
    return [
        {"type": "extra_forbidden", "loc": ("body", name), "msg": "", "input": None}
        for name in await request.form()  # FastAPI has read it
        if name not in known
    ]


def names_beside(request: Request, loc: Sequence[str | int]) -> list[str]:
    """The names that the route knows where an unknown one was sent. loc: of the unknown one."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return []
    place, *parents = loc[:-1]
    if place == "query":
        return [*_parameters(route)]
    if place != "body" or route.body_field is None:
        return []
    models = [*_models_in(route.body_field.field_info.annotation)]
    for step in parents:
        inner = [one.model_fields[step].annotation for one in models if step in one.model_fields]
        models = [model for each in inner for model in _models_in(each)] or models
    return list(dict.fromkeys(name for model in models for name in model.model_fields))


def _parameters(route: APIRoute) -> dict[str, Any]:
    """The name and the type of each query parameter, those of dependencies included."""
    known: dict[str, Any] = {}
    for one in _dependants(route.dependant):
        for parameter in one.query_params:
            annotation = parameter.field_info.annotation
            models = [*_models_in(annotation)]
            known |= _fields(models[0]) if models else {parameter.alias: annotation}
        if isinstance(one.call, Reader):
            known |= _fields(one.call.model)
    return known


def _fields(model: type[BaseModel]) -> Mapping[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for one in dependant.dependencies:
        yield from _dependants(one)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in a type, such as that of ``list[Line] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
