"""What reads of the reviews return. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Fit = Literal["small", "true", "large"]
State = Literal["held", "published", "rejected"]
Sort = Literal["newest", "helpful", "highest", "lowest"]
ReportReason = Literal["offensive", "false", "advertising", "personal", "other"]


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph of a review. width and height in px."""

    key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Review:
    """A review as everybody may see it. author: None without a name."""

    id: int
    author: str | None
    stars: int
    fit: Fit | None
    size_label: str
    height_mm: int | None
    title: str | None
    body: str
    language: str
    helpful_count: int
    created_at: datetime
    edited_at: datetime | None
    photographs: Sequence[Photograph] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What all published reviews of a product say. stars, fit: how many said so."""

    stars: Mapping[int, int] = field(default_factory=dict)
    fit: Mapping[Fit, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many reviews there are."""
        return sum(self.stars.values())

    @property
    def average(self) -> float | None:
        """Mean stars, in hundredths; None without reviews."""
        if not self.count:
            return None
        return round(sum(stars * count for stars, count in self.stars.items()) / self.count, 2)


@dataclass(frozen=True, slots=True)
class Shown:
    """Reviews of a product with the summary of all. next_after: where the next page starts."""

    summary: Summary
    reviews: Sequence[Review]
    next_after: tuple[int, int] | None = None
    sizes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reviews of a product are listed, in which order; None: all."""

    sort: Sort = "newest"
    stars: int | None = None
    size: str | None = None
    fit: Fit | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether it excludes some."""
        return (self.stars, self.size, self.fit) != (None, None, None)


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line of an order as a review needs it. delivered_at: of its first parcel; None before that."""

    line_id: int
    number: str
    customer_id: int | None
    sku: str
    product_id: int
    slug: str
    name: str
    colour: str | None
    size_system: str
    size_label: str
    picture: str | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnReview:
    """A line that was bought, and its review as the writer sees it: None where none is written.

    rejected_reason: what staff wrote. held_for: the rules that held it.
    """

    line: BoughtLine
    review: Review | None
    state: State | None
    rejected_reason: str | None
    held_for: Sequence[str]

    @property
    def id(self) -> int:
        """Of the line."""
        return self.line.line_id


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A review that staff must decide on: held, or published and reported. reports: by reason."""

    review: Review
    product_id: int
    slug: str
    name: str
    state: State
    held_for: Sequence[str]
    reports: Mapping[ReportReason, int]

    @property
    def id(self) -> int:
        """Of the review."""
        return self.review.id
