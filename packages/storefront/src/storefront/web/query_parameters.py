"""Which names a route knows, of parameters and of fields."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from storefront.web.query_model import Reader


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
