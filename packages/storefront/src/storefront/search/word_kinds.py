"""The kinds of product that words belong to, by the products that say them."""

from collections.abc import Sequence
from dataclasses import replace

from storefront.search.criteria import Criteria, Word, Words
from storefront.search.index.facets import Category
from storefront.search.language.modifiers import PARTS
from storefront.search.language.parsed_query import ParsedQuery, QueryWord, Segment
from storefront.search.language.tokenizer import stem, tokens
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.language.word_matching import required_words
from storefront.search.read_model.store import ReadModel

# Numbers of products with a word: enough to be a kind's word, and the share that the kind must have.
_USUAL, _MOST = 20, 0.75
# The same for words that name a thing: a model of a brand has few products, wedges are of three kinds.
# A kind with less than the least share does not belong to them.
_SOME, _MOST_KINDS, _LEAST = 5, 3, 0.15


async def home(
    word: QueryWord, query: ParsedQuery, vocabulary: Vocabulary, model: ReadModel
) -> str | None:
    """The kind, within the departments of the query, of nearly all products with a word;
    None if there is none, for a part, and for a word of its name: a short kurta is not a pair of
    shorts."""
    if word.word in PARTS:
        return None
    total, kinds = await _kinds(
        required_words(replace(query, words=(word,)), vocabulary), query, model
    )
    if not kinds or kinds[0].count < max(_USUAL, total * _MOST):
        return None
    is_name = stem(word.word) in {stem(token.word) for token in tokens(kinds[0].name)}
    return None if is_name else kinds[0].path


async def thing(query: ParsedQuery, vocabulary: Vocabulary, model: ReadModel) -> Segment | None:
    """The kinds that the words of a query without a kind name: all of its words (a model), or else the
    last one of which nearly all products are of a few kinds. None if they are of any."""
    last_first = [(word,) for word in reversed(query.words) if word.word not in PARTS]
    alone = replace(query, segments=())
    for words in dict.fromkeys([query.words, *last_first]):
        wanted = required_words(replace(alone, words=words), vocabulary)
        total, kinds = await _kinds(wanted, alone, model)
        main = [kind for kind in kinds[:_MOST_KINDS] if kind.count >= total * _LEAST]
        if total >= _SOME and sum(kind.count for kind in main) >= total * _MOST:
            names = tuple(kind.name for kind in main[:2])
            paths = tuple(kind.path for kind in main)
            start, end = words[0].start, words[-1].end
            return Segment("category", names, paths, (), start, end, is_name=False)
    return None


async def _kinds(
    words: Sequence[Word], query: ParsedQuery, model: ReadModel
) -> tuple[int, list[Category]]:
    """How many products have the words, within the departments of the query; and their kinds, those of
    most products first."""
    named = query.values("category")
    criteria = Criteria(
        filters={"category": named} if named else {},
        words=Words(tuple(words)),
        conjunctive=frozenset({"category"}),  # count only within the departments
    )
    facets = await model.facets(criteria)
    kinds = [kind for root in facets.categories for sub in root.children for kind in sub.children]
    return facets.total, sorted(kinds, key=lambda kind: -kind.count)
