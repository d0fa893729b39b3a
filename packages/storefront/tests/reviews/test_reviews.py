"""Reviews: only of what was delivered, moderated, shown to everybody, deleted with the account."""

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from packages.storefront.tests.account.buying import buy
from packages.storefront.tests.account.conftest import STAFF, Person, Shop
from packages.storefront.tests.alerts.mails import link_in, mails_to, wake
from storefront.orders import links
from storefront.web.signing import signer

Someone = Callable[[], Person]
GOOD = {"stars": 5, "body": "Warm, and it fits as it should.", "fit": "true", "height_mm": 1_730}


class Bought:
    """An order of one piece: its number, SKU and product."""

    def __init__(self, shop: Shop, person: Person, email: str) -> None:
        self.shop = shop
        self.number = buy(person, email)
        [(self.sku, self.product_id, self.slug)] = shop.rows(
            "select sku, product_id, slug from shop.order_lines join shop.orders on orders.id = order_id"
            " where number = :number",
            number=self.number,
        )
        self.path = f"/orders/{self.number}/lines/{self.sku}/review"
        self.api = f"/api/v1{self.path}"

    def arrives(self, staff: Person) -> None:
        """Ship all of it, and note that it arrived."""
        orders = f"/api/v1/admin/orders/{self.number}"
        [line] = staff.get(orders).json()["lines"]
        sent = staff.post(
            f"{orders}/shipments",
            json={"pieces": {line["line_id"]: 1}},
            headers={"Idempotency-Key": uuid4().hex},
        )
        assert sent.status_code in (200, 201), sent.text
        [(shipment_id,)] = self.shop.rows(
            "select shipments.id from shop.shipments join shop.orders on orders.id = order_id"
            " where number = :number",
            number=self.number,
        )
        arrived = staff.post(
            f"{orders}/shipments/{shipment_id}/deliver", headers={"Idempotency-Key": uuid4().hex}
        )
        assert arrived.status_code in (200, 201), arrived.text

    @property
    def reviews(self) -> dict[str, Any]:
        """What everybody sees of its product."""
        with Person(self.shop) as stranger:
            answer = stranger.get(f"/api/v1/products/{self.product_id}/reviews")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def staff(account_shop: Shop) -> Iterator[Person]:
    with Person(account_shop) as person:
        person.sign_in(STAFF)
        yield person


@pytest.fixture(scope="module")
def delivered(account_shop: Shop, staff: Person) -> Iterator[tuple[Person, Bought]]:
    with Person(account_shop) as person:
        person.sign_in("ann-reviews@example.com")
        bought = Bought(account_shop, person, "ann-reviews@example.com")
        bought.arrives(staff)
        yield person, bought


@pytest.fixture
def ann(delivered: tuple[Person, Bought]) -> tuple[Person, Bought]:
    """A customer to whom one piece was delivered, who has written nothing yet."""
    delivered[0].delete(delivered[1].api)
    return delivered


def waiting(staff: Person) -> list[dict[str, Any]]:
    return list(staff.get("/api/v1/admin/reviews?limit=200").json()["reviews"])


def decide(staff: Person, review_id: str, what: str, **body: str) -> int:
    answer = staff.post(
        f"/api/v1/admin/reviews/{review_id}/{what}",
        json=body or None,
        headers={"Idempotency-Key": uuid4().hex},
    )
    return answer.status_code


def test_what_has_not_arrived_cannot_be_reviewed(someone: Someone, account_shop: Shop) -> None:
    bob = someone()
    bob.sign_in("bob-reviews@example.com")
    bought = Bought(account_shop, bob, "bob-reviews@example.com")
    refused = bob.put(bought.api, json=GOOD)
    assert (refused.status_code, refused.json()["type"].split("/")[-1]) == (409, "not-delivered")
    assert "once it has arrived" in bob.get(bought.path).text


def test_a_review_is_published_edited_and_deleted_and_the_numbers_follow(
    ann: tuple[Person, Bought], account_shop: Shop
) -> None:
    person, bought = ann
    before = bought.reviews["summary"]
    written = person.put(bought.api, json=GOOD).json()
    assert (written["state"], written["review"]["verified"]) == ("published", True)
    assert bought.reviews["summary"]["count"] == before["count"] + 1
    assert bought.reviews["reviews"][0]["height_mm"] == 1_730
    again = person.put(bought.api, json=GOOD | {"stars": 1, "fit": "small"}).json()
    assert again["review"]["review_id"] == written["review"]["review_id"]
    after = bought.reviews["summary"]
    assert after["count"] == before["count"] + 1
    assert after["stars"]["1"] == before["stars"]["1"] + 1
    assert after["fit"]["small"] == before["fit"]["small"] + 1
    [(average, count)] = account_shop.rows(
        "select rating_avg, rating_count from shop.colourways where id = :id", id=bought.product_id
    )
    assert (float(average), count) == (after["average"], after["count"])
    assert person.delete(bought.api).status_code == 204
    assert bought.reviews["summary"] == before


def test_others_do_not_write_it_and_the_link_of_the_order_does(
    ann: tuple[Person, Bought], someone: Someone, staff: Person
) -> None:
    person, bought = ann
    for other in (someone(), staff):
        assert other.put(bought.api, json=GOOD).status_code == 404
        assert other.get(bought.path).status_code == 404
    key = links.key_of(signer(person.shop.settings), bought.number)
    form = someone().post(
        f"{bought.path}?key={key}",
        data={"stars": "4", "body": "By link.", "height": "68", "unit": "in"},
    )
    assert form.status_code == 303, form.text
    assert person.get(bought.api).json()["review"]["height_mm"] == 1_727


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(ann: tuple[Person, Bought]) -> None:
    person, bought = ann
    refused = person.post(bought.path, data={"body": "Kept as typed.", "height": "9", "unit": "cm"})
    assert refused.status_code == 422
    assert 'id="stars-error"' in refused.text
    assert "Kept as typed." in refused.text
    refused = person.post(
        bought.path, data={"stars": "3", "body": "Fine.", "height": "9", "unit": "cm"}
    )
    assert (refused.status_code, 'id="height-error"' in refused.text) == (422, True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Cheaper at www.example.com.", "link"),
        ("Write to me (at) example (dot) com", "e-mail"),
        ("Call 212-555-0199.", "telephone"),
        ("What a sh1t.", "word"),
    ],
)
def test_rules_hold_a_review_until_staff_have_read_it(
    ann: tuple[Person, Bought], staff: Person, body: str, reason: str
) -> None:
    person, bought = ann
    count = bought.reviews["summary"]["count"]
    held = person.put(bought.api, json={"stars": 1, "body": body}).json()
    assert held["state"] == "held"
    assert bought.reviews["summary"]["count"] == count
    review_id = held["review"]["review_id"]
    [one] = [one for one in waiting(staff) if one["review"]["review_id"] == review_id]
    assert reason in one["held_for"]
    assert decide(staff, review_id, "approve") == 204
    assert bought.reviews["summary"]["count"] == count + 1


def test_staff_reject_with_a_reason_that_the_writer_sees_and_can_answer(
    ann: tuple[Person, Bought], staff: Person
) -> None:
    person, bought = ann
    review_id = person.put(bought.api, json=GOOD).json()["review"]["review_id"]
    assert decide(staff, review_id, "reject", reason="It is about the delivery.") == 204
    own = person.get(bought.api).json()
    assert (own["state"], own["rejected_reason"]) == ("rejected", "It is about the delivery.")
    assert "It is about the delivery." in person.get("/account/reviews").text
    assert person.put(bought.api, json=GOOD).json()["state"] == "held"
    assert review_id in [one["review"]["review_id"] for one in waiting(staff)]


def test_a_visitor_votes_and_reports_once(
    ann: tuple[Person, Bought], staff: Person, someone: Someone
) -> None:
    person, bought = ann
    review_id = person.put(bought.api, json=GOOD).json()["review"]["review_id"]
    guest = someone()
    for _ in range(2):
        assert guest.put(f"/api/v1/reviews/{review_id}/helpful").status_code == 204
    voted = guest.post(f"/reviews/{review_id}/helpful")
    assert voted.headers["location"] == f"/p/{bought.slug}/reviews#review-{review_id}"
    assert person.get(bought.api).json()["review"]["helpful_count"] == 1
    assert guest.delete(f"/api/v1/reviews/{review_id}/helpful").status_code == 204
    assert person.get(bought.api).json()["review"]["helpful_count"] == 0
    assert guest.post(f"/reviews/{review_id}/report", data={}).status_code == 422
    for _ in range(2):
        assert (
            guest.post(f"/reviews/{review_id}/report", data={"reason": "false"}).status_code == 303
        )
    [one] = [one for one in waiting(staff) if one["review"]["review_id"] == review_id]
    assert (one["state"], one["reports"]) == ("published", {"false": 1})
    assert decide(staff, review_id, "approve") == 204
    assert review_id not in [one["review"]["review_id"] for one in waiting(staff)]


def test_photographs_lose_their_metadata_and_wait_for_staff(
    ann: tuple[Person, Bought], staff: Person, someone: Someone
) -> None:
    person, bought = ann
    exif = Image.Exif()
    exif[0x010F] = "CAMERA OF ANN"
    exif[0x0112] = 6
    content = io.BytesIO()
    Image.new("RGB", (1_600, 1_200), "red").save(
        content, "JPEG", exif=exif.tobytes(), comment=b"HOME"
    )
    sent = person.post(
        bought.path,
        data={"stars": "5", "body": "See the picture."},
        files=[("photographs", ("a.jpg", content.getvalue(), "image/jpeg"))],
    )
    assert sent.status_code == 303, sent.text
    own = person.get(bought.api).json()
    [photograph] = own["review"]["photographs"]
    assert (own["state"], photograph["width"], photograph["height"]) == ("held", 900, 1_200)
    address = f"/reviews/photographs/{photograph['key']}"
    guest = someone()
    assert guest.get(address).status_code == 404
    assert person.get(f"{bought.path}/photographs/{photograph['key']}").status_code == 200
    assert staff.get(f"/admin{address}").status_code == 200
    assert decide(staff, own["review"]["review_id"], "approve") == 204
    shown = guest.get(address)
    assert shown.headers["cache-control"] == "public, max-age=30"
    assert b"CAMERA" not in shown.content
    assert b"HOME" not in shown.content
    assert Image.open(io.BytesIO(shown.content)).size == (900, 1_200)
    for broken in (b"GIF89a no picture", content.getvalue()[:200]):
        refused = person.post(
            f"{bought.api}/photographs", files={"image": ("a.jpg", broken, "image/jpeg")}
        )
        assert refused.status_code == 422, refused.text
    removed = person.delete(f"{bought.api}/photographs/{photograph['key']}")
    assert removed.status_code == 204
    assert guest.get(address).status_code == 404


def test_export_and_deletion_take_reviews_and_votes_along(
    someone: Someone, staff: Person, account_shop: Shop
) -> None:
    person = someone()
    person.sign_in("leaves@example.com")
    bought = Bought(account_shop, person, "leaves@example.com")
    bought.arrives(staff)
    before = bought.reviews["summary"]
    other = bought.shop.rows(
        "select id from shop.reviews where state = 'published' order by id limit 1"
    )[0][0]
    person.put(bought.api, json=GOOD)
    person.put(f"/api/v1/reviews/{other}/helpful")
    data = person.get("/api/v1/account/export").json()["reviews"]
    assert data["helpful"] == [other]
    assert [(one["sku"], one["height_mm"]) for one in data["written"]] == [(bought.sku, 1_730)]
    assert person.post("/account/delete").status_code == 303
    assert bought.reviews["summary"] == before
    [(kept, votes)] = account_shop.rows(
        "select helpful_count, (select count(*) from shop.review_votes where review_id = reviews.id)"
        " from shop.reviews where id = :id",
        id=other,
    )
    assert kept == votes


def test_pages_show_reviews_to_readers_and_search_engines(account_shop: Shop) -> None:
    [(slug, count)] = account_shop.rows(
        "select slug, rating_count from shop.live_products order by rating_count desc, id limit 1"
    )
    with Person(account_shop) as stranger:
        page = stranger.get(f"/p/{slug}")
        assert f"Read all {count} reviews" in page.text
        assert f'"reviewCount": {count}' in page.text.replace('":', '": ').replace(":  ", ": ")
        assert "set-cookie" not in stranger.get(f"/p/{slug}/reviews").headers
        first = stranger.get(f"/p/{slug}/reviews?sort=highest")
        assert first.text.count('class="review"') == min(10, count)
        more = re.search(r'href="([^"]*cursor=[^"]*)"', first.text)
        assert more is not None
        second = stranger.get(more[1].replace("&amp;", "&"))
        shown = re.findall(r'id="review-(\d+)"', first.text + second.text)
        assert len(shown) == len(set(shown)) == min(20, count)
        assert (
            stranger.get(f"/p/{slug}/reviews?sort=lowest&{more[1].split('&amp;')[-1]}").status_code
            == 422
        )
        assert "Bewertungen" in stranger.get(f"/de/p/{slug}/reviews").text


def test_pages_of_the_api_hold_every_review_once_in_order(account_shop: Shop) -> None:
    [(product_id, count)] = account_shop.rows(
        "select id, rating_count from shop.live_products order by rating_count desc, id limit 1"
    )
    ranks: dict[str, Callable[[dict[str, Any]], tuple[int, int]]] = {
        "newest": lambda one: (0, -int(one["review_id"])),
        "helpful": lambda one: (-one["helpful_count"], -int(one["review_id"])),
        "highest": lambda one: (-one["stars"], -int(one["review_id"])),
        "lowest": lambda one: (one["stars"], -int(one["review_id"])),
    }
    with Person(account_shop) as stranger:
        for sort, rank in ranks.items():
            found: list[dict[str, Any]] = []
            cursor: str | None = ""
            while cursor is not None:
                query = {"sort": sort, "limit": "4"} | ({"cursor": cursor} if cursor else {})
                page = stranger.get(f"/api/v1/products/{product_id}/reviews", params=query).json()
                found += page["reviews"]
                cursor = page["next_cursor"]
            assert len(found) == count
            assert found == sorted(found, key=rank)
        five = stranger.get(f"/api/v1/products/{product_id}/reviews?stars=5&limit=100").json()
        assert len(five["reviews"]) == five["summary"]["stars"]["5"]


def test_who_agreed_is_asked_once_and_stops_it_by_one_click(
    someone: Someone, staff: Person, account_shop: Shop
) -> None:
    address = "asked@example.com"
    ann = someone()
    ann.sign_in(address)
    ann.post("/account/consents", data={"review_requests": "yes"})
    bought = Bought(account_shop, ann, address)
    bought.arrives(staff)
    own = (
        "where kind = 'reviews.request' and key ="
        f" (select id::text from shop.orders where number = '{bought.number}')"
    )
    planned = f"select due_at > now() + interval '9 days' from shop.jobs {own}"
    deadline = time.monotonic() + 60
    while not account_shop.rows(planned) and time.monotonic() < deadline:
        wake(ann)
    assert account_shop.rows(planned) == [(True,)]
    account_shop.rows(f"update shop.jobs set due_at = now() {own}")
    mail, deadline = None, time.monotonic() + 60
    while mail is None and time.monotonic() < deadline:
        wake(ann)
        found = mails_to(account_shop.settings, address, at_least=1)
        mail = next((one for one in found if "How do you like" in str(one["Subject"])), None)
    assert mail is not None
    assert "List-Unsubscribe" in mail
    stopped = someone().post(link_in(mail, "stop"))
    assert (stopped.status_code, "We ask no more" in stopped.text) == (200, True)
    kinds = {one["kind"]: one for one in ann.get("/api/v1/account/consents").json()}
    assert kinds["review_requests"]["is_granted"] is False


def test_pages_of_products_and_reviews_send_few_statements(
    account_shop: Shop,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    [(slug,)] = account_shop.rows(
        "select slug from shop.live_products where rating_count > 3 order by id limit 1"
    )
    with Person(account_shop) as stranger:
        stranger.get(f"/p/{slug}")  # reads the delivery methods
        for path, budget in ((f"/p/{slug}", 3), (f"/p/{slug}/reviews", 2)):
            with statements() as sent:
                stranger.get(path)
            # Listings are refreshed, and pictures made, in the background.
            own = [one for one in sent if "$1" in one and "shop.media where key" not in one]
            assert len(own) <= budget, own


def test_measures_are_stored_with_consent_alone_and_deleted(
    ann: tuple[Person, Bought], account_shop: Shop, someone: Someone
) -> None:
    person, _bought = ann
    [(slug, product_id)] = account_shop.rows(
        "select slug, live_products.id from shop.live_products"
        " join shop.size_charts on size_charts.id = size_chart_id"
        " where key = 'women-alpha' order by live_products.id limit 1"
    )
    path, api = f"/p/{slug}/size-advice", f"/api/v1/products/{product_id}/size-advice"
    assert "We do not know enough" in someone().get(path).text
    typed = {"chest": "37", "waist": "30.5", "unit": "in"}
    answer = someone().post(path, data=typed)
    assert "Size M" in answer.text
    assert "your chest, your waist" in answer.text
    assert "fits you" in person.post(path, data=typed).text
    assert person.get("/api/v1/account/measures").json()["chest"] is None
    refused = person.post(path, data=typed | {"unit": "cm"})
    assert (refused.status_code, 'id="chest-error"' in refused.text) == (422, True)
    without = {"chest": 940, "waist": 775, "consent": False}
    assert person.put("/api/v1/account/measures", json=without).status_code == 422
    person.post(path, data=typed | {"is_agreed": "true"})
    assert person.get("/api/v1/account/measures").json()["chest"] == 940
    own = person.get(api).json()
    assert (own["size"], own["based_on"]) == ("M", ["chest", "waist"])
    assert "94" in person.get("/account/measures").text
    exported = person.get("/api/v1/account/export").json()["body_measures"]
    assert [one["measure"] for one in exported] == ["chest", "waist"]
    assert person.post("/account/measures/delete").status_code == 303
    assert person.get(api).json()["size"] is None
    assert someone().get("/account/measures").status_code == 303


def test_reviews_are_read_page_by_page(someone: Someone, staff: Person, account_shop: Shop) -> None:
    eve = someone()
    eve.sign_in("eve-reviews@example.com")
    written = []
    for _ in range(3):
        bought = Bought(account_shop, eve, "eve-reviews@example.com")
        bought.arrives(staff)
        assert eve.put(bought.api, json=GOOD).status_code == 200
        written.append(bought.number)
    account_shop.rows(
        "update shop.reviews set state = 'held' from shop.order_lines, shop.orders"
        " where order_lines.id = order_line_id and orders.id = order_id and email like 'eve-reviews@%'"
    )
    own = pages(eve, "/api/v1/account/reviews", "before")
    assert [[one["order"] for one in page["lines"]] for page in own] == [
        written[:0:-1],
        written[:1],
    ]
    queue = pages(staff, "/api/v1/admin/reviews", "after")
    ids = [int(one["review"]["review_id"]) for page in queue for one in page["reviews"]]
    assert ids == sorted(set(ids))
    assert len(ids) == queue[0]["count"] >= 3
    refused = staff.post(f"/admin/reviews/{ids[-1]}/reject", data={"key": "1", "reason": " "})
    assert f'id="review-{ids[-1]}"' in refused.text
    assert f'id="review-{ids[0]}"' not in staff.get(f"/admin/reviews?after={ids[0]}").text


def pages(person: Person, path: str, name: str) -> list[dict[str, Any]]:
    """Every page of a list, two rows each."""
    found: list[dict[str, Any]] = []
    last: str | None = ""
    while last is not None:
        page = person.get(path, params={"limit": "2"} | ({name: last} if last else {})).json()
        found.append(page)
        last = page[f"next_{name}"]
    return found
