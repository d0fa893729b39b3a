"""The collections that a shop starts with, and what its front page says of them until staff edit it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from storefront.collections.rules import Boosts, Rule
from storefront.collections.service import CollectionTexts, Wanted
from storefront.texts import Language, _, languages, speaking


@dataclass(frozen=True, slots=True)
class Starting:
    """A collection to start with. link: what leads to it from the front page; empty: nothing does.

    seasons: when the front page links to it; empty: all year. Texts are in English.
    """

    slug: str
    title: str
    text: str
    link: str = ""
    seasons: Sequence[str] = ()
    rule: dict[str, Any] = field(default_factory=dict)
    boosts: dict[str, Any] = field(default_factory=dict)


@cache
def starting() -> Sequence[Starting]:
    """All of them, in order."""
    found = tomllib.loads(resources.files(__package__).joinpath("starting.toml").read_text("utf-8"))
    return [Starting(**one) for one in found["collection"]]


def of_season(season: str) -> list[Starting]:
    """Those that the front page links to in a season: its own first, then those of all year."""
    linked = [one for one in starting() if one.link]
    own = [one for one in linked if season in one.seasons]
    return own + [one for one in linked if not one.seasons]


def to_install(locale: str) -> list[Wanted]:
    """The same as collections, in every language of a shop of this locale."""
    return [
        Wanted(
            slug=one.slug,
            chosen_by="rule",
            rule=Rule(**one.rule),
            boosts=Boosts(**one.boosts),
            texts={language.code: _texts(one, language) for language in languages(locale)},
        )
        for one in starting()
    ]


def _texts(one: Starting, language: Language) -> CollectionTexts:
    with speaking(language):
        return CollectionTexts(title=_(one.title), description=_(one.text))
