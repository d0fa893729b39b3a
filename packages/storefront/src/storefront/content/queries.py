"""Reads of what staff wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import text

from storefront.background import Recent
from storefront.db import Database, ReadSession

State = Literal["draft", "scheduled", "shown", "replaced", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a page in one language (``models.py``)."""

    id: int
    page: str
    language: str
    markdown: str
    actor: str
    created_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None

    def may_be_shown(self, now: datetime) -> bool:
        """Whether its time has come and not passed."""
        has_begun = self.published_at is not None and self.published_at <= now
        return has_begun and (self.withdrawn_at is None or self.withdrawn_at > now)


Written = Recent[Sequence[Version]]
"""What is or will be shown of what staff wrote, as a process knows it."""


async def to_show(database: Database) -> list[Version]:
    """Every version that is shown now or may be later. One statement. Raises Unavailable (503)."""
    return [Version(**row) for row in await database.fetch(_TO_SHOW)]


async def shown(written: Written, page: str, language: str) -> str | None:
    """The Markdown that staff wrote for a page, as visitors see it now; None without any.

    One statement every ten seconds.
    """
    one = shown_of(await written.get(), page, language)
    return None if one is None else one.markdown


def shown_of(versions: Sequence[Version], page: str, language: str) -> Version | None:
    """The version of a page that visitors see now: of those that may be shown, that published last."""
    now = datetime.now(UTC)
    found = [
        one
        for one in versions
        if (one.page, one.language) == (page, language) and one.may_be_shown(now)
    ]
    return max(found, key=lambda one: (one.published_at, one.id), default=None)


async def history(
    session: ReadSession, page: str, language: str, *, most: int
) -> list[tuple[Version, State]]:
    """The versions of a page, newest first, each with its state. One statement."""
    rows = await session.execute(_HISTORY, {"page": page, "language": language, "most": most})
    versions = [Version(**row._mapping) for row in rows]
    live = shown_of(versions, page, language)
    return [(one, _state(one, live)) for one in versions]


async def version(session: ReadSession, version_id: int) -> Version | None:
    """A version; None if there is none. One statement."""
    row = (await session.execute(_VERSION, {"id": version_id})).first()
    return None if row is None else Version(**row._mapping)


def _state(one: Version, live: Version | None) -> State:
    now = datetime.now(UTC)
    if one is live:
        return "shown"
    if one.withdrawn_at is not None and one.withdrawn_at <= now:
        return "withdrawn"
    if one.published_at is None:
        return "draft"
    return "scheduled" if one.published_at > now else "replaced"


# Without those that a later version without an end has replaced permanently.
_TO_SHOW = """
    select id, page, language, markdown, actor, created_at, published_at, withdrawn_at
    from shop.content_versions as one
    where published_at is not null and (withdrawn_at is null or withdrawn_at > now())
    and not exists (
        select from shop.content_versions as later
        where (later.page, later.language) = (one.page, one.language)
        and later.withdrawn_at is null and later.published_at <= now()
        and (later.published_at, later.id) > (one.published_at, one.id))
"""
_HISTORY = text(
    """
    select id, page, language, markdown, actor, created_at, published_at, withdrawn_at
    from shop.content_versions where page = :page and language = :language
    order by id desc limit :most
    """
)
_VERSION = text(
    """
    select id, page, language, markdown, actor, created_at, published_at, withdrawn_at
    from shop.content_versions where id = :id
    """
)
