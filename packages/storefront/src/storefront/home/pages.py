"""The front page and the page of all departments."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from storefront.catalog.seasons import current_season
from storefront.catalog.tiles import pictured_first, tile
from storefront.collections.pages import shown_collections
from storefront.collections.rules import scope_of
from storefront.content import queries as content
from storefront.content.queries import Written
from storefront.home.stories import HOME, Story, default_text, stories_of
from storefront.recommend import queries
from storefront.recommend.interactions import interactions
from storefront.recommend.queries import Recommendation, with_reason
from storefront.recommend.queries import for_you as recommended
from storefront.search.criteria import Criteria
from storefront.search.index.facets import Category, Facets
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
class ShownStory:
    """A story with the first of its pieces. path: of its collection."""

    story: Story
    path: str
    products: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Cards:
    """The first cards of each listing of the front page: of shelves, stories and departments."""

    new: Sequence[str]
    popular: Sequence[str]
    seasonal: Sequence[str]
    stories: Sequence[Sequence[str]]
    departments: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class PicturedCategory:
    """A category with a product of it, whose picture stands for all."""

    category: Category
    product: dict[str, Any]


@router.get("/", name="home")
async def home_page(request: Request) -> Response:
    """New, popular and seasonal products, stories, departments, recently viewed, recommended.

    Two statements for a new visitor, one if cached, nine at most.
    """
    model: ReadModel = request.state.read_model
    season = current_season()
    facets = await model.facets(Criteria())
    departments = _front_departments(facets)
    stories = await _stories(request, season)
    cards = await _cards(model, season, [criteria for _, criteria in stories], departments)
    trends = await queries.trending(model, await request.state.trending.get(), limit=_LOOKED_AT)
    trending = [*trends, *cards.popular][:_LOOKED_AT]
    before = list((await model.cards(viewed.viewed(request))).values())
    for_you = await recommended(
        model,
        request.state.vectors,
        await interactions(request),
        limit=_ON_A_SHELF,
        without=_PRIVATE,
    )
    return render.page(
        request,
        "home/home.html",
        total=facets.total,
        season=season,
        stories=_shown_stories(request, [story for story, _ in stories], cards.stories),
        departments=_pictured(departments, cards.departments),
        shelves=[
            ("new", _("New in"), "?sort_by=newest", _shelf(cards.new)),
            ("trending", _("Trending now"), "?sort_by=popularity", _shelf(trending)),
            (
                "season",
                _("For %(season)s", season=name_of(season)),
                f"?season={season}",
                _shelf(cards.seasonal),
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


def _front_departments(facets: Facets) -> list[Category]:
    """The largest sub-categories, largest first."""
    large = [root for root in facets.categories if root.count * _SMALLEST >= facets.total]
    subs = sorted((sub for root in large for sub in root.children), key=lambda sub: -sub.count)
    return subs[: _in_whole_rows(min(len(subs), _DEPARTMENTS))]


async def _cards(
    model: ReadModel, season: str, stories: Sequence[Criteria], departments: Sequence[Category]
) -> Cards:
    """One statement, or none if nothing has changed."""
    shelves = [
        Criteria(since=await model.newest_since(_NEW)),
        Criteria(sort="popularity"),
        Criteria(filters={"season": [season]}, sort="relevance", variation=7),
    ]
    new, popular, seasonal, *others = await model.first_cards(
        [*shelves, *stories, *map(_of, departments)], limit=_LOOKED_AT
    )
    return Cards(new, popular, seasonal, others[: len(stories)], others[len(stories) :])


def _shown_stories(
    request: Request, stories: Sequence[Story], found: Sequence[Sequence[str]]
) -> list[ShownStory]:
    """The first stories that have enough products."""
    shown = [
        ShownStory(
            story,
            language.address(request, "collection", slug=story.slug).path,
            [json.loads(card) for card in pictured_first(cards, _IN_A_STORY)],
        )
        for story, cards in zip(stories, found, strict=True)
        if len(cards) >= _IN_A_STORY
    ]
    return shown[:_STORIES]


def _shelf(cards: Sequence[str]) -> list[Recommendation]:
    return _offers(pictured_first(cards, _ON_A_SHELF))


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
    """As many departments as fill rows of two and of four without a last row of one."""
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
