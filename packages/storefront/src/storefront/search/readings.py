"""Decides between the readings of a query by what has products: a size or a number, cream or a cream."""

from dataclasses import replace

from storefront.search.criteria import Criteria
from storefront.search.language.parsed_query import ParsedQuery, Segment, segment_of
from storefront.search.language.query_parser import with_things_for_colours
from storefront.search.language.size_phrases import child_age, with_size, without_age
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.query_criteria import combined, narrowing, without_overridden
from storefront.search.read_model.store import ReadModel

_CHILD: dict[tuple[str, ...], str] = {
    ("Men",): "boys",
    ("Women",): "girls",
}  # a nephew of five years is a boy


async def with_products(
    query: ParsedQuery, criteria: Criteria, vocabulary: Vocabulary, model: ReadModel
) -> ParsedQuery:
    """The query as its products say, without what filters override. What may be a size is one if there
    are products in it: of shoes 42 is one, of lipsticks the number of a shade. An age that is none says
    nothing. What is called like a colour is that thing if there are as many of it."""

    async def count(one: ParsedQuery, among: Criteria = criteria.without_filters) -> int:
        return await model.count(combined(one, among, vocabulary, model.currency))

    query = _for_children(query, vocabulary)
    things = with_things_for_colours(query, vocabulary)
    if things != query and await count(things) >= await count(query):
        query = things
    parsed = without_overridden(query, criteria)
    without_all = without_overridden(parsed, criteria, narrowing=False)
    # Its kinds, and what it excludes, apply beside a filter that some of these products meet: T-shirts
    # that are listed as innerwear.
    if parsed != without_all and not await count(narrowing(parsed), criteria):
        parsed = without_all
    sized = without_overridden(with_size(parsed, vocabulary.sizes), criteria)
    if sized != parsed and await count(sized):
        return sized
    return _for_a_child(without_age(parsed), vocabulary)


def _for_children(query: ParsedQuery, vocabulary: Vocabulary) -> ParsedQuery:
    """The query with people as children, if it says that they are of their age."""
    if child_age(query.text) is None:
        return query

    def as_child(one: Segment) -> Segment:
        child = vocabulary.meaning(_CHILD.get(one.exact, "")) if one.is_required else None
        return segment_of(child, one.start, one.end) if child else one

    return replace(query, segments=tuple(map(as_child, query.segments)))


def _for_a_child(query: ParsedQuery, vocabulary: Vocabulary) -> ParsedQuery:
    """The query for any child, if it says a child's age and nothing else of whom it is for."""
    age, kids = child_age(query.text), vocabulary.meaning("kids")
    if age is None or kids is None or query.values("gender"):
        return query
    segments = sorted((*query.segments, segment_of(kids, *age)), key=lambda one: one.start)
    return replace(query, segments=tuple(segments))
