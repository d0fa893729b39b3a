"""A local fake of Databricks Model Serving's HTTP, as far as an endpoint for pictures needs it."""

import base64
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
from PIL import Image

_ENDPOINT = "/serving-endpoints/pictures"


class FakeServing(ThreadingHTTPServer):
    """A workspace with one endpoint, ``pictures``: its vector is the mean colour of the picture."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.version = "3"
        self.batches: list[int] = []
        self.tokens: set[str | None] = set()
        self.answer: tuple[int, dict[str, Any]] | None = None  # in place of the vectors


class _Handler(BaseHTTPRequestHandler):
    server: FakeServing

    def do_GET(self) -> None:
        if not self.path.endswith(_ENDPOINT):
            self._send(
                404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No such endpoint"}
            )
            return
        entity = {"entity_name": "shop.models.pictures", "entity_version": self.server.version}
        self._send(200, {"name": "pictures", "config": {"served_entities": [entity]}})

    def do_POST(self) -> None:
        self.server.tokens.add(self.headers["Authorization"])
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = body["dataframe_split"]["data"]
        assert body["dataframe_split"]["columns"] == ["image"]
        self.server.batches.append(len(rows))
        if self.server.answer is not None:
            self._send(*self.server.answer)
            return
        self._send(200, {"predictions": [_mean_colour(row[0]) for row in rows]})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests print nothing."""


def _mean_colour(encoded: str) -> list[float]:
    picture = Image.open(io.BytesIO(base64.b64decode(encoded)))
    assert picture.size == (224, 224)
    return [float(one) for one in np.asarray(picture, np.float64).mean(axis=(0, 1))]


@contextmanager
def running_serving() -> Iterator[FakeServing]:
    server = FakeServing()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
