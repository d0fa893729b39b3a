"""Back in stock: asked for, confirmed, sent once, stopped by one click."""

import email
import email.policy
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from storefront.settings import Settings

from .conftest import Person, Shop

Someone = Callable[[], Person]


def mails_to(
    settings: Settings, address: str, *, at_least: int
) -> list[email.message.EmailMessage]:
    """The e-mails to an address, the first one first; jobs send them soon."""
    deadline = time.monotonic() + 60
    while True:
        files = sorted(settings.mail_dir.glob("*.eml"), key=lambda one: one.stat().st_mtime)
        found = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in files
        ]
        mine = [one for one in found if one["To"] == address]
        if len(mine) >= at_least or time.monotonic() > deadline:
            return mine
        time.sleep(0.1)


def link_in(mail: email.message.EmailMessage, what: str) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http\S+/{what}\b", body.get_content())
    assert found is not None
    return urlsplit(found[0]).path


def sold_out(shop: Shop) -> tuple[str, int, str]:
    """A size that is made to be sold out: its code, its number, the slug of its product."""
    [(code, sku_id, slug)] = shop.rows(
        "select skus.code, skus.id, slug from shop.skus join shop.live_products as live"
        " on live.id = colourway_id where is_offered"
        " and skus.id not in (select sku_id from shop.stock_alerts) order by skus.id limit 1"
    )
    shop.rows(
        "update shop.stock_levels set on_hand = reserved + safety where sku_id = :id", id=sku_id
    )
    return code, sku_id, slug


def come_back(shop: Shop, sku_id: int) -> None:
    shop.rows("update shop.stock_levels set on_hand = on_hand + 3 where sku_id = :id", id=sku_id)


def wake(person: Person) -> None:
    """Have the workers look now: what the test wrote past them, they would find within an hour."""
    person.post("/account/sign-in", data={"email": f"{time.monotonic_ns()}@example.com"})


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
    assert account_shop.rows("select count(*) from shop.jobs where kind = 'alerts.back'") == [(1,)]


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
