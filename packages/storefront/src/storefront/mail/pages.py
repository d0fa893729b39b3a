"""The e-mails that were kept in the folder, for development: only where ``STORE_MAIL_PAGE`` is on."""

import asyncio
import email
import email.policy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath

from storefront.errors import NotFound
from storefront.mail import outbox
from storefront.settings import Settings
from storefront.web import render

router = APIRouter(include_in_schema=False)

_MOST = 100


@dataclass(frozen=True, slots=True)
class KeptMail:
    """An e-mail in the folder. name: of its file, without the ending."""

    name: str
    to: str
    subject: str
    date: str
    text: str


@router.get("/dev/mail", name="kept_mails")
async def mails_page(request: Request) -> Response:
    """The newest e-mails that the shop would have sent."""
    folder = _folder(request)
    mails = await asyncio.to_thread(_newest, folder)
    return render.page(request, "mail/mails.html", mails=mails)


@router.get("/dev/mail/{name}", name="kept_mail")
async def mail_page(
    request: Request, name: Annotated[str, InPath(pattern="^[0-9a-f]{32}$")]
) -> Response:
    """One of them as text. Its links work."""
    file = _folder(request) / f"{name}.eml"
    if not await asyncio.to_thread(file.is_file):
        raise NotFound(f"There is no e-mail {name}.")
    return render.page(request, "mail/mail.html", mail=await asyncio.to_thread(_read, file))


def _folder(request: Request) -> Path:
    settings: Settings = request.state.settings
    if not settings.mail_page:
        raise NotFound(f"There is nothing at {request.url.path}.")
    return settings.mail_dir


def _newest(folder: Path) -> Sequence[KeptMail]:
    return [_read(file) for file in outbox.files(folder)[:_MOST]]


def _read(file: Path) -> KeptMail:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return KeptMail(
        name=file.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        date=str(message["Date"]),
        text=body.get_content() if body is not None else "",
    )
