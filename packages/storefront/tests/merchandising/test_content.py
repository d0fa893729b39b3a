"""The words of pages: written by staff, previewed, published, scheduled and brought back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from packages.storefront.tests.account.conftest import Person, Shop
from storefront.home.stories import BadStoryError, default_text, stories_of

from .conftest import Statements

API = "/api/v1/admin/content"
STORY = "## {0}\n\nOf *what* is told.\n\n[See {0}](/collections/shades-of-blue)\n\n"


def write(
    staff: Person, page: str, markdown: str, language: str = "en", **values: Any
) -> httpx.Response:
    return staff.post(
        f"{API}/{page}",
        params={"language": language},
        json={"markdown": markdown} | values,
        headers={"Idempotency-Key": uuid4().hex},
    )


def versions(staff: Person, page: str, language: str = "en") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = staff.get(f"{API}/{page}", params={"language": language}).json()[
        "versions"
    ]
    return found


def act(staff: Person, version: dict[str, Any], what: str) -> int:
    path = f"{API}/versions/{version['version_id']}/{what}"
    return staff.post(path, headers={"Idempotency-Key": uuid4().hex}).status_code


def main_of(page: str) -> str:
    """What is particular to a page; the menu around it is filled when the catalogue has been read."""
    return page.partition("<main")[2].partition("</main>")[0]


def test_a_page_says_what_staff_wrote_in_that_language(staff: Person, guest: Person) -> None:
    german = main_of(guest.get("/de/help/returns").text)
    assert write(staff, "help/returns", "# How to return\n\nSend it **back**.").status_code == 201
    page = guest.get("/help/returns").text
    assert "<h1>How to return</h1>" in page
    assert "<p>Send it <strong>back</strong>.</p>" in page
    assert main_of(guest.get("/de/help/returns").text) == german
    write(staff, "help/returns", "# Zurückgeben\n\nSo.", "de")
    assert "<h1>Zurückgeben</h1>" in guest.get("/de/help/returns").text
    api = guest.get("/api/v1/pages/help/returns").json()
    assert (api["title"], api["markdown"]) == ("How to return", "Send it **back**.")
    titles = {one["name"]: one["title"] for one in guest.get("/api/v1/pages?language=de").json()}
    assert titles["help/returns"] == "Zurückgeben"
    assert len(titles) == 9


def test_versions_are_stored_and_brought_back(staff: Person, guest: Person) -> None:
    for text in ("First", "Second"):
        write(staff, "policies/terms", f"# {text}\n\nText.")
    write(staff, "policies/terms", "# Draft\n\nText.", when="draft")
    assert [one["state"] for one in versions(staff, "policies/terms")] == [
        "draft",
        "shown",
        "replaced",
    ]
    assert "<h1>Second</h1>" in guest.get("/policies/terms").text
    draft, second, first = versions(staff, "policies/terms")
    assert act(staff, first, "bring-back") == 204
    assert "<h1>First</h1>" in guest.get("/policies/terms").text
    assert act(staff, versions(staff, "policies/terms")[0], "withdraw") == 204
    assert act(staff, second, "withdraw") == 204
    assert act(staff, second, "withdraw") == 409
    assert act(staff, first, "withdraw") == 204
    assert "<h1>Terms of sale</h1>" in guest.get("/policies/terms").text
    assert act(staff, draft, "bring-back") == 204
    assert "<h1>Draft</h1>" in guest.get("/policies/terms").text
    assert {one["actor"] for one in versions(staff, "policies/terms")} == {"staff@example.com"}


def test_a_scheduled_version_is_shown_in_its_time(
    proxied_shop: Shop, staff: Person, guest: Person
) -> None:
    now = datetime.now(UTC)
    write(staff, "help/contact", "# Always\n\nText.")
    later = {"when": "later", "published_at": (now + timedelta(hours=1)).isoformat()}
    until = {"withdrawn_at": (now + timedelta(hours=2)).isoformat()}
    assert write(staff, "help/contact", "# Holidays\n\nText.", **later, **until).status_code == 201
    assert [one["state"] for one in versions(staff, "help/contact")] == ["scheduled", "shown"]
    assert "<h1>Always</h1>" in guest.get("/help/contact").text

    def pass_hours(hours: int) -> None:
        proxied_shop.rows(
            "update shop.content_versions set published_at = published_at - make_interval(hours => :h),"
            " withdrawn_at = withdrawn_at - make_interval(hours => :h)", h=hours,
        )  # fmt: skip
        write(staff, "help/payment", "# Payment\n\nText.", when="draft")  # it reads them again

    pass_hours(1)
    assert "<h1>Holidays</h1>" in guest.get("/help/contact").text
    pass_hours(1)
    assert "<h1>Always</h1>" in guest.get("/help/contact").text


@pytest.mark.parametrize(
    ("page", "markdown", "reason"),
    [
        ("help/payment", "No title", "Begin with the title"),
        (
            "help/payment",
            "# T\n\n[x](javascript:alert(1))",
            "A link cannot lead to javascript:alert(1",
        ),
        ("help/payment", "# T\n\n[x](//evil.example)", "A link cannot lead to //evil.example"),
        ("home/stories", "Only text", "Begin each story with"),
        ("home/stories", "Before\n\n## T\n\n[a](/collections/reduced)", "Nothing can stand before"),
        ("home/stories", "## T\n\nText.", "End “T” with a line"),
        (
            "home/stories",
            "## T\n\n[a](/collections/nothing)",
            "there is no collection /collections/nothing",
        ),
        ("home/stories", "## T\n\n[a](/products)", "End “T” with a line"),
    ],
)
def test_what_cannot_be_published_is_refused(
    staff: Person, page: str, markdown: str, reason: str
) -> None:
    answer = write(staff, page, markdown)
    assert answer.status_code == 422
    assert reason in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"when": "later"}, "published_at"),
        ({"when": "later", "published_at": "2020-01-01T00:00Z"}, "published_at"),
        ({"withdrawn_at": "2020-01-01T00:00Z"}, "withdrawn_at"),
        ({"when": "draft", "withdrawn_at": "2099-01-01T00:00Z"}, "withdrawn_at"),
    ],
)
def test_times_that_do_not_fit_are_refused(
    staff: Person, times: dict[str, str], field: str
) -> None:
    answer = write(staff, "help/payment", "# T\n\nText.", **times)
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"#/{field}"]


def test_a_page_that_there_is_not_cannot_be_written(staff: Person) -> None:
    assert write(staff, "help/nothing", "# T\n\nText.").status_code == 404
    assert write(staff, "help/delivery", "# T\n\nText.", "fr").status_code == 404


def test_staff_write_a_page_on_a_page(staff: Person, guest: Person) -> None:
    path = "/admin/content/policies/imprint?language=de"
    form = {"key": uuid4().hex, "markdown": "# Wir\r\n\r\n<b>Wir</b> sind es.", "when": "now"}
    assert "as shipped" in staff.get("/admin/content").text
    assert "# Impressum" in staff.get(path).text
    preview = staff.post(path, data=form | {"action": "preview"})
    assert preview.status_code == 200
    assert "&lt;b&gt;Wir&lt;/b&gt; sind es." in preview.text
    assert "Nothing is saved yet." in preview.text
    assert versions(staff, "policies/imprint", "de") == []
    refused = staff.post(path, data=form | {"markdown": "[x](data:y)"})
    assert (refused.status_code, 'id="markdown-error"' in refused.text) == (422, True)
    assert staff.post(path, data=form).status_code == 303
    assert "<h1>Wir</h1>" in guest.get("/de/policies/imprint").text
    [version] = versions(staff, "policies/imprint", "de")
    action = f"/admin/content/policies/imprint/{version['version_id']}/withdraw"
    assert staff.post(action, data={"key": uuid4().hex}).status_code == 303
    assert "<h1>Impressum</h1>" in guest.get("/de/policies/imprint").text
    assert "withdraw page" in staff.get("/admin/audit").text


def test_the_front_page_tells_the_stories_that_staff_wrote(staff: Person, guest: Person) -> None:
    assert write(staff, "home/stories", STORY.format("blue")).status_code == 201
    page = guest.get("/").text
    assert "<h1>blue</h1>" in page
    assert "<p>Of <em>what</em> is told.</p>" in page
    assert 'href="/collections/shades-of-blue">See blue</a>' in page
    assert "<h1>blue</h1>" not in guest.get("/de/").text


def test_a_written_page_costs_no_statement_while_it_is_known(
    guest: Person, statements: Statements
) -> None:
    guest.get("/policies/privacy")
    with statements() as sent:
        guest.get("/policies/privacy")
    assert [one for one in sent if "shop.content_versions" not in one] == []


@pytest.mark.parametrize("season", ["Winter", "Spring", "Summer", "Fall"])
def test_the_stories_that_ship_are_stories(season: str) -> None:
    assert len(stories_of(default_text(season))) >= 4


def test_a_story_has_a_title_a_text_and_a_link() -> None:
    [first, second] = stories_of(STORY.format("one") + STORY.format("two"))
    assert (first.title, first.link, first.slug) == ("one", "See one", "shades-of-blue")
    assert second.html == "<p>Of <em>what</em> is told.</p>\n"
    with pytest.raises(BadStoryError):
        stories_of("## T\n\n[a](/collections/)")


def test_a_time_to_come_is_not_ignored(staff: Person) -> None:
    later = {"published_at": "2099-01-01T00:00Z"}
    refused = write(staff, "help/returns", "# Later\n\nText.", **later)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/published_at")
    made = write(staff, "help/returns", "# Later\n\nText.", **later, when="later")
    assert made.json()["version_id"] == versions(staff, "help/returns")[0]["version_id"]
