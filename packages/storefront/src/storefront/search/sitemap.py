"""Pages for crawlers: robots.txt, llms.txt, and a sitemap of products, departments and brands.

Its part for collections is in ``collections/pages.py``. A sitemap holds at most 50,000 addresses
(sitemaps.org, protocol): there is an index of them, and a part for each PART products.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response

from storefront.db import Database
from storefront.errors import NotFound
from storefront.search.criteria import Criteria
from storefront.search.index.facets import Facets
from storefront.search.read_model.store import ReadModel
from storefront.texts import current, languages, localized
from storefront.web import render

router = APIRouter(include_in_schema=False)

PART = 10_000
_FACETS = ("gender", "category", "brand")  # the parameters of the same name
_NOT_FOR_ROBOTS = ("/api/", "/admin/", "/cart", "/checkout", "/account", "/orders")
_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


@router.get("/robots.txt", name="robots")
async def robots(request: Request) -> Response:
    """Allow everything except the API and visitors' own pages; link to the sitemap."""
    every = languages(request.state.settings.locale)
    paths = [one.prefix + path for one in every for path in _NOT_FOR_ROBOTS]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in paths)]
    lines += ["", f"Sitemap: {_base(request)}{request.url_for('sitemap').path}", ""]
    return Response("\n".join(lines), media_type="text/plain")


@router.get("/llms.txt", name="llms")
async def llms(request: Request) -> Response:
    """A description of the shop with links, for language models (llmstxt.org). No statement."""
    base, settings = _base(request), request.state.settings
    facets = await _facets(request)
    listing = f"{base}{request.url_for('listing').path}"
    departments = [
        f"- [{count.value.label}]({listing}{render.query_string([('category', count.value.value)])}): "
        f"{count.count} pieces"
        for count in facets.by_name.get("category", ())
        if count.count and "/" not in count.value.value
    ]
    pages = [
        ("Sitemap", request.url_for("sitemap").path, "every product and listing"),
        ("API", "/openapi.json", "the catalogue, search and buying as JSON"),
        ("Delivery", request.url_for("help_page", topic="delivery").path, "ways, times and costs"),
        ("Returns", request.url_for("help_page", topic="returns").path, "how, and until when"),
    ]
    lines = [
        f"# {settings.name}", "",
        f"> A fashion shop with {facets.total} pieces. Prices are in {settings.currency}.", "",
        "## Departments", *departments, "",
        "## More", *(f"- [{name}]({base}{path}): {what}" for name, path, what in pages), "",
    ]  # fmt: skip
    return Response("\n".join(lines), media_type="text/plain")


@router.get("/sitemap.xml", name="sitemap")
async def sitemap(request: Request) -> Response:
    """The index of the parts, each in every language. No statement."""
    facets = await _facets(request)
    parts = ["listings", "collections", *map(str, range(1, -(-facets.total // PART) + 1))]
    entries = [
        f"<sitemap><loc>{_base(request)}{language.prefix}"
        f"{request.url_for('sitemap_part', part=part).path}</loc></sitemap>\n"
        for language in languages(request.state.settings.locale)
        for part in parts
    ]
    return _xml("sitemapindex", "".join(entries))


@router.get("/sitemaps/{part}.xml", name="sitemap_part")
async def sitemap_part(request: Request, part: str) -> Response:
    """The listings, or the products of one part. One statement at most. Raises NotFound (404)."""
    if part == "listings":
        return pages_xml(request, await _listings(request))
    number = int(part) if part.isascii() and part.isdigit() and len(part) < 7 else 0
    database: Database = request.state.database
    found: Sequence[Any] = []
    if number >= 1:
        found = await database.fetch(_PRODUCTS, (number - 1) * PART, PART, may_lag=True)
    if not found:
        raise NotFound(f"There is no part {part} of the sitemap.")
    return pages_xml(request, (row["url"] for row in found))


async def _listings(request: Request) -> list[str]:
    """The front page, all products, and each department, category and brand that has products."""
    listing = _without_language(request, "listing")
    facets = await _facets(request)
    return [_without_language(request, "home"), listing] + [
        listing + render.query_string([(facet, count.value.value)])
        for facet in _FACETS
        for count in facets.by_name.get(facet, ())
        if count.count
    ]


def _without_language(request: Request, route: str) -> str:
    return str(request.url_for(route).path).removeprefix(current().prefix)


async def _facets(request: Request) -> Facets:
    model: ReadModel = request.state.read_model
    return await model.facets(Criteria())


def pages_xml(request: Request, paths: Iterable[str]) -> Response:
    """A part of the sitemap: each page in the language of the part, with its address in every other.

    Google Search Central, "Localized versions", requires each version to link to all. paths: without
    a language.
    """
    base = _base(request)
    every = languages(request.state.settings.locale)
    entries = []
    for path in map(escape, paths):
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{one.code}" href="{base}{one.prefix}{path}"/>'
            for one in every
        )
        entries.append(f"<url><loc>{base}{localized(path)}</loc>{links}</url>\n")
    return _xml("urlset", "".join(entries), f' xmlns:xhtml="{_XHTML}"')


def _xml(root: str, entries: str, namespaces: str = "") -> Response:
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_XMLNS}"{namespaces}>\n'
        f"{entries}</{root}>\n",
        media_type="application/xml",
    )


def _base(request: Request) -> str:
    return str(request.state.settings.public_url).rstrip("/")


# Skipped rows are counted in the primary key, not read.
_PRODUCTS = """
    select card::json ->> 'url' as url from shop.listings
    join (
        select colourway_id as id from shop.listings order by colourway_id offset $1::int limit $2::int
    ) as part on id = colourway_id
    order by colourway_id
"""
