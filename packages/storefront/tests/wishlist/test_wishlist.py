"""The wishlist: a guest's, and the customer's after signing in."""

import re
from collections.abc import Callable
from typing import Any

from packages.storefront.tests.account.conftest import Person, Shop

Someone = Callable[[], Person]


def saved(person: Person) -> list[str]:
    return list(person.get("/wishlist/products").json())


def products(person: Person) -> list[str]:
    return [one["product_id"] for one in person.get("/api/v1/products").json()["products"]]


def test_a_heart_saves_and_pressed_again_removes(someone: Someone, account_shop: Shop) -> None:
    ann = someone()
    first, second, *_ = products(ann)
    assert "visitor" not in ann.cookies
    for one in (first, second):
        assert ann.post(f"/wishlist/{one}").headers["location"] == "/wishlist"
    assert saved(ann) == [second, first]
    shown = re.findall(r'data-product="(\d+)"', ann.get("/wishlist").text)
    assert shown == [second, first]
    answer = ann.post(f"/wishlist/{second}", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (200, "removed")
    assert saved(ann) == [first]
    assert saved(someone()) == []
    assert ann.post("/wishlist/999999999").status_code == 404
    listed = ann.put(f"/api/v1/wishlist/{second}").json()["products"]
    assert [one["product_id"] for one in listed] == [second, first]
    assert ann.delete(f"/api/v1/wishlist/{first}").json()["products"] == listed[:1]
    assert ann.get("/api/v1/wishlist").json()["products"] == listed[:1]


def test_signing_in_brings_the_wishlist_along(someone: Someone, account_shop: Shop) -> None:
    phone, desk = someone(), someone()
    first, second, third, *_ = products(phone)
    desk.sign_in("wishes@example.com")
    for one in (first, second):
        desk.post(f"/wishlist/{one}")
    for one in (second, third):
        phone.post(f"/wishlist/{one}")
    phone.sign_in("wishes@example.com")
    assert saved(phone) == saved(desk) == [third, second, first]
    exported = [one["product_id"] for one in desk.get("/account/export").json()["wishlist"]]
    assert exported == [int(third), int(second), int(first)]
    assert desk.post("/account/delete").headers["location"] == "/"
    assert account_shop.rows(
        "select count(*) from shop.wishlist_items where customer_id is not null"
    ) == [(0,)]


def test_what_is_no_longer_sold_is_gone(someone: Someone, account_shop: Shop) -> None:
    ann = someone()
    product = ann.get("/api/v1/products?page_size=100").json()["products"][-1]
    number, url = product["product_id"], product["url"]
    ann.post(f"/wishlist/{number}")
    account_shop.rows(f"update shop.colourways set status = 'hidden' where id = {number}")
    for address in (url, f"/api/v1/products/{number}"):
        assert ann.get(address).status_code == 410
    assert "This is no longer here" in ann.get(url).text
    account_shop.rows(f"update shop.colourways set status = 'live' where id = {number}")
    assert ann.get(url).status_code == 200


def items(person: Person) -> dict[str, dict[str, Any]]:
    return {one["product_id"]: one for one in person.get("/api/v1/wishlist").json()["items"]}


def test_the_list_shows_what_has_changed_since_a_piece_was_saved(
    someone: Someone, account_shop: Shop, statements: Callable[[], Any]
) -> None:
    ann = someone()
    first, second, *_ = products(ann)
    for one in (first, second):
        ann.put(f"/api/v1/wishlist/{one}")
    sizes = ann.get(f"/api/v1/products/{second}").json()["sizes"]
    account_shop.rows(
        "update shop.wishlist_items set price_minor = price_minor + 1000 where colourway_id = :id",
        id=int(first),
    )
    account_shop.rows(
        "update shop.stock_levels set on_hand = reserved + safety where sku_id in ("
        "select id from shop.skus where code = :sku)",
        sku=sizes[0]["sku"],
    )
    assert items(ann)[first]["price_change_minor"] == -1000
    assert "$10.00 less than when you saved it" in ann.get("/wishlist").text
    assert "10,00\xa0$ weniger als beim Merken" in ann.get("/de/wishlist").text
    chosen = ann.put(f"/api/v1/wishlist/{second}/size", json={"sku": sizes[0]["sku"]}).json()
    assert chosen["items"][0]["stock"] in ("size-sold-out", "sold-out")
    assert f"/alerts?sku={sizes[0]['sku']}" in ann.get("/wishlist").text
    refused = ann.put(f"/api/v1/wishlist/{first}/size", json={"sku": sizes[0]["sku"]})
    assert refused.status_code == 404
    account_shop.rows(
        "update shop.stock_levels set on_hand = reserved + safety + 1 where sku_id in ("
        "select id from shop.skus where code = :sku)",
        sku=sizes[0]["sku"],
    )
    assert items(ann)[second]["stock"] == "size-last-one"
    answer = ann.post(f"/wishlist/{second}/size", data={"sku": ""})
    assert (answer.status_code, items(ann)[second]["sku"]) == (303, None)
    with statements() as sent:
        ann.get("/wishlist")
    assert len(sent) == 4


def test_a_list_is_shared_by_a_link_until_it_is_withdrawn(
    someone: Someone, account_shop: Shop
) -> None:
    ann, bob = someone(), someone()
    first, second, *_ = products(ann)
    ann.put(f"/api/v1/wishlist/{first}")
    assert ann.get("/api/v1/wishlist").json()["share_url"] is None
    assert ann.post("/wishlist/share").headers["location"] == "/wishlist#share"
    url = ann.post("/api/v1/wishlist-link").json()["share_url"]
    path = url.removeprefix(account_shop.settings.public_url)
    token = path.rpartition("/")[2]
    assert len(token) == 22
    assert url in ann.get("/wishlist").text
    answer = bob.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    assert re.findall(r'data-product="(\d+)"', answer.text) == [first]
    ann.put(f"/api/v1/wishlist/{second}")  # as it is whenever they look
    shown = bob.get(f"/api/v1{path}").json()
    assert [one["product_id"] for one in shown["products"]] == [second, first]
    assert "saved_price_minor" not in shown["items"][0]
    bob.post(f"/wishlist/{first}")  # into their own
    assert (saved(bob), saved(ann)) == ([first], [second, first])
    ann.sign_in("sharing@example.com")
    assert bob.get(path).status_code == 200  # the link came along
    assert ann.get("/account/export").json()["wishlist_link"] == token
    ann.post("/wishlist/share/stop")
    assert bob.get(path).status_code == bob.get(f"/api/v1{path}").status_code == 404
    again = ann.post("/api/v1/wishlist-link").json()["share_url"]
    assert again != url
    ann.post("/account/delete")
    assert bob.get(again.removeprefix(account_shop.settings.public_url)).status_code == 404
