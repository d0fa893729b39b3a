"""Rules that hold a review until staff have read it. Pure.

They look for the signs of spam and abuse: links, e-mail addresses, telephone numbers, swear words. A
false positive costs a member of staff a look; no rule rejects anything.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Literal

import phonenumbers

Reason = Literal["word", "link", "e-mail", "telephone", "photograph", "everything"]
"""Why a review is held; ``everything``: the shop holds all of them."""

# In the languages of the shop, by their stem. STORE_REVIEW_WORDS adds to them.
_WORDS = (
    "arschloch", "asshole", "bastard", "bitch", "bullshit", "cunt", "dickhead", "fick", "fotze",
    "fuck", "hurensohn", "hure", "motherfuck", "nazi", "nigg", "nutte", "retard", "scam", "scheisse",
    "schlampe", "shit", "slut", "viagra", "whore", "wichser", "كس", "شرموط", "عاهر", "قحب",
)  # fmt: skip
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_BETWEEN_LETTERS = re.compile(r"(?<=\b\w)[ .*_-](?=\w\b)")
_LETTERS_AS_DIGITS = str.maketrans("01345@$!", "oieasasi")
_LETTERS = re.compile(r"[^\W\d_]+")
_TLDS = (
    "app|biz|cn|com|de|dev|eu|fr|gg|info|io|link|ly|net|nl|online|org|pl|ru|shop|site|store|tk|tv|uk|"
    "vip|xyz"
)
_DOT = r"\s*(?:\.|\(dot\)|\[dot\]|\(punkt\)|\[punkt\])\s*|\s+(?:dot|punkt)\s+"
# Endings that are words too, such as .it, only before a path: "I wear it at home.it fits" is no link.
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://\S|\bwww\.|\b[\w-]{2,}\.[a-z]{2,10}/\w|"
    rf"\b[\w-]{{2,}}(?:\.|\s*[(\[](?:dot|punkt)[)\]]\s*|\s+dot\s+)(?:{_TLDS})\b(?![\w.-]*@)"
)
_E_MAIL = re.compile(
    rf"[\w.+-]+\s*(?:@|[(\[]\s*(?:at|ät)\s*[)\]])\s*[\w-]+(?:{_DOT})\w{{2,}}",
)
_DIGITS = re.compile(r"(?:\+|\(|\d)(?:[\s().\-/]{0,3}\d){8,}")


def reasons(
    texts: Iterable[str | None],
    *,
    words: Collection[str],
    has_photographs: bool,
    holds_everything: bool,
    country: str,
) -> list[Reason]:
    """Why a review must be held; empty if it may be published immediately.

    texts: author, title and body. words: of the shop, besides the known ones. country: whose telephone
    numbers are recognised without their prefix.
    """
    text = plain("\n".join(one for one in texts if one))
    found: list[Reason] = []
    if _has_word(text, words):
        found.append("word")
    if _E_MAIL.search(text):
        found.append("e-mail")
    if _LINK.search(text):
        found.append("link")
    if _DIGITS.search(text) or phonenumbers.PhoneNumberMatcher(text, country).has_next():
        found.append("telephone")
    if has_photographs:
        found.append("photograph")
    if holds_everything:
        found.append("everything")
    return found


def plain(text: str) -> str:
    """A text as the rules read it: in compatibility form, lower case, without invisible characters."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _has_word(text: str, words: Collection[str]) -> bool:
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    )
    spelled = " ".join((bare, bare.translate(_LETTERS_AS_DIGITS), _BETWEEN_LETTERS.sub("", bare)))
    stems = (*_WORDS, *(plain(word) for word in words))
    return any(
        word.startswith(stem) for word in set(_LETTERS.findall(spelled)) for stem in stems if stem
    )
