"""Collections, redirects and a planned page of the demo, so that the back office has some."""

from collections.abc import Collection, Set
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from storefront.collections import service as collections
from storefront.collections.rules import Boosts, Rule
from storefront.collections.service import Checked, CollectionTexts, Wanted
from storefront.content import service as content
from storefront.content.service import NewVersion
from storefront.db import Database, ReadSession
from storefront.redirects import service as redirects
from storefront.redirects.service import Site

_BY_HAND = 12
_PINNED = 3
_STAFF = "shop"


async def _nothing(_session: ReadSession, _paths: Collection[str]) -> Set[str]:
    return frozenset()


_SITE = Site("localhost", shown=_nothing)  # addresses below are paths at which nothing is shown
_MOVED = {
    "/shop/women": "/products?gender=Women",
    "/index.php?route=product/sale": "/collections/reduced",
    "/pages/shipping": "/help/delivery",
    "/summer-2019": None,
}
_SALE = """# Delivery

**In the week before the holidays** parcels may take two days longer. Order early.

Parcels leave on working days, those ordered before noon on the same day.
"""


async def merchandise(database: Database) -> bool:
    """Write them if they are missing; returns whether they were. One transaction."""
    now = datetime.now(UTC)
    async with database.writes() as session:
        if await session.scalar(_IS_DONE):
            return False
        liked = list(await session.scalars(_LIKED, {"most": _BY_HAND}))
        if len(liked) < _BY_HAND:
            return False
        for wanted in (
            Wanted(
                slug="twelve-we-love",
                chosen_by="hand",
                product_ids=liked,
                texts=_texts(
                    ("Twelve we love", "Chosen by hand, **in this order**."),
                    ("Zwölf, die wir lieben", "Von Hand gewählt, **in dieser Reihenfolge**."),
                    ("اثنتا عشرة قطعة نحبها", "اختيرت يدويًا، **بهذا الترتيب**."),
                ),
            ),
            Wanted(
                slug="weekend",
                chosen_by="rule",
                rule=Rule(usage=["Casual"], min_rating=3),
                product_ids=liked[:_PINNED],
                boosts=Boosts(is_new=True, is_reduced=True),
                texts=_texts(
                    ("Made for the weekend", "What buyers rate well and wear on days off."),
                    ("Fürs Wochenende", "Was gut bewertet ist und an freien Tagen getragen wird."),
                    ("لعطلة نهاية الأسبوع", "ما قيّمه المشترون جيدًا ويلبسونه في أيام الراحة."),
                ),
            ),
            Wanted(
                slug="next-season",
                chosen_by="rule",
                rule=Rule(season=["Spring"]),
                starts_at=now + timedelta(days=30),
                texts=_texts(
                    ("Next season", "Shown in a month."),
                    ("Nächste Saison", "In einem Monat zu sehen."),
                    ("الموسم القادم", "يُعرض بعد شهر."),
                ),
            ),
        ):
            await collections.create(session, Checked(wanted))
        for source, target in _MOVED.items():
            await redirects.put(session, source, target, site=_SITE)
        planned = NewVersion(
            "help/delivery", "en", _SALE, now + timedelta(days=20), now + timedelta(days=27)
        )
        await content.add(session, planned, actor=_STAFF)
    return True


def _texts(*words: tuple[str, str]) -> dict[str, CollectionTexts]:
    """In English, German and Arabic."""
    return {
        code: CollectionTexts(title=title, description=description)
        for code, (title, description) in zip(("en", "de", "ar"), words, strict=True)
    }


_IS_DONE = text("select exists (select from shop.collections where slug = 'twelve-we-love')")
_LIKED = text(
    """
    select id from shop.live_products where is_pictured and not is_sold_out
    order by popularity desc, id limit :most
    """
)
