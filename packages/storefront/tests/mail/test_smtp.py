"""E-mails reach a real mail server: plainly, by STARTTLS with a password, by TLS from the beginning."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from storefront.mail.outbox import Mail, MailUnavailable, Smtp, outbox
from storefront.settings import Settings

MAIL = Mail(
    to="joerg@example.com",
    subject="Your order K7QF-3M2D: größer",
    text="Thank you, Jörg.\n",
    html="<p>Thank you, Jörg.</p>",
    key="orders.confirmation K7QF-3M2D",
)
LOGIN = LoginPassword(b"shop", b"p@ss word")


class Received:
    """What the server has taken."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return self.answer


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this process trusts."""
    authority = trustme.CA()
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return authority


@pytest.fixture
def server(received: Received) -> Iterator[Callable[..., int]]:
    """Call it for a mail server on loopback; returns its port."""
    with ExitStack() as stack:

        def start(**options: Any) -> int:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = int(free.getsockname()[1])
            controller = Controller(
                received, hostname="127.0.0.1", port=port, server_hostname="mail.example", **options
            )
            controller.start()
            stack.callback(controller.stop)
            return port

        yield start


def check(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
) -> AuthResult:
    return AuthResult(success=given == LOGIN, handled=False)  # else nobody would answer a refusal


def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def smtp(url: str) -> Smtp:
    found = outbox(Settings(smtp_url=SecretStr(url), mail_from="Shop <shop@example.com>"))
    assert isinstance(found, Smtp)
    return found


async def test_an_email_arrives_as_text_and_html_and_twice_as_the_same(
    server: Callable[..., int], received: Received
) -> None:
    port = server()
    for _ in range(2):
        await smtp(f"smtp://127.0.0.1:{port}").send(MAIL)
    first, second = received.envelopes
    assert (first.mail_from, first.rcpt_tos) == ("shop@example.com", [MAIL.to])
    message = message_from_bytes(first.content, policy=default)  # type: ignore[arg-type]
    assert message["Subject"] == MAIL.subject
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert [part.get_content().strip() for part in parts if part] == [
        MAIL.text.strip(),
        MAIL.html,
    ]
    again = message_from_bytes(second.content, policy=default)  # type: ignore[arg-type]
    assert again["Message-ID"] == message["Message-ID"]


async def test_a_password_is_sent_by_starttls_alone(
    server: Callable[..., int], received: Received, authority: trustme.CA
) -> None:
    port = server(
        tls_context=tls(authority), require_starttls=True, authenticator=check, auth_required=True
    )
    await smtp(f"smtp://shop:p%40ss%20word@127.0.0.1:{port}").send(MAIL)
    assert len(received.envelopes) == 1
    with pytest.raises(MailUnavailable):
        await smtp(f"smtp://shop:wrong@127.0.0.1:{port}").send(MAIL)
    plain = server()  # does not offer it
    with pytest.raises(MailUnavailable):
        await smtp(f"smtp://shop:p%40ss%20word@127.0.0.1:{plain}").send(MAIL)
    assert len(received.envelopes) == 1


async def test_by_tls_from_the_beginning(
    server: Callable[..., int], received: Received, authority: trustme.CA
) -> None:
    port = server(ssl_context=tls(authority))
    await smtp(f"smtps://127.0.0.1:{port}").send(MAIL)
    assert len(received.envelopes) == 1


async def test_what_the_server_does_not_take_is_tried_again_and_names_nobody(
    server: Callable[..., int], received: Received
) -> None:
    received.answer = f"451 {MAIL.to} is busy"
    port = server()
    with pytest.raises(MailUnavailable) as problem:
        await smtp(f"smtp://127.0.0.1:{port}").send(MAIL)
    assert problem.value.reason == "The mail server 127.0.0.1 failed: SMTPDataError."
