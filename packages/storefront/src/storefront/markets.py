"""Markets: each country's shop is a deployment of its own, in its currency (docs/decisions/0050)."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from storefront.money import is_known


def _known(code: str) -> str:
    if not is_known(code):
        raise ValueError(f"{code!r} is not a currency code of ISO 4217, such as USD")
    return code


Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Currency = Annotated[str, AfterValidator(_known)]


class Market(BaseModel):
    """Where people of a country shop."""

    model_config = ConfigDict(frozen=True)

    country: Country
    currency: Currency
    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")]

    @classmethod
    def written(cls, text: str) -> dict[str, str]:
        """The parts of ``DE:EUR=https://shop.example.de``, to be validated."""
        place, _, url = text.strip().partition("=")
        country, _, currency = place.partition(":")
        return {"country": country, "currency": currency, "url": url}
