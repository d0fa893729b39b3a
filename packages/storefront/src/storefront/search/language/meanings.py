"""What names of the catalogue mean: values of its attributes. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from storefront.catalog.colours import colour_named
from storefront.catalog.genders import ALSO_FOR
from storefront.search.language.synonyms import Synonyms
from storefront.search.language.tokenizer import LINKING, key, key_of, tokens

Attribute = Literal["category", "base_color", "gender", "season", "usage", "brand", "size", "offer"]

_OTHER_SIZES = {
    "2xl": "xxl", "3xl": "xxxl", "xxl": "2xl", "xxxl": "3xl", "small": "s", "medium": "m", "large": "l",
}  # fmt: skip
KIND_DEPTH = 2  # slashes in the path of a kind of product; a wider category has fewer
_ALSO_NEAR = {"Boys": ("Unisex",), "Girls": ("Unisex",)}
_SIMILAR_USAGES = {
    "Ethnic": ("Party", "Formal", "Smart Casual"),
    "Party": ("Formal", "Smart Casual"),
    "Formal": ("Smart Casual",),
    "Smart Casual": ("Formal", "Casual"),
}
_OWN_SHARE = 0.5  # of the products with a brand's word: below it the word is not a brand
_OWN_LEAST = 0.01  # of the products that a phrase means: below it its own kind is not preferred
_SAME_NODE = 0.5  # share of a name's products above which a deeper node of that name is preferred


@dataclass(frozen=True, slots=True)
class Term:
    """A name or word of the catalogue. kind: an Attribute, or ``word`` for a word of product names.

    text: as people write it; value: as filters use it (a category's is its path);
    count: live products that have it.
    """

    kind: str
    text: str
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """Values of one attribute that a phrase means, as alternatives.

    names: as shown. exact: those that it names itself, which rank first; the others are similar.
    near: values to add if these match too little. is_name: whether it is the catalogue's own name.
    """

    attribute: Attribute
    names: tuple[str, ...]
    values: tuple[str, ...]
    exact: tuple[str, ...]
    near: tuple[str, ...] = ()
    is_name: bool = True


def _by_key(terms: Iterable[Term]) -> Mapping[str, Sequence[Term]]:
    """The terms that a query cannot tell apart, such as ``Off White`` and ``Off-White``, by their key;
    those with most products first."""
    found: defaultdict[str, list[Term]] = defaultdict(list)
    for term in sorted(terms, key=lambda term: -term.count):
        found[key_of(term.text)].append(term)
    return found


def named_alike(kind: Attribute, terms: Iterable[Term]) -> dict[str, Meaning]:
    """Each name with all of its spellings."""
    meanings = {}
    for name, own in _by_key(terms).items():
        values = tuple(term.value for term in own)
        meanings[name] = Meaning(kind, (own[0].text,), values, values)
    return meanings


def sizes(terms: Iterable[Term]) -> dict[str, str]:
    """The labels of sizes by key, also by the keys of their other spellings."""
    sizes = {name: own[0].text for name, own in _by_key(terms).items()}
    others = {other: sizes[known] for other, known in _OTHER_SIZES.items() if known in sizes}
    return {**others, **sizes}


def categories(terms: Iterable[Term]) -> dict[str, Meaning]:
    """A name may occur at several nodes (Dress, Dresses; Accessories within Accessories): it means the
    deepest level that still has half as many products as the largest."""
    meanings = {}
    for name, nodes in _by_key(terms).items():
        levels: Counter[int] = Counter()
        for node in nodes:
            levels[node.value.count("/")] += node.count
        enough = _SAME_NODE * max(levels.values())
        depth = max(level for level, count in levels.items() if count >= enough)
        chosen = [node for node in nodes if node.value.count("/") == depth]
        paths = tuple(node.value for node in chosen)
        meanings[name] = Meaning("category", (chosen[0].text,), paths, paths)
    return meanings


def colours(terms: Sequence[Term]) -> dict[str, Meaning]:
    """A colour, with its family as near values; one that names its family (blue) means the family."""
    families: defaultdict[str, list[str]] = defaultdict(list)
    for term in terms:
        if colour := colour_named(term.value):
            families[colour.family].append(term.value)
    meanings = {}
    for name, own in _by_key(terms).items():
        exact = tuple(term.value for term in own)
        colour = next(filter(None, map(colour_named, exact)), None)
        family = tuple(families[colour.family]) if colour else ()
        is_family = colour is not None and colour.name.casefold() == colour.family
        values = tuple(dict.fromkeys((*exact, *family))) if is_family else exact
        meanings[name] = Meaning("base_color", (own[0].text,), values, exact, near=family)
    return meanings


def genders(terms: Sequence[Term]) -> dict[str, Meaning]:
    """Genders, with what is made for them too: for men what is unisex. Much of that is too large for
    children, so that it is only similar to what is for them."""
    there = {term.value for term in terms}
    return {
        name: replace(
            meaning,
            near=tuple(
                also for one in meaning.values for also in _ALSO_NEAR.get(one, ()) if also in there
            ),
            values=(
                *meaning.values,
                *(
                    also
                    for one in meaning.values
                    for also in ALSO_FOR.get(one, ())
                    if also in there
                ),
            ),
        )
        for name, meaning in named_alike("gender", terms).items()
    }


def usages(terms: Sequence[Term]) -> dict[str, Meaning]:
    """The usages, with similar ones as near values."""
    there = {term.value for term in terms}
    return {
        name: replace(
            meaning,
            near=tuple(
                near
                for one in meaning.values
                for near in _SIMILAR_USAGES.get(one, ())
                if near in there
            ),
        )
        for name, meaning in named_alike("usage", terms).items()
    }


def brands(terms: Iterable[Term], said: Mapping[str, int]) -> dict[str, Meaning]:
    """Brands by the key of each spelling, including their product lines (Casio, Casio Edifice).

    A one-word brand that is also a common word (Denim, Cat) is not recognised as a brand.
    """
    spelled: defaultdict[str, list[Term]] = defaultdict(list)
    opened: defaultdict[str, list[Term]] = defaultdict(list)
    for term in terms:
        words = [token.word for token in tokens(term.text) if token.word not in LINKING]
        if not words:
            continue
        spelled[key(words)].append(term)
        for length in range(1, len(words)):
            opened["".join(words[:length])].append(term)
    meanings = {}
    for name, own in spelled.items():
        words = [token.word for token in tokens(own[0].text)]
        lines = opened["".join(word for word in words if word not in LINKING)]
        count = sum(term.count for term in (*own, *lines))
        if len(words) == 1 and count < _OWN_SHARE * said.get(words[0], 0):
            continue
        own.sort(key=lambda term: -term.count)
        exact = tuple(term.value for term in own)
        values = dict.fromkeys((*exact, *(term.value for term in lines)))
        meanings[name] = Meaning("brand", (own[0].text,), tuple(values), exact)
    return meanings


def with_synonyms(
    found: Mapping[str, Meaning],
    synonyms: Synonyms,
    counts: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, Meaning]:
    """The meanings of one attribute, with synonyms; a synonym extends the meaning of its phrase.

    counts: products by value, if known. A catalogue's own name for next to nothing of what the phrase
    means (two products are listed as ties and cufflinks, 370 as either) is not preferred.
    """
    meanings = dict(found)
    attributes = {meaning.attribute for meaning in found.values()}
    for synonym in synonyms.meanings:
        meant = [found[name] for name in map(key_of, synonym.names) if name in found]
        if synonym.attribute not in attributes or not meant:
            continue
        values = tuple(dict.fromkeys(value for one in meant for value in one.values))
        exact = tuple(dict.fromkeys(value for one in meant for value in one.exact))
        for phrase in synonym.phrases:
            own = found.get(key_of(phrase))
            all_values = tuple(dict.fromkeys((*(own.values if own else ()), *values)))
            if own and _count(own.values, counts) < _OWN_LEAST * _count(all_values, counts):
                own = None
            meanings[key_of(phrase)] = Meaning(
                meant[0].attribute,
                own.names if own else tuple(name for one in meant[:2] for name in one.names),
                all_values,
                own.exact if own else exact,
                near=tuple(dict.fromkeys(value for one in meant for value in one.near)),
                is_name=own is not None or meant[0].attribute not in ("category", "base_color"),
            )
    return meanings


def _count(values: Iterable[str], counts: Mapping[str, int]) -> int:
    return sum(counts.get(value, 0) for value in values)
