"""Writes redirects: chains are collapsed, loops refused."""

from collections.abc import Awaitable, Callable, Collection, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from storefront.db import ReadSession, WriteSession
from storefront.errors import InvalidInput, NotFound
from storefront.locks import lock
from storefront.redirects.addresses import BadAddressError, source_of, split, target_of
from storefront.redirects.csv_rows import Row
from storefront.redirects.redirect_map import LoopError, RedirectMap

Origin = Literal["staff", "import", "automatic"]


@dataclass(frozen=True, slots=True)
class Site:
    """What the addresses of this shop are. shown: which of some paths show something now."""

    host: str
    shown: Callable[[ReadSession, Collection[str]], Awaitable[Set[str]]]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not imported. line: in the file, from 1; reason: what is wrong with it."""

    line: int
    source: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of an import. written: new or changed redirects, including collapsed ones."""

    rows: int
    written: int
    rejected: Sequence[RejectedRow]


async def put(session: WriteSession, source: str, target: str | None, *, site: Site) -> RedirectMap:
    """Redirect an old address, or say that what was there is gone. Returns what changed.

    source, target: as typed. Five statements at most.
    Raises InvalidInput (422) for an address of another site, one that leads back, or one of a page.
    """
    try:
        old = source_of(source)
        _refuse_shown(old, await site.shown(session, [split(old)[0]]))
    except BadAddressError as error:
        raise InvalidInput.of("source", str(error)) from error
    try:
        new = None if target is None else target_of(target, host=site.host)
    except BadAddressError as error:
        raise InvalidInput.of("target", str(error)) from error
    found = await _locked(session)
    try:
        found.put(old, new)
    except LoopError as error:
        raise InvalidInput.of("target", str(error)) from error
    await _write(session, found, "staff")
    return found


async def delete(session: WriteSession, source: str) -> str | None:
    """Delete a redirect; returns where it led. Two statements. Raises NotFound (404)."""
    await lock(session, "redirects")
    row = (await session.execute(_DELETE, {"source": source})).one_or_none()
    if row is None:
        raise NotFound(f"There is no redirect from {source}.")
    target: str | None = row.target
    return target


async def moved(session: WriteSession, old: str, new: str) -> None:
    """Redirect what moved within the shop; something is at the new address now. Four statements."""
    found = await _locked(session)
    await session.execute(_DELETE, {"source": new})
    found.remove(new)
    found.put(old, new)
    await _write(session, found, "automatic")


async def removed(session: WriteSession, address: str) -> None:
    """Say that what was at an address is gone. Three statements."""
    found = await _locked(session)
    found.put(address, None)
    await _write(session, found, "automatic")


async def appeared(session: WriteSession, address: str) -> None:
    """Something is at this address now: delete its redirect. One statement."""
    await session.execute(_DELETE, {"source": address})


async def import_rows(session: WriteSession, rows: Sequence[Row], *, site: Site) -> ImportReport:
    """Add the redirects of a file. A row that cannot be used is reported, and stops no other.

    Five statements at most, however many rows.
    """
    sources = [_source(row) for row in rows]
    paths = {split(one)[0] for one in sources if isinstance(one, str)}
    shown = await site.shown(session, paths)
    found = await _locked(session)
    rejected: list[RejectedRow] = []
    seen: dict[str, str | None] = {}
    for row, source in zip(rows, sources, strict=True):
        try:
            if isinstance(source, BadAddressError):
                raise source
            _refuse_shown(source, shown)
            target = None if row.is_gone else target_of(row.target, host=site.host)
            if seen.setdefault(source, target) != target:
                raise BadAddressError(f"An earlier row redirects {source} elsewhere.")
            found.put(source, target)
        except (BadAddressError, LoopError) as error:
            rejected.append(RejectedRow(row.line, row.source, row.target, str(error)))
    await _write(session, found, "import")
    return ImportReport(len(rows), len(found.changed), rejected)


def _source(row: Row) -> str | BadAddressError:
    """The old address of a row, or why it cannot be used."""
    if row.is_undivided:
        return BadAddressError(
            "Both addresses are in one cell: separate them by a comma, semicolon, tab or bar."
        )
    try:
        return source_of(row.source)
    except BadAddressError as error:
        return error


def _refuse_shown(source: str, shown: Set[str]) -> None:
    """Raises BadAddressError where the shop shows a page, which would come first."""
    path = split(source)[0]
    if path in shown:
        raise BadAddressError(
            f"There is a page at {path}: a redirect from it would not be followed."
        )


async def _locked(session: WriteSession) -> RedirectMap:
    """Every redirect; nobody else writes any until the transaction ends."""
    await lock(session, "redirects")
    rows = await session.execute(_ALL)
    return RedirectMap({row.source: row.target for row in rows})


async def _write(session: WriteSession, found: RedirectMap, origin: Origin) -> None:
    values = {
        "sources": list(found.changed),
        "targets": list(found.changed.values()),
        "origin": origin,
    }
    await session.execute(_UPSERT, values)


_ALL = text("select source, target from shop.redirects")
_DELETE = text("delete from shop.redirects where source = :source returning target")
_UPSERT = text(
    """
    insert into shop.redirects as old (source, target, origin)
    select source, target, :origin
    from unnest(cast(:sources as text[]), cast(:targets as text[])) as one (source, target)
    on conflict (source) do update
    set (target, origin, updated_at) = (excluded.target, excluded.origin, now())
    where old.target is distinct from excluded.target
    """
)
