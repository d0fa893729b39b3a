"""Writes of body measures, and the advice that follows from what is known of a customer."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text

from storefront.catalog.queries import ProductPage
from storefront.db import Database, WriteSession
from storefront.fit import queries
from storefront.fit.advice import Advice, Voices, advise
from storefront.fit.queries import Scale


@dataclass(frozen=True, slots=True)
class Found:
    """The scale of a product's sizes, advice if there is any, and what its buyers say."""

    scale: Scale
    advice: Advice | None
    voices: Voices

    @property
    def size(self) -> str | None:
        """The label of the size that is advised."""
        return self._label(self.advice.size if self.advice else None)

    @property
    def second(self) -> str | None:
        """The label of the other candidate."""
        return self._label(self.advice.second if self.advice else None)

    def _label(self, size: int | None) -> str | None:
        return None if size is None else self.scale.labels[size]


async def advice_for(
    database: Database,
    found: ProductPage,
    *,
    customer_id: int | None,
    measures: Mapping[str, int] | None = None,
) -> Found | None:
    """Which size of a product fits a customer; None where its sizes are not body measures.

    measures: given now, and stored nowhere; None: those that the customer stored. Three statements at
    most.
    """
    scale = queries.scale_of(found)
    if scale is None:
        return None
    product_id = found.card.id
    voices = await queries.voices(database, product_id)
    known = dict(measures or {})
    worn = []
    if customer_id is not None:
        async with database.reads() as session:
            if measures is None:
                known = await queries.measures(session, customer_id)
            worn = await queries.worn(session, customer_id, product_id, scale.labels)
    advice = advise(scale.measures, scale.offered, measures=known, worn=worn, voices=voices)
    return Found(scale, advice, voices)


async def store(session: WriteSession, customer_id: int, measures: Mapping[str, int]) -> None:
    """Store a customer's measures in place of those before; the customer has agreed to it.

    measures: in mm, by name. Two statements.
    """
    await session.execute(_DELETE, {"customer_id": customer_id})
    await session.execute(
        _STORE,
        {
            "customer_id": customer_id,
            "names": list(measures),
            "values": list(measures.values()),
        },
    )


async def delete(session: WriteSession, customer_id: int) -> None:
    """Delete a customer's measures: they no longer agree. One statement."""
    await session.execute(_DELETE, {"customer_id": customer_id})


_DELETE = text("delete from shop.body_measures where customer_id = :customer_id")
_STORE = text(
    """
    insert into shop.body_measures (customer_id, measure, value_mm)
    select cast(:customer_id as bigint), name, value
    from unnest(cast(:names as text[]), cast(:values as int[])) as given (name, value)
    """
)
