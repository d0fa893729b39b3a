"""Reads of the stored vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storefront.db import Database
from storefront.vision.encoder import Model


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a model has come. pictures: of the catalogue; embedded: that have its vector;
    unreadable: of the others, those that cannot be read."""

    pictures: int
    embedded: int
    unreadable: int

    @property
    def is_complete(self) -> bool:
        """Whether no picture waits."""
        return self.embedded + self.unreadable >= self.pictures


@dataclass(frozen=True, slots=True)
class PendingPicture:
    """A picture that has no vector yet, or that of another picture."""

    product_id: int
    key: str


async def progress(database: Database, model: Model) -> Progress:
    """How far this model has come. One statement; 40 ms for 44,446 pictures."""
    [row] = await database.fetch(_PROGRESS, model.name, model.version)
    return Progress(*row)


async def pending(
    database: Database, model: Model, *, after: int, limit: int, most_drawn: int | None = None
) -> list[PendingPicture]:
    """The next pictures without a vector of this model, by product id. One statement.

    most_drawn: leave drawings out where the catalogue has more than so many pictures.
    """
    rows = await database.fetch(_PENDING, model.name, model.version, after, limit, most_drawn)
    return [PendingPicture(*row) for row in rows]


async def written_since(
    database: Database, model: Model, number: int, *, limit: int
) -> Sequence[Any]:
    """Vectors written after this number: rows of number, product id, vector. One statement."""
    return await database.fetch(_SINCE, model.name, model.version, number, limit)


async def fullest_other(database: Database, model: Model) -> Model | None:
    """The other model with most vectors, where it has more than this one. One statement."""
    for row in await database.fetch(_FULLEST_OTHER, model.name, model.version):
        return Model(*row)
    return None


_PROGRESS = """
    select count(*), count(*) filter (where vector is not null and picture = key),
        count(*) filter (where vector is null and picture = key)
    from shop.media
    left join (select * from shop.embeddings where (model, version) = ($1, $2)) as embedding
        using (colourway_id)
    where position = 0
"""
_PENDING = """
    select colourway_id, key from shop.media
    left join (select * from shop.embeddings where (model, version) = ($1, $2)) as embedding
        using (colourway_id)
    where position = 0 and colourway_id > $3 and picture is distinct from key
    and ($5::int is null or not starts_with(key, 'drawn/')
        or (select count(*) from shop.media where position = 0) <= $5)
    order by colourway_id limit $4
"""
_SINCE = """
    select number, colourway_id, vector from shop.embeddings
    where (model, version) = ($1, $2) and number > $3 order by number limit $4
"""
_FULLEST_OTHER = """
    select model, version from shop.embeddings group by model, version
    having count(vector) > (
        select count(vector) from shop.embeddings where (model, version) = ($1, $2))
    order by count(vector) desc limit 1
"""
