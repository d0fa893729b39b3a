"""Query parameters as a model, read at once.

FastAPI extracts each field of a ``Query()`` model on its own, in Python. With the 22 parameters of a
listing that took ten times as long as validating them.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Any, Generic, TypeVar, get_args, get_origin

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams

from storefront.web.mistakes import REPEATED, Mistake

_Model = TypeVar("_Model", bound=BaseModel)


class Reader(Generic[_Model]):
    """A dependency that reads the parameters of a request. It raises RequestValidationError (422).

    model: its fields are single values, which are refused if repeated, or lists.
    """

    def __init__(self, model: type[_Model]) -> None:
        self.model = model
        fields = model.model_fields.items()
        self._lists = {name for name, field in fields if is_list(field.annotation)}

    async def __call__(self, request: Request) -> _Model:
        """The model of the request's parameters."""
        values: dict[str, Any] = {}
        for name, value in request.query_params.multi_items():
            if name in self._lists:
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        singles = self.model.model_fields.keys() - self._lists
        return validated(self.model, values, repeated(request.query_params, singles))


def is_list(annotation: Any) -> bool:
    """Whether a parameter of this type has several values."""
    return get_origin(annotation) in (list, set, tuple, frozenset) or any(
        map(is_list, get_args(annotation))
    )


def repeated(params: QueryParams, singles: Set[str]) -> list[Mistake]:
    """The parameters that were sent several times although they have one value. singles: their names."""
    if len(params) == len(params.multi_items()):
        return []
    return [
        {"type": REPEATED, "loc": ("query", name), "msg": REPEATED, "input": params.getlist(name)}
        for name in params
        if name in singles and len(params.getlist(name)) > 1
    ]


def validated(
    model: type[_Model], values: Mapping[str, Any], found: Sequence[Mistake] = ()
) -> _Model:
    """The model of these parameters. Raises RequestValidationError (422).

    found: mistakes that are known already.
    """
    try:
        valid = model.model_validate(values)
    except ValidationError as error:
        others = [{**one, "loc": ("query", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError([*found, *others]) from error
    if found:
        raise RequestValidationError(found)
    return valid


def documented(model: type[BaseModel]) -> dict[str, Any]:
    """What OpenAPI says of these parameters, for a route's ``openapi_extra``."""
    schema = model.model_json_schema()
    required = schema.get("required", ())
    return {
        "parameters": [
            {"name": name, "in": "query", "required": name in required, "schema": described}
            | ({"description": described["description"]} if "description" in described else {})
            for name, described in schema["properties"].items()
        ]
    }
