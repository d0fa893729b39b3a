"""Sessions are seen and ended by their owner, and what matters to security is written down."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest

from storefront.customers.devices import device_name

from .conftest import STAFF, Person, Shop

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
Someone = Callable[[], Person]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
         "Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
         "Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.5 Safari/605.1.15", "Safari · macOS"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_device_is_named_in_two_words(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


def two_devices(someone: Someone, email: str) -> tuple[Person, Person]:
    laptop, phone = someone(), someone()
    laptop.headers["user-agent"] = FIREFOX
    for person in (laptop, phone):
        person.shop.rows("delete from shop.sign_in_codes")
        person.sign_in(email)
    return laptop, phone


def test_where_one_is_signed_in_is_listed_and_one_device_can_be_signed_out(
    someone: Someone,
) -> None:
    laptop, phone = two_devices(someone, "two-devices@example.com")
    page = laptop.get("/account/sessions")
    assert page.headers["cache-control"] == "private, no-store"
    assert page.text.count("Firefox · Linux") == 2  # the name, and that of its button
    assert "python-httpx" in page.text
    assert "127.0.0.1" in page.text
    assert page.text.count("(this device)") == 1

    listed = laptop.get("/api/v1/account/sessions").json()
    [other] = [one for one in listed if not one["is_current"]]
    assert [one["device"] for one in listed if one["is_current"]] == ["Firefox · Linux"]
    ended = laptop.post(f"/account/sessions/{other['session_id']}/end")
    assert (ended.status_code, ended.headers["location"]) == (303, "/account/sessions")
    assert phone.get("/api/v1/account").status_code == 401
    assert laptop.get("/api/v1/account").status_code == 200


def test_signing_out_everywhere_ends_every_session(someone: Someone) -> None:
    laptop, phone = two_devices(someone, "everywhere@example.com")
    assert laptop.post("/account/sessions/end-all").headers["location"] == "/"
    assert [one.get("/api/v1/account").status_code for one in (laptop, phone)] == [401, 401]

    laptop, phone = two_devices(someone, "everywhere@example.com")
    assert phone.delete("/api/v1/account/sessions").status_code == 204
    assert [one.get("/api/v1/account").status_code for one in (laptop, phone)] == [401, 401]


def test_nobody_ends_the_session_of_another(someone: Someone) -> None:
    laptop, phone = two_devices(someone, "owner@example.com")
    stranger = someone()
    stranger.sign_in("stranger@example.com")
    for one in laptop.get("/api/v1/account/sessions").json():
        answer = stranger.delete(f"/api/v1/account/sessions/{one['session_id']}")
        assert answer.status_code == 404
    assert stranger.delete(f"/api/v1/account/sessions/{uuid4()}").status_code == 404
    assert phone.get("/api/v1/account").status_code == 200


def test_a_session_has_a_longest_life_however_often_it_is_used(
    someone: Someone, account_shop: Shop
) -> None:
    ann = someone()
    ann.sign_in("for-ever@example.com")
    of_ann = (
        "where customer_id = (select id from shop.customers where email = 'for-ever@example.com')"
    )
    account_shop.rows(
        "update shop.sessions set created_at = now() - interval '170 days', "
        f"last_seen_at = now() - interval '2 days' {of_ann}"
    )
    assert ann.get("/api/v1/account").status_code == 200
    [(days,)] = account_shop.rows(
        f"select extract(day from expires_at - now())::int from shop.sessions {of_ann}"
    )
    assert days == 9  # and some hours, not 30


def test_events_of_security_are_stored_for_their_owner(
    someone: Someone, account_shop: Shop
) -> None:
    ann = someone()
    ann.post("/account/sign-in", data={"email": "events@example.com"})
    right = account_shop.code_for("events@example.com")
    wrong = "000000" if right != "000000" else "111111"
    assert ann.post("/account/code", data={"code": wrong}).status_code == 422
    assert ann.post("/account/code", data={"code": right}).status_code == 303
    assert ann.get("/api/v1/admin/orders").status_code == 403
    exported = ann.get("/api/v1/account/export").json()
    assert [one["event"] for one in exported["security_events"]] == [
        "rights-refused", "signed-in", "sign-in-failed",
    ]  # fmt: skip
    assert exported["security_events"][0]["route"] == "GET /api/v1/admin/orders"
    assert right not in json.dumps(exported)
    ann.post("/account/sign-out")
    [(count,)] = account_shop.rows(
        "select count(*) from shop.security_events where event = 'session-ended' and customer_id = "
        "(select id from shop.customers where email = 'events@example.com')"
    )
    assert count == 1


def test_events_of_security_are_logged_with_what_programs_search_for(
    someone: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="storefront.security")
    ann, staff, stranger = someone(), someone(), someone()
    ann.sign_in("logged@example.com")
    ann.get("/admin")
    stranger.get("/admin")
    staff.shop.rows("delete from shop.sign_in_codes")
    staff.sign_in(STAFF)
    staff.post("/admin/reviews/1/approve")
    records = [one for one in caplog.records if one.name == "storefront.security"]
    assert [getattr(one, "event", None) for one in records] == [
        "signed-in", "rights-refused", "rights-refused", "signed-in", "staff-change",
    ]  # fmt: skip
    assert [one.levelname for one in records] == ["INFO", "WARNING", "WARNING", "INFO", "INFO"]
    assert "logged@example.com" not in caplog.text


@pytest.mark.parametrize("address", ["/account/addresses", "/admin/gift-cards"])
def test_a_form_that_is_sent_after_the_session_ended_can_be_sent_again(
    someone: Someone, address: str
) -> None:
    typed = {"name": "Ann", "reason": "long", "key": "k"}
    refused = someone().post(address, data=typed)
    assert refused.status_code in (401, 403)
    assert "your browser sends once more what you have typed" in refused.text
    assert 'href="/account/sign-in" target="_blank"' in refused.text


def test_who_opens_a_page_of_staff_is_led_to_the_sign_in_and_back(someone: Someone) -> None:
    asked = someone().get("/admin/orders")
    assert asked.status_code == 403
    assert 'href="/account/sign-in?next=/admin/orders"' in asked.text
