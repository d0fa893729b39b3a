"""The key of a drawn picture: everything that is in the picture, in one address.

``drawn/<article>.<cut>.<pattern>.<colour>.<variant>.svg``, for example
``drawn/tshirts.crew-long.stripes.navy-blue.7.svg``. The form is checked here; whether such a garment
exists is the wardrobe's to say.
"""

import re
from dataclasses import dataclass

_FORM = re.compile(
    r"drawn/([a-z]+(?:-[a-z]+){0,5})\.([a-z]+(?:-[a-z]+){0,3})\.([a-z]+)\.([a-z]+(?:-[a-z]+)?)\.([0-9])\.svg"
)
_LONGEST = 120
VARIANTS = 10


@dataclass(frozen=True, slots=True)
class PictureKey:
    """The parts of a key. cut: one choice per axis of the article; variant: 0 to 9, small changes."""

    article: str
    cut: tuple[str, ...]
    pattern: str
    colour: str
    variant: int

    def __str__(self) -> str:
        cut = "-".join(self.cut)
        return f"drawn/{self.article}.{cut}.{self.pattern}.{self.colour}.{self.variant}.svg"


def article_slug(article_type: str) -> str:
    """How an article type stands in a key: ``Casual Shoes`` is ``casual-shoes``."""
    return article_type.lower().replace(" ", "-")


def parse_key(key: str) -> PictureKey:
    """Read a key. Raises ValueError if it does not have the form of one."""
    match = _FORM.fullmatch(key) if len(key) <= _LONGEST else None
    if match is None:
        raise ValueError("not the key of a drawn picture")
    article, cut, pattern, colour, variant = match.groups()
    return PictureKey(article, tuple(cut.split("-")), pattern, colour, int(variant))
