"""Each request has an id, is counted by its route, and is logged without what it names."""

import json
import logging
import re
import socket
import time
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from packages.storefront.tests.conftest import Server
from packages.storefront.tests.telemetry.conftest import STAFF, TOKEN
from storefront.telemetry import logs
from storefront.telemetry.tally import CLIENT_GONE


def test_the_proxys_id_of_a_request_is_answered_and_is_the_problems_instance(
    observed: httpx.Client,
) -> None:
    given = str(uuid4())
    missing = observed.get("/api/v1/products/999999", headers={"X-Request-Id": given})
    assert missing.status_code == 404
    assert missing.headers["x-request-id"] == given
    assert missing.json()["instance"] == f"urn:uuid:{given}"


def test_an_id_that_is_none_is_replaced(observed: httpx.Client) -> None:
    answer = observed.get("/health", headers={"X-Request-Id": "a <script>"})
    UUID(answer.headers["x-request-id"])


def test_a_client_chooses_no_id_where_there_is_no_proxy(shop: Server) -> None:
    given = str(uuid4())
    answer = httpx.get(f"{shop.url}/health", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] != given


def test_a_request_is_logged_by_its_route_and_not_by_what_it_names(
    observed: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="storefront.web.middleware.request_telemetry"):
        observed.get("/orders/A-SECRET-NUMBER?key=a-secret-key")
        # It is logged once the response has been sent, and those of earlier tests may be so meanwhile.
        while not (lines := [line for line in caplog.records if "/orders/" in line.getMessage()]):
            time.sleep(0.01)
    [line] = lines
    assert line.getMessage().startswith("GET /orders/{number} 404 in ")
    assert "secret" not in line.getMessage().lower()


def test_metrics_count_requests_by_route(observed: httpx.Client) -> None:
    for _ in range(2):
        observed.get("/api/v1/products?brand=nobody")  # the second one comes from the cache
    observed.head("/api/v1/products/999999")
    observed.get("/nothing/here")
    told = observed.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    lines = told.text.splitlines()
    route = 'storefront_requests_total{method="%s",route="%s",status="%d"} '
    [listed] = [line for line in lines if line.startswith(route % ("GET", "/api/v1/products", 200))]
    assert float(listed.split()[-1]) >= 2
    head = route % ("HEAD", "/api/v1/products/{product_id}", 404)
    assert any(line.startswith(head) for line in lines)
    assert any(line.startswith(route % ("GET", "(none)", 404)) for line in lines)
    assert "storefront_statement_duration_seconds_count" in told.text


def test_a_picture_that_nobody_waits_for_is_no_failure_of_the_server(
    observed: httpx.Client,
) -> None:
    host, port = observed.base_url.host, observed.base_url.port
    shown = observed.get("/api/v1/products?page_size=20").json()["products"]
    for product in shown:  # should one of them be made before its client is gone
        with socket.create_connection((host, port)) as client:
            client.sendall(
                f"GET {product['image_url']}?w=960&f=avif HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
            )
    wanted = 'storefront_requests_total{method="GET",route="/images/{key:path}",status="%d"} '
    while True:
        told = observed.get("/metrics", headers=STAFF).text
        assert wanted % 503 not in told
        if wanted % CLIENT_GONE in told:
            break
        time.sleep(0.05)


def test_metrics_are_for_staff_and_whoever_has_the_token(observed: httpx.Client) -> None:
    assert observed.get("/metrics").status_code == 403
    wrong = observed.get("/metrics", headers={"Authorization": "Bearer wrong"})
    assert wrong.status_code == 403
    assert wrong.json()["detail"] == "The bearer token is not that of STORE_METRICS_TOKEN."
    assert observed.get("/metrics", headers=STAFF).status_code == 200


def test_a_log_for_programs_is_one_object_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    request_id = logs.REQUEST_ID.set("0b6f")
    try:
        logs.configure("INFO", "json")
        logging.getLogger("storefront.test").warning("Two\nlines", extra={"status": 200})
        try:
            raise ValueError("a cause")
        except ValueError:
            logging.getLogger("storefront.test").exception("A failure")
    finally:
        logs.REQUEST_ID.reset(request_id)
        root.handlers[:] = handlers
        root.setLevel(level)
    warning, failure = map(json.loads, capfd.readouterr().err.splitlines())
    assert warning["timestamp"].endswith("+00:00")
    del warning["timestamp"]
    assert warning == {
        "level": "WARNING",
        "logger": "storefront.test",
        "message": "Two\nlines",
        "status": 200,
        "request_id": "0b6f",
    }
    assert "ValueError: a cause" in failure["exc_info"]


def test_the_dashboard_and_the_page_name_metrics_that_exist(observed: httpx.Client) -> None:
    docs = Path(__file__).parents[2] / "docs"
    told = observed.get("/metrics", headers=STAFF).text
    exist = set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE))
    for page in ("dashboards/storefront.json", "observability.md"):
        named = set(re.findall(r"\b(?:storefront|process)_[a-z_]+", (docs / page).read_text()))
        named -= {"process_", "storefront_"}
        assert named
        missing = {one for one in named if re.sub(r"_(bucket|count|sum)$", "", one) not in exist}
        assert missing == set(), f"{page} names metrics that the shop does not report"
