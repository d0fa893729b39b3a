"""Serving endpoints through the SDK: the formats, whose rights, and what goes wrong."""

import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, PermissionDenied, ResourceDoesNotExist
from databricks.sdk.service.serving import DataframeSplitInput

from lakepass.emulator import Emulator, Faults
from packages.lakepass.tests.emulator.conftest import client_of

ROWS = [{"image": "a red shoe"}, {"image": "a blue bag"}]


@pytest.fixture
def faults(extended: Emulator) -> Iterator[Faults]:
    yield extended.faults
    extended.faults.clear()


@pytest.fixture(scope="module")
def app(extended: Emulator) -> WorkspaceClient:
    return client_of(extended, "app")


@pytest.mark.parametrize(
    "asked",
    [
        {"dataframe_split": DataframeSplitInput(
            columns=["image"], data=[[row["image"]] for row in ROWS])},
        {"dataframe_records": ROWS},
        {"instances": ROWS},
        {"inputs": {"image": [row["image"] for row in ROWS]}},
        {"inputs": ROWS},
    ],
    ids=["split", "records", "instances", "columns", "tensor"],
)  # fmt: skip
def test_a_custom_model_answers_a_vector_for_each_row_in_every_format(
    app: WorkspaceClient, asked: dict[str, Any]
) -> None:
    answer = app.serving_endpoints.query("pictures", **asked)
    assert answer.served_model_name == "looks-3"
    again = app.serving_endpoints.query("pictures", dataframe_records=ROWS)
    assert answer.predictions == again.predictions
    first, second = answer.predictions or []
    assert (len(first), len(second)) == (8, 8)
    assert math.isclose(sum(one * one for one in first), 1)
    assert first != second


def test_an_embedding_model_answers_as_openais_api_does(extended: Emulator) -> None:
    developer = client_of(extended, "developer@example.com")
    texts = ["red summer dress", "summer dress in red", "leather boots"]
    answer = developer.serving_endpoints.query("texts", input=texts)
    assert [one.index for one in answer.data or []] == [0, 1, 2]
    near, also, far = (one.embedding or [] for one in answer.data or [])
    assert _product(near, also) > _product(near, far)
    assert answer.object is not None
    assert (answer.object.value, answer.usage and answer.usage.prompt_tokens) == ("list", 9)
    alone = developer.serving_endpoints.query("texts", input=texts[0])
    assert [one.embedding for one in alone.data or []] == [near]


def _product(one: list[float], other: list[float]) -> float:
    return sum(left * right for left, right in zip(one, other, strict=True))


def test_an_endpoint_is_described_with_what_it_serves(app: WorkspaceClient) -> None:
    found = app.serving_endpoints.get("pictures")
    assert found.config is not None
    [entity] = found.config.served_entities or []
    assert (entity.entity_name, entity.entity_version) == ("main.shop.looks", "3")
    assert found.state is not None
    assert found.state.ready is not None
    assert found.state.ready.value == "READY"
    assert [one.name for one in app.serving_endpoints.list()] == ["pictures"]


def test_an_app_queries_only_what_is_attached_to_it(
    extended: Emulator, app: WorkspaceClient
) -> None:
    for client, name in ((app, "texts"), (client_of(extended, "other"), "pictures")):
        with pytest.raises(PermissionDenied, match=f"query the endpoint {name}"):
            client.serving_endpoints.query(name, inputs=ROWS)
    with pytest.raises(ResourceDoesNotExist, match="The given endpoint does not exist"):
        app.serving_endpoints.query("missing", inputs=ROWS)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("pictures", {}),
        ("pictures", {"input": "a text"}),
        ("pictures", {"inputs": 1}),
        ("pictures", {"dataframe_split": DataframeSplitInput(columns=["a", "b"], data=[[1]])}),
        ("texts", {"inputs": ["a"]}),
        ("texts", {"input": [1]}),
    ],
)
def test_input_in_another_format_is_refused(
    extended: Emulator, name: str, asked: dict[str, Any]
) -> None:
    developer = client_of(extended, "developer@example.com")
    with pytest.raises(BadRequest):
        developer.serving_endpoints.query(name, **asked)


def test_queries_fail_as_told_and_then_succeed(extended: Emulator, faults: Faults) -> None:
    path = f"{extended.workspace_url}/serving-endpoints/pictures/invocations"
    token = {"Authorization": f"Bearer {extended.personal_access_token}"}

    def asked() -> httpx.Response:
        return httpx.post(path, json={"inputs": ROWS}, headers=token)

    faults.fail_serving(429, retry_after_s=2, count=1)
    refused = asked()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert refused.json()["error_code"] == "RESOURCE_EXHAUSTED"
    assert asked().status_code == 200
    faults.fail_serving(503)
    assert [asked().status_code, asked().status_code] == [503, 503]
    assert list(faults.in_force) == ["fail-serving"]
    faults.clear("fail-serving")
    assert asked().status_code == 200
    assert httpx.post(path, json={"inputs": ROWS}).status_code == 401
