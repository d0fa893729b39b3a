"""The languages of the shop, and the one of the request or job that runs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Literal


@dataclass(frozen=True, slots=True)
class Language:
    """A language in which the shop can be read.

    code: of ISO 639-1. name: in the language itself. locale: how it writes numbers and dates. prefix: of
    the addresses of its pages; empty for the shop's own language.
    """

    code: str
    name: str
    locale: str
    prefix: str = ""
    direction: Literal["ltr", "rtl"] = "ltr"


ENGLISH = Language("en", "English", "en_US")
_TRANSLATED = (
    Language("de", "Deutsch", "de"),
    Language("ar", "العربية", "ar", direction="rtl"),
)

_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)


@cache
def languages(locale: str) -> Sequence[Language]:
    """Every language, the shop's own first: that of its locale, or English where it has no texts in it.

    The own language writes numbers and dates as the locale does, and its pages have no prefix.
    """
    every = (ENGLISH, *_TRANSLATED)
    own = next((one for one in every if one.code == locale.partition("_")[0]), ENGLISH)
    return (
        Language(own.code, own.name, locale, "", own.direction),
        *(
            Language(one.code, one.name, one.locale, f"/{one.code}", one.direction)
            for one in every
            if one is not own
        ),
    )


def language_of(code: str, locale: str) -> Language:
    """The language of this code in a shop of this locale; the shop's own for one that it lacks."""
    every = languages(locale)
    return next((one for one in every if one.code == code), every[0])


def current() -> Language:
    """The language that is spoken here; English by default."""
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak this language inside the block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def localized(path: str) -> str:
    """The address of a page of the shop in the language that is spoken here."""
    return _current.get().prefix + path
