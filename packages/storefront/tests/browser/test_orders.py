"""Order pages and pages of staff in a real browser, wide and narrow; axe finds nothing wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, running_shop
from storefront.demo.orders import email_of, number_of
from storefront.personas.profiles import PERSONAS
from storefront.settings import Settings
from tests.databases import Databases

from .complete import is_there
from .inspection import look_at, look_at_this
from .past_orders import place_orders

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STAFF = "tailor@example.com"


@pytest.fixture(scope="module")
def shop_with_orders(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A shop whose demo shoppers have ordered, with staff."""
    changes = {
        "behind_proxy": True,
        "staff": frozenset({STAFF}),
        "mail_dir": tmp_path_factory.mktemp("mail"),
        "connect_deadline_s": 60,
    }
    name = databases.create(template=template_database)
    place_orders(emulator, name)
    with running_shop(settings.model_copy(update=changes), emulator, name) as server:
        yield server


@pytest.fixture(params=[1440, 390], ids=["wide", "narrow"])
def visitor(
    request: pytest.FixtureRequest, browser: Browser, shop_with_orders: Server
) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": request.param, "height": 900}, base_url=shop_with_orders.url
    )
    yield context.new_page()
    context.close()


def test_a_guest_finds_an_order_and_cancels_it(
    visitor: Page, request: pytest.FixtureRequest
) -> None:
    position = 2 if "wide" in request.node.callspec.id else 9
    persona = PERSONAS["luxury" if position == 2 else "athletic"]
    look_at(visitor, "/orders/lookup")
    visitor.get_by_label("Order number").fill(number_of(position))
    visitor.get_by_label("E-mail address of the order").fill("eve@example.com")
    visitor.get_by_role("button", name="Show the order").click()
    assert visitor.get_by_role("alert").inner_text() == (
        "There is no order of this number and e-mail address."
    )
    visitor.get_by_label("E-mail address of the order").fill(email_of(persona))
    visitor.get_by_role("button", name="Show the order").click()
    assert visitor.get_by_role("heading", level=1).inner_text() == "Thank you for your order"
    look_at(visitor, visitor.url)
    visitor.locator("summary", has_text="Cancel the order").click()
    visitor.get_by_role("button", name="Yes, cancel the whole order").click()
    assert visitor.get_by_role("heading", level=1).inner_text() == "This order was cancelled"
    look_at(visitor, visitor.url)


def test_pages_of_customers_and_staff_are_accessible(visitor: Page) -> None:
    visitor.set_extra_http_headers({"X-Forwarded-Email": email_of(PERSONAS["budget_savvy"])})
    look_at(
        visitor,
        "/account",
        "/account/addresses/new",
        "/account/delete",
        "/account/orders",
        f"/orders/{number_of(11)}",
        "/account/reviews",
        "/account/measures",
    )
    visitor.set_extra_http_headers({"X-Forwarded-Email": STAFF})
    numbers = [number_of(position) for position in (5, 7, 11)]
    look_at(
        visitor,
        "/admin",
        "/admin/orders",
        "/admin/orders?state=cancelled",
        *(f"/admin/orders/{number}" for number in numbers),
        "/admin/reviews",
        "/admin/alerts",
        "/admin/promotions",
        "/admin/gift-cards",
        "/admin/audit",
    )
    for path, button, fields in (
        (
            "/admin/promotions",
            "Create",
            {"Label, as": "Ten off", "Percent": "10", "Coupon code": "TEN"},
        ),
        ("/admin/gift-cards", "Issue", {"Amount": "25", "Reason": "a birthday"}),
    ):
        visitor.goto(path)
        for label, text in fields.items():
            visitor.get_by_label(label).first.fill(text)
        visitor.get_by_role("button", name=button).click()
        look_at(visitor, path)
    visitor.goto(f"/admin/orders/{numbers[2]}")
    sku = visitor.locator(".lines .small").first.inner_text().rsplit("· ", 1)[1]
    look_at(visitor, f"/admin/stock?sku={sku}")
    visitor.goto(f"/admin/orders/{numbers[2]}")
    visitor.get_by_label("Additional amount").fill("a lot")
    visitor.get_by_role("button", name="Refund").click()
    assert visitor.locator("#amount-error").inner_text() == "Please enter a number."
    assert visitor.get_by_label("Additional amount").input_value() == "a lot"


def test_a_guest_sends_a_piece_back_and_staff_decide(
    visitor: Page, request: pytest.FixtureRequest
) -> None:
    is_wide = "wide" in request.node.callspec.id
    position, persona = (8, "athletic") if is_wide else (12, "budget_savvy")
    visitor.goto("/orders/lookup")
    visitor.get_by_label("Order number").fill(number_of(position))
    visitor.get_by_label("E-mail address of the order").fill(email_of(PERSONAS[persona]))
    visitor.get_by_role("button", name="Show the order").click()
    visitor.get_by_role("link", name="Return or exchange").click()
    visitor.get_by_role("button", name="Request the return").click()
    assert visitor.get_by_role("alert").inner_text() == "Choose what you want to return."
    visitor.get_by_label("How many of").first.fill("1")
    visitor.get_by_label("Why").first.select_option("too_small")
    exchange = visitor.get_by_label("What do you want for it").first
    sizes = exchange.locator("optgroup").first.locator("option")
    exchange.select_option(sizes.first.get_attribute("value"))
    if is_there(seal := visitor.get_by_label("It is unopened")):
        seal.first.check()
    visitor.get_by_role("button", name="Request the return").click()
    if is_there(pay := visitor.get_by_role("button", name="and exchange")):
        pay.click()
    heading = visitor.get_by_role("heading", level=1).inner_text()
    assert heading.startswith("Return R-")
    look_at(visitor, visitor.url, visitor.url.replace(f"/{heading.split()[1]}", ""))
    visitor.goto(visitor.url.replace("/returns?", f"/returns/{heading.split()[1]}?"))
    visitor.get_by_role("button", name="The parcel is on its way").click()
    visitor.set_extra_http_headers({"X-Forwarded-Email": STAFF})
    look_at(visitor, "/admin/returns", "/admin/overview")
    for button in ("Record what arrived", "Record the inspection", "Complete the return"):
        look_at(visitor, f"/admin/returns/{heading.split()[1]}")
        visitor.get_by_role("button", name=button).click()
    look_at(visitor, f"/admin/returns/{heading.split()[1]}")
    assert "completed" in visitor.locator(".facts").inner_text()


def test_a_buyer_writes_a_review_and_staff_publish_it(
    visitor: Page, request: pytest.FixtureRequest
) -> None:
    name = "professional" if "wide" in request.node.callspec.id else "athletic"
    buyer = {"X-Forwarded-Email": email_of(PERSONAS[name])}
    visitor.set_extra_http_headers(buyer)
    visitor.goto("/account")
    visitor.get_by_role("link", name="Your reviews").click()
    visitor.get_by_role("link", name="Write a review").first.click()
    look_at(visitor, visitor.url)
    visitor.get_by_role("button", name="Send the review").click()
    assert "marked below" in visitor.get_by_role("alert").inner_text()
    look_at_this(visitor)
    visitor.get_by_label("4 stars").check()
    visitor.get_by_label("Your review", exact=True).fill("Compare it at www.example.com first.")
    visitor.get_by_label("Title").fill(f"By {name}")
    visitor.get_by_role("button", name="Send the review").click()
    expect(visitor.get_by_text("We read your review before it is published")).to_be_visible()
    visitor.set_extra_http_headers({"X-Forwarded-Email": STAFF})
    visitor.goto("/admin/reviews")
    section = visitor.locator("section", has=visitor.get_by_role("heading", name=f"By {name}"))
    assert "Held for: link" in section.inner_text()
    section.get_by_role("button", name="Publish").click()
    visitor.set_extra_http_headers(buyer)
    visitor.goto("/account/reviews")
    entry = visitor.locator("li", has_text=f"By {name}")
    assert "Published." in entry.inner_text()
    entry.get_by_role("link").first.click()
    # The product's own page shows the most helpful ones only.
    look_at(visitor, f"{visitor.url.partition('#')[0]}/reviews?sort=newest")
    assert visitor.get_by_role("heading", name=f"By {name}").is_visible()


def test_staff_print_an_order_as_a_packing_slip(visitor: Page) -> None:
    visitor.set_extra_http_headers({"X-Forwarded-Email": STAFF})
    visitor.goto(f"/admin/orders/{number_of(5)}")
    expect(visitor.locator("#history")).to_be_visible()
    visitor.emulate_media(media="print")
    for shown in ("#lines", "#totals", "#address", ".line"):
        expect(visitor.locator(shown).first).to_be_visible()
    for hidden in (".report form", ".report .chips", "#history", "#refund"):
        expect(visitor.locator(hidden).first).to_be_hidden()


def test_a_shopper_prints_an_order_as_a_receipt(visitor: Page) -> None:
    visitor.set_extra_http_headers({"X-Forwarded-Email": email_of(PERSONAS["budget_savvy"])})
    visitor.goto(f"/orders/{number_of(11)}")
    expect(visitor.get_by_text("Print this page for a receipt.")).to_be_visible()
    expect(visitor.locator(".on-paper")).to_be_hidden()
    visitor.emulate_media(media="print")
    for shown in (".on-paper", "#lines", "#totals", "#delivery"):
        expect(visitor.locator(shown).first).to_be_visible()
    for hidden in ("h1", "form", "#history", "#to-review", "main .button"):
        expect(visitor.locator(hidden).first).to_be_hidden()
