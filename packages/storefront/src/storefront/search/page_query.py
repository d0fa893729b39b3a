"""The query of a listing page: parses leniently what people and plain HTML forms send.

The API rejects what it does not understand. A page is lenient: a blank field is absent, an amount
is parsed as people write it, unknown parameters (those of newsletters) are ignored, and a value that
means nothing is left out, which the page says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, ValidationError
from starlette.datastructures import QueryParams

from storefront.catalog.size_order import size_name
from storefront.errors import NotFound
from storefront.search.amounts import amount
from storefront.search.index.facets import FacetValues
from storefront.search.labels import label_of_prices, label_of_size
from storefront.search.language.tokenizer import tokens
from storefront.search.parameters import FILTERS, MOST_PRICE, ListingQuery
from storefront.texts import N_, _, name_of
from storefront.web import render
from storefront.web.mistakes import Mistake

_PRICES = ("min_price", "max_price")
_CATEGORIES = ("category", "master_category", "sub_category", "article_type")
_NAMED_BY = ("gender", "brand", *_CATEGORIES)  # the filters that make pages worth finding
_MOST_NAMES = 2  # such values in one address
_BEYOND_THE_SHOP = N_("There is no product at that price. Type a lower amount.")
_NO_CATEGORY = N_("There is no category “%(name)s” here.")
_NO_COLOR = N_("There is no colour “%(name)s” here.")
_UNKNOWN = {
    "brand": N_("There is no brand “%(name)s” here."),
    **dict.fromkeys(_CATEGORIES, _NO_CATEGORY),
    "base_color": _NO_COLOR,
    "color_family": _NO_COLOR,
    "size": N_("There is no size “%(name)s” here."),
    "usage": N_("There is no occasion “%(name)s” here."),
}
_CROSSED = N_("This is less than the lowest price beside it.")


class PageQuery(ListingQuery):
    """A listing's query that ignores unknown parameters."""

    model_config = ConfigDict(extra="ignore")

    def chips(self) -> list[tuple[str, str, str]]:
        """Every filter that is set: its parameter, its value in the URL, and its label."""
        chips: list[tuple[str, str, str]] = []
        for name in FILTERS:
            chips += [(name, value, _shown(name, value)) for value in getattr(self, name)]
        if self.min_price is not None:
            chips.append(("min_price", "", label_of_prices(self.min_price, None)))
        if self.max_price is not None:
            chips.append(("max_price", "", label_of_prices(None, self.max_price)))
        if self.min_rating is not None:
            chips.append(("min_rating", "", _("%(stars)s stars or more", stars=self.min_rating)))
        return chips

    def cleared(self, params: QueryParams) -> str:
        """The query string without filters, for the first page."""
        filters = (*FILTERS, *_PRICES, "min_rating", "page", "cursor")
        return render.query_string(
            [pair for pair in params.multi_items() if pair[0] not in filters]
        )

    def heading(self) -> str:
        """The heading: ``Puma · Women · Footwear``, ``Everything``, or the quoted query."""
        if self.q:
            return _("“%(query)s”", query=self.q)
        categories = [*map(category_name, self.category)]
        for name in _CATEGORIES[1:]:
            categories += map(name_of, getattr(self, name))
        parts = (self.brand, [*map(name_of, self.gender)], categories)
        return " · ".join(" & ".join(part) for part in parts if part) or _("Everything")

    def saved(self) -> str:
        """The query string of what is searched for: filters in one order, each once, with the words; no
        order of the products, no page. Equal for the same search."""
        pairs = [(name, value) for name in FILTERS for value in sorted(set(getattr(self, name)))]
        bounds = (*_PRICES, "min_rating")
        pairs += [
            (name, _plain(getattr(self, name)))
            for name in bounds
            if getattr(self, name) is not None
        ]
        if self.q is not None:
            pairs.append(("q", " ".join(self.q.split())))
            pairs += [("as_typed", "true")] if self.as_typed else []
        return render.query_string(pairs)

    @property
    def is_worth_finding(self) -> bool:
        """Whether search engines should list this page: departments, categories and brands; searches
        and other filters only show the same products."""
        names = sum(len(getattr(self, name)) for name in _NAMED_BY)
        others = [name for name in FILTERS if name not in _NAMED_BY and getattr(self, name)]
        bounds = (
            self.q,
            self.min_price,
            self.max_price,
            self.min_rating,
            self.cursor,
            self.user_id,
        )
        is_whole = (
            self.page == 1 or self.page_size == ListingQuery.model_fields["page_size"].default
        )
        return is_whole and names <= _MOST_NAMES and not others and not any(map(_is_set, bounds))

    def canonical(self) -> str:
        """The query string of the canonical address: filters in a fixed order, each once; no order of
        the products, no first page."""
        pairs = [(name, value) for name in _NAMED_BY for value in sorted(set(getattr(self, name)))]
        return render.query_string(pairs + ([("page", str(self.page))] if self.page > 1 else []))


@dataclass(frozen=True, slots=True)
class ListingForm:
    """A parsed query. errors: a sentence for each field of the price form that was not
    understood, which the listing ignores. typed: the text in these fields. left_out: what is wrong
    with values of other parameters, which it ignores too."""

    query: PageQuery
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[Mistake] = ()


def parse_form(params: QueryParams) -> ListingForm:
    """Parse the parameters, without those that mean nothing."""
    values: dict[str, Any] = {}
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name in PageQuery.model_fields:
        texts = [text for text in params.getlist(name) if text.strip()]
        if not texts:
            continue
        if name in _PRICES:
            typed[name] = texts[-1].strip()
            _read_price(name, typed[name], values, errors)
        elif name in FILTERS:
            values[name] = list(dict.fromkeys(texts))
        elif name != "q" or tokens(texts[-1]):  # a query without words lists everything
            values[name] = texts[-1]
    low, high = values.get("min_price"), values.get("max_price")
    if low is not None and high is not None and low > high:
        errors["max_price"] = _(_CROSSED)
        del values["min_price"], values["max_price"]
    query, left_out = _understood(values)
    return ListingForm(query, errors, typed, left_out)


def _understood(values: dict[str, Any]) -> tuple[PageQuery, list[Mistake]]:
    """The query of the valid values, and what is wrong with the others."""
    left_out: list[Mistake] = []
    while True:
        try:
            return PageQuery.model_validate(values), left_out
        except ValidationError as error:
            for mistake in reversed(error.errors(include_url=False)):  # the last of a list first
                left_out.append({**mistake, "loc": ("query", *mistake["loc"])})
                _leave_out(values, mistake["loc"])


def _leave_out(values: dict[str, Any], loc: Sequence[str | int]) -> None:
    match loc:
        case (str(name), int(place)):
            del values[name][place]
        case (str(name), *_):
            del values[name]
        case (
            _
        ):  # together they mean nothing: an order by relevance to no query, a page and a cursor
            for name in ("sort_by", "sort_order", "page"):
                values.pop(name, None)


def _read_price(name: str, text: str, values: dict[str, Any], errors: dict[str, str]) -> None:
    try:
        price = amount(text)
    except ValueError as error:
        errors[name] = str(error)
        return
    if price > MOST_PRICE:
        if name == "min_price":
            errors[name] = _(_BEYOND_THE_SHOP)
        return  # an upper bound beyond every price has no effect
    values[name] = price


def respelt(params: QueryParams, known: FacetValues) -> str | None:
    """The query string with every filter in the shop's spelling; None if it already is.

    A size without its system becomes that size in every system.

    Raises NotFound (404) for a value that no product ever had, of any filter but gender and season.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in params.multi_items():
        found: Sequence[str] = ()
        if name in FILTERS and value.strip():
            found = known.spellings(name, value.strip())
            if not found and name in _UNKNOWN:
                raise NotFound(_(_UNKNOWN[name], name=value.strip()))
        pairs.extend((name, spelling) for spelling in found or (value,))
    return render.query_string(pairs) if pairs != params.multi_items() else None


def _shown(name: str, value: str) -> str:
    if name == "category":
        return category_name(value)
    if name == "size":
        system, label = value.rpartition(":")[::2]
        return label_of_size(size_name(system, label))
    return value if name == "brand" else name_of(value)


def category_name(path: str) -> str:
    """The last step of a category path as text: ``Flip flops``."""
    return name_of(path.rpartition("/")[2].replace("-", " ").capitalize())


def _plain(number: Decimal | int) -> str:
    """``50`` for 50.00, never ``5E+1``."""
    return f"{Decimal(number).normalize():f}"


def _is_set(value: str | Decimal | int | None) -> bool:
    return value is not None
