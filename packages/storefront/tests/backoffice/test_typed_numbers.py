"""Numbers that staff type, and ids in addresses: written in one way, or refused with a reason."""

from uuid import uuid4

import pytest

from packages.storefront.tests.account.conftest import Person

NOT_WRITTEN_SO = ["1_0", "+7", "7.0", "1e3", "٧", "²", "9" * 30, "9" * 5_000]
PROMOTION = {"label": "Some", "kind": "percentage", "percent": "5"}


@pytest.mark.parametrize("written", [*NOT_WRITTEN_SO, "007", "0", "-1", "%207"])
@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/products/{}",
        "/api/v1/admin/products/{}",
        "/api/v1/admin/prices?product_id={}",
        "/api/v1/admin/orders?before={}",
        "/admin/products/{}",
        "/admin/orders?before={}",
    ],
)
def test_an_id_is_written_in_one_way(staff: Person, address: str, written: str) -> None:
    response = staff.get(address.format(written.replace("+", "%2B")))
    assert response.status_code == 422


def test_the_reason_says_how_an_id_is_written(staff: Person) -> None:
    [error] = staff.get("/api/v1/products/007").json()["errors"]
    assert error["detail"] == "product_id is '007'; it must be an id: digits alone, such as 12."


@pytest.mark.parametrize("written", NOT_WRITTEN_SO)
def test_a_count_is_written_in_digits(staff: Person, written: str) -> None:
    for address in ("/api/v1/products?page=", "/api/v1/admin/orders?limit="):
        assert staff.get(address + written.replace("+", "%2B")).status_code == 422


@pytest.mark.parametrize("written", [*NOT_WRITTEN_SO, ", ,", "x"])
def test_product_numbers_of_a_promotion_are_digits(staff: Person, written: str) -> None:
    sent = PROMOTION | {"key": uuid4().hex, "product_ids": written[:2_000]}
    refused = staff.post("/admin/promotions", data=sent)
    assert refused.status_code == 422
    assert 'id="product_ids-error"' in refused.text


def test_what_is_no_time_is_refused_in_plain_words(staff: Person) -> None:
    for typed in ("tomorrow", "2026-13-45T10:00", "1e9", "2026-02-30"):
        refused = staff.post("/admin/promotions", data=PROMOTION | {"key": "k", "ends_at": typed})
        assert refused.status_code == 422
        assert "Please enter a date and a time." in refused.text


@pytest.mark.parametrize(
    ("typed", "cents"), [("49.90", 4990), ("49,90", 4990), ("1.234,56", 123456), ("$1,234", 123400)]
)
def test_an_amount_is_typed_with_either_decimal_mark(staff: Person, typed: str, cents: int) -> None:
    reason = uuid4().hex
    form = {"key": reason, "amount": typed, "reason": reason}
    assert staff.post("/admin/gift-cards", data=form).status_code in (200, 303)
    [card] = [
        one
        for one in staff.get("/api/v1/admin/gift-cards").json()["gift_cards"]
        if reason in str(one)
    ]
    assert card["balance"]["minor"] == cents


@pytest.mark.parametrize("typed", ["-5", "1.2.3", "ten", "1e3", "1,2,3"])
def test_what_is_no_amount_is_refused(staff: Person, typed: str) -> None:
    form = {"key": uuid4().hex, "amount": typed, "reason": "test"}
    refused = staff.post("/admin/gift-cards", data=form)
    assert (refused.status_code, "Please enter a number." in refused.text) == (422, True)
