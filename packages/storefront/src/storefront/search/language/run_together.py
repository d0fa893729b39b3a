"""Takes words apart that are written as one: ``nikeshoes``, ``tshirtformen``. Pure."""

from storefront.search.language.meanings import KIND_DEPTH
from storefront.search.language.vocabulary import Vocabulary

USUAL = 20  # products with a word in their names, for it to be a word of the shop: jersey
_SHORTEST, _LONG = 3, 4  # letters of a part, and of one part at least: bragas are no bra by Gas
_LONGEST_WORD = 32  # letters
_PARTICIPLE = "ing"  # flooring has nothing to do with a ring
_BETWEEN = frozenset({"for", "with", "without", "and"})

Parts = tuple[str, ...]


def taken_apart(word: str, vocabulary: Vocabulary) -> Parts:
    """The parts of a word that nothing else explains; empty if it has none.

    All of them name something, apart from a ``for`` between them. Or one names a kind of product and the
    others are usual words (``skinnyjeanswomen``); such a word is rather misspelt, if by one letter.
    """
    is_plain = word.isascii() and word.isalpha() and len(word) <= _LONGEST_WORD
    if not is_plain or _is_explained(word, vocabulary):
        return ()
    if parts := _fewest(word, vocabulary, least=None):
        return parts
    parts = _fewest(word, vocabulary, least=USUAL)
    if not any(_names_a_kind(part, vocabulary) for part in parts):
        return ()
    return () if vocabulary.speller.nearest(word) else parts


def with_kind_apart(word: str, vocabulary: Vocabulary) -> str | None:
    """A word that nothing explains but for the kind at its end: of ``balenciagashoes`` there are shoes.
    The kind has four letters at least, unless it is a wide one, such as a bag."""
    if not (word.isascii() and word.isalpha() and len(word) <= _LONGEST_WORD):
        return None
    for at in range(_LONG, len(word) - _SHORTEST + 1):
        meaning = vocabulary.meaning_of_word(word[at:])
        if meaning is None or meaning.attribute != "category" or word.endswith(_PARTICIPLE):
            continue
        is_wide = all(path.count("/") < KIND_DEPTH for path in meaning.values)
        if is_wide or len(word) - at >= _LONG:
            return f"{word[:at]} {word[at:]}"
    return None


def _is_explained(word: str, vocabulary: Vocabulary) -> bool:
    translator = vocabulary.translator
    return (
        vocabulary.is_known(word)
        or vocabulary.meaning(word) is not None
        or vocabulary.is_sold_elsewhere(word)
        or (translator is not None and translator.lists(word))
    )


def _fewest(word: str, vocabulary: Vocabulary, *, least: int | None) -> Parts:
    """The fewest parts, of these the most usual ones. least: products that contain a part that names
    nothing; None for no such part."""
    best: dict[int, Parts] = {0: ()}  # by how many letters they have together
    for end in range(_SHORTEST, len(word) + 1):
        choices = [
            (*best[start], word[start:end])
            for start in range(end - _SHORTEST + 1)
            if start in best
            and _is_part(
                word[start:end], vocabulary, least, is_inside=start > 0 and end < len(word)
            )
        ]
        if choices:
            best[end] = min(choices, key=lambda parts: (len(parts), -_rarest(parts, vocabulary)))
    parts = best.get(len(word), ())
    return parts if len(parts) > 1 and max(map(len, parts)) >= _LONG else ()


def _is_part(part: str, vocabulary: Vocabulary, least: int | None, *, is_inside: bool) -> bool:
    if part in _BETWEEN:
        return is_inside
    is_usual = least is not None and vocabulary.speller.count(part) >= least
    return is_usual or (vocabulary.meaning_of_word(part) is not None and vocabulary.contains(part))


def _rarest(parts: Parts, vocabulary: Vocabulary) -> int:
    return min(vocabulary.speller.count(part) for part in parts)


def _names_a_kind(part: str, vocabulary: Vocabulary) -> bool:
    meaning = vocabulary.meaning_of_word(part)
    return meaning is not None and meaning.attribute == "category"
