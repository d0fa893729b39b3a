"""Signing in by a code sent by e-mail: once, in time, with few tries, and the bag is taken over."""

from collections.abc import Callable

import pytest

from packages.storefront.tests.account.buying import begin_checkout, pay
from storefront.account.signing_in import own_page
from storefront.customers.codes import network_of

from .conftest import STAFF, Person, Shop

Someone = Callable[[], Person]


def test_the_code_of_the_email_signs_in_and_sign_out_ends_the_session(
    someone: Someone, account_shop: Shop
) -> None:
    ann = someone()
    assert ann.get("/account").headers["location"] == "/account/sign-in?next=%2Faccount"
    refused = ann.get("/api/v1/account")
    assert (refused.status_code, refused.headers["content-type"]) == (
        401,
        "application/problem+json",
    )
    ann.sign_in("ann@example.com")
    page = ann.get("/account")
    assert (page.status_code, page.headers["cache-control"]) == (200, "private, no-store")
    assert "ann@example.com" in page.text
    assert ann.get("/api/v1/account").json()["email"] == "ann@example.com"
    assert ann.get("/account/sign-in").headers["location"] == "/account"

    stolen = ann.cookies["session"]
    assert ann.post("/account/sign-out").headers["location"] == "/"
    assert "session" not in ann.cookies
    thief = someone()
    thief.cookies.set("session", stolen)
    assert thief.get("/api/v1/account").status_code == 401


def test_signing_in_again_ends_the_session_before(someone: Someone, account_shop: Shop) -> None:
    ann, email = someone(), "again@example.com"
    for by_api in (False, True):
        ann.sign_in(email)
        former = ann.cookies["session"]
        ann.post("/account/sign-in", data={"email": email})
        code = account_shop.code_for(email)
        if by_api:
            ann.post("/api/v1/account/session", json={"email": email, "code": code})
        else:
            ann.post("/account/code", data={"code": code})
        assert ann.cookies["session"] != former
        assert ann.get("/api/v1/account").status_code == 200
        thief = someone()
        thief.cookies.set("session", former)
        assert thief.get("/api/v1/account").status_code == 401


def test_the_session_is_out_of_reach_of_scripts(someone: Someone, account_shop: Shop) -> None:
    ann = someone()
    ann.post("/account/sign-in", data={"email": "cookie@example.com"})
    code = account_shop.code_for("cookie@example.com")
    sent = ann.post("/account/code", data={"code": f" {code[:3]} {code[3:]} "})
    cookie = next(one for one in sent.headers.get_list("set-cookie") if one.startswith("session="))
    assert set(cookie.split("; ")[1:]) == {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax"}


def test_a_code_works_once_and_only_the_newest(someone: Someone, account_shop: Shop) -> None:
    ann, email = someone(), "once@example.com"
    ann.post("/account/sign-in", data={"email": email})
    first = account_shop.code_for(email)
    ann.post("/account/sign-in", data={"email": email})
    assert ann.post("/account/code", data={"code": first}).status_code == 422
    body = {"email": email, "code": account_shop.code_for(email)}
    assert someone().post("/api/v1/account/session", json=body).json()["email"] == email
    again = someone().post("/api/v1/account/session", json=body)
    assert (again.status_code, again.json()["title"]) == (403, "This code does not sign you in")


def test_the_right_code_is_refused_after_five_wrong_tries_or_ten_minutes(
    someone: Someone, account_shop: Shop
) -> None:
    ann, email = someone(), "tries@example.com"
    ann.post("/account/sign-in", data={"email": email})
    code = account_shop.code_for(email)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        refused = ann.post("/account/code", data={"code": wrong})
        assert refused.status_code == 422
        assert "This code is wrong, was used, or is older than ten minutes." in refused.text
    assert ann.post("/account/code", data={"code": code}).status_code == 422

    late, email = someone(), "late@example.com"
    late.post("/account/sign-in", data={"email": email})
    account_shop.rows(
        "update shop.sign_in_codes set expires_at = now() where email = :email", email=email
    )
    assert (
        late.post("/account/code", data={"code": account_shop.code_for(email)}).status_code == 422
    )


def test_one_email_address_gets_five_codes_an_hour_and_the_answer_never_says_so(
    someone: Someone, account_shop: Shop
) -> None:
    ann, email = someone(), "flooded@example.com"
    answers = [ann.post("/account/sign-in", data={"email": email}) for _ in range(7)]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, "/account/code")
    }
    [[codes]] = account_shop.rows(
        "select count(*) from shop.sign_in_codes where email = :email", email=email
    )
    assert codes == 5
    account_shop.rows("update shop.sign_in_codes set address = 'elsewhere'")


def test_one_network_asks_for_twenty_codes_an_hour(someone: Someone, account_shop: Shop) -> None:
    account_shop.rows("update shop.sign_in_codes set address = 'elsewhere'")
    ann = someone()
    for number in range(20):
        body = {"email": f"n{number}@example.com"}
        assert ann.post("/api/v1/account/codes", json=body).status_code == 202
    refused = ann.post("/api/v1/account/codes", json={"email": "n20@example.com"})
    assert (refused.status_code, refused.json()["title"]) == (429, "Too many codes were asked for")
    page = ann.post("/account/sign-in", data={"email": "n20@example.com"})
    assert page.status_code == 429
    assert "Many sign-in codes were asked for from your network." in page.text
    account_shop.rows("update shop.sign_in_codes set address = 'elsewhere'")


def test_the_email_that_is_sent_has_the_code(someone: Someone, account_shop: Shop) -> None:
    email = "mailed@example.com"
    someone().post("/account/sign-in", data={"email": email})
    mails: list[str] = []
    while not mails:
        mails = [
            text
            for file in account_shop.settings.mail_dir.glob("*.eml")
            if email in (text := file.read_text(encoding="utf-8"))
        ]
    assert f"Your sign-in code: {account_shop.code_for(email)}" in mails[0]


def test_neither_table_nor_job_holds_a_code(someone: Someone, account_shop: Shop) -> None:
    someone().post("/account/sign-in", data={"email": "secret@example.com"})
    code = account_shop.code_for("secret@example.com")
    stored = account_shop.rows(
        "select code_hash from shop.sign_in_codes where email = 'secret@example.com'"
        " union all select payload::text from shop.jobs where kind = 'customers.sign-in-code'"
    )
    assert not [row for row in stored if code in row[0].split()]
    assert len(stored[0][0]) == 64


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "x" * 250 + "@example.com"])
def test_what_is_no_email_address_is_said_beside_the_field(someone: Someone, email: str) -> None:
    refused = someone().post("/account/sign-in", data={"email": email})
    assert refused.status_code == 422
    assert 'id="email-error"' in refused.text


def test_the_bags_of_two_browsers_become_the_customers(
    someone: Someone, account_shop: Shop
) -> None:
    first, second = someone(), someone()
    sku = first.put_into_bag()
    assert second.put_into_bag() == sku
    for browser in (first, second):
        browser.sign_in("bag@example.com")
        assert "visitor" not in browser.cookies
    assert "Your bag now also holds" not in first.get("/account").text
    assert "now also holds the piece that you put in earlier" in second.get("/account").text
    for browser in (first, second):
        [line] = browser.get("/api/v1/cart").json()["lines"]
        assert (line["sku"], line["quantity"]) == (sku, 2)
    first.post("/account/sign-out")
    assert first.get("/api/v1/cart").json()["lines"] == []


def test_signing_in_goes_on_with_the_checkout_and_what_was_entered(
    someone: Someone, account_shop: Shop
) -> None:
    account_shop.rows(
        "delete from shop.sign_in_codes"
    )  # of the tests before: the limit is an hour's
    ann = someone()
    ann.put_into_bag()
    token = begin_checkout(ann, "typed@example.com")
    assert "/account/sign-in?next=%2Fcheckout%2F" in ann.get(f"/checkout/{token}/address").text
    ann.sign_in("goes-on@example.com")
    page = ann.get(f"/checkout/{token}/address")
    assert page.status_code == 200
    assert 'value="typed@example.com"' in page.text
    assert 'value="1 Main Street"' in page.text
    assert "/account/sign-in" not in page.text.partition("<main")[2]
    number = pay(ann, token, "approve").json()["order_number"]
    assert [one["number"] for one in ann.get("/api/v1/orders").json()["orders"]] == [number]


def test_signing_in_during_a_payment_loses_neither_the_order_nor_the_bag(
    someone: Someone, account_shop: Shop
) -> None:
    account_shop.rows(
        "delete from shop.sign_in_codes"
    )  # of the tests before: the limit is an hour's
    email = "during@example.com"
    laptop, phone = someone(), someone()
    phone.sign_in(email)
    sku = phone.put_into_bag()  # the customer's earlier bag
    laptop.put_into_bag()
    token = begin_checkout(laptop, email)
    bank = pay(laptop, token, "confirm").json()["redirect_url"]
    laptop.sign_in(email)
    back = laptop.post(bank, data={"decision": "approve"}).headers["location"]
    done = laptop.get(back)
    assert (done.status_code, done.headers["location"].startswith("/orders/")) == (303, True)
    [order] = phone.get("/api/v1/orders").json()["orders"]
    assert order["number"] in done.headers["location"]
    for browser in (laptop, phone):
        [line] = browser.get("/api/v1/cart").json()["lines"]
        assert (line["sku"], line["quantity"]) == (sku, 1)


def test_a_second_device_that_signs_in_does_not_disturb_the_payment_of_the_first(
    someone: Someone, account_shop: Shop
) -> None:
    account_shop.rows(
        "delete from shop.sign_in_codes"
    )  # of the tests before: the limit is an hour's
    email = "second@example.com"
    first, second = someone(), someone()
    first.sign_in(email)
    first.put_into_bag()
    token = begin_checkout(first, email)
    bank = pay(first, token, "confirm").json()["redirect_url"]
    sku = second.put_into_bag()
    second.sign_in(email)
    back = first.post(bank, data={"decision": "approve"}).headers["location"]
    assert first.get(back).headers["location"].startswith("/orders/")
    [line] = second.get("/api/v1/cart").json()["lines"]
    assert (line["sku"], line["quantity"]) == (sku, 1)


def test_a_session_that_is_used_is_renewed_once_a_day(someone: Someone, account_shop: Shop) -> None:
    ann = someone()
    ann.sign_in("renewed@example.com")
    assert "set-cookie" not in ann.get("/api/v1/account").headers
    account_shop.rows(
        "update shop.sessions set last_seen_at = now() - interval '2 days',"
        " expires_at = now() + interval '1 day'"
        " where customer_id = (select id from shop.customers where email = 'renewed@example.com')"
    )
    assert ann.get("/api/v1/account").headers["set-cookie"].startswith("session=")
    [[is_renewed]] = account_shop.rows(
        "select expires_at > now() + interval '29 days' from shop.sessions where customer_id ="
        " (select id from shop.customers where email = 'renewed@example.com')"
    )
    assert is_renewed
    account_shop.rows("update shop.sessions set expires_at = now()")
    assert ann.get("/api/v1/account").status_code == 401


@pytest.mark.parametrize("made_up", ["", "x", "é", "00000000-0000-0000-0000-000000000000.a.b"])
def test_a_session_cookie_that_was_made_up_is_nobody(someone: Someone, made_up: str) -> None:
    ann = someone()
    ann.headers["Cookie"] = f"session={made_up}".encode().decode("latin-1")
    assert ann.get("/api/v1/account").status_code == 401


def test_a_header_that_anybody_can_send_signs_nobody_in(account_shop: Shop) -> None:
    with Person(account_shop, **{"X-Forwarded-Email": "ann@example.com"}) as ann:
        assert ann.get("/api/v1/account").status_code == 401


def test_staff_sign_in_by_code_where_there_is_no_proxy(
    someone: Someone, account_shop: Shop
) -> None:
    account_shop.rows("delete from shop.sign_in_codes")
    eve, tailor = someone(), someone()
    refused = eve.get("/api/v1/admin/orders").json()["detail"]
    assert refused == "Sign in with the address of a member of staff."
    eve.sign_in("eve@example.com")
    assert eve.get("/admin").status_code == 403
    assert 'href="/admin"' not in eve.get("/account").text
    tailor.sign_in(STAFF)
    assert 'href="/admin"' in tailor.get("/account").text
    assert tailor.get("/admin").status_code == 200
    tailor.post("/account/sign-out")
    assert tailor.get("/admin").status_code == 403


def test_behind_the_proxy_its_header_signs_in_and_codes_are_off(proxied_shop: Shop) -> None:
    with (
        Person(proxied_shop, **{"X-Forwarded-Email": "Ann@Example.com"}) as ann,
        Person(proxied_shop) as nobody,
    ):
        assert ann.get("/api/v1/cart").json()["pieces"] == 0
        ann.put_into_bag()
        assert ann.get("/api/v1/account").json()["email"] == "ann@example.com"
        assert ann.get("/api/v1/cart").json()["pieces"] == 1
        assert ann.get("/account").status_code == 200
        assert nobody.get("/api/v1/account").status_code == 401
        assert nobody.get("/account/sign-in").status_code == 403
        asked = nobody.post("/account/sign-in", data={"email": "ann@example.com"})
        assert asked.status_code == 501


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        (None, "/account"),
        ("/account/orders", "/account/orders"),
        ("/checkout/abc", "/checkout/abc"),
        ("//evil.example", "/account"),
        ("/\\evil.example", "/account"),
        ("https://evil.example", "/account"),
        ("/\n/evil.example", "/account"),
        ("javascript:alert(1)", "/account"),
    ],
)
def test_signing_in_leads_to_pages_of_ours_alone(asked: str | None, page: str) -> None:
    assert own_page(asked) == page


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_an_ipv6_subscriber_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
