"""What people say to a shop that says nothing of what they want. Pure."""

import re

from storefront.search.language.tokenizer import Token, tokens

# Words without meaning in any query.
STOP_WORDS = frozenset(
    """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she
    hers herself it its itself they them their theirs themselves what which who whom whose this
    that these those am is are was were be been being have has had having do does did doing a an
    the and but if or because as until while of at by for with about against between into through
    during before after above below to from up down in out on off over under again further then
    once here there when where why how all any both each few more most other some such no nor not
    only own same so than too very s t can could may might will would shall just don should now
    much many one best buy find fit get give good help like looking look need new nice online
    please also product products search shop show something stylish trendy trending want wear wearing
    size sized color colour coloured colored without n inch inches got sell sold stock anything nothing
    someone thing things sale item items piece pieces stuff searching recommend suggest thanks hi
    hello id im ive lets us pls plz kindly bro needs wants wanted loves likes enjoys toned
    """.split()  # noqa: SIM905
)
# Words without meaning next to others that have one: of "cute dog tee", cute may be in the name.
WEAK_WORDS = frozenset(
    """
    gift gifts 🎁 present great perfect ideal suitable comfortable comfy beautiful pretty cute cool
    awesome fashionable lovely amazing carry keep put use using play playing go going make made
    take meeting day everyday daily cost costs price priced worth brand brands branded kind type
    sort style quality collection match matches matching birthday anniversary christmas xmas
    valentine valentines ideas everything designer popular demand viral superb gorgeous elegant luxury
    fancy deal deals
    """.split()  # noqa: SIM905
)
_SHOP_TALK = re.compile(
    r"\bhot[- ]?selling\b|\bin (?:high |great )?demand\b|"
    r"\b(?:limited|special)(?: time)? (?:offer|stock|deal)s?\b|"
    r"\b(?:(?:with|and|for) )?(?:(?:free|home|fast|express|quick|(?:same|next)[- ]day) )?"
    r"(?:delivery|shipping)\b|\bcash on delivery\b|\bnear(?: me|by)\b|\bonline shopping\b|"
    r"\bshopping online\b|\bfor (?:my|his|her|our|your|a) (?:best )?(?:cousin|friend|colleague|boss|"
    r"teacher|neighbou?r|roommate|partner|parent|famil(?:y|ie))s?\b|"
    r"\b(?:my|his|her|our|your|a) (?:best )?(?:cousin|friend|colleague|boss|teacher)['’]s\b|"
    r"(?<=\d)[ -]?(?:pcs|pieces)\b|"
    r"(?<=\w) (?:with )?(?:images|photos|pictures|pics)$",
    re.I,
)

_TITLE_SIGNS = re.compile(r"[|\[\](){}!•]|\s[-–]\s")
_TITLE_WORDS, _TITLE_SHARE = 6, 0.8  # of a title at least; of them capitalized


def is_title(text: str) -> bool:
    """Whether the text is the title of another shop's product, pasted: in capitals, with the signs of
    titles. What it says of offers and of what is latest is that shop's praise."""
    words = [word for word in re.findall(r"[^\W\d_]{2,}", text) if not word.isupper()]
    capitalized = sum(word[0].isupper() for word in words)
    return (
        len(words) >= _TITLE_WORDS
        and capitalized >= _TITLE_SHARE * len(words)
        and _TITLE_SIGNS.search(text) is not None
    )


def without_shop_talk(text: str) -> list[Token]:
    """The words of a text, without what it says of delivery, pictures and the like."""
    left_out = [match.span() for match in _SHOP_TALK.finditer(text)]
    return [
        token
        for token in tokens(text)
        if not any(start <= token.start < end for start, end in left_out)
    ]
