"""Staff who sign in by e-mail confirm it with a code of their authenticator app."""

import re
from collections.abc import Callable, Iterator

import httpx
import pyotp
import pytest

from lakepass.emulator import Emulator
from tests.databases import Databases

from .conftest import STAFF, Person, Shop


@pytest.fixture(scope="module")
def guarded_shop(
    emulator: Emulator, databases: Databases, template_database: str, account_shop: Shop
) -> Iterator[Shop]:
    settings = account_shop.settings.model_copy(update={"staff_second_factor": True})
    with Shop(emulator, databases.create(template=template_database), settings) as shop:
        yield shop


@pytest.fixture
def staff(guarded_shop: Shop) -> Iterator[Callable[[], Person]]:
    """Call it for another browser of a member of staff, signed in by e-mail; without a second factor."""
    people: list[Person] = []
    guarded_shop.rows("delete from shop.second_factors")

    def sign_in() -> Person:
        guarded_shop.rows("delete from shop.sign_in_codes")
        people.append(Person(guarded_shop))
        people[-1].sign_in(STAFF)
        return people[-1]

    yield sign_in
    for person in people:
        person.close()


def set_up(person: Person) -> tuple[pyotp.TOTP, str, list[str]]:
    """Set it up as the pages say; returns the app, the code that was typed, and the recovery codes."""
    person.post("/account/second-factor/begin")
    page = person.get("/account/second-factor").text
    assert page.count("<svg") >= 1
    [secret] = re.findall(r"<code dir=\"ltr\">([A-Z2-7]{32})</code>", page)
    app = pyotp.TOTP(secret)
    code = app.now()
    shown = person.post("/account/second-factor/confirm", data={"code": code})
    assert shown.status_code == 200, shown.text
    codes = re.findall(r"<code dir=\"ltr\">([a-z0-9]{5}-[a-z0-9]{5})</code>", shown.text)
    return app, code, codes


def enter(person: Person, code: str) -> httpx.Response:
    return person.post("/account/second-factor?next=/admin", data={"code": code})


def a_later_code(shop: Shop, app: pyotp.TOTP) -> str:
    """The code that the app shows, as if that of before were of an earlier period."""
    shop.rows("update shop.second_factors set last_step = last_step - 2")
    return app.now()


def test_staff_are_led_to_set_it_up_and_then_see_the_back_office(
    staff: Callable[[], Person], guarded_shop: Shop
) -> None:
    ann = staff()
    led = ann.get("/admin")
    assert (led.status_code, led.headers["location"]) == (
        303,
        "/account/second-factor?next=%2Fadmin",
    )
    refused = ann.get("/api/v1/admin/orders")
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("/problems/second-factor-needed")

    _, _, codes = set_up(ann)
    assert len(set(codes)) == 10
    assert ann.get("/admin").status_code == 200
    assert ann.get("/api/v1/admin/orders").status_code == 200
    [(stored,)] = guarded_shop.rows("select string_agg(code_hash, ' ') from shop.recovery_codes")
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_each_sign_in_asks_for_a_code_which_is_taken_once(
    staff: Callable[[], Person], guarded_shop: Shop
) -> None:
    app, used, _ = set_up(staff())
    ann = staff()
    assert ann.get("/admin").status_code == 303
    assert enter(ann, used).status_code == 422
    code = a_later_code(guarded_shop, app)
    assert enter(ann, code).headers["location"] == "/admin"
    assert ann.get("/admin").status_code == 200
    assert enter(staff(), code).status_code == 422


def test_a_recovery_code_takes_the_place_of_the_app_once(staff: Callable[[], Person]) -> None:
    _, _, codes = set_up(staff())
    ann, bob = staff(), staff()
    assert enter(ann, codes[0].upper()).status_code == 303
    assert ann.get("/admin").status_code == 200
    assert enter(bob, codes[0]).status_code == 422
    assert "Recovery codes left: 9." in ann.get("/account/second-factor").text


def test_a_program_sets_it_up_enters_it_and_removes_it(
    staff: Callable[[], Person], guarded_shop: Shop
) -> None:
    at = "/api/v1/account/second-factor"
    ann = staff()
    nothing = {
        "is_set_up": False, "is_entered": False, "recovery_codes_left": 0, "secret": None, "uri": None,
    }  # fmt: skip
    assert ann.get(at).json() == nothing
    begun = ann.post(at)
    assert begun.status_code == 201
    app = pyotp.parse_uri(begun.json()["uri"])
    assert isinstance(app, pyotp.TOTP)
    assert app.secret == begun.json()["secret"]
    wrong = ann.post(f"{at}/confirmation", json={"code": "12345"})
    assert wrong.json()["type"].endswith("/problems/wrong-second-factor")
    codes = ann.post(f"{at}/confirmation", json={"code": app.now()}).json()["recovery_codes"]
    assert len(set(codes)) == 10
    assert ann.get("/api/v1/admin/orders").status_code == 200

    bob = staff()
    assert bob.get("/api/v1/admin/orders").status_code == 403
    assert bob.post(at).json()["type"].endswith("/problems/second-factor-set-up")
    assert bob.delete(at).json()["type"].endswith("/problems/second-factor-needed")
    tries = [bob.post(f"{at}/verification", json={"code": "12345"}) for _ in range(5)]
    assert [one.status_code for one in tries] == [403] * 5
    locked = bob.post(f"{at}/verification", json={"code": codes[0]})
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "900")
    guarded_shop.rows("update shop.second_factors set locked_until = now()")
    assert bob.post(f"{at}/verification", json={"code": codes[0]}).status_code == 204
    assert bob.get(at).json() == nothing | {
        "is_set_up": True, "is_entered": True, "recovery_codes_left": 9,
    }  # fmt: skip
    assert bob.delete(at).status_code == 204
    assert bob.get(at).json() == nothing


def test_it_is_for_staff_alone(guarded_shop: Shop) -> None:
    at = "/api/v1/account/second-factor"
    with Person(guarded_shop) as shopper:
        assert shopper.get(at).status_code == 401
        shopper.sign_in("shopper@example.com")
        assert [shopper.get(at).status_code, shopper.post(at).status_code] == [404, 404]


def test_after_five_wrong_codes_the_right_one_is_refused_for_a_while(
    staff: Callable[[], Person], guarded_shop: Shop
) -> None:
    app, _, codes = set_up(staff())
    ann = staff()
    assert [enter(ann, "12345").status_code for _ in range(5)] == [422] * 5
    code = a_later_code(guarded_shop, app)
    refused = enter(ann, code)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    assert enter(ann, codes[1]).status_code == 429
    guarded_shop.rows("update shop.second_factors set locked_until = now()")
    assert enter(ann, app.now()).status_code == 303


def test_setting_it_up_ends_other_sessions_and_removing_it_needs_it(
    staff: Callable[[], Person], guarded_shop: Shop
) -> None:
    thief, ann = staff(), staff()
    app, _, _ = set_up(ann)
    assert thief.get("/api/v1/account").status_code == 401
    second = staff()
    assert second.post("/account/second-factor/begin").status_code == 409
    led = second.post("/account/second-factor/remove")
    assert led.headers["location"].startswith("/account/second-factor?")
    assert enter(second, a_later_code(guarded_shop, app)).status_code == 303
    assert second.post("/account/second-factor/remove").status_code == 303
    assert ann.get("/admin").status_code == 303
    events = guarded_shop.rows(
        "select event from shop.security_events where event like 'second-factor%' "
        "order by id desc limit 2"
    )
    assert events == [("second-factor-removed",), ("second-factor-used",)]


def test_the_secret_is_stored_encrypted_and_survives_the_replacement_of_a_key(
    staff: Callable[[], Person], guarded_shop: Shop
) -> None:
    from storefront.web.signing import Signer

    app, _, _ = set_up(staff())
    [(stored,)] = guarded_shop.rows("select secret from shop.second_factors")
    assert app.secret not in stored
    replaced = Signer(["new" * 12, "k" * 32]).cipher("second factor")
    assert replaced.decrypt(stored.encode()).decode() == app.secret


def test_shoppers_have_none(guarded_shop: Shop) -> None:
    with Person(guarded_shop) as shopper:
        shopper.sign_in("shopper@example.com")
        assert shopper.get("/account/second-factor").status_code == 404
        assert shopper.post("/account/second-factor/begin").status_code == 404
        assert shopper.get("/admin").status_code == 403
