"""Normalizes a query: translates it from other languages and corrects unknown words. Pure."""

import re
from dataclasses import dataclass

from storefront.search.language.fillers import STOP_WORDS
from storefront.search.language.parsed_query import QueryWord
from storefront.search.language.query_parser import parse
from storefront.search.language.run_together import USUAL, taken_apart, with_kind_apart
from storefront.search.language.spelling import (
    OFTEN,
    is_abbreviated,
    is_near,
    is_shortened,
    is_slip,
    sound_alike,
)
from storefront.search.language.tokenizer import LINKING, split_digits, tokens
from storefront.search.language.translation import Translation
from storefront.search.language.vocabulary import Vocabulary

_ABBREVIATIONS = (
    (re.compile(r"\bw/o(?=\s)", re.I), "without"),
    (re.compile(r"\bw/(?=\s?\w)", re.I), "with"),
    (re.compile(r"\bsz(?=\s?\d)", re.I), "size"),
    (
        re.compile(r"\b3/4(?:th)?s?(?= (?:pants?|trousers?|jeans?|leggings?|length)\b)", re.I),
        "three quarter",
    ),
)
# Words without which a query says the opposite, or a price is none.
_FUNCTION_WORDS = ("without", "except", "under", "below", "above", "between", "around", "cheapest")
_SHORTEST_HALF = 3  # letters
_LONG = 7  # letters, from which on words that sound alike are the same: Loreal is not laurel
_MISSPELT_ONCE_IN = 500  # products with a word, for one with a similar word to misspell it


@dataclass(frozen=True, slots=True)
class Correction:
    """Words of the query that were replaced by others."""

    was: str
    now: str


def corrected(text: str, vocabulary: Vocabulary) -> tuple[str, list[Correction]]:
    """The query in the catalogue's words, and what was replaced.

    Words of a recognised phrase, of a price and stop words are not changed, nor is a last word that
    may be unfinished.
    """
    text, written_out = _abbreviations_written_out(text)
    text, apart = _with_words_apart(text, vocabulary)
    read_as, translations = translated(text, vocabulary)
    result, spellings = _spelling_corrected(read_as, vocabulary, is_translated=bool(translations))
    return result, [*written_out, *apart, *translations, *spellings]


def _abbreviations_written_out(text: str) -> tuple[str, list[Correction]]:
    corrections = []
    for pattern, whole in _ABBREVIATIONS:
        corrections += [Correction(match.group(), whole) for match in pattern.finditer(text)]
        text = pattern.sub(whole + " ", text)
    return " ".join(text.split()) if corrections else text, corrections


def _with_words_apart(text: str, vocabulary: Vocabulary) -> tuple[str, list[Correction]]:
    """Before anything is translated: of a blackshirt, German knows the shirt."""
    corrections: list[Correction] = []
    result = text
    for token in reversed(tokens(text)):
        if parts := taken_apart(token.word, vocabulary):
            now = " ".join(parts)
            corrections.append(Correction(text[token.start : token.end], now))
            result = result[: token.start] + now + result[token.end :]
    return result, corrections[::-1]


def translated(text: str, vocabulary: Vocabulary) -> tuple[str, list[Correction]]:
    """The query in English, if another language explains more of it."""
    said = tokens(text)
    # Without numbers, which are the same in all languages.
    words = sum(not token.word.isdecimal() for token in said)
    in_english = _explained(text, vocabulary)
    if vocabulary.translator is None or in_english == len(said):
        return text, []
    found: list[tuple[float, Translation]] = []
    for translation in vocabulary.translator.translations(
        text, vocabulary.is_known, vocabulary.is_own
    ):
        explained = translation.explained + _explained(translation.rest, vocabulary)
        # A foreign word in an English query is kept, unless all words are then understood.
        is_all = translation.listed == translation.pieces and _is_understood(
            translation.rest, vocabulary
        )
        is_most = not in_english or is_all or 2 * translation.explained >= words
        # German shops say Shirt for T-shirts: a word with a meaning in English keeps it.
        is_foreign = not all(vocabulary.meaning(was) for was, _ in translation.replaced)
        if is_most and is_foreign and explained > in_english:
            certain = translation.explained + _explained(
                translation.rest, vocabulary, in_a_name=0.5
            )
            found.append((certain, translation))
    if not found:
        return text, []
    _, best = max(found, key=_how_well)
    return best.text, [Correction(was, now) for was, now in best.replaced]


def _is_understood(text: str, vocabulary: Vocabulary) -> bool:
    """Whether each word of an English text names something."""
    return all(
        any(segment.covers(token) for segment in parse(text, vocabulary).segments)
        for token in tokens(text)
    )


def _how_well(found: tuple[float, Translation]) -> tuple[float, float, int, int]:
    """By how much of the query is then explained, and how much of that by the language itself (an homme
    is a man, and rarely the brand), then in longer phrases, then in the very words that it lists: a
    French cravate has nothing to do with a German Vater."""
    explained, translation = found
    own = translation.explained
    return explained, own, -len(translation.replaced), translation.listed


def _explained(text: str, vocabulary: Vocabulary, *, in_a_name: float = 1) -> float:
    """How many words of a query need no translation. Words that occur only in a few names count half,
    since they may be of any language; in another script they are the catalogue's own. in_a_name: what
    words count that only names say."""
    parsed, speller = parse(text, vocabulary), vocabulary.speller
    unknown = {word for word in parsed.excluded_words if not speller.knows(word)}  # sans manches
    inside = [
        token
        for token in tokens(text)
        if token.word not in unknown
        and any(
            segment.start <= token.start and token.end <= segment.end for segment in parsed.segments
        )
    ]
    compound = [
        token
        for word in parsed.words
        for token in tokens(text)
        if _is_compound(word, vocabulary) and word.start <= token.start < word.end
    ]
    inside += compound
    others = [token.word for token in tokens(text) if token not in inside]
    others = [word for word in others if len(word) > 1 or not word.isascii() or word in STOP_WORDS]
    english = [word for word in others if word in vocabulary.common_words or word in STOP_WORDS]
    in_names = [word for word in others if speller.knows(word) and word not in english]
    rare = [word for word in in_names if word.isascii() and speller.count(word) < USUAL]
    said = min(in_a_name, 0.5) * len(rare) + in_a_name * (len(in_names) - len(rare))
    return len(inside) + len(english) + said


def _is_compound(word: QueryWord, vocabulary: Vocabulary) -> bool:
    """Whether the catalogue knows these words as one; a number before a word is none: 30 y 60."""
    parts = word.parts
    return len(parts) > 1 and not parts[0].isdecimal() and vocabulary.speller.knows(word.word)


def _spelling_corrected(
    text: str, vocabulary: Vocabulary, *, is_translated: bool
) -> tuple[str, list[Correction]]:
    """is_translated: what is unknown is a word of another language, a brand, or a slip: bleu *shrit*."""
    corrections: list[Correction] = []
    result = text
    end = max((token.end for token in tokens(text)), default=0)
    for word in reversed(parse(text, vocabulary).words):
        if len(word.parts) > 1:
            continue
        if vocabulary.speller.knows(word.word):
            now = None if word.is_signed else _rarity_corrected(word.word, vocabulary)
        else:
            now = _in_a_name(word, text, vocabulary)
            is_finished = word.end < end or not vocabulary.speller.begins_a_word(word.word)
            if now is None and is_finished:
                now = _correction(word.word, vocabulary)
        if now and (not is_translated or _is_safe(word.word, now, vocabulary)):
            corrections.append(Correction(text[word.start : word.end], now))
            result = result[: word.start] + now + result[word.end :]
    return result, corrections[::-1]


def _rarity_corrected(word: str, vocabulary: Vocabulary) -> str | None:
    """What was meant by a word that is misspelt in a few names, too: among thousands of white T-shirts
    one is *whte*."""
    if word in vocabulary.english_words:
        return None
    speller = vocabulary.speller
    for meant in speller.similar(word):
        meaning = vocabulary.meaning(meant)
        if (
            meaning is not None
            and meaning.attribute in ("category", "base_color", "gender")
            and is_slip(word, meant)
            and (word[0], word[-1]) == (meant[0], meant[-1])
            and speller.count(meant) >= _MISSPELT_ONCE_IN * speller.count(word)
        ):
            return meant
    return None


def _in_a_name(word: QueryWord, text: str, vocabulary: Vocabulary) -> str | None:
    """The word that makes a name with the one before or after it: Franco *Lene*."""
    said = [token for token in tokens(text) if token.word not in LINKING]
    before = [token.word for token in said if token.end <= word.start][-1:]
    after = [token.word for token in said if token.start >= word.end][:1]
    if not (before or after):
        return None
    for meant in vocabulary.speller.similar(word.word):
        phrases = [[*before, meant]] * bool(before) + [[meant, *after]] * bool(after)
        if any(vocabulary.meaning(" ".join(phrase)) for phrase in phrases):
            return meant
    return None


def _correction(word: str, vocabulary: Vocabulary) -> str | None:
    """The known word that was meant. A common English word is not a misspelling (a sofa is not soft),
    nor is a name of people. A rarer word is one only of a near word with a meaning: earnings are
    earrings, maternity is not eternity, trending is not trekking; nor of a brand that is English, too:
    oily skin does not want ONLY.
    """
    if word in vocabulary.common_words or vocabulary.is_sold_elsewhere(word):
        return None
    similar = vocabulary.speller.similar(word)
    if word in vocabulary.english_words:
        near = (now for now in similar if is_near(word, now))
        return next((now for now in near if _is_meant(now, vocabulary)), None)
    if function_word := next((one for one in _FUNCTION_WORDS if is_slip(word, one)), None):
        return function_word
    if similar and _is_likely(word, similar[0], vocabulary):
        return similar[0]
    return _split(word, vocabulary) or with_kind_apart(word, vocabulary)


def _is_likely(word: str, now: str, vocabulary: Vocabulary) -> bool:
    """Whether a word must be a misspelling: of a near word, or of a farther one that means something or
    sounds the same. Any other is better not read: Colgate has nothing to do with a collage."""
    is_named = vocabulary.meaning(now) is not None
    is_alike = sound_alike(word, now) and (
        len(word) >= _LONG or is_abbreviated(word) or is_shortened(word, now)
    )
    return is_near(word, now) or is_named or is_alike


def _is_meant(word: str, vocabulary: Vocabulary) -> bool:
    is_english_brand = word in vocabulary.english_words and _is_brand(word, vocabulary)
    return vocabulary.meaning(word) is not None and not is_english_brand


def _is_safe(word: str, now: str, vocabulary: Vocabulary) -> bool:
    """Whether even of a query in another language this must be what was meant."""
    is_slip_of_name = is_slip(word, now) and vocabulary.meaning(now) is not None
    return is_slip_of_name or _is_brand(now, vocabulary)


def _is_brand(word: str, vocabulary: Vocabulary) -> bool:
    meaning = vocabulary.meaning(word)
    return meaning is not None and meaning.attribute == "brand"


def _split(word: str, vocabulary: Vocabulary) -> str | None:
    """Two frequent words written as one: ``worldcup``; letters and digits written as one: ``spf15``.
    Something collarless has no collar."""
    lacking = word.removesuffix("less")
    if lacking != word and vocabulary.speller.knows(lacking):
        return f"without {lacking}"
    halves = [
        (word[:at], word[at:]) for at in range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1)
    ]
    rarer, first, second = max(
        ((min(map(vocabulary.speller.count, both)), *both) for both in halves), default=(0, "", "")
    )
    if rarer >= OFTEN:
        return f"{first} {second}"
    parts = split_digits(word)
    return " ".join(parts) if len(parts) > 1 and all(map(vocabulary.speller.knows, parts)) else None
