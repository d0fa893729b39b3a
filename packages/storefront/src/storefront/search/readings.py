"""Decides between the readings of a query by what has products: a size or a number, cream or a cream."""

from storefront.search.criteria import Criteria
from storefront.search.language.parsed_query import ParsedQuery
from storefront.search.language.query_parser import with_things_for_colours
from storefront.search.language.size_phrases import with_size, without_age
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.query_criteria import combined, narrowing, without_overridden
from storefront.search.read_model.store import ReadModel


async def with_products(
    query: ParsedQuery, criteria: Criteria, vocabulary: Vocabulary, model: ReadModel
) -> ParsedQuery:
    """The query as its products say, without what filters override. What may be a size is one if there
    are products in it: of shoes 42 is one, of lipsticks the number of a shade. An age that is none says
    nothing. What is called like a colour is that thing if there are as many of it."""

    async def count(one: ParsedQuery, among: Criteria = criteria.without_filters) -> int:
        return await model.count(combined(one, among, vocabulary, model.currency))

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
    return sized if sized != parsed and await count(sized) else without_age(parsed)
