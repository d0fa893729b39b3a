"""The base colours that catalogues name, each with its screen colour and its family.

Pure. The names are the data set's, so that filters, swatches and drawn pictures agree.
"""

import re
from dataclasses import dataclass

from storefront.catalog.naming import fold, name_key


@dataclass(frozen=True, slots=True)
class BaseColour:
    """A named colour. hex: ``#rrggbb``, chosen so that a swatch reads as its name; family: facet."""

    name: str
    hex: str
    family: str

    @property
    def slug(self) -> str:
        """The name in addresses: ``navy-blue``."""
        return self.name.lower().replace(" ", "-")

    @property
    def is_metallic(self) -> bool:
        """Whether the colour is a sheen rather than a dye."""
        return self.family == "metallic"


COLOURS: tuple[BaseColour, ...] = tuple(
    BaseColour(*row)
    for row in (
        ("Black", "#1d1d1f", "black"),
        ("White", "#fbfbf9", "white"),
        ("Off White", "#f4efe3", "white"),
        ("Cream", "#f5e8c7", "white"),
        ("Grey", "#8f9196", "grey"),
        ("Grey Melange", "#b1b3b6", "grey"),
        ("Charcoal", "#3d4046", "grey"),
        ("Blue", "#2f62b5", "blue"),
        ("Navy Blue", "#1f2c4f", "blue"),
        ("Turquoise Blue", "#2bb8c4", "blue"),
        ("Teal", "#12727a", "green"),
        ("Sea Green", "#3f9f7f", "green"),
        ("Green", "#2f8048", "green"),
        ("Lime Green", "#9ac83a", "green"),
        ("Fluorescent Green", "#7df13c", "green"),
        ("Olive", "#6b6a37", "green"),
        ("Red", "#c8242f", "red"),
        ("Maroon", "#6e1f2c", "red"),
        ("Burgundy", "#571a33", "red"),
        ("Pink", "#ee94b0", "pink"),
        ("Rose", "#d46d84", "pink"),
        ("Magenta", "#c4217f", "pink"),
        ("Purple", "#6b3f91", "purple"),
        ("Lavender", "#b9a8dc", "purple"),
        ("Mauve", "#a77d99", "purple"),
        ("Yellow", "#f4cb35", "yellow"),
        ("Mustard", "#c9952a", "yellow"),
        ("Orange", "#ea7a27", "orange"),
        ("Rust", "#a9492a", "orange"),
        ("Peach", "#f8bf9f", "orange"),
        ("Brown", "#6c4630", "brown"),
        ("Coffee Brown", "#47302a", "brown"),
        ("Mushroom Brown", "#91796a", "brown"),
        ("Tan", "#bd854f", "brown"),
        ("Taupe", "#877a6e", "brown"),
        ("Beige", "#dac6a4", "beige"),
        ("Khaki", "#aa9a6c", "beige"),
        ("Nude", "#e6c2ab", "beige"),
        ("Skin", "#e9c09f", "beige"),
        ("Gold", "#cfa349", "metallic"),
        ("Silver", "#bcc0c6", "metallic"),
        ("Bronze", "#9a6b3c", "metallic"),
        ("Copper", "#b96e4a", "metallic"),
        ("Steel", "#858e98", "metallic"),
        ("Metallic", "#a09c9a", "metallic"),
        ("Multi", "#c9785a", "multi"),
    )
)

MULTI = "multi"
"""The family of what has several colours."""

# Other words for known colours, beside those that are only spelt otherwise.
_ALSO = {
    "navy": "Navy Blue", "multicolor": "Multi", "multicolour": "Multi", "multicolored": "Multi",
    "multicoloured": "Multi",
}  # fmt: skip
_GRAY = re.compile(r"\bgray")
_SEVERAL = re.compile(r"[/|,;+&]| and ")


def colour_key(name: str) -> str:
    """As `naming.name_key`, and that of ``Light Gray`` is that of ``Light Grey``."""
    return name_key(_GRAY.sub("grey", fold(name)))


_BY_NAME = {colour_key(colour.name): colour for colour in COLOURS}
_BY_NAME |= {colour_key(also): _BY_NAME[colour_key(name)] for also, name in _ALSO.items()}


def colour_named(name: str) -> BaseColour | None:
    """The colour with this name, in any of its spellings; None if there is none."""
    return _BY_NAME.get(colour_key(name))


def family_of(name: str) -> str | None:
    """The family of a colour, also of one that is not known: ``Dark Blue`` is a blue, and what is
    ``Navy/White`` has several colours. None where its words do not say."""
    if known := colour_named(name):
        return known.family
    families = {_family_of_words(part) for part in _SEVERAL.split(fold(name))}
    if None in families:
        return None
    return families.pop() if len(families) == 1 else MULTI


def _family_of_words(name: str) -> str | None:
    """That of the most words at the end that are a known colour."""
    words = re.split(r"[\s-]+", name.strip())
    ends = (colour_named(" ".join(words[start:])) for start in range(len(words)))
    return next((known.family for known in ends if known), None)
