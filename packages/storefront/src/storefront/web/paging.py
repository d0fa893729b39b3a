"""Parameters of routes whose lists are read a page at a time, and what they return."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from storefront.paging import Page
from storefront.request_model import DIGITS, Id

Before = Annotated[Id | None, Query(description="`next_before` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100, description="How many on a page."), DIGITS]
StaffLimit = Annotated[int, Query(ge=1, le=200, description="How many on a page."), DIGITS]


class NewestFirst(BaseModel):
    """A page of a list, newest first. next_before: send it as ``before`` for the page after."""

    next_before: str | None


def next_of(page: Page[Any]) -> str | None:
    """With what the next page is asked for; None on the last page."""
    return str(page.next) if page.next else None
