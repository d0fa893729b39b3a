"""The demo shoppers and their preferences. Pure.

They are invented; what they have bought is in the demo's orders. Their preferences rank first and
exclude nothing, except what is for other people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from storefront.errors import NotFound
from storefront.money import minor_of


@dataclass(frozen=True, slots=True)
class Persona:
    """A demo shopper. low, high: preferred prices, major unit; categories: paths, best first.

    genders: whom the things are for that are recommended to them; empty: all.
    """

    id: str
    name: str
    segment: str
    description: str
    low: int
    high: int
    categories: Sequence[str]
    colours: Sequence[str]
    brands: Sequence[str]
    usages: Sequence[str]
    genders: Sequence[str] = ()

    def price_range(self, currency: str) -> tuple[int, int]:
        """The preferred prices in minor units of a currency."""
        return minor_of(Decimal(self.low), currency), minor_of(Decimal(self.high), currency)

    @property
    def preferences(self) -> Mapping[str, Sequence[str]]:
        """The values that rank first, by listing parameter."""
        return {
            "category": self.categories,
            "base_color": self.colours,
            "brand": self.brands,
            "usage": self.usages,
        }


_ALL = (
    Persona(
        id="luxury",
        name="Vivienne",
        segment="Luxury",
        description="Buys little and keeps it long: fine watches, bags and occasion wear.",
        low=200,
        high=300,
        categories=(
            "accessories/watches",
            "accessories/bags",
            "apparel/dress",
            "footwear/shoes/heels",
        ),
        colours=("Black", "Gold", "White", "Maroon"),
        brands=("Fossil", "DKNY", "Titan", "Ray-Ban"),
        usages=("Formal", "Party"),
        genders=("Women", "Unisex"),
    ),
    Persona(
        id="urban_casual",
        name="Jordan",
        segment="Urban casual",
        description="Jeans, trainers and a good jacket for every day in town.",
        low=100,
        high=200,
        categories=(
            "apparel/bottomwear/jeans",
            "apparel/topwear/jackets",
            "footwear/shoes/casual-shoes",
        ),
        colours=("Blue", "Black", "Grey", "White"),
        brands=("Levis", "Wrangler", "Converse", "Lee"),
        usages=("Casual",),
    ),
    Persona(
        id="athletic",
        name="Sam",
        segment="Athletic",
        description="Trains four times a week and dresses for it.",
        low=80,
        high=180,
        categories=(
            "footwear/shoes/sports-shoes",
            "apparel/bottomwear/track-pants",
            "apparel/topwear/sweatshirts",
            "accessories/bags/backpacks",
        ),
        colours=("Black", "White", "Red", "Blue"),
        brands=("Nike", "ADIDAS", "Puma", "Reebok"),
        usages=("Sports",),
    ),
    Persona(
        id="budget_savvy",
        name="Priya",
        segment="Budget savvy",
        description="Looks for well-made basics at a fair price, and waits for the sale.",
        low=10,
        high=100,
        categories=("apparel/topwear/tshirts", "apparel/topwear/kurtas", "footwear/flip-flops"),
        colours=("White", "Blue", "Pink", "Green"),
        brands=("Myntra", "Fabindia", "Basics"),
        usages=("Casual", "Ethnic"),
        genders=("Women", "Unisex"),
    ),
    Persona(
        id="professional",
        name="Alex",
        segment="Professional",
        description="Dresses for the office and for the dinner after it.",
        low=150,
        high=300,
        categories=(
            "footwear/shoes/formal-shoes",
            "apparel/topwear/shirts",
            "apparel/topwear/blazers",
            "accessories/watches",
        ),
        colours=("Navy Blue", "White", "Black", "Grey"),
        brands=("Arrow", "Van Heusen", "Louis Philippe", "Fossil"),
        usages=("Formal", "Smart Casual"),
    ),
)

PERSONAS: Mapping[str, Persona] = {persona.id: persona for persona in _ALL}
"""The demo shoppers by id."""


def persona(user_id: str) -> Persona:
    """The demo shopper with this id. Raises NotFound (404)."""
    if user_id not in PERSONAS:
        known = ", ".join(PERSONAS)
        raise NotFound(f"There is no demo shopper {user_id!r}. Choose one of {known}.")
    return PERSONAS[user_id]
