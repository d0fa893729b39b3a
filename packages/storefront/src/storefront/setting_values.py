"""What values of settings must look like. Checked at the start: otherwise a mistake fails only in the
request, job or e-mail that needs the value. Pure.

Each message completes a sentence that begins with the name and the value of the setting.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

_ADDRESS = r"[^@\s,;<>\"]+@[^@\s,;<>\"]+"
_APPLICATION_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SENDER = re.compile(rf'{_ADDRESS}|(?:"[^"\r\n]*"\s*|[^<>@,"\r\n]*)<{_ADDRESS}>')
_VOLUME = re.compile(r"/Volumes(/[^/\s]+){3,}/?")
_REPLICA = re.compile(r"auto|projects/\S+/endpoints/\S+")
SHORTEST_KEY = 32
"""Characters of a key that signs something."""


def as_written(written: object, default: object) -> object:
    """A value without blanks around it. Empty, it is the default where that is None.

    Raises ValueError where it is in quotation marks, or empty and the default is a text.
    """
    if not isinstance(written, str):
        return written
    text = written.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        raise ValueError("leave out the quotation marks, which are part of the value")
    if text:
        return text
    if default and isinstance(default, str | Path):
        raise ValueError(f"leave it out for the default, {str(default)!r}")
    return None if default is None else text


def listed(written: object) -> object:
    """The parts of a text that commas separate."""
    return _parts(written) if isinstance(written, str) else written


def days_by_path(written: object) -> object:
    """The parts of ``apparel/innerwear=0,footwear=60``."""
    return dict(_days(written)) if isinstance(written, str) else written


def _days(written: str) -> Iterator[tuple[str, str]]:
    for one in _parts(written):
        path, is_pair, days = one.partition("=")
        if not is_pair:
            raise ValueError(f"write it like footwear=60, not {one!r}")
        yield _path(path), days.strip()


def _parts(written: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in written.split(",") if one.strip())


def _path(written: str) -> str:
    path = written.strip().strip("/").lower()
    if not path:
        raise ValueError("the path of a category is empty")
    return path


def _web_address(written: str) -> str:
    """With its scheme and host in lower case, by which https is recognised."""
    url = _split(written)
    if url.scheme not in ("http", "https") or not url.hostname or re.search(r"\s", written):
        raise ValueError("it must begin with https:// or http://, followed by the host")
    return url._replace(netloc=url.netloc.lower()).geturl().rstrip("/")


def _origin(written: str) -> str:
    address = _web_address(written)
    url = urlsplit(address)
    if url.path or url.query or url.fragment or url.username is not None:
        raise ValueError("it must end after the host or its port: https://shop.example.com")
    return address


def _mail_server(written: SecretStr) -> SecretStr:
    try:
        url = _split(written.get_secret_value())
        rest = url.path.strip("/") or url.query or url.fragment
        is_server = url.scheme in ("smtp", "smtps") and url.hostname and not rest
    except ValueError:
        is_server = False
    if not is_server:
        raise ValueError(
            "it must begin with smtp:// or smtps://, followed by the mail server; in a password write "
            "/ as %2F, ? as %3F and # as %23"
        )
    return written


def _split(written: str) -> SplitResult:
    """Raises ValueError where the port is no port, or an IPv6 address has no brackets."""
    try:
        url = urlsplit(written)
        _ = url.port
    except ValueError as error:
        raise ValueError("its port must be a number from 0 to 65535, its host a name") from error
    return url


def _email(written: str) -> str:
    if not re.fullmatch(_ADDRESS, written):
        raise ValueError(f"{written!r} is no e-mail address, such as name@example.com")
    return written


def _person(written: str) -> str:
    if not re.fullmatch(f"{_ADDRESS}|{_APPLICATION_ID}", written):
        raise ValueError(
            f"{written!r} is no e-mail address, nor the application id of a service principal; write a "
            "comma between two"
        )
    return written


def _sender(written: str) -> str:
    if not _SENDER.fullmatch(written):
        raise ValueError("it must be one address, or Name <address>")
    return written


def _volume(written: str) -> str:
    if not _VOLUME.fullmatch(written):
        raise ValueError("it must be a folder on a volume, such as /Volumes/main/shop/pictures")
    return written


def _replica(written: str) -> str:
    if not _REPLICA.fullmatch(written):
        raise ValueError(
            "it must be auto, or the name of an endpoint: projects/…/branches/…/endpoints/…"
        )
    return written


def _long(key: SecretStr) -> SecretStr:
    if (length := len(key.get_secret_value())) < SHORTEST_KEY:
        raise ValueError(
            f"it has {length} characters and needs {SHORTEST_KEY}; `openssl rand -hex 32` makes one"
        )
    return key


WebAddress = Annotated[str, AfterValidator(_web_address)]
Origin = Annotated[str, AfterValidator(_origin)]
"""A web address without a path."""

MailServer = Annotated[SecretStr, AfterValidator(_mail_server)]
Email = Annotated[str, AfterValidator(_email)]
Person = Annotated[str, AfterValidator(_person)]
"""By whose name somebody signs in; that of a service principal behind the proxy of Databricks Apps."""

Sender = Annotated[str, AfterValidator(_sender)]
CategoryPath = Annotated[str, BeforeValidator(lambda path: _path(str(path)))]
Volume = Annotated[str, AfterValidator(_volume)]
Replica = Annotated[str, AfterValidator(_replica)]
SecretKey = Annotated[SecretStr, AfterValidator(_long)]
