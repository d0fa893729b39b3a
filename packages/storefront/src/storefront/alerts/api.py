"""Stock alerts as JSON."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from storefront.alerts import service
from storefront.customers.addresses import normalized_email
from storefront.web import problems
from storefront.web.deps import Writes

router = APIRouter(
    prefix="/api/v1/alerts", tags=["alerts"], responses=problems.responses(404, 409, 422, 503)
)


class AskedAlert(BaseModel):
    """Who wants to hear when a size is back."""

    sku: Annotated[str, Field(min_length=1, max_length=100)]
    email: Annotated[str, Field(max_length=254)]


class AlertStatus(BaseModel):
    """What happens next: an e-mail asks its receiver to confirm."""

    status: Literal["confirmation-sent"] = "confirmation-sent"


@router.post("", name="api_ask_for_alert", status_code=202)
async def ask(session: Writes, asked: AskedAlert) -> AlertStatus:
    """Ask for an e-mail when a sold-out size is back. The answer is the same for who waits already."""
    await service.ask(session, asked.sku, email=normalized_email(asked.email))
    return AlertStatus()
