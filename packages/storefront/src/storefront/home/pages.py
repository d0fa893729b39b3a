"""The front page and the page of all departments."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from storefront.catalog.tiles import pictured_first, tile
from storefront.collections.pages import shown_collections
from storefront.collections.rules import scope_of
from storefront.content import queries as content
from storefront.content.queries import Written
from storefront.home.stories import HOME, Story, default_text, stories_of
from storefront.recommend import queries
from storefront.recommend.deeds import deeds
from storefront.recommend.queries import Recommendation, with_reason
from storefront.recommend.queries import for_you as recommended
from storefront.search.criteria import Criteria
from storefront.search.index.facets import Category
from storefront.search.index.seasons import season_at
from storefront.search.read_model.store import ReadModel
from storefront.texts import _, current, name_of
from storefront.web import language, render, viewed

router = APIRouter(include_in_schema=False)

_ON_A_SHELF = 12
_LOOKED_AT = 60  # of which those with a photograph stand first, one of each design
_NEW = 240  # of the newest products, the shelf shows some that differ
_PRIVATE = ("apparel/innerwear",)  # not recommended where others may see the screen
_IN_A_STORY = 3
_STORIES = 3
_DEPARTMENTS = 8
# A department with less than this part of all products has no place on the front page.
_SMALLEST = 200


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A story with the first of its pieces. path: of its collection."""

    story: Story
    path: str
    products: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PicturedCategory:
    """A category with a product of it, whose picture stands for all."""

    category: Category
    product: dict[str, Any]


@router.get("/", name="home")
async def home_page(request: Request) -> Response:
    """What is new, liked and in season, stories of collections, departments; what was viewed before, and
    what the visitor may like by what they looked at, saved and bought.

    Two statements for who has done nothing of that, one if nothing has changed since; nine at most.
    """
    model: ReadModel = request.state.read_model
    season = season_at(datetime.now(UTC).date())
    facets = await model.facets(Criteria())
    departments = [
        sub
        for root in facets.categories
        if root.count * _SMALLEST >= facets.total
        for sub in root.children
    ]
    departments.sort(key=lambda sub: sub.count, reverse=True)
    departments = departments[: _in_whole_rows(min(len(departments), _DEPARTMENTS))]
    stories = await _stories(request, season)
    shelves = [
        Criteria(since=await model.newest_since(_NEW)),
        Criteria(sort="popularity"),
        Criteria(filters={"season": [season]}, sort="relevance", variation=7),
    ]
    found = await model.first_cards(
        [*shelves, *(criteria for _, criteria in stories), *map(_of, departments)],
        limit=_LOOKED_AT,
    )
    trends = await queries.trending(model, await request.state.trending.get(), limit=_LOOKED_AT)
    found[1] = [*trends, *found[1]][:_LOOKED_AT]
    new, trending, seasonal = (pictured_first(cards, _ON_A_SHELF) for cards in found[:3])
    told = [
        ToldStory(
            story,
            language.address(request, "collection", slug=story.slug).path,
            [json.loads(card) for card in pictured_first(cards, _IN_A_STORY)],
        )
        for (story, _criteria), cards in zip(stories, found[3:], strict=False)
        if len(cards) >= _IN_A_STORY
    ]
    before = list((await model.cards(viewed.viewed(request))).values())
    for_you = await recommended(
        model, request.state.vectors, await deeds(request), limit=_ON_A_SHELF, without=_PRIVATE
    )
    return render.page(
        request,
        "home/home.html",
        total=facets.total,
        season=season,
        stories=told[:_STORIES],
        departments=_pictured(departments, found[3 + len(stories) :]),
        shelves=[
            ("new", _("New in"), "?sort_by=newest", _offers(new)),
            ("trending", _("Trending now"), "?sort_by=popularity", _offers(trending)),
            (
                "season",
                _("For %(season)s", season=name_of(season)),
                f"?season={season}",
                _offers(seasonal),
            ),
        ],
        for_you=for_you,
        before=_offers(before),
    )


@router.get("/departments", name="departments")
async def departments_page(request: Request) -> Response:
    """Every category down to its kinds, with pictures. One statement at most."""
    model: ReadModel = request.state.read_model
    facets = await model.facets(Criteria())
    subs = [sub for root in facets.categories for sub in root.children]
    found = await model.first_cards([_of(sub) for sub in subs], limit=_IN_A_STORY)
    pictured = {one.category.path: one.product for one in _pictured(subs, found)}
    return render.page(
        request, "home/departments.html", roots=facets.categories, pictured=pictured, tile=tile
    )


async def _stories(request: Request, season: str) -> list[tuple[Story, Criteria]]:
    """The stories whose collections are shown, and what is in these."""
    written: Written = request.state.written
    text = await content.shown(written, HOME, current().code) or default_text(season)
    by_slug = {one.slug: one for one in await shown_collections(request)}
    return [
        (story, Criteria(scope=await scope_of(by_slug[story.slug].choice, request.state.search)))
        for story in stories_of(text)
        if story.slug in by_slug
    ]


def _in_whole_rows(count: int) -> int:
    """So many departments that no row of two or four is left with one."""
    return count // 4 * 4 or count // 2 * 2 or count


def _of(category: Category) -> Criteria:
    return Criteria(filters={"category": [category.path]}, sort="relevance", variation=3)


def _pictured(
    categories: Sequence[Category], found: Sequence[Sequence[str]]
) -> list[PicturedCategory]:
    return [
        PicturedCategory(category, json.loads(pictured_first(cards, 1)[0]))
        for category, cards in zip(categories, found, strict=True)
        if cards
    ]


def _offers(cards: Sequence[str]) -> list[Recommendation]:
    """As a shelf shows them, without a reason: its title says it."""
    return with_reason(cards, "")
