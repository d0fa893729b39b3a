"""What a collection chooses and how it orders it, in terms of a listing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field

from storefront.request_model import Flag, RequestModel
from storefront.search.criteria import Criteria, Scope
from storefront.search.engine import Search
from storefront.search.index.facets import FacetValues
from storefront.search.parameters import FILTERS, ListingFilters, SearchText, Words

NEW_DAYS = 60
"""What was published so many days ago is still new to a boost."""


class Rule(ListingFilters):
    """Which products belong to a collection: the filters of a listing, and words.

    Values of one filter are alternatives; filters are combined. Without any, all products do.
    """

    words: Annotated[
        SearchText | None, Field(description="As in a search: 'linen -grey', 'boots under 100'.")
    ] = None
    is_reduced: Annotated[bool, Field(description="Reduced products only.")] = False
    new_days: Annotated[
        int | None, Field(ge=1, le=3_650, description="Published so many days ago at most.")
    ] = None


class Boosts(RequestModel):
    """What comes before other products of a collection in the featured order.

    A product that has two of these comes before one that has one.
    """

    brand: Words = Field(default_factory=list)
    category: Annotated[Words, Field(description="Paths, such as apparel/topwear.")] = Field(
        default_factory=list
    )
    is_new: Flag = False
    is_reduced: Flag = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What a collection consists of. rule: None: product_ids alone, in this order; else these first."""

    rule: Rule | None
    product_ids: tuple[int, ...]
    boosts: Boosts


async def scope_of(choice: Choice, search: Search) -> Scope:
    """The products of a collection and their order. One statement at most, where the rule has words."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    boosts = choice.boosts
    preferred: dict[str, Sequence[str]] = {"brand": boosts.brand, "category": boosts.category}
    if boosts.is_reduced:
        preferred["offer"] = ["reduced"]
    return Scope(
        criteria=None if choice.rule is None else await _criteria(choice.rule, search, midnight),
        pinned=choice.product_ids,
        preferred={name: values for name, values in preferred.items() if values},
        preferred_since=midnight - timedelta(days=NEW_DAYS) if boosts.is_new else None,
    )


async def _criteria(rule: Rule, search: Search, midnight: datetime) -> Criteria:
    criteria = rule.criteria(search.currency)
    if rule.is_reduced:
        criteria = replace(criteria, filters={**criteria.filters, "offer": ["reduced"]})
    if rule.new_days is not None:
        criteria = replace(criteria, since=midnight - timedelta(days=rule.new_days))
    return criteria if rule.words is None else await search.criteria_of(rule.words, criteria)


def respelt(
    values: BaseModel, known: FacetValues, *, at: str
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The filters of a rule, or boosts, as the shop spells them; and an error for each that no product
    ever had. at: the pointer of the object."""
    changed: dict[str, Any] = {}
    errors: list[dict[str, str]] = []
    for name in FILTERS:
        typed: Sequence[str] = getattr(values, name, ())
        found: list[str] = []
        for value in typed:
            spellings = known.spellings(name, value) or (
                _paths(value, known) if name == "category" else ()
            )
            if not spellings:
                detail = f"There is no “{value}” among the products."
                errors.append({"pointer": f"{at}/{name}", "detail": detail})
            found += spellings
        if typed:
            changed[name] = list(dict.fromkeys(found))
    return changed, errors


def _paths(name: str, known: FacetValues) -> list[str]:
    """The paths of the categories of this name: staff know names."""
    return [
        value.value
        for value in known.by_facet.get("category", ())
        if value.label.casefold() == name.strip().casefold()
    ]
