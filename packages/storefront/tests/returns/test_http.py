"""Returns over HTTP: requested by API and by form, decided by staff, and nobody sees those of others."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from packages.storefront.tests.orders.conftest import (
    OTHER,
    STAFF,
    guest,
    order,
    selling,
)
from packages.storefront.tests.orders.test_http import hidden_key

__all__ = ["guest", "order", "selling"]


def keyed(**headers: str) -> dict[str, str]:
    return headers | {"Idempotency-Key": uuid4().hex}


@pytest.fixture
def delivered(guest: httpx.Client, order: dict[str, Any]) -> dict[str, Any]:
    """The guest's order of one piece, delivered."""
    path = f"/api/v1/admin/orders/{order['number']}"
    while guest.get(path, headers=STAFF).json()["payment_state"] != "paid":
        time.sleep(0.2)
    line_id = order["lines"][0]["line_id"]
    sent = guest.post(f"{path}/shipments", json={"pieces": {line_id: 1}}, headers=keyed(**STAFF))
    assert sent.status_code == 201
    rows = guest.get(f"/admin/orders/{order['number']}", headers=STAFF).text
    [action] = re.findall(r'action="([^"]+/deliver)"', rows)
    done = guest.post(action, data={"key": uuid4().hex}, headers=STAFF)
    assert done.status_code == 303
    return order | {"line_id": line_id, "api": f"/api/v1/orders/{order['number']}/returns"}


def test_a_guest_returns_by_the_api_and_staff_decide(
    guest: httpx.Client, delivered: dict[str, Any]
) -> None:
    path, key = delivered["api"], {"key": delivered["key"]}
    assert guest.get(path).status_code == 404
    assert guest.get(path, headers=OTHER).status_code == 404
    offered = guest.get(path, params=key).json()
    [line] = offered["returnable"]
    assert (line["pieces"], line["reason"], offered["returns"]) == (1, None, [])
    wanted = {"lines": [{"line_id": delivered["line_id"], "quantity": 1, "reason": "too_small"}]}
    assert guest.post(path, json=wanted, params=key).status_code == 400
    headers = keyed()
    first = guest.post(path, json=wanted, params=key, headers=headers)
    assert (first.status_code, first.json()["state"]) == (201, "approved")
    again = guest.post(path, json=wanted, params=key, headers=headers)
    assert (again.json()["number"], again.headers["idempotent-replayed"]) == (
        first.json()["number"], "true",
    )  # fmt: skip
    refused = guest.post(path, json=wanted, params=key, headers=keyed())
    assert refused.status_code == 409
    assert refused.json()["reason"] == "not-delivered"
    found = first.json()
    for name in ("label_url", "slip_url"):
        assert guest.get(found[name]).status_code == 404
        document = guest.get(found[name], params=key)
        assert document.headers["content-type"] == "application/pdf"
        assert document.headers["cache-control"] == "private, no-store"
        assert document.content.startswith(b"%PDF-")
    sent = guest.post(f"{path}/{found['number']}/sent", json={"carrier": "DHL"}, params=key)
    assert sent.json()["state"] == "in_transit"
    assert guest.post(f"{path}/{found['number']}/cancel", params=key).status_code == 409
    staff = f"/api/v1/admin/returns/{found['number']}"
    assert guest.get(staff).status_code == 403
    [line] = found["lines"]
    pieces = {"pieces": {line["return_line_id"]: 1}}
    too_many = {"pieces": {line["return_line_id"]: 2}}
    assert guest.post(f"{staff}/receive", json=too_many, headers=keyed(**STAFF)).status_code == 422
    assert guest.post(f"{staff}/receive", json=pieces, headers=keyed(**STAFF)).status_code == 200
    verdict = {"accepted": 1, "condition": "as_new", "disposition": "restock"}
    body = {"lines": {line["return_line_id"]: verdict}}
    assert guest.post(f"{staff}/inspect", json=body, headers=keyed(**STAFF)).status_code == 200
    listed = guest.get("/api/v1/admin/returns", headers=STAFF).json()
    assert listed["to_do"]["inspected"] == 1
    decided = guest.post(f"{staff}/complete", headers=keyed(**STAFF)).json()
    assert decided["state"] == "completed"
    # All of it came back, so the cost of delivery does, too.
    after = guest.get(f"/api/v1/orders/{delivered['number']}", params=key).json()
    assert decided["refunded"] == after["refunded"] == after["total"]


def test_a_guest_exchanges_by_the_form_and_staff_decide_by_theirs(
    guest: httpx.Client, delivered: dict[str, Any]
) -> None:
    key = {"key": delivered["key"]}
    order_page = guest.get(f"/orders/{delivered['number']}", params=key).text
    [link] = re.findall(r'href="(/orders/[^"]+/returns[^"]*)"', order_page)
    page = guest.get(link.replace("&amp;", "&"))
    line = delivered["line_id"]
    skus = re.findall(r'<option value="([^"]+)"', page.text.split("Exchange for")[1])
    typed = {"key": uuid4().hex, f"quantity-{line}": "2", f"outcome-{line}": skus[0]}
    wrong = guest.post(link, data=typed)
    assert wrong.status_code == 422
    assert "Please enter a whole number up to 1." in wrong.text
    typed |= {f"quantity-{line}": "1"}
    assert "Please choose a reason." in guest.post(link, data=typed).text
    assert "Choose what you want to return." in guest.post(link, data={"key": "k"}).text
    typed |= {f"reason-{line}": "too_small", f"note-{line}": "<b>tight</b>"}
    gone = guest.post(link, data=typed | {f"outcome-{line}": "SOLD-OUT"})
    assert "This is sold out by now." in gone.text
    assert re.findall(r'value="([^"]*)" selected', gone.text) == ["too_small", ""]
    clicks = [guest.post(link, data=typed) for _ in range(2)]
    assert [one.status_code for one in clicks] == [303, 303]
    assert clicks[0].headers["location"] == clicks[1].headers["location"]
    shown = guest.get(clicks[0].headers["location"])
    [to_new] = re.findall(r'<a href="([^"]+)">The replacement is the order', shown.text)
    assert guest.get(to_new).status_code == 200
    assert "&lt;b&gt;tight&lt;/b&gt;" in shown.text
    [number] = set(re.findall(r"R-\w{4}-\w{4}", shown.text))
    [sent] = re.findall(r'action="([^"]+/sent[^"]*)"', shown.text)
    assert guest.post(sent, data={"carrier": "DHL"}).status_code == 303
    staff = f"/admin/returns/{number}"
    queue = guest.get("/admin/returns?state=in_transit", headers=STAFF)
    assert number in queue.text
    for step, fields in (
        ("receive", {"received": "1"}),
        ("inspect", {"accepted": "1", "condition": "worn", "disposition": "repair"}),
        ("complete", {}),
    ):
        page = guest.get(staff, headers=STAFF)
        [return_line] = set(re.findall(r'name="(?:received|accepted)-(\d+)"', page.text)) or {"0"}
        form = {f"{name}-{return_line}": value for name, value in fields.items()}
        form["key"] = hidden_key(page)
        done = guest.post(f"{staff}/{step}", data=form, headers=STAFF)
        assert done.status_code == 303, (step, done.text)
    page = guest.get(staff, headers=STAFF)
    [repaired] = re.findall(r'action="([^"]+/repaired)"', page.text)
    form = {"key": hidden_key(page), "disposition": "restock"}
    assert guest.post(repaired, data=form, headers=STAFF).status_code == 303
    [replacement] = re.findall(r'Replacement</dt><dd><a href="/admin/orders/([^"]+)"', page.text)
    new = guest.get(f"/api/v1/admin/orders/{replacement}", headers=STAFF).json()
    assert (new["state"], new["payment_state"], new["lines"][0]["sku"]) == (
        "placed", "paid", skus[0],
    )  # fmt: skip
    log = guest.get("/admin/audit", headers=STAFF).text
    assert log.count(f"return {number}") == 4


# Of the API and of pages: an order with everything about it costs seven. Each change of staff has an
# idempotency key, an entry of the audit log, and reads the return again.
BUDGET = {
    "returns": 10,
    "returns page": 10,
    "request": 30,
    "return": 9,
    "return page": 9,
    "label": 9,
    "queue": 3,
    "staff page": 4,
    "receive": 13,
    "inspect": 13,
    "complete": 25,
    "overview": 5,  # beside that of the search log
    "overview page": 5,
}


def test_every_step_of_a_return_sends_so_many_statements(
    guest: httpx.Client,
    delivered: dict[str, Any],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    counts: dict[str, int] = {}
    page, api, key = f"/orders/{delivered['number']}/returns", delivered["api"], delivered["key"]

    def send(name: str, method: str, path: str, **options: Any) -> Any:
        headers = keyed(**(STAFF if "admin" in path else {}))
        with statements() as sent:
            params = {} if "admin" in path else {"key": key}
            answer = guest.request(method, path, headers=headers, params=params, **options)
        assert answer.status_code < 400, (name, answer.text)
        counts[name] = len(sent)
        return answer.json() if "json" in answer.headers["content-type"] else None

    send("returns", "GET", api)
    send("returns page", "GET", page)
    wanted = {"line_id": delivered["line_id"], "quantity": 1, "reason": "other"}
    found = send("request", "POST", api, json={"lines": [wanted]})
    number, line = found["number"], found["lines"][0]["return_line_id"]
    send("return", "GET", f"{api}/{number}")
    send("return page", "GET", f"{page}/{number}")
    send("label", "GET", f"{page}/{number}/label.pdf")
    send("queue", "GET", "/admin/returns")
    send("staff page", "GET", f"/admin/returns/{number}")
    staff = f"/api/v1/admin/returns/{number}"
    send("receive", "POST", f"{staff}/receive", json={"pieces": {line: 1}})
    verdict = {"accepted": 1, "condition": "as_new", "disposition": "restock"}
    send("inspect", "POST", f"{staff}/inspect", json={"lines": {line: verdict}})
    send("complete", "POST", f"{staff}/complete")
    found = send("overview", "GET", "/api/v1/admin/overview")
    today = found["days"][-1]
    assert len(found["days"]) == 30
    assert today["returns"] >= 1
    assert today["revenue"]["minor"] > 0
    assert today["refunded"]["minor"] > 0
    send("overview page", "GET", "/admin/overview")
    assert counts == BUDGET


@pytest.fixture
def reduced(guest: httpx.Client) -> Iterator[None]:
    """Everything is reduced for everybody."""
    promotions = "/api/v1/admin/promotions"
    wanted = {"label": "A tenth", "kind": "percentage", "percent": 10}
    made = guest.post(promotions, json=wanted, headers=keyed(**STAFF)).json()
    yield
    guest.post(f"{promotions}/{made['promotion_id']}/end", headers=keyed(**STAFF))


@pytest.mark.usefixtures("reduced")
def test_a_replacement_says_that_its_price_stays_reduced(
    guest: httpx.Client, delivered: dict[str, Any]
) -> None:
    path, key = delivered["api"], {"key": delivered["key"]}
    [line] = guest.get(path, params=key).json()["returnable"]
    same_price = next(one["sku"] for one in line["exchange"] if one["sku"] != line["sku"])
    wanted = {"quantity": 1, "reason": "too_small", "outcome": "exchange", "new_sku": same_price}
    wanted["line_id"] = delivered["line_id"]
    sent = {"lines": [wanted]}
    asked = guest.post(path, json=sent, params=key, headers=keyed())
    assert asked.status_code == 201, asked.text
    number = asked.json()["replacement_order"]
    replacement = guest.get(f"/api/v1/admin/orders/{number}", headers=STAFF).json()
    assert replacement["discount"]["minor"] > 0
    [reduction] = replacement["discounts"]
    assert reduction == {
        "label": f"Reduction as in order {delivered['number']}",
        "code": None,
        "amount": replacement["discount"],
    }
    page = guest.get(f"/admin/orders/{number}", headers=STAFF).text
    assert "<dd>free</dd>" in page
