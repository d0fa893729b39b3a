"""Numbers as staff type them into forms."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticKnownError

from storefront.search.amounts import amount


def _as_typed(sent: object) -> object:
    try:
        return amount(sent) if isinstance(sent, str) else sent
    except ValueError as error:
        raise PydanticKnownError("decimal_parsing") from error


TypedNumber = Annotated[Decimal, BeforeValidator(_as_typed)]
"""An amount or a percentage with either decimal mark: ``49.90``, ``49,90``, ``1.234,56``, ``12,5 %``."""
