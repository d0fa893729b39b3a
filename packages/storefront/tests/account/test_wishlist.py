"""The wishlist: a guest's, and the customer's after signing in."""

import re
from collections.abc import Callable

from .conftest import Person, Shop

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
    assert sorted(desk.get("/account/export").json()["wishlist"]) == sorted(
        map(int, (first, second, third))
    )
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
