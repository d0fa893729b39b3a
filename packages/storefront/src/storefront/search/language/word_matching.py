"""The words of a query for matching and ranking products. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from storefront.catalog.genders import CHILDREN
from storefront.search.criteria import Word
from storefront.search.language.fillers import STOP_WORDS, WEAK_WORDS
from storefront.search.language.measures import is_measure
from storefront.search.language.negations import NEGATING
from storefront.search.language.parsed_query import ParsedQuery, QueryWord, Segment
from storefront.search.language.phrases import with_phrases
from storefront.search.language.query_parser import as_words
from storefront.search.language.synonyms import Phrase
from storefront.search.language.tokenizer import (
    compounds,
    joined,
    singular,
    split_digits,
    terms,
    tokens,
)
from storefront.search.language.vocabulary import Vocabulary

# What has a feature that is excluded without its name saying so.
_HAVING = {"collar": "polo", "collared": "polo", "print": "graphic", "printed": "graphic"}

# What is without a thing, though its name does not say so.
_WITHOUT = {"lace": ("slipon", "loafer", "velcro", "moccasin"), "heel": ("flat", "ballerina")}


def required_words(query: ParsedQuery, vocabulary: Vocabulary) -> tuple[Word, ...]:
    """The words that a product must contain; a last word that the catalogue does not contain may be
    unfinished."""
    return () if query.word_match == "none" else _to_match(query.words, query.text, vocabulary)


def excluded_words(query: ParsedQuery, vocabulary: Vocabulary) -> tuple[Word, ...]:
    """The words that a product must not contain."""
    words = query.excluded_words
    having = [_HAVING[word] for word in words if word in _HAVING]
    return tuple(_alternatives(word, vocabulary) for word in (*words, *having))


def excluded_colours(query: ParsedQuery) -> tuple[tuple[str, ...], ...]:
    """The colours that the query excludes, each as the terms that names must not contain: what is called
    blue may be listed without a colour."""
    return tuple(
        tuple(
            token.word
            for token in tokens(query.text)
            if segment.covers(token) and token.word not in NEGATING
        )
        for segment in query.segments
        if segment.attribute == "base_color" and segment.is_excluded
    )


def lacking_words(query: ParsedQuery, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Words of the catalogue that say that a product has not what the query excludes: sleeveless, and
    non-padded, though that contains *padded*."""
    words = {
        one
        for word in query.excluded_words
        for alternative in vocabulary.alternatives((word,))
        for one in alternative
        if len(alternative) == 1
    }
    found = [
        said
        for word in sorted(words)
        for said in (f"{singular(word)}less", f"non{word}", f"un{word}")
        if vocabulary.speller.knows(said)
    ]
    return tuple(dict.fromkeys(found))


def _words_for_lacking(query: ParsedQuery, vocabulary: Vocabulary) -> list[Word]:
    """The words that rank products first that have not what the query excludes."""
    said = [Word(((word,),)) for word in lacking_words(query, vocabulary)]
    instead = [_WITHOUT.get(singular(word), ()) for word in query.excluded_words]
    return [*said, *(Word(tuple((one,) for one in words)) for words in instead if words)]


def literal_terms(query: ParsedQuery) -> tuple[str, ...]:
    """Terms that match a name regardless of filters: those of a query that is one word with signs,
    or of one with words and a kind (gladiator sandals may be listed as flats)."""
    words = [
        word
        for word in as_words(query.text).words
        if not any(s.covers(word) for s in query.segments if not _is_text(s))
    ]
    is_signed_word = len(words) == 1 and words[0].is_signed
    if not (is_signed_word or (query.words and query.has_kind)):
        return ()
    found = (terms(query.text_of(word)) for word in words)
    return tuple(sorted(set[str]().union(*found)))


def names(query: ParsedQuery, vocabulary: Vocabulary) -> dict[str, tuple[Phrase, ...]]:
    """By attribute, the phrases of the query that a name may say instead: the catalogue's names of kinds
    (many sandals are listed as heels), other names of colours (plum is listed as purple), and children
    (for whom much is listed as unisex). Nothing for a query of one kind alone, of which there are
    enough."""
    required = [segment for segment in query.segments if segment.is_required]
    found: dict[str, tuple[Phrase, ...]] = {}
    passed_over = [*required[:1], *(s for s in query.segments if s.attribute == "sort")]
    if query.meant or all(
        any(segment.covers(word) for segment in passed_over) for word in as_words(query.text).words
    ):
        return found
    for one in required:
        if phrases := _in_names(one, query.text_of(one), vocabulary):
            found[one.attribute] = (*found.get(one.attribute, ()), *phrases)
    return found


def _in_names(segment: Segment, said: str, vocabulary: Vocabulary) -> tuple[Phrase, ...]:
    """What a name may say instead of being listed with a value of the segment. said: its text."""
    words = tuple(token.word for token in tokens(said))
    if segment.attribute == "category" and segment.is_name:
        return (tuple(joined(group) for group in compounds(tokens(said))),)
    if segment.attribute == "base_color" and not segment.is_name:
        return (tuple(terms(said)), *vocabulary.alternatives(words)[1:])
    meaning = vocabulary.meaning(said)
    is_said = meaning is not None and meaning.exact == segment.exact  # not kids shoes for girls
    if segment.attribute == "gender" and CHILDREN.issuperset(segment.exact) and is_said:
        one = singular(words[-1])
        return tuple((form,) for form in dict.fromkeys((words[-1], one, f"{one}s")))
    return ()


def ranking_words(query: ParsedQuery, vocabulary: Vocabulary) -> tuple[Word, ...]:
    """The words that rank; empty if text does not count.

    All words of the query if some remain or have signs, if a part of it was given up (of bras without a
    strap none is by the brand Strapless), if it uses another name than the
    catalogue (loafers are listed as casual shoes), names several colours or brands (which may be in a
    name), or an occasion that only ranks (office bags may be listed as casual). Whom it is for does not,
    beside other words: it is preferred already. For "without sleeves", ``sleeveless`` ranks.
    """
    named = [s.attribute for s in query.segments if s.is_required]
    words = [
        word
        for word in with_phrases(as_words(query.text).words, query.text, vocabulary)
        if not any(s.covers(word) for s in query.segments if not _is_text(s))
    ]
    occasions = _occasions(query)
    if not all(_is_of_people(word, query) for word in words):  # women's may be all that is said
        words = [word for word in words if not _is_of_people(word, query)]
    counts = (
        query.words
        or _given_up(words, query)
        or named.count("brand") > 1
        or named.count("base_color") > 1
        or occasions
        or not all(s.is_name for s in query.segments if s.is_required)
        or any(word.is_signed for word in words)
    )
    lacking = tuple(_words_for_lacking(query, vocabulary))
    if not counts:
        return lacking
    matched = tuple(
        replace(one, is_telling=_is_telling(word, query))
        for word, one in zip(words, _to_match(words, query.text, vocabulary), strict=True)
    )
    literal = [query.text_of(segment) for segment in occasions]
    if named.count("base_color") > 1:  # names with both colours before products that have one
        literal += [
            query.text_of(segment)
            for segment in query.segments
            if segment.attribute == "base_color"
        ]
    literal += [
        query.text[segment.start : segment.end].rpartition(" ")[0]
        for segment in query.segments
        if segment.attribute == "category" and segment.is_required and not segment.is_name
    ]
    units = (_alternatives(word.parts[-1], vocabulary) for word in words if _is_measure(word))
    return (*(_as_literal(word, literal) for word in matched), *units, *lacking)


def _is_measure(word: QueryWord) -> bool:
    """Whether it is a number and a unit. After the bags of 20 litres come others that say one."""
    return len(word.parts) > 1 and is_measure("".join(word.parts))


def _occasions(query: ParsedQuery) -> list[Segment]:
    """The usages that only rank, if a name may say them: not *to work*."""
    return [
        segment
        for segment in query.segments
        if segment.attribute == "usage"
        and not segment.is_filter
        and tokens(query.text_of(segment))[0].word not in STOP_WORDS
    ]


def _is_telling(word: QueryWord, query: ParsedQuery) -> bool:
    """Whether a word says what no filter does: it is in none, or is one of several words for a kind that
    is listed otherwise (of Kurta Sets, few are an anarkali suit). The words of a need describe it: what
    covers a head from the sun is no sunscreen."""
    if query.meant:
        return False
    return word in query.words or all(
        segment.attribute == "category" and not segment.is_name and " " in query.text_of(segment)
        for segment in query.segments
        if segment.covers(word)
    )


def _is_of_people(word: QueryWord, query: ParsedQuery) -> bool:
    """Whether it says whom the products are for: women's, with its apostrophe, is no part of a name."""
    people = (segment for segment in query.segments if segment.attribute == "gender")
    return any(segment.covers(word) for segment in people)


def _given_up(words: Sequence[QueryWord], query: ParsedQuery) -> bool:
    """Whether the query has words that no segment covers any more; a price's digits are none."""
    return any(
        not word.word.isdecimal()
        and word.word not in WEAK_WORDS
        and not any(s.covers(word) for s in query.segments)
        for word in words
    )


def _as_literal(word: Word, phrases: Sequence[str]) -> Word:
    """The word, ranking higher if a name contains exactly it, for a part of one of these phrases."""
    is_said = any(set(word.alternatives[0]) <= terms(phrase) for phrase in phrases)
    return replace(word, literal=word.literal or word.alternatives[0]) if is_said else word


def _is_text(segment: Segment) -> bool:
    """Whether names may contain its text."""
    return not segment.is_excluded and segment.attribute not in ("price", "sort", "size", "offer")


def _to_match(words: Sequence[QueryWord], text: str, vocabulary: Vocabulary) -> tuple[Word, ...]:
    end = max((token.end for token in tokens(text)), default=0)
    found = []
    for word in words:
        one = _alternatives(word.word, vocabulary, parts=word.parts)
        is_known = all(map(vocabulary.speller.knows, word.parts))
        is_prefix = word.end >= end and not is_known and not vocabulary.speller.knows(word.word)
        literal = tuple(terms(text[word.start : word.end])) if word.is_signed else ()
        found.append(Word(one.alternatives, literal=literal, is_prefix=is_prefix))
    return tuple(found)


def _alternatives(word: str, vocabulary: Vocabulary, parts: tuple[str, ...] = ()) -> Word:
    found = vocabulary.alternatives((word,))
    if len(parts) < 2 and word[0].isdigit() and not word.isdigit():
        parts = tuple(split_digits(word))
    if len(parts) == 2 and parts[0].isdecimal():  # 20l is written 20 ltr, too
        units = vocabulary.alternatives(parts[1:])
        found = (*found, *((parts[0], *unit) for unit in units))
    if len(parts) > 1:
        found = tuple(dict.fromkeys((*found, *vocabulary.alternatives(parts))))
    return Word(found)
