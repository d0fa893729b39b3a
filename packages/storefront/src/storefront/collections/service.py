"""Writes collections."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from sqlalchemy import text

from storefront.catalog import bounds
from storefront.catalog import queries as catalog
from storefront.collections.queries import version_of
from storefront.collections.rules import Boosts, Rule, respelt
from storefront.db import WriteSession
from storefront.errors import Conflict, InvalidInput, NotFound
from storefront.locks import lock
from storefront.moments import Moment
from storefront.redirects import service as redirects
from storefront.request_model import Flag, Id, RequestModel
from storefront.search.index.facets import FacetValues
from storefront.texts import languages

MOST = 1_000
"""Collections of a shop: each process holds them all."""

MOST_PRODUCTS = 1_000
MOST_DESCRIPTION = 5_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

ProductIds = Annotated[
    list[Annotated[Id, Field(le=bounds.BIGGEST_ID)]], Field(max_length=MOST_PRODUCTS)
]


class CollectionTexts(RequestModel):
    """What a collection says in one language. description: Markdown."""

    title: Annotated[
        str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")
    ]
    description: Annotated[str, Field(max_length=MOST_DESCRIPTION, pattern=r"^[^\x00]*$")] = ""


class Wanted(RequestModel):
    """A collection as staff want it. texts: by language, such as ``en``; the shop's own is required.

    chosen_by: ``rule``: what meets the rule, product_ids first; ``hand``: product_ids alone, in order.
    """

    slug: Annotated[str, Field(min_length=1, max_length=80, description="The end of its address.")]
    chosen_by: Literal["rule", "hand"]
    rule: Annotated[Rule, BeforeValidator(lambda rule: Rule() if rule is None else rule)] = Rule()
    product_ids: ProductIds = Field(default_factory=list)
    boosts: Boosts = Boosts()
    texts: dict[str, CollectionTexts]
    picture_product_id: Annotated[Id, Field(le=bounds.BIGGEST_ID)] | None = None
    is_shown: Flag = True
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class CollectionEdit(Wanted):
    """The same for a collection that exists. version: of the state that the edit began with."""

    collection_id: Id | None = None
    version: Annotated[str, Field(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True)
class Checked:
    """A collection that can be stored: everything in it is as the shop spells it."""

    wanted: Wanted


class AddressTaken(Conflict):
    """Another collection has this address. Choose another one."""

    slug, title = "address-taken", "This address is taken"


class ChangedMeanwhile(Conflict):
    """Somebody else changed the collection after it was read: ``version`` is that of its state now.

    Nothing was changed. Read it again, and send the edit with that version.
    """

    slug, title = "changed-meanwhile", "Somebody else has changed this"


def checked(wanted: Wanted, known: FacetValues, *, locale: str) -> Checked:
    """The same, spelt as the shop does. Raises InvalidInput (422) with an error for each mistake."""
    rule, errors = respelt(wanted.rule, known, at="#/rule")
    boosts, mistakes = respelt(wanted.boosts, known, at="#/boosts")
    errors += mistakes
    codes = [one.code for one in languages(locale)]
    if not SLUG.fullmatch(wanted.slug):
        errors.append(_error("slug", "Use small letters a to z, digits, and - between words."))
    for code in wanted.texts.keys() - set(codes):
        errors.append(_error("texts", f"The shop has no language {code}."))
    if codes[0] not in wanted.texts:
        errors.append(_error(f"texts/{codes[0]}/title", "Please fill this in."))
    if wanted.chosen_by == "hand" and not wanted.product_ids:
        errors.append(_error("product_ids", "Choose a product at least."))
    if wanted.starts_at and wanted.ends_at and wanted.starts_at >= wanted.ends_at:
        errors.append(_error("ends_at", "Please enter a time after the start."))
    if errors:
        raise InvalidInput(" ".join(one["detail"] for one in errors), errors=errors)
    return Checked(
        wanted.model_copy(
            update={
                "rule": wanted.rule.model_copy(update=rule),
                "boosts": wanted.boosts.model_copy(update=boosts),
                "product_ids": list(dict.fromkeys(wanted.product_ids)),
            }
        )
    )


async def create(session: WriteSession, collection: Checked) -> int:
    """Add a collection, after all others; returns its id. Five statements.

    Raises InvalidInput (422) for a product that there is not, AddressTaken (409), Conflict (409).
    """
    await _check_products(session, collection.wanted)
    await lock(session, "collections")
    await _check_address(session, collection.wanted.slug, None)
    if await session.scalar(_COUNT) >= MOST:
        raise Conflict(f"A shop has {MOST:,} collections at most. Delete one first.")
    collection_id: int = await session.scalar(_INSERT, _values(collection.wanted))
    await redirects.appeared(session, _path(collection.wanted.slug))
    return collection_id


async def update(
    session: WriteSession, collection_id: int, collection: Checked, *, version: str | None
) -> Wanted:
    """Change a collection; returns what it was. Its former address leads to the new one.

    version: of the state that the edit began with, if known. Nine statements at most.
    Raises NotFound (404), ChangedMeanwhile (409), and what ``create`` raises.
    """
    await _check_products(session, collection.wanted)
    await lock(session, "collections")
    slug = collection.wanted.slug
    former, current = await _stored(session, collection_id)
    if version not in (None, current):
        raise ChangedMeanwhile(
            f"Collection {collection_id} was changed after you opened it. Compare, and save again.",
            version=current,
        )
    await _check_address(session, slug, collection_id)
    await session.execute(_UPDATE, _values(collection.wanted) | {"id": collection_id})
    if former.slug != slug:
        await redirects.moved(session, _path(former.slug), _path(slug))
    return former


async def delete(session: WriteSession, collection_id: int) -> Wanted:
    """Delete a collection; what was at its address is gone. Returns what it was. Five statements.

    Raises NotFound (404).
    """
    former, _version = await _stored(session, collection_id)
    await session.execute(_DELETE, {"id": collection_id})
    await redirects.removed(session, _path(former.slug))
    return former


async def reorder(session: WriteSession, collection_ids: Sequence[int]) -> list[int]:
    """Put collections into this order; others follow in theirs. Returns the order before.

    Three statements. Raises InvalidInput (422) for ids that no collection has.
    """
    await lock(session, "collections")
    before = list(await session.scalars(_IN_ORDER))
    if unknown := [str(one) for one in collection_ids if one not in before]:
        raise InvalidInput.of("collection_ids", f"There is no collection {', '.join(unknown)}.")
    await session.execute(_REORDER, {"ids": list(collection_ids)})
    return before


async def install(session: WriteSession, starting: Sequence[Wanted]) -> None:
    """The collections that a shop starts with, where it never had any. A statement each."""
    if await session.scalar(_HAD_ANY):
        return
    for one in starting:
        await session.execute(_INSERT, _values(one))


async def _stored(session: WriteSession, collection_id: int) -> tuple[Wanted, str]:
    """A collection, locked, and its version. One statement. Raises NotFound (404)."""
    row = (await session.execute(_STORED, {"id": collection_id})).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no collection {collection_id}.")
    values = {name: row[name] for name in Wanted.model_fields}
    return Wanted.model_validate(values), version_of(row["updated_at"])


async def _check_products(session: WriteSession, wanted: Wanted) -> None:
    """Raises InvalidInput (422) for products that there are not. One statement, or none."""
    ids = {*wanted.product_ids, *([wanted.picture_product_id] if wanted.picture_product_id else ())}
    if not ids:
        return
    missing = ids - await catalog.known_products(session, sorted(ids))
    errors = [
        _error(name, f"There is no product {', '.join(map(str, sorted(missing & set(its))))}.")
        for name, its in (
            ("product_ids", wanted.product_ids),
            ("picture_product_id", [wanted.picture_product_id]),
        )
        if missing & set(its)
    ]
    if errors:
        raise InvalidInput(" ".join(one["detail"] for one in errors), errors=errors)


async def _check_address(session: WriteSession, slug: str, own: int | None) -> None:
    other = await session.scalar(_WITH_SLUG, {"slug": slug})
    if other is not None and other != own:
        raise AddressTaken(f"Another collection has the address {_path(slug)}.")


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "slug": wanted.slug,
        "chosen_by": wanted.chosen_by,
        "rule": wanted.rule.model_dump_json(exclude_defaults=True),
        "product_ids": wanted.product_ids,
        "boosts": wanted.boosts.model_dump_json(exclude_defaults=True),
        "texts": json.dumps({code: one.model_dump() for code, one in wanted.texts.items()}),
        "picture_product_id": wanted.picture_product_id,
        "is_shown": wanted.is_shown,
        "starts_at": wanted.starts_at,
        "ends_at": wanted.ends_at,
    }


def _path(slug: str) -> str:
    return f"/collections/{slug}"


def _error(name: str, detail: str) -> dict[str, str]:
    return {"pointer": f"#/{name}", "detail": detail}


_COUNT = text("select count(*) from shop.collections")
_HAD_ANY = text("select pg_sequence_last_value('shop.collections_id_seq') is not null")
_STORED = text("select * from shop.collections where id = :id for update")
_IN_ORDER = text("select id from shop.collections order by position, id")
_WITH_SLUG = text("select id from shop.collections where slug = :slug")
_DELETE = text("delete from shop.collections where id = :id")
_INSERT = text(
    """
    insert into shop.collections (
        slug, chosen_by, rule, product_ids, boosts, texts, picture_product_id, is_shown, starts_at,
        ends_at, position)
    select :slug, :chosen_by, cast(:rule as jsonb), cast(:product_ids as bigint[]),
        cast(:boosts as jsonb), cast(:texts as jsonb), cast(:picture_product_id as bigint), :is_shown,
        cast(:starts_at as timestamptz), cast(:ends_at as timestamptz), coalesce(max(position), 0) + 1
    from shop.collections
    returning id
    """
)
_UPDATE = text(
    """
    update shop.collections set (
        slug, chosen_by, rule, product_ids, boosts, texts, picture_product_id, is_shown, starts_at,
        ends_at, updated_at) = (
        :slug, :chosen_by, cast(:rule as jsonb), cast(:product_ids as bigint[]), cast(:boosts as jsonb),
        cast(:texts as jsonb), cast(:picture_product_id as bigint), :is_shown,
        cast(:starts_at as timestamptz), cast(:ends_at as timestamptz), now())
    where id = :id
    """
)
_REORDER = text(
    """
    update shop.collections set position = place from (
        select id, row_number() over (
            order by coalesce(array_position(cast(:ids as bigint[]), id), 1000000), position, id
        ) as place from shop.collections
    ) as ordered
    where ordered.id = collections.id and position <> place
    """
)
