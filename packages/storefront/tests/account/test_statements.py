"""How many statements each step of buying sends: more than these is a change to be decided on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

from packages.storefront.tests.checkout.conftest import ADDRESS

from .conftest import Person, Shop

Statements = Callable[[], AbstractContextManager[list[str]]]

# Signing in costs one of each. "pay" is two transactions, with the idempotency key, and the books of
# the test provider; the API answers a change of the bag, the checkout or an order with all of it.
BUDGET = {
    "add to the bag": 12,
    "bag": 7,
    "bag page": 8,
    "badge": 2,
    "change a line": 12,
    "begin the checkout": 10,
    "address page": 10,
    "enter": 11,
    "delivery page": 8,
    "payment page": 8,
    "pay": 30,
    "order": 8,
    "order page": 8,
    "orders": 3,
    "orders page": 3,
    "account page": 6,
    "cancel": 30,
}


class Counted:
    """Sends requests of a person, and counts the statements of each."""

    def __init__(self, person: Person, statements: Statements) -> None:
        self._person, self._statements = person, statements
        self.counts: dict[str, int] = {}

    def __call__(self, name: str, method: str, path: str, **options: object) -> dict[str, object]:
        with self._statements() as sent:
            answer = self._person.request(method, path, **options)  # type: ignore[arg-type]
        assert answer.status_code < 400, (name, answer.text)
        self.counts[name] = len(sent)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return dict(answer.json()) if is_json else {}


def test_every_step_of_buying_sends_so_many_statements(
    someone: Callable[[], Person], account_shop: Shop, statements: Statements
) -> None:
    account_shop.rows("delete from shop.sign_in_codes")
    ann = someone()
    ann.sign_in("counted@example.com")
    ann.post("/api/v1/account/addresses", json={"address": ADDRESS})
    sku = ann.put_into_bag()
    send = Counted(ann, statements)
    send("add to the bag", "POST", "/api/v1/cart/lines", json={"sku": sku})
    send("bag", "GET", "/api/v1/cart")
    send("bag page", "GET", "/cart")
    send("badge", "GET", "/cart/badge")
    send("change a line", "PATCH", f"/api/v1/cart/lines/{sku}", json={"quantity": 1})
    token = send("begin the checkout", "POST", "/api/v1/checkout")["token"]
    path = f"/checkout/{token}"
    send("address page", "GET", f"{path}/address")
    entered = {
        "email": "counted@example.com",
        "delivery_address": ADDRESS,
        "delivery_method": "standard",
    }
    checkout = send("enter", "PATCH", f"/api/v1{path}", json=entered)
    send("delivery page", "GET", f"{path}/delivery")
    send("payment page", "GET", f"{path}/payment")
    totals = checkout["totals"]
    assert isinstance(totals, dict)
    paid = send(
        "pay",
        "POST",
        f"/api/v1{path}/pay",
        json={"payment_token": "webhook-never", "total_minor": totals["total"]["minor"]},
        headers={"Idempotency-Key": uuid4().hex},
    )
    number = paid["order_number"]
    send("order", "GET", f"/api/v1/orders/{number}")
    send("order page", "GET", f"/orders/{number}")
    send("orders", "GET", "/api/v1/orders")
    send("orders page", "GET", "/account/orders")
    send("account page", "GET", "/account")
    cancel = {"Idempotency-Key": uuid4().hex}
    send("cancel", "POST", f"/api/v1/orders/{number}/cancel", headers=cancel)
    assert send.counts == BUDGET
