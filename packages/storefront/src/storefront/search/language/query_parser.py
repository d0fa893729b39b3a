"""Parses a query as a shopper means it: ``navy blue kurta under 1500`` is a colour, a kind and a price.

Pure. The rest remains as words, which a product's text must contain.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from weakref import ref

from storefront.search.language import offer_phrases, price_phrases, sort_phrases
from storefront.search.language.fillers import STOP_WORDS, WEAK_WORDS, is_title, without_shop_talk
from storefront.search.language.meanings import Meaning
from storefront.search.language.modifiers import modifiers
from storefront.search.language.negations import CONTRASTING, NEGATING, goes_on, negation_at
from storefront.search.language.parsed_query import (
    RANKS_ONLY,
    ParsedQuery,
    QueryWord,
    Segment,
    segment_of,
)
from storefront.search.language.people import for_the_fewest, with_wearers
from storefront.search.language.phrases import with_phrases
from storefront.search.language.size_phrases import size_segment
from storefront.search.language.tokenizer import (
    LINKING,
    Token,
    apostrophe_parts,
    compounds,
    end_with_signs,
    joined,
    tokens,
)
from storefront.search.language.vocabulary import Vocabulary

# Kinds of product that are also verbs: how to dress, which colours suit me.
_INFINITIVES = frozenset({"suit", "dress", "watch", "belt", "tie", "cap", "top", "ring", "wrap"})
_SUITING = frozenset({"suit", "suits"})
_BEFORE_VERBS = frozenset({"that", "will", "would", "can", "could", "might", "does", "do"})
_QUESTIONS = frozenset({"which", "what", "that", "whose"})
_AFTER_TOP = frozenset(
    "brand brands rated quality selling seller sellers pick picks class".split()  # noqa: SIM905
)
_BARE_SIZES = frozenset(
    {"xs", "xl", "xxl", "xxxl", "2xl", "3xl"}
)  # sizes even without the word "size"
_DETERMINERS = frozenset({"the", "a", "an", "my", "his", "her", "our", "your"})
_LONGEST_PHRASE = 4  # words, with those that link them


@dataclass(slots=True)
class _Parse:
    """The state of a parse: what was found so far."""

    segments: list[Segment]
    left: list[Token]


def parse(text: str, vocabulary: Vocabulary) -> ParsedQuery:
    """The segments and words of a query, in order. Cached: spelling parses it too."""
    return _parsed(text, ref(vocabulary))


@lru_cache(maxsize=500)
def _parsed(text: str, referred: "ref[Vocabulary]") -> ParsedQuery:
    """referred: weakly, so that the cache keeps no vocabulary that was replaced."""
    vocabulary = referred()
    if vocabulary is None:  # the caller of `parse` has it
        raise RuntimeError("The vocabulary was deleted while a query was parsed.")
    praised = [*sort_phrases.sort_segments(text), *offer_phrases.offers(text)]
    found = _Parse([*_prices(text), *([] if is_title(text) else praised)], [])
    said = [
        token
        for token in without_shop_talk(text)
        if not any(segment.covers(token) for segment in (*found.segments, *praised))
    ]
    at = 0
    while at < len(said):
        if length := _compound_at(said[at:], vocabulary):
            first, *others = said[at : at + length]
            found.left += [first, *(replace(token, is_joined=True) for token in others)]
            at += length
        elif negation := negation_at(said[at:]):
            at = _parse_excluded(found, said, at, at + negation, text, vocabulary)
        elif length := _phrase_at(said[at:], vocabulary):
            found.left += said[at : at + length]
            at += length
        elif skipped := _no_kind_at(said, at, found.segments):
            at += skipped
        elif segment := _negated_word(said[at:], text, vocabulary):
            found.segments.append(segment)
            at += sum(segment.covers(token) for token in said)
        else:
            at += _parse_one(found, said[at:], vocabulary)
    segments = sorted(found.segments, key=lambda segment: segment.start)
    segments = for_the_fewest(_kinds_kept(segments, said, text), text)
    segments = with_wearers(segments, text, vocabulary)
    describing = modifiers(segments, text)
    left = found.left + [t for segment in describing for t in said if segment.covers(t)]
    segments = _ranking_only([s for s in segments if s not in describing])
    words = _words(text, sorted(left, key=lambda token: token.start))
    if any(segment.is_required for segment in segments):
        words = tuple(word for word in words if word.word not in WEAK_WORDS)
    words = words if words or segments else as_words(text).words
    return ParsedQuery(text, tuple(segments), with_phrases(words, text, vocabulary))


@lru_cache(maxsize=500)
def as_words(text: str) -> ParsedQuery:
    """The query as words only, all to match against a product's text; stop words if it has no other."""
    words = _words(text, without_shop_talk(text))
    return ParsedQuery(text, words=words or _words(text, tokens(text), stop_words=frozenset()))


def with_things_for_colours(query: ParsedQuery, vocabulary: Vocabulary) -> ParsedQuery:
    """The query with what is called like a colour as a kind, if it names no other: a *night cream*."""
    if query.has_kind:
        return query
    segments = []
    for one in query.segments:
        kind = vocabulary.kind_called(query.text[one.start : one.end])
        is_thing = kind is not None and one.attribute == "base_color" and one.is_required
        segments.append(segment_of(kind, one.start, one.end) if kind and is_thing else one)
    return replace(query, segments=tuple(segments))


def _prices(text: str) -> Iterable[Segment]:
    for bound in price_phrases.bounds(text):
        yield Segment(
            "price",
            (),
            (),
            (),
            bound.start,
            bound.end,
            low=bound.low,
            high=bound.high,
        )


def _parse_one(found: _Parse, said: Sequence[Token], vocabulary: Vocabulary) -> int:
    """Consume the first words as a segment, or the first as a word. Returns how many."""
    length, segment = _segment_at(said, vocabulary)
    if segment:
        found.segments.append(segment)
    else:
        found.left += said[:length]
    return length


def _no_kind_at(said: Sequence[Token], at: int, segments: Sequence[Segment]) -> int:
    """How many words from here name no kind, though the first could: as a verb (shirts that suit
    me) or as praise (top brands, top 10 shirts). 0 for none."""
    word = said[at].word
    before = [token.word for token in said[:at]]
    after = said[at + 1].word if at + 1 < len(said) else ""
    if word == "top":
        return 2 if after.isdigit() else int(after in _AFTER_TOP)
    if word in _INFINITIVES and before[-1:] == ["to"]:
        return 1
    if word not in _SUITING or not before or not after:
        return 0
    has_kind = any(segment.attribute == "category" for segment in segments)
    is_asked = not _QUESTIONS.isdisjoint(before)
    return int(before[-1] in _BEFORE_VERBS or (has_kind and is_asked))


def _parse_excluded(
    found: _Parse, said: Sequence[Token], start: int, at: int, text: str, vocabulary: Vocabulary
) -> int:
    """Consume what a negation excludes: the segment or word after it, and others of its attribute
    that are that are listed with it. Returns where the rest starts."""
    begin = said[start].start
    excluded: Segment | None = None
    while at < len(said):
        token = said[at]
        if excluded is not None and (negation_at(said[at:]) or token.word in CONTRASTING):
            break
        if token.word in STOP_WORDS and not vocabulary.longest([t.word for t in said[at:]]):
            at += 1
            continue
        length, segment = _segment_at(said[at:], vocabulary)
        if excluded is not None and not goes_on(
            excluded, segment, text[excluded.end : token.start]
        ):
            break
        last = said[at + length - 1]
        if segment is None:
            segment = Segment("words", (), (token.word,), (), token.start, token.end)
        if excluded is not None and segment.attribute != excluded.attribute:
            break
        excluded = _excluded(segment, begin, text[token.start : last.end])
        found.segments.append(excluded)
        begin = last.end
        at += length
    return at


def _excluded(segment: Segment, begin: int, said: str) -> Segment:
    values = segment.values
    if segment.attribute == "base_color":
        values = tuple(dict.fromkeys(segment.exact + segment.near))
    elif segment.attribute == "gender":
        values = segment.exact
    names = segment.names or (said,)
    return replace(segment, names=names, values=values, start=begin, is_excluded=True)


def _negated_word(said: Sequence[Token], text: str, vocabulary: Vocabulary) -> Segment | None:
    """A word that is excluded by its form (unprinted, nonleather, logo-free) or a minus before it."""
    token, *rest = said
    start, end, word = token.start, token.end, token.word
    knows = vocabulary.speller.knows
    if text[max(start - 2, 0) : start].endswith((" -", " –")):
        length, segment = _segment_at(said, vocabulary)
        last = said[length - 1].end
        segment = segment or Segment("words", (), (word,), (), start, end)
        return _excluded(segment, start, text[start:last])
    if rest and rest[0].is_joined and rest[0].word == "free":
        end = rest[0].end
    elif not knows(word) and word.startswith("un") and word.endswith("ed") and knows(word[2:]):
        word = word[2:]
    elif not knows(word) and word.startswith("non") and knows(word[3:]):
        word = word[3:]
    else:
        return None
    return _excluded(Segment("words", (), (word,), (), start, end), start, word)


def _kinds_kept(segments: Sequence[Segment], said: Sequence[Token], text: str) -> list[Segment]:
    """The segments. Heels without stilettos, which are heels, exclude only the word stilettos; so do
    slippers without a thong, which among shoes is no kind."""
    kinds = {
        value
        for segment in segments
        if segment.attribute == "category" and segment.is_required
        for value in segment.values
    }
    departments = {path.split("/")[0] for path in kinds}
    kept = []
    for segment in segments:
        is_word = kinds & {*segment.values} or (
            departments and departments.isdisjoint(path.split("/")[0] for path in segment.values)
        )
        if segment.is_excluded and segment.attribute == "category" and is_word:
            inside = [token for token in said if segment.covers(token)]
            named = [token for token in inside if token.word not in NEGATING] or inside
            shown = text[named[0].start : segment.end]
            words = tuple(token.word for token in named)
            segment = replace(segment, attribute="words", names=(shown,), values=words)
        kept.append(segment)
    return kept


def _ranking_only(segments: Sequence[Segment]) -> list[Segment]:
    """The segments; seasons only rank, and so does a usage if a kind of product is named."""
    has_kind = any(s.attribute == "category" and s.is_required for s in segments)
    return [
        replace(s, is_filter=s.attribute == "usage" and not has_kind)
        if s.attribute in RANKS_ONLY and not s.is_excluded
        else s
        for s in segments
    ]


def _words(
    text: str, left: Iterable[Token], stop_words: Set[str] = STOP_WORDS
) -> tuple[QueryWord, ...]:
    """The remaining tokens as words: those of one compound together, without stop words."""
    remaining = {(token.start, token.word): token for token in left}
    said = [remaining.get((token.start, token.word), token) for token in tokens(text)]
    words = []
    for group in compounds(said):
        kept = [token for token in group if (token.start, token.word) in remaining]
        if len(kept) < len(group) or len(group) == 1:
            words += [[token] for token in kept if token.word not in stop_words]
        else:
            words.append(group)
    return tuple(_word(group, text) for group in words)


def _word(group: Sequence[Token], text: str) -> QueryWord:
    start, end = group[0].start, end_with_signs(text, group[-1].end)
    written = text[start:end]
    parts = tuple(token.word for token in group)
    if len(parts) == 1:
        parts = apostrophe_parts(written) or parts
    return QueryWord(joined(group), parts, start, end, is_signed=not written.isalnum())


def _compound_at(said: Sequence[Token], vocabulary: Vocabulary) -> int:
    """The length of a compound that names contain and no phrase covers completely; otherwise 0."""
    length = next(
        (n for n, token in enumerate(said[1:], start=1) if not token.is_joined), len(said)
    )
    if length == 1:
        return 2 if _is_written_as_one(said, vocabulary) else 0
    if not vocabulary.speller.knows(joined(said[:length])):
        return 0
    at = 0
    while at < length:
        covered, segment = _segment_at(said[at:], vocabulary)
        if segment is None:
            return length
        at += covered
    return 0


def _phrase_at(said: Sequence[Token], vocabulary: Vocabulary) -> int:
    """The length of a phrase that product texts have other words for, and that is longer than any
    segment here: mother of pearl is nobody's mother. 0 for none."""
    words = [token.word for token in said[:_LONGEST_PHRASE]]
    if words[0] in LINKING:
        return 0
    lengths = (length for length in range(len(words), 1, -1) if words[length - 1] not in LINKING)
    longest = next((n for n in lengths if _is_phrase(words[:n], vocabulary)), 0)
    return longest if longest > _segment_at(said, vocabulary)[0] else 0


def _is_phrase(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    unlinked = tuple(word for word in words if word not in LINKING)
    return len(unlinked) > 1 and vocabulary.is_phrase(unlinked)


def _is_written_as_one(said: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Whether names join the first two words, which are separate here (spider man, dri fit), and rarely
    contain the first one alone."""
    if len(said) < 2 or _segment_at(said, vocabulary)[1]:
        return False
    together = vocabulary.speller.count(said[0].word + said[1].word)
    return together > 0 and 2 * together >= vocabulary.speller.count(said[0].word)


def _segment_at(said: Sequence[Token], vocabulary: Vocabulary) -> tuple[int, Segment | None]:
    """The segment that starts with the first of these words, and how many words it takes; 1 if none."""
    words = [token.word for token in said]
    if words[0] in ("size", "sized") and len(words) > 1:
        label = vocabulary.sizes.get(words[1])
        if label or words[1].isdecimal():  # 9: of no product, but no word either
            return 2, size_segment([label or words[1]], said[0].start, said[1].end)
    if words[0] in _BARE_SIZES and words[0] in vocabulary.sizes:
        return 1, size_segment([vocabulary.sizes[words[0]]], said[0].start, said[0].end)
    if len(words) > 2 and words[1] == "for":
        at = 3 if words[2] in _DETERMINERS and len(words) > 3 else 2
        meaning = vocabulary.meaning(f"{words[at]} {words[0]}")
        if meaning and words[at] not in STOP_WORDS and not _begins_a_phrase(words[at:], vocabulary):
            return at + 1, segment_of(meaning, said[0].start, said[at].end)  # a bag for college
    if (found := vocabulary.longest(words)) and not _is_filler(words[0], *found):
        length, meaning = found
        if length == 1 and (turned := _turned(words, meaning, vocabulary)):
            length, meaning = 2, turned
        return length, segment_of(meaning, said[0].start, said[length - 1].end)
    return 1, None


def _is_filler(word: str, length: int, meaning: Meaning) -> bool:
    """Whether a brand is only another form of a filler: three piece suits are not by Pieces."""
    is_brand = length == 1 and meaning.attribute == "brand" and word in STOP_WORDS
    return is_brand and word not in map(str.casefold, meaning.names)


def _begins_a_phrase(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the first word begins a longer phrase, as college does in college girls."""
    found = vocabulary.longest(words)
    return found is not None and found[0] > 1


def _turned(words: Sequence[str], first: Meaning, vocabulary: Vocabulary) -> Meaning | None:
    """The narrower kind that the first two words name the other way round: sandals flat, shoes running.
    None if they do not, or if the second is a kind itself: a shirt dress is a dress."""
    if first.attribute != "category" or len(words) == 1 or words[1] in STOP_WORDS:
        return None
    second = vocabulary.meaning(words[1])
    if second and second.attribute == "category":
        return None
    turned = vocabulary.meaning(f"{words[1]} {words[0]}")
    return turned if turned and turned.attribute == "category" else None
