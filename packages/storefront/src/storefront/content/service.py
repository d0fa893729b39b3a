"""Writes versions of pages. A text is never changed: each edit is a version of its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storefront.db import WriteSession
from storefront.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to be stored. published_at: None: a draft; withdrawn_at: None: shown until replaced."""

    page: str
    language: str
    markdown: str
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None


async def add(session: WriteSession, new: NewVersion, *, actor: str) -> int:
    """Store a version; returns its id. One statement."""
    version_id: int = await session.scalar(
        _ADD,
        {
            "page": new.page,
            "language": new.language,
            "markdown": new.markdown,
            "actor": actor,
            "published_at": new.published_at,
            "withdrawn_at": new.withdrawn_at,
        },
    )
    return version_id


async def bring_back(session: WriteSession, version_id: int, *, actor: str) -> int:
    """Show a former version again, now: as a new one with its text. Returns the new id. One statement.

    Raises NotFound (404).
    """
    new_id: int | None = await session.scalar(_BRING_BACK, {"id": version_id, "actor": actor})
    if new_id is None:
        raise _missing(version_id)
    return new_id


async def withdraw(session: WriteSession, version_id: int) -> None:
    """Stop showing a version, or never begin to: what was shown before it is shown again.

    Two statements. Raises NotFound (404), Conflict (409) for one that is withdrawn already.
    """
    if await session.scalar(_WITHDRAW, {"id": version_id}) is None:
        if await session.scalar(_EXISTS, {"id": version_id}) is None:
            raise _missing(version_id)
        raise Conflict(f"Version {version_id} is not shown, and will not be.")


def _missing(version_id: int) -> NotFound:
    return NotFound(f"There is no version {version_id}.")


_ADD = text(
    """
    insert into shop.content_versions (page, language, markdown, actor, published_at, withdrawn_at)
    values (:page, :language, :markdown, :actor, cast(:published_at as timestamptz),
        cast(:withdrawn_at as timestamptz))
    returning id
    """
)
_BRING_BACK = text(
    """
    insert into shop.content_versions (page, language, markdown, actor, published_at)
    select page, language, markdown, :actor, now() from shop.content_versions where id = :id
    returning id
    """
)
# One that was scheduled for later is a draft again.
_WITHDRAW = text(
    """
    update shop.content_versions set
        published_at = case when published_at < now() then published_at end,
        withdrawn_at = case when published_at < now() then now() end
    where id = :id and published_at is not null and (withdrawn_at is null or withdrawn_at > now())
    returning id
    """
)
_EXISTS = text("select id from shop.content_versions where id = :id")
