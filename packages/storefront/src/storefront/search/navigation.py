"""The menu in the header: the catalogue's departments, their categories and a picture."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from storefront.background import SingleFlight
from storefront.search.criteria import Criteria
from storefront.search.index.facets import Category
from storefront.search.read_model.store import ReadModel
from storefront.texts import Language, current
from storefront.web import render

_EVERY_S = 60.0
_RETRY_S = 2.0  # until the first successful read
_MOST_GROUPS = 6
_MOST_KINDS = 6
_MOST_FEATURES = 8  # cards to choose a picture from
_WEARERS = (("Women", ("Women",)), ("Men", ("Men",)), ("Kids", ("Girls", "Boys")))


@dataclass(frozen=True, slots=True)
class Entry:
    """A link to a listing. query: its query string, without the question mark."""

    name: str
    query: str
    count: int


@dataclass(frozen=True, slots=True)
class Group(Entry):
    """A sub-category with its largest kinds."""

    kinds: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Department(Entry):
    """A department with its largest sub-categories. feature: address of the picture of a new product."""

    groups: Sequence[Group]
    feature: str | None


class Navigation:
    """The departments as of the last read of the read model; empty until the first one.

    Pages show it without waiting: the header of an error page must not need the database. Showing it
    starts a refresh if it is a minute old, so that an unused shop lets its database sleep.
    """

    def __init__(self, model: ReadModel) -> None:
        self._model = model
        self._departments: Sequence[Department] = ()
        self._menus: dict[Language, Markup] = {}
        self._version = -1
        self._begun_at = float("-inf")
        self._refresh = SingleFlight("Menu", self._read)

    @property
    def version(self) -> int:
        """The version of the read model that the departments are of; -1 before the first read."""
        return self._version

    @property
    def departments(self) -> Sequence[Department]:
        """The departments, largest sub-categories first."""
        pause_s = _EVERY_S if self._departments else _RETRY_S
        if time.monotonic() - self._begun_at > pause_s:
            self.start()
        return self._departments

    def menu(self) -> Markup:
        """The departments as a list of links, rendered once in each language until they change."""
        departments, language = self.departments, current()
        if language not in self._menus:
            self._menus[language] = render.macro("search/_menu.html", "menu")(departments)
        return self._menus[language]

    def start(self) -> None:
        """Read the departments in the background."""
        self._begun_at = time.monotonic()
        self._refresh.begin()

    def stop(self) -> None:
        """Cancel a running read."""
        self._refresh.stop()

    async def _read(self) -> None:
        """One statement, or none if nothing has changed."""
        version = await self._model.current_version()
        if version != self._version:
            queries = [Criteria(filters={"gender": wearers}) for _, wearers in _WEARERS]
            cards = await self._model.first_cards(queries, limit=_MOST_FEATURES)
            found: list[Department] = []
            for (name, wearers), criteria, first in zip(_WEARERS, queries, cards, strict=True):
                facets = await self._model.facets(criteria)
                if facets.total:
                    groups = _groups(facets.categories, wearers)
                    found.append(
                        Department(name, _query(wearers), facets.total, groups, _picture(first))
                    )
            self._departments, self._version, self._menus = found, version, {}


def _groups(categories: Sequence[Category], wearers: Sequence[str]) -> list[Group]:
    """The largest sub-categories of all departments, each with its largest kinds."""
    subs = [sub for root in categories for sub in root.children]
    subs.sort(key=lambda sub: sub.count, reverse=True)
    return [
        Group(
            sub.name,
            _query(wearers, sub.path),
            sub.count,
            [
                Entry(kind.name, _query(wearers, kind.path), kind.count)
                for kind in sub.children[:_MOST_KINDS]
            ],
        )
        for sub in subs[:_MOST_GROUPS]
    ]


def _query(wearers: Sequence[str], category: str | None = None) -> str:
    pairs = [("gender", wearer) for wearer in wearers]
    if category is not None:
        pairs.append(("category", category))
    return render.query_string(pairs).removeprefix("?")


def _picture(cards: Sequence[str]) -> str | None:
    """The address of the first picture among these products."""
    addresses: list[str | None] = [json.loads(card)["image_url"] for card in cards]
    return next(filter(None, addresses), None)
