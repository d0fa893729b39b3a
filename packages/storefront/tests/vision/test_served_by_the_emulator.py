"""The shop's encoder against the local Lakebase's serving endpoints: signed in as an app is."""

from collections.abc import Iterator

import numpy as np
import pytest

from lakepass.emulator import Emulator, Faults
from packages.storefront.tests.conftest import environment
from storefront.errors import NotOffered
from storefront.vision import served_encoder
from storefront.vision.served_encoder import ModelUnavailable, ServedEncoder


@pytest.fixture
def faults(extended: Emulator) -> Iterator[Faults]:
    yield extended.faults
    extended.faults.clear()


@pytest.fixture
def _signed_in(extended: Emulator) -> Iterator[None]:
    with environment(extended, "databricks_postgres"):
        yield


@pytest.mark.usefixtures("_signed_in")
def test_the_same_picture_has_the_same_vector_and_another_one_another() -> None:
    red = np.full((224, 224, 3), (200, 0, 0), np.uint8)
    blue = np.full((224, 224, 3), (0, 0, 200), np.uint8)
    encoder = ServedEncoder("pictures")
    first, again, other = encoder.embed(np.stack([red, red, blue]))
    assert np.array_equal(first, again)
    assert np.isclose(np.linalg.norm(first), 1)
    assert not np.allclose(first, other)
    assert encoder.model.name == "pictures"


@pytest.mark.usefixtures("_signed_in")
@pytest.mark.parametrize(
    ("endpoint", "said"), [("missing", "no serving endpoint"), ("private", "CAN QUERY")]
)
def test_what_is_missing_or_not_the_apps_is_said(endpoint: str, said: str) -> None:
    with pytest.raises(NotOffered, match=said):
        ServedEncoder(endpoint).embed(np.zeros((1, 224, 224, 3), np.uint8))


@pytest.mark.usefixtures("_signed_in")
@pytest.mark.parametrize("status", [429, 503])
def test_a_model_that_fails_is_unavailable_and_comes_back(
    faults: Faults, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(served_encoder, "_PATIENCE_S", 1)
    encoder, picture = ServedEncoder("pictures"), np.zeros((1, 224, 224, 3), np.uint8)
    faults.fail_serving(status)
    with pytest.raises(ModelUnavailable):
        encoder.embed(picture)
    faults.clear()
    assert encoder.embed(picture).shape == (1, 64)
