"""A network behind an endpoint of Databricks Model Serving, reached through the Databricks SDK.

The endpoint takes a column ``image`` of JPEG files in base64, 224 × 224 px, and answers one vector for
each, of any length: ``dataframe_split`` in, ``predictions`` out (Databricks docs, "Query serving
endpoints for custom models"). The SDK signs in as it does everywhere: as the app's service principal, by
a profile, or with DATABRICKS_HOST and DATABRICKS_TOKEN.
"""

import base64
import hashlib
import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storefront.errors import NotOffered, Unavailable
from storefront.vision.encoder import VIEWS_VERSION, Model

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_AT_ONCE = 16  # pictures in a request: some 250 KB
_TIMEOUT_S, _PATIENCE_S = 5, 8  # of one request, and of all tries of one
_JPEG_QUALITY = 95
_KNOWN_FOR_S = 60.0  # how soon another version of the served model is noticed
_FAILURES_ALLOWED = 3
_PAUSE_S = 30


class ModelUnavailable(Unavailable):
    """The serving endpoint that embeds pictures does not answer, so no photograph can be compared.

    Retry after the number of seconds in the ``Retry-After`` header. Everything else works meanwhile.
    """

    slug, title = "model-unavailable", "Photographs cannot be compared right now"


class ServedEncoder:
    """Pictures to vectors, by a serving endpoint. Threads may share it.

    After three failures in a row nothing is sent for half a minute: callers meanwhile get
    ModelUnavailable at once. host, token: of the workspace; None: as the SDK finds them.
    """

    def __init__(self, endpoint: str, *, host: str | None = None, token: str | None = None) -> None:
        self._endpoint = endpoint
        self._host, self._token = host, token
        self._signing_in = threading.Lock()
        self._signed_in: WorkspaceClient | None = None
        self._known: tuple[float, Model] | None = None
        self._breaker = _CircuitBreaker()

    @property
    def model(self) -> Model:
        """The endpoint's name, and a digest of the entities and versions that it serves.

        One request a minute. Raises NotOffered (501), ModelUnavailable (503).
        """
        if self._known is None or time.monotonic() - self._known[0] > _KNOWN_FOR_S:
            with self._asking():
                found = self._client().serving_endpoints.get(self._endpoint)
            served = (found.config and found.config.served_entities) or []
            versions = sorted(f"{one.entity_name} {one.entity_version}" for one in served)
            digest = hashlib.sha256("\n".join(versions).encode() + VIEWS_VERSION).hexdigest()[:12]
            self._known = time.monotonic(), Model(self._endpoint, digest)
        return self._known[1]

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Unit vectors [n, d] of pictures [n, 224, 224, 3] (RGB). A request for each 16 of them.

        Raises NotOffered (501) where the endpoint answers with something else, ModelUnavailable (503).
        """
        parts = [pixels[first : first + _AT_ONCE] for first in range(0, len(pixels), _AT_ONCE)]
        return np.concatenate([self._embedded(part) for part in parts])

    def check(self) -> None:
        """Ask for the model. Raises NotOffered (501), ModelUnavailable (503)."""
        _ = self.model

    def _embedded(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        from databricks.sdk.service.serving import (  # noqa: PLC0415 - loading the SDK takes 0.3 s
            DataframeSplitInput,
        )

        rows = DataframeSplitInput(columns=["image"], data=[[_jpeg(one)] for one in pixels])
        with self._asking():
            answer = self._client().serving_endpoints.query(self._endpoint, dataframe_split=rows)
        return self._vectors(answer.predictions, len(pixels))

    def _vectors(self, predictions: Any, count: int) -> NDArray[np.float32]:
        try:
            vectors = np.asarray(predictions, np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        except (ValueError, TypeError):
            vectors = lengths = np.zeros((0, 1), np.float32)
        if len(vectors) != count or not np.isfinite(lengths).all() or not lengths.all():
            raise NotOffered(
                f"The serving endpoint {self._endpoint} does not answer with one vector for each "
                "picture. It must take a column `image` of JPEG files in base64 and answer with a list "
                "of numbers for each row."
            )
        return np.asarray(vectors / lengths, np.float32)

    def _client(self) -> "WorkspaceClient":
        with self._signing_in:
            if self._signed_in is None:
                from databricks.sdk import WorkspaceClient  # noqa: PLC0415 - see above
                from databricks.sdk.config import Config  # noqa: PLC0415

                self._signed_in = WorkspaceClient(
                    config=Config(
                        host=self._host,
                        token=self._token,
                        http_timeout_seconds=_TIMEOUT_S,
                        retry_timeout_seconds=_PATIENCE_S,
                        product="storefront",
                    )
                )
            return self._signed_in

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn what the SDK raises into ours, and count the failures in a row."""
        from databricks.sdk.errors import (  # noqa: PLC0415 - see above
            BadRequest,
            NotFound,
            PermissionDenied,
            Unauthenticated,
        )

        self._breaker.check(self._endpoint)
        try:
            yield
        except NotFound as error:
            raise NotOffered(
                f"The workspace has no serving endpoint {self._endpoint}. "
                "STORE_PICTURE_ENDPOINT names it."
            ) from error
        except (PermissionDenied, Unauthenticated) as error:
            raise NotOffered(
                f"The shop may not use the serving endpoint {self._endpoint}: its identity needs the "
                "permissions CAN VIEW and CAN QUERY on it."
            ) from error
        except BadRequest as error:
            raise NotOffered(
                f"The serving endpoint {self._endpoint} does not accept pictures: it must take a "
                "column `image` of JPEG files in base64."
            ) from error
        except ValueError as error:  # how the SDK reports that it cannot sign in
            raise NotOffered(
                "The shop cannot sign in to a Databricks workspace, which "
                f"serves the picture model {self._endpoint}. Set DATABRICKS_HOST and a way to sign in."
            ) from error
        except OSError as error:  # DatabricksError, time-outs and all of requests' errors are one
            self._breaker.failed()
            raise ModelUnavailable(
                "Photographs cannot be compared right now. Try again shortly.",
                reason=f"the serving endpoint {self._endpoint} failed: {type(error).__name__}",
            ) from error
        self._breaker.succeeded()


class _CircuitBreaker:
    """Counts failures in a row, and for a while after too many of them refuses to try."""

    def __init__(self) -> None:
        self._failures = 0
        self._open_until = 0.0

    def check(self, endpoint: str) -> None:
        """Raises ModelUnavailable (503) during the pause; after it, one failure begins the next."""
        left_s = self._open_until - time.monotonic()
        if left_s > 0:
            raise ModelUnavailable(
                "Photographs cannot be compared right now. Try again shortly.",
                retry_after_s=max(1, round(left_s)),
                reason=f"the serving endpoint {endpoint} failed {self._failures} times in a row",
            )

    def failed(self) -> None:
        """A request failed."""
        self._failures += 1
        if self._failures >= _FAILURES_ALLOWED:
            self._open_until = time.monotonic() + _PAUSE_S

    def succeeded(self) -> None:
        """A request was answered."""
        self._failures = 0


def _jpeg(pixels: NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return base64.b64encode(buffer.getvalue()).decode()
