"""Saved searches: named, opened, renamed, deleted; what is new in them, in a list and by e-mail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from packages.storefront.tests.account.conftest import Person, Shop
from packages.storefront.tests.alerts.mails import link_in, mails_to, wake

Someone = Callable[[], Person]


def searches(person: Person) -> list[dict[str, Any]]:
    return list(person.get("/api/v1/saved-searches").json())


def hide(shop: Shop, product_id: str, status: str = "hidden") -> None:
    shop.rows(f"update shop.colourways set status = '{status}' where id = {product_id}")


def until_total(person: Person, query: str, total: int) -> None:
    """Wait until the listing has so many products: it follows the catalogue within two seconds."""
    while person.get(f"/api/v1/products?{query}").json()["total"] != total:
        pass


def look(shop: Shop, person: Person) -> None:
    """Have the daily look done now, as of another day each time."""
    [(day,)] = shop.rows("select max(key) from shop.jobs where kind = 'alerts.look'")
    shop.rows(
        "update shop.jobs set due_at = now() where kind = 'alerts.look' and key = :key", key=day
    )
    wake(person)
    while shop.rows(
        "select state from shop.jobs where kind = 'alerts.look' and key = :key", key=day
    ) != [("done",)]:
        pass


def test_a_search_is_saved_once_whatever_the_order_of_its_filters(
    someone: Someone, account_shop: Shop, statements: Callable[[], Any]
) -> None:
    ann = someone()
    page = ann.get("/products?gender=Women&base_color=Blue&sort_by=price&page=1").text
    save = "/saved-searches/new?gender=Women&amp;base_color=Blue"
    assert save in page
    form = ann.get(save.replace("&amp;", "&")).text
    assert 'value="Women, Blue"' in form
    assert "visitor" not in ann.cookies
    answer = ann.post(save.replace("&amp;", "&"), data={"name": "Blue ones"})
    assert answer.headers["location"] == "/saved-searches"
    body = {"query": "base_color=Blue&max_price=&gender=Women&sort_by=name", "name": "All blue"}
    assert ann.post("/api/v1/saved-searches", json=body).status_code == 201
    [one] = searches(ann)
    total = ann.get("/api/v1/products?gender=Women&base_color=Blue").json()["total"]
    assert (one["name"], one["total"], one["new"], one["alert"]) == ("All blue", total, 0, "off")
    own = f"/saved-searches/{one['search_id']}"
    assert ann.get(f"/de{own}").headers["location"] == "/de/products?gender=Women&base_color=Blue"
    for path in (own, f"/api/v1{own}"):
        assert someone().get(path).status_code == 404
    assert ann.post(own, data={"name": " "}).status_code == 422
    assert ann.patch(f"/api/v1{own}", json={"name": "Mine"}).json()["name"] == "Mine"
    with statements() as sent:
        assert "Mine" in ann.get("/saved-searches").text
    assert len(sent) == 2
    ann.sign_in("searching@example.com")
    assert [two["name"] for two in searches(ann)] == ["Mine"]
    exported = ann.get("/account/export").json()["saved_searches"]
    assert [two["address"] for two in exported] == [one["url"]]
    ann.post("/api/v1/saved-searches", json={"query": "q=red+shoes&max_price=50.00"})
    assert searches(ann)[0]["url"] == "/search?max_price=50&q=red+shoes"
    assert ann.post(f"{own}/delete").headers["location"] == "/saved-searches"
    assert len(searches(ann)) == 1
    ann.post("/account/delete")
    assert account_shop.rows(
        "select count(*) from shop.saved_searches where customer_id is not null"
    ) == [(0,)]


def test_a_search_by_a_products_name_counts_what_its_listing_shows(someone: Someone) -> None:
    ann, query = someone(), "q=Halvire+Men+Wool+Flannel+Blazer"
    listing = ann.get(f"/api/v1/products?{query}").json()
    by_price = ann.get(f"/api/v1/products?{query}&sort_by=price").json()
    assert listing["total"] > by_price["total"] > 0  # sorted by relevance, others follow
    for sort in ("", "&sort_by=price"):
        ann.post("/api/v1/saved-searches", json={"query": query + sort})
        [one] = searches(ann)
        assert (one["total"], one["new"]) == (listing["total"], 0)


def test_what_is_new_is_sent_once_a_day_in_one_e_mail_until_one_click_stops_it(
    someone: Someone, account_shop: Shop
) -> None:
    ann, address = someone(), "news@example.com"
    found = ann.get("/api/v1/products?page_size=100&gender=Men").json()
    first, second, *_ = [one["product_id"] for one in found["products"]]
    total = found["total"]
    for one in (first, second):
        hide(account_shop, one)
    until_total(ann, "gender=Men", total - 2)
    form = {"name": "Men", "alert": "yes", "email": address}
    assert ann.post("/saved-searches/new?gender=Men", data=form | {"email": ""}).status_code == 422
    ann.post("/saved-searches/new?gender=Men", data=form)
    ann.post("/api/v1/saved-searches", json={"query": "q=men", "name": "By word"})
    [word, men] = searches(ann)
    assert men["alert"] == "unconfirmed"
    ann.put(f"/api/v1/saved-searches/{word['search_id']}/alert", json={"email": address})
    for mail in mails_to(account_shop.settings, address, at_least=2):
        assert ann.post(link_in(mail, "confirm")).status_code == 200
    [(day, due_at)] = account_shop.rows(
        "select key, due_at from shop.jobs where kind = 'alerts.look'"
    )
    due_at = due_at.astimezone(UTC) + timedelta(
        seconds=30
    )  # it is planned from the clock of the app
    assert (due_at.hour, due_at.minute) == (6, 0)
    assert day == due_at.date().isoformat()
    assert due_at - datetime.now(UTC) <= timedelta(days=1, seconds=30)
    hide(account_shop, first, "live")
    until_total(ann, "gender=Men", total - 1)
    assert [one["new"] for one in searches(ann)][1] == 1
    look(account_shop, ann)
    [*_, news] = mails_to(account_shop.settings, address, at_least=3)
    text = news.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Men (1)" in text
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    look(account_shop, ann)  # the next day: nothing new
    hide(account_shop, second, "live")
    until_total(ann, "gender=Men", total)
    look(account_shop, ann)
    mails = mails_to(account_shop.settings, address, at_least=4)
    assert len(mails) == 4
    assert ann.get(f"/saved-searches/{men['search_id']}").status_code == 303
    assert [one["new"] for one in searches(ann)][1] == 0
    stop = link_in(mails[-1], "stop")
    assert ann.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert searches(ann)[1]["alert"] == "off"
    hide(account_shop, first)
    until_total(ann, "gender=Men", total - 1)
    hide(account_shop, first, "live")
    until_total(ann, "gender=Men", total)
    look(account_shop, ann)
    assert len(mails_to(account_shop.settings, address, at_least=4)) == 4
