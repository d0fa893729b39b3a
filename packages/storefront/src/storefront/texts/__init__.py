"""What pages and e-mails say, in every language of the shop (docs/decisions/0035).

English stands in the code and in the templates; ``de.po`` and ``ar.po`` hold its translations.

    raise NotFound(_("There is no page %(number)s.", number=7))

``_`` looks a text up in the language of the request or job that runs; the API's is always English.
"""

from storefront.texts.languages import (
    ENGLISH,
    Language,
    current,
    language_of,
    languages,
    localized,
    speaking,
)
from storefront.texts.lookup import N_, _, _n, gettext, name_of, ngettext

__all__ = [
    "ENGLISH",
    "N_",
    "Language",
    "_",
    "_n",
    "current",
    "gettext",
    "language_of",
    "languages",
    "localized",
    "name_of",
    "ngettext",
    "speaking",
]
