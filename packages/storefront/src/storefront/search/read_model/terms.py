"""Writes search_terms: the words and names of the catalogue, as the listings contain them."""

from sqlalchemy import text

from storefront.db import Database
from storefront.locks import try_lock


async def rebuild(database: Database) -> None:
    """Bring search_terms up to date with the listings, unless another process is doing so. Three
    statements.

    Takes the database a second, half a minute for a million products: run it after an import, not
    after each change. Raises Unavailable (503).
    """
    async with database.writes() as session:
        if await try_lock(session, "search terms"):
            await session.execute(_LONG_TIMEOUT)
            await session.execute(_REBUILD)


_LONG_TIMEOUT = text("set local statement_timeout = '10min'")

# Words are split as language/words.py does it: no case, no accents, no apostrophes.
_REBUILD = text(
    r"""
    with named as (
        select facet, value, label, count(*) as df
        from shop.listings cross join lateral unnest(facets) as facet_id
        join shop.facet_values on facet_values.id = facet_id
        where facet in ('brand', 'category', 'base_color')
        group by facet, value, label
    ), said as (
        select word, count(*) as df
        from shop.listings cross join lateral (
            select distinct found[1] as word
            from regexp_matches(
                regexp_replace(shop.plain(title), '[\u0027\u2019]', '', 'g'), '[[:alnum:]]+', 'g'
            ) as found
        ) as words
        group by word
    ), fresh as (
        select case facet when 'base_color' then 'colour' else facet end as kind,
            shop.plain(label) as term, label, df, value as target
        from named
        union all
        select 'word', word, word, df, '' from said
    ), gone as (
        delete from shop.search_terms as old
        where not exists (
            select from fresh
            where (fresh.kind, fresh.term, fresh.target) = (old.kind, old.term, old.target))
    )
    insert into shop.search_terms as old (kind, term, label, df, target)
    select kind, term, min(label), sum(df), target from fresh group by kind, term, target
    on conflict (kind, term, target) do update set label = excluded.label, df = excluded.df
    where (old.label, old.df) is distinct from (excluded.label, excluded.df)
    """
)
