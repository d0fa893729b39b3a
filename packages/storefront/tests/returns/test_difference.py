"""A guest exchanges for a colour that costs more, pays the difference at the bank, and comes back."""

import re
import time
from uuid import uuid4

from packages.storefront.tests.account.buying import buy
from packages.storefront.tests.account.conftest import STAFF, Person, Shop, proxied_shop

__all__ = ["proxied_shop"]


def test_a_guest_pays_the_difference_at_the_bank_and_sees_the_return(proxied_shop: Shop) -> None:
    with (
        Person(proxied_shop) as guest,
        Person(proxied_shop, **{"X-Forwarded-Email": STAFF}) as staff,
    ):
        number = buy(guest, "ann@example.com")
        found = {"number": number, "email": "ann@example.com"}
        key = guest.post("/api/v1/orders/lookup", json=found).json()["key"]
        api = f"/api/v1/admin/orders/{number}"
        while staff.get(api).json()["payment_state"] != "paid":
            time.sleep(0.2)
        line = staff.get(api).json()["lines"][0]
        parcel = {"pieces": {line["line_id"]: 1}}
        staff.post(f"{api}/shipments", json=parcel, headers={"Idempotency-Key": uuid4().hex})
        proxied_shop.rows("update shop.shipments set state = 'delivered', delivered_at = now()")
        [(sku,)] = proxied_shop.rows(
            """
            with mine as (
                select colourway_id, style_id from shop.skus
                join shop.colourways on colourways.id = colourway_id where code = :sku
            ), dearer as (
                update shop.colourways set style_id = mine.style_id, price_minor = :price,
                    list_price_minor = :price
                from mine where colourways.id = (
                    select max(colourway_id) from shop.offered_sizes
                    where pieces > 0 and colourway_id <> mine.colourway_id)
                returning colourways.id
            )
            select code from shop.offered_sizes join dearer on colourway_id = id
            where pieces > 0 order by code limit 1
            """,
            sku=line["sku"],
            price=line["price"]["minor"] + 700,
        )
        page = f"/orders/{number}/returns"
        typed = {
            "key": uuid4().hex,
            f"quantity-{line['line_id']}": "1",
            f"reason-{line['line_id']}": "colour",
            f"outcome-{line['line_id']}": sku,
        }
        asked = guest.post(page, params={"key": key}, data=typed)
        assert (asked.status_code, "The replacement costs $7.00 more" in asked.text) == (200, True)
        typed |= {"payment_token": "confirm", "confirmed_minor": "700"}
        to_bank = guest.post(page, params={"key": key}, data=typed)
        bank = to_bank.headers["location"]
        assert bank.startswith("/payments/test/")
        again = guest.post(page, params={"key": key}, data=typed)
        waiting = guest.get(again.headers["location"])
        assert "waits for your payment" in waiting.text
        back = guest.post(bank, data={"decision": "approve"})
        assert "/paid?key=" in back.headers["location"]
        paid = guest.get(back.headers["location"])
        shown = guest.get(paid.headers["location"])
        assert "approved: please send it" in shown.text
        [replacement] = re.findall(r"The replacement is the order (\S+)\.", shown.text)
        new = staff.get(f"/api/v1/admin/orders/{replacement}").json()
        assert new["total"]["minor"] == line["total"]["minor"] + 700
