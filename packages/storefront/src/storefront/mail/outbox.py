"""Sends e-mails. Called by jobs, so each is sent at least once.

A Message-ID is made from the job's key: if an e-mail arrives twice, since a process died after sending
it, its receiver sees that it is the same one, as mail programs do automatically.
"""

import asyncio
import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from storefront.errors import Unavailable
from storefront.settings import Settings

_TIMEOUT_S = 20.0


class MailUnavailable(Unavailable):
    """The mail server does not accept e-mails right now. The job tries again later."""

    slug, title = "mail-unavailable", "E-mails cannot be sent right now"


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail as text and HTML. key: of the job that sends it. stop_url: stops e-mails like it."""

    to: str
    subject: str
    text: str
    html: str
    key: str
    stop_url: str | None = None


class Outbox(Protocol):
    """Where e-mails go."""

    async def send(self, mail: Mail) -> None:
        """Send it. Raises MailUnavailable (503)."""


class Smtp:
    """Sends by a mail server: ``smtps://`` by TLS, ``smtp://`` by STARTTLS where it is offered."""

    def __init__(self, settings: Settings) -> None:
        assert settings.smtp_url is not None
        self._settings = settings
        self._url = urlsplit(settings.smtp_url.get_secret_value())

    async def send(self, mail: Mail) -> None:
        """Send it, in a thread. Raises MailUnavailable (503)."""
        try:
            await asyncio.to_thread(self._send, message_of(mail, self._settings))
        except (OSError, smtplib.SMTPException) as error:
            # The server's answer may quote the address, which belongs in no log.
            reason = f"The mail server {self._url.hostname} failed: {type(error).__name__}."
            raise MailUnavailable("E-mails cannot be sent right now.", reason=reason) from None

    def _send(self, message: EmailMessage) -> None:
        url, context = self._url, ssl.create_default_context()
        host = url.hostname or "localhost"
        own = _own_host(self._settings)  # else smtplib looks this machine up, which may take long
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, url.port or 465, own, timeout=_TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(host, url.port or 587, own, timeout=_TIMEOUT_S)
        with server:
            server.ehlo()
            if url.scheme == "smtp" and (url.username or server.has_extn("starttls")):
                # With a password it is needed: a server that does not offer it is refused.
                server.starttls(context=context)
                server.ehlo()
            if url.username is not None:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)


class Folder:
    """Stores e-mails as files: one sent twice is one file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, mail: Mail) -> None:
        """Write it. Raises MailUnavailable (503)."""
        try:
            await asyncio.to_thread(self._write, mail)
        except OSError as error:
            reason = f"{self._settings.mail_dir} cannot be written: {error.strerror}."
            raise MailUnavailable("E-mails cannot be stored right now.", reason=reason) from error

    def _write(self, mail: Mail) -> None:
        folder = self._settings.mail_dir
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{_digest(mail.key)}.eml"
        draft = file.with_suffix(".part")
        draft.write_bytes(message_of(mail, self._settings).as_bytes())
        draft.replace(file)


def outbox(settings: Settings) -> Outbox:
    """Where this shop's e-mails go."""
    return Smtp(settings) if settings.smtp_url is not None else Folder(settings)


def message_of(mail: Mail, settings: Settings) -> EmailMessage:
    """The e-mail in the form of RFC 5322, with a Message-ID that is the same for the same key."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{_digest(mail.key)}@{_own_host(settings)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    if mail.stop_url is not None:  # RFC 8058: mail programs show a button that stops them
        message["List-Unsubscribe"] = f"<{mail.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _own_host(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "localhost"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def files(folder: Path) -> list[Path]:
    """The e-mails of a folder, newest first."""
    return sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
