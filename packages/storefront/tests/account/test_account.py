"""The customer's account: addresses, consents, export and deletion, each for its customer alone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from packages.storefront.tests.account.buying import buy
from packages.storefront.tests.checkout.conftest import ADDRESS

from .conftest import Person, Shop

HOME = {"address": ADDRESS}
BERLIN = {
    "address": {
        "name": "Ann Example",
        "street_address": "Beispielweg 1",
        "postal_code": "10115",
        "city": "Berlin",
        "country_code": "DE",
    },
    "phone": "030 901820",
}


@pytest.fixture
def ann(someone: Callable[[], Person], account_shop: Shop) -> Iterator[Person]:
    account_shop.rows("delete from shop.sign_in_codes")
    person = someone()
    person.sign_in("ann@example.com")
    yield person
    for one in person.get("/api/v1/account/addresses").json():
        person.delete(f"/api/v1/account/addresses/{one['address_id']}")


def test_name_and_telephone_number_are_kept(ann: Person) -> None:
    saved = ann.post("/account", data={"name": " Ann Example ", "phone": "(202) 555-0123"})
    assert saved.status_code == 303
    kept = ann.get("/api/v1/account").json()
    assert (kept["name"], kept["phone"]) == ("Ann Example", "+12025550123")
    refused = ann.post("/account", data={"name": "Ann", "phone": "12"})
    assert refused.status_code == 422
    assert 'id="phone-error"' in refused.text
    cleared = ann.put("/api/v1/account", json={"name": None, "phone": None}).json()
    assert (cleared["name"], cleared["phone"]) == (None, None)


def test_one_address_is_the_default_whatever_is_added_and_deleted(ann: Person) -> None:
    home = ann.post("/api/v1/account/addresses", json=HOME).json()
    berlin = ann.post("/api/v1/account/addresses", json=BERLIN).json()
    assert (home["is_default"], berlin["is_default"]) == (True, False)
    assert berlin["phone"] == "+4930901820"
    made = ann.post(f"/account/addresses/{berlin['address_id']}/default")
    assert made.headers["location"] == "/account"
    listed = ann.get("/api/v1/account/addresses").json()
    assert [(one["address_id"], one["is_default"]) for one in listed] == [
        (berlin["address_id"], True),
        (home["address_id"], False),
    ]
    ann.post(f"/account/addresses/{berlin['address_id']}/delete")
    [left] = ann.get("/api/v1/account/addresses").json()
    assert (left["address_id"], left["is_default"]) == (home["address_id"], True)


def test_an_address_form_asks_as_its_country_does_and_says_what_is_wrong(ann: Person) -> None:
    assert "ZIP code" in ann.get("/account/addresses/new").text
    moved = {"change": "country", "country_code": "DE", "name": "Ann Example", "city": "Berlin"}
    german = ann.post("/account/addresses", data=moved)
    assert german.status_code == 200
    assert 'name="country_area"' not in german.text
    assert "error" not in german.text.split("<form", 1)[1]
    assert 'value="Ann Example"' in german.text
    typed = BERLIN["address"] | {"postal_code": "1", "phone": "+49 30 901820"}  # type: ignore[operator]
    refused = ann.post("/account/addresses", data=typed)
    assert refused.status_code == 422
    assert 'id="postal_code-error"' in refused.text
    assert 'value="Beispielweg 1"' in refused.text
    added = ann.post("/account/addresses", data=typed | {"postal_code": "10115"})
    assert added.status_code == 303
    [kept] = ann.get("/api/v1/account/addresses").json()
    page = ann.get(f"/account/addresses/{kept['address_id']}").text
    assert 'value="10115"' in page
    changed = ann.post(
        f"/account/addresses/{kept['address_id']}", data=typed | {"postal_code": "10117"}
    )
    assert changed.status_code == 303
    [kept] = ann.get("/api/v1/account/addresses").json()
    assert kept["address"]["postal_code"] == "10117"
    unknown = {"change": "country", "country_code": "XX"}
    assert ann.post("/account/addresses", data=unknown).status_code == 200


def test_an_account_holds_twenty_addresses(ann: Person) -> None:
    for _ in range(20):
        assert ann.post("/api/v1/account/addresses", json=HOME).status_code == 201
    refused = ann.post("/api/v1/account/addresses", json=HOME)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/problems/too-many-addresses")


def test_another_customers_address_is_not_there(
    ann: Person, someone: Callable[[], Person], account_shop: Shop
) -> None:
    address_id = ann.post("/api/v1/account/addresses", json=HOME).json()["address_id"]
    bob = someone()
    bob.sign_in("bob@example.com")
    api, page = f"/api/v1/account/addresses/{address_id}", f"/account/addresses/{address_id}"
    answers = [
        bob.get(api), bob.put(api, json=BERLIN), bob.delete(api), bob.get(page),
        bob.post(page, data=ADDRESS), bob.post(f"{page}/default"), bob.post(f"{page}/delete"),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert ann.get(api).json()["address"] == ADDRESS


def test_a_consent_has_its_dates(ann: Person) -> None:
    kinds = ann.get("/api/v1/account/consents").json()
    assert [one["kind"] for one in kinds] == ["newsletter", "review_requests"]
    assert kinds[:1] == [
        {
            "kind": "newsletter",
            "label": "News and offers by e-mail",
            "is_granted": False,
            "granted_at": None,
            "withdrawn_at": None,
        }
    ]
    ann.post("/account/consents", data={"newsletter": "yes"})
    given = ann.get("/api/v1/account/consents").json()[0]
    ann.post("/account/consents", data={"newsletter": "yes"})
    assert ann.get("/api/v1/account/consents").json()[0] == given
    assert "Agreed on" in ann.get("/account").text
    taken_back = ann.put("/api/v1/account/consents/newsletter", json={"is_granted": False}).json()
    assert (taken_back["is_granted"], taken_back["granted_at"]) == (False, given["granted_at"])
    assert "Withdrawn on" in ann.get("/account").text
    assert ann.put("/api/v1/account/consents/calls", json={"is_granted": True}).status_code == 404


def test_the_export_holds_guest_orders_too(
    someone: Callable[[], Person], account_shop: Shop
) -> None:
    guest = someone()
    number = buy(guest, "Export@Example.com")
    guest.sign_in("export@example.com")
    guest.post("/api/v1/account/addresses", json=HOME)
    sku = guest.put_into_bag()
    answer = guest.get("/account/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "private, no-store"
    data: dict[str, Any] = answer.json()
    assert data["account"]["email"] == "export@example.com"
    assert [one["address"] for one in data["addresses"]] == [ADDRESS]
    assert [one["sku"] for one in data["bag"]] == [sku]
    [order] = data["orders"]
    assert (order["number"], order["delivery_address"]) == (number, ADDRESS)
    assert guest.get("/api/v1/account/export").json() == data


def test_the_checkout_begins_with_the_default_address_and_offers_the_others(ann: Person) -> None:
    ann.post("/api/v1/account/addresses", json=HOME)
    berlin = ann.post("/api/v1/account/addresses", json=BERLIN).json()
    ann.put_into_bag()
    token = ann.post("/api/v1/checkout").json()["token"]
    path = f"/checkout/{token}/address"
    first = ann.get(path).text
    assert 'value="ann@example.com"' in first
    assert 'value="1 Main Street"' in first
    chosen = ann.get(path, params={"address": berlin["address_id"]}).text
    assert 'value="Beispielweg 1"' in chosen
    assert 'value="+4930901820"' in chosen
    assert '<option value="DE" selected>' in chosen
    assert (
        'value="1 Main Street"' in ann.get(path, params={"address": 2**62}).text
    )  # not one of hers


def test_deleting_the_account_deletes_the_answers_that_are_stored_for_retries(
    someone: Callable[[], Person], account_shop: Shop
) -> None:
    dora, email = someone(), "dora@example.com"
    dora.sign_in(email)
    number = buy(dora, email)
    headers = {"Idempotency-Key": "k"}
    for _ in range(2):
        cancelled = dora.post(f"/api/v1/orders/{number}/cancel", headers=headers)
        assert cancelled.json()["email"] == email
    assert dora.delete("/api/v1/account").status_code == 204
    kept = account_shop.rows(
        "select count(*) from shop.idempotency_keys"
        " where position(cast(:email as bytea) in body) > 0",
        email=email.encode(),
    )
    assert kept == [(0,)]


def test_deleting_the_account_keeps_the_order_without_the_person(
    someone: Callable[[], Person], account_shop: Shop
) -> None:
    carl, email = someone(), "carl@example.com"
    carl.sign_in(email)
    other_browser = someone()
    other_browser.sign_in(email)
    carl.post("/api/v1/account/addresses", json=HOME)
    number = buy(carl, email)
    refused = carl.post("/account/delete")
    assert refused.status_code == 409
    assert number in refused.text
    assert carl.delete("/api/v1/account").json()["type"].endswith("/problems/account-in-use")
    [before] = account_shop.rows(
        "update shop.orders set state = 'completed' where number = :number"
        " returning total_minor, tax_minor",
        number=number,
    )
    deleted = carl.post("/account/delete")
    assert (deleted.status_code, deleted.headers["location"]) == (303, "/")
    for browser in (carl, other_browser):
        assert browser.get("/api/v1/account").status_code == 401
    assert account_shop.rows(
        "select email, phone, delivery_address, billing_address, total_minor, tax_minor"
        " from shop.orders where number = :number",
        number=number,
    ) == [
        (
            "deleted@invalid",
            None,
            {"country_code": "US", "country_area": "IL"},
            {"country_code": "US", "country_area": "IL"},
            *before,
        )
    ]
    assert mentions(account_shop, email) == []
    carl.sign_in(email)
    assert carl.get("/api/v1/account/export").json()["orders"] == []


def test_an_account_is_not_deleted_while_a_return_is_in_progress(
    someone: Callable[[], Person], account_shop: Shop
) -> None:
    dave, email = someone(), "dave@example.com"
    dave.sign_in(email)
    number = buy(dave, email)
    account_shop.rows(
        "with ended as (update shop.orders set state = 'completed' where number = :number returning id)"
        " insert into shop.returns (number, order_id, language, state)"
        " select 'RETU-RN01', id, 'en', 'received'"
        " from ended",
        number=number,
    )
    refused = dave.delete("/api/v1/account")
    assert (refused.status_code, refused.json()["returns"]) == (409, ["RETU-RN01"])
    assert "RETU-RN01" in dave.post("/account/delete").text
    account_shop.rows("update shop.returns set state = 'completed' where number = 'RETU-RN01'")
    assert dave.delete("/api/v1/account").status_code == 204


def mentions(shop: Shop, *facts: str) -> list[str]:
    """Every table that still holds one of these."""
    tables = shop.rows("select tablename from pg_tables where schemaname = 'shop'")
    return [
        f"{table}: {fact}"
        for [table] in tables
        for fact in facts
        if shop.rows(
            f"select from shop.{table} as kept where kept::text ilike :fact limit 1",
            fact=f"%{fact}%",
        )
    ]
