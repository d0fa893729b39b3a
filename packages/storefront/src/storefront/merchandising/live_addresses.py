"""The addresses at which the shop shows something: always, or as long as it is sold or shown."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from fastapi import Request

from storefront.catalog import queries as catalog
from storefront.catalog.addresses import number_in
from storefront.collections import queries as collections
from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.help.markdown import FOLDERS, names_in
from storefront.redirects.service import Site
from storefront.settings import Settings
from storefront.texts import languages


def site_of(request: Request) -> Site:
    """The host under which this shop is reached, and what it shows where."""
    settings: Settings = request.state.settings
    fixed = frozenset(_fixed_addresses(request.app.routes)) | {
        f"/{kind}/{name}" for kind in FOLDERS for name in names_in(kind)
    }
    prefixes = tuple(one.prefix for one in languages(settings.locale) if one.prefix)

    async def shown(session: ReadSession, paths: Collection[str]) -> set[str]:
        spoken = {path: _without_language(path, prefixes) for path in paths}
        found = fixed | await _shown_now(session, set(spoken.values()))
        return {path for path, without in spoken.items() if without in found}

    return Site(urlsplit(settings.public_url).netloc, shown)


def _without_language(path: str, prefixes: Iterable[str]) -> str:
    prefix = next((one for one in prefixes if path == one or path.startswith(f"{one}/")), "")
    return path.removeprefix(prefix) or "/"


async def _shown_now(session: ReadSession, paths: Collection[str]) -> set[str]:
    """Those of these paths at which a product is sold, or a collection shown. Two statements at most."""
    parts = {path: unquote(path).split("/") for path in paths}
    products = {path: _number(one[2]) for path, one in parts.items() if _is_of(one, "p")}
    slugs = {path: one[2].lower() for path, one in parts.items() if _is_of(one, "collections")}
    numbers = sorted({number for number in products.values() if number})
    live = await catalog.live_products(session, numbers) if numbers else set[int]()
    on = await collections.slugs_shown(session) if slugs else set[str]()
    return {path for path, number in products.items() if number in live} | {
        path for path, slug in slugs.items() if slug in on
    }


def _is_of(parts: list[str], kind: str) -> bool:
    return len(parts) == len(("", kind, "slug")) and parts[1] == kind


def _number(slug: str) -> int | None:
    try:
        return number_in(slug)
    except NotFound:
        return None


def _fixed_addresses(routes: Iterable[Any]) -> Iterator[str]:
    """The addresses of pages that have no part which varies."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _fixed_addresses(included.routes)
        elif "GET" in (getattr(route, "methods", None) or ()) and "{" not in route.path:
            yield route.path
