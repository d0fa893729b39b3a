"""Edited stories of the front page: which pieces they tell of, and when."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from storefront.search.criteria import Criteria
from storefront.web import render


@dataclass(frozen=True, slots=True)
class Story:
    """A title, its text, and a listing. seasons: when it is told; all year where empty."""

    title: str
    text: str
    link: str
    seasons: Sequence[str]
    filters: Mapping[str, Sequence[str]]

    @property
    def query(self) -> str:
        """The query string of its listing, with the question mark."""
        pairs = [(name, value) for name, values in self.filters.items() for value in values]
        return render.query_string(pairs)

    @property
    def criteria(self) -> Criteria:
        """Its pieces, in another order than the listing's own: pictured and in stock first."""
        return Criteria(filters=self.filters, sort="relevance", variation=len(self.title))


@cache
def stories() -> Sequence[Story]:
    """Every story, in the order in which they are preferred."""
    told = tomllib.loads(resources.files(__package__).joinpath("stories.toml").read_text("utf-8"))
    return [
        Story(
            one.pop("title"), one.pop("text"), one.pop("link"), one.pop("seasons", []), filters=one
        )
        for one in told["story"]
    ]


def told_in(season: str) -> list[Story]:
    """The stories of a season: its own first, then those of all year."""
    own = [story for story in stories() if season in story.seasons]
    return own + [story for story in stories() if not story.seasons]
