"""An occasion for which the named kind has few products falls to a similar one: there are no shoes for
weddings alone, but formal ones."""

from dataclasses import replace

from storefront.search.criteria import Criteria
from storefront.search.language.parsed_query import ParsedQuery, Segment
from storefront.search.language.relaxation import FEW
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.query_criteria import combined
from storefront.search.read_model.store import ReadModel

_ABOUT = ("category", "gender")


async def with_similar(query: ParsedQuery, vocabulary: Vocabulary, model: ReadModel) -> ParsedQuery:
    """The query; usages that only rank also prefer similar ones where few products of its kind and for
    its people have them."""
    found: list[Segment] = []
    for one in query.segments:
        if one.attribute == "usage" and one.near and not (one.is_filter or one.is_excluded):
            met = [s for s in query.segments if s.attribute in _ABOUT and s.is_required]
            asked = replace(query, segments=(*met, replace(one, is_filter=True)), words=())
            if await model.count(combined(asked, Criteria(), vocabulary, model.currency)) < FEW:
                found.append(replace(one, exact=tuple(dict.fromkeys((*one.exact, *one.near)))))
                continue
        found.append(one)
    return replace(query, segments=tuple(found))
