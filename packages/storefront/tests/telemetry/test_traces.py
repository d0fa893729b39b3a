"""Traces reach a collector by OTLP: one trace from the request over its statements to its job."""

import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from lakepass.emulator import Emulator
from tests.databases import Databases

TRACE = "0af7651916cd43dd8448eb211c80319c"


class Collector(HTTPServer):
    """What receives traces: OTLP over HTTP, in protobuf (opentelemetry.io, "OTLP Specification")."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.server.spans.extend(scope.spans)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_trace_goes_from_the_request_to_the_job(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    collector: Collector,
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        **emulator.environment(),
        "PGDATABASE": databases.create(template=template_database),
        "STORE_TRACES": "true",
        "STORE_EMBED_IN_BACKGROUND": "false",
        "STORE_MAIL_DIR": str(tmp_path / "mail"),
        "STORE_SECRET_KEYS_FILE": str(tmp_path / "keys"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    command = [sys.executable, "-m", "storefront.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as shop:
        try:
            transport = httpx.HTTPTransport(retries=12)
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=30
            ) as client:
                client.get("/health")
                asked = client.post(
                    "/api/v1/account/codes",
                    json={"email": "ada@example.com"},
                    headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"},
                )
                assert asked.status_code == 202, asked.text
                while not any(
                    span.name == "job customers.sign-in-code" for span in collector.spans
                ):
                    assert shop.poll() is None
                    time.sleep(0.1)
        finally:
            shop.send_signal(signal.SIGINT)
            said = shop.communicate(timeout=60)[1]
    mine = [span for span in collector.spans if span.trace_id.hex() == TRACE]
    names = {span.name for span in mine}
    assert {"POST /api/v1/account/codes", "insert", "job customers.sign-in-code"} <= names, (
        names,
        said,
    )
    assert "ada@example.com" not in "".join(str(span) for span in collector.spans)
