"""Alerts on sizes and prices: asked for, confirmed, sent once, stopped by one click, asked for again."""

from collections.abc import Callable
from typing import Any

from packages.storefront.tests.account.conftest import STAFF, Person, Shop
from packages.storefront.tests.alerts.mails import link_in, mails_to, wake

Someone = Callable[[], Person]


def sold_out(shop: Shop) -> tuple[str, int, str]:
    """A size that is made to be sold out: its code, its number, the slug of its product."""
    [(code, sku_id, slug)] = shop.rows(
        "select skus.code, skus.id, slug from shop.skus join shop.live_products as live"
        " on live.id = colourway_id where is_offered"
        " and skus.id not in (select sku_id from shop.stock_alerts where sku_id > 0)"
        " order by skus.id limit 1"
    )
    shop.rows(
        "update shop.stock_levels set on_hand = reserved + safety where sku_id = :id", id=sku_id
    )
    return code, sku_id, slug


def come_back(shop: Shop, sku_id: int) -> None:
    shop.rows("update shop.stock_levels set on_hand = on_hand + 3 where sku_id = :id", id=sku_id)


def mails_enqueued(shop: Shop, alert_id: object) -> int:
    """How many e-mails about this alert were enqueued. The payload of a job is gone once it is done."""
    [(count,)] = shop.rows(
        "select count(*) from shop.jobs where kind = 'alerts.back' and split_part(key, ' ', 1) = :id",
        id=str(alert_id),
    )
    return int(count)


def test_who_confirmed_hears_once_when_the_size_is_back(
    someone: Someone, account_shop: Shop
) -> None:
    ann, address = someone(), "alert@example.com"
    code, sku_id, slug = sold_out(account_shop)
    assert f'href="/de/alerts?sku={code}"' in ann.get(f"/de/p/{slug}").text
    assert "Bescheid" in ann.get(f"/de/alerts?sku={code}").text
    assert ann.post(f"/alerts?sku={code}", data={"email": "nobody"}).status_code == 422
    for _ in range(2):  # asked again while it waits: one e-mail
        answer = ann.post(f"/de/alerts?sku={code}", data={"email": "Alert@example.com"})
        assert (answer.status_code, address in answer.text) == (200, True)
    [mail] = mails_to(account_shop.settings, address, at_least=1)
    confirm = link_in(mail, "confirm")
    assert confirm.startswith("/de/alerts/")
    come_back(account_shop, sku_id)  # not confirmed yet: nothing is sent about it
    account_shop.rows(
        "update shop.stock_levels set on_hand = reserved + safety where sku_id = :id", id=sku_id
    )
    assert ann.get(confirm).status_code == 200
    assert account_shop.rows(
        "select confirmed_at from shop.stock_alerts where sku_id = :id", id=sku_id
    ) == [(None,)]  # a link alone confirms nothing
    assert ann.post(confirm).status_code == 200
    come_back(account_shop, sku_id)
    wake(ann)
    [_, back] = mails_to(account_shop.settings, address, at_least=2)
    assert "Größe" in back.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert back["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    come_back(account_shop, sku_id)
    wake(ann)
    [(alert_id,)] = account_shop.rows(
        "select id from shop.stock_alerts where sku_id = :id", id=sku_id
    )
    assert mails_enqueued(account_shop, alert_id) == 1


def test_one_click_stops_it_and_can_be_undone(someone: Someone, account_shop: Shop) -> None:
    ann, address = someone(), "stopped@example.com"
    code, sku_id, _slug = sold_out(account_shop)
    assert ann.post("/api/v1/alerts", json={"sku": code, "email": address}).json() == {
        "status": "confirmation-sent"
    }
    [mail] = mails_to(account_shop.settings, address, at_least=1)
    confirm = link_in(mail, "confirm")
    ann.post(confirm)
    stop = confirm.replace("/confirm", "/stop")
    assert ann.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    ended = "select ended_at is not null from shop.stock_alerts where sku_id = :id"
    assert account_shop.rows(ended, id=sku_id) == [(True,)]
    ann.post(confirm)
    assert account_shop.rows(ended, id=sku_id) == [(False,)]
    assert ann.get(stop).status_code == 200
    assert account_shop.rows(ended, id=sku_id) == [(True,)]
    assert ann.get("/alerts/forged.key/stop").status_code == 404


def test_a_size_in_stock_needs_no_alert(someone: Someone, account_shop: Shop) -> None:
    code, sku_id, _slug = sold_out(account_shop)
    come_back(account_shop, sku_id)
    body = {"sku": code, "email": "early@example.com"}
    assert someone().post("/api/v1/alerts", json=body).json()["title"] == "This size is in stock"
    assert someone().post("/api/v1/alerts", json=body | {"sku": "none"}).status_code == 404


def priced(shop: Shop) -> tuple[int, str, int]:
    """A product that nobody waits for: its number, its slug, what it costs in cents."""
    [found] = shop.rows(
        "select id, slug, price_minor from shop.live_products where id not in ("
        "select colourway_id from shop.stock_alerts where colourway_id is not null)"
        " and price_minor = list_price_minor and price_minor > 2000 order by id limit 1"
    )
    return found


def cost(shop: Shop, product_id: int, minor: int) -> None:
    shop.rows(
        "update shop.colourways set price_minor = :minor where id = :id", id=product_id, minor=minor
    )


def test_a_guest_hears_of_a_price_once_and_may_ask_again(
    someone: Someone, account_shop: Shop
) -> None:
    ann, address = someone(), "price@example.com"
    product_id, slug, price = priced(account_shop)
    form = f"/alerts/price?product={product_id}"
    assert f'href="{form}"' in ann.get(f"/p/{slug}").text
    assert "Sagen" not in ann.get(form).text
    for typed, sentence in (("cheap", "Type an amount"), ("999999", "no more than that already")):
        refused = ann.post(form, data={"email": address, "price": typed})
        assert (refused.status_code, sentence in refused.text) == (422, True)
    wanted = str((price - 1000) / 100)
    assert address in ann.post(f"/de{form}", data={"email": address, "price": wanted}).text
    [mail] = mails_to(account_shop.settings, address, at_least=1)
    confirm = link_in(mail, "confirm")
    cost(account_shop, product_id, price - 1500)  # not confirmed yet: nothing is sent
    cost(account_shop, product_id, price)
    ann.post(confirm)
    cost(account_shop, product_id, price - 999)  # still more than that
    cost(account_shop, product_id, price - 1000)
    wake(ann)
    [_, sent] = mails_to(account_shop.settings, address, at_least=2)
    assert sent["Subject"].startswith("Jetzt ")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    again = link_in(sent, "again")
    assert ann.post(again).status_code == 409  # it costs no more now
    cost(account_shop, product_id, price)
    assert ann.get(again).status_code == 200
    assert ann.post(again).status_code == 200
    assert ann.post(again).status_code == 200  # pressed twice: one alert
    cost(account_shop, product_id, price - 1100)
    wake(ann)
    mails = mails_to(account_shop.settings, address, at_least=3)
    assert len({one["Message-ID"] for one in mails}) == len(mails) == 3
    cost(account_shop, product_id, price)


def test_a_scheduled_price_is_noticed_when_it_begins(someone: Someone, account_shop: Shop) -> None:
    ann, address = someone(), "sale@example.com"
    ann.sign_in(address)
    product_id, _slug, price = priced(account_shop)
    body = {"product_id": product_id, "price": (price - 1000) / 100}
    assert ann.post("/api/v1/price-alerts", json=body).json() == {"status": "waiting"}
    account_shop.rows(
        "insert into shop.prices (colourway_id, valid_from, currency, price_minor, turns_at)"
        " values (:id, now() + interval '1 day', 'USD', :minor, now() + interval '1 day')",
        id=product_id,
        minor=price - 1200,
    )
    job = "select state, due_at > now() from shop.jobs where kind = 'alerts.turn' and key like :key"
    assert account_shop.rows(job, key=f"{product_id} %") == [("waiting", True)]
    account_shop.rows(
        "update shop.prices set valid_from = now() - interval '1 second' where colourway_id = :id",
        id=product_id,
    )
    wake(ann)
    [sent] = [
        one
        for one in mails_to(account_shop.settings, address, at_least=2)
        if "less" in one.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    ]
    assert sent["Subject"].startswith("Now $")
    account_shop.rows("delete from shop.prices where colourway_id = :id", id=product_id)


def test_a_customer_sees_stops_and_resumes_alerts_of_their_own_address_alone(
    someone: Someone, account_shop: Shop
) -> None:
    ann, bob = someone(), someone()
    ann.sign_in("alerts@example.com")
    bob.sign_in("others@example.com")
    code, sku_id, _slug = sold_out(account_shop)
    assert ann.post("/api/v1/alerts", json={"sku": code}).json() == {"status": "waiting"}
    assert bob.post("/api/v1/alerts", json={"sku": code, "email": "alerts@example.com"}).json() == {
        "status": "confirmation-sent"  # the same as for who does not wait yet
    }
    assert (
        "We will tell you"
        in ann.post(f"/alerts?sku={code}", data={"email": "alerts@example.com"}).text
    )
    [listed] = ann.get("/api/v1/alerts").json()
    assert (listed["sku"], listed["state"], listed["kind"]) == (code, "waiting", "stock")
    own = f"/api/v1/alerts/{listed['alert_id']}"
    assert bob.get("/api/v1/alerts").json() == []
    assert bob.delete(own).status_code == 404
    assert someone().get("/api/v1/alerts").status_code == 401
    page = ann.get("/de/account/alerts").text
    assert "Beenden" in page
    stop = f"/account/alerts/{listed['alert_id']}/stop"
    assert ann.post(stop).headers["location"] == "/account/alerts"
    assert ann.get("/api/v1/alerts").json()[0]["state"] == "stopped"
    come_back(account_shop, sku_id)
    account_shop.rows(
        "update shop.stock_levels set on_hand = reserved + safety where sku_id = :id", id=sku_id
    )
    assert ann.post(f"{own}/again").status_code == 202
    assert ann.get("/api/v1/alerts").json()[0]["state"] == "waiting"
    exported = ann.get("/account/export").json()["alerts"]
    assert [one["sku"] for one in exported] == [code]
    assert ann.post("/account/delete").headers["location"] == "/"
    assert account_shop.rows(
        "select count(*) from shop.stock_alerts where email = 'alerts@example.com'"
    ) == [(0,)]
    come_back(account_shop, sku_id)
    wake(bob)
    assert mails_enqueued(account_shop, listed["alert_id"]) == 0


def test_staff_see_who_waits_and_what_failed(
    someone: Someone, account_shop: Shop, statements: Callable[[], Any]
) -> None:
    ann, staff = someone(), someone()
    code, _sku_id, _slug = sold_out(account_shop)
    ann.sign_in("waiting@example.com")
    ann.post("/api/v1/alerts", json={"sku": code})
    account_shop.rows(
        "insert into shop.jobs (kind, key, payload, state, finished_at, attempts, last_error)"
        " values ('alerts.back', 'broken', '{}', 'dead', now(), 12, 'MailUnavailable: it is away')"
    )
    staff.sign_in(STAFF)
    found = staff.get("/api/v1/admin/alerts").json()
    [size] = [one for one in found["sizes"] if one["sku"] == code]
    assert (size["waiting"], size["unconfirmed"]) == (1, 0)
    assert [one["kind"] for one in found["totals"]] == ["stock", "price", "search"]
    [failed] = [one for one in found["failed"] if one["state"] == "dead"]
    assert failed["last_error"] == "MailUnavailable: it is away"
    assert "waiting@example.com" not in str(found)
    with statements() as sent:
        page = staff.get("/admin/alerts").text
    assert len(sent) == 6  # who asks, and five
    assert code in page
    assert "MailUnavailable: it is away" in page
    assert ann.get("/admin/alerts").status_code == 403
