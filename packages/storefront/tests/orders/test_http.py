"""Orders over HTTP: who may see them, cancelling, and what staff do."""

import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import running_shop
from storefront.settings import Settings

from .conftest import OTHER, STAFF


def test_an_order_is_shown_by_its_key_and_to_staff_and_to_nobody_else(
    guest: httpx.Client, order: dict[str, Any]
) -> None:
    number, key = order["number"], order["key"]
    for path in (f"/orders/{number}", f"/api/v1/orders/{number}"):
        assert guest.get(path).status_code == 404
        assert guest.get(path, headers=OTHER).status_code == 404
        assert guest.get(path, params={"key": f"{key}x"}).status_code == 404
        assert guest.get(path, params={"key": key}).status_code == 200
        assert guest.get(path, headers=STAFF).status_code == 200
    other = guest.get("/orders/AAAA-AAAA", params={"key": key})
    assert other.status_code == 404
    page = guest.get(f"/orders/{number}", params={"key": key})
    assert page.headers["cache-control"] == "private, no-store"
    assert order["lines"][0]["name"] in page.text.replace("&#39;", "'").replace("&amp;", "&")


def test_the_look_up_says_nothing_of_orders_of_others(
    guest: httpx.Client, order: dict[str, Any]
) -> None:
    wrong = {"number": order["number"], "email": "eve@example.com"}
    unknown = {"number": "AAAA-AAAA", "email": "eve@example.com"}
    answers = [guest.post("/api/v1/orders/lookup", json=one).json() for one in (wrong, unknown)]
    assert [one["detail"] for one in answers] == [
        "There is no order of this number and e-mail address."
    ] * 2
    page = guest.post("/orders/lookup", data=wrong)
    assert page.status_code == 422
    assert 'value="eve@example.com"' in page.text
    right = guest.post(
        "/orders/lookup", data={"number": order["number"], "email": "ann@example.com"}
    )
    assert right.status_code == 303
    assert guest.get(right.headers["location"]).status_code == 200


def test_a_guest_cancels_once_for_each_key(guest: httpx.Client, order: dict[str, Any]) -> None:
    path, key = f"/api/v1/orders/{order['number']}/cancel", {"key": order["key"]}
    assert guest.post(path, headers={"Idempotency-Key": "k"}).status_code == 404
    assert guest.post(path, params=key).status_code == 400
    first = guest.post(path, params=key, headers={"Idempotency-Key": "k"})
    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    again = guest.post(path, params=key, headers={"Idempotency-Key": "k"})
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")


def test_the_cancel_button_works_without_scripts(
    guest: httpx.Client, order: dict[str, Any]
) -> None:
    page = guest.get(f"/orders/{order['number']}", params={"key": order["key"]})
    [action] = re.findall(r'action="(/orders/[^"]+/cancel[^"]*)"', page.text)
    done = guest.post(action.replace("&amp;", "&"))
    assert done.status_code == 303
    after = guest.get(done.headers["location"])
    assert "Your order is cancelled." in after.text
    assert "/cancel" not in after.text


def test_strangers_have_no_list_of_orders(guest: httpx.Client) -> None:
    assert guest.get("/api/v1/orders").status_code == 401
    page = guest.get("/account/orders")
    assert (page.status_code, page.headers["location"].startswith("/account/sign-in")) == (
        303,
        True,
    )


@pytest.mark.parametrize(
    "path",
    [
        "", "/orders", "/orders/AAAA-AAAA", "/stock", "/promotions", "/gift-cards", "/audit",
    ],
)  # fmt: skip
def test_pages_of_staff_are_for_staff(guest: httpx.Client, path: str) -> None:
    assert guest.get(f"/admin{path}").status_code == 403
    assert guest.get(f"/admin{path}", headers=OTHER).status_code == 403
    expected = 404 if "AAAA" in path else 200
    assert guest.get(f"/admin{path}", headers=STAFF).status_code == expected


def hidden_key(page: httpx.Response) -> str:
    return str(re.findall(r'name="key" value="([0-9a-f]{32})"', page.text)[-1])


def test_staff_ship_and_refund_an_order_and_it_is_logged(
    guest: httpx.Client, order: dict[str, Any]
) -> None:
    path = f"/admin/orders/{order['number']}"
    line = order["lines"][0]["line_id"]
    api = f"/api/v1/admin/orders/{order['number']}"
    while guest.get(api, headers=STAFF).json()["payment_state"] != "paid":
        time.sleep(0.2)
    page = guest.get(path, headers=STAFF)
    parcel = {"key": hidden_key(page), f"ship-{line}": "2", "carrier": "DHL"}
    refused = guest.post(f"{path}/ship", data=parcel, headers=STAFF)
    assert refused.status_code == 422
    assert "This parcel has more pieces than remain to be shipped" in refused.text
    parcel[f"ship-{line}"] = "many"
    assert "whole number" in guest.post(f"{path}/ship", data=parcel, headers=STAFF).text
    unsafe = parcel | {f"ship-{line}": "1", "tracking_url": "javascript:alert(1)"}
    assert guest.post(f"{path}/ship", data=unsafe, headers=STAFF).status_code == 422
    parcel[f"ship-{line}"] = "1"
    for _ in range(2):  # a double click
        assert guest.post(f"{path}/ship", data=parcel, headers=STAFF).status_code == 303
    shipped = guest.get(api, headers=STAFF).json()
    assert (shipped["fulfilment_state"], len(shipped["shipments"])) == ("shipped", 1)

    back = {"key": uuid4().hex, f"refund-{line}": "1", "is_restocked": "true"}
    assert "Please fill this in." in guest.post(f"{path}/refund", data=back, headers=STAFF).text
    back["reason"] = "too small"
    for _ in range(2):
        assert guest.post(f"{path}/refund", data=back, headers=STAFF).status_code == 303
    after = guest.get(api, headers=STAFF).json()
    assert after["refunded"]["minor"] == order["lines"][0]["total"]["minor"]
    log = guest.get("/admin/audit", headers=STAFF).text
    assert log.count(f"order {order['number']}") == 2
    stock = guest.get("/admin/stock", params={"sku": order["sku"]}, headers=STAFF)
    assert f"<td>return</td><td>{order['number']}</td>" in stock.text


def test_staff_run_an_order_by_the_api_once_for_each_key(
    guest: httpx.Client, order: dict[str, Any]
) -> None:
    path = f"/api/v1/admin/orders/{order['number']}"
    line_id, keyed = order["lines"][0]["line_id"], {"Idempotency-Key": uuid4().hex} | STAFF
    while guest.get(path, headers=STAFF).json()["payment_state"] != "paid":
        time.sleep(0.2)
    assert guest.post(f"{path}/capture", headers=keyed).status_code == 200  # nothing is left to do
    parcel = {"pieces": {line_id: 1}, "carrier": "DHL", "tracking_number": "1Z"}
    assert guest.post(f"{path}/shipments", json=parcel).status_code == 403
    assert guest.post(f"{path}/shipments", json=parcel, headers=STAFF).status_code == 400
    for is_replayed in (None, "true"):
        sent = guest.post(f"{path}/shipments", json=parcel, headers=keyed)
        assert (sent.status_code, sent.headers.get("idempotent-replayed")) == (201, is_replayed)
        assert len(sent.json()["shipments"]) == 1
    other = guest.post(f"{path}/shipments", json={"pieces": {line_id: 2}}, headers=keyed)
    assert other.json()["type"].endswith("/problems/idempotency-key-reused")
    refused = guest.post(
        f"{path}/cancel", json={}, headers=STAFF | {"Idempotency-Key": uuid4().hex}
    )
    assert refused.json()["type"].endswith("/problems/not-cancellable")
    too_much = {"amount_minor": 999_999_999, "reason": "too small"}
    refused = guest.post(
        f"{path}/refunds", json=too_much, headers=STAFF | {"Idempotency-Key": uuid4().hex}
    )
    assert refused.json()["left"] == order["total"]["minor"]
    wanted = {"pieces": {line_id: 1}, "reason": "too small", "is_restocked": True}
    for _ in range(2):
        back = guest.post(f"{path}/refunds", json=wanted, headers=keyed)
        assert (back.status_code, len(back.json()["refunds"])) == (201, 1)
    log = guest.get("/api/v1/admin/audit", params={"limit": 2}, headers=STAFF).json()
    assert [(one["action"], one["entity_id"]) for one in log["entries"]] == [
        ("refund", order["number"]),
        ("ship", order["number"]),
    ]


def test_staff_manage_stock_and_offers_by_the_api(
    guest: httpx.Client, order: dict[str, Any]
) -> None:
    def keyed() -> dict[str, str]:
        return STAFF | {"Idempotency-Key": uuid4().hex}

    stock = f"/api/v1/admin/stock/{order['sku']}"
    before = guest.get(stock, headers=STAFF).json()["levels"][0]["on_hand"]
    counted = guest.post(
        f"{stock}/adjustments", json={"delta": 3, "reason": "found"}, headers=keyed()
    )
    assert counted.json()["levels"][0]["on_hand"] == before + 3
    assert counted.json()["movements"][0]["reason"] == "found"
    nothing = guest.post(f"{stock}/adjustments", json={"delta": 0, "reason": "x"}, headers=keyed())
    assert nothing.status_code == 422
    promotions = "/api/v1/admin/promotions"
    wanted = {"label": "A third", "kind": "percentage", "coupon": {"code": "third"}}
    unfinished = guest.post(promotions, json=wanted, headers=keyed())
    assert unfinished.json()["errors"][0]["pointer"] == "#/percent"
    backwards = {"percent": 33, "starts_at": "2030-01-02T00:00Z", "ends_at": "2030-01-01T00:00Z"}
    refused = guest.post(promotions, json=wanted | backwards, headers=keyed())
    assert refused.json()["errors"][0]["pointer"] == "#/ends_at"
    for pointer, value in (
        ("#/coupons", {"coupons": [{"code": "third"}]}),
        ("#/coupon/code", {"coupon": {"code": "- -"}}),
        ("#/ends_at", {"ends_at": "2020-01-01T00:00Z"}),
        ("#/product_ids", {"product_ids": [10**17]}),
        ("#/label", {"label": " "}),
    ):
        refused = guest.post(promotions, json=wanted | {"percent": 33} | value, headers=keyed())
        assert refused.status_code == 422
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    made = guest.post(promotions, json=wanted | {"percent": 33}, headers=keyed())
    assert made.status_code == 201
    offers = guest.get(promotions, headers=STAFF).json()
    assert offers["promotions"][0]["promotion_id"] == made.json()["promotion_id"]
    assert (offers["promotions"][0]["codes"], offers["coupons"][0]["code"]) == (["THIRD"], "THIRD")
    for path in (
        f"/api/v1/admin/coupons/{offers['coupons'][0]['coupon_id']}/end",
        f"{promotions}/{offers['promotions'][0]['promotion_id']}/end",
    ):
        assert guest.post(path, headers=keyed()).status_code == 204
    assert guest.get(promotions, headers=STAFF).json()["promotions"][0]["is_active"] is False
    ended = {"entity": "promotion", "entity_id": made.json()["promotion_id"]}
    log = guest.get("/api/v1/admin/audit", params=ended, headers=STAFF).json()["entries"]
    assert [one["action"] for one in log] == ["end promotion", "create promotion"]
    past = {"amount_minor": 100, "reason": "late", "expires_at": "2020-01-01T00:00Z"}
    refused = guest.post("/api/v1/admin/gift-cards", json=past, headers=keyed())
    assert refused.json()["errors"][0]["pointer"] == "#/expires_at"
    card, key = {"amount_minor": 2_500, "reason": "a birthday"}, keyed()
    issued = guest.post("/api/v1/admin/gift-cards", json=card, headers=key)
    assert issued.status_code == 201
    again = guest.post("/api/v1/admin/gift-cards", json=card, headers=key)
    assert again.json()["type"].endswith("/problems/code-not-shown")
    [listed, *_] = guest.get("/api/v1/admin/gift-cards", headers=STAFF).json()["gift_cards"]
    assert (listed["last_four"], listed["balance"]["minor"]) == (issued.json()["code"][-4:], 2_500)


def test_staff_adjust_stock_with_a_reason(guest: httpx.Client, order: dict[str, Any]) -> None:
    sent = {"key": uuid4().hex, "adjusted_sku": order["sku"], "delta": "3"}
    assert guest.post("/admin/stock", data=sent, headers=STAFF).status_code == 422
    sent["reason"] = "found behind a shelf"
    assert guest.post("/admin/stock", data=sent, headers=STAFF).status_code == 303
    page = guest.get("/admin/stock", params={"sku": order["sku"]}, headers=STAFF)
    assert "<td>+3</td><td>adjustment</td><td>found behind a shelf</td>" in page.text
    sent |= {"key": uuid4().hex, "delta": "-1000000"}
    refused = guest.post("/admin/stock", data=sent, headers=STAFF)
    assert refused.status_code == 422
    assert "cannot be removed" in refused.text


def test_staff_create_and_end_a_coupon(guest: httpx.Client, order: dict[str, Any]) -> None:
    sent = {"key": uuid4().hex, "label": "Ten off", "kind": "percentage", "code": "ten-off"}
    refused = guest.post("/admin/promotions", data=sent, headers=STAFF)
    assert refused.status_code == 422
    assert 'id="percent-error"' in refused.text
    sent["percent"] = "10"
    assert guest.post("/admin/promotions", data=sent, headers=STAFF).status_code == 303
    taken = guest.post("/admin/promotions", data=sent | {"key": "other"}, headers=STAFF)
    assert "There is a coupon TENOFF already." in taken.text
    guest.post("/api/v1/cart/lines", json={"sku": order["sku"]})
    bag = guest.post("/api/v1/cart/coupon", json={"code": "TEN-OFF"}).json()
    assert [one["label"] for one in bag["discounts"]] == ["Ten off"]
    page = guest.get("/admin/promotions", headers=STAFF)
    [end] = re.findall(r'action="(/admin/coupons/\d+/end)"', page.text)
    guest.post(end, data={"key": uuid4().hex}, headers=STAFF)
    assert guest.get("/api/v1/cart").json()["discounts"] == []


def test_a_gift_cards_code_is_shown_once(guest: httpx.Client) -> None:
    sent = {"key": uuid4().hex, "amount": "25", "reason": "a birthday"}
    issued = guest.post("/admin/gift-cards", data=sent, headers=STAFF)
    assert issued.status_code == 200
    [code] = re.findall(r"<strong>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</strong>", issued.text)
    again = guest.post("/admin/gift-cards", data=sent, headers=STAFF)
    assert (again.status_code, code in again.text) == (409, False)
    too_fine = sent | {"key": uuid4().hex, "amount": "1.999"}
    refused = guest.post("/admin/gift-cards", data=too_fine, headers=STAFF)
    assert 'id="amount-error"' in refused.text


def test_kept_mails_are_shown_where_that_is_on(
    emulator: Emulator, filled_database: str, settings: Settings, tmp_path: Path
) -> None:
    changes = {"mail_dir": tmp_path, "mail_page": True, "connect_deadline_s": 60}
    (tmp_path / f"{'0' * 32}.eml").write_text(
        "From: shop@localhost\nTo: ann@example.com\nSubject: Your order\n\nhttps://example.com/x\n"
    )
    with (
        running_shop(settings.model_copy(update=changes), emulator, filled_database) as server,
        httpx.Client(base_url=server.url, timeout=60, verify=False) as client,
    ):
        assert "Your order" in client.get("/dev/mail").text
        mail = client.get(f"/dev/mail/{'0' * 32}")
        assert 'href="https://example.com/x"' in mail.text
        assert client.get(f"/dev/mail/{'1' * 32}").status_code == 404


def test_a_parcel_is_delivered_by_the_id_that_the_api_shows(
    guest: httpx.Client, order: dict[str, Any]
) -> None:
    path = f"/api/v1/admin/orders/{order['number']}"
    while guest.get(path, headers=STAFF).json()["payment_state"] != "paid":
        time.sleep(0.2)
    key = {"Idempotency-Key": uuid4().hex}
    pieces = {"pieces": {order["lines"][0]["line_id"]: 1}}
    sent = guest.post(f"{path}/shipments", json=pieces, headers=STAFF | key)
    [shipment] = sent.json()["shipments"]
    deliver = f"{path}/shipments/{shipment['shipment_id']}/deliver"
    other = guest.post(f"{path}/shipments/999999/deliver", headers=STAFF | key)
    assert other.status_code == 404
    assert guest.post(deliver, headers=STAFF | key).json()["state"] == "completed"
    reused = guest.post(f"{path}/shipments/999999/deliver", headers=STAFF | key)
    assert reused.status_code == 422
    assert reused.json()["type"].endswith("/idempotency-key-reused")


def test_a_cancellation_is_logged_once(guest: httpx.Client, order: dict[str, Any]) -> None:
    path = f"/api/v1/admin/orders/{order['number']}/cancel"
    for _ in range(2):
        key = {"Idempotency-Key": uuid4().hex}
        assert guest.post(path, json={"reason": "twice"}, headers=STAFF | key).status_code == 200
    params = {"entity": "order", "entity_id": order["number"]}
    log = guest.get("/api/v1/admin/audit", params=params, headers=STAFF).json()["entries"]
    assert [one["action"] for one in log] == ["cancel"]


@pytest.mark.parametrize("typed", ["1_0", "1e1", "٣", "²", "9" * 5_000])
def test_pieces_and_amounts_are_typed_in_plain_digits(
    guest: httpx.Client, order: dict[str, Any], typed: str
) -> None:
    number, line = order["number"], order["lines"][0]["line_id"]
    for action, field in (
        ("ship", f"ship-{line}"),
        ("refund", f"refund-{line}"),
        ("refund", "amount"),
    ):
        sent = {"key": uuid4().hex, "reason": "too small", field: typed}
        refused = guest.post(f"/admin/orders/{number}/{action}", data=sent, headers=STAFF)
        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.text
    unknown = {"key": uuid4().hex, f"ship-{'9' * 20}": "1"}
    assert (
        guest.post(f"/admin/orders/{number}/ship", data=unknown, headers=STAFF).status_code == 422
    )
    shown = guest.get(f"/api/v1/admin/orders/{number}", headers=STAFF).json()
    assert (shown["refunds"], shown["shipments"]) == ([], [])
