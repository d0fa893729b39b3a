"""Model Serving: endpoints of the configuration, with a stand-in that turns any input into vectors.

Source: `databricks-sdk` (service/serving.py) for paths and fields; Databricks docs, "Query serving
endpoints for custom models" and "Use embedding models", for the formats of input and output.
"""

import hashlib
import json
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse, Response

from lakepass.emulator.config import EMBEDDINGS, ServingEndpoint
from lakepass.emulator.faults.conditions import Requests
from lakepass.emulator.state import Identity, WorkspaceState
from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    Routes,
    held_up,
    invalid,
    not_emulated,
)

_ENDPOINT = "serving-endpoints/{name}"
INVOCATIONS = f"{_ENDPOINT}/invocations"
_FIXED = "The emulator's serving endpoints are those of its configuration."
# Longer input gets a vector by its digest: pictures, mostly.
_LONGEST_TEXT = 1_000
_GRAM = 3


class ServingEndpoints:
    """`serving_endpoints` of the SDK, for looking up and querying."""

    def __init__(self, state: WorkspaceState, invocations: Requests) -> None:
        self._state = state
        self._invocations = invocations

    def routes(self) -> Routes:
        """The paths; that of the queries is not behind /api."""
        return [
            ("GET", "serving-endpoints", self._list),
            ("GET", _ENDPOINT, self._get),
            ("POST", INVOCATIONS, self._query),
            ("POST", "serving-endpoints", self._change),
            *((method, _ENDPOINT, self._change) for method in ("PATCH", "DELETE")),
        ]

    async def _list(self, call: Call) -> dict[str, Any]:
        found = self._state.config.serving_endpoints
        seen = [one for one in found if self._may_query(call.caller, one.name)]
        return {"endpoints": [self._shown(one) for one in seen]}

    async def _get(self, call: Call) -> dict[str, Any]:
        return self._shown(self._found(call))

    async def _query(self, call: Call) -> Response:
        endpoint = self._found(call)
        await held_up(self._invocations)
        entity = f"{endpoint.entity.rpartition('.')[2]}-{endpoint.version}"
        answer = _embeddings if endpoint.task == EMBEDDINGS else _predictions
        return JSONResponse(answer(endpoint, call.body), headers={"served-model-name": entity})

    async def _change(self, _: Call) -> dict[str, Any]:
        raise not_emulated(_FIXED)

    def _found(self, call: Call) -> ServingEndpoint:
        """The endpoint of the path. Raises ApiError: 404, or 403 for an app without the resource."""
        name = call.path["name"]
        for one in self._state.config.serving_endpoints:
            if one.name == name:
                if not self._may_query(call.caller, name):
                    # Assumed: the wording.
                    message = f"You do not have permission to query the endpoint {name}: CAN_QUERY."
                    raise ApiError(403, "PERMISSION_DENIED", message)
                return one
        message = (
            "The given endpoint does not exist, please retry after checking the specified model and "
            "version deployment exists."
        )
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)

    def _may_query(self, caller: Identity, name: str) -> bool:
        """An app may query what it has as a resource. Assumed here: everybody else all of them."""
        app = self._state.app_of(caller)
        return app is None or any(
            one.kind == "serving_endpoint" and one.fields.get("name") == name
            for one in app.resources
        )

    def _shown(self, endpoint: ServingEndpoint) -> dict[str, Any]:
        entity = {
            "name": f"{endpoint.entity.rpartition('.')[2]}-{endpoint.version}",
            "entity_name": endpoint.entity,
            "entity_version": endpoint.version,
            "scale_to_zero_enabled": True,
            "workload_size": "Small",
            "state": {"deployment": "DEPLOYMENT_READY"},
        }
        return {
            "name": endpoint.name,
            "id": self._state.uid(f"serving endpoint {endpoint.name}"),
            "creator": self._state.developer.name,
            "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
            "config": {"served_entities": [entity], "config_version": 1},
            "permission_level": "CAN_QUERY",
            **({"task": endpoint.task} if endpoint.task else {}),
        }


def _predictions(endpoint: ServingEndpoint, body: Mapping[str, Any]) -> dict[str, Any]:
    """Of a custom model: a vector for each row. Raises ApiError (400)."""
    rows = [json.dumps(row, sort_keys=True) for row in _rows(body)]
    return {"predictions": [vector(row, endpoint.dimensions) for row in rows]}


def _rows(body: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of the input, in whichever of the four formats it comes."""
    match body:
        case {"dataframe_split": {"columns": list(columns), "data": list(data)}}:
            if any(not isinstance(row, list) or len(row) != len(columns) for row in data):
                raise invalid(
                    "dataframe_split: each row of data must have a value for each column."
                )
            return [dict(zip(columns, row, strict=True)) for row in data]
        case {"dataframe_records": list(records)}:
            return records
        case {"instances": list(instances)}:
            return instances
        case {"inputs": list(inputs)}:
            return inputs
        case {"inputs": dict(columns)} if all(isinstance(one, list) for one in columns.values()):
            return [
                dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)
            ]
    # Assumed: the wording.
    raise ApiError(
        400,
        "BAD_REQUEST",
        "Invalid input. The input must be a JSON object with exactly one of the fields "
        "dataframe_split, dataframe_records, instances, inputs.",
    )


def _embeddings(endpoint: ServingEndpoint, body: Mapping[str, Any]) -> dict[str, Any]:
    """Of an embedding model, as OpenAI's API has it. Raises ApiError (400)."""
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(one, str) for one in texts):
        # Assumed: the wording.
        raise ApiError(400, "BAD_REQUEST", "input must be a string or a list of strings.")
    tokens = sum(len(one.split()) for one in texts)
    return {
        "object": "list",
        "model": endpoint.entity.rpartition(".")[2],
        "data": [
            {"object": "embedding", "index": at, "embedding": vector(one, endpoint.dimensions)}
            for at, one in enumerate(texts)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def vector(text: str, dimensions: int) -> list[float]:
    """A unit vector for a text, always the same: texts that share three letters in a row are near.

    Long ones, such as pictures in base64, get one at random, by their digest.
    """
    counts = [0.0] * dimensions
    if len(text) > _LONGEST_TEXT:
        stream = hashlib.shake_256(text.encode()).digest(2 * dimensions)
        counts = [value / 65_535 - 0.5 for value in struct.unpack(f">{dimensions}H", stream)]
    else:
        padded = f" {text.casefold()} "
        for start in range(max(1, len(padded) - _GRAM + 1)):
            hashed = zlib.crc32(padded[start : start + _GRAM].encode())
            counts[hashed % dimensions] += 1.0 if hashed & 1 << 31 else -1.0
    length = math.sqrt(sum(one * one for one in counts)) or 1.0
    return [one / length for one in counts]
