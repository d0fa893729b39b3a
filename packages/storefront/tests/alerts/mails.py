"""E-mails that a shop wrote into its folder, and the links in them."""

import email
import email.policy
import re
import time
from urllib.parse import urlsplit

from packages.storefront.tests.account.conftest import Person
from storefront.settings import Settings


def mails_to(
    settings: Settings, address: str, *, at_least: int
) -> list[email.message.EmailMessage]:
    """The e-mails to an address, the first one first; jobs send them soon."""
    deadline = time.monotonic() + 60
    while True:
        files = sorted(settings.mail_dir.glob("*.eml"), key=lambda one: one.stat().st_mtime)
        found = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in files
        ]
        mine = [one for one in found if one["To"] == address]
        if len(mine) >= at_least or time.monotonic() > deadline:
            return mine
        time.sleep(0.1)


def link_in(mail: email.message.EmailMessage, what: str) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http\S+/{what}\b", body.get_content())
    assert found is not None
    return urlsplit(found[0]).path


def wake(person: Person) -> None:
    """Have the workers look now: what the test wrote past them, they would find within an hour."""
    person.post("/account/sign-in", data={"email": f"{time.monotonic_ns()}@example.com"})
