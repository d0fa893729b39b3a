"""Reads of collections."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from storefront.collections.rules import Boosts, Choice, Rule
from storefront.db import Database, ReadSession


@dataclass(frozen=True, slots=True)
class Words:
    """What a collection says in one language. description: Markdown."""

    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection (``models.py``). texts: by language; the shop's own language is always there.

    version: names this state: another one has another version.
    """

    id: int
    slug: str
    choice: Choice
    texts: Mapping[str, Words]
    picture_product_id: int | None
    is_shown: bool
    starts_at: datetime | None
    ends_at: datetime | None
    version: str

    @property
    def path(self) -> str:
        """Its address, without a language."""
        return f"/collections/{self.slug}"

    def words(self, *languages: str) -> Words:
        """What it says in the first of these languages that it has; else in any."""
        found = (self.texts[one] for one in (*languages, *self.texts) if one in self.texts)
        return next(found, Words(self.slug))

    def is_on(self, now: datetime) -> bool:
        """Whether visitors see it."""
        has_begun = self.starts_at is None or self.starts_at <= now
        return self.is_shown and has_begun and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.ends_at is not None and self.ends_at <= now


async def collections(database: Database) -> list[Collection]:
    """Every collection, in order. One statement. Raises Unavailable (503)."""
    return [
        Collection(
            id=row["id"],
            slug=row["slug"],
            choice=Choice(
                Rule.model_validate_json(row["rule"]) if row["chosen_by"] == "rule" else None,
                tuple(row["product_ids"]),
                Boosts.model_validate_json(row["boosts"]),
            ),
            texts={
                language: Words(**words) for language, words in json.loads(row["texts"]).items()
            },
            picture_product_id=row["picture_product_id"],
            is_shown=row["is_shown"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            version=version_of(row["updated_at"]),
        )
        for row in await database.fetch(_ALL)
    ]


async def slugs_shown(session: ReadSession) -> set[str]:
    """The last parts of the addresses of those that visitors see now. One statement."""
    return set(await session.scalars(_SLUGS_SHOWN))


def version_of(updated_at: datetime) -> str:
    """The name of the state that began at this moment."""
    return f"{updated_at.astimezone(UTC):%Y%m%d%H%M%S%f}"


def shown(every: Sequence[Collection]) -> list[Collection]:
    """Those that visitors see now."""
    now = datetime.now(UTC)
    return [one for one in every if one.is_on(now)]


_ALL = """
    select id, slug, chosen_by, rule::text, product_ids, boosts::text, texts::text,
        picture_product_id, is_shown, starts_at, ends_at, updated_at
    from shop.collections order by position, id
"""

_SLUGS_SHOWN = text(
    """
    select slug from shop.collections
    where is_shown and (starts_at is null or starts_at <= now())
    and (ends_at is null or ends_at > now())
    """
)
