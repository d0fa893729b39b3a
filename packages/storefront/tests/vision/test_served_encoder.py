"""Pictures embedded by a serving endpoint, against a local fake of its HTTP."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from packages.storefront.tests.vision.serving import FakeServing, running_serving
from storefront.errors import NotOffered, Unavailable
from storefront.settings import Settings
from storefront.vision import served_encoder
from storefront.vision.encoder import Model
from storefront.vision.encoders import picture_encoder
from storefront.vision.local_encoder import LocalEncoder
from storefront.vision.served_encoder import ServedEncoder


@pytest.fixture
def serving() -> Iterator[FakeServing]:
    with running_serving() as server:
        yield server


@pytest.fixture
def encoder(serving: FakeServing) -> ServedEncoder:
    return ServedEncoder("pictures", host=serving.url, token="a-token")


def pictures(count: int) -> Any:
    return np.full((count, 224, 224, 3), (200, 0, 0), np.uint8)


def test_pictures_are_sent_in_batches_and_come_back_as_unit_vectors(
    encoder: ServedEncoder, serving: FakeServing
) -> None:
    vectors = encoder.embed(pictures(20))
    assert vectors.shape == (20, 3)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, [[1, 0, 0]], atol=0.02)
    assert serving.batches == [16, 4]
    assert serving.tokens == {"Bearer a-token"}


def test_another_served_version_is_another_model(
    serving: FakeServing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_encoder, "_KNOWN_FOR_S", 0)
    encoder = ServedEncoder("pictures", host=serving.url, token="a-token")
    first = encoder.model
    assert first == encoder.model
    assert (first.name, len(first.version)) == ("pictures", 12)
    serving.version = "4"
    assert encoder.model == Model("pictures", encoder.model.version)
    assert encoder.model.version != first.version


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "gone"}, "no serving endpoint"),
        (403, {"error_code": "PERMISSION_DENIED", "message": "no"}, "CAN QUERY"),
        (400, {"error_code": "BAD_REQUEST", "message": "schema"}, "does not accept pictures"),
        (200, {"predictions": [[1, 2]]}, "one vector for each"),
        (200, {"predictions": ["a shoe", "a bag"]}, "one vector for each"),
        (200, {"predictions": [[0, 0], [1, 2]]}, "one vector for each"),
        (200, {"choices": []}, "one vector for each"),
    ],
)
def test_an_endpoint_that_does_not_fit_is_reported_as_not_set_up(
    encoder: ServedEncoder, serving: FakeServing, status: int, body: dict[str, Any], said: str
) -> None:
    serving.answer = (status, body)
    with pytest.raises(NotOffered) as refused:
        encoder.embed(pictures(2))
    assert said in refused.value.detail
    assert "pictures" in refused.value.detail


def test_an_endpoint_that_keeps_failing_is_left_alone_for_a_while(
    encoder: ServedEncoder, serving: FakeServing
) -> None:
    serving.answer = (500, {"error_code": "INTERNAL_ERROR", "message": "down"})
    for _ in range(4):
        with pytest.raises(Unavailable):
            encoder.embed(pictures(1))
    with pytest.raises(Unavailable) as refused:
        encoder.embed(pictures(1))
    assert len(serving.batches) == 3
    assert 1 <= (refused.value.retry_after_s or 0) <= 30
    assert "3 times in a row" in refused.value.reason
    assert "a-token" not in repr(refused.value) + refused.value.reason


def test_an_endpoint_that_is_back_is_asked_again(
    encoder: ServedEncoder, serving: FakeServing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_encoder, "_PAUSE_S", 0)
    serving.answer = (500, {"error_code": "INTERNAL_ERROR", "message": "down"})
    for _ in range(4):
        with pytest.raises(Unavailable):
            encoder.embed(pictures(1))
    serving.answer = None
    assert len(encoder.embed(pictures(1))) == 1


def test_a_workspace_that_cannot_be_reached_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(served_encoder, "_PATIENCE_S", 1)
    with pytest.raises(Unavailable):
        ServedEncoder("pictures", host="http://127.0.0.1:9", token="a-token").check()


def test_the_settings_choose_the_encoder() -> None:
    served = picture_encoder(Settings(picture_endpoint="pictures"))
    assert isinstance(served, ServedEncoder)
    assert isinstance(picture_encoder(Settings()), LocalEncoder)
    with pytest.raises(ValueError, match="not both"):
        Settings(picture_endpoint="pictures", picture_model="own.onnx")
